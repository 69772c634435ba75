namespace Agent.Governance.Labels;

/// <summary>
/// A text in which whole values are found: the case of ASCII letters does not matter and everything else does, because an address with
/// an accent or a look-alike letter is somebody else's. A value counts only where it does not continue into a longer one, so that
/// <c>example.com</c> is not found in <c>eve@example.com</c>.
/// </summary>
internal static class Words
{
    /// <summary>Values shorter than this are found by chance.</summary>
    public const int MinLength = 3;

    public static string Normalize(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            // Not ToLower: it makes an ordinary k of the Kelvin sign.
            span[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
        }
    });

    /// <summary>Whether a normalised value stands in a normalised text as a whole.</summary>
    public static bool Contains(string text, string value)
    {
        if (value.Length < MinLength)
        {
            return false;
        }

        for (var at = text.IndexOf(value, StringComparison.Ordinal); at >= 0; at = text.IndexOf(value, at + 1, StringComparison.Ordinal))
        {
            if (StartsWord(text, at) && EndsWord(text, at + value.Length))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The words of a normalised text, without the punctuation around them.</summary>
    public static IEnumerable<string> Split(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && !IsSeparator(text[i]))
            {
                start = start < 0 ? i : start;
            }
            else if (start >= 0)
            {
                var word = text.AsSpan(start, i - start).TrimEnd(".!?:");
                if (word.Length >= MinLength)
                {
                    yield return word.ToString();
                }

                start = -1;
            }
        }
    }

    private static bool StartsWord(string text, int at) => at == 0 || IsSeparator(text[at - 1]);

    private static bool EndsWord(string text, int end)
    {
        while (end < text.Length && text[end] is ('.' or '!' or '?' or ':'))
        {
            end++;
        }

        return end >= text.Length || IsSeparator(text[end]);
    }

    private static bool IsSeparator(char c) =>
        char.IsWhiteSpace(c) || char.IsControl(c) || c is '"' or '\'' or '`' or '(' or ')' or '[' or ']' or '{' or '}' or '<' or '>' or ',' or ';' or '|'
            or '“' or '”' or '‘' or '’' or '«' or '»' or '„' or '=';
}
