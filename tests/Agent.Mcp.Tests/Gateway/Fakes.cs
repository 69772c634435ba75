using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Mcp.Tests.Gateway;

/// <summary>A pipeline that runs, asks or refuses by the tool's name, and keeps what it saw.</summary>
internal sealed class PassThroughPipeline(IToolHost host, MemoryApprovals approvals) : IToolPipeline
{
    private readonly ConcurrentDictionary<string, ToolCall> stored = new();

    public HashSet<string> Ask { get; } = [];

    public HashSet<string> Hidden { get; } = [];

    public ConcurrentQueue<(ToolCall Call, CallContext Context)> Ran { get; } = new();

    public ConcurrentQueue<string> Recorded { get; } = new();

    public async ValueTask<ToolOutcome> InvokeAsync(ToolCall call, CallContext context, CancellationToken cancellationToken)
    {
        var tool = host.Find(call.Name)!;
        if (!Ask.Contains(tool.Id.Name))
        {
            return await RunAsync(call, tool, context, cancellationToken);
        }

        var request = approvals.Add(call, tool.Id, context);
        stored[request.Id] = call;
        return new ToolOutcome { Kind = ToolOutcomeKind.Pending, Call = call, Tool = tool.Id, Approval = request };
    }

    public async ValueTask<ToolOutcome> ResumeAsync(string approvalId, CallContext context, CancellationToken cancellationToken)
    {
        var request = (await approvals.GetAsync(approvalId, cancellationToken))!;
        var call = stored[approvalId];
        if (request.SessionId != context.SessionId)
        {
            return new ToolOutcome { Kind = ToolOutcomeKind.Denied, Call = call, Result = ToolResult.FromText("another session's", isError: true) };
        }

        switch (request.State)
        {
            case ApprovalState.Pending:
                return new ToolOutcome { Kind = ToolOutcomeKind.Pending, Call = call, Tool = request.Tool, Approval = request };
            case ApprovalState.Approved:
                approvals.Use(approvalId);
                return await RunAsync(call, host.Find(call.Name)!, context, cancellationToken);
            default:
                return new ToolOutcome { Kind = ToolOutcomeKind.Denied, Call = call, Tool = request.Tool, Result = ToolResult.FromText($"refused: {request.Comment}", isError: true) };
        }
    }

    public bool IsHidden(ToolDefinition tool, CallContext context) => Hidden.Contains(tool.Id.Name);

    public ValueTask<Decision> ExplainAsync(ToolCall call, CallContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask RecordAsync(string type, CallContext? context, JsonElement data, CancellationToken cancellationToken)
    {
        Recorded.Enqueue(type);
        return ValueTask.CompletedTask;
    }

    private async ValueTask<ToolOutcome> RunAsync(ToolCall call, ToolDefinition tool, CallContext context, CancellationToken cancellationToken)
    {
        Ran.Enqueue((call, context));
        var result = await host.CallAsync(
            tool.Id, call.Arguments, new ToolCallOptions { Progress = context.Progress, Questions = context.Questions }, cancellationToken);
        return new ToolOutcome { Kind = ToolOutcomeKind.Completed, Call = call, Tool = tool.Id, Result = result };
    }
}

/// <summary>Questions in memory.</summary>
internal sealed class MemoryApprovals : IApprovals
{
    private readonly ConcurrentDictionary<string, ApprovalRequest> requests = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<ApprovalRequest>> closed = new();
    private int last;

    private readonly ConcurrentDictionary<int, TaskCompletionSource<string>> asked = new();

    public TaskCompletionSource<ApprovalRequest> FirstAsked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many questions were asked.</summary>
    public int Count => requests.Count;

    /// <summary>The id of a question, from one, once it was asked.</summary>
    public Task<string> AskedAsync(int number) => Asked(number).Task.WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Whether more than one call may be allowed at once.</summary>
    public bool CanGrant { get; set; }

    /// <summary>Until when the last answer allowed.</summary>
    public DateTimeOffset? Until { get; private set; }

    public ApprovalRequest Add(ToolCall call, ToolId tool, CallContext context)
    {
        var number = Interlocked.Increment(ref last);
        var id = $"q{number}";
        var request = new ApprovalRequest
        {
            Id = id,
            SessionId = context.SessionId,
            RunId = context.RunId,
            Client = context.Client,
            CallId = call.Id,
            Tool = tool,
            Arguments = call.Arguments,
            Effects = ToolEffects.Write,
            Reasons = ["a test asks"],
            Binding = $"binding-{id}",
            CanGrant = CanGrant,
            CreatedAt = DateTimeOffset.UnixEpoch,
            ExpiresAt = DateTimeOffset.MaxValue,
        };
        requests[id] = request;
        closed[id] = new TaskCompletionSource<ApprovalRequest>(TaskCreationOptions.RunContinuationsAsynchronously);
        FirstAsked.TrySetResult(request);
        Asked(number).TrySetResult(id);
        return request;
    }

    public void Use(string id) => requests[id] = requests[id] with { State = ApprovalState.Used };

    public ValueTask<IReadOnlyList<ApprovalRequest>> ListPendingAsync(string? sessionId, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ApprovalRequest>>([.. requests.Values.Where(request => request.State == ApprovalState.Pending)]);

    public ValueTask<ApprovalRequest?> GetAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult(requests.GetValueOrDefault(id));

    public ValueTask<ApprovalAnswerResult> AnswerAsync(string id, ApprovalAnswer answer, CancellationToken cancellationToken)
    {
        var request = requests[id];
        if (request.State != ApprovalState.Pending || answer.Binding != request.Binding)
        {
            return ValueTask.FromResult(new ApprovalAnswerResult(false, request, "not pending"));
        }

        if (answer.Verdict == ApprovalVerdict.AllowUntil && answer.Until is null)
        {
            return ValueTask.FromResult(new ApprovalAnswerResult(false, request, "give a date"));
        }

        Until = answer.Until;
        requests[id] = request with
        {
            State = answer.Verdict == ApprovalVerdict.Deny ? ApprovalState.Denied : ApprovalState.Approved,
            Comment = answer.Comment,
            AnsweredBy = answer.AnsweredBy,
        };
        closed[id].TrySetResult(requests[id]);
        return ValueTask.FromResult(new ApprovalAnswerResult(true, requests[id], null));
    }

    public ValueTask WithdrawAsync(string id, string reason, CancellationToken cancellationToken)
    {
        requests[id] = requests[id] with { State = ApprovalState.Void };
        closed[id].TrySetResult(requests[id]);
        return ValueTask.CompletedTask;
    }

    public async ValueTask<ApprovalRequest> WaitAsync(string id, CancellationToken cancellationToken) => await closed[id].Task.WaitAsync(cancellationToken);

    public ValueTask<ApprovalAnswerResult> ApproveAsync(string id) =>
        AnswerAsync(id, new ApprovalAnswer { Verdict = ApprovalVerdict.AllowOnce, Binding = requests[id].Binding, AnsweredBy = "terminal" }, CancellationToken.None);

    private TaskCompletionSource<string> Asked(int number) =>
        asked.GetOrAdd(number, static _ => new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>A context that keeps what entered it.</summary>
internal sealed class MemoryProvenance : IProvenance
{
    public ConcurrentQueue<string> Entered { get; } = new();

    public Label Label { get; private set; } = Label.Bottom;

    public void AddUserTurn(string text) => Entered.Enqueue(text);

    public void AddText(string text, Label label)
    {
        Entered.Enqueue(text);
        Label = Label.Join(label);
    }

    public void AddResult(ToolId tool, ToolResult result) => AddText(result.Text, result.Label);

    public JsonElement Save() => JsonSerializer.SerializeToElement(0);
}

internal sealed class MemoryProvenances : IProvenanceFactory
{
    public ConcurrentQueue<MemoryProvenance> Made { get; } = new();

    public IProvenance Create()
    {
        var made = new MemoryProvenance();
        Made.Enqueue(made);
        return made;
    }

    public IProvenance Restore(JsonElement state) => Create();
}

/// <summary>An agent that plans one step and answers.</summary>
internal sealed class ScriptedRunner : IAgentRunner
{
    private static readonly AIFunctionDeclaration Look =
        AIFunctionFactory.CreateDeclaration("look", "Looks somewhere.", JsonSerializer.SerializeToElement(new { type = "object" }));

    /// <summary>The run waits for it after it showed its plan.</summary>
    public Task Proceed { get; set; } = Task.CompletedTask;

    public async IAsyncEnumerable<RunEvent> RunAsync(
        RunRequest request, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return new RunEvent.Started("s", "r", "test/model");
        yield return new RunEvent.PlanChanged([new PlanStep("look it up", "in_progress")]);
        await Proceed.WaitAsync(cancellationToken);
        yield return new RunEvent.Completed(new RunResult
        {
            Session = "s",
            Run = "r",
            Answer = request.Model is { } model
                ? (await model.GetResponseAsync(
                    [new ChatMessage(ChatRole.System, "be brief"), new ChatMessage(ChatRole.User, request.Prompt)],
                    new ChatOptions { Tools = [Look], MaxOutputTokens = 100 },
                    cancellationToken)).Messages[0].Contents[0] switch
                {
                    FunctionCallContent call => $"calls {call.Name} with {call.Arguments!["at"]}",
                    var other => other.ToString()!,
                }
                : $"{request.Client} asked: {request.Prompt}",
            Stopped = RunStop.Answered,
            Plan = [new PlanStep("look it up", "completed")],
            Citations = [new Citation("a.md:1", "c1")],
        });
    }

    public IAsyncEnumerable<RunEvent> ResumeAsync(string sessionId, string client, ApprovalHandling approvals, IServerQuestions? questions, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<RunEvent> CompactAsync(string sessionId, string client, string? model, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}

/// <summary>A catalogue without any configured model.</summary>
internal sealed class OfflineOnly : IModelCatalog
{
    public IReadOnlyList<string> Names => ["offline"];

    public ValueTask<ModelInfo> DescribeAsync(string? name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ModelInfo { Provider = "offline", Name = "planner" });

    public ValueTask<ModelProbe> ProbeAsync(string? name, CancellationToken cancellationToken) => throw new NotSupportedException();
}
