using System.Collections.Concurrent;
using System.Text.Json;

namespace Agent.Runtime.Tests.Fakes;

/// <summary>A host of tools that exist only to be offered.</summary>
internal sealed class FakeHost : IToolHost
{
    private IReadOnlyList<ToolDefinition> _tools = [];

    public IReadOnlyList<ToolDefinition> Tools => _tools;

    public IReadOnlyList<ServerStatus> Servers { get; set; } = [];

    public event EventHandler? Changed;

    public static ToolDefinition Tool(string id, bool readOnly = true, string description = "Does it.")
    {
        var parts = id.Split('.');
        using var schema = JsonDocument.Parse("""{"type":"object"}""");
        return new ToolDefinition
        {
            Id = new ToolId(parts[0], parts[1]),
            Description = description,
            InputSchema = schema.RootElement.Clone(),
            Hints = new ToolHints(ReadOnly: readOnly),
            Hash = "sha256:" + id,
        };
    }

    public void Set(params ToolDefinition[] tools)
    {
        _tools = tools;
        Changed?.Invoke(this, EventArgs.Empty);
    }

    public ValueTask WaitUntilSettledAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ToolDefinition? Find(string name) => _tools.FirstOrDefault(t => t.Id.ModelName == name || t.Id.ToString() == name);

    public ValueTask<ToolResult> CallAsync(ToolId tool, JsonElement arguments, ToolCallOptions options, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The loop called a tool around the pipeline.");
}

/// <summary>A road whose end a test decides, with questions to a person.</summary>
internal sealed class FakePipeline(FakeHost host, FakeApprovals approvals) : IToolPipeline
{
    private readonly ConcurrentDictionary<string, ToolCall> _stored = new();

    /// <summary>What a tool does; the default answers with its name.</summary>
    public Func<ToolCall, CallContext, CancellationToken, ValueTask<ToolResult>> Act { get; set; } =
        static (call, _, _) => ValueTask.FromResult(ToolResult.FromText($"{call.Name} done", label: Label.From(Integrity.Internal, Confidentiality.Private, call.Name)));

    /// <summary>What the policy says of a call; null allows.</summary>
    public Func<ToolCall, DecisionKind?> Decide { get; set; } = static _ => null;

    public Func<ToolDefinition, bool> Hide { get; set; } = static _ => false;

    public IReadOnlyList<ILocalTool> LocalTools { get; set; } = [];

    public ConcurrentQueue<(string Type, JsonElement Data)> Records { get; } = new();

    public ConcurrentQueue<ToolCall> Invoked { get; } = new();

    public ConcurrentQueue<ToolCall> Acted { get; } = new();

    public async ValueTask<ToolOutcome> InvokeAsync(ToolCall call, CallContext context, CancellationToken cancellationToken)
    {
        Invoked.Enqueue(call);
        var tool = host.Find(call.Name)?.Id ?? LocalTools.FirstOrDefault(t => t.Definition.Id.ModelName == call.Name)?.Definition.Id;
        switch (Decide(call))
        {
            case DecisionKind.Deny:
                return new ToolOutcome
                {
                    Kind = ToolOutcomeKind.Denied,
                    Call = call,
                    Tool = tool,
                    Decision = new Decision(DecisionKind.Deny, ["a rule"], "rule", "v1"),
                    Result = ToolResult.FromText("Denied by a rule.", isError: true, Label.Bottom),
                };
            case DecisionKind.Ask:
                var request = approvals.Ask(call, context, tool!.Value);
                _stored[request.Id] = call;
                return new ToolOutcome { Kind = ToolOutcomeKind.Pending, Call = call, Tool = tool, Approval = request };
            default:
                return await RunAsync(call, tool, context, new Decision(DecisionKind.Allow, ["default"], "default", "v1"), null, cancellationToken);
        }
    }

    public async ValueTask<ToolOutcome> ResumeAsync(string approvalId, CallContext context, CancellationToken cancellationToken)
    {
        var request = (await approvals.GetAsync(approvalId, cancellationToken))!;
        var call = _stored.GetValueOrDefault(approvalId) ?? new ToolCall { Id = request.CallId, Name = request.Tool.ModelName, Arguments = request.Arguments };
        var ask = new Decision(DecisionKind.Ask, request.Reasons, "ask", "v1");
        if (request.State == ApprovalState.Pending)
        {
            return new ToolOutcome { Kind = ToolOutcomeKind.Pending, Call = call, Tool = request.Tool, Approval = request };
        }

        if (request.State == ApprovalState.Approved && approvals.Use(approvalId))
        {
            return await RunAsync(call, request.Tool, context, ask, request.AnsweredBy, cancellationToken);
        }

        return new ToolOutcome
        {
            Kind = ToolOutcomeKind.Denied,
            Call = call,
            Tool = request.Tool,
            Decision = ask,
            Result = ToolResult.FromText($"Refused: {request.State} {request.Comment}".Trim(), isError: true, Label.Bottom),
        };
    }

    public bool IsHidden(ToolDefinition tool, CallContext context) => Hide(tool);

    public ValueTask<Decision> ExplainAsync(ToolCall call, CallContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask RecordAsync(string type, CallContext? context, JsonElement data, CancellationToken cancellationToken)
    {
        Records.Enqueue((type, data));
        return ValueTask.CompletedTask;
    }

    private async ValueTask<ToolOutcome> RunAsync(
        ToolCall call, ToolId? tool, CallContext context, Decision decision, string? approvedBy, CancellationToken cancellationToken)
    {
        Acted.Enqueue(call);
        var local = LocalTools.FirstOrDefault(t => t.Definition.Id == tool);
        var result = local is not null ? await local.CallAsync(call.Arguments, context, cancellationToken) : await Act(call, context, cancellationToken);
        return new ToolOutcome
        {
            Kind = ToolOutcomeKind.Completed,
            Call = call,
            Tool = tool,
            Decision = decision,
            ApprovedBy = approvedBy,
            Result = result,
            Label = result.Label,
            Duration = TimeSpan.FromMilliseconds(1),
        };
    }
}

/// <summary>Questions in memory; several runners may share them, as processes share the stored ones.</summary>
internal sealed class FakeApprovals : IApprovals
{
    private readonly ConcurrentDictionary<string, ApprovalRequest> _requests = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _answered = new();
    private int _count;

    public ConcurrentQueue<string> Withdrawn { get; } = new();

    /// <summary>Called where a wait begins.</summary>
    public Action<string>? BeforeWait { get; set; }

    public ApprovalRequest Ask(ToolCall call, CallContext context, ToolId tool)
    {
        var request = new ApprovalRequest
        {
            Id = $"a{Interlocked.Increment(ref _count)}",
            SessionId = context.SessionId,
            RunId = context.RunId,
            Client = context.Client,
            CallId = call.Id,
            Tool = tool,
            Arguments = call.Arguments,
            Reasons = ["it changes something"],
            Binding = "b",
            CreatedAt = DateTimeOffset.UnixEpoch,
            ExpiresAt = DateTimeOffset.MaxValue,
        };
        _requests[request.Id] = request;
        _answered[request.Id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return request;
    }

    public bool Use(string id)
    {
        lock (_requests)
        {
            if (_requests[id].State != ApprovalState.Approved)
            {
                return false;
            }

            _requests[id] = _requests[id] with { State = ApprovalState.Used };
            return true;
        }
    }

    public void Answer(string id, bool allow, string? comment = null) =>
        Close(id, allow ? ApprovalState.Approved : ApprovalState.Denied, comment);

    public ValueTask<IReadOnlyList<ApprovalRequest>> ListPendingAsync(string? sessionId, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ApprovalRequest>>([.. _requests.Values.Where(static r => r.State == ApprovalState.Pending)]);

    public ValueTask<ApprovalRequest?> GetAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult(_requests.GetValueOrDefault(id));

    public ValueTask<ApprovalAnswerResult> AnswerAsync(string id, ApprovalAnswer answer, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask WithdrawAsync(string id, string reason, CancellationToken cancellationToken)
    {
        if (_requests[id].State == ApprovalState.Pending)
        {
            Withdrawn.Enqueue(id);
            Close(id, ApprovalState.Void, reason);
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask<ApprovalRequest> WaitAsync(string id, CancellationToken cancellationToken)
    {
        BeforeWait?.Invoke(id);
        await _answered[id].Task.WaitAsync(cancellationToken);
        return _requests[id];
    }

    private void Close(string id, ApprovalState state, string? comment)
    {
        lock (_requests)
        {
            _requests[id] = _requests[id] with { State = state, Comment = comment, AnsweredBy = "test" };
        }

        _answered[id].TrySetResult();
    }
}

/// <summary>Provenance that joins labels and keeps what it was told.</summary>
internal sealed class FakeProvenance : IProvenance, IProvenanceFactory
{
    private readonly Lock _gate = new();

    public Label Label { get; private set; } = Label.Bottom;

    public List<string> Entries { get; } = [];

    public void AddUserTurn(string text) => Add($"user:{text}", Label.User);

    public void AddText(string text, Label label) => Add($"text:{text}", label);

    public void AddResult(ToolId tool, ToolResult result) => Add($"result:{tool}", result.Label);

    public JsonElement Save() => JsonSerializer.SerializeToElement(new
    {
        i = Label.Integrity,
        c = Label.Confidentiality,
        s = Label.Sources.ToArray(),
        e = Entries.ToArray(),
    });

    public IProvenance Create() => new FakeProvenance();

    public IProvenance Restore(JsonElement state)
    {
        var restored = new FakeProvenance
        {
            Label = new Label(
                (Integrity)state.GetProperty("i").GetInt32(),
                (Confidentiality)state.GetProperty("c").GetInt32(),
                [.. state.GetProperty("s").EnumerateArray().Select(static s => s.GetString()!)]),
        };
        restored.Entries.AddRange(state.GetProperty("e").EnumerateArray().Select(static e => e.GetString()!));
        return restored;
    }

    private void Add(string entry, Label label)
    {
        lock (_gate)
        {
            Entries.Add(entry);
            Label = Label.Join(label);
        }
    }
}
