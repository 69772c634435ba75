using System.Text.Json;
using Agent.Models.Tests.Support;
using FsCheck.Xunit;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.TextCalls;

public sealed class TextCallClientTests
{
    private const string Call = """{"name": "sql__query", "arguments": {"statement": "SELECT 1"}}""";

    [Fact]
    public async Task Call_WrittenAsText_IsNeverShownAsText()
    {
        var heard = await AskAsync(["Let me ", "see.\n", "<tool", "_call>\n{\"na", "me\": \"sql__query\", \"arguments\": {\"statement\":", " \"SELECT 1\"}}\n</tool_call>"]);

        Assert.Equal("Let me see.\n", heard.Text);
        Assert.Equal("SELECT 1", ((JsonElement)Assert.Single(heard.Calls).Arguments!["statement"]!).GetString());
        Assert.True(ModelKeys.IsReadFromText(heard.Calls[0]));
        Assert.Equal(ChatFinishReason.ToolCalls, heard.Response.FinishReason);
    }

    [Fact]
    public async Task Text_ThatOnlyBeginsLikeACall_ComesOutWhole()
    {
        var heard = await AskAsync(["Here:\n", "```sql\nSELECT", " 1\n```\n", "Done."]);

        Assert.Equal("Here:\n```sql\nSELECT 1\n```\nDone.", heard.Text);
        Assert.Empty(heard.Calls);
    }

    [Fact]
    public async Task Text_WithoutAnyMark_IsNotHeldBack()
    {
        var heard = await AskAsync(["one ", "two ", "three"]);

        Assert.Equal(3, heard.Updates.Count(u => u.Text.Length > 0));
    }

    [Fact]
    public async Task Attempt_ThatCannotRun_StaysText_AndIsMarked()
    {
        var heard = await AskAsync(["""{"name": "customers__count", "arguments": {}}"""]);

        Assert.Empty(heard.Calls);
        var damaged = (DamagedCall)heard.Updates.Single(u => u.AdditionalProperties?.ContainsKey(ModelKeys.Damaged) == true).AdditionalProperties![ModelKeys.Damaged]!;
        Assert.Equal("customers__count", damaged.Name);
        Assert.Contains("sql__query", damaged.Problem, StringComparison.Ordinal);
        Assert.Contains("customers__count", heard.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_OfALargeModel_IsLeftAsText()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Says(Call));
        await using var models = TestModels.OpenAI(server, ("models:profile", "default"));

        var heard = await models.AskAsync(options: new ChatOptions { Tools = [TestModels.Tool()] });

        Assert.Empty(heard.Calls);
        Assert.Equal(Call, heard.Text);
    }

    [Fact]
    public async Task Call_WhereNothingWasOffered_IsLeftAsText()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Says(Call));
        await using var models = TestModels.OpenAI(server, ("models:profile", "small"));

        var heard = await models.AskAsync(options: new ChatOptions());

        Assert.Empty(heard.Calls);
        Assert.Equal(Call, heard.Text);
    }

    /// <summary>As this model wrote them when it was asked to answer, whole and cut off.</summary>
    [Theory]
    [InlineData(Call, "")]
    [InlineData("```json\n" + Call + "\n```", "")]
    [InlineData("<tool_call>\n" + Call + "\n</tool_call>", "")]
    [InlineData("[TOOL_CALLS]" + "[" + Call + "]", "")]
    [InlineData("<function=sql__query>\n<parameter=statement>SELECT 1</parameter>\n</function>", "")]
    [InlineData("""{"name": "files__create_directory", "arguments": {"path": "C:/Users/YourUsername/Projects"}}""", "")]
    [InlineData("""{"name": "sql__query", "arguments": {"statement": "SELECT 1""", "")]
    [InlineData("<tool_call>\n{\"name\": \"sql__query\", \"argu", "")]
    [InlineData("There are 59.\n" + Call + "\nThe result is 12.", "There are 59.\n")]
    [InlineData("```sql\nSELECT 1\n```", "```sql\nSELECT 1\n```")]
    [InlineData("""{"name": "Ada", "city": "Oslo"}""", """{"name": "Ada", "city": "Oslo"}""")]
    public async Task Call_WhereToolsAreWithheld_IsNeitherRunNorShown(string written, string shown)
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Says(written));
        await using var models = TestModels.OpenAI(server, ("models:profile", "small"));

        var heard = await models.AskAsync(options: new ChatOptions { Tools = [TestModels.Tool()], ToolMode = ChatToolMode.None });

        Assert.Empty(heard.Calls);
        Assert.Equal(shown, heard.Text);
        Assert.DoesNotContain(heard.Updates, static u => u.AdditionalProperties?.ContainsKey(ModelKeys.Damaged) == true);
    }

    [Fact]
    public async Task Call_QuotedFromAResult_IsShown_WhereToolsAreWithheld()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Says("The file holds:\n" + Call));
        await using var models = TestModels.OpenAI(server, ("models:profile", "small"));

        var heard = await models.AskAsync(
            [new ChatMessage(ChatRole.User, "What does calls.json hold?"), new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("c1", "files__read_file")]), new ChatMessage(ChatRole.Tool, [new FunctionResultContent("c1", Call)])],
            new ChatOptions { Tools = [TestModels.Tool()], ToolMode = ChatToolMode.None });

        Assert.Empty(heard.Calls);
        Assert.Equal("The file holds:\n" + Call, heard.Text);
    }

    /// <summary>However the pieces fall, the same comes out.</summary>
    [Property(MaxTest = 60)]
    public void Pieces_OfAnySize_GiveTheSame(byte[] sizes)
    {
        const string Whole = "I look.\n```json\n" + Call + "\n```\n";
        var pieces = new List<string>();
        for (int at = 0, i = 0; at < Whole.Length; i++)
        {
            var size = Math.Min(Whole.Length - at, 1 + (sizes is { Length: > 0 } ? sizes[i % sizes.Length] % 17 : 4));
            pieces.Add(Whole.Substring(at, size));
            at += size;
        }

        var heard = AskAsync([.. pieces]).GetAwaiter().GetResult();

        Assert.Equal("I look.\n", heard.Text);
        Assert.Single(heard.Calls);
    }

    private static async Task<Heard> AskAsync(string[] pieces)
    {
        var heard = new Heard();
        using var client = new Agent.Models.TextCalls.TextCallClient(new Scripted(pieces));
        await foreach (var update in client.GetStreamingResponseAsync("go", new ChatOptions { Tools = [TestModels.Tool()] }))
        {
            heard.Take(update);
        }

        return heard;
    }

    private sealed class Scripted(string[] pieces) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (var piece in pieces)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, piece);
            }

            await Task.CompletedTask;
            yield return new ChatResponseUpdate(ChatRole.Assistant, (IList<AIContent>)[]) { FinishReason = ChatFinishReason.Stop };
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
