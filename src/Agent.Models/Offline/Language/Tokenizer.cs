using System.Globalization;

namespace Agent.Models.Offline.Language;

internal enum TokenKind
{
    Word,
    Number,
    Quoted,
    Date,
    Sign,
}

/// <summary>One word, number, quotation or sign of a request.</summary>
/// <param name="Text">As written; without the quotation marks.</param>
/// <param name="Lower">In lower case.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it starts in the request.</param>
/// <param name="End">Where it ends in the request, exclusive.</param>
internal sealed record Token(string Text, string Lower, TokenKind Kind, int Start, int End)
{
    /// <summary>The value of a number.</summary>
    public decimal Number { get; init; }

    /// <summary>Whether it begins with a capital letter, as names do.</summary>
    public bool IsCapitalised => Text.Length > 0 && char.IsUpper(Text[0]);
}

/// <summary>Takes a request apart.</summary>
internal static class Tokenizer
{
    private const string Marks = "\"'`“”‘’«»";

    public static IReadOnlyList<Token> Read(string text)
    {
        var tokens = new List<Token>();
        var i = 0;
        while (i < text.Length)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }

            var token = ReadQuoted(text, i) ?? ReadNumber(text, i) ?? ReadWord(text, i) ?? ReadSign(text, i);
            i = token.End;
            tokens.Add(token);
        }

        return tokens;
    }

    private static Token? ReadQuoted(string text, int start)
    {
        var mark = text[start];
        if (!Marks.Contains(mark, StringComparison.Ordinal) || (start > 0 && char.IsLetterOrDigit(text[start - 1])))
        {
            return null;
        }

        var closing = mark switch { '“' => '”', '‘' => '’', '«' => '»', _ => mark };
        // An apostrophe closes only before the end of a word, so that 'Don't stop' stays whole.
        for (var end = start + 1; end < text.Length; end++)
        {
            if (text[end] == closing && (end + 1 == text.Length || !char.IsLetterOrDigit(text[end + 1])) && end > start + 1)
            {
                var inner = text[(start + 1)..end];
                return new Token(inner, inner.ToLowerInvariant(), TokenKind.Quoted, start, end + 1);
            }
        }

        return null;
    }

    private static Token? ReadNumber(string text, int start)
    {
        if (!char.IsAsciiDigit(text[start]))
        {
            return null;
        }

        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end])
            || (text[end] is '.' or ',' or '-' or ':' && end + 1 < text.Length && char.IsAsciiDigit(text[end + 1]))))
        {
            end++;
        }

        var raw = text[start..end];
        if (DateOnly.TryParseExact(raw, ["yyyy-MM-dd", "dd.MM.yyyy", "d.M.yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return new Token(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), raw.ToLowerInvariant(), TokenKind.Date, start, end);
        }

        var plain = raw.Replace(",", string.Empty, StringComparison.Ordinal);
        var grouped = raw.Contains(',', StringComparison.Ordinal) && raw.Split(',').Skip(1).All(static part => part.Length >= 3 && part[..3].All(char.IsAsciiDigit));
        if (raw.Contains(',', StringComparison.Ordinal) && !grouped)
        {
            // "1,2" lists two numbers.
            end = start + raw.IndexOf(',', StringComparison.Ordinal);
            raw = text[start..end];
            plain = raw;
        }

        var scale = plain.Length > 1 ? char.ToLowerInvariant(plain[^1]) switch { 'k' => 1_000m, 'm' => 1_000_000m, _ => 1m } : 1m;
        if (decimal.TryParse(scale == 1m ? plain : plain[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return new Token(raw, raw.ToLowerInvariant(), TokenKind.Number, start, end) { Number = number * scale };
        }

        return new Token(raw, raw.ToLowerInvariant(), TokenKind.Word, start, end);
    }

    private static Token? ReadWord(string text, int start)
    {
        if (!char.IsLetter(text[start]) && text[start] != '_')
        {
            return null;
        }

        // "non-smoking" is one word, and so is the hyphen's other side without it.
        var end = text.AsSpan(start).StartsWith("non-", StringComparison.OrdinalIgnoreCase) && start + 4 < text.Length && char.IsLetter(text[start + 4]) ? start + 4 : start;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_'
            || (text[end] is '\'' or '’' or '/' or '.' or '&' or '@' && end + 1 < text.Length && char.IsLetterOrDigit(text[end + 1]) && !IsPossessive(text, end))))
        {
            end++;
        }

        var raw = text[start..end];
        return new Token(raw, raw.ToLowerInvariant(), TokenKind.Word, start, end);
    }

    private static bool IsPossessive(string text, int at) =>
        text[at] is '\'' or '’' && char.ToLowerInvariant(text[at + 1]) == 's' && (at + 2 >= text.Length || !char.IsLetterOrDigit(text[at + 2]));

    private static Token ReadSign(string text, int start)
    {
        var length = start + 1 < text.Length && text.Substring(start, 2) is ">=" or "<=" or "!=" or "<>" ? 2 : 1;
        var raw = text.Substring(start, length);
        return new Token(raw, raw, TokenKind.Sign, start, start + length);
    }
}
