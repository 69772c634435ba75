using System.Text.Json;

namespace Agent;

/// <summary>How far one server is.</summary>
public enum ServerState
{
    /// <summary>Being started or connected to; its tools are not known yet.</summary>
    Starting,

    /// <summary>Connected.</summary>
    Ready,

    /// <summary>Could not be started, or was lost; tried again with growing pauses.</summary>
    Failed,

    /// <summary>Configured, but switched off.</summary>
    Disabled,
}

/// <summary>The state of one configured server.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="State">How far it is.</param>
/// <param name="Problem">One sentence with the next step where it failed; null otherwise.</param>
/// <param name="ToolCount">How many tools it offers.</param>
public sealed record ServerStatus(string Name, ServerState State, string? Problem, int ToolCount);

/// <summary>One report of progress from a running call.</summary>
/// <param name="Progress">How much is done, in the server's unit.</param>
/// <param name="Total">How much there is in all; null where unknown.</param>
/// <param name="Message">What is being done; null where the server does not say.</param>
public sealed record ToolProgress(double Progress, double? Total, string? Message);

/// <summary>What accompanies a call on its way to a server.</summary>
public sealed record ToolCallOptions
{
    /// <summary>Receives the server's progress; null where nobody listens.</summary>
    public IProgress<ToolProgress>? Progress { get; init; }

    /// <summary>
    /// Asks for what the call would do instead of doing it. Only tools whose preview the operator vouches for are asked
    /// (<c>_meta</c> <c>agent/preview</c>), because a server that does not know the word would simply act.
    /// </summary>
    public bool Preview { get; init; }

    /// <summary>
    /// Asks what the call is and what it touches instead of making it, by the same rule as <see cref="Preview"/> (<c>_meta</c>
    /// <c>agent/classify</c>).
    /// </summary>
    public bool Classify { get; init; }

    /// <summary>Answers what the server asks in the middle of the call; null refuses each question.</summary>
    public IServerQuestions? Questions { get; init; }
}

/// <summary>One question of a server.</summary>
/// <param name="Method"><c>elicitation/create</c>, <c>sampling/createMessage</c> or <c>roots/list</c>.</param>
/// <param name="Parameters">Its parameters as the server sent them; an object.</param>
public sealed record ServerQuestion(string Method, JsonElement Parameters);

/// <summary>Whoever called a tool, as far as the tool's server may ask something of them (MCP elicitation, sampling and roots).</summary>
public interface IServerQuestions
{
    /// <summary>What may be asked: an MCP <c>ClientCapabilities</c> object. What is not in it is never asked.</summary>
    JsonElement Capabilities { get; }

    /// <summary>Puts questions, all of which must be answered before the call goes on.</summary>
    /// <param name="server">Whose questions they are, so that nobody takes them for ours.</param>
    /// <param name="questions">The questions, under names that are the server's.</param>
    /// <param name="cancellationToken">The call was cancelled.</param>
    /// <returns>The result of each question, under the same names.</returns>
    ValueTask<IReadOnlyDictionary<string, JsonElement>> AskAsync(
        string server, IReadOnlyDictionary<string, ServerQuestion> questions, CancellationToken cancellationToken);

    /// <summary>The least level of log messages that the caller wants to hear during its call, in MCP's words; null wants none.</summary>
    string? LogLevel => null;

    /// <summary>Hears what the server logs in the middle of the call. Nobody waits for it.</summary>
    /// <param name="server">Whose message it is.</param>
    /// <param name="message">The parameters of MCP's <c>notifications/message</c> as the server sent them.</param>
    void Log(string server, JsonElement message)
    {
    }
}

/// <summary>Where tools come from: every connected server, and tools of our own process. Only the pipeline calls through it.</summary>
public interface IToolHost
{
    /// <summary>A snapshot of the tools known now, ordered by server and name.</summary>
    IReadOnlyList<ToolDefinition> Tools { get; }

    /// <summary>A snapshot of the configured servers' states, in the order of the configuration.</summary>
    IReadOnlyList<ServerStatus> Servers { get; }

    /// <summary>Raised after <see cref="Tools"/> or <see cref="Servers"/> changed.</summary>
    event EventHandler? Changed;

    /// <summary>Waits until no server is starting any more, each for at most its own start limit.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes when every server is ready or failed.</returns>
    ValueTask WaitUntilSettledAsync(CancellationToken cancellationToken);

    /// <summary>Finds a tool by the name a person (<c>files.read_file</c>) or a model (<c>files__read_file</c>) uses.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The tool; null where none has that name.</returns>
    ToolDefinition? Find(string name);

    /// <summary>Calls a tool. Failures of the tool are results with <see cref="ToolResult.IsError"/>; a lost server is one too.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">A JSON object.</param>
    /// <param name="options">Progress, preview, elicitation.</param>
    /// <param name="cancellationToken">Cancels the call at the server too.</param>
    /// <returns>What the tool answered.</returns>
    ValueTask<ToolResult> CallAsync(ToolId tool, JsonElement arguments, ToolCallOptions options, CancellationToken cancellationToken);
}

/// <summary>
/// A tool of our own process, such as the plan or the reader of long results. It goes through the pipeline like every other. It
/// knows what it gives out, so the label it sets on its result is taken as it is; a result without one is as bad as any.
/// </summary>
public interface ILocalTool
{
    /// <summary>Its definition; the server part of its name is <c>agent</c>.</summary>
    ToolDefinition Definition { get; }

    /// <summary>Runs the tool.</summary>
    /// <param name="arguments">A JSON object that passed the schema.</param>
    /// <param name="context">The session and run that call.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What it answers.</returns>
    ValueTask<ToolResult> CallAsync(JsonElement arguments, CallContext context, CancellationToken cancellationToken);
}
