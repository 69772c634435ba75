using System.Text.Json;
using Agent.Models.ChatCompletions;
using Agent.Models.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.ChatCompletions;

public sealed class ChatCompletionsRequestTests
{
    private static JsonElement Write(IEnumerable<ChatMessage> messages, ChatOptions? options = null, ChatCompletionsDialect? dialect = null) =>
        JsonDocument.Parse(ChatCompletionsRequest.Write("m", messages, options, dialect ?? ChatCompletionsDialect.Compatible)).RootElement;

    [Fact]
    public void Conversation_WithCallsAndResults_HasOneMessageForEachResult()
    {
        var body = Write([
            new(ChatRole.System, "be brief"),
            new(ChatRole.User, "go"),
            new(ChatRole.Assistant, [new TextContent("I look."), new FunctionCallContent("a", "t", new Dictionary<string, object?> { ["x"] = 1, ["s"] = "ü" }), new FunctionCallContent("b", "t")]),
            new(ChatRole.Tool, [new FunctionResultContent("a", "one"), new FunctionResultContent("b", JsonDocument.Parse("""{"two":2}""").RootElement)]),
        ]);

        var messages = body.GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(["system", "user", "assistant", "tool", "tool"], messages.Select(m => m.GetProperty("role").GetString()));
        Assert.Equal("""{"x":1,"s":"ü"}""", messages[2].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal("{}", messages[2].GetProperty("tool_calls")[1].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal(("b", """{"two":2}"""), (messages[4].GetProperty("tool_call_id").GetString(), messages[4].GetProperty("content").GetString()));
        Assert.True(body.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
    }

    [Fact]
    public void Image_IsSentAsData_AndTextBesideIt()
    {
        var body = Write([new(ChatRole.User, [new TextContent("what is it?"), new DataContent(new byte[] { 1, 2, 3 }, "image/png")])]);

        var content = body.GetProperty("messages")[0].GetProperty("content");
        Assert.Equal("what is it?", content[0].GetProperty("text").GetString());
        Assert.Equal("data:image/png;base64,AQID", content[1].GetProperty("image_url").GetProperty("url").GetString());
    }

    [Theory]
    [InlineData("required")]
    [InlineData("none")]
    [InlineData(null)]
    public void ToolChoice_IsAsAsked(string? expected)
    {
        ChatToolMode? mode = expected switch { "required" => ChatToolMode.RequireAny, "none" => ChatToolMode.None, _ => null };

        var body = Write([new(ChatRole.User, "x")], new ChatOptions { Tools = [TestModels.Tool()], ToolMode = mode, AllowMultipleToolCalls = true });

        Assert.Equal(expected, body.TryGetProperty("tool_choice", out var choice) ? choice.GetString() : null);
        Assert.True(body.GetProperty("parallel_tool_calls").GetBoolean());
        Assert.Equal("sql__query", body.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
    }

    [Fact]
    public void ToolChoice_OfOneTool_NamesIt()
    {
        var body = Write([new(ChatRole.User, "x")], new ChatOptions { Tools = [TestModels.Tool()], ToolMode = ChatToolMode.RequireSpecific("sql__query") });

        Assert.Equal("sql__query", body.GetProperty("tool_choice").GetProperty("function").GetProperty("name").GetString());
    }

    [Fact]
    public void Tool_WithoutParameters_HasAnObjectWithProperties()
    {
        var body = Write([new(ChatRole.User, "x")], new ChatOptions { Tools = [TestModels.Tool("t", """{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}""")] });

        Assert.Equal("""{"type":"object","properties":{}}""", body.GetProperty("tools")[0].GetProperty("function").GetProperty("parameters").GetRawText());
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}""", true)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"],"additionalProperties":false}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","properties":{}}},"required":["a"],"additionalProperties":false}""", false)]
    [InlineData("""{"type":"object","properties":{"a":{"oneOf":[{"type":"string"}]}},"required":["a"],"additionalProperties":false}""", false)]
    [InlineData("""{"type":"array","items":{"type":"string"}}""", false)]
    public void Schema_IsStrict_OnlyWhereOpenAIWouldTakeIt(string schema, bool strict)
    {
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse(schema).RootElement, "answer") };

        var format = Write([new(ChatRole.User, "x")], options, ChatCompletionsDialect.OpenAI).GetProperty("response_format");

        Assert.Equal("json_schema", format.GetProperty("type").GetString());
        Assert.Equal(strict, format.GetProperty("json_schema").GetProperty("strict").GetBoolean());
    }

    [Fact]
    public void Options_HaveTheNamesOfEachServer()
    {
        var options = new ChatOptions { MaxOutputTokens = 7, Temperature = 0.2f, TopK = 3, StopSequences = ["!"], Seed = 5, Reasoning = new ReasoningOptions { Effort = ReasoningEffort.Low }, AdditionalProperties = new() { ["id_slot"] = 1, ["agent.private"] = "no" } };

        var own = Write([new(ChatRole.User, "x")], options);
        var openai = Write([new(ChatRole.User, "x")], options, ChatCompletionsDialect.OpenAI);

        Assert.Equal(7, own.GetProperty("max_tokens").GetInt32());
        Assert.Equal(7, openai.GetProperty("max_completion_tokens").GetInt32());
        Assert.Equal("0.2", own.GetProperty("temperature").GetRawText());
        Assert.Equal(3, own.GetProperty("top_k").GetInt32());
        Assert.False(openai.TryGetProperty("top_k", out _));
        Assert.Equal("low", own.GetProperty("reasoning_effort").GetString());
        Assert.Equal(1, own.GetProperty("id_slot").GetInt32());
        Assert.DoesNotContain("agent.", own.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Grammar_GoesOnlyToServersThatTakeOne()
    {
        var options = new ChatOptions { AdditionalProperties = new() { [ModelKeys.Grammar] = "root ::= \"a\"" } };

        Assert.Equal("root ::= \"a\"", Write([new(ChatRole.User, "x")], options, ChatCompletionsDialect.LlamaCpp).GetProperty("grammar").GetString());
        Assert.False(Write([new(ChatRole.User, "x")], options).TryGetProperty("grammar", out _));
    }

    [Fact]
    public async Task Headers_CarryTheKey_AndThoseOfTheConfiguration()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Says("ok"));
        await using var models = TestModels.OpenAI(server, ("models:headers:X-Team", "blue"));

        await models.AskAsync();

        var request = Assert.Single(server.Requests);
        Assert.Equal("Bearer sk-secret-key", request.Headers.Authorization);
        Assert.Equal("blue", request.Headers["X-Team"]);
        Assert.Equal("/v1/chat/completions", request.Path);
    }

    [Theory]
    [InlineData(null, "/openai/v1/chat/completions")]
    [InlineData("2024-10-21", "/openai/deployments/prod/chat/completions?api-version=2024-10-21")]
    public async Task Azure_HasItsAddressAndKeyHeader(string? version, string path)
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Says("ok"));
        await using var models = new TestModels(
            [("models:provider", "azure"), ("models:name", "prod"), ("models:endpoint", server.Url), .. version is null ? Array.Empty<(string, string)>() : [("models:apiVersion", version)]],
            null, ("AZURE_OPENAI_API_KEY", "azure-key"));

        Assert.Equal("ok", (await models.AskAsync()).Text);

        var request = Assert.Single(server.Requests);
        Assert.Equal(path, request.Path);
        Assert.Equal("azure-key", request.Headers["api-key"]);
        Assert.False(request.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Image_ForAModelThatReadsNone_IsNamedInstead()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Says("ok"));
        await using var blind = TestModels.OpenAI(server);
        await using var seeing = TestModels.OpenAI(server, ("models:images", "true"));
        ChatMessage[] conversation = [new(ChatRole.User, [new TextContent("what?"), new DataContent(new byte[] { 1 }, "image/png") { Name = "cat.png" }])];

        await blind.AskAsync(conversation);
        Assert.Contains("cat.png", server.Body.GetProperty("messages")[0].GetProperty("content").GetString(), StringComparison.Ordinal);

        await seeing.AskAsync(conversation);
        Assert.Equal("image_url", server.Body.GetProperty("messages")[0].GetProperty("content")[1].GetProperty("type").GetString());
    }
}
