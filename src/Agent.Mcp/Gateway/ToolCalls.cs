using System.Text.Json;
using System.Text.Json.Nodes;
using System.Collections.Concurrent;
using Agent.Mcp.Servers;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Gateway;

/// <summary>Answers <c>tools/call</c>: down the pipeline, with every question on the way put to the person behind the client.</summary>
internal sealed partial class ToolCalls : IDisposable
{
    private static readonly JsonElement NoArguments = Wire.ToElement(new JsonObject());

    private readonly IToolPipeline pipeline;
    private readonly ToolCatalogue catalogue;
    private readonly ApprovalDesk desk;
    private readonly AgentTool? agent;
    private readonly GatewayOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly RequestStateSeal seal = new();
    private readonly ConcurrentDictionary<string, WaitingCall> waiting = new(StringComparer.Ordinal);
    private readonly ITimer sweeper;

    public ToolCalls(IToolPipeline pipeline, ToolCatalogue catalogue, ApprovalDesk desk, AgentTool? agent, GatewayOptions options, TimeProvider time, ILogger<ToolCalls> logger)
    {
        this.pipeline = pipeline;
        this.catalogue = catalogue;
        this.desk = desk;
        this.agent = agent;
        this.options = options;
        this.time = time;
        this.logger = logger;
        sweeper = time.CreateTimer(_ => DropExpired(), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
    }

    /// <summary>Calls that wait for their client's next request.</summary>
    public int WaitingCount => waiting.Count;

    public ValueTask<JsonNode> CallAsync(GatewaySession session, ClientLine line, JsonObject parameters, CancellationToken cancellationToken) =>
        AnswerAsync(session, line, "tools/call", parameters, () => Prepare(session, parameters), cancellationToken);

    /// <summary>Answers a request that may have to ask on its way, over as many rounds as the client's protocol takes.</summary>
    public async ValueTask<JsonNode> AnswerAsync(
        GatewaySession session,
        ClientLine line,
        string method,
        JsonObject parameters,
        Func<Func<GatewaySession, IClientDialogue, CancellationToken, Task<JsonNode>>> prepare,
        CancellationToken cancellationToken)
    {
        if (parameters["requestState"] is JsonValue state && line.IsStateless)
        {
            return await ContinueAsync(session, line, method, parameters, state, cancellationToken);
        }

        var work = prepare();
        if (!line.IsStateless)
        {
            return await LimitedAsync(session, work, new DirectDialogue(line), cancellationToken);
        }

        var call = new WaitingCall(
            Principal(session), () => RequestStateSeal.Digest(method, parameters), time.GetUtcNow() + TimeSpan.FromSeconds(options.ApprovalWaitSeconds))
        {
            Line = line,
        };
        call.Running = LimitedAsync(session, work, call, call.Cancelled.Token);
        return await AwaitAsync(call, cancellationToken);
    }

    public void Dispose()
    {
        sweeper.Dispose();
        foreach (var call in waiting.Values)
        {
            call.Cancelled.Cancel();
        }

        seal.Dispose();
    }

    /// <summary>What a call is to do, found before anything is started, so that a bad request is an error and not a result.</summary>
    private Func<GatewaySession, IClientDialogue, CancellationToken, Task<JsonNode>> Prepare(GatewaySession session, JsonObject parameters)
    {
        if ((parameters["name"] as JsonValue)?.TryGetValue(out string? name) != true || string.IsNullOrEmpty(name))
        {
            throw new McpProtocolException("The call names no tool.", McpErrorCode.InvalidParams);
        }

        var arguments = parameters["arguments"] is { } given ? Wire.ToElement(given) : NoArguments;
        if (arguments.ValueKind != JsonValueKind.Object)
        {
            throw new McpProtocolException("The arguments must be an object.", McpErrorCode.InvalidParams);
        }

        if (name == AgentTool.Name && agent is not null)
        {
            return (of, dialogue, cancellationToken) => agent.AskAsync(of, arguments, dialogue, cancellationToken);
        }

        var tool = catalogue.Find(name);
        if (tool is null || pipeline.IsHidden(tool, session.Context("list")))
        {
            throw new McpProtocolException(catalogue.Unknown(name), McpErrorCode.InvalidParams);
        }

        return (of, dialogue, cancellationToken) => RunAsync(of, tool, arguments, dialogue, cancellationToken);
    }

    private static async Task<JsonNode> LimitedAsync(
        GatewaySession session,
        Func<GatewaySession, IClientDialogue, CancellationToken, Task<JsonNode>> work,
        IClientDialogue dialogue,
        CancellationToken cancellationToken)
    {
        await session.Room.WaitAsync(cancellationToken);
        try
        {
            return await work(session, dialogue, cancellationToken);
        }
        finally
        {
            session.Room.Release();
        }
    }

    private async Task<JsonNode> RunAsync(
        GatewaySession session, ToolDefinition tool, JsonElement arguments, IClientDialogue dialogue, CancellationToken cancellationToken)
    {
        var call = new ToolCall { Id = $"call-{GatewaySession.NewId()}", Name = tool.Id.ToString(), Arguments = arguments };
        var earlier = session.Recall(call);
        var runId = earlier?.RunId ?? $"run-{GatewaySession.NewId()}";
        var context = session.Context(runId, new ForwardedProgress(dialogue), new CallerQuestions(pipeline, session, runId, dialogue));
        var outcome = earlier is { } left
            ? await pipeline.ResumeAsync(left.ApprovalId, context, cancellationToken)
            : await pipeline.InvokeAsync(call, context, cancellationToken);
        while (outcome is { Kind: ToolOutcomeKind.Pending, Approval: { } approval })
        {
            bool settled;
            try
            {
                settled = await desk.SettleAsync(approval, dialogue, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Most clients end a call after a minute, sooner than a person answers: the same call made again goes on.
                session.Remember(call, approval.Id, runId);
                LogLeft(tool.Id, approval.Id);
                throw;
            }

            if (!settled)
            {
                session.Remember(call, approval.Id, runId);
                return Result(ToolResult.FromText(
                    $"Nobody approved this call of {tool.Id} within {options.ApprovalWaitSeconds} seconds, so it was not made. Approve it with `agent approvals approve {approval.Id}` in a terminal, then make the same call again.", isError: true));
            }

            outcome = await pipeline.ResumeAsync(approval.Id, context, cancellationToken);
        }

        var result = outcome.Result ?? ToolResult.FromText("The call was not made.", isError: true);
        if (outcome.Kind == ToolOutcomeKind.Completed)
        {
            session.Provenance.AddResult(tool.Id, result);
        }

        if (dialogue.Line.IsStateless && result.IsError && result.Raw.Member("_meta")?.Member(ServerConnection.MissingCapabilities) is { ValueKind: JsonValueKind.Object } missing
            && missing.Deserialize(McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ClientCapabilities))) is ClientCapabilities required)
        {
            throw new MissingRequiredClientCapabilityException(required, result.Text);
        }

        return Result(outcome.Kind == ToolOutcomeKind.Completed || result.IsError ? result : ToolResult.FromText(result.Text, isError: true, result.Label));
    }

    private async ValueTask<JsonNode> ContinueAsync(
        GatewaySession session, ClientLine line, string method, JsonObject parameters, JsonValue state, CancellationToken cancellationToken)
    {
        // One sentence for all of them: whoever guesses learns nothing of what was wrong.
        McpProtocolException Refused() => new("This requestState is not valid here: it was used, has expired, or belongs to another request. Make the call again without it.", McpErrorCode.InvalidParams);

        if (!state.TryGetValue(out string? text) || seal.Open(text) is not { } content
            || !waiting.TryGetValue(content.Call, out var call)
            || content.Principal != Principal(session) || content.Principal != call.Principal
            || content.Digest != RequestStateSeal.Digest(method, parameters) || content.Digest != call.Digest
            || time.GetUtcNow().ToUnixTimeSeconds() > content.Expires)
        {
            throw Refused();
        }

        call.Line = line;
        var (taken, missing) = call.Answer(content.Round, parameters["inputResponses"] as JsonObject);
        if (!taken)
        {
            throw missing is null ? Refused() : new McpProtocolException($"inputResponses must answer '{missing}'.", McpErrorCode.InvalidParams);
        }

        waiting.TryRemove(call.Id, out _);
        return await AwaitAsync(call, cancellationToken);
    }

    /// <summary>Waits for the call's end or its next question, which becomes the answer to this request.</summary>
    private async ValueTask<JsonNode> AwaitAsync(WaitingCall call, CancellationToken cancellationToken)
    {
        // The client's request ends the call only while it is open; in between, the call waits for the client.
        await using var cancelling = cancellationToken.Register(static state => ((CancellationTokenSource)state!).Cancel(), call.Cancelled);
        var asked = call.Asked;
        if (await Task.WhenAny(call.Running, asked) == call.Running)
        {
            try
            {
                return await call.Running;
            }
            finally
            {
                call.Dispose();
            }
        }

        if (waiting.Count >= options.MaxWaitingCalls)
        {
            await call.Cancelled.CancelAsync();
            throw new McpProtocolException("Too many calls wait for an answer; answer some of them first.", McpErrorCode.InternalError);
        }

        var round = await asked;
        call.Hand(round.Number);
        waiting[call.Id] = call;
        var questions = new JsonObject();
        foreach (var (name, question) in round.Questions)
        {
            questions[name] = new JsonObject { ["method"] = question.Method, ["params"] = Wire.ToNode(question.Parameters) };
        }

        return new JsonObject
        {
            ["resultType"] = "input_required",
            ["inputRequests"] = questions,
            ["requestState"] = seal.Seal(new StateContent(call.Id, round.Number, call.Principal, call.Digest, call.Expires.ToUnixTimeSeconds())),
        };
    }

    private static string Principal(GatewaySession session) => $"{session.User}\n{session.Id}";

    private void DropExpired()
    {
        var now = time.GetUtcNow();
        foreach (var (id, call) in waiting)
        {
            if (call.Expires < now && waiting.TryRemove(id, out _))
            {
                call.Cancelled.Cancel();
            }
        }
    }

    private static JsonNode Result(ToolResult result) => Wire.ToNode(result.Raw)!;

    [LoggerMessage(Level = LogLevel.Information, Message = "The client left its call of {Tool} while approval {Approval} was asked; the same call made again goes on with the answer.")]
    private partial void LogLeft(ToolId tool, string approval);

    private sealed class ForwardedProgress(IClientDialogue dialogue) : IProgress<ToolProgress>
    {
        public void Report(ToolProgress value) => _ = dialogue.Line.ReportAsync(value.Progress, value.Total, value.Message);
    }
}
