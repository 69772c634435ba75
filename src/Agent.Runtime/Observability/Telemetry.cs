using System.Diagnostics;
using System.Diagnostics.Metrics;
using Agent.Runtime.Loop;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Names = Agent.Runtime.Observability.TelemetryNames;

namespace Agent.Runtime.Observability;

/// <summary>The spans and metrics of the loop. Costs nothing where nobody listens.</summary>
internal sealed class Telemetry : IDisposable
{
    private const int MaxContent = 16_384;
    private static readonly double[] Seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly long[] Tokens = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];

    private readonly ActivitySource _source = new(Names.Source);
    private readonly Meter _meter = new(Names.Source);
    private readonly Histogram<long> _tokens;
    private readonly Histogram<double> _operation;
    private readonly Histogram<double> _firstChunk;
    private readonly Histogram<double> _agent;
    private readonly Histogram<double> _tool;
    private readonly Histogram<double> _approvalWait;
    private readonly Counter<double> _cost;
    private readonly Counter<long> _decisions;
    private readonly IGuardrails? _guardrails;
    private readonly bool _content;

    public Telemetry(IOptions<TelemetryOptions> options, IGuardrails? guardrails = null)
    {
        _guardrails = guardrails;
        _content = options.Value.Content && guardrails is not null;
        var seconds = new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds };
        _tokens = _meter.CreateHistogram(Names.TokenUsageMetric, "{token}", "Tokens sent and received.", null, new InstrumentAdvice<long> { HistogramBucketBoundaries = Tokens });
        _operation = _meter.CreateHistogram(Names.OperationDurationMetric, "s", "How long a model call took.", null, seconds);
        _firstChunk = _meter.CreateHistogram(Names.TimeToFirstChunkMetric, "s", "How long the first piece of an answer took.", null, seconds);
        _agent = _meter.CreateHistogram(Names.AgentDurationMetric, "s", "How long a run took.", null, seconds);
        _tool = _meter.CreateHistogram(Names.ToolDurationMetric, "s", "How long a tool call took, without the wait for a person.", null, seconds);
        _approvalWait = _meter.CreateHistogram(Names.ApprovalWaitMetric, "s", "How long a call waited for a person.", null, seconds);
        _cost = _meter.CreateCounter<double>(Names.CostMetric, "{USD}", "What model calls cost.");
        _decisions = _meter.CreateCounter<long>(Names.DecisionsMetric, "{decision}", "Decisions on tool calls.");
    }

    /// <summary>Whether anybody listens to spans.</summary>
    public bool IsTraced => _source.HasListeners();

    public Activity? StartRun(string session, string run, string client, ModelInfo model)
    {
        var activity = _source.StartActivity($"{Names.InvokeAgent} {Names.AgentName}", ActivityKind.Internal);
        return activity?
            .SetTag(Names.OperationName, Names.InvokeAgent)
            .SetTag(Names.AgentNameAttribute, Names.AgentName)
            .SetTag(Names.ProviderName, Names.ProviderOf(model.Provider))
            .SetTag(Names.RequestModel, model.Name)
            .SetTag(Names.ConversationId, session)
            .SetTag(Names.RunId, run)
            .SetTag(Names.Client, client);
    }

    public void EndRun(Activity? activity, RunResult result, TimeSpan duration)
    {
        _agent.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(Names.AgentNameAttribute, Names.AgentName));
        if (activity is null)
        {
            return;
        }

        activity
            .SetTag(Names.Stopped, OutcomeWords.Of(result.Stopped))
            .SetTag(Names.InputTokens, result.Usage.InputTokens)
            .SetTag(Names.OutputTokens, result.Usage.OutputTokens)
            .SetTag(Names.CachedInputTokens, result.Usage.CachedInputTokens);
        if (result.Usage.CostUsd is { } cost)
        {
            activity.SetTag(Names.Cost, (double)cost);
        }

        if (result.Stopped is RunStop.Failed or RunStop.ModelUnavailable)
        {
            activity.SetStatus(ActivityStatusCode.Error).SetTag(Names.ErrorType, OutcomeWords.Of(result.Stopped));
        }

        activity.Dispose();
    }

    public Activity? StartChat(string session, string run, int step, ModelInfo model, ChatOptions options)
    {
        var activity = _source.StartActivity($"{Names.Chat} {model.Name}", ActivityKind.Client);
        return activity?
            .SetTag(Names.OperationName, Names.Chat)
            .SetTag(Names.ProviderName, Names.ProviderOf(model.Provider))
            .SetTag(Names.RequestModel, model.Name)
            .SetTag(Names.ConversationId, session)
            .SetTag(Names.RunId, run)
            .SetTag(Names.Step, step)
            .SetTag(Names.RequestTemperature, options.Temperature)
            .SetTag(Names.RequestMaxTokens, options.MaxOutputTokens)
            .SetTag(Names.OutputType, options.ResponseFormat is ChatResponseFormatJson ? "json" : "text");
    }

    /// <summary>Ends a model call, answered or failed.</summary>
    public void EndChat(
        Activity? activity, ModelInfo model, UsageDetails? usage, decimal? cost, ChatFinishReason? finish, TimeSpan duration, TimeSpan? firstChunk, string? error)
    {
        var tags = new TagList
        {
            { Names.OperationName, Names.Chat },
            { Names.ProviderName, Names.ProviderOf(model.Provider) },
            { Names.RequestModel, model.Name },
        };
        if (error is not null)
        {
            tags.Add(Names.ErrorType, error);
        }

        _operation.Record(duration.TotalSeconds, tags);
        if (firstChunk is { } first)
        {
            _firstChunk.Record(first.TotalSeconds, tags);
        }

        if (usage is not null)
        {
            Record(usage.InputTokenCount, "input");
            Record(usage.OutputTokenCount, "output");
        }

        if (cost is { } dollars)
        {
            _cost.Add((double)dollars, tags);
        }

        if (activity is null)
        {
            return;
        }

        activity
            .SetTag(Names.ResponseModel, model.Name)
            .SetTag(Names.InputTokens, usage?.InputTokenCount)
            .SetTag(Names.OutputTokens, usage?.OutputTokenCount)
            .SetTag(Names.CachedInputTokens, usage?.CachedInputTokenCount)
            .SetTag(Names.TimeToFirstChunk, firstChunk?.TotalSeconds)
            .SetTag(Names.FinishReasons, finish is { } reason ? new[] { reason.Value } : null)
            .SetTag(Names.Cost, (double?)cost);
        if (error is not null)
        {
            activity.SetStatus(ActivityStatusCode.Error).SetTag(Names.ErrorType, error);
        }

        activity.Dispose();

        void Record(long? count, string type)
        {
            if (count is { } tokens)
            {
                var typed = tags;
                typed.Add(Names.TokenType, type);
                _tokens.Record(tokens, typed);
            }
        }
    }

    /// <summary>Begins a call on its way through the pipeline.</summary>
    /// <param name="context">Who calls.</param>
    /// <param name="callId">The caller's id of the call; null where only its approval is known yet.</param>
    /// <param name="call">The call; null where a stored one goes on.</param>
    /// <param name="tool">The tool; null where the name names none.</param>
    public Activity? StartTool(CallContext context, string? callId, ToolCall? call, ToolId? tool)
    {
        if (_source.StartActivity(tool is { } named ? $"{Names.ExecuteTool} {named}" : Names.ExecuteTool, ActivityKind.Internal) is not { } activity)
        {
            return null;
        }

        activity
            .SetTag(Names.OperationName, Names.ExecuteTool)
            .SetTag(Names.ToolName, tool?.ToString())
            .SetTag(Names.ToolCallId, callId)
            .SetTag(Names.ConversationId, context.SessionId)
            .SetTag(Names.RunId, context.RunId)
            .SetTag(Names.Step, context.Step)
            .SetTag(Names.Client, context.Client)
            .SetTag(Names.ReadFromText, call?.ReadFromText == true ? true : null);
        if (call is not null)
        {
            AddContent(activity, Names.ToolArguments, static c => c.Arguments.GetRawText(), call);
        }

        return activity;
    }

    /// <summary>Ends a call that threw, which by contract it does only when it is cancelled.</summary>
    public static void FailTool(Activity? activity, Exception exception)
    {
        activity?.SetStatus(ActivityStatusCode.Error).SetTag(Names.ErrorType, exception.GetType().Name);
        activity?.Dispose();
    }

    /// <summary>Ends a call: what was decided, what came of it.</summary>
    public void EndTool(Activity? activity, ToolOutcome outcome)
    {
        var tool = outcome.Tool?.ToString() ?? "unknown";
        var kind = OutcomeWords.Of(outcome);
        var decision = OutcomeWords.Of(outcome.Decision?.Kind);
        if (outcome.Kind is ToolOutcomeKind.Completed or ToolOutcomeKind.Unknown)
        {
            var tags = new TagList { { Names.ToolName, tool } };
            if (kind != OutcomeWords.Ok)
            {
                tags.Add(Names.ErrorType, kind);
            }

            _tool.Record(outcome.Duration.TotalSeconds, tags);
        }

        _decisions.Add(1, new KeyValuePair<string, object?>(Names.Decision, decision), new KeyValuePair<string, object?>(Names.ToolName, tool));
        if (activity is null)
        {
            return;
        }

        activity.DisplayName = $"{Names.ExecuteTool} {tool}";

        // The MCP SDK adds its own words to the span of a call instead of a span of its own, the tool's name too: no key may stand twice.
        Remove(activity, Names.OperationName);
        Remove(activity, Names.ToolName);
        activity
            .SetTag(Names.OperationName, Names.ExecuteTool)
            .SetTag(Names.ToolName, tool)
            .SetTag(Names.ToolType, outcome.Tool is { Server: LocalTools.Server } ? "function" : "extension")
            .SetTag(Names.ToolCallId, outcome.Call.Id)
            .SetTag(Names.Decision, decision)
            .SetTag(Names.DecisionRule, outcome.Decision?.Rule)
            .SetTag(Names.Outcome, kind)
            .SetTag(Names.ApprovalId, outcome.Approval?.Id)
            .SetTag(Names.ApprovedBy, outcome.ApprovedBy)
            .SetTag(Names.Integrity, OutcomeWords.Of(outcome.Label.Integrity))
            .SetTag(Names.Confidentiality, OutcomeWords.Of(outcome.Label.Confidentiality));
        AddContent(activity, Names.ToolResultText, static o => o.Result?.Text ?? string.Empty, outcome);
        if (kind is not (OutcomeWords.Ok or OutcomeWords.Pending))
        {
            activity.SetStatus(ActivityStatusCode.Error).SetTag(Names.ErrorType, kind);
        }

        activity.Dispose();
    }

    public void ApprovalWaited(TimeSpan duration, ApprovalState state) =>
        _approvalWait.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(Names.ApprovalStateAttribute, OutcomeWords.Of(state)));

    /// <summary>The last message of the person's side and the model's answer, on demand only, in the conventions' form.</summary>
    public void AddMessages(Activity? activity, ChatMessage? input, string output, ChatFinishReason? finish)
    {
        if (!_content || activity is not { IsAllDataRequested: true })
        {
            return;
        }

        if (input is not null)
        {
            activity.SetTag(Names.InputMessages, MessageContent.Write(input.Role.Value, Redacted(input.Text), null));
        }

        activity.SetTag(Names.OutputMessages, MessageContent.Write("assistant", Redacted(output), finish?.Value ?? "stop"));
    }

    public void Dispose()
    {
        _source.Dispose();
        _meter.Dispose();
    }

    private static void Remove(Activity activity, string name)
    {
        while (activity.GetTagItem(name) is not null)
        {
            activity.SetTag(name, null);
        }
    }

    private void AddContent<T>(Activity? activity, string name, Func<T, string> content, T from)
    {
        if (_content && activity is { IsAllDataRequested: true })
        {
            activity.SetTag(name, Redacted(content(from)));
        }
    }

    private string Redacted(string text)
    {
        // Cut last: half a secret is not recognised as one.
        var redacted = _guardrails!.Redact(text);
        return redacted.Length <= MaxContent ? redacted : redacted[..MaxContent];
    }
}
