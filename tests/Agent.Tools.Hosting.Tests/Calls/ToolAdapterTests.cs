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
        Assert.StartsWith("There is no argument 'pth'. t takes path", reply.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WrongArgument_SaysWhatTheToolTakes()
    {
        var reply = await Call((request, _) => ValueTask.FromResult(ToolReply.Text(request.Arguments.Text("path"))), "{}");
        Assert.True(reply.IsError);
        Assert.StartsWith("The argument 'path' is missing; give a string. t takes path", reply.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"object"}""", "no arguments")]
    [InlineData("""{"type":"object","properties":{"limit":{"type":"integer"},"path":{"type":"string"},"_cursor":{"type":"string"}},"required":["path"]}""", "path (string, required), limit (integer)")]
    [InlineData("""{"type":"object","properties":{"status":{"type":"string","enum":["open","shipped"]},"any":{},"both":{"type":["string","null"]}}}""", "status (one of open, shipped), any, both (string or null)")]
    [InlineData("""{"type":"object","properties":{"body":{"type":"object","properties":{"customer":{},"country":{}}}},"required":["body"]}""", "body (object of customer, country, required)")]
    public void ArgumentList_OfASchema_NamesTypesValuesAndWhatMustBeThere(string schema, string expected) =>
        Assert.Equal(expected, ArgumentList.Of(JsonElement.Parse(schema)));

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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Definition_OfAToolThatPreviews_SaysSo(bool previews) =>
        Assert.Equal(previews, Adapter(new ServerTool
        {
            Name = "t",
            Title = "T",
            Description = "A test.",
            InputSchema = """{"type": "object"}""",
            Previews = previews,
            Handler = (_, _) => ValueTask.FromResult(ToolReply.Text("ran")),
        }).ProtocolTool.Meta?[ToolRequest.PreviewKey]?.GetValue<bool>() ?? false);

    [Fact]
    public async Task Preview_OfAToolThatKnowsNone_DoesNothing()
    {
        var ran = false;
        var tool = new ServerTool
        {
            Name = "t",
            Title = "T",
            Description = "A test.",
            InputSchema = """{"type": "object"}""",
            Handler = (_, _) =>
            {
                ran = true;
                return ValueTask.FromResult(ToolReply.Text("ran"));
            },
        };

        var reply = await Adapter(tool).CallAsync(ToolRequest.Create("t", JsonElement.Parse("{}"), preview: true), CancellationToken.None);

        Assert.True(reply.IsError);
        Assert.False(ran);
    }

    private static ToolAdapter Adapter(ServerTool tool) => new(tool, new CursorSeal(), TimeProvider.System, NullLogger.Instance);

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
        return Adapter(tool).CallAsync(ToolRequest.Create("t", JsonElement.Parse(arguments)), cancellationToken);
    }
}
