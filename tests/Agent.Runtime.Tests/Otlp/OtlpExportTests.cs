using System.Text.Json;
using Agent.Runtime.Observability;
using Agent.Runtime.Tests.Fakes;
using Microsoft.Extensions.Options;

namespace Agent.Runtime.Tests.Otlp;

/// <summary>An exporter hears every run of the process, so these tests run alone.</summary>
[CollectionDefinition(nameof(OtlpCollection), DisableParallelization = true)]
public sealed class OtlpCollection;

/// <summary>What a receiver of OTLP gets, read from the wire.</summary>
[Collection(nameof(OtlpCollection))]
public sealed class OtlpExportTests
{
    private static readonly string[] Metrics =
    [
        "gen_ai.client.token.usage", "gen_ai.client.operation.duration", "gen_ai.client.operation.time_to_first_chunk", "gen_ai.invoke_agent.duration",
        "gen_ai.execute_tool.duration", "agent.decisions", "agent.cost",
    ];

    [Fact]
    public async Task Run_IsReceived_UnderTheConventionsNames()
    {
        using var receiver = new OtlpReceiver();
        var result = await RunAsync(receiver, []);

        var spans = receiver.Spans.Where(s => Equals(s.Attributes.GetValueOrDefault("gen_ai.conversation.id"), result.Session)).ToList();
        var run = Assert.Single(spans, static s => s.Name == "invoke_agent agent");
        var chats = spans.Where(static s => s.Name == "chat scripted").ToList();
        var tool = Assert.Single(spans, static s => s.Name == "execute_tool files.read_file");
        Assert.Equal(2, chats.Count);
        Assert.All(spans, s => Assert.Equal(("agent", "Agent", run.TraceId), (s.Service, s.Scope, s.TraceId)));
        Assert.All(spans.Where(s => s != run), s => Assert.Equal(run.SpanId, s.ParentId));

        Assert.Equal("invoke_agent", run.Attributes["gen_ai.operation.name"]);
        Assert.Equal("agent", run.Attributes["gen_ai.agent.name"]);
        Assert.Equal("answered", run.Attributes["agent.run.stopped"]);
        Assert.All(chats, static s =>
        {
            Assert.Equal(3, s.Kind);
            Assert.Equal("chat", s.Attributes["gen_ai.operation.name"]);
            Assert.Equal("aws.bedrock", s.Attributes["gen_ai.provider.name"]);
            Assert.Equal("scripted", s.Attributes["gen_ai.request.model"]);
            Assert.Equal(10L, s.Attributes["gen_ai.usage.input_tokens"]);
            Assert.Equal(5L, s.Attributes["gen_ai.usage.output_tokens"]);
            Assert.IsType<double>(s.Attributes["gen_ai.response.time_to_first_chunk"]);
            Assert.Equal(0.00002, (double)s.Attributes["agent.cost_usd"], 9);
        });
        Assert.Equal("execute_tool", tool.Attributes["gen_ai.operation.name"]);
        Assert.Equal("c1", tool.Attributes["gen_ai.tool.call.id"]);
        Assert.Equal("extension", tool.Attributes["gen_ai.tool.type"]);
        Assert.Equal("allow", tool.Attributes["agent.decision"]);
        Assert.Equal("ok", tool.Attributes["agent.tool.outcome"]);

        Assert.All(Metrics, name => Assert.Contains(receiver.Metrics, m => m.Name == name && m.Points.Count > 0));
        var tokens = receiver.Metrics.Last(static m => m.Name == "gen_ai.client.token.usage");
        Assert.Equal("{token}", tokens.Unit);
        Assert.Equal(["input", "output"], tokens.Points.Select(static p => p["gen_ai.token.type"]).Distinct().Order());
        Assert.All(receiver.Requests, static r => Assert.EndsWith(" application/x-protobuf", r, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Content_IsNotSent_UnlessAskedFor()
    {
        using var receiver = new OtlpReceiver();
        await RunAsync(receiver, []);
        Assert.DoesNotContain(receiver.Spans.SelectMany(static s => s.Attributes.Values).OfType<string>(), static v => v.Contains("marmalade", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Content_AskedFor_IsSentRedacted()
    {
        using var receiver = new OtlpReceiver();
        var result = await RunAsync(receiver, new() { ["telemetry:content"] = "true" });

        var spans = receiver.Spans.Where(s => Equals(s.Attributes.GetValueOrDefault("gen_ai.conversation.id"), result.Session)).ToList();
        var tool = Assert.Single(spans, static s => s.Name.StartsWith("execute_tool", StringComparison.Ordinal));
        Assert.Contains("marmalade.md", (string)tool.Attributes["gen_ai.tool.call.arguments"], StringComparison.Ordinal);
        Assert.Equal("key [masked]", tool.Attributes["gen_ai.tool.call.result"]);
        using var input = JsonDocument.Parse((string)spans.First(static s => s.Name == "chat scripted").Attributes["gen_ai.input.messages"]);
        Assert.Equal("user", input.RootElement[0].GetProperty("role").GetString());
        Assert.Equal("read the marmalade", input.RootElement[0].GetProperty("parts")[0].GetProperty("content").GetString());
        Assert.DoesNotContain(spans.SelectMany(static s => s.Attributes.Values).OfType<string>(), static v => v.Contains("sk-4711", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_ByAnotherClient_IsTracedToo()
    {
        using var receiver = new OtlpReceiver();
        await using (var agent = new TestAgent(new ScriptedModel()))
        {
            agent.Host.Set(FakeHost.Tool("files.read_file"));
            using var export = await StartAsync(receiver);
            var call = new ToolCall { Id = "x1", Name = "files__read_file", Arguments = JsonElement.Parse("{}") };
            await agent.Get<IToolPipeline>().InvokeAsync(call, new CallContext { SessionId = "gateway-7", RunId = "gateway-7.1", Client = "mcp:ide", Provenance = new FakeProvenance() }, default);
            await export.StopAsync(default);
        }

        var span = Assert.Single(receiver.Spans, static s => Equals(s.Attributes.GetValueOrDefault("gen_ai.conversation.id"), "gateway-7"));
        Assert.Equal("execute_tool files.read_file", span.Name);
        Assert.Equal("mcp:ide", span.Attributes["agent.client"]);
    }

    [Fact]
    public async Task Call_ToWhoseSpanTheMcpSdkAddsItsWords_HasEachOnce()
    {
        using var receiver = new OtlpReceiver();
        await using (var agent = new TestAgent(new ScriptedModel()))
        {
            agent.Host.Set(FakeHost.Tool("files.read_file"));
            agent.Pipeline.Act = static (_, _, _) =>
            {
                System.Diagnostics.Activity.Current?.AddTag("gen_ai.tool.name", "read_file").AddTag("gen_ai.operation.name", "execute_tool").AddTag("mcp.method.name", "tools/call");
                return ValueTask.FromResult(ToolResult.FromText("x"));
            };
            using var export = await StartAsync(receiver);
            var call = new ToolCall { Id = "x1", Name = "files__read_file", Arguments = JsonElement.Parse("{}") };
            await agent.Get<IToolPipeline>().InvokeAsync(call, new CallContext { SessionId = "gateway-8", RunId = "gateway-8.1", Client = "mcp:ide", Provenance = new FakeProvenance() }, default);
            await export.StopAsync(default);
        }

        // The receiver takes no key twice.
        var span = Assert.Single(receiver.Spans, static s => Equals(s.Attributes.GetValueOrDefault("gen_ai.conversation.id"), "gateway-8"));
        Assert.Equal("files.read_file", span.Attributes["gen_ai.tool.name"]);
        Assert.Equal("tools/call", span.Attributes["mcp.method.name"]);
    }

    [Fact]
    public async Task Receiver_ThatIsAway_HoldsNothingUp()
    {
        string endpoint;
        using (var receiver = new OtlpReceiver())
        {
            endpoint = receiver.Endpoint;
        }

        using var export = new OtlpExport(Options.Create(new TelemetryOptions { Endpoint = endpoint, FlushFor = TimeSpan.FromMilliseconds(200) }));
        await export.StartAsync(default);
        await using (var agent = new TestAgent(new ScriptedModel(ScriptedModel.Text("Hello."))))
        {
            var (result, _) = await agent.RunAsync("hello");
            Assert.Equal(RunStop.Answered, result.Stopped);
        }

        await export.StopAsync(default).WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData(null, null, null, false)]
    [InlineData("http://127.0.0.1:4318", null, null, true)]
    [InlineData(null, "http://127.0.0.1:4318", null, true)]
    [InlineData("http://127.0.0.1:4318", null, "true", false)]
    public void Export_IsOnlyWhereAnEndpointIs(string? endpoint, string? variable, string? disabled, bool wanted) =>
        Assert.Equal(wanted, OtlpExport.IsWanted(
            new TelemetryOptions { Endpoint = endpoint },
            name => name switch { "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" => variable, "OTEL_SDK_DISABLED" => disabled, _ => null }));

    [Theory]
    [InlineData("localhost:4318", null)]
    [InlineData("http://127.0.0.1:4318", "json")]
    public void Options_ThatMakeNoSense_AreRefused(string endpoint, string? protocol) =>
        Assert.True(new TelemetryOptionsValidator().Validate(null, new TelemetryOptions { Endpoint = endpoint, Protocol = protocol }).Failed);

    private static async Task<RunResult> RunAsync(OtlpReceiver receiver, Dictionary<string, string?> settings)
    {
        var model = new ScriptedModel(ScriptedModel.Call("files__read_file", new { path = "marmalade.md" }), ScriptedModel.Text("Done with marmalade."))
        {
            Info = new ModelInfo { Provider = "bedrock", Name = "scripted", Price = new ModelPrice(1, 2) },
        };
        await using var agent = new TestAgent(model, settings: settings, guardrails: new MaskingGuardrails());
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(ToolResult.FromText("key sk-4711"));
        using var export = await StartAsync(receiver);
        var (result, _) = await agent.RunAsync("read the marmalade");
        await export.StopAsync(default);
        return result;
    }

    private static async Task<OtlpExport> StartAsync(OtlpReceiver receiver)
    {
        var export = new OtlpExport(Options.Create(new TelemetryOptions { Endpoint = receiver.Endpoint, FlushFor = TimeSpan.FromSeconds(20) }));
        await export.StartAsync(default);
        return export;
    }
}
