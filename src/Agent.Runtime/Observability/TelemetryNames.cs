namespace Agent.Runtime.Observability;

/// <summary>
/// Every name that goes to OpenTelemetry. Those that begin with <c>gen_ai.</c> are of the GenAI semantic conventions, whose status is
/// development; those that begin with <c>agent.</c> are ours. The MCP SDK names its own spans and metrics (<see cref="McpSource"/>).
/// </summary>
public static class TelemetryNames
{
    /// <summary>The activity source and meter of the loop, for <c>AddSource</c> and <c>AddMeter</c>.</summary>
    public const string Source = "Agent";

    /// <summary>The MCP SDK's activity source and meter: its client spans are children of <see cref="ExecuteTool"/>.</summary>
    public const string McpSource = "Experimental.ModelContextProtocol";

    /// <summary>The span of a run.</summary>
    public const string InvokeAgent = "invoke_agent";

    /// <summary>The span of a model call; the model's name follows.</summary>
    public const string Chat = "chat";

    /// <summary>The span of a tool call; the tool's name follows.</summary>
    public const string ExecuteTool = "execute_tool";

    /// <summary>The service that all of it comes from (<c>service.name</c>), unless <c>OTEL_SERVICE_NAME</c> says otherwise.</summary>
    public const string Service = "agent";

    internal const string AgentName = "agent";

    /// <summary>A provider by the conventions' name; one they do not know keeps its own.</summary>
    internal static string ProviderOf(string provider) => provider switch
    {
        "bedrock" => "aws.bedrock",
        "azure" => "azure.ai.openai",
        _ => provider,
    };

    // Attributes of the conventions.
    internal const string OperationName = "gen_ai.operation.name";
    internal const string ProviderName = "gen_ai.provider.name";
    internal const string AgentNameAttribute = "gen_ai.agent.name";
    internal const string ConversationId = "gen_ai.conversation.id";
    internal const string RequestModel = "gen_ai.request.model";
    internal const string RequestTemperature = "gen_ai.request.temperature";
    internal const string RequestMaxTokens = "gen_ai.request.max_tokens";
    internal const string ResponseModel = "gen_ai.response.model";
    internal const string FinishReasons = "gen_ai.response.finish_reasons";
    internal const string TimeToFirstChunk = "gen_ai.response.time_to_first_chunk";
    internal const string OutputType = "gen_ai.output.type";
    internal const string InputTokens = "gen_ai.usage.input_tokens";
    internal const string OutputTokens = "gen_ai.usage.output_tokens";
    internal const string CachedInputTokens = "gen_ai.usage.cache_read.input_tokens";
    internal const string TokenType = "gen_ai.token.type";
    internal const string ToolName = "gen_ai.tool.name";
    internal const string ToolType = "gen_ai.tool.type";
    internal const string ToolCallId = "gen_ai.tool.call.id";
    internal const string ToolArguments = "gen_ai.tool.call.arguments";
    internal const string ToolResultText = "gen_ai.tool.call.result";
    internal const string InputMessages = "gen_ai.input.messages";
    internal const string OutputMessages = "gen_ai.output.messages";
    internal const string ErrorType = "error.type";

    // Metrics of the conventions.
    internal const string TokenUsageMetric = "gen_ai.client.token.usage";
    internal const string OperationDurationMetric = "gen_ai.client.operation.duration";
    internal const string TimeToFirstChunkMetric = "gen_ai.client.operation.time_to_first_chunk";
    internal const string AgentDurationMetric = "gen_ai.invoke_agent.duration";
    internal const string ToolDurationMetric = "gen_ai.execute_tool.duration";

    // Ours.
    internal const string RunId = "agent.run.id";
    internal const string Step = "agent.step";
    internal const string Client = "agent.client";
    internal const string Stopped = "agent.run.stopped";
    internal const string Decision = "agent.decision";
    internal const string DecisionRule = "agent.decision.rule";
    internal const string ApprovalId = "agent.approval.id";
    internal const string ApprovalStateAttribute = "agent.approval.state";
    internal const string ApprovedBy = "agent.approval.by";
    internal const string Outcome = "agent.tool.outcome";
    internal const string ReadFromText = "agent.tool.read_from_text";
    internal const string Integrity = "agent.label.integrity";
    internal const string Confidentiality = "agent.label.confidentiality";
    internal const string Cost = "agent.cost_usd";
    internal const string CostMetric = "agent.cost";
    internal const string DecisionsMetric = "agent.decisions";
    internal const string ApprovalWaitMetric = "agent.approval.wait";
}
