using System.Text.Json;

namespace Agent;

/// <summary>One call that a model or a client asked for.</summary>
public sealed record ToolCall
{
    /// <summary>The caller's id for it, unique within the run.</summary>
    public required string Id { get; init; }

    /// <summary>The name that was asked for, in a person's or a model's form; it may name nothing.</summary>
    public required string Name { get; init; }

    /// <summary>The arguments as asked: an object, or whatever else arrived.</summary>
    public required JsonElement Arguments { get; init; }

    /// <summary>True where the call was read out of a model's text instead of arriving as a call.</summary>
    public bool ReadFromText { get; init; }
}

/// <summary>How much a person lets the agent do without being asked.</summary>
public enum PolicyMode
{
    /// <summary>The rules decide; what they leave open is asked.</summary>
    Ask,

    /// <summary>Reads only, until the person accepts the plan.</summary>
    Plan,

    /// <summary>Writes inside the workspace are allowed; everything else as in <see cref="Ask"/>.</summary>
    AutoEdit,
}

/// <summary>Who calls, within what.</summary>
public sealed record CallContext
{
    /// <summary>The session.</summary>
    public required string SessionId { get; init; }

    /// <summary>The run within the session.</summary>
    public required string RunId { get; init; }

    /// <summary>
    /// The name that the markers around untrusted text in its context are made from; null for the run's own. A branched session goes on
    /// with the markers of the conversation it came from, because they stand in its history.
    /// </summary>
    public string? MarkedAs { get; init; }

    /// <summary>The step within the run, from 1.</summary>
    public int Step { get; init; } = 1;

    /// <summary>Who drives: <c>chat</c>, <c>ask</c>, <c>tools</c>, or <c>mcp:</c> and the MCP client's name.</summary>
    public required string Client { get; init; }

    /// <summary>The mode in force.</summary>
    public PolicyMode Mode { get; init; }

    /// <summary>What the caller's context holds, and where each value in it came from.</summary>
    public required IProvenance Provenance { get; init; }

    /// <summary>Receives the server's progress; null where nobody listens.</summary>
    public IProgress<ToolProgress>? Progress { get; init; }

    /// <summary>Answers what a server asks in the middle of a call; null refuses each question.</summary>
    public IServerQuestions? Questions { get; init; }
}
