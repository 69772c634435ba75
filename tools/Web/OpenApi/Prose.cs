using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Agent.Tools.Web.OpenApi;

/// <summary>Descriptions as a model needs them: without markup, on one line, ended at a sentence.</summary>
internal static partial class Prose
{
    /// <summary>Shortens a description.</summary>
    /// <param name="text">Markdown or HTML.</param>
    /// <param name="length">How long it may be, in characters.</param>
    /// <returns>The beginning of it.</returns>
    public static string Short(string text, int length)
    {
        // Markup makes it longer, never twenty times.
        var plain = Plain(text.Length > length * 20 ? text[..(length * 20)] : text);
        if (plain.Length <= length)
        {
            return plain;
        }

        var cut = plain[..length];
        var end = cut.LastIndexOf(". ", StringComparison.Ordinal);
        if (end >= length / 3)
        {
            return cut[..(end + 1)];
        }

        end = cut.LastIndexOf(' ');
        if (char.IsHighSurrogate(cut[^1]))
        {
            cut = cut[..^1];
        }

        return (end > length / 2 ? cut[..end] : cut).TrimEnd(' ', ',', ';', ':', '.') + "…";
    }

    private static string Plain(string text)
    {
        if (text.Contains('<', StringComparison.Ordinal))
        {
            text = Tag().Replace(text, " ");
        }

        if (text.Contains('&', StringComparison.Ordinal))
        {
            text = WebUtility.HtmlDecode(text);
        }

        if (text.Contains("](", StringComparison.Ordinal))
        {
            text = Link().Replace(text, "$1");
        }

        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                if (plain.Length > 0 && plain[^1] != ' ')
                {
                    plain.Append(' ');
                }
            }
            else if (!char.IsControl(c) && c is not ('\u200B' or '\uFEFF'))
            {
                plain.Append(c);
            }
        }

        return plain.ToString().Replace("**", string.Empty, StringComparison.Ordinal).Trim();
    }

    [GeneratedRegex(@"</?[A-Za-z][^<>]{0,500}>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\[([^\[\]]{1,200})\]\([^()\s]{1,500}\)")]
    private static partial Regex Link();
}
