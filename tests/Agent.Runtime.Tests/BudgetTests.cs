using Agent.Runtime.Tests.Fakes;

namespace Agent.Runtime.Tests;

/// <summary>What would break a budget is not sent.</summary>
public sealed class BudgetTests
{
    private static readonly ModelInfo Priced = new() { Provider = "test", Name = "priced", Price = new ModelPrice(10m, 100m) };

    [Fact]
    public async Task Tokens_NextRequestWouldExceed_IsNotSent()
    {
        var model = new ScriptedModel((n, _) => Call(n, 400, 100));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));

        var (result, events) = await agent.RunAsync("read", budget: new Budget { MaxTokens = 1_600 });

        Assert.Equal(RunStop.LimitReached, result.Stopped);
        Assert.Contains("1,600 tokens", result.Answer, StringComparison.Ordinal);
        Assert.True(result.Usage.InputTokens + result.Usage.OutputTokens <= 1_600);
        Assert.Equal(result.Usage.InputTokens / 400, model.Requests.Count);
        Assert.All(model.Requests, static r => Assert.NotNull(r.Options.MaxOutputTokens));
        Assert.Contains(events.OfType<RunEvent.Notice>(), static n => n.Text.Contains("tokens are used", StringComparison.Ordinal));
        History.MustBeValid([.. model.Requests[^1].Messages]);
    }

    [Fact]
    public async Task Cost_IsCountedAndLimited()
    {
        // 1,000 tokens in and 100 out: a cent each.
        var model = new ScriptedModel((n, _) => Call(n, 1_000, 100)) { Info = Priced };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));

        var (result, events) = await agent.RunAsync("read", budget: new Budget { MaxCost = 0.05m });

        Assert.Equal(RunStop.LimitReached, result.Stopped);
        Assert.Contains("$0.05", result.Answer, StringComparison.Ordinal);
        Assert.Equal(0.02m * model.Requests.Count, result.Usage.CostUsd);
        Assert.True(result.Usage.CostUsd <= 0.05m);
        var session = Assert.Single(await agent.Store.ListAsync(1, default));
        Assert.Equal(result.Usage.CostUsd, session.Usage.CostUsd);
        var today = await agent.Store.GetUsageAsync(DateOnly.FromDateTime(agent.Time.GetLocalNow().DateTime), default);
        Assert.Equal(result.Usage.CostUsd, today.Usage.CostUsd);
        Assert.Equal(model.Requests.Count, today.Steps);
        Assert.Equal(model.Requests.Count, events.OfType<RunEvent.UsageChanged>().Count());
    }

    [Fact]
    public async Task Day_LimitHoldsOverSessions()
    {
        var model = new ScriptedModel((_, _) => ScriptedModel.Text("ok", 500, 100));
        await using var agent = new TestAgent(model, settings: new() { ["limits:maxDayTokens"] = "1500" });

        await agent.RunAsync("one");
        await agent.RunAsync("two");
        var (third, _) = await agent.RunAsync("three");

        Assert.Equal(RunStop.LimitReached, third.Stopped);
        Assert.Equal(2, model.Requests.Count);
        Assert.Contains("maxDayTokens", third.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ToolCalls_BeyondTheLimit_DoNotRunAndTheModelAnswers()
    {
        var model = new ScriptedModel((_, request) => request.Options.ToolMode == Microsoft.Extensions.AI.ChatToolMode.None
            ? ScriptedModel.Text("Partly.")
            : ScriptedModel.Calls([("a", "files__read_file", new { n = 1 }), ("b", "files__read_file", new { n = 2 }), ("c", "files__read_file", new { n = 3 })]));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));

        var (result, _) = await agent.RunAsync("read", budget: new Budget { MaxToolCalls = 2 });

        Assert.Equal(2, agent.Pipeline.Acted.Count);
        Assert.Equal(RunStop.LimitReached, result.Stopped);
        Assert.Equal("Partly.", result.Answer);
        Assert.Equal(["ok", "ok", "rejected"], result.ToolCalls.Select(static c => c.Outcome).Order());
    }

    [Fact]
    public async Task Time_LimitCutsARunningCall()
    {
        var time = new ManualTime();
        var model = new ScriptedModel(Call(1, 10, 5));
        await using var agent = new TestAgent(model, time: time);
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = async (_, _, cancellationToken) =>
        {
            time.Advance(TimeSpan.FromMinutes(2));
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return ToolResult.FromText("never");
        };

        var (result, _) = await agent.RunAsync("read", budget: new Budget { MaxTime = TimeSpan.FromMinutes(1) });

        Assert.Equal(RunStop.LimitReached, result.Stopped);
        Assert.Equal("unknown", Assert.Single(result.ToolCalls).Outcome);
        Assert.Contains("time limit", result.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_ThatAPersonTakes_DoesNotCount()
    {
        var time = new ManualTime();
        var model = new ScriptedModel(ScriptedModel.Call("files__write_file"), ScriptedModel.Text("Written."));
        await using var agent = new TestAgent(model, time: time);
        agent.Host.Set(FakeHost.Tool("files.write_file", readOnly: false));
        agent.Pipeline.Decide = static _ => DecisionKind.Ask;
        agent.Approvals.BeforeWait = id => _ = Task.Run(async () =>
        {
            while (!agent.Get<Loop.RunRegistry>().All.Single().WaitsForPerson)
            {
                await Task.Yield();
            }

            time.Advance(TimeSpan.FromHours(3));
            agent.Approvals.Answer(id, allow: true);
        });

        var (result, _) = await agent.RunAsync("write", approvals: ApprovalHandling.Wait, budget: new Budget { MaxTime = TimeSpan.FromMinutes(1) });

        Assert.Equal(RunStop.Answered, result.Stopped);
    }

    private static IEnumerable<Microsoft.Extensions.AI.ChatResponseUpdate> Call(int n, long input, long output)
    {
        yield return new Microsoft.Extensions.AI.ChatResponseUpdate(
            Microsoft.Extensions.AI.ChatRole.Assistant,
            [new Microsoft.Extensions.AI.FunctionCallContent($"c{n}", "files__read_file", new Dictionary<string, object?> { ["n"] = n })]);
        yield return ScriptedModel.Usage(input, output);
    }
}
