using Agent.Models.Offline.Language;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <summary>What a stretch of a question does in it.</summary>
internal enum ItemKind
{
    /// <summary>Carries no meaning of its own.</summary>
    Filler,

    /// <summary>A verb that says no more than that rows belong together, unless the schema has a name for it.</summary>
    Verb,
    Count,
    HowMuch,
    Ask,
    Who,
    When,
    YesNo,
    Aggregate,
    Superlative,
    Top,
    Per,
    By,
    Sort,
    Direction,
    Without,
    Not,
    Compare,
    OrMore,
    Between,
    Like,
    Missing,
    Present,
    Distinct,
    And,
    Or,
    Preposition,
    With,
    Their,
    DateWord,
    Relative,
    Number,
    Date,
    Unit,
    Concept,
    Event,
    Mention,
    Value,
    Share,

    /// <summary>A yes-or-no column beside the table whose rows it qualifies: "active members".</summary>
    Flag,
    Unknown,
}

/// <summary>A notion of measure that languages express by adjectives and that schemas express by columns.</summary>
internal enum Concept
{
    None,
    Money,
    Price,
    Duration,
    Size,
    Weight,
    Quantity,
    Age,
    Date,
    Distance,
    Height,
    Rating,
    Popularity,
}

/// <summary>A table or column that a stretch may mean, and how well it fits.</summary>
internal sealed record Candidate(Table Table, Column? Column, double Score);

/// <summary>A value of the data that a stretch may mean.</summary>
internal sealed record ValueHit(Column Column, string Value, bool Whole)
{
    public override string ToString() => Column.ToString();
}

/// <summary>A stretch of the question and what it does there.</summary>
internal sealed record Item(ItemKind Kind, int First, int Last)
{
    public string Text { get; init; } = string.Empty;

    public Aggregate Aggregate { get; init; }

    public Concept Concept { get; init; }

    public bool Descending { get; init; }

    public string Operator { get; init; } = string.Empty;

    public decimal Number { get; init; }

    public DatePart Part { get; init; }

    public IReadOnlyList<Candidate> Candidates { get; init; } = [];

    public IReadOnlyList<ValueHit> Hits { get; init; } = [];

    /// <summary>Whether it was written in quotation marks.</summary>
    public bool Quoted { get; init; }

    /// <summary>Whether it stands for a table that the question does not name.</summary>
    public bool IsImplied { get; init; }

    /// <summary>Whether another item says the same and took its place.</summary>
    public bool IsReplaced { get; set; }

    /// <summary>Whether some part of the plan accounts for it.</summary>
    public bool Used { get; set; }

    public bool IsTable => Kind == ItemKind.Mention && Candidates[0].Column is null;

    public bool IsColumn => Kind == ItemKind.Mention && Candidates.Any(static c => c.Column is not null);
}
