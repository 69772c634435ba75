using System.Text.Json;
using Agent.Runtime.Citations;
using Agent.Runtime.Loop;
using Agent.Runtime.Tests.Fakes;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Tests;

/// <summary>What the person is told where a weak model says nothing, too much, or what it cannot know; and what it is shown so that it looks.</summary>
public sealed class SmallModelAnswerTests
{
    private static readonly ModelProfile Profile = new() { Name = "small", MaxTools = 8, WithholdToolsAfterData = true, Compact = true, ForceFirstCall = true };

    private static readonly ModelInfo Small = new() { Provider = "test", Name = "small", ContextWindow = 4_096, Profile = Profile };

    [Theory]
    [InlineData("sql.query", "The data is there.", "| Name |\n| --- |\n| Aerosmith |")]
    [InlineData("files.list_directory", "You repeat yourself.", "What was looked up does not answer this. Ask in other words, or choose another model with --model.")]
    public async Task Silence_OnceToolsAreWithheld_BecomesTheDataThatIsThere_OrSaysThatThereIsNone(string tool, string note, string answer)
    {
        // A call written as text arrives as silence here: the client in front of the server leaves it out.
        var model = new ScriptedModel((_, request) => request.Options.ToolMode is NoneChatToolMode ? ScriptedModel.Text(string.Empty) : ScriptedModel.Call(tool.Replace(".", "__", StringComparison.Ordinal))) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool(tool));
        agent.Pipeline.Act = static (_, _, _) => Structured("""{"columns":["Name"],"rows":[["Aerosmith"]]}""");

        var (result, events) = await agent.RunAsync("Which artist has the most albums?");

        Assert.Contains(note, model.Requests[^1].Messages[^1].Text, StringComparison.Ordinal);
        Assert.Equal(RunStop.Answered, result.Stopped);
        Assert.Equal(answer, result.Answer);
        Assert.Equal(answer, string.Concat(events.OfType<RunEvent.TextDelta>().Select(static d => d.Text)));

        // The history can be sent on.
        model.Info = Small with { Profile = ModelProfile.Default };
        await agent.RunAsync("And now?", result.Session, budget: new Budget { MaxSteps = 1 });
        History.MustBeValidToSend(model.Requests[^1]);
    }

    [Fact]
    public async Task Silence_WhereEveryCallFailed_SaysThatNothingWasLookedUp()
    {
        var model = new ScriptedModel((n, request) => request.Options.ToolMode is NoneChatToolMode ? ScriptedModel.Text(string.Empty) : ScriptedModel.Call("files__read_file", new { path = n })) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(ToolResult.FromText("There is no such file.", isError: true));

        var (result, _) = await agent.RunAsync("Who leads it?");

        Assert.Equal(RunStop.LimitReached, result.Stopped);
        Assert.Equal("The run was stopped without an answer: 3 steps in a row failed. Ask in other words, or choose another model with --model.", result.Answer);
    }

    [Theory]
    [InlineData(1, "I could not look this up: no call brought anything. What test/small says without a source may be invented:\n\nJohn Smith leads it.")]
    [InlineData(2, "The run was stopped without an answer: 3 steps in a row failed. Ask in other words, or choose another model with --model. What test/small says all the same rests on no result of this request and may be invented:\n\nJohn Smith leads it.")]
    public async Task Answer_AtALimit_WithNothingToRestOn_IsMarked_InLaterRequestsToo(int request, string expected)
    {
        var model = new ScriptedModel((n, asked) => asked.Options.ToolMode is NoneChatToolMode ? ScriptedModel.Text("John Smith leads it.") : ScriptedModel.Call("files__read_file", new { path = n })) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(ToolResult.FromText("There is no such file.", isError: true));

        var (result, events) = await agent.RunAsync("Who leads it?");
        for (var more = 1; more < request; more++)
        {
            (result, events) = await agent.RunAsync("And who leads the other?", result.Session);
        }

        Assert.Equal(RunStop.LimitReached, result.Stopped);
        Assert.Equal(expected, result.Answer);
        Assert.Equal(expected, string.Concat(events.Skip(events.FindLastIndex(static e => e is RunEvent.TextReset)).OfType<RunEvent.TextDelta>().Select(static d => d.Text)));
    }

    [Theory]
    [InlineData("""{"agent/about":"state"}""", true, false, false)]
    [InlineData("""{"agent/about":"overview"}""", true, false, true)]
    [InlineData("""{}""", true, true, true)]
    [InlineData("""{}""", false, false, true)]
    public async Task Result_OfATool_IsData_UnlessItsDefinitionSaysOtherwise(string meta, bool builtIn, bool isData, bool isAnswer)
    {
        var model = new ScriptedModel((n, _) => n == 1 ? ScriptedModel.Call("web__list_orders") : ScriptedModel.Text("There are two.")) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("web.list_orders") with { Meta = Json(meta), BuiltIn = builtIn });
        agent.Pipeline.Act = static (_, _, _) => Structured("""{"indexes":[{"root":"docs","state":"none"}]}""");

        var (result, _) = await agent.RunAsync("How many are there?");

        Assert.Equal(isData, model.Requests[1].Options.ToolMode is NoneChatToolMode);
        Assert.Equal(!isAnswer, result.Answer.StartsWith("I could not look this up", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("failed", true)]
    [InlineData("empty", true)]
    [InlineData("state", true)]
    [InlineData("rows", false)]
    [InlineData("denied", false)]
    public async Task Call_IsDemandedAgain_WhereTheFirstBroughtNothing_ThreeTimesAtMost(string came, bool demanded)
    {
        var model = new ScriptedModel((n, request) => request.Options.ToolMode is NoneChatToolMode || n > 4 ? ScriptedModel.Text("Nothing.") : ScriptedModel.Call("files__search_text", new { pattern = n })) { Info = Small };
        await using var agent = new TestAgent(model, settings: new() { ["limits:maxErrorSteps"] = "9" });
        agent.Host.Set(FakeHost.Tool("files.search_text") with { Meta = Json(came == "state" ? """{"agent/about":"state"}""" : "{}") });
        agent.Pipeline.Decide = _ => came == "denied" ? DecisionKind.Deny : null;
        agent.Pipeline.Act = (_, _, _) => came switch
        {
            "failed" => ValueTask.FromResult(ToolResult.FromText("No.", isError: true)),
            "empty" => Structured("""{"matches":[],"total":0}"""),
            _ => Structured("""{"matches":[{"path":"a.md"}],"total":1}"""),
        };

        await agent.RunAsync("Who leads it?");

        Assert.Equal(demanded ? [true, true, true, false, false] : [true, false], model.Requests.Take(demanded ? 5 : 2).Select(static r => r.Options.ToolMode is RequiredChatToolMode));
    }

    [Fact]
    public async Task Search_ForTools_GivesASmallModelOneThatReadsFirst_AndIsNothingToAnswerFrom()
    {
        var model = new ScriptedModel((n, _) => n == 1 ? ScriptedModel.Call("agent__find_tools", new { query = "Heron", limit = 1 }) : ScriptedModel.Text("Nothing.")) { Info = Small with { Profile = Profile with { MaxTools = 2 } } };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.create_directory", readOnly: false), FakeHost.Tool("files.find_files"), FakeHost.Tool("files.read_file"));

        await agent.RunAsync("Who leads Heron?");

        Assert.DoesNotContain("files__create_directory", model.Requests[1].Tools);
        Assert.IsType<RequiredChatToolMode>(model.Requests[1].Options.ToolMode);
    }

    [Theory]
    [InlineData("Which file mentions Ingrid?", "read_file", "search_text")]
    [InlineData("Delete the file old.txt", "read_file", "search_text", "delete_file")]
    [InlineData("Make a folder called new", "read_file", "search_text", "create_directory")]
    public void Tools_ThatChangeSomething_AreOfferedToASmallModel_WhereTheRequestSpeaksOfIt(string request, params string[] expected)
    {
        ToolDefinition[] tools =
        [
            FakeHost.Tool("files.read_file", description: "Reads a file, also parts."),
            FakeHost.Tool("files.search_text", description: "Finds lines in files."),
            FakeHost.Tool("files.delete_file", description: "Moves a file to the trash.", readOnly: false),
            FakeHost.Tool("files.create_directory", description: "Makes a folder, with those above it.", readOnly: false),
        ];

        var chosen = ToolSearch.Choose(tools, new ModelProfile { MaxTools = 3, Compact = true }, request, static _ => 1, 100);

        Assert.Equal(expected.Order(StringComparer.Ordinal), chosen.Select(static t => t.Id.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Who leads Heron?", "pattern")]
    [InlineData("What stands in the folder docs on Heron?", "pattern,path")]
    [InlineData("Show 3 lines of context around Heron", "pattern,context")]
    public void Parameters_OfALongSchema_AreThoseItNeeds_AndThoseTheRequestSpeaksOf(string request, string expected)
    {
        var schema = Json("""
            {"type":"object","properties":{"pattern":{"type":"string"},"regex":{"type":"boolean"},"path":{"type":"string","description":"The folder to search."},"hidden":{"type":"boolean"},
            "context":{"type":"integer"},"limit":{"type":"integer"},"cursor":{"type":"string"}},"required":["pattern"],"additionalProperties":false}
            """);

        var shown = CompactSchema.Write(schema, ToolSearch.TellingWords(request));

        Assert.Equal(expected, string.Join(',', shown.GetProperty("properties").EnumerateObject().Select(static p => p.Name)));
        Assert.Equal(7, CompactSchema.Write(schema).GetProperty("properties").EnumerateObject().Count());
    }

    [Fact]
    public void Parameters_OfASchemaThatNeedsNone_KeepTheFirst()
    {
        var schema = Json($$$"""{"type":"object","properties":{{{{string.Join(',', "abcdefg".Select(static c => $$"""
            "{{c}}{{c}}":{"type":"string"}
            """))}}}}}""");

        Assert.Equal(["aa"], CompactSchema.Write(schema, ToolSearch.TellingWords("x")).GetProperty("properties").EnumerateObject().Select(static p => p.Name));
    }

    [Theory]
    [InlineData("The folder holds ", "the notes of the meeting and ", 9, true)]
    [InlineData("", "the rules for travel, the rules for sick leave, ", 5, true)]
    [InlineData("", "the rules for travel, the rules for sick leave, ", 3, false)]
    [InlineData("", "----------------", 40, false)]
    [InlineData("| ", "--- | ", 40, false)]
    [InlineData("", "| Iron Maiden | Rock |\n", 12, false)]
    [InlineData("", "no, ", 60, false)]
    public void RepeatedText_NoticesASentenceThatNeverEnds(string start, string round, int times, bool repeated)
    {
        var text = new RepeatedText();
        var noticed = false;
        foreach (var c in start + string.Concat(Enumerable.Repeat(round, times)))
        {
            noticed |= !noticed && text.Push(c.ToString());
        }

        Assert.Equal(repeated, noticed);
        Assert.Equal(repeated ? (start + round).TrimEnd(' ', ',') : string.Empty, text.Kept);
    }

    [Fact]
    public void RepeatedText_LetsAListOfDatesPass()
    {
        var text = new RepeatedText();

        Assert.False(text.Push(string.Concat(Enumerable.Range(1, 300).Select(static i => $"the meeting of day {i}, "))));
    }

    /// <summary>What cannot be scanned for sources in time is still the answer.</summary>
    [Fact]
    public void Citations_OfAnAnswerThatTakesTooLongToScan_AreLeftOut()
    {
        var cited = new SourceIndex().Cite(new string('+', 300_000) + " https://example.org/a");

        Assert.Equal("https://example.org/a", Assert.Single(cited).Source);
    }

    private static JsonElement Json(string json) => JsonElement.Parse(json);

    private static ValueTask<ToolResult> Structured(string json) =>
        ValueTask.FromResult(new ToolResult { Raw = Json($$"""{"content":[{"type":"text","text":"found"}],"structuredContent":{{json}}}"""), Label = Label.Bottom });
}
