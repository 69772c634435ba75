using Agent.Runtime.Tests.Otlp;

namespace Agent.EndToEnd.Tests;

/// <summary>What a receiver of OTLP sees of the real command.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Ask_WithAReceiver_IsOneTraceWithEachCallOnce()
    {
        using var workspace = new AgentWorkspace();
        using var receiver = new OtlpReceiver();
        Send(workspace, receiver);
        workspace.Write("tea.md", "one\nSencha is green tea\n");

        var exit = await workspace.RunAsync("ask", "which files mention Sencha?");

        Assert.True(exit.Code == 0, exit.ToString());
        var run = Assert.Single(receiver.Spans, static s => s.Name == "invoke_agent agent");
        var trace = receiver.Spans.Where(s => s.TraceId == run.TraceId).ToList();
        Assert.Contains(trace, static s => s.Name == "chat planner");
        var call = Assert.Single(trace, static s => s.Name == "execute_tool files.search_text");
        Assert.Equal("files.search_text", call.Attributes["gen_ai.tool.name"]);

        // The MCP SDK's words on the call are in the same span, not in a second one.
        Assert.Equal("tools/call", call.Attributes["mcp.method.name"]);
        Assert.DoesNotContain(receiver.Spans, static s => s.Name.StartsWith("tools/call", StringComparison.Ordinal));
        Assert.Contains(receiver.Metrics, static m => m.Name == "gen_ai.client.operation.duration");
        Assert.Contains(receiver.Metrics, static m => m.Name == "mcp.client.operation.duration");
        Assert.DoesNotContain(receiver.Spans.SelectMany(static s => s.Attributes.Values).OfType<string>(), static v => v.Contains("Sencha", StringComparison.Ordinal));
    }

    /// <summary>A busy machine gets the time it needs to send the last of it.</summary>
    private static void Send(AgentWorkspace workspace, OtlpReceiver receiver)
    {
        workspace.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Endpoint;
        workspace.Environment["AGENT__telemetry__flushFor"] = "00:00:40";
    }
}
