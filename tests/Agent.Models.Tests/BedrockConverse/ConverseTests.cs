using System.Text.Json;
using Agent.Models.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.BedrockConverse;

public sealed class ConverseTests
{
    private static readonly byte[] ThoughtAndCall = EventStream.Of(
        ("messageStart", """{"role":"assistant"}"""),
        ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Let me look."}}}"""),
        ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"sig=="}}}"""),
        ("contentBlockStop", """{"contentBlockIndex":0}"""),
        ("contentBlockDelta", """{"contentBlockIndex":1,"delta":{"text":"I ask."}}"""),
        ("contentBlockStart", """{"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"tooluse_1","name":"sql__query"}}}"""),
        ("contentBlockDelta", """{"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"statement\":"}}}"""),
        ("contentBlockDelta", """{"contentBlockIndex":2,"delta":{"toolUse":{"input":"\"SELECT 1\"}"}}}"""),
        ("contentBlockStop", """{"contentBlockIndex":2}"""),
        ("messageStop", """{"stopReason":"tool_use"}"""),
        ("metadata", """{"usage":{"inputTokens":10,"outputTokens":20,"totalTokens":1130,"cacheReadInputTokens":1000,"cacheWriteInputTokens":100},"metrics":{"latencyMs":500}}"""));

    private static readonly byte[] Done = EventStream.Of(
        ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"done"}}"""), ("messageStop", """{"stopReason":"end_turn"}"""), ("metadata", """{"usage":{"inputTokens":1,"outputTokens":1}}"""));

    [Fact]
    public async Task Answer_WithReasoningTextAndCall_IsReadWhole()
    {
        await using var server = await FakeServer.StartAsync(Answer(ThoughtAndCall));
        await using var models = Models(server);

        var heard = await models.AskAsync(options: new ChatOptions { Tools = [TestModels.Tool()] });

        var thought = heard.Response.Messages[0].Contents.OfType<TextReasoningContent>().Single();
        Assert.Equal(("Let me look.", "sig=="), (thought.Text, thought.ProtectedData));
        Assert.Equal("I ask.", heard.Text);
        Assert.Equal("SELECT 1", ((JsonElement)Assert.Single(heard.Calls).Arguments!["statement"]!).GetString());
        Assert.Equal((1110, 20, 1000), (heard.Usage!.InputTokenCount, heard.Usage.OutputTokenCount, heard.Usage.CachedInputTokenCount));
        Assert.Equal(100, heard.Usage.AdditionalCounts![ModelPrice.CacheWriteTokens]);
    }

    [Fact]
    public async Task Request_IsSigned_AndAddressesTheModel()
    {
        await using var server = await FakeServer.StartAsync(Answer(Done));
        await using var models = Models(server);

        await models.AskAsync();

        var request = server.Requests.Last();
        Assert.Equal("/model/anthropic.claude-sonnet-4-20250514-v1:0/converse-stream", Uri.UnescapeDataString(request.Path));
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/", request.Headers.Authorization.ToString(), StringComparison.Ordinal);
        Assert.Contains("/eu-west-1/bedrock/aws4_request", request.Headers.Authorization.ToString(), StringComparison.Ordinal);
        Assert.Equal("token", request.Headers["X-Amz-Security-Token"]);
        Assert.DoesNotContain("wJalrXUtnFEMI", string.Join(' ', request.Headers.Select(h => h.Value.ToString())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversation_GoesBackWithReasoning_ResultsAndCachePoints()
    {
        await using var server = await FakeServer.StartAsync(Answer(ThoughtAndCall), Answer(Done));
        await using var models = Models(server);
        var options = new ChatOptions { Tools = [TestModels.Tool()], ToolMode = ChatToolMode.RequireAny };
        List<ChatMessage> conversation = [new(ChatRole.System, "be brief"), new(ChatRole.User, [new TextContent("go"), new DataContent(new byte[] { 1, 2, 3 }, "image/png")])];

        conversation.AddMessages((await models.AskAsync(conversation, options)).Response);
        conversation.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent("tooluse_1", "1 row")]));
        await models.AskAsync(conversation, options);

        var body = server.Body;
        Assert.True(body.GetProperty("system")[1].TryGetProperty("cachePoint", out _));
        Assert.True(body.GetProperty("toolConfig").GetProperty("tools")[1].TryGetProperty("cachePoint", out _));
        Assert.True(body.GetProperty("toolConfig").GetProperty("toolChoice").TryGetProperty("any", out _));
        var messages = body.GetProperty("messages");
        Assert.Equal(("png", "AQID"), (messages[0].GetProperty("content")[1].GetProperty("image").GetProperty("format").GetString(), messages[0].GetProperty("content")[1].GetProperty("image").GetProperty("source").GetProperty("bytes").GetString()));
        Assert.Equal("sig==", messages[1].GetProperty("content")[0].GetProperty("reasoningContent").GetProperty("reasoningText").GetProperty("signature").GetString());
        Assert.Equal("SELECT 1", messages[1].GetProperty("content")[2].GetProperty("toolUse").GetProperty("input").GetProperty("statement").GetString());
        var result = messages[2].GetProperty("content")[0].GetProperty("toolResult");
        Assert.Equal(("tooluse_1", "1 row", "success"), (result.GetProperty("toolUseId").GetString(), result.GetProperty("content")[0].GetProperty("text").GetString(), result.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Thinking_IsAskedForAsAnthropicHasIt_WithoutSampling()
    {
        await using var server = await FakeServer.StartAsync(Answer(Done));
        await using var models = Models(server, ("models:reasoning", "low"));

        await models.AskAsync(options: new ChatOptions { Temperature = 0.5f });

        Assert.Equal(2048, server.Body.GetProperty("additionalModelRequestFields").GetProperty("thinking").GetProperty("budget_tokens").GetInt32());
        Assert.False(server.Body.GetProperty("inferenceConfig").TryGetProperty("temperature", out _));
    }

    [Fact]
    public async Task Conversation_WithoutTools_TellsFormerCallsInWords()
    {
        await using var server = await FakeServer.StartAsync(Answer(Done));
        await using var models = Models(server);

        await models.AskAsync(
            [new(ChatRole.User, "go"), new(ChatRole.Assistant, [new FunctionCallContent("a", "look", new Dictionary<string, object?> { ["x"] = 1 })]), new(ChatRole.Tool, [new FunctionResultContent("a", "seen")])],
            new ChatOptions { Tools = [TestModels.Tool()], ToolMode = ChatToolMode.None });

        Assert.False(server.Body.TryGetProperty("toolConfig", out _));
        Assert.DoesNotContain("toolUse", server.Body.GetRawText(), StringComparison.Ordinal);
        Assert.Contains("seen", server.Body.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("throttlingException", ModelErrorKind.RateLimited)]
    [InlineData("serviceUnavailableException", ModelErrorKind.Overloaded)]
    [InlineData("modelStreamErrorException", ModelErrorKind.Overloaded)]
    [InlineData("validationException", ModelErrorKind.BadRequest)]
    public async Task Exception_InTheStream_IsItsKind(string type, ModelErrorKind kind)
    {
        await using var server = await FakeServer.StartAsync(Answer(EventStream.Exception(type, """{"message":"no"}""")));
        await using var models = Models(server, ("models:retry:maxAttempts", "1"));

        Assert.Equal(kind, (await models.AskAsync()).Error!.Kind);
    }

    [Theory]
    [InlineData(429, """{"message":"Too many requests"}""", ModelErrorKind.RateLimited)]
    [InlineData(403, """{"message":"The security token included in the request is invalid."}""", ModelErrorKind.Unauthorized)]
    [InlineData(400, """{"message":"Input is too long for requested model."}""", ModelErrorKind.ContextTooLong)]
    [InlineData(400, """{"message":"The provided model identifier is invalid."}""", ModelErrorKind.BadRequest)]
    [InlineData(500, "", ModelErrorKind.Overloaded)]
    public async Task Status_IsItsKind(int status, string body, ModelErrorKind kind)
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(status, body));
        await using var models = Models(server, ("models:retry:maxAttempts", "1"));

        Assert.Equal(kind, (await models.AskAsync()).Error!.Kind);
    }

    [Fact]
    public async Task Stream_CutAnywhere_IsUnreachable_AndABrokenOneMalformed()
    {
        var damaged = (byte[])ThoughtAndCall.Clone();
        damaged[40] ^= 1;
        await using var server = await FakeServer.StartAsync([.. Enumerable.Range(1, 30).Select(i => Answer(ThoughtAndCall[..(i * 20)])), Answer(damaged)]);
        await using var models = Models(server, ("models:retry:maxAttempts", "1"), ("models:circuit:failures", "1000"));

        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(ModelErrorKind.Unreachable, (await models.AskAsync()).Error!.Kind);
        }

        Assert.Equal(ModelErrorKind.Malformed, (await models.AskAsync()).Error!.Kind);
    }

    [Fact]
    public async Task Keys_ThatAreMissing_AreAskedFor()
    {
        await using var models = new TestModels([("models:provider", "bedrock"), ("models:name", "amazon.nova-lite-v1:0"), ("models:region", "us-east-1")]);

        var error = (await models.AskAsync()).Error!;

        Assert.Equal(ModelErrorKind.Unauthorized, error.Kind);
        Assert.Contains("AWS_ACCESS_KEY_ID", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiKeyOfBedrock_GoesAsABearerToken()
    {
        await using var server = await FakeServer.StartAsync(Answer(Done));
        await using var models = new TestModels([("models:provider", "bedrock"), ("models:name", "amazon.nova-lite-v1:0"), ("models:endpoint", server.Url)], null, ("AWS_BEARER_TOKEN_BEDROCK", "bedrock-key"));

        Assert.Equal("done", (await models.AskAsync()).Text);
        Assert.Equal("Bearer bedrock-key", server.Requests.Last().Headers.Authorization);
    }

    private static Func<Microsoft.AspNetCore.Http.HttpContext, Task> Answer(byte[] bytes) => FakeServer.Bytes("application/vnd.amazon.eventstream", bytes);

    private static TestModels Models(FakeServer server, params (string, string)[] more) => new(
        [("models:provider", "bedrock"), ("models:name", "anthropic.claude-sonnet-4-20250514-v1:0"), ("models:endpoint", server.Url), ("models:region", "eu-west-1"), .. more],
        null, ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), ("AWS_SESSION_TOKEN", "token"));
}
