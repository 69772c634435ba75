using Agent.Models.Selection;
using Agent.Models.Tests.Support;

namespace Agent.Models.Tests.Selection;

public sealed class SelectionTests
{
    [Fact]
    public async Task ModelInfo_BeforeAnybodyAsked_IsNotWaitedFor()
    {
        await using var models = new TestModels([]);

        Assert.Null(models.Client.GetService(typeof(ModelInfo)));
        var found = await models.Catalog.DescribeAsync(null, CancellationToken.None);
        Assert.Equal("offline", found.Provider);
        Assert.Equal(found, models.Client.GetService(typeof(ModelInfo)));
    }

    [Fact]
    public async Task Nothing_Configured_IsTheOfflinePlanner_AndSaysWhy()
    {
        await using var models = new TestModels([]);

        Assert.Equal("offline", models.Info.Provider);
        Assert.Contains("no model is configured", models.Info.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_InTheEnvironment_ChoosesItsProvider_OpenAIFirst()
    {
        await using var both = new TestModels([], null, ("ANTHROPIC_API_KEY", "a"), ("OPENAI_API_KEY", "b"));
        await using var one = new TestModels([], null, ("ANTHROPIC_API_KEY", "a"));

        Assert.Equal(("openai", "OPENAI_API_KEY is set"), (both.Info.Provider, both.Info.Reason));
        Assert.Equal("anthropic", one.Info.Provider);
        Assert.NotNull(one.Info.Price);
    }

    [Fact]
    public async Task Configuration_GoesBeforeKeys_AndModelBeforeProvider()
    {
        await using var configured = new TestModels([("models:provider", "Anthropic"), ("models:name", "x")], null, ("OPENAI_API_KEY", "b"));
        await using var chosen = new TestModels([("models:provider", "anthropic"), ("models:name", "x"), ("models:model", "ollama/llama3.2:1b")], null, ("OPENAI_API_KEY", "b"));
        await using var offline = new TestModels([("models:model", "offline")], null, ("OPENAI_API_KEY", "b"));
        await using var endpoint = new TestModels([("models:endpoint", "http://127.0.0.1:1"), ("models:name", "m")]);

        Assert.Equal("anthropic/x", configured.Info.ToString());
        Assert.Equal("ollama/llama3.2:1b", chosen.Info.ToString());
        Assert.Equal("offline", offline.Info.Provider);
        Assert.Equal("openai/m", endpoint.Info.ToString());
    }

    [Fact]
    public async Task Key_OfOneProvider_IsNeverSentToAnother()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Says("ok"));
        await using var models = new TestModels([("models:provider", "anthropic"), ("models:apiKey", "sk-anthropic"), ("models:endpoint", server.Url), ("models:model", "openai/m")]);

        Assert.Equal("ok", (await models.AskAsync()).Text);
        Assert.False(server.Requests.Single().Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Key_OfOpenAI_IsAskedFor_WhereItIsNotSet()
    {
        await using var models = new TestModels([("models:provider", "openai")]);

        var error = (await models.AskAsync()).Error!;

        Assert.Equal(ModelErrorKind.Unauthorized, error.Kind);
        Assert.Contains("OPENAI_API_KEY", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/")]
    [InlineData("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1/")]
    [InlineData("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/")]
    [InlineData("https://openrouter.ai/api/v1/", "https://openrouter.ai/api/v1/")]
    public void Endpoint_WithoutAPath_GetsTheUsualOne(string given, string expected)
    {
        var spec = new ModelSpec("k", "openai", "m", new ModelOptions { Endpoint = given }, "");

        Assert.Equal(expected, Endpoints.Of(spec, _ => null).Address.AbsoluteUri);
    }

    [Fact]
    public void Endpoint_InMessages_HidesWhatMayBeSecret()
    {
        var endpoint = Endpoints.Of(new ModelSpec("k", "openai", "m", new ModelOptions { Endpoint = "https://user:pass@host/v1?key=abc", ApiKey = "sk-1234" }, ""), _ => null);

        Assert.DoesNotContain("pass", endpoint.Shown + endpoint, StringComparison.Ordinal);
        Assert.DoesNotContain("abc", endpoint.Shown + endpoint, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-1234", endpoint.ToString(), StringComparison.Ordinal);
        Assert.Equal("said [key]", endpoint.Redact("said sk-1234"));
    }

    [Theory]
    [InlineData("models:provider", "gpt", "provider is 'gpt'")]
    [InlineData("models:endpoint", "localhost:80", "endpoint is 'localhost:80'")]
    [InlineData("models:model", "nobody", "There is no model 'nobody'")]
    [InlineData("models:fallback:0", "nobody", "There is no model 'nobody'")]
    [InlineData("models:named:x:name", "m", "models:named:x has no provider")]
    [InlineData("models:fallbackFor:slow:0", "offline", "names no kind of error")]
    [InlineData("models:timeouts:firstToken", "00:00:00", "models:timeouts:firstToken")]
    [InlineData("models:retry:maxAttempts", "0", "maxAttempts")]
    public async Task Mistake_InTheConfiguration_IsToldInASentence(string key, string value, string words)
    {
        await using var models = new TestModels([(key, value)]);

        var exception = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => models.Client);
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LlamaCpp_TellsContextSizeAndAbilities_AndAFewParametersChooseTheSmallProfile()
    {
        await using var server = await FakeServer.StartWithDiscoveryAsync(context => FakeServer.Status(200, context.Request.Path == "/props"
            ? """{"default_generation_settings":{"n_ctx":4096},"total_slots":2,"modalities":{"vision":true}}"""
            : """{"object":"list","data":[{"id":"coder-0.5b","aliases":["coder-0.5b"],"owned_by":"llamacpp","meta":{"n_ctx":8192,"n_ctx_train":32768,"n_params":393910144}}]}""")(context));
        await using var models = new TestModels([("models:endpoint", server.Url)]);

        var info = await models.Catalog.DescribeAsync(null, default);

        Assert.Equal(("coder-0.5b", 4096, "small"), (info.Name, info.ContextWindow, info.Profile.Name));
        Assert.True(info.Capabilities.HasFlag(ModelCapabilities.Grammar | ModelCapabilities.Images | ModelCapabilities.JsonSchema | ModelCapabilities.ForcedToolChoice));
        Assert.Equal(info, models.Info);
    }

    [Theory]
    [InlineData("""{"data":[{"id":"m","owned_by":"vllm","max_model_len":32000}]}""", 32000)]
    [InlineData("""{"data":[{"id":"other","context_length":5},{"id":"m","context_length":131072}]}""", 131072)]
    [InlineData("""{"data":[]}""", null)]
    [InlineData("""[]""", null)]
    public async Task List_OfModels_TellsTheContext(string body, int? context)
    {
        await using var server = await FakeServer.StartWithDiscoveryAsync(FakeServer.Status(200, body));
        await using var models = new TestModels([("models:endpoint", server.Url), ("models:name", "m")]);

        Assert.Equal(context, (await models.Catalog.DescribeAsync(null, default)).ContextWindow);
    }

    [Fact]
    public async Task Description_OfAServerThatIsDown_DoesNotThrow_AndAProbeSaysWhatToDo()
    {
        await using var models = new TestModels([("models:endpoint", "http://127.0.0.1:1"), ("models:name", "m"), ("models:contextWindow", "2048")]);

        Assert.Equal(2048, (await models.Catalog.DescribeAsync(null, default)).ContextWindow);
        var probe = await models.Catalog.ProbeAsync(null, default);
        Assert.False(probe.Answered);
        Assert.Contains("http://127.0.0.1:1", probe.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Description_OfAServerThatAcceptsAndNeverAnswers_IsGivenUpAfterTheLimit()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var time = new ManualTime();
        await using var server = await FakeServer.StartWithDiscoveryAsync(FakeServer.StalledEvents(asked));
        await using var models = new TestModels([("models:endpoint", server.Url), ("models:name", "m"), ("models:contextWindow", "2048")], time);

        var described = models.Catalog.DescribeAsync(null, default).AsTask();
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(described.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal(2048, (await described.WaitAsync(TimeSpan.FromMinutes(1))).ContextWindow);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Description_ThatIsCancelled_DoesNotWaitForTheLimit()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cancel = new CancellationTokenSource();
        await using var server = await FakeServer.StartWithDiscoveryAsync(FakeServer.StalledEvents(asked));
        await using var models = new TestModels([("models:endpoint", server.Url), ("models:name", "m")], new ManualTime());

        var described = models.Catalog.DescribeAsync(null, cancel.Token).AsTask();
        await asked.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => described.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    /// <summary>A server that holds its model to a demanded call, one that does not, and a model that calls whatever it is told.</summary>
    [Theory]
    [InlineData(true, false, true, false)]
    [InlineData(false, false, false, false)]
    [InlineData(true, true, null, true)]
    public async Task Probe_TellsADemandThatIsKept_FromAModelThatCallsAnyway(bool whenDemanded, bool whenGreeted, bool? forced, bool unasked)
    {
        var call = FakeServer.Events("""{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}}]},"finish_reason":"tool_calls"}]}""", "[DONE]");
        await using var server = await FakeServer.StartAsync(context =>
        {
            var body = FakeServer.BodyOf(context)!.Value;
            var calls = body.GetProperty("messages")[0].GetProperty("content").GetString()!.Contains("weather", StringComparison.Ordinal)
                || (body.TryGetProperty("tool_choice", out var choice) && choice.GetString() == "required" ? whenDemanded : whenGreeted);
            return calls ? call(context) : FakeServer.Says("Hello.")(context);
        });
        await using var models = TestModels.OpenAI(server);

        var probe = await models.Catalog.ProbeAsync(null, default);

        Assert.True(probe.Answered);
        Assert.Equal((true, forced, unasked), (probe.CalledTool, probe.ForcedChoice, probe.CallsUnasked));
        Assert.Equal(whenDemanded ? 3 : 2, server.Requests.Count);
    }
}
