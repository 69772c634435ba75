using System.Globalization;
using Agent.Models.Offline.Language;

namespace Agent.Models.Offline.Questions;

/// <summary>Reads dates that are written with the name of a month, and the parts of years.</summary>
internal static class Calendar
{
    private static readonly string[] Months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    /// <summary><c>March 2012</c>, <c>March 5, 2012</c>, <c>5 March 2012</c>; null where there is none.</summary>
    public static Item? Read(IReadOnlyList<Token> tokens, int first) => Span(tokens, first) ?? Month(tokens, first);

    private static readonly string[] Decades = ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"];

    /// <summary>Parts of a year and decades: <c>Q2 2023</c>, <c>the second half of 2023</c>, <c>the 1990s</c>, <c>the nineties</c>; as the days of both ends.</summary>
    private static Item? Span(IReadOnlyList<Token> tokens, int first)
    {
        var at = tokens[first].Lower == "the" ? first + 1 : first;
        if (at >= tokens.Count)
        {
            return null;
        }

        var word = tokens[at].Lower;
        var decade = word is [_, _, _, '0', 's'] && int.TryParse(word.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year) ? year : Array.IndexOf(Decades, word) is var named and >= 0 ? 1920 + (10 * named) : 0;
        if (decade is >= 1800 and < 2200)
        {
            return Of(decade, 1, 120, at + 1);
        }

        var part = word switch { "q1" => 1, "q2" => 2, "q3" => 3, "q4" => 4, _ => 0 };
        if (part > 0)
        {
            return Year(at + 1, out var last) is { } then ? Of(then, (3 * part) - 2, 3, last) : null;
        }

        part = word switch { "first" or "1st" => 1, "second" or "2nd" => 2, "third" or "3rd" => 3, "fourth" or "4th" or "last" => 4, _ => 0 };
        if (part == 0 || at + 1 >= tokens.Count || tokens[at + 1].Lower is not ("half" or "quarter") || (tokens[at + 1].Lower == "half" && part > 2))
        {
            return null;
        }

        var months = tokens[at + 1].Lower == "half" ? 6 : 3;
        return Year(at + 2, out var end) is { } of ? Of(of, (months * (part - 1)) + 1, months, end) : null;

        int? Year(int i, out int after)
        {
            i = i < tokens.Count && tokens[i].Lower == "of" ? i + 1 : i;
            after = i + 1;
            return i < tokens.Count && tokens[i] is { Kind: TokenKind.Number, Number: >= 1800 and <= 2199 } year ? (int)year.Number : null;
        }

        Item Of(int year, int month, int count, int last)
        {
            var from = new DateOnly(year, month, 1);
            return new Item(ItemKind.Date, first, last) { Text = string.Create(CultureInfo.InvariantCulture, $"{from:yyyy-MM-dd}/{from.AddMonths(count):yyyy-MM-dd}") };
        }
    }

    private static Item? Month(IReadOnlyList<Token> tokens, int first)
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

    public static bool IsMonth(Token token) => Month(token) > 0;

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
