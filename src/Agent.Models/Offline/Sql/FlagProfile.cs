using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Sql;

/// <summary>Learns from the data which columns hold yes and no, and how they write it (1 and 0, Y and N), and which hold dates though nothing says so.</summary>
internal static class FlagProfile
{
    private const int MostColumns = 8;

    private static readonly (string Yes, string No)[] Pairs = [("y", "n"), ("yes", "no"), ("true", "false"), ("t", "f"), ("1", "0"), ("j", "n"), ("ja", "nein")];

    // As SqlText compares: 2024-05-31, 31.05.2024, 31/05/2024.
    private static readonly string[] DateShapes = ["____-__-__%", "__.__.____", "__/__/____"];

    // Columns that may say when, though their names do not say that they are dates.
    private static readonly string[] Moments = ["opens", "closes", "starts", "ends", "start", "end", "begin", "begins", "in", "out", "from", "to", "since"];

    private static readonly string[] Counts = ["quantity", "count", "stock", "number", "amount", "rating", "score", "level", "size", "age", "total"];

    /// <summary>A query over the columns that the question names and that may be flags; null where there is none.</summary>
    public static string? Statement(Schema schema, IEnumerable<Item> items)
    {
        var undated = schema.Columns.Where(static c => c.Kind == ColumnKind.Text && (c.Words[^1].EndsWith("ed", StringComparison.Ordinal) || Moments.Contains(c.Words[^1]))).Take(MostColumns);
        // "floor 0" is a number, though there may be two floors only.
        var named = items.ToList();
        var columns = named.Where((i, at) => i.Kind == ItemKind.Mention && (at + 1 == named.Count || named[at + 1].Kind != ItemKind.Number)).SelectMany(static i => i.Candidates).Where(static c => c.Score >= 0.7).Select(static c => c.Column).OfType<Column>()
            .Where(static c => c is { Kind: ColumnKind.Text, IsIdentifier: false } || (c is { Kind: ColumnKind.Number or ColumnKind.Flag, IsIdentifier: false } && c.Type.Contains("INT", StringComparison.OrdinalIgnoreCase) && !c.Has(Counts)))
            .Where(static c => !c.Table.Label.Contains(c)).Distinct().Take(MostColumns).ToList();
        var text = new SqlText(schema.IsPostgres, new DateFormats());
        var values = string.Join(", ", Pairs.SelectMany(static p => new[] { p.Yes, p.No }).Distinct().Select(SqlText.Literal));
        var dates = columns.Where(static c => c.Kind == ColumnKind.Text).Concat(undated).Distinct().Select(c =>
        {
            var (name, table) = (text.Name(c.Name), text.Table(c.Table));
            return $"SELECT {SqlText.Literal(c.Table.Name)} AS tbl, {SqlText.Literal(c.Name)} AS col, 'date' AS low, 'date' AS high FROM (SELECT 1 AS x) AS one WHERE {string.Join(" OR ", DateShapes.Select(shape => $"(EXISTS (SELECT 1 FROM {table} WHERE {name} LIKE '{shape}') AND NOT EXISTS (SELECT 1 FROM {table} WHERE {name} <> '' AND {name} NOT LIKE '{shape}'))"))}";
        });
        var parts = columns.Select(c =>
        {
            var (name, table) = (text.Name(c.Name), text.Table(c.Table));
            // Ends at the first other value, so that a column of anything else costs nothing.
            return $"SELECT {SqlText.Literal(c.Table.Name)} AS tbl, {SqlText.Literal(c.Name)} AS col, CAST(MIN({name}) AS {Text(schema)}) AS low, CAST(MAX({name}) AS {Text(schema)}) AS high FROM {table} WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {name} IS NOT NULL AND LOWER(CAST({name} AS {Text(schema)})) NOT IN ({values}))";
        }).Concat(dates).ToList();
        return parts.Count == 0 ? null : string.Join("\nUNION ALL ", parts);
    }

    /// <summary>Marks the columns that turned out to be flags or dates.</summary>
    public static void Learn(Schema schema, ToolOutput output)
    {
        if (output.IsError || ResultTable.Read(output) is not { Columns.Count: >= 4 } table)
        {
            return;
        }

        foreach (var row in table.Rows)
        {
            if (row is not [{ } tableName, { } columnName, { } low, { } high, ..] || schema.Find(tableName)?.Columns.Find(c => c.Name == columnName) is not { } column)
            {
                continue;
            }

            if (low == "date")
            {
                column.Kind = ColumnKind.Date;
                continue;
            }

            var pair = Array.Find(Pairs, p => Is(high, p.Yes) && (Is(low, p.No) || Is(low, p.Yes)) || Is(high, p.No) && Is(low, p.No));
            var isNumber = column.Kind is ColumnKind.Number;
            if (pair.Yes is null || (low == high && column.Kind != ColumnKind.Flag && !column.Has("is", "has") && isNumber))
            {
                continue;
            }

            var upper = char.IsUpper(high[0]);
            column.Kind = ColumnKind.Flag;
            column.Flags = pair.Yes == "1" && column.Type.Contains("INT", StringComparison.OrdinalIgnoreCase) ? (1, 0) : (Written(pair.Yes, upper, high), Written(pair.No, upper, high));
        }
    }

    private static string Written(string word, bool upper, string like) =>
        !upper ? word : like.Length > 1 && char.IsLower(like[1]) ? char.ToUpperInvariant(word[0]) + word[1..] : word.ToUpperInvariant();

    private static bool Is(string value, string word) => string.Equals(value, word, StringComparison.OrdinalIgnoreCase);

    private static string Text(Schema schema) => schema.IsPostgres ? "text" : "TEXT";
}
