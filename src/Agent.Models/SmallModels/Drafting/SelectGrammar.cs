using System.Globalization;
using System.Text;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Sql;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>
/// Writes a grammar of read-only SELECT statements over real tables, in the notation of llama.cpp
/// (https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md). A statement under it can only name tables, columns and
/// joins that exist, compares a column with what its type allows and the question names, and has the form that the question's words
/// ask for, as far as they say so without doubt. That every column's table is joined is not in it (the grammar would grow with every
/// set of tables): <see cref="StatementRepair"/> sees to that.
/// </summary>
internal sealed class SelectGrammar
{
    private readonly StringBuilder rules = new(4_096);
    private readonly LinkedSchema linked;
    private readonly SqlText names;
    private readonly QuestionForm form;
    private readonly DraftConditions conditions;
    private readonly List<Column> columns;
    private readonly List<Column> numbers;
    private readonly List<Column> measures;
    private readonly List<Column> dates;
    private readonly DateFormats formats;

    private SelectGrammar(LinkedSchema linked, SqlText names, QuestionForm form, DraftConditions conditions)
    {
        this.linked = linked;
        this.names = names;
        this.form = form;
        this.conditions = conditions;
        columns = [.. linked.Columns];
        numbers = [.. columns.Where(static c => c.Kind == ColumnKind.Number || IsNumberedDate(c))];
        measures = [.. numbers.Where(static c => !c.IsIdentifier)];
        formats = linked.Dates;
        dates = [.. columns.Where(c => c.Kind == ColumnKind.Date && !IsNumberedDate(c) && formats.Of(c) is DateFormat.Iso or DateFormat.DayFirst)];
    }

    /// <summary>The condition of a join.</summary>
    public static string On(Reference join, SqlText names) => string.Join(
        " AND ",
        join.FromColumns.Zip(join.ToColumns, (from, to) => $"{names.Column(from)} = {names.Column(to)}"));

    /// <summary>Writes the grammar.</summary>
    /// <param name="linked">What the question is asked over.</param>
    /// <param name="names">Names in the database's dialect.</param>
    /// <param name="form">What the question asks for.</param>
    /// <param name="conditions">What texts may be compared with.</param>
    public static string Write(LinkedSchema linked, SqlText names, QuestionForm form, DraftConditions conditions) =>
        new SelectGrammar(linked, names, form, conditions).Write();

    private string Write()
    {
        var isRanked = form.Superlative is not null && (form.Subject is not null || form.AsksWho);
        var required = Required();
        var where = required.Count > 0
            ? $"\" \" {Word("WHERE")} \" \" {string.Join($" \" \" {Connective} \" \" ", required)} (\" \" {Word("AND")} \" \" predicate){{0,2}}"
            : $"(\" \" {Word("WHERE")} \" \" condition)?";
        var group = $"\" \" {Word("GROUP")} \" \" {Word("BY")} \" \" group (\", \" group){{0,1}} (\" \" {Word("HAVING")} \" \" aggregate \" \" compare \" \" number)?";
        var order = $"\" \" {Word("ORDER")} \" \" {Word("BY")} \" \" order";
        var limit = $"\" \" {Word("LIMIT")} \" \" limit";
        Rule("root", $"{Word("SELECT")} \" \" ({Word("DISTINCT")} \" \")? {Items(isRanked)} \" \" {Word("FROM")} \" \" table (\" \" ({Word("LEFT")} \" \")? join){{0,5}} "
            + $"{where} {(form.Groups || form.RanksByCount ? group : $"({group})?")} {(isRanked ? order + " " + limit : form.Limits ? $"({order})? ({limit})?" : $"({order})?")}");
        Rule("table", Any(linked.Tables.Select(names.Table)));
        Rule("join", linked.Joins.Count == 0 ? $"{Word("CROSS")} \" \" {Word("JOIN")} \" \" table" : $"{Word("JOIN")} \" \" ({string.Join(" | ", linked.Joins.SelectMany(j => Both(j, names)))})");
        Rule("column", Any(columns.Select(names.Column)));
        Rule("group", form.GroupedByPart is { } part && dates.Count > 0 ? Any(dates.Select(d => formats.Part(names.Column(d), d, part, linked.Schema.IsPostgres))) : (Known(form.GroupedBy) is { Count: > 0 } grouped ? grouped : form is { RanksByCount: true, Subject: { } subject } ? Known([.. subject.Label, .. subject.PrimaryKey]) : Known(form.Asked)) is { Count: > 0 } known ? Any(known.Select(names.Column)) : "column");
        Rule("name", "[a-z] [a-z_]{0,24}");
        Rule("number", Numbers(form.Numbers, 1));
        Rule("compare", "\"=\" | \"<>\" | \">\" | \"<\" | \">=\" | \"<=\"");
        Computed();
        Order();
        Conditions();
        return rules.ToString();
    }

    /// <summary>What is shown: columns where rows are asked for, a number where one is, both where one is asked for of each.</summary>
    private string Items(bool isRanked)
    {
        Rule("plain", $"column (\" \" {Word("AS")} \" \" name)?");
        Rule("computed", $"(aggregate{(measures.Count > 0 && form.Computed is null && !form.CountsRows ? " | measure" : string.Empty)}) (\" \" {Word("AS")} \" \" name)?");
        Rule("item", "plain | computed");
        if (Known(form.Asked) is { Count: > 0 } asked && !form.Groups)
        {
            var counted = asked.Where(measures.Contains).ToList();
            Rule("asked", Any(asked.Select(names.Column)) + (counted.Count > 0 ? $" | ({Word("SUM")} | {Word("AVG")} | {Word("MIN")} | {Word("MAX")}) \"(\" ({Any(counted.Select(names.Column))}) \")\"" : string.Empty));
            return "asked (\", \" item){0,2}";
        }

        return form switch
        {
            { IsFree: true } => "item (\", \" item){0,4}",
            { Groups: true } => "group (\", \" group){0,1} \", \" computed (\", \" computed)?",
            { Lists: true } => "plain (\", \" plain){0,3}",
            _ when isRanked => "plain (\", \" item){0,3}",
            { CountsRows: true, Superlative: null } or { Counts: true, Superlative: null } or { Computed: not null } => "computed",
            _ => "item (\", \" item){0,4}",
        };
    }

    /// <summary>What is computed over rows; where the question says the function and the column, that alone.</summary>
    private void Computed()
    {
        if (measures.Count > 0)
        {
            // Keys are compared and never added up.
            Rule("measure", Any(measures.Select(names.Column)));
            Rule("product", "measure \" \" [-+*/] \" \" (measure | number)");
        }

        if (form.Computed is { } said && Known(said.Of).Where(measures.Contains).ToList() is { Count: > 0 } of)
        {
            Rule("aggregate", $"{Word(SqlText.Function(said.Function))} \"(\" ({Any(of.Select(names.Column))}) \")\"");
            return;
        }

        if (form.CountsRows)
        {
            Rule("aggregate", $"{Word("COUNT")} \"(\" (\"*\" | {Word("DISTINCT")} \" \" column) \")\"");
            return;
        }

        Rule("aggregate", $"{Word("COUNT")} \"(\" (\"*\" | ({Word("DISTINCT")} \" \")? column) \")\""
            + (measures.Count > 0 ? $" | ({Word("SUM")} | {Word("AVG")} | {Word("MIN")} | {Word("MAX")}) \"(\" (measure | product) \")\"" : string.Empty)
            + (dates.Count > 0 ? $" | ({Word("MIN")} | {Word("MAX")}) \"(\" ({Any(dates.Select(names.Column))}) \")\"" : string.Empty));
    }

    /// <summary>What rows are ordered by, and how many are shown.</summary>
    private void Order()
    {
        var direction = form.Superlative is { } extreme ? Direction(extreme.Descending) : $"(\" \" ({Word("DESC")} | {Word("ASC")}))?";
        var any = $"(aggregate | column{(measures.Count > 0 ? " | product" : string.Empty)} | name)";
        Rule("order", form switch
        {
            { RanksByCount: true } => $"\"COUNT(*)\" {direction}",
            { Superlative: { Concept: Concept.Date or Concept.Age } superlative } => ByAge(superlative.Descending) ?? $"{any} (\" \" ({Word("DESC")} | {Word("ASC")}))?",
            _ when Known(form.RankedBy).Where(numbers.Contains).ToList() is { Count: > 0 } ranked => Of(ranked),
            _ => $"{any} {direction}",
        });
        Rule("limit", form.Numbers is { } asked
            ? Any(asked.Where(static n => n is >= 1 and <= 1_000 && n == Math.Truncate(n)).Append(1).Distinct().Select(static n => n.ToString("0", CultureInfo.InvariantCulture)))
            : "[1-9] [0-9]{0,2}");

        string Of(List<Column> ranked)
        {
            Rule("ranked", Any(ranked.Select(names.Column)));
            return $"(ranked | ({Word("SUM")} | {Word("AVG")} | {Word("MAX")} | {Word("MIN")}) \"(\" ranked{(measures.Count > 0 ? " (\" * \" measure)?" : string.Empty)} \")\") {direction}";
        }

        // The youngest was born last, and has the lowest age.
        string? ByAge(bool descending)
        {
            var ages = measures.Where(static c => c.Has("age")).ToList();
            List<Column> moments = [.. dates.Where(d => formats.Of(d) == DateFormat.Iso), .. measures.Where(static c => c.Has("year") || IsNumberedDate(c))];
            if (form.RanksByBirth && moments.Where(People.IsBirth).ToList() is { Count: > 0 } births)
            {
                moments = births;
            }

            string?[] both = [moments.Count > 0 ? $"({Any(moments.Select(names.Column))}) {Direction(descending)}" : null, ages.Count > 0 ? $"({Any(ages.Select(names.Column))}) {Direction(!descending)}" : null];
            return string.Join(" | ", both.OfType<string>()) is { Length: > 0 } order ? order : null;
        }
    }

    private void Conditions()
    {
        var predicates = new List<string>();
        if (form.Affirms)
        {
            predicates.Add($"column \" \" {Word("IS")} \" \" {Word("NOT")} \" \" {Word("NULL")}");
        }

        if (form.IsFree || form.Negates)
        {
            // What is missing is what the question names: a column, or what one refers to.
            var named = columns.Where(c => form.Names(c) || (c.IsReference && linked.Joins.Any(j => j.FromColumns.Contains(c) && form.Names(j.To)))).ToList();
            predicates.Add($"({(form.IsFree || named.Count == 0 ? "column" : Any(named.Select(names.Column)))}) \" \" {Word("IS")} \" \" {Word("NULL")}");
        }

        OfNumbers(predicates);
        OfDates(predicates);
        OfTexts(predicates);
        predicates.AddRange(columns.Where(c => c.Kind == ColumnKind.Flag && (form.IsFree || form.Names(c))).Select(OfFlag));

        // Rows that have, or do not have, rows elsewhere: along the references alone.
        var rows = form.IsFree ? $"({Word("NOT")} \" \")?" : form.Negates ? $"{Word("NOT")} \" \"" : null;
        if (rows is not null)
        {
            predicates.AddRange(linked.Joins.Where(static j => j.FromColumns.Count == 1).SelectMany(static j => new[] { (Own: j.FromColumns[0], Other: j.ToColumns[0]), (Own: j.ToColumns[0], Other: j.FromColumns[0]) })
                .Select(p => $"{Quote(names.Column(p.Own))} \" \" {rows} {Word("IN")} \" (\" {Word("SELECT")} {Quote($" {names.Column(p.Other)} ")} {Word("FROM")} {Quote($" {names.Table(p.Other.Table)})")}"));
        }

        if (predicates.Count == 0)
        {
            predicates.Add($"column \" \" {Word("IS")} \" \" {Word("NOT")} \" \" {Word("NULL")}");
        }

        Rule("predicate", string.Join(" | ", predicates));
        Rule("condition", $"predicate (\" \" {Connective} \" \" predicate){{0,3}}");
    }

    /// <summary>What a statement must be conditioned by: each value that the question names, and each column of yes and no.</summary>
    private List<string> Required()
    {
        var compare = form.Negates ? "(\" = \" | \" <> \")" : "\" = \"";
        var required = form.Values.Select(hits => hits.Where(h => columns.Contains(h.Column) && h.Column.Kind is ColumnKind.Text or ColumnKind.Other).Select(h => $"{Quote(names.Column(h.Column))} {compare} {Quote(SqlText.Literal(h.Value))}").ToList())
            .Where(static any => any.Count > 0).Select(static any => $"({string.Join(" | ", any)})").ToList();
        required.AddRange(Known(form.Flags).Select(OfFlag));
        return required;
    }

    private void OfNumbers(List<string> predicates)
    {
        // A number of the question is written in the unit of the column that it is compared with.
        foreach (var (same, index) in numbers.Where(c => form.IsFree || !c.IsIdentifier || form.Names(c)).GroupBy(c => Numbers(form.NumbersFor(c), Factor(c))).Select(static (g, i) => (g, i)))
        {
            Rule($"numeric{index}", Any(same.Select(names.Column)));
            Rule($"number{index}", same.Key);
            predicates.Add($"numeric{index} \" \" compare \" \" (number{index} | numeric{index} | \"(\" {Word("SELECT")} \" \" aggregate \" \" {Word("FROM")} \" \" table \")\")");
            predicates.Add($"numeric{index} \" \" {Word("BETWEEN")} \" \" number{index} \" \" {Word("AND")} \" \" number{index}");
        }
    }

    private void OfDates(List<string> predicates)
    {
        // "Before 2003" and "after 2003" may be written with the year beside it.
        var years = form.Numbers is null ? null : form.Years.SelectMany(static y => new[] { y, y + 1 }).Distinct().Select(static y => y.ToString(CultureInfo.InvariantCulture)).ToList();
        if (dates.Count == 0 || years is { Count: 0 })
        {
            return;
        }

        Rule("date", Any(dates.Select(d => formats.Sortable(names.Column(d), d, linked.Schema.IsPostgres))));
        Rule("year", years is null ? "[12] [0-9] [0-9] [0-9]" : Any(years));
        Rule("day", "\"'\" year \"-\" [01] [0-9] \"-\" [0-3] [0-9] \"'\"");
        if (form.Bounds || form.NamesADay)
        {
            predicates.Add($"date \" \" {(form.Bounds ? "compare" : "\"=\"")} \" \" day");
        }

        var compare = form.Bounds ? "compare" : "\"=\"";
        predicates.Add($"date \" \" {Word("BETWEEN")} \" \" day \" \" {Word("AND")} \" \" day");
        predicates.Add(linked.Schema.IsPostgres
            ? $"(\"EXTRACT(YEAR FROM \" date \")\" \" \" {compare} \" \" year | \"EXTRACT(MONTH FROM \" date \")\" \" = \" [0-9]{{1,2}})"
            : $"(\"strftime('%Y', \" date \")\" \" \" {compare} \" '\" year \"'\" | \"strftime('%m', \" date \")\" \" = '\" [01] [0-9] \"'\" | \"strftime('%Y-%m', \" date \")\" \" = '\" year \"-\" [01] [0-9] \"'\")");
    }

    /// <summary>Texts are those that the question says something of: values found in the data, and words of its own that nothing is known of.</summary>
    private void OfTexts(List<string> predicates)
    {
        var own = form.IsFree ? "[^'\\n\\\\%]{1,60}" : form.Texts.Count > 0 ? $"({Any(form.Texts.Select(static t => t.Replace("'", "''", StringComparison.Ordinal)))})" : null;
        var not = form.IsFree || form.Negates;
        foreach (var column in columns.Where(static c => c.Kind is ColumnKind.Text or ColumnKind.Other))
        {
            var known = linked.Values.GetValueOrDefault(column);
            var values = (known?.Values ?? []).Where(v => form.IsFree || conditions.IsOfTheQuestion(v)).Concat(known?.Named ?? []).Distinct().Select(static v => Quote(SqlText.Literal(v))).ToList();
            if (known is not { IsComplete: true } && own is not null)
            {
                values.Add($"\"'\" {own} \"'\"");
                predicates.Add($"{Quote(names.Column(column))} \" \" {(not ? $"({Word("NOT")} \" \")? " : string.Empty)}{Word("LIKE")} \" '\" \"%\"? {own} \"%\"? \"'\"");
            }

            if (values.Count > 0)
            {
                predicates.Add($"{Quote(names.Column(column))} {(not ? "(\" = \" | \" <> \")" : "\" = \"")} ({string.Join(" | ", values)})");
            }
        }
    }

    private string OfFlag(Column flag) =>
        $"{Quote(names.Column(flag) + " = ")} ({(flag.Flags is { } written ? Any([SqlText.Literal(written.Yes), SqlText.Literal(written.No)]) : linked.Schema.IsPostgres ? "\"TRUE\" | \"FALSE\"" : "\"1\" | \"0\"")})";

    private string Numbers(IReadOnlyList<decimal>? said, decimal factor)
    {
        if (said is null)
        {
            return "\"-\"? [0-9]{1,9} (\".\" [0-9]{1,4})?";
        }

        var written = said.Select(n => (n * factor).ToString("0.####", CultureInfo.InvariantCulture)).ToList();
        return Any(form.Negates || written.Count == 0 ? written.Append("0").Distinct() : written);
    }

    private decimal Factor(Column column) => form.Unit is { } unit ? Units.Factor(column, unit) ?? 1 : 1;

    private string Connective => form.Alternates ? $"({Word("AND")} | {Word("OR")})" : Word("AND");

    private List<Column> Known(IEnumerable<Column> some) => [.. some.Where(columns.Contains).Distinct()];

    private void Rule(string name, string body) => rules.Append(name).Append(" ::= ").Append(body).Append('\n');

    private static string Direction(bool descending) => $"\" \" {Word(descending ? "DESC" : "ASC")}";

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
