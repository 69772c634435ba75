using System.Globalization;
using System.Text;
using AngleSharp.Dom;

namespace Agent.Tools.Web.Pages;

/// <summary>Writes HTML as Markdown: headings, paragraphs, lists, tables, code, quotes, links and pictures that say something.</summary>
internal sealed class MarkdownWriter(Uri home)
{
    // What is nested deeper than this is shown without its structure.
    private const int MostDepth = 60;

    private static readonly HashSet<string> BlockNames = new(StringComparer.Ordinal)
    {
        "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer",
        "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "noscript", "ol", "p", "pre", "section", "summary", "table",
        "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "hgroup", "search", "menu",
    };

    /// <summary>Writes an element.</summary>
    /// <param name="element">The element.</param>
    /// <returns>Markdown.</returns>
    public string Write(IElement element) => string.Join("\n\n", Blocks(element, 0));

    private List<string> Blocks(INode parent, int depth)
    {
        var blocks = new List<string>();
        var line = new StringBuilder();
        if (depth > MostDepth)
        {
            Inline.AppendCollapsed(line, FlatText(parent));
            Flush(line, blocks);
            return blocks;
        }

        for (var child = parent.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child is IElement element && (BlockNames.Contains(element.LocalName) || (depth < 20 && HoldsBlock(element))))
            {
                Flush(line, blocks);
                blocks.AddRange(Block(element, depth + 1));
            }
            else
            {
                WriteInline(child, line, depth + 1);
            }
        }

        Flush(line, blocks);
        return blocks;
    }

    private List<string> Block(IElement element, int depth)
    {
        switch (element.LocalName)
        {
            case ['h', >= '1' and <= '6']:
                var heading = InlineText(element, depth).Replace("\n", " ", StringComparison.Ordinal);
                return heading.Length == 0 ? [] : [$"{new string('#', element.LocalName[1] - '0')} {heading}"];
            case "hr":
                return ["---"];
            case "pre":
                return Code(element);
            case "blockquote":
                return Prefixed(Blocks(element, depth), "> ");
            case "ul" or "ol" or "menu":
                return List(element, depth);
            case "table":
                return Table(element, depth);
            case "dt":
                return Blocks(element, depth) is { Count: > 0 } term ? [$"**{string.Join(" ", term)}**"] : [];
            case "dd":
                return Blocks(element, depth) is { Count: > 0 } meaning ? [": " + Indented(string.Join("\n\n", meaning), "  ")] : [];
            default:
                return Blocks(element, depth);
        }
    }

    private List<string> List(IElement list, int depth)
    {
        var lines = new List<string>();
        var number = int.TryParse(list.GetAttribute("start"), CultureInfo.InvariantCulture, out var start) ? start : 1;
        foreach (var item in list.Children)
        {
            var blocks = item.LocalName is "ul" or "ol" ? List(item, depth + 1) : Blocks(item, depth + 1);
            if (blocks.Count == 0)
            {
                continue;
            }

            var mark = list.LocalName == "ol" ? $"{number++}. " : "- ";
            // A list in a list follows its item closely; a second paragraph does not.
            var text = new StringBuilder(blocks[0]);
            foreach (var block in blocks.Skip(1))
            {
                text.Append(IsListLine(block) ? "\n" : "\n\n").Append(block);
            }

            lines.Add(mark + Indented(text.ToString(), new string(' ', mark.Length)));
        }

        return lines.Count == 0 ? [] : [string.Join('\n', lines)];
    }

    private static bool IsListLine(string block) => block.StartsWith("- ", StringComparison.Ordinal) || (block.Length > 2 && char.IsAsciiDigit(block[0]) && block.AsSpan(0, Math.Min(6, block.Length)).Contains(". ", StringComparison.Ordinal));

    private List<string> Table(IElement table, int depth)
    {
        var rows = Rows(table).ToList();
        var width = rows.Count == 0 ? 0 : rows.Max(row => row.Count);
        if (width <= 1 || rows.Count == 1 || rows.Exists(row => row.Exists(cell => cell.QuerySelector("table, pre, h1, h2, h3") is not null)))
        {
            // A table for layout: its cells are content of their own.
            return [.. rows.SelectMany(row => row).SelectMany(cell => Blocks(cell, depth + 1))];
        }

        var caption = table.Children.FirstOrDefault(c => c.LocalName == "caption") is { } words ? InlineText(words, depth) : string.Empty;
        var lines = new List<string>();
        for (var i = 0; i < rows.Count; i++)
        {
            var cells = rows[i].Select(cell => string.Join(" ", Blocks(cell, depth + 1)).Replace("\n", " ", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal));
            lines.Add("| " + string.Join(" | ", cells.Concat(Enumerable.Repeat(string.Empty, width - rows[i].Count))) + " |");
            if (i == 0)
            {
                lines.Add("|" + string.Concat(Enumerable.Repeat(" --- |", width)));
            }
        }

        return caption.Length > 0 ? [caption, string.Join('\n', lines)] : [string.Join('\n', lines)];
    }

    private static IEnumerable<List<IElement>> Rows(IElement table)
    {
        foreach (var part in table.Children)
        {
            var rows = part.LocalName == "tr" ? [part] : part.LocalName is "thead" or "tbody" or "tfoot" ? part.Children.Where(c => c.LocalName == "tr") : [];
            foreach (var row in rows)
            {
                var cells = row.Children.Where(c => c.LocalName is "td" or "th").ToList();
                if (cells.Count > 0)
                {
                    yield return cells;
                }
            }
        }
    }

    private static List<string> Code(IElement pre)
    {
        var code = FlatText(pre).Replace("\r\n", "\n", StringComparison.Ordinal).Trim('\n');
        if (string.IsNullOrWhiteSpace(code))
        {
            return [];
        }

        var fence = new string('`', Math.Max(3, LongestTicks(code) + 1));
        return [$"{fence}{Language(pre)}\n{code}\n{fence}"];
    }

    private static string Language(IElement pre)
    {
        foreach (var element in (IElement?[])[pre, pre.FirstElementChild, pre.ParentElement])
        {
            foreach (var name in element?.ClassList ?? Enumerable.Empty<string>())
            {
                foreach (var prefix in (string[])["language-", "lang-", "highlight-source-", "brush:"])
                {
                    if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && name.Length is > 0 and < 40
                        && name[prefix.Length..].All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '#' or '-'))
                    {
                        return name[prefix.Length..].ToLowerInvariant();
                    }
                }
            }
        }

        return string.Empty;
    }

    private string InlineText(INode parent, int depth)
    {
        var line = new StringBuilder();
        for (var child = parent.FirstChild; child is not null; child = child.NextSibling)
        {
            WriteInline(child, line, depth + 1);
        }

        return line.ToString().Trim();
    }

    private void WriteInline(INode node, StringBuilder line, int depth)
    {
        if (node is IText text)
        {
            Inline.AppendCollapsed(line, text.Data);
            return;
        }

        if (node is not IElement element)
        {
            return;
        }

        if (depth > MostDepth)
        {
            Inline.AppendCollapsed(line, FlatText(element));
            return;
        }

        switch (element.LocalName)
        {
            case "br":
                TrimEnd(line);
                line.Append('\n');
                break;
            case "a":
                Link(element, line, depth);
                break;
            case "img":
                Picture(element, line);
                break;
            case "strong" or "b":
                Wrapped(element, line, depth, "**");
                break;
            case "em" or "i":
                Wrapped(element, line, depth, "*");
                break;
            case "del" or "s":
                Wrapped(element, line, depth, "~~");
                break;
            case "code" or "kbd" or "samp" or "tt":
                var code = Inline.Collapse(FlatText(element)).Trim();
                if (code.Length > 0)
                {
                    var ticks = new string('`', LongestTicks(code) + 1);
                    line.Append(ticks).Append(code[0] == '`' ? " " : string.Empty).Append(code).Append(code[^1] == '`' ? " " : string.Empty).Append(ticks);
                }

                break;
            default:
                if (BlockNames.Contains(element.LocalName) && line.Length > 0)
                {
                    line.Append(' ');
                }

                for (var child = element.FirstChild; child is not null; child = child.NextSibling)
                {
                    WriteInline(child, line, depth + 1);
                }

                break;
        }
    }

    private void Link(IElement element, StringBuilder line, int depth)
    {
        var text = InlineText(element, depth).Replace("\n", " ", StringComparison.Ordinal);
        if (text.Length == 0 || text is "¶" or "#")
        {
            return;
        }

        var href = element.GetAttribute("href")?.Trim();
        if (string.IsNullOrEmpty(href) || href[0] == '#' || !Uri.TryCreate(home, href, out var target) || target.Scheme is not ("http" or "https" or "mailto"))
        {
            line.Append(text);
            return;
        }

        line.Append('[').Append(text.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal)).Append("](").Append(Address(target)).Append(')');
    }

    private void Picture(IElement element, StringBuilder line)
    {
        var alt = Inline.Collapse(element.GetAttribute("alt") ?? string.Empty).Trim();
        var source = element.GetAttribute("src");
        if (alt.Length > 0)
        {
            var known = source is not null && Uri.TryCreate(home, source, out var target) && target.Scheme is "http" or "https" ? Address(new Uri(home, source!)) : null;
            line.Append(known is null ? alt : $"![{alt.Replace("]", "\\]", StringComparison.Ordinal)}]({known})");
        }
    }

    private void Wrapped(IElement element, StringBuilder line, int depth, string mark)
    {
        var text = InlineText(element, depth);
        if (text.Length > 0)
        {
            line.Append(text.Contains('\n', StringComparison.Ordinal) || text.StartsWith(mark, StringComparison.Ordinal) ? text : $"{mark}{text}{mark}");
            if (element.LastChild is IText { Data: [.., ' ' or '\n'] })
            {
                line.Append(' ');
            }
        }
    }

    private static string Address(Uri target) =>
        target.AbsoluteUri.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal);

    private static bool HoldsBlock(IElement element)
    {
        foreach (var child in element.Children)
        {
            if (BlockNames.Contains(child.LocalName))
            {
                return true;
            }
        }

        return false;
    }

    private static string FlatText(INode parent)
    {
        var text = new StringBuilder();
        var node = parent.FirstChild;
        while (node is not null)
        {
            if (node is IText words)
            {
                text.Append(words.Data);
            }
            else if (node is IElement { LocalName: "br" })
            {
                text.Append('\n');
            }

            if (node.FirstChild is { } child)
            {
                node = child;
                continue;
            }

            while (node is not null && node.NextSibling is null)
            {
                node = ReferenceEquals(node.Parent, parent) ? null : node.Parent;
            }

            node = node?.NextSibling;
        }

        return text.ToString();
    }

    private static void Flush(StringBuilder line, List<string> blocks)
    {
        var text = line.ToString().Trim();
        line.Clear();
        if (text.Length > 0)
        {
            blocks.Add(text);
        }
    }

    private static void TrimEnd(StringBuilder line)
    {
        while (line.Length > 0 && line[^1] == ' ')
        {
            line.Length--;
        }
    }

    private static List<string> Prefixed(List<string> blocks, string prefix) =>
        blocks.Count == 0 ? [] : [string.Join('\n', string.Join("\n\n", blocks).Split('\n').Select(l => (prefix + l).TrimEnd()))];

    private static string Indented(string text, string indent) => text.Replace("\n", "\n" + indent, StringComparison.Ordinal).Replace("\n" + indent + "\n", "\n\n", StringComparison.Ordinal);

    private static int LongestTicks(string text)
    {
        var (longest, current) = (0, 0);
        foreach (var c in text)
        {
            current = c == '`' ? current + 1 : 0;
            longest = Math.Max(longest, current);
        }

        return longest;
    }
}
