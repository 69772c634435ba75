using System.Text;
using Agent.Runtime.Context;
using Agent.Runtime.Sessions;
using Agent.Runtime.Tests.Fakes;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Tests;

/// <summary>Conversations stay within the model's window, and nothing is lost that can be read again.</summary>
public sealed class ContextTests
{
    private static ModelInfo Window(int tokens, ModelProfile? profile = null) =>
        new() { Provider = "test", Name = "windowed", ContextWindow = tokens, Profile = profile ?? ModelProfile.Default };

    [Fact]
    public async Task Result_TooLong_IsCutAndReadOnByItsHandle()
    {
        var lines = string.Join('\n', Enumerable.Range(1, 5_000).Select(static n => $"line {n} of the file"));
        string? handle = null;
        var model = new ScriptedModel((n, request) =>
        {
            if (n == 1)
            {
                return ScriptedModel.Call("files__read_file");
            }

            if (n == 2)
            {
                var shown = (string)((FunctionResultContent)request.Messages[^1].Contents[0]).Result!;
                Assert.InRange(shown.Length, 10_000, 24_500);
                handle = System.Text.RegularExpressions.Regex.Match(shown, "handle \"(r[0-9]+)\"").Groups[1].Value;
                return ScriptedModel.Call("agent__read_result", new { handle, contains = "line 2500 " }, "c2");
            }

            return n == 3 ? ScriptedModel.Call("agent__read_result", new { handle, offset = 20, limit = 10 }, "c3") : ScriptedModel.Text("ok");
        });
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = (_, _, _) => ValueTask.FromResult(ToolResult.FromText(lines));

        var (result, _) = await agent.RunAsync("read");

        Assert.Equal(["ok", "ok", "ok"], result.ToolCalls.Select(static c => c.Outcome));
        Assert.Contains("line 2500 of the file", Shown(model.Requests[2]), StringComparison.Ordinal);
        Assert.Contains(lines.Substring(20, 10), Shown(model.Requests[3]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compact_ByThePerson_SumsUpWhatWasSaid_AndTheSessionGoesOn()
    {
        var long1 = "the first request " + new string('x', 4_000);
        var model = new ScriptedModel((n, request) => n switch
        {
            1 => ScriptedModel.Text("the first answer " + new string('y', 4_000)),
            2 => ScriptedModel.Text("the second answer"),
            3 => ScriptedModel.Text("notes on the beginning"),
            _ => ScriptedModel.Text(string.Join('|', request.Messages.Select(static m => m.Text))),
        });
        await using var agent = new TestAgent(model);
        model.Info = Window(20_000);
        var (first, _) = await agent.RunAsync(long1);
        await agent.RunAsync("the second request", first.Session);

        var (compacted, events) = await agent.CompactAsync(first.Session);
        Assert.Equal(RunStop.Answered, compacted.Stopped);
        Assert.StartsWith("Summed up: about ", compacted.Answer, StringComparison.Ordinal);
        Assert.Contains(events, static e => e is RunEvent.UsageChanged);

        var (third, _) = await agent.RunAsync("the third request", first.Session);
        Assert.Contains("notes on the beginning", third.Answer, StringComparison.Ordinal);
        Assert.Contains("the second answer", third.Answer, StringComparison.Ordinal);
        Assert.DoesNotContain("xxxx", third.Answer, StringComparison.Ordinal);
        Assert.Contains(await agent.Store.ReadAsync(first.Session, CancellationToken.None), static e => e.Data.GetRawText().Contains("xxxx", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compact_NothingToSumUp_SaysSo()
    {
        await using var agent = new TestAgent(new ScriptedModel(ScriptedModel.Text("hello")));
        var (first, _) = await agent.RunAsync("hi");
        var (compacted, _) = await agent.CompactAsync(first.Session);
        Assert.Contains("nothing to sum up", compacted.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadResult_HandleOfAnotherSession_IsNotFound()
    {
        var model = new ScriptedModel((n, _) => n switch
        {
            1 => ScriptedModel.Call("files__read_file"),
            2 => ScriptedModel.Text("ok"),
            3 => ScriptedModel.Call("agent__read_result", new { handle = "r4" }),
            _ => ScriptedModel.Text("ok"),
        });
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        await agent.RunAsync("one");

        var (result, _) = await agent.RunAsync("two");

        Assert.Equal("error", Assert.Single(result.ToolCalls).Outcome);
    }

    [Fact]
    public async Task Run_ManyResults_OldOnesAreDroppedBeforeWords()
    {
        var model = new ScriptedModel((n, _) => n <= 12 ? ScriptedModel.Call("files__read_file", new { n }, $"c{n}") : ScriptedModel.Text("ok")) { Info = Window(16_000) };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = (_, _, _) => ValueTask.FromResult(ToolResult.FromText(Words(1_200)));

        var (result, events) = await agent.RunAsync("read them all");

        Assert.Equal(RunStop.Answered, result.Stopped);
        var last = model.Requests[^1].Messages;
        Assert.Contains(last, static m => m.Role == ChatRole.Tool && Shown(m).Contains("was dropped to save room", StringComparison.Ordinal));
        Assert.Equal("read them all", last[1].Text);
        Assert.DoesNotContain("dropped", Shown(last[^1]), StringComparison.Ordinal);
        Assert.All(model.Requests, static r => Assert.True(Size(r) < 16_000));
        Assert.All(model.Requests, History.MustBeValidToSend);

        // A restart sends the same words.
        var replay = SessionReplay.Read(await agent.Store.ReadAsync(result.Session, default), new FakeProvenance());
        Assert.Equal(last.Skip(1).Select(static m => m.Text + Shown(m)), replay.Conversation.Messages.Skip(1).Take(last.Count - 1).Select(static m => m.Text + Shown(m)));
    }

    [Fact]
    public async Task Run_LongConversation_IsSummedUpAndLabelsStay()
    {
        var summaries = 0;
        var model = new ScriptedModel((_, request) =>
        {
            if (request.Messages[0].Text == Summary.Instructions)
            {
                summaries++;
                return ScriptedModel.Text("The person asked many things; the code word is swordfish.");
            }

            return request.Messages[^1].Role == ChatRole.User && request.Messages[^1].Text.Contains("fetch", StringComparison.Ordinal)
                ? ScriptedModel.Call("web__fetch")
                : ScriptedModel.Text(Words(600));
        })
        { Info = Window(8_000) };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("web.fetch"));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(ToolResult.FromText("page", label: Label.From(Integrity.Untrusted, Confidentiality.Public, "web.fetch")));

        var session = (await agent.RunAsync("fetch it; the code word is swordfish")).Result.Session;
        for (var n = 0; n < 12; n++)
        {
            var (result, _) = await agent.RunAsync($"question {n}: {Words(100)}", session);
            Assert.Equal(RunStop.Answered, result.Stopped);
        }

        Assert.InRange(summaries, 1, 6);
        var last = model.Requests[^1].Messages;
        Assert.Contains("swordfish", last[1].Text, StringComparison.Ordinal);
        Assert.Contains("question 11", last[^1].Text, StringComparison.Ordinal);
        Assert.All(model.Requests.Where(static r => r.Messages[0].Text != Summary.Instructions), History.MustBeValidToSend);
        Assert.All(model.Requests, static r => Assert.True(Size(r) < 8_000));

        var events = await agent.Store.ReadAsync(session, default);
        Assert.All(events.Where(static e => e.Type == SessionEventTypes.Compacted), static e => Assert.Equal(Integrity.Untrusted, e.Label.Integrity));
        var replay = SessionReplay.Read(events, new FakeProvenance());
        Assert.Equal(Integrity.Untrusted, replay.Conversation.LabelAt(1).Integrity);
        Assert.Equal(last.Skip(1).Select(static m => m.Text), replay.Conversation.Messages.Skip(1).Take(last.Count - 1).Select(static m => m.Text));
    }

    [Fact]
    public async Task Run_ServerSaysTooLong_ShrinksAndTriesOnceMore()
    {
        var refused = 0;
        var model = new ScriptedModel((n, request) =>
        {
            if (request.Messages[0].Text == Summary.Instructions)
            {
                return ScriptedModel.Text("Summed up.");
            }

            if (Size(request) > 3_000)
            {
                refused++;
                throw new ModelException(ModelErrorKind.ContextTooLong, "Too long.") { ContextWindow = 4_096 };
            }

            return refused == 0 ? ScriptedModel.Call("files__read_file", new { n }, $"c{n}") : ScriptedModel.Text("It fits now.");
        });
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = (_, _, _) => ValueTask.FromResult(ToolResult.FromText(Words(900)));

        var (result, _) = await agent.RunAsync("read");

        Assert.Equal(1, refused);
        Assert.Equal(RunStop.Answered, result.Stopped);
        Assert.Equal("It fits now.", result.Answer);
    }

    [Fact]
    public async Task Run_AlwaysTooLong_EndsWithTheModelsSentence()
    {
        var model = new ScriptedModel((_, _) => throw new ModelException(ModelErrorKind.ContextTooLong, "The request is longer than the model's context."));
        await using var agent = new TestAgent(model);

        var (result, _) = await agent.RunAsync("read");

        Assert.Equal(2, model.Requests.Count);
        Assert.Equal(RunStop.ModelUnavailable, result.Stopped);
    }

    [Fact]
    public async Task Prompt_StaysTheSameFromStepToStep()
    {
        var model = new ScriptedModel((n, _) => n < 5 ? ScriptedModel.Call("files__read_file", new { n }, $"c{n}") : ScriptedModel.Text("ok"));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));

        await agent.RunAsync("read");

        for (var i = 1; i < model.Requests.Count; i++)
        {
            var before = model.Requests[i - 1].Messages;
            Assert.Equal(before.Select(static m => m.Text + Shown(m)), model.Requests[i].Messages.Take(before.Count).Select(static m => m.Text + Shown(m)));
            Assert.Equal(model.Requests[0].Tools, model.Requests[i].Tools);
        }

        Assert.InRange(TokenEstimator.Measure(model.Requests[0].Messages[0].Text), 1, 400);
    }

    [Fact]
    public void Estimator_LearnsAndSaysHowFarItMayBeOff()
    {
        var estimator = new TokenEstimator();
        Assert.True(estimator.AtMost(1_000) > estimator.Expected(1_000));
        for (var n = 0; n < 12; n++)
        {
            estimator.Learn(1_000, 1_500);
        }

        Assert.InRange(estimator.Expected(1_000), 1_480, 1_520);
        Assert.InRange(estimator.AtMost(1_000), 1_500, 1_650);
        estimator.Learn(1_000, 2_500);
        Assert.True(estimator.AtMost(1_000) > 2_400, "one miss widens the error at once");
    }

    [Theory]
    [InlineData("The quick brown fox jumps over the lazy dog and runs into the forest.", 15)]
    [InlineData("{\"path\":\"src/a.cs\",\"line\":12,\"text\":\"var x = 1;\"}", 22)]
    [InlineData("Übergrößenträger fährt über die Straße", 15)]
    [InlineData("東京は日本の首都です", 10)]
    public void Estimator_OrdinaryTexts_IsWithinItsError(string text, int tokens)
    {
        var estimator = new TokenEstimator();
        var measured = TokenEstimator.Measure(text);
        Assert.InRange(tokens, measured * (1 - estimator.Error) - 2, estimator.AtMost(measured) + 2);
    }

    [Fact]
    public void Cut_KeepsBeginningAndEndAndWholeCharacters()
    {
        var text = string.Concat(Enumerable.Repeat("😀", 2_000));
        var cut = ResultCutter.Cut(text, 501, "r9");

        Assert.True(cut.Length < 700);
        Assert.Contains("\"r9\"", cut, StringComparison.Ordinal);
        Assert.Equal(cut, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut)));
        Assert.Same(text, ResultCutter.Cut(text, 4_000, "r9"));
    }

    private static string Words(int count) => string.Join(' ', Enumerable.Range(0, count).Select(static n => $"word{n % 97}"));

    private static string Shown(ScriptedRequest request) => Shown(request.Messages[^1]);

    private static string Shown(ChatMessage message) => string.Concat(message.Contents.OfType<FunctionResultContent>().Select(static r => r.Result as string));

    /// <summary>What a server would count, by a rule of its own: four characters a token.</summary>
    private static int Size(ScriptedRequest request) => request.Messages.Sum(static m => m.Contents.Sum(static c => c switch
    {
        TextContent t => t.Text.Length,
        FunctionResultContent { Result: string r } => r.Length,
        _ => 20,
    })) / 4;
}
