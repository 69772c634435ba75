using Agent.Models.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.Routing;

public sealed class RouterTests
{
    private const string Half = """{"choices":[{"index":0,"delta":{"content":"half of an answer"}}]}""";
    private const string Garbled = """{"error":{"code":500,"message":"The model produced output that does not match the expected peg-native format","type":"server_error"}}""";

    [Fact]
    public async Task RateLimit_IsTriedAgain_AfterWhatTheServerAsks()
    {
        await using var server = await FakeServer.StartAsync(
            FakeServer.Status(429, """{"error":{"message":"slow down"}}""", "application/json", ("Retry-After", "0")), FakeServer.Says("there"));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync();

        Assert.Equal("there", heard.Text);
        Assert.Equal([ModelErrorKind.RateLimited, null], heard.Attempts.Select(a => a.Error));
        Assert.Equal([1, 2], heard.Attempts.Select(a => a.Number));
        Assert.Contains("tried again", heard.Attempts[0].Note, StringComparison.Ordinal);
        Assert.Equal(0, heard.Resets);
    }

    [Fact]
    public async Task RateLimit_WithALongWait_EndsAtOnce_AndSaysHowLong()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(429, "{}", "application/json", ("Retry-After", "120")));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync();

        Assert.Equal(TimeSpan.FromSeconds(120), heard.Error!.RetryAfter);
        Assert.Contains("120 s", heard.Error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Overload_IsTriedAsOftenAsConfigured()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(500, "boom"));
        await using var models = TestModels.OpenAI(server, ("models:retry:maxAttempts", "4"));

        var heard = await models.AskAsync();

        Assert.Equal(ModelErrorKind.Overloaded, heard.Error!.Kind);
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(4, heard.Attempts.Count);
    }

    [Fact]
    public async Task Quota_IsNotTriedAgain()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(429, """{"error":{"message":"no money","code":"insufficient_quota"}}"""));
        await using var models = TestModels.OpenAI(server);

        await models.AskAsync();

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Stream_BrokenHalfWay_IsVoidedAndAskedAgain_SoThatNoAnswerComesTwice()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Events(Half), FakeServer.Says("a whole answer"));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync();

        Assert.Equal("a whole answer", heard.Text);
        Assert.Equal(1, heard.Resets);
        Assert.Equal(ModelErrorKind.Unreachable, heard.Attempts[0].Error);
    }

    [Fact]
    public async Task Connection_CutHalfWay_IsAskedAgain()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.BrokenEvents(Half, Half), FakeServer.Says("a whole answer"));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync();

        Assert.Equal("a whole answer", heard.Text);
        Assert.Equal(ModelErrorKind.Unreachable, heard.Attempts[0].Error);
    }

    [Fact]
    public async Task WholeResponse_OfABrokenStream_HoldsOneAnswerAndEachAttempt()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.BrokenEvents(Half), FakeServer.Says("whole"));
        await using var models = TestModels.OpenAI(server);

        var response = await models.Client.GetResponseAsync("hi");

        Assert.Equal("whole", response.Text);
        Assert.Equal(2, ((IReadOnlyList<ModelAttempt>)response.AdditionalProperties![ModelKeys.Attempts]!).Count);
        Assert.Equal(4, response.Usage!.CachedInputTokenCount);
    }

    [Fact]
    public async Task GarbledCall_IsAskedForWithForce_ThenWithoutTools()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(500, Garbled), FakeServer.Events(Half, Garbled), FakeServer.Says("in words"));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync(options: new ChatOptions { Tools = [TestModels.Tool()] });

        Assert.Equal("in words", heard.Text);
        Assert.Equal(1, heard.Resets);
        var bodies = server.Requests.Select(r => r.Body).ToList();
        Assert.Equal([false, true, false], bodies.Select(b => b.TryGetProperty("tool_choice", out var c) && c.GetString() == "required"));
        Assert.Equal([true, true, false], bodies.Select(b => b.TryGetProperty("tools", out _)));
        Assert.Equal([ModelErrorKind.Malformed, ModelErrorKind.Malformed, null], heard.Attempts.Select(a => a.Error));
    }

    [Fact]
    public async Task GarbledText_WithoutTools_IsNotAskedAgain()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(500, Garbled));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync();

        Assert.True(heard.Error!.IsGarbledOutput);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Fallback_TakesOver_AndIsOnRecord()
    {
        await using var down = await FakeServer.StartAsync(FakeServer.Status(503, "{}"));
        await using var up = await FakeServer.StartAsync(FakeServer.Says("from the other"));
        await using var models = TestModels.OpenAI(down, Other(up), ("models:fallback:0", "other"), ("models:named:other:provider", "openai"), ("models:named:other:name", "second"));

        var heard = await models.AskAsync();

        Assert.Equal("from the other", heard.Text);
        Assert.Equal("openai/second", heard.Attempts[^1].Model.ToString());
        Assert.Contains("other is asked instead", heard.Attempts[^2].Note, StringComparison.Ordinal);
        Assert.Equal("second", up.Body.GetProperty("model").GetString());

        // The first model's key stays with the first model.
        Assert.False(up.Requests.Single().Headers.ContainsKey("Authorization"));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(400)]
    public async Task Fallback_DoesNotHideWhatAPersonMustMend(int status)
    {
        await using var wrong = await FakeServer.StartAsync(FakeServer.Status(status, "{}"));
        await using var up = await FakeServer.StartAsync(FakeServer.Says("hidden"));
        await using var models = TestModels.OpenAI(wrong, Other(up), ("models:fallback:0", "other"));

        var heard = await models.AskAsync();

        Assert.NotNull(heard.Error);
        Assert.Empty(up.Requests);
    }

    [Fact]
    public async Task Fallback_ForOneKindOfError_GoesFirst_AndMustBeLarger()
    {
        await using var small = await FakeServer.StartAsync(FakeServer.Status(400, """{"error":{"message":"x","type":"exceed_context_size_error","n_ctx":4096}}"""));
        await using var same = await FakeServer.StartAsync(FakeServer.Says("no"));
        await using var large = await FakeServer.StartAsync(FakeServer.Says("yes"));
        await using var models = TestModels.OpenAI(
            small,
            ("models:named:same:endpoint", same.Url), ("models:named:same:name", "a"), ("models:named:same:contextWindow", "4096"),
            ("models:named:large:endpoint", large.Url), ("models:named:large:name", "b"), ("models:named:large:contextWindow", "100000"),
            ("models:fallbackFor:contextTooLong:0", "same"), ("models:fallbackFor:contextTooLong:1", "large"));

        Assert.Equal("yes", (await models.AskAsync()).Text);
        Assert.Empty(same.Requests);
    }

    [Fact]
    public async Task Circuit_Opens_SkipsTheModel_AndTriesItAgainLater()
    {
        var time = new ManualTime();
        await using var failing = await FakeServer.StartAsync(FakeServer.Status(500, "a"), FakeServer.Status(500, "b"), FakeServer.Says("recovered"));
        await using var up = await FakeServer.StartAsync(FakeServer.Says("other"));
        await using var models = new TestModels(
            [("models:endpoint", failing.Url), ("models:name", "m"), ("models:retry:maxAttempts", "1"), ("models:circuit:failures", "2"), Other(up), ("models:named:other:name", "o"), ("models:fallback:0", "other")], time);

        Assert.Equal("other", (await models.AskAsync()).Text);
        Assert.Equal("other", (await models.AskAsync()).Text);
        Assert.Equal(2, failing.Requests.Count);

        var skipped = await models.AskAsync();
        Assert.Equal(2, failing.Requests.Count);
        Assert.Contains("left alone", skipped.Attempts[0].Note, StringComparison.Ordinal);

        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("recovered", (await models.AskAsync()).Text);
    }

    [Fact]
    public async Task Circuit_OfTheOnlyModel_DoesNotKeepItFromBeingAsked()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(500, "a"), FakeServer.Status(500, "b"), FakeServer.Says("back"));
        await using var models = TestModels.OpenAI(server, ("models:retry:maxAttempts", "1"), ("models:circuit:failures", "1"));

        await models.AskAsync();
        await models.AskAsync();

        Assert.Equal("back", (await models.AskAsync()).Text);
    }

    [Fact]
    public async Task FirstToken_ThatDoesNotCome_IsATimeout()
    {
        var time = new ManualTime();
        var stalled = new TaskCompletionSource();
        await using var server = await FakeServer.StartAsync(FakeServer.StalledEvents(stalled));
        await using var models = new TestModels([("models:endpoint", server.Url), ("models:name", "m"), ("models:retry:maxAttempts", "1"), ("models:timeouts:firstToken", "00:00:30")], time);

        var asking = models.AskAsync();
        await stalled.Task;
        time.Advance(TimeSpan.FromSeconds(31));
        var heard = await asking;

        Assert.Equal(ModelErrorKind.TimedOut, heard.Error!.Kind);
        Assert.Contains("30 s", heard.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NextToken_ThatDoesNotCome_IsATimeout_AndVoidsWhatCame()
    {
        var time = new ManualTime();
        var got = new TaskCompletionSource();
        await using var server = await FakeServer.StartAsync(FakeServer.StalledEvents(new TaskCompletionSource(), Half));
        await using var models = new TestModels([("models:endpoint", server.Url), ("models:name", "m"), ("models:retry:maxAttempts", "1"), ("models:timeouts:betweenTokens", "00:00:05")], time);
        var heard = new Heard();
        var reading = Task.Run(async () =>
        {
            await foreach (var update in models.Client.GetStreamingResponseAsync("hi"))
            {
                heard.Take(update);
                if (update.Text.Length > 0)
                {
                    got.SetResult();
                }
            }
        });

        await got.Task;
        while (!reading.IsCompleted)
        {
            // The reader arms its timer only when it comes back for more.
            time.Advance(TimeSpan.FromSeconds(6));
            await Task.Yield();
        }

        Assert.Equal(ModelErrorKind.TimedOut, (await Assert.ThrowsAsync<ModelException>(() => reading)).Kind);
        Assert.Equal(1, heard.Resets);
    }

    [Fact]
    public async Task NamedModel_IsAskedByItsName()
    {
        await using var first = await FakeServer.StartAsync(FakeServer.Says("first"));
        await using var second = await FakeServer.StartAsync(FakeServer.Says("second"));
        await using var models = TestModels.OpenAI(first, Other(second), ("models:named:other:name", "o"));

        Assert.Equal("second", (await models.AskAsync(options: new ChatOptions { ModelId = "other" })).Text);
        Assert.Equal("first", (await models.AskAsync(options: new ChatOptions { ModelId = "default" })).Text);
        Assert.Equal(["default", "other"], models.Catalog.Names);
        await Assert.ThrowsAsync<ModelException>(() => models.Client.GetResponseAsync("x", new ChatOptions { ModelId = "nobody" }));
    }

    private static (string, string) Other(FakeServer server) => ("models:named:other:endpoint", server.Url);
}
