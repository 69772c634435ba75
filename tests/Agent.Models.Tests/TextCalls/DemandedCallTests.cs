using System.Text.Json;
using Agent.Models.TextCalls;
using Agent.Models.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.TextCalls;

/// <summary>A demanded call of a small model behind llama.cpp, which takes prose where a call is demanded.</summary>
public sealed class DemandedCallTests
{
    private const string Models = """{"object":"list","data":[{"id":"coder-0.5b","owned_by":"llamacpp","meta":{"n_ctx":8192,"n_params":400000000}}]}""";

    private static readonly AIFunctionDeclaration Search = TestModels.Tool(
        "files__search_text",
        """{"type":"object","properties":{"pattern":{"type":"string","pattern":"^.+$","description":"The text."},"output":{"enum":["lines","files"]},"include":{"type":"array","items":{"type":"string"}},"any":{}},"required":["pattern"],"additionalProperties":false}""");

    [Fact]
    public async Task Demand_IsMadeByASchemaOfTheCallsThereAre_AndItsAnswerIsACall()
    {
        await using var server = await ServerAsync(FakeServer.Says("""{"name": "files__search_text", "arguments": {"pattern": "Heron"}}"""));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync("Who leads Heron?", new ChatOptions { Tools = [Search, TestModels.Tool()], ToolMode = ChatToolMode.RequireAny });

        var call = Assert.Single(heard.Calls);
        Assert.Equal("files__search_text", call.Name);
        Assert.True(ModelKeys.IsReadFromText(call));
        Assert.Equal("none", server.Body.GetProperty("tool_choice").GetString());
        Assert.Equal(2, server.Body.GetProperty("tools").GetArrayLength());
        var calls = server.Body.GetProperty("response_format").GetProperty("json_schema").GetProperty("schema").GetProperty("anyOf");
        Assert.Equal(["files__search_text", "sql__query"], calls.EnumerateArray().Select(static c => c.GetProperty("properties").GetProperty("name").GetProperty("const").GetString()!));
        Assert.Equal(
            """{"type":"object","properties":{"pattern":{"type":"string","maxLength":400},"output":{"enum":["lines","files"]},"include":{"type":"array","items":{"type":"string","maxLength":400},"maxItems":8},"any":{"type":["string","number","boolean"]}},"required":["pattern"],"additionalProperties":false}""",
            calls[0].GetProperty("properties").GetProperty("arguments").GetRawText());
    }

    [Fact]
    public async Task Demand_WhoseSchemaTheServerRefuses_IsMadeAsOfAnyOther()
    {
        await using var server = await ServerAsync(context => FakeServer.BodyOf(context)!.Value.TryGetProperty("response_format", out _)
            ? FakeServer.Status(400, """{"error":{"code":400,"message":"Failed to initialize samplers: failed to parse grammar","type":"invalid_request_error"}}""")(context)
            : FakeServer.Says("It is Ada.")(context));
        await using var models = TestModels.OpenAI(server);
        var options = new ChatOptions { Tools = [Search], ToolMode = ChatToolMode.RequireAny };

        var first = await models.AskAsync("Who?", options);
        var second = await models.AskAsync("Who?", options);

        Assert.Equal("It is Ada.", first.Text);
        Assert.Equal("It is Ada.", second.Text);
        Assert.Equal(["none", "required", "required"], server.Requests.Where(static r => r.Method == "POST").Select(static r => r.Body.GetProperty("tool_choice").GetString()!));
    }

    [Theory]
    [InlineData("models:profile", "default")]
    [InlineData("models:profiles:small:constrained", "false")]
    public async Task Demand_OfAModelThatIsNotHeldToWhatExists_IsLeftToTheServer(string key, string value)
    {
        await using var server = await ServerAsync(FakeServer.Says("It is Ada."));
        await using var models = TestModels.OpenAI(server, (key, value));

        await models.AskAsync("Who?", new ChatOptions { Tools = [Search], ToolMode = ChatToolMode.RequireAny });

        Assert.Equal("required", server.Body.GetProperty("tool_choice").GetString());
        Assert.False(server.Body.TryGetProperty("response_format", out _));
    }

    [Fact]
    public void Schema_OfOneTool_NamesThatAlone()
    {
        var schema = CallSchema.Of([Search, TestModels.Tool()], "sql__query")!.Value;

        Assert.Equal("sql__query", Assert.Single(schema.GetProperty("anyOf").EnumerateArray()).GetProperty("properties").GetProperty("name").GetProperty("const").GetString());
        Assert.Null(CallSchema.Of([], null));
    }

    private static Task<FakeServer> ServerAsync(Func<HttpContext, Task> answer) => FakeServer.StartWithDiscoveryAsync(context =>
        context.Request.Method != "GET" ? answer(context)
        : context.Request.Path.Value!.EndsWith("/models", StringComparison.Ordinal) ? FakeServer.Status(200, Models)(context)
        : FakeServer.Status(404, "{}")(context));
}
