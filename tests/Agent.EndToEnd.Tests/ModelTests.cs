using System.Text.Json;

namespace Agent.EndToEnd.Tests;

/// <summary>The same questions through a model behind an OpenAI-compatible server.</summary>
public class ModelTests
{
    [Fact]
    public async Task Ask_ModelThatCallsATool_AnswersFromItsResult()
    {
        using var workspace = new AgentWorkspace();
        workspace.Write("a.md", "one\nthe ToolPipeline\n");
        using var server = new ModelServer((request, number) => number == 1
            ? ModelServer.Call("files__search_text", new { pattern = "ToolPipeline" })
            : ModelServer.Text("It is in a.md:2."));

        var exit = await workspace.RunAsync("ask", "which files mention ToolPipeline?", "--model", "openai/m", "--endpoint", server.Endpoint, "--format", "json");

        Assert.True(exit.Code == 0, exit.ToString());
        using var json = JsonDocument.Parse(exit.Out);
        Assert.Equal("It is in a.md:2.", json.RootElement.GetProperty("answer").GetString());
        Assert.Equal("openai/m", json.RootElement.GetProperty("model").GetString());
        Assert.Equal(200, json.RootElement.GetProperty("usage").GetProperty("input_tokens").GetInt64());
        var call = Assert.Single(json.RootElement.GetProperty("tool_calls").EnumerateArray());
        Assert.Equal("files.search_text", call.GetProperty("tool").GetString());
        Assert.Equal("ok", call.GetProperty("outcome").GetString());
        Assert.Contains(json.RootElement.GetProperty("citations").EnumerateArray(), citation =>
            citation.GetProperty("source").GetString() == "a.md:2" && citation.GetProperty("tool_call").GetString() == call.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Ask_ServerThatIsDown_SaysSoInOneLine()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var exit = await workspace.RunAsync("ask", "hello", "--model", "openai/m", "--endpoint", "http://127.0.0.1:9/v1");
        AssertModelFailure(exit);
    }

    [Theory]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided: sk-abcdefghijklmnopqrstuvwxyz","type":"invalid_request_error"}}""", "application/json")]
    [InlineData(200, "<html>hello</html>", "text/html")]
    [InlineData(200, "data: {\"nonsense\":\n\n", "text/event-stream")]
    public async Task Ask_ServerThatRefusesOrAnswersNonsense_SaysSoInOneLine(int status, string body, string type)
    {
        using var workspace = AgentWorkspace.WithoutServers();
        using var server = new ModelServer((_, _) => (status, body, type));
        var exit = await workspace.RunAsync("ask", "hello", "--model", "openai/m", "--endpoint", server.Endpoint);
        AssertModelFailure(exit);
        Assert.DoesNotContain("sk-abcdefghijklmnopqrstuvwxyz", exit.Error, StringComparison.Ordinal);
    }

    private static void AssertModelFailure(AgentExit exit)
    {
        Assert.True(exit.Code == 6, exit.ToString());
        Assert.Empty(exit.Out);
        Assert.DoesNotContain("   at ", exit.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", exit.Error, StringComparison.Ordinal);
    }
}
