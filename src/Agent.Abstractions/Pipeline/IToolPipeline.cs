using System.Text.Json;

namespace Agent;

/// <summary>What the policy says of a call.</summary>
public enum DecisionKind
{
    /// <summary>It may run.</summary>
    Allow,

    /// <summary>A person must approve it.</summary>
    Ask,

    /// <summary>It may not run.</summary>
    Deny,
}

/// <summary>A decision and why it fell so.</summary>
/// <param name="Kind">What was decided.</param>
/// <param name="Reasons">Why, in words a person understands; at least one.</param>
/// <param name="Rule">The rule that decided, by name or number.</param>
/// <param name="PolicyVersion">The digest of the rules in force.</param>
public sealed record Decision(DecisionKind Kind, IReadOnlyList<string> Reasons, string Rule, string PolicyVersion);

/// <summary>How a call ended.</summary>
public enum ToolOutcomeKind
{
    /// <summary>The tool ran and answered; its answer may say that it failed.</summary>
    Completed,

    /// <summary>No tool has that name, the arguments break its schema, or it is switched off. Nothing ran.</summary>
    Rejected,

    /// <summary>The policy or a person refused, or nobody could be asked. Nothing ran.</summary>
    Denied,

    /// <summary>A person must answer first; <see cref="ToolOutcome.Approval"/> is the question. Nothing ran yet.</summary>
    Pending,

    /// <summary>The pipeline itself failed before the act (for example, the audit could not be written). Nothing ran.</summary>
    Failed,

    /// <summary>The call was started and its end is not known. It is never repeated by itself.</summary>
    Unknown,
}

/// <summary>How a call ended, and everything the caller may know of it.</summary>
public sealed record ToolOutcome
{
    /// <summary>How it ended.</summary>
    public required ToolOutcomeKind Kind { get; init; }

    /// <summary>The call, with the arguments that really ran where a person edited them.</summary>
    public required ToolCall Call { get; init; }

    /// <summary>The tool; null where the name named none.</summary>
    public ToolId? Tool { get; init; }

    /// <summary>
    /// What the model reads: the tool's answer, or one clear sentence that says why nothing ran and what to do instead.
    /// Null only while <see cref="ToolOutcomeKind.Pending"/>.
    /// </summary>
    public ToolResult? Result { get; init; }

    /// <summary>The decision; null where the call did not come that far.</summary>
    public Decision? Decision { get; init; }

    /// <summary>The question to a person; set while <see cref="ToolOutcomeKind.Pending"/>.</summary>
    public ApprovalRequest? Approval { get; init; }

    /// <summary>Who approved, for example <c>console</c>, <c>grant:…</c>; null where nobody had to.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>The label of the whole call: arguments and result.</summary>
    public Label Label { get; init; } = Label.Missing;

    /// <summary>How long the tool itself took.</summary>
    public TimeSpan Duration { get; init; }
}

/// <summary>
/// The one road of every tool call: resolve, validate, label, decide, approve, record intent, call, screen the result, record
/// the outcome. A stage that fails denies the call. Safe for use by several threads.
/// </summary>
public interface IToolPipeline
{
    /// <summary>
    /// Takes a call down the road. Where a person must answer, the call is stored and <see cref="ToolOutcomeKind.Pending"/> comes
    /// back; <see cref="ResumeAsync"/> goes on once it was answered, in this process or another. Never throws but for cancellation.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="context">Who calls.</param>
    /// <param name="cancellationToken">Cancels the call; an intent already recorded gets the outcome <c>cancelled</c>.</param>
    /// <returns>How it ended.</returns>
    ValueTask<ToolOutcome> InvokeAsync(ToolCall call, CallContext context, CancellationToken cancellationToken);

    /// <summary>
    /// Goes on with a stored call after its approval was answered. What runs is what was stored; it runs at most once, whoever asks.
    /// Still unanswered, it comes back <see cref="ToolOutcomeKind.Pending"/>.
    /// </summary>
    /// <param name="approvalId">The question's id.</param>
    /// <param name="context">Who calls: the same session.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How it ended.</returns>
    ValueTask<ToolOutcome> ResumeAsync(string approvalId, CallContext context, CancellationToken cancellationToken);

    /// <summary>Whether the policy in force denies a tool outright, so that it should not be offered at all.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="context">Who would call.</param>
    /// <returns>True where no call of it could be allowed.</returns>
    bool IsHidden(ToolDefinition tool, CallContext context);

    /// <summary>Says what would be decided for a call, without storing, asking or running anything.</summary>
    /// <param name="call">The call.</param>
    /// <param name="context">Who would call.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>The decision.</returns>
    ValueTask<Decision> ExplainAsync(ToolCall call, CallContext context, CancellationToken cancellationToken);

    /// <summary>Records an event that is not a call (a session opened, an answer screened, a budget reached) in the audit.</summary>
    /// <param name="type">The event's type, in the audit's vocabulary.</param>
    /// <param name="context">Who acts; null for the program itself.</param>
    /// <param name="data">An object; redacted before it is written.</param>
    /// <param name="cancellationToken">Cancels the wait, not the record.</param>
    /// <returns>A task that completes when the record is on disk.</returns>
    ValueTask RecordAsync(string type, CallContext? context, JsonElement data, CancellationToken cancellationToken);
}
