using System.Diagnostics;
using System.Text.Json;

namespace Agent.Runtime.Observability;

/// <summary>
/// The pipeline with a span around each call, whoever makes it: a run, <c>agent tools call</c>, or a client of the gateway. The MCP
/// SDK's own work for the call happens within.
/// </summary>
/// <param name="inner">The pipeline.</param>
/// <param name="host">Finds the tool that a name means.</param>
/// <param name="telemetry">The spans.</param>
internal sealed class TracedPipeline(IToolPipeline inner, IToolHost host, Telemetry telemetry) : IToolPipeline
{
    public async ValueTask<ToolOutcome> InvokeAsync(ToolCall call, CallContext context, CancellationToken cancellationToken)
    {
        var activity = telemetry.IsTraced ? telemetry.StartTool(context, call.Id, call, host.Find(call.Name)?.Id) : null;
        try
        {
            var outcome = await inner.InvokeAsync(call, context, cancellationToken);
            telemetry.EndTool(activity, outcome);
            return outcome;
        }
        catch (Exception e)
        {
            Telemetry.FailTool(activity, e);
            throw;
        }
    }

    public async ValueTask<ToolOutcome> ResumeAsync(string approvalId, CallContext context, CancellationToken cancellationToken)
    {
        var activity = telemetry.IsTraced ? telemetry.StartTool(context, null, null, null) : null;
        try
        {
            var outcome = await inner.ResumeAsync(approvalId, context, cancellationToken);
            telemetry.EndTool(activity?.SetTag(TelemetryNames.ApprovalId, approvalId), outcome);
            return outcome;
        }
        catch (Exception e)
        {
            Telemetry.FailTool(activity, e);
            throw;
        }
    }

    public bool IsHidden(ToolDefinition tool, CallContext context) => inner.IsHidden(tool, context);

    public ValueTask<Decision> ExplainAsync(ToolCall call, CallContext context, CancellationToken cancellationToken) =>
        inner.ExplainAsync(call, context, cancellationToken);

    public ValueTask RecordAsync(string type, CallContext? context, JsonElement data, CancellationToken cancellationToken) =>
        inner.RecordAsync(type, context, data, cancellationToken);
}
