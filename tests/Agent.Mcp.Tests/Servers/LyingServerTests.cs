using Agent.Mcp.Servers;

namespace Agent.Mcp.Tests.Servers;

/// <summary>A server over HTTP whose answers are longer or shorter than they say.</summary>
public sealed class LyingServerTests
{
    private const string MayHaveActed = "It may have acted; look before you repeat the call.";

    [Theory]
    [InlineData("more than there is, then the end", MayHaveActed)]
    [InlineData("more than there is, then nothing", "gave no sign of life for 2 seconds")]
    [InlineData("less than there is", MayHaveActed)]
    [InlineData("a chunk shorter than it says", MayHaveActed)]
    [InlineData("an event that breaks off", MayHaveActed)]
    [InlineData("more than anybody takes", MayHaveActed)]
    public async Task CallAsync_AnswerOfAnotherLength_IsAFailureOfThatCallAlone(string lie, string expected)
    {
        await using var liar = new LyingServer(lie);
        await using var hub = await StartAsync(liar);

        var result = await hub.CallAsync("liar.poke");
        Assert.True(result.IsError, result.Text);
        Assert.Contains(expected, result.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("started again", result.Text, StringComparison.Ordinal);
        Assert.Equal("poked", (await hub.CallAsync("liar.poke")).Text);
        Assert.Equal("hi", (await hub.CallAsync("f.echo", """{"text":"hi"}""")).Text);
    }

    [Theory]
    [InlineData("less than there is, and a second answer in the rest")]
    [InlineData("no number")]
    [InlineData("two lengths")]
    public async Task CallAsync_AnswerThatCanBeRead_IsTakenAndNothingBehindIt(string lie)
    {
        await using var liar = new LyingServer(lie);
        await using var hub = await StartAsync(liar);

        Assert.StartsWith("the first answer", (await hub.CallAsync("liar.poke")).Text, StringComparison.Ordinal);
        Assert.Equal("poked", (await hub.CallAsync("liar.poke")).Text);
    }

    private static async Task<HubFixture> StartAsync(LyingServer liar)
    {
        var hub = await HubFixture.StartAsync(options =>
        {
            options.Add("liar", new McpServerDefinition { Url = liar.Url, CallTimeoutSeconds = 2, MaxMessageBytes = 1024 * 1024 });
            options.Add("f", HubFixture.Server("stdio"));
        });
        Assert.Null(hub.Hub.Servers[0].Problem);
        return hub;
    }
}
