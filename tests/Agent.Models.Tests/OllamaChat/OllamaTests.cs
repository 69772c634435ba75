using System.Text.Json;
using Agent.Models.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.OllamaChat;

public sealed class OllamaTests
{
    private const string Show = """{"parameters":"stop    \"<|im_end|>\"\ntemperature    0.7","details":{"family":"qwen2","parameter_size":"494.03M"},"model_info":{"general.parameter_count":494032768,"qwen2.context_length":32768},"capabilities":["completion","tools"]}""";

    private static readonly string[] Call =
    [
        """{"model":"qwen2.5:0.5b","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"","thinking":"Hm."},"done":false}""",
        """{"model":"qwen2.5:0.5b","message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"sql__query","arguments":{"statement":"SELECT 1"}}}]},"done":false}""",
        """{"model":"qwen2.5:0.5b","message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"total_duration":1,"prompt_eval_count":26,"eval_count":7}""",
    ];

    [Fact]
    public async Task Answer_WithThinkingAndCall_IsReadWhole_AndGoesBack()
    {
        await using var server = await StartAsync(FakeServer.Lines(Call));
        await using var models = Models(server);
        List<ChatMessage> conversation = [new(ChatRole.User, "go")];
        var options = new ChatOptions { Tools = [TestModels.Tool()] };

        var heard = await models.AskAsync(conversation, options);
        conversation.AddMessages(heard.Response);
        conversation.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(heard.Calls[0].CallId, "1 row")]));
        await models.AskAsync(conversation, options);

        Assert.Equal("SELECT 1", ((JsonElement)heard.Calls[0].Arguments!["statement"]!).GetString());
        Assert.Equal((26, 7), (heard.Usage!.InputTokenCount, heard.Usage.OutputTokenCount));
        var messages = server.Body.GetProperty("messages");
        Assert.Equal("Hm.", messages[1].GetProperty("thinking").GetString());
        Assert.Equal("SELECT 1", messages[1].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetProperty("statement").GetString());
        Assert.Equal(("tool", "sql__query", "1 row"), (messages[2].GetProperty("role").GetString(), messages[2].GetProperty("tool_name").GetString(), messages[2].GetProperty("content").GetString()));
    }

    [Fact]
    public async Task Context_IsLearned_AndAskedFor_SoThatNothingIsCutSilently()
    {
        await using var server = await StartAsync(FakeServer.Lines(Call));
        await using var models = Models(server);

        var info = await models.Catalog.DescribeAsync(null, default);
        await models.AskAsync();

        Assert.Equal(16_384, info.ContextWindow);
        Assert.Equal("small", info.Profile.Name);
        Assert.Equal(16_384, server.Body.GetProperty("options").GetProperty("num_ctx").GetInt32());
    }

    [Fact]
    public async Task Schema_IsSentAsFormat_AndImagesAsBase64()
    {
        await using var server = await StartAsync(FakeServer.Lines(Call));
        await using var models = Models(server, ("models:images", "true"));

        await models.AskAsync(
            [new(ChatRole.User, [new TextContent("x"), new DataContent(new byte[] { 1, 2, 3 }, "image/png")])],
            new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("""{"type":"object"}""").RootElement), MaxOutputTokens = 9, Reasoning = new() { Effort = ReasoningEffort.None } });

        Assert.Equal("object", server.Body.GetProperty("format").GetProperty("type").GetString());
        Assert.Equal("AQID", server.Body.GetProperty("messages")[0].GetProperty("images")[0].GetString());
        Assert.Equal(9, server.Body.GetProperty("options").GetProperty("num_predict").GetInt32());
        Assert.False(server.Body.GetProperty("think").GetBoolean());
    }

    [Theory]
    [InlineData(404, """{"error":"model 'qwen2.5:0.5b' not found"}""", ModelErrorKind.BadRequest, "no model")]
    [InlineData(400, """{"error":"registry.ollama.ai/library/x does not support tools"}""", ModelErrorKind.BadRequest, "does not support tools")]
    [InlineData(500, """{"error":"llama runner process has terminated"}""", ModelErrorKind.Overloaded, "terminated")]
    public async Task Error_IsItsKind(int status, string body, ModelErrorKind kind, string words)
    {
        await using var server = await StartAsync(FakeServer.Status(status, body));
        await using var models = Models(server, ("models:retry:maxAttempts", "1"));

        var error = (await models.AskAsync()).Error!;

        Assert.Equal(kind, error.Kind);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":"an error was encountered while running the model"}""", ModelErrorKind.Overloaded)]
    [InlineData("""{"message":{"content":""",  ModelErrorKind.Malformed)]
    [InlineData("", ModelErrorKind.Unreachable)]
    public async Task Stream_ThatGoesWrong_IsItsKind(string line, ModelErrorKind kind)
    {
        await using var server = await StartAsync(FakeServer.Lines("""{"message":{"role":"assistant","content":"half"},"done":false}""", line));
        await using var models = Models(server, ("models:retry:maxAttempts", "1"));

        var heard = await models.AskAsync();

        Assert.Equal(kind, heard.Error!.Kind);
        Assert.Equal(1, heard.Resets);
    }

    [Fact]
    public async Task Ollama_OnItsPort_IsFound_AndItsFirstModelThatCallsToolsIsTaken()
    {
        await using var found = await FakeServer.StartWithDiscoveryAsync(context => FakeServer.Status(200, FakeServer.BodyOf(context)?.GetProperty("model").GetString() switch
        {
            null => """{"models":[{"name":"first"},{"name":"second"}]}""",
            "first" => """{"capabilities":["embedding"]}""",
            _ => Show,
        })(context));
        await using var models = new TestModels([], null, ("OLLAMA_HOST", found.Url.Replace("http://", "", StringComparison.Ordinal)));

        Assert.Equal("ollama/second", models.Info.ToString());
        Assert.Contains("Ollama answers at", models.Info.Reason, StringComparison.Ordinal);
    }

    private static Task<FakeServer> StartAsync(Func<HttpContext, Task> chat) =>
        FakeServer.StartAsync(context => context.Request.Path == "/api/show" ? FakeServer.Status(200, Show)(context) : chat(context));

    private static TestModels Models(FakeServer server, params (string, string)[] more) =>
        new([("models:provider", "ollama"), ("models:name", "qwen2.5:0.5b"), ("models:endpoint", server.Url), .. more]);
}
