using System.Text;
using Agent.Models.Offline.Sql;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>
/// Writes a grammar of read-only SELECT statements over real tables, in the notation of llama.cpp
/// (https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md). A statement under it can only name tables, columns and
/// joins that exist, compares a column with what its type allows, and takes values of columns that have few from those. That every
/// column's table is joined is not in it (the grammar would grow with every set of tables): <see cref="StatementRepair"/> sees to that.
/// </summary>
internal static class SelectGrammar
{
    /// <summary>The condition of a join.</summary>
    public static string On(Reference join, SqlText names) => string.Join(
        " AND ",
        join.FromColumns.Zip(join.ToColumns, (from, to) => $"{names.Column(from, names.Table(from.Table))} = {names.Column(to, names.Table(to.Table))}"));

    /// <summary>Writes the grammar.</summary>
    public static string Write(LinkedSchema linked, SqlText names)
    {
        var columns = linked.Tables.SelectMany(static t => t.Columns).ToList();
        var numbers = columns.Where(static c => c.Kind is ColumnKind.Number or ColumnKind.Flag || IsNumberedDate(c)).ToList();
        var measures = numbers.Where(static c => !c.IsIdentifier).ToList();
        var dates = columns.Where(static c => c.Kind == ColumnKind.Date && !IsNumberedDate(c)).ToList();
        var texts = columns.Where(static c => c.Kind is ColumnKind.Text or ColumnKind.Other).ToList();
        var grammar = new StringBuilder();
        string Name(Column c) => names.Column(c, names.Table(c.Table));

        Rule("root", $"{Word("SELECT")} \" \" ({Word("DISTINCT")} \" \")? item (\", \" item){{0,4}} \" \" {Word("FROM")} \" \" table (\" \" ({Word("LEFT")} \" \")? join){{0,5}} "
            + $"(\" \" {Word("WHERE")} \" \" condition)? (\" \" {Word("GROUP")} \" \" {Word("BY")} \" \" column (\", \" column){{0,2}} (\" \" {Word("HAVING")} \" \" aggregate \" \" compare \" \" number)?)? "
            + $"(\" \" {Word("ORDER")} \" \" {Word("BY")} \" \" order (\", \" order)?)? (\" \" {Word("LIMIT")} \" \" [1-9] [0-9]{{0,2}})?");
        Rule("item", $"(aggregate | column{(measures.Count > 0 ? " | product" : string.Empty)}) (\" \" {Word("AS")} \" \" name)?");
        Rule("name", "[a-z] [a-z_]{0,24}");
        Rule("order", $"(aggregate | column{(measures.Count > 0 ? " | product" : string.Empty)} | name) (\" \" ({Word("DESC")} | {Word("ASC")}))?");
        Rule("aggregate", $"{Word("COUNT")} \"(\" (\"*\" | ({Word("DISTINCT")} \" \")? column) \")\""
            + (measures.Count > 0 ? $" | ({Word("SUM")} | {Word("AVG")} | {Word("MIN")} | {Word("MAX")}) \"(\" (measure | product) \")\"" : string.Empty)
            + (dates.Count > 0 ? $" | ({Word("MIN")} | {Word("MAX")}) \"(\" date \")\"" : string.Empty));
        Rule("table", Any(linked.Tables.Select(names.Table)));
        Rule("column", Any(columns.Select(Name)));
        Rule("number", "\"-\"? [0-9]{1,9} (\".\" [0-9]{1,4})?");
        Rule("compare", "\"=\" | \"<>\" | \">\" | \"<\" | \">=\" | \"<=\"");
        Rule("string", "\"'\" [^'\\n\\\\%]{1,60} \"'\"");
        Rule("join", linked.Joins.Count == 0 ? $"{Word("CROSS")} \" \" {Word("JOIN")} \" \" table" : $"{Word("JOIN")} \" \" ({string.Join(" | ", linked.Joins.SelectMany(j => Both(j, names)))})");
        var predicates = new List<string> { $"column \" \" {Word("IS")} \" \" ({Word("NOT")} \" \")? {Word("NULL")}" };
        if (measures.Count > 0)
        {
            // Keys are compared and never added up.
            Rule("measure", Any(measures.Select(Name)));
            Rule("product", "measure \" \" [-+*/] \" \" (measure | number)");
        }

        if (numbers.Count > 0)
        {
            Rule("numeric", Any(numbers.Select(Name)));
            predicates.Add($"numeric \" \" compare \" \" (number | numeric | \"(\" {Word("SELECT")} \" \" aggregate \" \" {Word("FROM")} \" \" table \")\")");
            predicates.Add($"numeric \" \" {Word("BETWEEN")} \" \" number \" \" {Word("AND")} \" \" number");
        }

        if (dates.Count > 0)
        {
            Rule("date", Any(dates.Select(Name)));
            Rule("day", "\"'\" [0-9] [0-9] [0-9] [0-9] \"-\" [01] [0-9] \"-\" [0-3] [0-9] \"'\"");
            predicates.Add("date \" \" compare \" \" day");
            predicates.Add($"date \" \" {Word("BETWEEN")} \" \" day \" \" {Word("AND")} \" \" day");
            predicates.Add(linked.Schema.IsPostgres
                ? "(\"EXTRACT(YEAR FROM \" date \")\" | \"EXTRACT(MONTH FROM \" date \")\") \" \" compare \" \" [0-9]{1,4}"
                : "(\"strftime('%Y', \" date \")\" \" \" compare \" '\" [0-9] [0-9] [0-9] [0-9] \"'\" | \"strftime('%m', \" date \")\" \" = '\" [01] [0-9] \"'\" | \"strftime('%Y-%m', \" date \")\" \" = '\" [0-9] [0-9] [0-9] [0-9] \"-\" [01] [0-9] \"'\")");
        }

        foreach (var group in texts.GroupBy(c => linked.Values.GetValueOrDefault(c)))
        {
            var column = $"({Any(group.Select(Name))})";
            var value = group.Key is null ? "string" : $"({Any(group.Key.Values.Select(static v => SqlText.Literal(v)))}{(group.Key.IsComplete ? string.Empty : " | string")})";
            predicates.Add($"{column} \" \" (\"=\" | \"<>\") \" \" {value}");
            if (group.Key is not { IsComplete: true })
            {
                predicates.Add($"{column} \" \" ({Word("NOT")} \" \")? {Word("LIKE")} \" '\" \"%\"? [^'\\n\\\\%]{{1,60}} \"%\"? \"'\"");
            }
        }

        // Rows that have, or do not have, rows elsewhere: along the references alone.
        predicates.AddRange(linked.Joins.Where(static j => j.FromColumns.Count == 1).SelectMany(j => new[] { (Own: j.FromColumns[0], Other: j.ToColumns[0]), (Own: j.ToColumns[0], Other: j.FromColumns[0]) })
            .Select(p => $"{Quote(Name(p.Own))} \" \" ({Word("NOT")} \" \")? {Word("IN")} \" (\" {Word("SELECT")} {Quote($" {Name(p.Other)} ")} {Word("FROM")} {Quote($" {names.Table(p.Other.Table)})")}"));
        Rule("predicate", string.Join(" | ", predicates));
        Rule("condition", $"predicate (\" \" ({Word("AND")} | {Word("OR")}) \" \" predicate){{0,3}}");
        return grammar.ToString();

        void Rule(string name, string body) => grammar.Append(name).Append(" ::= ").Append(body).Append('\n');
    }

    /// <summary>A keyword in upper or lower case.</summary>
    private static string Word(string keyword) => $"(\"{keyword}\" | \"{keyword.ToLowerInvariant()}\")";

    private static string Any(IEnumerable<string> texts) => string.Join(" | ", texts.Select(Quote));

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private static IEnumerable<string> Both(Reference join, SqlText names)
    {
        var on = On(join, names);
        yield return $"{Quote(names.Table(join.From) + " ")} {Word("ON")} {Quote(" " + on)}";
        yield return $"{Quote(names.Table(join.To) + " ")} {Word("ON")} {Quote(" " + on)}";
    }

    /// <summary>A date held as a number is compared as one.</summary>
    private static bool IsNumberedDate(Column column) =>
        column.Kind == ColumnKind.Date && (column.Type.Contains("INT", StringComparison.OrdinalIgnoreCase) || column.Type.Contains("REAL", StringComparison.OrdinalIgnoreCase));
}
