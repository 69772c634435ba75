using System.Globalization;
using System.Text;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Language;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Sql;

/// <summary>Finds which columns hold the words of a question, by asking the data.</summary>
internal static class ValueSearch
{
    private const int MostColumns = 60;
    private const int MostSpans = 40;

    /// <summary>A query that finds the spans as whole values; null where there is nothing to look for.</summary>
    public static string? WholeValues(Schema schema, IReadOnlyList<string> spans)
    {
        if (spans.Count == 0)
        {
            return null;
        }

        var wanted = spans.Take(MostSpans).SelectMany(static s => new[] { s.ToLowerInvariant(), AsciiLower(s), Singular(s) }.Concat(Stems(s)).Concat(KnownCodes.Of(s).Select(static c => c.ToLowerInvariant()))).Distinct(StringComparer.Ordinal).Select(SqlText.Literal);
        var list = string.Join(", ", wanted.Select(static w => $"({w})"));
        return Union(schema, static (text, column) => $"{SqlText.Fold(text.Name(column.Name))} IN (SELECT v FROM wanted)", limit: null) is { } union
            ? $"WITH wanted(v) AS (VALUES {list})\n{union}" : null;
    }

    /// <summary>A query that finds the words inside of values, letters with and without accents alike.</summary>
    public static string? PartsOfValues(Schema schema, IReadOnlyList<string> spans)
    {
        if (spans.Count == 0)
        {
            return null;
        }

        var patterns = spans.Take(6).SelectMany(static s => new[] { s, Singular(s) }).Select(static s => SqlText.Literal("%" + Blur(s) + "%")).Distinct(StringComparer.Ordinal).ToList();
        return Union(schema, (text, column) => string.Join(" OR ", patterns.Select(p => $"{SqlText.Fold(text.Name(column.Name))} LIKE {p}")), limit: 20);
    }

    /// <summary>The hits of a search, by the stretch of the question that they are about.</summary>
    public static void Collect(Schema schema, ToolOutput output, IReadOnlyList<string> spans, Dictionary<string, List<ValueHit>> found, bool whole)
    {
        if (output.IsError || ResultTable.Read(output) is not { Columns.Count: >= 3 } table)
        {
            return;
        }

        foreach (var row in table.Rows)
        {
            if (row is not [{ } tableName, { } columnName, { } value, ..] || schema.Find(tableName)?.Columns.Find(c => c.Name == columnName) is not { } column)
            {
                continue;
            }

            foreach (var span in spans)
            {
                var isWhole = string.Equals(Plain(value), Plain(span), StringComparison.Ordinal) || string.Equals(Plain(value), Plain(Singular(span)), StringComparison.Ordinal);
                if (isWhole || (!whole && (ContainsWord(Plain(value), Plain(span)) || Plain(value).EndsWith(" " + Plain(Singular(span)), StringComparison.Ordinal))))
                {
                    if (!found.TryGetValue(span, out var hits))
                    {
                        found.Add(span, hits = []);
                    }

                    hits.Add(new ValueHit(column, value, isWhole));
                }
            }
        }

        if (whole)
        {
            CollectCodes(schema, table, spans, found);
        }
    }

    /// <summary>"Female", where the column of sexes says F: only where the word itself is nowhere.</summary>
    private static void CollectCodes(Schema schema, ResultTable table, IReadOnlyList<string> spans, Dictionary<string, List<ValueHit>> found)
    {
        foreach (var span in spans.Where(s => !found.ContainsKey(s)).ToList())
        {
            var stems = Stems(span);
            var codes = KnownCodes.Of(span).ToList();
            var hits = stems.Length > 0 ? [.. table.Rows.Where(r => r is [not null, not null, { } value, ..] && stems.Contains(Plain(value))).Select(r => schema.Find(r[0]!)?.Columns.Find(c => c.Name == r[1]) is { } column && !column.Table.Label.Contains(column) ? new ValueHit(column, r[2]!, true) : null).OfType<ValueHit>()]
                : table.Rows.Where(r => r is [not null, not null, { } value, ..] && codes.Contains(value, StringComparer.OrdinalIgnoreCase))
                .Select(r => schema.Find(r[0]!)?.Columns.Find(c => c.Name == r[1]) is { } column && KnownCodes.Suits(span, column.Words) ? new ValueHit(column, r[2]!, true) : null).OfType<ValueHit>().ToList();
            if (hits.Count > 0)
            {
                found.Add(span, hits);
            }
        }
    }

    /// <summary>"Failed", where the data says "fail".</summary>
    private static string[] Stems(string span) =>
        span.Length > 5 && span.EndsWith("ed", StringComparison.Ordinal) && span.All(char.IsAsciiLetterLower) ? span[^3] == span[^4] ? [span[..^2], span[..^3]] : [span[..^2], span[..^1]] : [];

    /// <summary>"cats", where the data says "cat".</summary>
    private static string Singular(string span)
    {
        var words = span.ToLowerInvariant().Split(' ');
        words[^1] = Stemmer.Singular(words[^1]);
        return string.Join(' ', words);
    }

    /// <summary>Lower case without accents.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                plain.Append(char.ToLowerInvariant(c));
            }
        }

        return plain.ToString().Trim();
    }

    private static string? Union(Schema schema, Func<SqlText, Column, string> condition, int? limit)
    {
        var text = new SqlText(schema.IsPostgres, new DateFormats());
        var parts = new List<string>();
        foreach (var column in schema.Columns.Where(static c => c.Kind == ColumnKind.Text).Take(MostColumns))
        {
            var name = text.Name(column.Name);
            var cast = schema.IsPostgres ? $"CAST({name} AS text)" : name;
            var select = $"SELECT {SqlText.Literal(column.Table.Name)} AS tbl, {SqlText.Literal(column.Name)} AS col, {cast} AS val, COUNT(*) AS hits FROM {text.Table(column.Table)} WHERE {condition(text, column)} GROUP BY {name}";
            parts.Add(limit is { } most ? string.Create(CultureInfo.InvariantCulture, $"SELECT * FROM ({select} LIMIT {most}) AS part") : select);
        }

        return parts.Count == 0 ? null : string.Join("\nUNION ALL ", parts);
    }

    private static string AsciiLower(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] + 32) : source[i];
        }
    });

    /// <summary>Letters that may carry an accent become wildcards; what is found is compared exactly afterwards.</summary>
    private static string Blur(string text)
    {
        var blurred = new StringBuilder(text.Length);
        foreach (var c in Plain(text))
        {
            blurred.Append("aeioucnsyz".Contains(c, StringComparison.Ordinal) || !char.IsAscii(c) ? '_' : c);
        }

        // A pattern of wildcards alone would find everything.
        return blurred.ToString().Count(static c => c is not ('_' or ' ')) >= 2 ? blurred.ToString() : Plain(text);
    }

    private static bool ContainsWord(string value, string word)
    {
        for (var at = value.IndexOf(word, StringComparison.Ordinal); at >= 0; at = value.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            var end = at + word.Length;
            if ((at == 0 || !char.IsLetterOrDigit(value[at - 1])) && (end == value.Length || !char.IsLetterOrDigit(value[end])))
            {
                return true;
            }
        }

        return false;
    }
}
