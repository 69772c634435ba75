using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent;

/// <summary>Limits of a run; null is no limit of its own.</summary>
public sealed record Budget
{
    /// <summary>Model calls before tools are withheld and an answer is demanded.</summary>
    public int MaxSteps { get; init; } = 40;

    /// <summary>Tool calls in all.</summary>
    public int? MaxToolCalls { get; init; }

    /// <summary>Tokens sent and received.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>US dollars.</summary>
    public decimal? MaxCost { get; init; }

    /// <summary>Wall time, without the time that a person takes to answer.</summary>
    public TimeSpan? MaxTime { get; init; }
}

/// <summary>How a run ended.</summary>
public enum RunStop
{
    /// <summary>With an answer.</summary>
    Answered,

    /// <summary>A needed approval was refused, or nobody could give it; the answer says so.</summary>
    ApprovalRefused,

    /// <summary>A limit or budget was reached.</summary>
    LimitReached,

    /// <summary>No model could be reached.</summary>
    ModelUnavailable,

    /// <summary>The person cancelled it.</summary>
    Cancelled,

    /// <summary>It waits for an approval that is stored; it can be resumed.</summary>
    Waiting,

    /// <summary>An error of our own.</summary>
    Failed,
}

/// <summary>How a run treats calls that a person must approve.</summary>
public enum ApprovalHandling
{
    /// <summary>Refuse at once; nobody is there.</summary>
    Deny,

    /// <summary>Raise <see cref="RunEvent.ApprovalPending"/> and wait until somebody answers through <see cref="IApprovals"/>.</summary>
    Wait,

    /// <summary>
    /// Do what does not need an answer, then end with <see cref="RunStop.Waiting"/>; <see cref="IAgentRunner.ResumeAsync"/> goes on
    /// once somebody answered, in this process or another.
    /// </summary>
    Suspend,
}

/// <summary>One request of a person.</summary>
public sealed record RunRequest
{
    /// <summary>What the person asks.</summary>
    public required string Prompt { get; init; }

    /// <summary>The session to go on with; null opens a new one.</summary>
    public string? SessionId { get; init; }

    /// <summary>Who drives: <c>chat</c>, <c>ask</c>, <c>mcp:</c> and the client's name.</summary>
    public required string Client { get; init; }

    /// <summary>The model to ask: one of <see cref="IModelCatalog.Names"/>, or <c>provider/name</c>; null for the one of the configuration.</summary>
    public string? ModelName { get; init; }

    /// <summary>The mode.</summary>
    public PolicyMode Mode { get; init; }

    /// <summary>What happens with calls that need approval.</summary>
    public ApprovalHandling Approvals { get; init; }

    /// <summary>The limits; null takes those of the configuration.</summary>
    public Budget? Budget { get; init; }

    /// <summary>The model that answers this run, where the caller brings one; null takes the configured one.</summary>
    public IChatClient? Model { get; init; }

    /// <summary>A JSON Schema the answer must satisfy; null for free text.</summary>
    public JsonElement? OutputSchema { get; init; }

    /// <summary>
    /// Answers what servers ask in the middle of a call. The time it takes does not count towards the run's limit. Null refuses each.
    /// </summary>
    public IServerQuestions? Questions { get; init; }

    /// <summary>Content beside the prompt: files attached by name, images; each with its label.</summary>
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];
}

/// <summary>Content beside a prompt.</summary>
/// <param name="Name">What the person called it, for example a path.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Data">Its bytes.</param>
/// <param name="Label">Its label.</param>
public sealed record Attachment(string Name, string MediaType, ReadOnlyMemory<byte> Data, Label Label);

/// <summary>Where a part of an answer comes from.</summary>
/// <param name="Source">File and line (<c>docs/a.md:12</c>), statement and database, or address.</param>
/// <param name="ToolCall">The id of the call it came from; null where it was not found in any result of the run.</param>
public sealed record Citation(string Source, string? ToolCall);

/// <summary>A step of the plan.</summary>
/// <param name="Step">What is to be done.</param>
/// <param name="Status"><c>pending</c>, <c>in_progress</c>, <c>completed</c> or <c>skipped</c>.</param>
public sealed record PlanStep(string Step, string Status);

/// <summary>Tokens and money.</summary>
/// <param name="InputTokens">Tokens sent.</param>
/// <param name="OutputTokens">Tokens received.</param>
/// <param name="CachedInputTokens">Of those sent, how many the provider had cached.</param>
/// <param name="CostUsd">What it cost in US dollars; null where no price is known.</param>
public sealed record RunUsage(long InputTokens, long OutputTokens, long CachedInputTokens, decimal? CostUsd);

/// <summary>A tool call of a run, as reported.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tool">The tool as a person names it.</param>
/// <param name="Arguments">The arguments that ran, or would have.</param>
/// <param name="Decision"><c>allow</c>, <c>ask</c>, <c>deny</c>, or <c>none</c> where it did not come that far.</param>
/// <param name="Reasons">Why.</param>
/// <param name="ApprovedBy">Who approved; null where nobody had to or did.</param>
/// <param name="Outcome"><c>ok</c>, <c>error</c>, <c>rejected</c>, <c>denied</c>, <c>failed</c>, <c>unknown</c>, <c>pending</c>.</param>
/// <param name="DurationMs">How long the tool took, in milliseconds.</param>
public sealed record RunToolCall(
    string Id, string Tool, JsonElement Arguments, string Decision, IReadOnlyList<string> Reasons, string? ApprovedBy, string Outcome, long DurationMs);

/// <summary>What a run came to.</summary>
public sealed record RunResult
{
    /// <summary>The session.</summary>
    public required string Session { get; init; }

    /// <summary>The run.</summary>
    public required string Run { get; init; }

    /// <summary>The answer, or the sentence that says why there is none.</summary>
    public required string Answer { get; init; }

    /// <summary>Where it comes from.</summary>
    public IReadOnlyList<Citation> Citations { get; init; } = [];

    /// <summary>The plan as it stood at the end.</summary>
    public IReadOnlyList<PlanStep> Plan { get; init; } = [];

    /// <summary>The calls, in the order they were asked for.</summary>
    public IReadOnlyList<RunToolCall> ToolCalls { get; init; } = [];

    /// <summary>Tokens and money.</summary>
    public RunUsage Usage { get; init; } = new(0, 0, 0, null);

    /// <summary>The model that answered, <c>provider/name</c>.</summary>
    public string Model { get; init; } = string.Empty;

    /// <summary>How it ended.</summary>
    public required RunStop Stopped { get; init; }
}

/// <summary>What happens in a run, as it happens.</summary>
public abstract record RunEvent
{
    private RunEvent()
    {
    }

    /// <summary>The run began.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Run">The run.</param>
    /// <param name="Model">The model, <c>provider/name</c>.</param>
    public sealed record Started(string Session, string Run, string Model) : RunEvent;

    /// <summary>The model is called.</summary>
    /// <param name="Step">The step, from 1.</param>
    public sealed record StepStarted(int Step) : RunEvent;

    /// <summary>A piece of the answer. Text that turned out to accompany tool calls is part of the answer too.</summary>
    /// <param name="Text">The text.</param>
    public sealed record TextDelta(string Text) : RunEvent;

    /// <summary>Text shown so far is void (a stream broke and is tried again, or it turned out to be a call).</summary>
    public sealed record TextReset : RunEvent;

    /// <summary>A piece of the model's reasoning, for those who want to see it.</summary>
    /// <param name="Text">The text.</param>
    public sealed record ReasoningDelta(string Text) : RunEvent;

    /// <summary>The model asked for a call.</summary>
    /// <param name="Call">The call.</param>
    public sealed record ToolStarted(ToolCall Call) : RunEvent;

    /// <summary>A running call reports progress.</summary>
    /// <param name="CallId">The call.</param>
    /// <param name="Progress">How far it is.</param>
    public sealed record ToolProgressed(string CallId, ToolProgress Progress) : RunEvent;

    /// <summary>A person must answer; the run waits.</summary>
    /// <param name="Request">The question.</param>
    public sealed record ApprovalPending(ApprovalRequest Request) : RunEvent;

    /// <summary>A question was answered, here or elsewhere, expired or was withdrawn.</summary>
    /// <param name="Request">The question as it stands.</param>
    public sealed record ApprovalClosed(ApprovalRequest Request) : RunEvent;

    /// <summary>A call ended.</summary>
    /// <param name="Outcome">How.</param>
    public sealed record ToolCompleted(ToolOutcome Outcome) : RunEvent;

    /// <summary>The plan changed.</summary>
    /// <param name="Plan">The plan now.</param>
    public sealed record PlanChanged(IReadOnlyList<PlanStep> Plan) : RunEvent;

    /// <summary>A step's use became known.</summary>
    /// <param name="Total">The run's use so far.</param>
    /// <param name="ContextTokens">Tokens in the context now, estimated.</param>
    public sealed record UsageChanged(RunUsage Total, long ContextTokens) : RunEvent;

    /// <summary>Something the person should know, in one sentence.</summary>
    /// <param name="Text">The sentence.</param>
    public sealed record Notice(string Text) : RunEvent;

    /// <summary>The run ended; always the last event.</summary>
    /// <param name="Result">What it came to.</param>
    public sealed record Completed(RunResult Result) : RunEvent;
}

/// <summary>Answers requests: the agent itself.</summary>
public interface IAgentRunner
{
    /// <summary>
    /// Runs one request. Cancelling <paramref name="cancellationToken"/> ends the run with <see cref="RunStop.Cancelled"/> as its
    /// last event and leaves a history that every provider accepts; it does not throw.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>What happens, as it happens; the last event is <see cref="RunEvent.Completed"/>.</returns>
    IAsyncEnumerable<RunEvent> RunAsync(RunRequest request, CancellationToken cancellationToken);

    /// <summary>Goes on with a session whose last run was cut off (killed, or waiting for an approval).</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="client">Who drives now.</param>
    /// <param name="approvals">What happens with calls that need approval.</param>
    /// <param name="questions">Answers what servers ask, as in <see cref="RunRequest.Questions"/>.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>What happens, as it happens; the last event is <see cref="RunEvent.Completed"/>.</returns>
    IAsyncEnumerable<RunEvent> ResumeAsync(string sessionId, string client, ApprovalHandling approvals, IServerQuestions? questions, CancellationToken cancellationToken);

    /// <summary>
    /// Makes room in a session because a person asked for it: old results are dropped, and all but the last turn is replaced by a
    /// summary, which a model writes where there is one. Nothing of what is stored is lost.
    /// </summary>
    /// <param name="sessionId">The session; no run of it may go on.</param>
    /// <param name="client">Who drives.</param>
    /// <param name="model">The model to sum up with, as in <see cref="RunRequest.ModelName"/>.</param>
    /// <param name="cancellationToken">Cancels it; the session stays as it was.</param>
    /// <returns>What happens; the last event is <see cref="RunEvent.Completed"/>, whose answer says how much room was made.</returns>
    IAsyncEnumerable<RunEvent> CompactAsync(string sessionId, string client, string? model, CancellationToken cancellationToken);
}
