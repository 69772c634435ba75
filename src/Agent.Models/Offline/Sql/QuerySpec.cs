namespace Agent.Models.Offline.Sql;

internal enum Aggregate
{
    Count,
    Sum,
    Average,
    Minimum,
    Maximum,
}

internal enum DatePart
{
    Year,
    Quarter,
    Month,
    Day,
    Weekday,
}

/// <summary>A value of a row: a column, a product of two, a column in another unit, or a part of a date.</summary>
internal sealed record Term(Column Column)
{
    /// <summary>The second factor, such as a quantity beside a price.</summary>
    public Column? Times { get; init; }

    /// <summary>What to divide by to come to the unit that was asked for.</summary>
    public decimal DivideBy { get; init; } = 1;

    public DatePart? Part { get; init; }

    /// <summary>The reference that leads to the row whose value it is, where it is not the nearest one.</summary>
    public Reference? Via { get; init; }

    /// <summary>The unit that was asked for, for the heading; null for the column's own.</summary>
    public string? Unit { get; init; }

    public override string ToString() => Part is { } part ? $"{part.ToString().ToLowerInvariant()} of {Column.Name}" : Times is { } times ? $"{Column} × {times.Name}" : Column.ToString();
}

/// <summary>What is computed over rows.</summary>
internal sealed record Measure(Aggregate Function, Table Of, Term? Value = null, bool Distinct = false);

/// <summary>What rows are grouped by: the rows of a table, or a value.</summary>
internal sealed record Grouping(Table Table, Term? Value);

internal abstract record Condition(Table Table)
{
    /// <summary>The column of a role that leads to the table (<c>departure</c> airport); null where there is one way only.</summary>
    public Reference? Via { get; init; }

    internal sealed record Compare(Term Left, string Operator, IReadOnlyList<object> Values) : Condition(Left.Column.Table);

    internal sealed record Like(Column Column, string Pattern, bool Negated) : Condition(Column.Table);

    internal sealed record Missing(Column Column, bool Negated) : Condition(Column.Table);

    /// <summary>Compares with an aggregate over all rows of the column's table.</summary>
    internal sealed record CompareWithAll(Term Left, string Operator, Aggregate Function) : Condition(Left.Column.Table);

    /// <summary>Whether there is a row of <paramref name="Target"/> that belongs to it and fulfils the conditions.</summary>
    internal sealed record Exists(Table Target, bool Negated, IReadOnlyList<Condition> Where) : Condition(Target);

    internal sealed record Any(IReadOnlyList<Condition> Of) : Condition(Of[0].Table);
}

/// <summary>How rows are ordered: by a value, or by the measure where <paramref name="By"/> is null.</summary>
internal sealed record Ordering(Term? By, bool Descending);

/// <summary>A question over a schema, before it is written as SQL.</summary>
internal sealed record QuerySpec(Table Root)
{
    public Measure? Measure { get; init; }

    public IReadOnlyList<Term> Columns { get; init; } = [];

    public IReadOnlyList<Grouping> Groups { get; init; } = [];

    public IReadOnlyList<Condition> Where { get; init; } = [];

    /// <summary>A bound on the measure of each group.</summary>
    public (string Operator, decimal Value)? Having { get; init; }

    public Ordering? Order { get; init; }

    public int? Limit { get; init; }

    public int Offset { get; init; }

    public bool Distinct { get; init; }

    /// <summary>One row was asked for as the first by rank: others that share its rank belong to the answer.</summary>
    public bool WithTies { get; init; }

    /// <summary>What is computed over the groups' measures, as in "average number of tracks per album".</summary>
    public Aggregate? Over { get; init; }

    /// <summary>What was asked for is the value that the rows are ranked by, not the rows: "what does the cheapest track cost?".</summary>
    public bool AsksValue { get; init; }

    /// <summary>Groups without any row count as zero.</summary>
    public bool KeepEmptyGroups { get; init; }

    /// <summary>Whether "yes" or "no" is the answer.</summary>
    public bool IsYesNo { get; init; }

    /// <summary>Every table it names.</summary>
    public IEnumerable<Table> Tables =>
        new[] { Root, Measure?.Of, Measure?.Value?.Column.Table, Order?.By?.Column.Table }.OfType<Table>()
            .Concat(Columns.Select(static c => c.Column.Table)).Concat(Groups.Select(static g => g.Table)).Concat(Where.SelectMany(TablesOf));

    private static IEnumerable<Table> TablesOf(Condition condition) => condition switch
    {
        Condition.Exists exists => exists.Where.SelectMany(TablesOf).Append(exists.Target),
        Condition.Any any => any.Of.SelectMany(TablesOf),
        _ => [condition.Table],
    };
}
