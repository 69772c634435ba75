using System.Text.Json;

namespace Agent;

/// <summary>How far a question to a person is.</summary>
public enum ApprovalState
{
    /// <summary>Nobody answered yet.</summary>
    Pending,

    /// <summary>A person allowed the call.</summary>
    Approved,

    /// <summary>A person refused it.</summary>
    Denied,

    /// <summary>Nobody answered in time; refused.</summary>
    Expired,

    /// <summary>The question was withdrawn (the run was cancelled, or the label worsened); refused.</summary>
    Void,

    /// <summary>Allowed, and the one run it allowed was started.</summary>
    Used,
}

/// <summary>Where one critical value of a call came from.</summary>
/// <param name="Path">The argument, for example <c>path</c> or <c>to[0]</c>.</param>
/// <param name="Value">The value, in full.</param>
/// <param name="Origin">In words, for example <c>you typed it</c> or <c>web.fetch (untrusted)</c>.</param>
/// <param name="Trusted">Whether its origin is trusted.</param>
public sealed record ArgumentOrigin(string Path, string Value, string Origin, bool Trusted);

/// <summary>What would happen, found without doing it.</summary>
/// <param name="Kind"><c>diff</c>, <c>rows</c>, <c>http</c> or <c>text</c>.</param>
/// <param name="Text">The preview, for a monospaced screen.</param>
public sealed record ApprovalPreview(string Kind, string Text);

/// <summary>A stored question to a person about one exact call. Answering it answers this call alone.</summary>
public sealed record ApprovalRequest
{
    /// <summary>Its id, short enough to type.</summary>
    public required string Id { get; init; }

    /// <summary>The session that waits.</summary>
    public required string SessionId { get; init; }

    /// <summary>The run that waits.</summary>
    public required string RunId { get; init; }

    /// <summary>Who drives that run.</summary>
    public required string Client { get; init; }

    /// <summary>The caller's id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>The tool.</summary>
    public required ToolId Tool { get; init; }

    /// <summary>The arguments, whole.</summary>
    public required JsonElement Arguments { get; init; }

    /// <summary>What the tool may do.</summary>
    public ToolEffects Effects { get; init; }

    /// <summary>Why a person is asked, in words; at least one.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>Warnings of detectors, which never decide.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Where each critical value came from.</summary>
    public IReadOnlyList<ArgumentOrigin> Origins { get; init; } = [];

    /// <summary>What would happen; null where it cannot be found without doing it.</summary>
    public ApprovalPreview? Preview { get; init; }

    /// <summary>The label of the call.</summary>
    public Label Label { get; init; } = Label.Missing;

    /// <summary>Digest of run, server, tool, canonical arguments, labels, definition hash, policy version and reasons.</summary>
    public required string Binding { get; init; }

    /// <summary>Whether a grant may be given for it; never for destructive calls.</summary>
    public bool CanGrant { get; init; }

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it counts as refused.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How far it is.</summary>
    public ApprovalState State { get; init; }

    /// <summary>The words of a refusal, which the model reads; null where there are none.</summary>
    public string? Comment { get; init; }

    /// <summary>Who answered; null while pending.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>Questions with the same group belong together (one run, one tool): a front end may offer one answer to all of them.</summary>
    public string Group => $"{RunId} {Tool}";
}

/// <summary>What a person answered.</summary>
public enum ApprovalVerdict
{
    /// <summary>Not this call.</summary>
    Deny,

    /// <summary>This call, once.</summary>
    AllowOnce,

    /// <summary>This call, and this tool with the same critical arguments for the rest of the session.</summary>
    AllowForSession,

    /// <summary>This call, and this tool with the same critical arguments in every session until <see cref="ApprovalAnswer.Until"/>.</summary>
    AllowUntil,
}

/// <summary>A person's answer.</summary>
public sealed record ApprovalAnswer
{
    /// <summary>What was answered.</summary>
    public required ApprovalVerdict Verdict { get; init; }

    /// <summary>Until when the same may be done again; only, and always, with <see cref="ApprovalVerdict.AllowUntil"/>.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Words for the model, with a refusal.</summary>
    public string? Comment { get; init; }

    /// <summary>Arguments that the person changed; the policy runs again on them. Null leaves them as they are.</summary>
    public JsonElement? EditedArguments { get; init; }

    /// <summary>The <see cref="ApprovalRequest.Binding"/> that the person saw; an answer to anything else is refused.</summary>
    public required string Binding { get; init; }

    /// <summary>Who answered and where: <c>console</c>, <c>terminal</c>, <c>elicitation:</c> and the client.</summary>
    public required string AnsweredBy { get; init; }
}

/// <summary>What became of an answer.</summary>
/// <param name="Accepted">Whether it was the first valid one.</param>
/// <param name="Request">The question as it stands now; null where there is none with that id.</param>
/// <param name="Problem">One sentence where it was not accepted; null otherwise.</param>
public sealed record ApprovalAnswerResult(bool Accepted, ApprovalRequest? Request, string? Problem);

/// <summary>The durable questions of every run on this machine. Safe for several processes.</summary>
public interface IApprovals
{
    /// <summary>The questions that nobody answered yet, oldest first.</summary>
    /// <param name="sessionId">Only those of one session; null for all.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>The pending questions.</returns>
    ValueTask<IReadOnlyList<ApprovalRequest>> ListPendingAsync(string? sessionId, CancellationToken cancellationToken);

    /// <summary>One question, whatever its state.</summary>
    /// <param name="id">Its id, or an unambiguous beginning of it.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>The question; null where there is none.</returns>
    ValueTask<ApprovalRequest?> GetAsync(string id, CancellationToken cancellationToken);

    /// <summary>Answers a question. The first valid answer wins.</summary>
    /// <param name="id">The question.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="cancellationToken">Cancels before anything is stored.</param>
    /// <returns>What became of it.</returns>
    ValueTask<ApprovalAnswerResult> AnswerAsync(string id, ApprovalAnswer answer, CancellationToken cancellationToken);

    /// <summary>
    /// Answers several questions alike, such as those of one <see cref="ApprovalRequest.Group"/>. Each answer is bound to its own
    /// question as it was shown, and each is taken or refused by itself.
    /// </summary>
    /// <param name="requests">The questions, as the person saw them.</param>
    /// <param name="answer">The answer; its binding is not looked at, each question's own is.</param>
    /// <param name="cancellationToken">Cancels before anything is stored.</param>
    /// <returns>What became of each, in their order.</returns>
    async ValueTask<IReadOnlyList<ApprovalAnswerResult>> AnswerTogetherAsync(
        IReadOnlyList<ApprovalRequest> requests, ApprovalAnswer answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(answer);
        var results = new List<ApprovalAnswerResult>(requests.Count);
        foreach (var request in requests)
        {
            results.Add(await AnswerAsync(request.Id, answer with { Binding = request.Binding }, cancellationToken));
        }

        return results;
    }

    /// <summary>Withdraws a question that nobody answered.</summary>
    /// <param name="id">The question.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Cancels before anything is stored.</param>
    /// <returns>A task that completes when it is stored.</returns>
    ValueTask WithdrawAsync(string id, string reason, CancellationToken cancellationToken);

    /// <summary>Waits until a question is no longer pending: answered from anywhere, expired, or withdrawn.</summary>
    /// <param name="id">The question.</param>
    /// <param name="cancellationToken">Ends the wait; the question stays.</param>
    /// <returns>The question as it stands then.</returns>
    ValueTask<ApprovalRequest> WaitAsync(string id, CancellationToken cancellationToken);
}
