namespace Agent;

/// <summary>One try to get an answer from one model. Every try is reported, also those that are repeated or replaced by another model.</summary>
public sealed record ModelAttempt
{
    /// <summary>The model that was tried.</summary>
    public required ModelInfo Model { get; init; }

    /// <summary>Which try of this request it was, from 1, counted over all models.</summary>
    public required int Number { get; init; }

    /// <summary>When it was sent.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took, to its last token or its failure.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long the first token took; null where none came.</summary>
    public TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>Why it failed; null where it answered.</summary>
    public ModelErrorKind? Error { get; init; }

    /// <summary>What happened and what is done next, in one sentence without secrets; null where it answered at once.</summary>
    public string? Note { get; init; }
}
