using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Benchmarks.Runtime;

/// <summary>Calls the one tool at every step, with arguments that differ; answers where tools are withheld.</summary>
internal sealed class InstantModel : IChatClient
{
    private int _calls;

    /// <summary>When each call came; the time between two is a step's.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<long> Calls { get; } = new();

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        Calls.Enqueue(System.Diagnostics.Stopwatch.GetTimestamp());
        if (options?.ToolMode is NoneChatToolMode)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, "Done.");
            yield break;
        }

        var number = Interlocked.Increment(ref _calls);
        var arguments = new Dictionary<string, object?> { ["path"] = "docs/readme.md", ["start_line"] = number };
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent($"c{number}", "files__read_file", arguments)]);
        yield return new ChatResponseUpdate(
            ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 100, OutputTokenCount = 20 })]);
    }

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}

/// <summary>Offers the one tool.</summary>
internal sealed class InstantHost : IToolHost
{
    public IReadOnlyList<ToolDefinition> Tools { get; } =
    [
        new ToolDefinition
        {
            Id = new ToolId("files", "read_file"),
            Description = "Reads a file.",
            InputSchema = JsonElement.Parse("""{"type":"object","properties":{"path":{"type":"string"},"start_line":{"type":"integer"}}}"""),
            Hints = new ToolHints(ReadOnly: true),
            Hash = "sha256:0",
        },
    ];

    public IReadOnlyList<ServerStatus> Servers => [];

    public event EventHandler? Changed
    {
        add { }
        remove { }
    }

    public ValueTask WaitUntilSettledAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ToolDefinition? Find(string name) => Tools[0];

    public ValueTask<ToolResult> CallAsync(ToolId tool, JsonElement arguments, ToolCallOptions options, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}

/// <summary>Allows everything and answers at once with a result of a few lines.</summary>
internal sealed class InstantPipeline(ToolId tool) : IToolPipeline
{
    private static readonly Decision Allowed = new(DecisionKind.Allow, ["benchmark"], "benchmark", "v1");

    private readonly ToolResult _result = new()
    {
        Raw = JsonElement.Parse("""{"content":[{"type":"text","text":"1: # Title\n2: \n3: Some words of a document that is read line by line."}],"structuredContent":{"files":[{"path":"docs/readme.md","kind":"text","line":1,"end_line":3}],"total":1,"truncated":false,"next_cursor":null}}"""),
        Label = Label.From(Integrity.Internal, Confidentiality.Private, "files.read_file"),
    };

    public ValueTask<ToolOutcome> InvokeAsync(ToolCall call, CallContext context, CancellationToken cancellationToken) => ValueTask.FromResult(new ToolOutcome
    {
        Kind = ToolOutcomeKind.Completed,
        Call = call,
        Tool = tool,
        Decision = Allowed,
        Result = _result,
        Label = _result.Label,
    });

    public ValueTask<ToolOutcome> ResumeAsync(string approvalId, CallContext context, CancellationToken cancellationToken) => throw new NotSupportedException();

    public bool IsHidden(ToolDefinition tool, CallContext context) => false;

    public ValueTask<Decision> ExplainAsync(ToolCall call, CallContext context, CancellationToken cancellationToken) => ValueTask.FromResult(Allowed);

    public ValueTask RecordAsync(string type, CallContext? context, JsonElement data, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>Nothing is ever asked.</summary>
internal sealed class NoApprovals : IApprovals
{
    public ValueTask<IReadOnlyList<ApprovalRequest>> ListPendingAsync(string? sessionId, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<ApprovalRequest>>([]);

    public ValueTask<ApprovalRequest?> GetAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult<ApprovalRequest?>(null);

    public ValueTask<ApprovalAnswerResult> AnswerAsync(string id, ApprovalAnswer answer, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask WithdrawAsync(string id, string reason, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<ApprovalRequest> WaitAsync(string id, CancellationToken cancellationToken) => throw new NotSupportedException();
}

/// <summary>Keeps a label and nothing else.</summary>
internal sealed class NoProvenance : IProvenance, IProvenanceFactory
{
    public Label Label => Label.User;

    public void AddUserTurn(string text)
    {
    }

    public void AddText(string text, Label label)
    {
    }

    public void AddResult(ToolId tool, ToolResult result)
    {
    }

    public JsonElement Save() => JsonElement.Parse("{}");

    public IProvenance Create() => this;

    public IProvenance Restore(JsonElement state) => this;
}
