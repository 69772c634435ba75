using System.Text.RegularExpressions;

namespace Agent.Models.Offline.Conversation;

/// <summary>Takes "do this, then that" apart.</summary>
internal static partial class Chain
{
    /// <summary>The requests in their order; one where there is no chain. What is in quotation marks stays whole.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        var parts = new List<string>();
        var start = 0;
        foreach (Match match in LinkPattern().Matches(text))
        {
            if (IsQuoted(text, match.Index))
            {
                continue;
            }

            parts.Add(text[start..match.Index].Trim().TrimEnd(',', ';', '.'));
            start = match.Index + match.Length;
        }

        parts.Add(text[start..].Trim());
        return parts.Exists(static p => p.Length < 3) ? [text] : parts;
    }

    private static bool IsQuoted(string text, int at) =>
        text.AsSpan(0, at).Count('"') % 2 == 1 || text.AsSpan(0, at).Count('`') % 2 == 1 || SingleQuotePattern().Count(text.AsSpan(0, at)) % 2 == 1;

    [GeneratedRegex(@"[\s,;.]+(?:and\s+)?(?:then|afterwards|after that|and after that|next)[\s,]+(?=\w)|[,;]?\s+and\s+(?=(?:write|save|delete|append|rename|move|store|export|put)\s)", RegexOptions.IgnoreCase)]
    private static partial Regex LinkPattern();

    [GeneratedRegex(@"(?<![\w])'|'(?![\w])")]
    private static partial Regex SingleQuotePattern();
}
