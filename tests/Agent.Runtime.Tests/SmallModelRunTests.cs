using System.Text.Json;
using Agent.Runtime.Context;
using Agent.Runtime.Loop;
using Agent.Runtime.Tests.Fakes;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Tests;

/// <summary>What the loop does for a model that is weak: room, corrections, a hint where else to look, a window of 4,096 tokens.</summary>
public sealed class SmallModelRunTests
{
    private static readonly ModelProfile Profile = new() { Name = "small", MaxTools = 8, WithholdToolsAfterData = true, Compact = true, ForceFirstCall = true };

    private static readonly ModelInfo Small = new() { Provider = "test", Name = "small", ContextWindow = 4_096, Profile = Profile };

    [Fact]
    public async Task CallInText_ThatBreaksTheSchema_ComesBackWithACorrectExample()
    {
        var model = new ScriptedModel(
            [Damaged(new DamagedCall("files__read_file", "{}", "The arguments break the schema: 'path' is missing.") { BreaksSchema = true })],
            ScriptedModel.Text("Done.")) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file") with { InputSchema = Schema("""{"type":"object","properties":{"path":{"type":"string","examples":["notes.md"]}},"required":["path"]}""") });

        await agent.RunAsync("read");

        var shown = Shown(model.Requests[1]);
        Assert.Contains("'path' is missing", shown, StringComparison.Ordinal);
        Assert.Contains("""Correct arguments look like this: {"path":"notes.md"}""", shown, StringComparison.Ordinal);
        Assert.Empty(agent.Pipeline.Invoked);
    }

    [Fact]
    public async Task CallInText_ThatWasCopied_ComesBackWithoutAnExample()
    {
        var model = new ScriptedModel([Damaged(new DamagedCall("files__read_file", "{}", "Copied, not run."))], ScriptedModel.Text("Done.")) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file") with { InputSchema = Schema("""{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}""") });

        await agent.RunAsync("read");

        Assert.DoesNotContain("Correct arguments", Shown(model.Requests[1]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_CutOff_IsAskedForShorter_WithMoreRoom_AndWithoutANotice(bool inText)
    {
        var half = inText
            ? Damaged(new DamagedCall("sql__query", "{\"statement\": \"SEL", "Not one whole JSON object; write it shorter."))
            : new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("c1", "sql__query") { Exception = new FormatException("Cut off: write it shorter.") }]);
        half.FinishReason = ChatFinishReason.Length;
        var model = new ScriptedModel([half], ScriptedModel.Text("Done.")) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("sql.query"));

        var (result, events) = await agent.RunAsync("x");

        Assert.EndsWith("Done.", result.Answer, StringComparison.Ordinal);
        Assert.Contains("shorter", Shown(model.Requests[1]), StringComparison.Ordinal);
        Assert.Equal(512, model.Requests[0].Options.MaxOutputTokens);
        Assert.Equal(2_048, model.Requests[1].Options.MaxOutputTokens);
        Assert.Empty(agent.Pipeline.Invoked);
        Assert.DoesNotContain(events, static e => e is RunEvent.Notice);
    }

    [Fact]
    public async Task Attempt_ThatAnotherMadeGood_IsOnRecord_AndNotShown()
    {
        var failed = new ModelAttempt { Model = Small, Number = 1, StartedAt = DateTimeOffset.UnixEpoch, Duration = TimeSpan.FromSeconds(2), Error = ModelErrorKind.Malformed, Note = "It is asked again." };
        var model = new ScriptedModel([new ChatResponseUpdate { AdditionalProperties = new() { [ModelKeys.AttemptEnded] = failed } }, .. ScriptedModel.Text("Hello.")]) { Info = Small };
        await using var agent = new TestAgent(model);

        var (result, events) = await agent.RunAsync("hi");

        Assert.Equal("Hello.", result.Answer);
        Assert.DoesNotContain(events, static e => e is RunEvent.Notice);
        var (_, data) = Assert.Single(agent.Pipeline.Records, static r => r.Type == "model.attempt_failed");
        Assert.Equal("Malformed", data.GetProperty("error").GetString());
        Assert.Equal(2_000, data.GetProperty("duration_ms").GetInt64());
    }

    [Theory]
    [InlineData("""{"matches":[],"total":0}""", true)]
    [InlineData("""{"columns":["Name"],"rows":[]}""", true)]
    [InlineData("""{"matches":[{"path":"a.md"}],"total":1}""", false)]
    [InlineData("""{"columns":["Name"],"rows":[["x"]]}""", false)]
    [InlineData("""{"text":"no list at all"}""", false)]
    public async Task Search_WithoutAHit_SaysWhereElseDataIs_AndIsNoData(string structured, bool nothing)
    {
        var model = new ScriptedModel(ScriptedModel.Call("files__search_text"), ScriptedModel.Text("Done.")) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.search_text"), FakeHost.Tool("files.read_file"), FakeHost.Tool("sql.query"), FakeHost.Tool("sql.execute", readOnly: false));
        agent.Pipeline.Act = (_, _, _) => ValueTask.FromResult(new ToolResult { Raw = Schema($$"""{"content":[{"type":"text","text":"found"}],"structuredContent":{{structured}}}"""), Label = Label.Bottom });

        await agent.RunAsync("where is it?");

        var shown = Shown(model.Requests[1]);
        Assert.Equal(nothing, shown.Contains("Data is also behind sql__query.", StringComparison.Ordinal));
        Assert.Equal(nothing ? ChatToolMode.RequireAny : ChatToolMode.None, model.Requests[1].Options.ToolMode);
    }

    [Theory]
    [InlineData(false, "I could not look this up: no call brought anything. What test/small says without a source may be invented:\n\nThe handbook is about travel.")]
    [InlineData(true, "The handbook is about travel.")]
    public async Task Answer_ThatRestsOnNoCall_SaysSo(bool succeeds, string expected)
    {
        var model = new ScriptedModel(ScriptedModel.Call("files__list_directory"), ScriptedModel.Text("The handbook is about travel.")) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.list_directory"));
        agent.Pipeline.Act = (_, _, _) => ValueTask.FromResult(ToolResult.FromText("handbook.md", isError: !succeeds));

        var (result, events) = await agent.RunAsync("What is the handbook about?");

        Assert.Equal(expected, result.Answer);
        var shown = events.Skip(events.FindLastIndex(static e => e is RunEvent.TextReset) + 1).OfType<RunEvent.TextDelta>().Select(static d => d.Text);
        Assert.Equal(expected, string.Concat(shown));
    }

    [Fact]
    public async Task Answer_ThatGoesRound_EndsWhereItBeganTo()
    {
        const string Round = "The file documents the day's events and its tasks. ";
        var read = 0;
        var model = new ScriptedModel((n, _) => n == 1 ? ScriptedModel.Call("files__list_directory") : Endless()) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.list_directory"));

        var (result, events) = await agent.RunAsync("What is it about?");

        Assert.Equal("It is a file. " + Round.TrimEnd(), result.Answer);
        Assert.InRange(read, 3, 10);
        Assert.True(result.Usage.OutputTokens > 0);
        Assert.Equal(result.Answer, string.Concat(events.Skip(events.FindLastIndex(static e => e is RunEvent.TextReset)).OfType<RunEvent.TextDelta>().Select(static d => d.Text)));

        IEnumerable<ChatResponseUpdate> Endless()
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, "It is a file. ");
            for (read = 1; read < 1_000; read++)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, Round);
            }
        }
    }

    [Theory]
    [InlineData("One sentence that is long enough. Another that is long enough too. ", 2, false)]
    [InlineData("One sentence that is long enough. Another that is long enough too. ", 3, true)]
    [InlineData("| a | b |\n", 9, false)]
    public void RepeatedText_NoticesSentencesThatComeAThirdTime(string round, int times, bool repeated)
    {
        var text = new RepeatedText();
        var noticed = false;
        foreach (var c in string.Concat(Enumerable.Repeat(round, times)))
        {
            noticed |= !noticed && text.Push(c.ToString());
        }

        Assert.Equal(repeated, noticed);
        Assert.Equal(repeated ? round.TrimEnd() : string.Empty, text.Kept);
    }

    [Theory]
    [InlineData("Explain what documents/contracts/acme.md is about", "read_file")]
    [InlineData("Which orders are open?", "read_file")]
    [InlineData("Delete the file old.txt", "delete_file")]
    public void Tools_ChosenForARequest_ReadUnlessAChangeIsNamed(string request, string expected)
    {
        ToolDefinition[] tools =
        [
            FakeHost.Tool("files.delete_file", description: "Deletes a file; what it is about does not matter.", readOnly: false),
            FakeHost.Tool("files.write_file", description: "Writes a document, all of what is in it.", readOnly: false),
            FakeHost.Tool("files.read_file", description: "Shows lines of text."),
        ];

        var chosen = ToolSearch.Choose(tools, new ModelProfile { MaxTools = 1, Compact = true }, request, static _ => 1, 100);

        Assert.Equal([expected], chosen.Select(static t => t.Id.Name));
    }

    [Fact]
    public async Task Answer_WhereACallWasDemanded_IsAskedForACallOnce()
    {
        var model = new ScriptedModel(ScriptedModel.Text("It is about travel."), ScriptedModel.Call("files__read_file"), ScriptedModel.Text("Twenty-eight euros a day.")) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(ToolResult.FromText("Twenty-eight euros a day."));

        var (result, _) = await agent.RunAsync("What is the handbook about?");

        Assert.Equal("Twenty-eight euros a day.", result.Answer);
        Assert.Contains("Call one of the tools", model.Requests[1].Messages[^1].Text, StringComparison.Ordinal);
        History.MustBeValidToSend(model.Requests[1]);
    }

    [Fact]
    public void Tools_ThatDoNotFit_LeaveTheirRoomToOthers()
    {
        ToolDefinition[] tools = [FakeHost.Tool("a.small"), FakeHost.Tool("a.large"), FakeHost.Tool("a.other")];

        var chosen = ToolSearch.Choose(tools, new ModelProfile { MaxTools = 8, Compact = true }, "x", static t => t.Id.Name == "large" ? 90 : 10, 40);

        Assert.Equal(["small", "other"], chosen.Select(static t => t.Id.Name));
    }

    [Fact]
    public async Task ReadResult_IsOfferedLast_OnceAResultWasCut()
    {
        var model = new ScriptedModel((n, _) => n == 1 ? ScriptedModel.Call("files__list_directory") : ScriptedModel.Text("Many files.")) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.list_directory"), FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(ToolResult.FromText(Words(4_000)));

        var (first, _) = await agent.RunAsync("what is there?");
        await agent.RunAsync("and now?", session: first.Session);

        var before = model.Requests[0].Tools;
        var after = model.Requests[1].Tools;
        Assert.DoesNotContain("agent__read_result", before);
        Assert.Equal([.. before, "agent__read_result"], after);
        Assert.Contains("agent__read_result with handle", Shown(model.Requests[1]), StringComparison.Ordinal);

        // What the next request of the session finds cut can be read from its first step on.
        Assert.Equal(after, model.Requests[2].Tools);
    }

    [Fact]
    public async Task ReadResult_OfALargeModel_IsOfferedFromTheFirstStep_SoThatThePrefixStays()
    {
        var model = new ScriptedModel((n, _) => n == 1 ? ScriptedModel.Call("files__list_directory") : ScriptedModel.Text("Many files."));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.list_directory"));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(ToolResult.FromText(Words(40_000)));

        await agent.RunAsync("what is there?");

        Assert.Contains("agent__read_result", model.Requests[0].Tools);
        Assert.Equal(model.Requests[0].Tools, model.Requests[1].Tools);
    }

    [Fact]
    public async Task Lookups_MadeForTheModel_TakeNoRoom_AndStay()
    {
        const int Steps = 3;
        var model = new ScriptedModel((n, _) => n > Steps ? ScriptedModel.Text("Done.") :
        [
            new ChatResponseUpdate(ChatRole.Assistant,
            [
                .. Enumerable.Range(1, 12).Select(i => new FunctionCallContent($"c{n}_{i}", "sql__query", new Dictionary<string, object?> { ["n"] = n, ["i"] = i })
                {
                    AdditionalProperties = new() { [ModelKeys.Purpose] = CallPurpose.Lookup },
                }),
            ])
            { AdditionalProperties = new() { [ModelKeys.Help] = new HelpGiven("the offline planner") } },
        ]) { Info = Small with { Profile = Profile with { Planner = true } } };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("sql.query"));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(ToolResult.FromText(Words(4_000)));

        var (result, _) = await agent.RunAsync("x");

        Assert.EndsWith("Done.", result.Answer, StringComparison.Ordinal);
        Assert.Equal(Steps + 1, model.Requests.Count);
        var results = model.Requests[^1].Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().ToList();
        Assert.Equal(Steps * 12, results.Count);
        Assert.All(results, static r => Assert.StartsWith("word0 word1", (string)r.Result!, StringComparison.Ordinal));
        Assert.True(Size(model.Requests[^1]) > 4_096);
    }

    [Fact]
    public async Task Session_OfManyRequests_StaysWithin4096Tokens()
    {
        var (most, refused) = (0, 0);
        var model = new ScriptedModel((_, request) =>
        {
            var size = Size(request);
            most = Math.Max(most, size);
            refused += size > 4_096 ? 1 : 0;
            return size > 4_096 ? throw new ModelException(ModelErrorKind.ContextTooLong, $"Too long: {size} tokens.") { ContextWindow = 4_096 }
                : request.Messages[0].Text == Summary.Instructions ? ScriptedModel.Text("Summed up: the person reads files.", size, 20)
                : request.Options.ToolMode == ChatToolMode.None ? ScriptedModel.Text(Words(120), size, 120)
                : [.. ScriptedModel.Call("files__read_file", new { size }, $"c{request.Messages.Count}_{size}").SkipLast(1), ScriptedModel.Usage(size, 20)];
        }) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set([.. Enumerable.Range(1, 30).Select(static i => FakeHost.Tool(i == 1 ? "files.read_file" : $"web.operation_{i}", description: $"Operation {i}: {Words(80)}") with { InputSchema = Wide })]);
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(ToolResult.FromText(Words(4_000)));
        string? session = null;

        for (var n = 1; n <= 15; n++)
        {
            var (result, _) = await agent.RunAsync($"read file {n}", session);
            session = result.Session;
            Assert.True(result.Stopped == RunStop.Answered, $"{n}: {result.Answer}");
        }

        Assert.True(refused == 0, $"{refused} requests were too long; the longest had {most} tokens.");
        Assert.InRange(most, 1_000, 4_096);
        Assert.All(model.Requests.Where(static r => r.Messages[0].Text != Summary.Instructions), History.MustBeValidToSend);
    }

    private static readonly JsonElement Wide = Schema($$"""{"type":"object","properties":{{{string.Join(',', Enumerable.Range(1, 12).Select(static i => $$"""
        "parameter_{{i}}":{"type":"string","description":"The parameter number {{i}} of this operation, which says a good deal more than a small window holds."}
        """))}}},"required":["parameter_1"]}""");

    private static JsonElement Schema(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static ChatResponseUpdate Damaged(DamagedCall call) => new(ChatRole.Assistant, "{…") { AdditionalProperties = new() { [ModelKeys.Damaged] = call } };

    private static string Shown(ScriptedRequest request) => string.Concat(request.Messages[^1].Contents.OfType<FunctionResultContent>().Select(static r => r.Result as string));

    private static string Words(int count) => string.Join(' ', Enumerable.Range(0, count).Select(static n => $"word{n % 97}"));

    /// <summary>What a server would count, by a rule of its own: three and a half characters a token, tools included.</summary>
    private static int Size(ScriptedRequest request) => (int)((request.Messages.Sum(static m => m.Contents.Sum(static c => c switch
    {
        TextContent t => t.Text.Length + 15,
        FunctionResultContent { Result: string r } => r.Length + 15,
        _ => 80,
    })) + (request.Options.Tools ?? []).OfType<AIFunctionDeclaration>().Sum(static t => t.Name.Length + t.Description.Length + t.JsonSchema.GetRawText().Length)) / 3.5);
}
