using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Agent.Runtime.Observability;
using Agent.Runtime.Tests.Fakes;

namespace Agent.Runtime.Tests;

/// <summary>Spans and metrics carry the conventions' names, and no content unless asked for.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task Run_IsASpanWithItsCallsBelow()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == TelemetryNames.Source,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        Activity? during = null;
        await using var agent = new TestAgent(new ScriptedModel(ScriptedModel.Call("files__read_file", new { path = "marmalade.md" }), ScriptedModel.Text("Done.")));
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = (_, _, _) =>
        {
            during = Activity.Current;
            return ValueTask.FromResult(ToolResult.FromText("marmalade words"));
        };

        var (result, _) = await agent.RunAsync("read");

        var mine = spans.Where(s => Equals(s.GetTagItem("gen_ai.conversation.id"), result.Session)).ToList();
        var run = Assert.Single(mine, static s => s.DisplayName == "invoke_agent agent");
        Assert.Equal(2, mine.Count(static s => s.DisplayName == "chat scripted"));
        var tool = Assert.Single(mine, static s => s.DisplayName == "execute_tool files.read_file");
        Assert.All(mine.Where(s => s != run), s => Assert.Equal(run.SpanId, s.ParentSpanId));

        // What runs within, such as the MCP SDK's own span, hangs below the call.
        Assert.Equal(tool.SpanId, during!.SpanId);
        Assert.Equal("allow", tool.GetTagItem("agent.decision"));
        Assert.Equal("c1", tool.GetTagItem("gen_ai.tool.call.id"));
        Assert.Equal(20L, run.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.DoesNotContain(mine.SelectMany(static s => s.TagObjects), static t => t.Value is string text && text.Contains("marmalade", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_MeasuresTokensAndDurations()
    {
        var measured = new ConcurrentDictionary<string, int>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Meter.Name == TelemetryNames.Source)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, _, _) => measured.AddOrUpdate(instrument.Name, 1, static (_, n) => n + 1));
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => measured.AddOrUpdate(instrument.Name, 1, static (_, n) => n + 1));
        listener.Start();
        await using var agent = new TestAgent(new ScriptedModel(ScriptedModel.Call("files__read_file"), ScriptedModel.Text("Done.")));
        agent.Host.Set(FakeHost.Tool("files.read_file"));

        await agent.RunAsync("read");

        foreach (var name in (string[])[
            "gen_ai.client.token.usage", "gen_ai.client.operation.duration", "gen_ai.client.operation.time_to_first_chunk",
            "gen_ai.invoke_agent.duration", "gen_ai.execute_tool.duration", "agent.decisions"])
        {
            Assert.True(measured.ContainsKey(name), name);
        }
    }
}
