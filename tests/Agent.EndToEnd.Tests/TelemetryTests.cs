using System.Text.Json;
using Agent.Runtime.Tests.Otlp;

namespace Agent.EndToEnd.Tests;

/// <summary>What a receiver of OTLP sees of the real command, and what a server is told of the trace.</summary>
public sealed class TelemetryTests
{
    /// <summary>A server of the older protocol that keeps the metadata of the call it gets.</summary>
    private const string Server = """
        import json, sys
        for line in sys.stdin:
            message = json.loads(line)
            if 'id' not in message:
                continue
            method, parameters = message['method'], message.get('params', {})
            if method == 'initialize':
                result = {'protocolVersion': parameters['protocolVersion'], 'capabilities': {'tools': {}}, 'serverInfo': {'name': 'echo', 'version': '1'}}
            elif method == 'tools/list':
                result = {'tools': [{'name': 'say', 'description': 'Says a text.', 'inputSchema': {'type': 'object', 'properties': {'text': {'type': 'string'}}}, 'annotations': {'readOnlyHint': True}}]}
            elif method == 'tools/call':
                open('meta.json', 'w').write(json.dumps(parameters.get('_meta')))
                result = {'content': [{'type': 'text', 'text': 'said'}]}
            else:
                print(json.dumps({'jsonrpc': '2.0', 'id': message['id'], 'error': {'code': -32601, 'message': 'unknown'}}), flush=True)
                continue
            print(json.dumps({'jsonrpc': '2.0', 'id': message['id'], 'result': result}), flush=True)
        """;

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
        Assert.Contains(receiver.Spans, static s => s is { Scope: "Experimental.ModelContextProtocol", Name: "tools/list" });
        Assert.Contains(receiver.Metrics, static m => m.Name == "gen_ai.client.operation.duration");
        Assert.Contains(receiver.Metrics, static m => m.Name == "mcp.client.operation.duration");
        Assert.DoesNotContain(receiver.Spans.SelectMany(static s => s.Attributes.Values).OfType<string>(), static v => v.Contains("Sencha", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_TellsItsServerTheTrace()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var workspace = new AgentWorkspace();
        using var receiver = new OtlpReceiver();
        Send(workspace, receiver);
        var server = workspace.Write("server.py", Server);
        var definition = new { mcpServers = new { echo = new { command = "python3", args = new[] { server }, cwd = workspace.Folder, startTimeoutSeconds = 80 } } };
        workspace.Write("echo.json", JsonSerializer.Serialize(definition));

        var exit = await workspace.RunAsync("tools", "call", "echo.say", "--args", """{"text":"hello"}""", "--config", "echo.json");

        Assert.True(exit.Code == 0, exit.ToString());
        var call = Assert.Single(receiver.Spans, static s => s.Name == "execute_tool echo.say");
        using var meta = JsonDocument.Parse(File.ReadAllText(Path.Combine(workspace.Folder, "meta.json")));
        Assert.Equal($"00-{call.TraceId}-{call.SpanId}-01", meta.RootElement.GetProperty("traceparent").GetString());
    }

    /// <summary>A busy machine gets the time it needs to send the last of it.</summary>
    private static void Send(AgentWorkspace workspace, OtlpReceiver receiver)
    {
        workspace.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Endpoint;
        workspace.Environment["AGENT__telemetry__flushFor"] = "00:00:40";
    }
}
