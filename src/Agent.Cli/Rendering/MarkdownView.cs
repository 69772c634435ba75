using System.Text;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Agent.Cli.Rendering;

/// <summary>
/// Markdown as lines for a terminal of a given width. Text from a model is text: control characters in it are shown, never sent, so
/// that no answer can move the cursor or change the title.
/// </summary>
internal sealed class MarkdownView(TerminalStyle style)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseTaskLists().UseEmphasisExtras().Build();

    /// <summary>All of a text.</summary>
    public IReadOnlyList<string> Render(string markdown, int width) => Render(Parse(markdown), width);

    /// <summary>
    /// A text that is still growing: the blocks that can no longer change, and the last one, which can.
    /// </summary>
    /// <param name="markdown">The text so far, beginning where the settled part of the last call ended.</param>
    /// <param name="width">Columns.</param>
    /// <returns>How many characters are settled, their lines, and the lines of the rest.</returns>
    public (int Settled, IReadOnlyList<string> Done, IReadOnlyList<string> Open) RenderOpen(string markdown, int width)
    {
        var document = Parse(markdown);
        if (document.Count < 2)
        {
            return (0, [], Render(document, width));
        }

        var cut = document[^1].Span.Start;

        // What stands between the blocks belongs to none; a fence's info or a table's head may begin earlier than its span says.
        var settled = Math.Clamp(markdown.LastIndexOf('\n', Math.Max(0, cut - 1)) + 1, 0, markdown.Length);
        if (settled == 0)
        {
            return (0, [], Render(document, width));
        }

        return (settled, [.. Render(markdown[..settled], width), string.Empty], Render(markdown[settled..], width));
    }

    private static MarkdownDocument Parse(string markdown) => Markdown.Parse(TerminalText.Clean(markdown), Pipeline);

    private List<string> Render(MarkdownDocument document, int width)
    {
        var lines = new List<string>();
        foreach (var block in document)
        {
            if (block is LinkReferenceDefinitionGroup)
            {
                continue;
            }

            if (lines.Count > 0)
            {
                lines.Add(string.Empty);
            }

            lines.AddRange(Block(block, width));
        }

        return lines;
    }

    private List<string> Block(Block block, int width) => block switch
    {
        HeadingBlock heading => style.Lines(new Paragraph(string.Empty).Append(new string('#', heading.Level) + " ", style.Heading).Append(Plain(heading.Inline), style.Heading), width),
        ParagraphBlock paragraph => style.Lines(Inlines(paragraph.Inline), width),
        FencedCodeBlock fenced => Code(fenced, fenced.Info, width),
        CodeBlock code => Code(code, null, width),
        ListBlock list => List(list, width),
        QuoteBlock quote => Indented(quote, style.Unicode ? "│ " : "| ", width),
        ThematicBreakBlock => [new string(style.Unicode ? '─' : '-', Math.Min(width, 40))],
        Markdig.Extensions.Tables.Table table => Table(table, width),
        HtmlBlock html => style.Lines(new Paragraph(html.Lines.ToString()), width),
        ContainerBlock container => [.. container.SelectMany(child => Block(child, width))],
        LeafBlock { Inline: { } inline } => style.Lines(Inlines(inline), width),
        _ => [],
    };

    private List<string> Indented(ContainerBlock block, string prefix, int width)
    {
        var lines = new List<string>();
        foreach (var child in block)
        {
            lines.AddRange(Block(child, Math.Max(10, width - prefix.Length)).Select(line => prefix + line));
        }

        return lines;
    }

    private List<string> List(ListBlock list, int width)
    {
        var lines = new List<string>();
        var number = int.TryParse(list.OrderedStart, out var start) ? start : 1;
        foreach (var item in list.OfType<ListItemBlock>())
        {
            var bullet = list.IsOrdered ? $"{number++}. " : style.Unicode ? "• " : "- ";
            var indent = new string(' ', bullet.Length);
            var first = true;
            foreach (var child in item)
            {
                foreach (var line in Block(child, Math.Max(10, width - bullet.Length)))
                {
                    lines.Add((first ? bullet : indent) + line);
                    first = false;
                }
            }
        }

        return lines;
    }

    private List<string> Code(LeafBlock block, string? language, int width)
    {
        var lines = new List<string>();
        foreach (var line in block.Lines.ToString().Split('\n'))
        {
            // Code is cut nowhere: a long line wraps, because what cannot be read cannot be trusted.
            lines.AddRange(style.Lines(CodeColors.Paint(line, language, style), Math.Max(10, width - 2)).Select(static part => "  " + part));
        }

        while (lines.Count > 0 && string.IsNullOrWhiteSpace(lines[^1]))
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return lines;
    }

    private List<string> Table(Markdig.Extensions.Tables.Table table, int width)
    {
        var shown = new Spectre.Console.Table { Border = style.Unicode ? TableBorder.Rounded : TableBorder.Ascii, BorderStyle = style.Dim };
        var rows = table.OfType<Markdig.Extensions.Tables.TableRow>().ToList();
        var columns = rows.Max(static row => row.Count);
        for (var i = 0; i < columns; i++)
        {
            var head = rows.FirstOrDefault(static row => row.IsHeader);
            var column = new TableColumn(head is not null && i < head.Count ? Cell((TableCell)head[i], style.Strong) : new Text(string.Empty));
            var alignment = i < table.ColumnDefinitions.Count ? table.ColumnDefinitions[i].Alignment : null;
            shown.AddColumn(alignment switch { TableColumnAlign.Right => column.RightAligned(), TableColumnAlign.Center => column.Centered(), _ => column.LeftAligned() });
        }

        foreach (var row in rows.Where(static row => !row.IsHeader))
        {
            shown.AddRow([.. Enumerable.Range(0, columns).Select(i => i < row.Count ? Cell((TableCell)row[i], Style.Plain) : (IRenderable)new Text(string.Empty))]);
        }

        return style.Lines(shown, width);
    }

    private Paragraph Cell(TableCell cell, Style with)
    {
        var paragraph = new Paragraph();
        foreach (var block in cell.OfType<ParagraphBlock>())
        {
            Append(paragraph, block.Inline, with);
        }

        return paragraph;
    }

    private Paragraph Inlines(ContainerInline? inlines)
    {
        var paragraph = new Paragraph();
        Append(paragraph, inlines, Style.Plain);
        return paragraph;
    }

    private void Append(Paragraph paragraph, ContainerInline? inlines, Style with)
    {
        foreach (var inline in inlines ?? Enumerable.Empty<Inline>())
        {
            switch (inline)
            {
                case LiteralInline literal:
                    paragraph.Append(literal.Content.ToString(), with);
                    break;
                case CodeInline code:
                    paragraph.Append(code.Content, with.Combine(style.Code));
                    break;
                case EmphasisInline emphasis:
                    Append(paragraph, emphasis, with.Combine(emphasis.DelimiterChar == '~' ? style.Strike : emphasis.DelimiterCount > 1 ? style.Strong : style.Emphasis));
                    break;
                case LinkInline link:
                    Append(paragraph, link, with.Combine(style.Link));
                    if (link.Url is { Length: > 0 } url && Plain(link) != url)
                    {
                        paragraph.Append($" ({url})", style.Dim);
                    }

                    break;
                case AutolinkInline auto:
                    paragraph.Append(auto.Url, with.Combine(style.Link));
                    break;
                case LineBreakInline lineBreak:
                    paragraph.Append(lineBreak.IsHard ? "\n" : " ", with);
                    break;
                case HtmlInline html:
                    paragraph.Append(html.Tag, with);
                    break;
                case HtmlEntityInline entity:
                    paragraph.Append(entity.Transcoded.ToString(), with);
                    break;
                case Markdig.Extensions.TaskLists.TaskList task:
                    paragraph.Append(task.Checked ? style.Unicode ? "☑ " : "[x] " : style.Unicode ? "☐ " : "[ ] ", with);
                    break;
                case ContainerInline container:
                    Append(paragraph, container, with);
                    break;
                default:
                    break;
            }
        }
    }

    private static string Plain(ContainerInline? inlines)
    {
        var text = new StringBuilder();
        foreach (var inline in inlines?.Descendants() ?? [])
        {
            text.Append(inline switch { LiteralInline literal => literal.Content.ToString(), CodeInline code => code.Content, AutolinkInline auto => auto.Url, LineBreakInline => " ", _ => string.Empty });
        }

        return text.ToString();
    }
}
