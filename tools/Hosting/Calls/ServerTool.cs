namespace Agent.Tools.Hosting;

/// <summary>Answers one call.</summary>
/// <param name="request">Arguments and circumstances of the call.</param>
/// <param name="cancellationToken">Cancelled when the client gives up, the time limit is reached or the server stops.</param>
/// <returns>The answer.</returns>
/// <exception cref="ToolException">The call cannot be done as asked.</exception>
public delegate ValueTask<ToolReply> ToolHandler(ToolRequest request, CancellationToken cancellationToken);

/// <summary>A tool of a server: what the client is told of it, and what answers.</summary>
public sealed class ServerTool
{
    /// <summary>Its name: lower case words joined by <c>_</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A short name for people.</summary>
    public required string Title { get; init; }

    /// <summary>What it does and when to use it; a model chooses by this.</summary>
    public required string Description { get; init; }

    /// <summary>
    /// JSON Schema (2020-12) of the arguments: an object. With <c>"additionalProperties": false</c>, arguments of other names are
    /// refused before <see cref="Handler"/> runs.
    /// </summary>
    public required string InputSchema { get; init; }

    /// <summary>JSON Schema of the structured result; null where there is none.</summary>
    public string? OutputSchema { get; init; }

    /// <summary>Changes nothing (MCP <c>readOnlyHint</c>).</summary>
    public bool ReadOnly { get; init; }

    /// <summary>What it changes may be lost (MCP <c>destructiveHint</c>).</summary>
    public bool Destructive { get; init; }

    /// <summary>A second equal call changes nothing more (MCP <c>idempotentHint</c>).</summary>
    public bool Idempotent { get; init; }

    /// <summary>Reaches what lies beyond a closed set of things (MCP <c>openWorldHint</c>).</summary>
    public bool OpenWorld { get; init; }

    /// <summary>
    /// Answers <see cref="ToolRequest.Preview"/> by telling what the call would do, and does nothing then. The definition says so
    /// (<c>_meta</c> <c>agent/preview</c>), because a client may ask only a tool that knows the word.
    /// </summary>
    public bool Previews { get; init; }

    /// <summary>
    /// Answers <see cref="ToolRequest.Classify"/>: tells what the call is and what it touches, and does nothing. Null where the
    /// tool cannot tell. The definition says so (<c>_meta</c> <c>agent/classify</c>). The structured answer has a form of its own,
    /// not that of <see cref="OutputSchema"/>.
    /// </summary>
    public ToolHandler? Classifier { get; init; }

    /// <summary>What its results are about. The definition says so (<c>_meta</c> <c>agent/about</c>: <c>overview</c> or <c>state</c>) where it is not data.</summary>
    public ToolSubject About { get; init; }

    /// <summary>How long a call may take; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Answers a call.</summary>
    public required ToolHandler Handler { get; init; }
}
