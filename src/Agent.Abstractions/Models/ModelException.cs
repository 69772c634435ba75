namespace Agent;

/// <summary>Why a model did not answer.</summary>
public enum ModelErrorKind
{
    /// <summary>It could not be reached, or broke off.</summary>
    Unreachable,

    /// <summary>It did not accept the credentials.</summary>
    Unauthorized,

    /// <summary>Too many requests.</summary>
    RateLimited,

    /// <summary>It is overloaded or failed inside.</summary>
    Overloaded,

    /// <summary>The request is longer than its context.</summary>
    ContextTooLong,

    /// <summary>It refused to answer (a content filter).</summary>
    Refused,

    /// <summary>It answered something that is no answer of its protocol, or a tool call that it could not write.</summary>
    Malformed,

    /// <summary>It did not answer in time.</summary>
    TimedOut,

    /// <summary>The request itself was wrong (no such model, a bad option).</summary>
    BadRequest,
}

/// <summary>A model did not answer. The message is one sentence with what to do next, without secrets.</summary>
/// <param name="kind">Why.</param>
/// <param name="message">One sentence for the person.</param>
/// <param name="innerException">What lies beneath, for the log.</param>
public sealed class ModelException(ModelErrorKind kind, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Why.</summary>
    public ModelErrorKind Kind { get; } = kind;

    /// <summary>How long the provider asks to wait; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The size of the context that was exceeded, in tokens; null where unknown.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>
    /// Whether the same request may succeed when it is sent again. By default so for a model that is unreachable, overloaded, too slow
    /// or asked too often.
    /// </summary>
    public bool IsTransient { get; init; } = kind is ModelErrorKind.Unreachable or ModelErrorKind.RateLimited or ModelErrorKind.Overloaded or ModelErrorKind.TimedOut;

    /// <summary>Whether the model itself wrote something that its server could not read, so that another way of asking may help.</summary>
    public bool IsGarbledOutput { get; init; }
}
