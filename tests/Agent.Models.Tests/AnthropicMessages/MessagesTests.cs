using System.Text.Json;
using Agent.Models.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.AnthropicMessages;

public sealed class MessagesTests
{
    private const string Start = """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"stop_reason":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":100,"cache_read_input_tokens":1000,"output_tokens":1}}}""";
    private const string Stop = """{"type":"message_stop"}""";

    [Fact]
    public async Task Answer_WithThinkingTextAndCalls_IsReadWhole()
    {
        await using var server = await FakeServer.StartAsync(ThinkingAndCall);
        await using var models = Models(server);

        var heard = await models.AskAsync(options: new ChatOptions { Tools = [TestModels.Tool()] });

        var message = Assert.Single(heard.Response.Messages);
        var thought = message.Contents.OfType<TextReasoningContent>().Single();
        Assert.Equal(("Let me look.", "sig=="), (thought.Text, thought.ProtectedData));
        Assert.Equal("I will ask. ", heard.Text);
        var call = Assert.Single(heard.Calls);
        Assert.Equal(("toolu_1", "sql__query", "SELECT 1"), (call.CallId, call.Name, ((JsonElement)call.Arguments!["statement"]!).GetString()));
        Assert.Equal(ChatFinishReason.ToolCalls, heard.Response.FinishReason);
        Assert.Equal((1110, 42, 1000), (heard.Usage!.InputTokenCount, heard.Usage.OutputTokenCount, heard.Usage.CachedInputTokenCount));
        Assert.Equal(100, heard.Usage.AdditionalCounts![ModelPrice.CacheWriteTokens]);
    }

    [Fact]
    public async Task Conversation_GoesBackWithThinking_MergedResults_AndCacheMarks()
    {
        await using var server = await FakeServer.StartAsync(ThinkingAndCall, Says("done"));
        await using var models = Models(server, ("models:reasoning", "low"));
        var options = new ChatOptions { Tools = [TestModels.Tool("one"), TestModels.Tool("two")], Temperature = 0.5f };
        List<ChatMessage> conversation = [new(ChatRole.System, "be brief"), new(ChatRole.User, "go")];

        conversation.AddMessages((await models.AskAsync(conversation, options)).Response);
        conversation.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent("toolu_1", "first") { Exception = new InvalidOperationException() }]));
        conversation.Add(new ChatMessage(ChatRole.User, "and quickly"));
        await models.AskAsync(conversation, options);

        var body = server.Body;
        Assert.Equal("ephemeral", body.GetProperty("system")[0].GetProperty("cache_control").GetProperty("type").GetString());
        Assert.False(body.GetProperty("tools")[0].TryGetProperty("cache_control", out _));
        Assert.True(body.GetProperty("tools")[1].TryGetProperty("cache_control", out _));
        Assert.Equal(["user", "assistant", "user"], body.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("role").GetString()));
        var assistant = body.GetProperty("messages")[1].GetProperty("content");
        Assert.Equal(["thinking", "text", "tool_use"], assistant.EnumerateArray().Select(c => c.GetProperty("type").GetString()));
        Assert.Equal("sig==", assistant[0].GetProperty("signature").GetString());
        var user = body.GetProperty("messages")[2].GetProperty("content");
        Assert.Equal(["tool_result", "text"], user.EnumerateArray().Select(c => c.GetProperty("type").GetString()));
        Assert.True(user[0].GetProperty("is_error").GetBoolean());
        Assert.True(user[1].TryGetProperty("cache_control", out _));
        Assert.Equal("enabled", body.GetProperty("thinking").GetProperty("type").GetString());
        Assert.False(body.TryGetProperty("temperature", out _));
    }

    [Fact]
    public async Task Thinking_IsLeftOut_WhereTheTurnBeganWithoutIt_OrACallIsForced()
    {
        await using var server = await FakeServer.StartAsync(Says("done"));
        await using var models = Models(server, ("models:reasoning", "high"));
        ChatMessage[] withoutThinking = [new(ChatRole.User, "go"), new(ChatRole.Assistant, [new FunctionCallContent("a", "t")]), new(ChatRole.Tool, [new FunctionResultContent("a", "r")])];

        await models.AskAsync(withoutThinking);
        Assert.False(server.Body.TryGetProperty("thinking", out _));

        await models.AskAsync(options: new ChatOptions { Tools = [TestModels.Tool()], ToolMode = ChatToolMode.RequireAny });
        Assert.False(server.Body.TryGetProperty("thinking", out _));
        Assert.Equal("any", server.Body.GetProperty("tool_choice").GetProperty("type").GetString());

        await models.AskAsync();
        Assert.True(server.Body.TryGetProperty("thinking", out _));
    }

    [Fact]
    public async Task Server_WhoseCallHasNoInput_IsUnderstood()
    {
        // llama.cpp b1-0c1e570 leaves out "input" where Anthropic sends an empty object.
        await using var server = await FakeServer.StartAsync(FakeServer.NamedEvents(
            """{"type":"message_start","message":{"id":"c","type":"message","role":"assistant","content":[],"model":"coder-0.5b","stop_reason":null,"stop_sequence":null,"usage":{"cache_read_input_tokens":12,"input_tokens":105,"output_tokens":0}}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"Vs2b","name":"sql__query"}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"statement\": \"SELECT 1\"}"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":22}}""",
            Stop));
        await using var models = Models(server);

        var heard = await models.AskAsync(options: new ChatOptions { Tools = [TestModels.Tool()] });

        Assert.Equal("SELECT 1", ((JsonElement)Assert.Single(heard.Calls).Arguments!["statement"]!).GetString());
        Assert.Equal((117, 22), (heard.Usage!.InputTokenCount, heard.Usage.OutputTokenCount));
    }

    [Fact]
    public async Task Image_AndRedactedThinking_GoInTheirBlocks()
    {
        await using var server = await FakeServer.StartAsync(
            FakeServer.NamedEvents(
                Start,
                """{"type":"content_block_start","index":0,"content_block":{"type":"redacted_thinking","data":"enc"}}""",
                """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"look","input":{}}}""",
                """{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":1}}""",
                Stop),
            Says("a cat"));
        await using var models = Models(server);
        List<ChatMessage> conversation = [new(ChatRole.User, [new TextContent("what?"), new DataContent(new byte[] { 1, 2, 3 }, "image/png")])];

        conversation.AddMessages((await models.AskAsync(conversation)).Response);
        conversation.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent("t", "r")]));
        await models.AskAsync(conversation);

        var messages = server.Body.GetProperty("messages");
        Assert.Equal("AQID", messages[0].GetProperty("content")[1].GetProperty("source").GetProperty("data").GetString());
        Assert.Equal("enc", messages[1].GetProperty("content")[0].GetProperty("data").GetString());
    }

    [Theory]
    [InlineData(429, "rate_limit_error", "slow", ModelErrorKind.RateLimited)]
    [InlineData(529, "overloaded_error", "Overloaded", ModelErrorKind.Overloaded)]
    [InlineData(401, "authentication_error", "invalid x-api-key", ModelErrorKind.Unauthorized)]
    [InlineData(400, "invalid_request_error", "prompt is too long: 213000 tokens > 200000 maximum", ModelErrorKind.ContextTooLong)]
    [InlineData(404, "not_found_error", "model: fake not found", ModelErrorKind.BadRequest)]
    public async Task Error_IsItsKind(int status, string type, string message, ModelErrorKind kind)
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(status, JsonSerializer.Serialize(new { type = "error", error = new { type, message } }), "application/json", ("retry-after", "77")));
        await using var models = Models(server);

        var error = (await models.AskAsync()).Error!;

        Assert.Equal(kind, error.Kind);
        Assert.Equal(kind == ModelErrorKind.RateLimited ? TimeSpan.FromSeconds(77) : error.RetryAfter, error.RetryAfter);
        Assert.DoesNotContain("sk-ant-secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_InTheStream_VoidsWhatCame_AndIsTriedAgain()
    {
        await using var server = await FakeServer.StartAsync(
            FakeServer.NamedEvents(Start, Text("half"), """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"""), Says("whole"));
        await using var models = Models(server);

        var heard = await models.AskAsync();

        Assert.Equal("whole", heard.Text);
        Assert.Equal((1, ModelErrorKind.Overloaded), (heard.Resets, heard.Attempts[0].Error!.Value));
    }

    [Fact]
    public async Task Stream_ThatEndsEarly_IsTriedAgain_AndNonsenseIsSaid()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.NamedEvents(Start, Text("half")), Says("whole"), FakeServer.Status(200, "<html>", "text/html"));
        await using var models = Models(server);

        Assert.Equal("whole", (await models.AskAsync()).Text);
        Assert.Equal(ModelErrorKind.Malformed, (await models.AskAsync()).Error!.Kind);
    }

    [Fact]
    public async Task Event_ThatIsNoJson_IsMalformed()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(200, $"event: message_start\ndata: {Start}\n\nevent: content_block_delta\ndata: {{\"type\":\n\n", "text/event-stream"));
        await using var models = Models(server);

        Assert.Equal(ModelErrorKind.Malformed, (await models.AskAsync()).Error!.Kind);
    }

    [Fact]
    public async Task Request_CarriesKeyAndVersion_AndALimitForTheAnswer()
    {
        await using var server = await FakeServer.StartAsync(Says("ok"));
        await using var models = Models(server);

        await models.AskAsync();

        var request = server.Requests.Last();
        Assert.Equal("/v1/messages", request.Path);
        Assert.Contains(new[] { request.Headers["x-api-key"].ToString(), request.Headers.Authorization.ToString() }, value => value.EndsWith("sk-ant-secret", StringComparison.Ordinal));
        Assert.NotEmpty(request.Headers["anthropic-version"].ToString());
        Assert.True(request.Body.GetProperty("max_tokens").GetInt32() > 0);
        Assert.True(request.Body.GetProperty("stream").GetBoolean());
    }

    private static readonly Func<Microsoft.AspNetCore.Http.HttpContext, Task> ThinkingAndCall = FakeServer.NamedEvents(
        Start,
        """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me "}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"look."}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"sig=="}}""",
        """{"type":"content_block_stop","index":0}""",
        """{"type":"ping"}""",
        """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}""",
        """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"I will ask. "}}""",
        """{"type":"content_block_stop","index":1}""",
        """{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_1","name":"sql__query","input":{}}}""",
        """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"statement\":"}}""",
        """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":" \"SELECT 1\"}"}}""",
        """{"type":"content_block_stop","index":2}""",
        """{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":42}}""",
        Stop);

    private static string Text(string text) => JsonSerializer.Serialize(new { type = "content_block_delta", index = 0, delta = new { type = "text_delta", text } });

    private static Func<Microsoft.AspNetCore.Http.HttpContext, Task> Says(string text) => FakeServer.NamedEvents(
        Start, """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""", Text(text), """{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}""", Stop);

    private static TestModels Models(FakeServer server, params (string, string)[] more) => new(
        [("models:provider", "anthropic"), ("models:name", "fake"), ("models:endpoint", server.Url), ("models:maxOutput", "8192"), ("models:images", "true"), ("models:retry:maxDelay", "00:00:05"), .. more],
        null, ("ANTHROPIC_API_KEY", "sk-ant-secret"));
}
