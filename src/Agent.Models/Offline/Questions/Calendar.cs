using System.Globalization;
using Agent.Models.Offline.Language;

namespace Agent.Models.Offline.Questions;

/// <summary>Reads dates that are written with the name of a month.</summary>
internal static class Calendar
{
    private static readonly string[] Months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    /// <summary><c>March 2012</c>, <c>March 5, 2012</c>, <c>5 March 2012</c>; null where there is none.</summary>
    public static Item? Read(IReadOnlyList<Token> tokens, int first)
    {
        var at = first;
        var day = 0;
        if (tokens[at] is { Kind: TokenKind.Number or TokenKind.Word } leading && Day(leading) is { } before && at + 1 < tokens.Count && Month(tokens[at + 1]) > 0)
        {
            day = before;
            at++;
        }

        var month = Month(tokens[at]);
        if (month == 0)
        {
            return null;
        }

        at++;
        if (day == 0 && at < tokens.Count && Day(tokens[at]) is { } after)
        {
            day = after;
            at++;
        }

        if (at < tokens.Count && tokens[at].Text is "," or "of" && at + 1 < tokens.Count)
        {
            at++;
        }

        if (at >= tokens.Count || tokens[at] is not { Kind: TokenKind.Number, Number: >= 1800 and <= 2199 } year)
        {
            return null;
        }

        var text = day == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{year.Number:0000}-{month:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{year.Number:0000}-{month:00}-{day:00}");
        return day > 0 && !DateOnly.TryParseExact(text, "yyyy-MM-dd", out _) ? null : new Item(ItemKind.Date, first, at + 1) { Text = text };
    }

    private static int Month(Token token) =>
        token.Kind == TokenKind.Word && token.Lower.Length >= 3
            ? 1 + Array.FindIndex(Months, m => m == token.Lower || (token.Lower.TrimEnd('.').Length is 3 or 4 && token.IsCapitalised && m.StartsWith(token.Lower.TrimEnd('.'), StringComparison.Ordinal)))
            : 0;

    private static int? Day(Token token)
    {
        var digits = token.Lower.TrimEnd('s', 't', 'n', 'd', 'r', 'h');
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var day) && day is >= 1 and <= 31 ? day : null;
    }
}
