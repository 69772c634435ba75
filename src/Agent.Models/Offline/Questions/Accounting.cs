using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <summary>
/// Checks a finished plan against the question: what the question names must be found in the plan. The composer places items
/// one by one; this is the proof that nothing got lost between them.
/// </summary>
internal sealed class Accounting(JoinGraph graph, IReadOnlyList<Item> items)
{
    /// <summary>What the plan lost of the question; null where it lost nothing.</summary>
    public string? Missing(QuerySpec spec)
    {
        var conditions = Flatten(spec.Where).ToList();
        var columns = ColumnsOf(spec, conditions).ToHashSet();
        var tables = TablesOf(spec);
        foreach (var item in items.Where(static i => !i.IsReplaced))
        {
            switch (item)
            {
                case { Kind: ItemKind.Mention, IsImplied: false } when !item.Candidates.Any(c => IsIn(spec, c, item, columns, tables)):
                    return $"I could not place “{item.Text}” in the question";
                case { Kind: ItemKind.Value } when !conditions.Exists(c => item.Hits.Any(h => c.Table == h.Column.Table && Holds(c, h))):
                    return $"I could not place “{item.Text}” in the question";
                case { Kind: ItemKind.Mention or ItemKind.Flag } when Turned(item) is { } turned && columns.Contains(turned) && !conditions.Exists(c => IsAbout(c, turned)):
                    return $"I could not tell what “{item.Text}” refers to";
                case { Kind: ItemKind.Without or ItemKind.Not } when !conditions.Exists(IsNegative) && spec.Having is null:
                    return $"I could not tell what “{item.Text}” refers to";
                case { Kind: ItemKind.Unit } when columns.Any(c => c.Kind == ColumnKind.Number && Units.Factor(c, item.Text) is { } factor && factor != 1) && !IsConverted(spec, conditions, item.Text) && !items.Any(static i => i.Kind is ItemKind.Compare or ItemKind.Between or ItemKind.OrMore or ItemKind.Number):
                    return $"I could not give the answer in {item.Text}";
                case { Kind: ItemKind.Superlative } when spec.Order is null && spec.Measure is not { Function: Aggregate.Minimum or Aggregate.Maximum }:
                case { Kind: ItemKind.Count or ItemKind.Aggregate } when spec.Measure is null && !spec.Columns.Any(c => c.Column.Has(item.Text)):
                case { Kind: ItemKind.Who } when spec is { Measure: null, Columns.Count: > 0 } && spec.Columns.All(static c => c is { Via: null, Column: { Kind: not ColumnKind.Text, IsReference: false } }) && !People.Are(spec.Root):
                case { Kind: ItemKind.Who, Text: not ("who is" or "who are" or "who's") } when spec is { Measure: null, IsYesNo: false } && !People.Are(spec.Root) && spec.Columns.All(c => c.Via is null && c.Column.Table == spec.Root) && !items.Any(i => i is { Kind: ItemKind.Mention, IsTable: false } && i.Candidates.Any(c => spec.Columns.Any(t => t.Column == c.Column))):
                case { Kind: ItemKind.Who } when spec is { Measure: not null, Groups.Count: 0 }:
                case { Kind: ItemKind.Direction } when spec is { Order: null, Groups.Count: 0 }:
                case { Kind: ItemKind.When } when !TellsWhen(spec):
                case { Kind: ItemKind.HowMuch } when spec.Measure is null && !spec.Columns.Any(static c => c.Column.Kind == ColumnKind.Number):
                case { Kind: ItemKind.Top, Operator: "top" or "bottom" } when spec.Order is null:
                case { Kind: ItemKind.Per } when spec is { Groups.Count: 0, Over: null, Measure: not { Function: Aggregate.Average or Aggregate.Minimum or Aggregate.Maximum } }:
                case { Kind: ItemKind.Compare, Operator: not "=" } when spec.Having is null && !conditions.Exists(IsBound):
                    return $"I could not tell what “{item.Text}” refers to";
                case { Kind: ItemKind.Date or ItemKind.Relative } when !conditions.Exists(static c => c is Condition.Compare { Left.Column.Kind: ColumnKind.Date }):
                    return $"I could not place “{item.Text}” in the question";
                case { Kind: ItemKind.Verb } when Outcomes.Contains(item.Text) && !IsSaid(item.Text, tables, columns):
                    return $"I found nothing in the schema that says “{item.Text}”";
            }
        }

        for (var i = 0; i + 1 < items.Count; i++)
        {
            // "inspection date", where inspection is a kind of visit and the date that of something else.
            if (items[i] is { Kind: ItemKind.Value, Quoted: false, Hits: { } hits } value && char.IsLower(value.Text[0]) && items[i + 1] is { Kind: ItemKind.Mention, IsTable: false } after && after.First == value.Last
                && !after.Candidates.Any(c => c.Column is { } column && columns.Contains(column) && hits.Any(h => h.Column.Table == column.Table || graph.IsToOne(column.Table, h.Column.Table))))
            {
                return $"I could not tell what “{value.Text} {after.Text}” is";
            }
        }

        if (spec.Where.OfType<Condition.Compare>().Where(c => c is { Operator: "=", Values.Count: 1 } && graph.IsToOne(spec.Measure?.Of ?? spec.Root, c.Table)).GroupBy(static c => (c.Left, c.Via)).FirstOrDefault(static g => g.DistinctBy(static c => c.Values[0]).Count() > 1) is { } torn)
        {
            return $"no row has {string.Join(" and ", torn.Select(static c => $"“{c.Values[0]}”"))} as its {torn.Key.Left.Column.Name} at once";
        }

        var spans = spec.Where.OfType<Condition.Compare>().Where(static c => c is { Operator: "range", Values: [DateOnly, DateOnly] }).ToList();
        if (spans.Exists(a => spans.Exists(b => a != b && a.Left == b.Left && (DateOnly)a.Values[1] <= (DateOnly)b.Values[0])))
        {
            return "no date lies in both of these spans at once";
        }

        // "which alarms are still open", where nothing says what open is.
        if (items.FirstOrDefault(static i => i.Kind == ItemKind.Verb && !Idle.Contains(i.Text)) is { } state && !items.Any(static i => i.Kind == ItemKind.Value) && items.Count(static i => i.Kind is ItemKind.HowMuch or ItemKind.Mention or ItemKind.Value or ItemKind.Event or ItemKind.Concept or ItemKind.Date or ItemKind.Number or ItemKind.Relative or ItemKind.Superlative or ItemKind.Compare or ItemKind.Between or ItemKind.Like) <= 1)
        {
            return $"I found nothing in the schema that says “{state.Text}”";
        }

        // "What did Frank Harris buy?" must not be answered with Frank Harris.
        return spec is { Measure: null, IsYesNo: false, Columns.Count: > 0 } && (spec.Columns.All(c => IsFixed(c, spec.Where)) || IsSame(spec)) ? "I could not tell what is asked for" : null;
    }

    /// <summary>Whether a time is shown: a date, or what the question names as it is kept ("founded", a year).</summary>
    private bool TellsWhen(QuerySpec spec) => spec.Columns.Concat(spec.Groups.Select(static g => g.Value)).Append(spec.Measure is { Function: Aggregate.Minimum or Aggregate.Maximum } ? spec.Measure.Value : null).OfType<Term>()
        .Any(t => t.Part is not null || t.Column.Kind == ColumnKind.Date || t.Column.Words.Any(Times.Contains)
            || items.Any(i => i is { Kind: ItemKind.Mention, IsTable: false } && i.Candidates.Any(c => c.Column == t.Column)));

    private static readonly HashSet<string> Times = new(StringComparer.Ordinal) { "year", "month", "day", "weekday", "date", "time", "hour", "since" };

    /// <summary>The column that a word says the opposite of: "unpaid", "non-billable".</summary>
    private static Column? Turned(Item item) =>
        item.Candidates is [{ Column: { } column }, ..] && item.Text.Split(' ').Any(w => Linker.Negation(w) is { } plain && !column.Words.Contains(w) && column.Words.Any(own => Language.WordMatch.Score(plain, own) >= Language.WordMatch.SameRoot)) ? column : null;

    private static bool IsAbout(Condition condition, Column column) => condition switch
    {
        Condition.Compare compare => compare.Left.Column == column,
        Condition.Missing missing => missing.Column == column,
        _ => false,
    };

    // What became of a row, not that it was there: only a table, a column or a value can tell.
    private static readonly HashSet<string> Outcomes = new(StringComparer.Ordinal) { "returned", "closed", "won", "lost", "died", "left", "ended", "delivered", "departed", "arrived", "admitted" };

    private static bool IsSaid(string verb, HashSet<Table> tables, HashSet<Column> columns) =>
        tables.SelectMany(static t => t.Words).Concat(columns.SelectMany(static c => c.Words)).Any(w => Language.WordMatch.Score(verb, w) >= Language.WordMatch.Abbreviation);

    private static bool IsBound(Condition condition) => condition is Condition.CompareWithAll or Condition.Compare { Operator: not ("=" or "<>") } or Condition.Exists { Negated: true };

    private static bool IsConverted(QuerySpec spec, List<Condition> conditions, string unit) =>
        spec.Columns.Concat(spec.Groups.Select(static g => g.Value)).Concat([spec.Measure?.Value, spec.Order?.By]).OfType<Term>().Concat(conditions.OfType<Condition.Compare>().Select(static c => c.Left)).Any(t => t.Unit == unit);

    // Verbs that say nothing even where they link nothing: "how many people work here".
    private static readonly HashSet<string> Idle = new(StringComparer.Ordinal) { "do", "done", "see", "call", "call themselves", "made", "make", "take place", "took place", "place", "happen", "happened", "run", "use", "hold", "keep", "own" };

    /// <summary>Whether "who teaches Dylan" would be answered with Dylan.</summary>
    private bool IsSame(QuerySpec spec) =>
        items.Any(static i => i is { Kind: ItemKind.Who, Text: not ("who is" or "who are" or "who's") } || i is { IsImplied: true, Kind: ItemKind.Mention }) && People.Are(spec.Root)
        && spec.Root.Label.All(l => IsFixed(new Term(l), spec.Where)) && spec.Columns.All(c => c.Via is null && c.Column.Table == spec.Root);

    private static bool IsFixed(Term term, IReadOnlyList<Condition> where) =>
        where.OfType<Condition.Compare>().Any(w => w is { Operator: "=", Values.Count: 1, Via: null } && w.Left.Column == term.Column && term.Via is null);

    private bool IsIn(QuerySpec spec, Candidate candidate, Item item, HashSet<Column> columns, HashSet<Table> tables)
    {
        if (candidate.Column is not { } column)
        {
            // "how many tracks were sold": the units of the deeds stand for the things.
            return tables.Contains(candidate.Table)
                || (spec.Measure is { Function: Aggregate.Sum } sum && items.Any(static i => i.Kind == ItemKind.Event) && graph.IsToOne(sum.Of, candidate.Table));
        }

        // A reference is in the plan where its rows are; a column's table alone does not show that the column is.
        return columns.Contains(column) || (column.IsReference && graph.Schema.References.Any(r => r.FromColumns.Contains(column) && tables.Contains(r.To) && tables.Contains(r.From)) && !item.IsTable)
            || (column.IsKey && tables.Contains(column.Table));
    }

    private static bool Holds(Condition condition, ValueHit hit) => condition switch
    {
        Condition.Compare compare => compare.Left.Column == hit.Column,
        Condition.Like like => like.Column == hit.Column,
        _ => false,
    };

    private static bool IsNegative(Condition condition) => condition switch
    {
        Condition.Compare { Operator: "<>" or "outside" } => true,
        Condition.Compare { Left.Column.Kind: ColumnKind.Flag } => true,
        Condition.Like { Negated: true } or Condition.Exists { Negated: true } or Condition.Missing => true,
        _ => false,
    };

    private static IEnumerable<Condition> Flatten(IEnumerable<Condition> conditions) =>
        conditions.SelectMany(static c => c switch
        {
            Condition.Exists exists => Flatten(exists.Where).Append(exists),
            Condition.Any any => Flatten(any.Of),
            _ => [c],
        });

    private static IEnumerable<Column> ColumnsOf(QuerySpec spec, List<Condition> conditions)
    {
        var terms = spec.Columns.Concat(spec.Groups.Select(static g => g.Value)).Concat([spec.Measure?.Value, spec.Order?.By]).OfType<Term>();
        return terms.SelectMany(static t => new[] { t.Column, t.Times }).OfType<Column>()
            .Concat(terms.SelectMany(static t => t.Via?.FromColumns ?? []))
            .Concat(spec.Groups.Where(static g => g.Value is null).SelectMany(static g => g.Table.Label))
            .Concat(conditions.SelectMany(static c => (c switch
            {
                Condition.Compare compare => [compare.Left.Column],
                Condition.CompareWithAll all => [all.Left.Column],
                Condition.Like like => [like.Column],
                Condition.Missing missing => [missing.Column],
                _ => (IReadOnlyList<Column>)[],
            }).Concat(c.Via?.FromColumns ?? [])));
    }

    /// <summary>The tables that the statement will name, those on the way included.</summary>
    private HashSet<Table> TablesOf(QuerySpec spec)
    {
        var from = spec.Measure?.Of ?? spec.Root;
        var tables = new HashSet<Table> { from };
        foreach (var table in spec.Tables)
        {
            tables.Add(table);
            tables.UnionWith(graph.Path(from, table)?.SelectMany(static s => new[] { s.From, s.To }) ?? []);
        }

        return tables;
    }
}
