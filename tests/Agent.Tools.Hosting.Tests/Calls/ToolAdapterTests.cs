using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tools.Hosting.Tests.Calls;

public sealed class ToolAdapterTests
{
    [Fact]
    public async Task Call_UnknownArgument_NamesTheKnownOnes()
    {
        var reply = await Call((_, _) => ValueTask.FromResult(ToolReply.Text("ran")), """{"pth": "a"}""");
        Assert.True(reply.IsError);
        Assert.Equal("t has no argument 'pth'; it takes path.", reply.TextContent);
    }

    [Fact]
    public async Task Call_ToolException_IsAnErrorResult()
    {
        var reply = await Call((_, _) => throw new ToolException("No such file; there is a.txt."), "{}");
        Assert.True(reply.IsError);
        Assert.Equal("No such file; there is a.txt.", reply.TextContent);
    }

    [Fact]
    public async Task Call_UnexpectedException_DoesNotShowItsMessage()
    {
        var reply = await Call((_, _) => throw new InvalidOperationException("secret"), "{}");
        Assert.True(reply.IsError);
        Assert.DoesNotContain("secret", reply.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_OverTheLimit_SaysSo()
    {
        var reply = await Call(
            async (_, token) =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return ToolReply.Text("never");
            },
            "{}",
            TimeSpan.FromMilliseconds(1));
        Assert.True(reply.IsError);
        Assert.StartsWith("t did not finish within", reply.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Call(
            (_, token) =>
            {
                token.ThrowIfCancellationRequested();
                return ValueTask.FromResult(ToolReply.Text("never"));
            },
            "{}",
            cancellationToken: source.Token));
    }

    private static ValueTask<ToolReply> Call(
        ToolHandler handler, string arguments, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        var tool = new ServerTool
        {
            Name = "t",
            Title = "T",
            Description = "A test.",
            InputSchema = """{"type": "object", "properties": {"path": {"type": "string"}}, "additionalProperties": false}""",
            Limit = limit ?? TimeSpan.FromSeconds(30),
            Handler = handler,
        };
        var adapter = new ToolAdapter(tool, new CursorSeal(), TimeProvider.System, NullLogger.Instance);
        return adapter.CallAsync(ToolRequest.Create("t", JsonElement.Parse(arguments)), cancellationToken);
    }
}
