using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Answers;

/// <summary>What a request came to: the words for the person, and what a later request may refer to.</summary>
internal sealed record Answer(string Text)
{
    /// <summary>Whether the request was understood and something came of it.</summary>
    public bool IsAnswered { get; init; } = true;

    /// <summary>Whether a call of it was refused or failed: what was to follow does not.</summary>
    public bool Failed { get; init; }

    /// <summary>How sure the reading is, from 0 to 1.</summary>
    public double Confidence { get; init; } = 1;

    /// <summary>The bare content, to be written to a file; null where <see cref="Text"/> is it.</summary>
    public string? Plain { get; init; }

    /// <summary>The query that was run.</summary>
    public QuerySpec? Query { get; init; }

    /// <summary>The words of the question that the query came from, with earlier ones of the same thread.</summary>
    public string? Question { get; init; }

    /// <summary>The files it named, in their order.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>The rows it showed.</summary>
    public ResultTable? Rows { get; init; }

    public static Answer Unable(string text) => new(text) { IsAnswered = false, Confidence = 0 };
}
