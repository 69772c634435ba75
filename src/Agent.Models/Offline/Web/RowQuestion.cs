using System.Globalization;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Language;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Web;

/// <summary>What a request asks of the rows that an operation gave: how many, the highest, those above a bound, a sum.</summary>
internal static class RowQuestion
{
    private const int MostPhrase = 5;

    /// <summary>The answer in words; null where the request asks for something else.</summary>
    public static string? Answer(string text, ResultTable table, OperationMatch match)
    {
        _ = match;
        var tokens = Tokenizer.Read(text).ToList();
        var items = Phrases(tokens);
        var rows = table.Rows;
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].Item is not { Kind: ItemKind.Compare } compare || Following(tokens, items[i].Last) is not { } bound)
            {
                continue;
            }

            if (Column(table, compare.Concept, tokens, items[i].First) is not { } column)
            {
                return null;
            }

            rows = [.. rows.Where(r => decimal.TryParse(r[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && Holds(value, compare.Operator, bound))];
        }

        if (items.Find(static i => i.Item.Kind is ItemKind.Superlative).Item is { } rank)
        {
            if (Column(table, rank.Concept, tokens, -1) is not { } column || rows.Count == 0)
            {
                return null;
            }

            var known = rows.Where(r => r[column] is not null).ToList();
            var ordered = rank.Descending ? known.OrderByDescending(r => Key(r[column])) : known.OrderBy(r => Key(r[column]));
            rows = [.. ordered.Take(1).SelectMany(first => known.Where(r => r[column] == first[column]))];
        }

        if (items.Exists(static i => i.Item.Kind == ItemKind.Count))
        {
            return string.Create(CultureInfo.InvariantCulture, $"**{rows.Count}**{(rows.Count is > 0 and <= 50 ? ":\n\n" + Markdown.Table(table with { Rows = rows }) : string.Empty)}");
        }

        if (items.Find(static i => i.Item.Kind == ItemKind.Aggregate).Item is { } aggregate)
        {
            if (Column(table, Concept.None, tokens, -1) is not { } column)
            {
                return null;
            }

            var values = rows.Select(r => r[column]).Where(static v => v is not null).Select(static v => decimal.Parse(v!, NumberStyles.Float, CultureInfo.InvariantCulture)).ToList();
            if (values.Count == 0)
            {
                return null;
            }

            var result = aggregate.Aggregate switch { Aggregate.Sum => values.Sum(), Aggregate.Average => values.Average(), Aggregate.Minimum => values.Min(), _ => values.Max() };
            return $"{aggregate.Text} {table.Columns[column]}: **{Math.Round(result, 4).ToString("0.####", CultureInfo.InvariantCulture)}** over {values.Count} rows";
        }

        if (items.Exists(static i => i.Item.Kind is ItemKind.Per or ItemKind.Share))
        {
            return null;
        }

        return rows.Count == 0 ? "Nothing matches." : Markdown.Table(table with { Rows = rows });
    }

    private static List<(Item Item, int First, int Last)> Phrases(List<Token> tokens)
    {
        var found = new List<(Item, int, int)>();
        for (var i = 0; i < tokens.Count;)
        {
            var next = i + 1;
            for (var last = Math.Min(i + MostPhrase, tokens.Count); last > i; last--)
            {
                if (Lexicon.Find(string.Join(' ', tokens.Skip(i).Take(last - i).Select(static t => t.Lower))) is { } item)
                {
                    found.Add((item, i, last));
                    next = last;
                    break;
                }
            }

            i = next;
        }

        return found;
    }

    private static decimal? Following(List<Token> tokens, int at)
    {
        for (; at < tokens.Count && at >= 0; at++)
        {
            if (tokens[at].Kind == TokenKind.Number)
            {
                return tokens[at].Number;
            }

            if (tokens[at].Kind == TokenKind.Word)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The column that the words name, or that the notion is about.</summary>
    private static int? Column(ResultTable table, Concept concept, List<Token> tokens, int before)
    {
        var numeric = Enumerable.Range(0, table.Columns.Count)
            .Where(c => table.Rows.Any(r => r[c] is not null) && table.Rows.All(r => r[c] is null || decimal.TryParse(r[c], NumberStyles.Float, CultureInfo.InvariantCulture, out _)) && Identifier.Split(table.Columns[c])[^1] is not "id").ToList();
        if (concept is Concept.Date)
        {
            var dated = Enumerable.Range(0, table.Columns.Count).Where(c => table.Rows.All(r => r[c] is { Length: >= 10 } v && v[4] == '-' && v[7] == '-')).ToList();
            return dated.Count == 1 ? dated[0] : null;
        }

        if (concept != Concept.None)
        {
            var own = new Table(null, "rows");
            own.Columns.AddRange(table.Columns.Select((name, i) => new Column(own, name, string.Empty, numeric.Contains(i) ? ColumnKind.Number : ColumnKind.Text, false, true)));
            return MeasureFinder.Terms(concept, own) is [{ } term, ..] ? own.Columns.IndexOf(term.Column) : null;
        }

        var words = before >= 0 ? tokens.Take(before).Reverse() : tokens;
        foreach (var token in words.Where(static t => t.Kind == TokenKind.Word))
        {
            foreach (var column in numeric)
            {
                if (Identifier.Split(table.Columns[column]).Any(w => WordMatch.Score(token.Lower, w) >= WordMatch.SameRoot))
                {
                    return column;
                }
            }
        }

        return numeric.Count == 1 ? numeric[0] : null;
    }

    private static (decimal, string) Key(string? text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? (number, string.Empty) : (0, text ?? string.Empty);

    private static bool Holds(decimal value, string op, decimal bound) => op switch
    {
        ">" => value > bound,
        ">=" => value >= bound,
        "<" => value < bound,
        "<=" => value <= bound,
        "<>" => value != bound,
        _ => value == bound,
    };
}
