using Agent.Models.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.Caching;

public sealed class ResponseCacheTests : IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, true);
        }
    }

    [Fact]
    public async Task SameRequest_IsAnsweredFromTheFolder_AndAnyDifferenceIsNot()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Events(
            """{"choices":[{"index":0,"delta":{"content":"ok","tool_calls":[{"index":0,"id":"a","function":{"name":"t","arguments":"{\"x\":1}"}}]},"finish_reason":"tool_calls"}]}""", "[DONE]"));
        await using var models = Models(server);
        var options = new ChatOptions { Tools = [TestModels.Tool()], Temperature = 0 };

        var first = await models.AskAsync("q", options);
        var again = await models.AskAsync("q", options);
        Assert.Single(server.Requests);
        Assert.Equal((first.Text, "t", first.Response.FinishReason), (again.Text, again.Calls.Single().Name, again.Response.FinishReason));

        await models.AskAsync("other", options);
        await models.AskAsync("q", new ChatOptions { Tools = [TestModels.Tool()], Temperature = 1 });
        await models.AskAsync("q", new ChatOptions { Tools = [TestModels.Tool("another")], Temperature = 0 });
        await models.AskAsync("q", new ChatOptions { Tools = [TestModels.Tool()], Temperature = 0, ToolMode = ChatToolMode.RequireAny });
        Assert.Equal(5, server.Requests.Count);
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Directory.GetFiles(folder)[0]) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task Failure_IsNotKept_AndADamagedFileIsAskedAgain()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(400, "{}"), FakeServer.Says("ok"));
        await using var models = Models(server);

        Assert.NotNull((await models.AskAsync()).Error);
        Assert.Equal("ok", (await models.AskAsync()).Text);
        await File.WriteAllTextAsync(Assert.Single(Directory.GetFiles(folder)), "{");
        Assert.Equal("ok", (await models.AskAsync()).Text);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Cache_IsOffByDefault()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Says("ok"));
        await using var models = TestModels.OpenAI(server);

        await models.AskAsync();
        await models.AskAsync();

        Assert.Equal(2, server.Requests.Count);
    }

    private TestModels Models(FakeServer server) => TestModels.OpenAI(server, ("models:cache:enabled", "true"), ("models:cache:folder", folder));
}
