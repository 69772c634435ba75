using System.Text.Json;
using Agent.Runtime.Answers;
using Agent.Runtime.Citations;
using Agent.Runtime.Tests.Fakes;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Tests;

/// <summary>Answers rest on results: citations, completion, schema, screening.</summary>
public sealed class AnswerTests
{
    private const string Search = """
        {"content":[{"type":"text","text":"2 matches"}],"structuredContent":{"matches":[{"path":"docs/a.md","line":12,"text":"hello"},{"path":"docs/b.md","line":3,"text":"hello"}],"total":2,"truncated":false,"next_cursor":null}}
        """;

    private const string Document =
        """{"content":[],"structuredContent":{"files":[{"path":"contracts/acme.md","size":120,"hash":"sha256:1","kind":"text","line":1,"end_line":9,"total_lines":9,"text":"# Contract with Acme\n\nThe notice period is six months.\n\n## Fees\n\nMonthly: 4,150 euros.\n"}],"total":1}}""";

    private const string Rows = """
        {"content":[{"type":"text","text":"rows"}],"structuredContent":{"database":"chinook","statement":"SELECT Name, Total FROM t","columns":[{"name":"Name"},{"name":"Total"}],"rows":[["Rock",1297],["Latin",579]],"row_count":2,"total":2,"truncated":false,"next_cursor":null}}
        """;

    private static readonly ModelInfo Small = new()
    {
        Provider = "test",
        Name = "small",
        Profile = new ModelProfile { Name = "small", WithholdToolsAfterData = true, Compact = true, ForceFirstCall = true },
    };

    [Fact]
    public async Task Citations_OfAnAnswer_AreCheckedAgainstTheResults()
    {
        var model = new ScriptedModel(
            ScriptedModel.Calls([("s", "files__search_text", null), ("q", "sql__query", null), ("w", "web__fetch", null)]),
            ScriptedModel.Text("See docs/a.md:12 and docs/a.md:99, also https://example.org/page. and https://invented.example/x"));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.search_text"), FakeHost.Tool("sql.query"), FakeHost.Tool("web.fetch"));
        agent.Pipeline.Act = static (call, _, _) => ValueTask.FromResult(Result(call.Id switch
        {
            "s" => Search,
            "q" => Rows,
            _ => """{"content":[],"structuredContent":{"url":"https://example.org/page","content":"text"}}""",
        }));

        var (result, _) = await agent.RunAsync("where?");

        Assert.Equal(
            [
                new Citation("docs/a.md:12", "s"),
                new Citation("docs/a.md:99", null),
                new Citation("https://example.org/page", "w"),
                new Citation("https://invented.example/x", null),
                new Citation("chinook: SELECT Name, Total FROM t", "q"),
            ],
            result.Citations);
    }

    [Theory]
    [InlineData("in docs/a.md", "docs/a.md:12")]
    [InlineData("in two files", "docs/a.md:12")]
    [InlineData("in a.md:12", "a.md:12")]
    [InlineData("`docs/b.md:3`", "docs/b.md:3")]
    [InlineData("(docs/b.md:3)", "docs/b.md:3")]
    public void Citations_FormsOfNaming_AreFound(string answer, string source)
    {
        var index = new SourceIndex();
        index.Add("s", Result(Search));

        Assert.Contains(new Citation(source, "s"), index.Cite(answer));
    }

    [Fact]
    public void Citations_LinesWithinARangeThatWasRead_AreFound()
    {
        var index = new SourceIndex();
        index.Add("r", Result("""{"content":[],"structuredContent":{"files":[{"path":"src/x.cs","kind":"text","line":10,"end_line":40,"text":"…"}]}}"""));

        Assert.Equal("r", index.Cite("src/x.cs:25").Single().ToolCall);
        Assert.Null(index.Cite("src/x.cs:41").First(static c => c.Source == "src/x.cs:41").ToolCall);
    }

    [Fact]
    public async Task Answer_OfASmallModelThatOnlyDescribes_IsCompletedWithTheRows()
    {
        var model = new ScriptedModel(ScriptedModel.Call("sql__query"), ScriptedModel.Text("The function returned a list of genres.")) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("sql.query"));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(Result(Rows));

        var (result, events) = await agent.RunAsync("tracks per genre");

        Assert.Contains("| Rock | 1297 |", result.Answer, StringComparison.Ordinal);
        Assert.Contains("Source: chinook: SELECT", result.Answer, StringComparison.Ordinal);
        Assert.Equal(result.Answer, string.Concat(events.OfType<RunEvent.TextDelta>().Select(static d => d.Text)));
        Assert.Equal(ChatToolMode.None, model.Requests[1].Options.ToolMode);
        Assert.Equal(RunStop.Answered, result.Stopped);
    }

    [Theory]
    [InlineData("What is the notice period of Acme?", "The document describes a contract.", "- contracts/acme.md:3: The notice period is six months.")]
    [InlineData("What is the notice period of Acme?", "Six months.", null)]
    [InlineData("What does it say about fees?", "It has a section on fees.", "- contracts/acme.md:7: Monthly: 4,150 euros.")]
    [InlineData("What does it say about fees?", "4150 euros a month.", null)]
    [InlineData("Show me contracts/acme.md", "This is a Markdown file.", "- contracts/acme.md:1: # Contract with Acme")]
    public async Task Answer_ThatOnlyDescribesADocument_IsCompletedWithItsLines(string question, string said, string? completed)
    {
        var model = new ScriptedModel(ScriptedModel.Call("files__read_file"), ScriptedModel.Text(said)) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(Result(Document));

        var (result, _) = await agent.RunAsync(question);

        if (completed is null)
        {
            Assert.Equal(said, result.Answer);
        }
        else
        {
            Assert.StartsWith($"{said}\n\n- contracts/acme.md:", result.Answer, StringComparison.Ordinal);
            Assert.Contains(completed, result.Answer, StringComparison.Ordinal);
            Assert.Contains(result.Citations, static c => c is { Source: "contracts/acme.md:1", ToolCall: not null } or { Source: "contracts/acme.md:3", ToolCall: not null } or { Source: "contracts/acme.md:7", ToolCall: not null });
        }
    }

    [Theory]
    [InlineData("Which files mention TODO?", "Two files mention it: servers.txt and launch.md.", true)]
    [InlineData("Which files mention TODO?", "The function returned a list of files.", false)]
    [InlineData("What is still to do?", "There is something to do in servers.txt.", false)]
    [InlineData("What is still to do?", "Retire kestrel, and Karim writes the post-mortem.", true)]
    public void Hits_AreGiven_WhereTheQuestionIsAnswered(string question, string answer, bool given)
    {
        var passage = ResultPassage.Read(
            JsonElement.Parse("""{"matches":[{"path":"it/servers.txt","line":4,"column":1,"text":"TODO: retire kestrel"},{"path":"notes/launch.md","line":4,"column":3,"text":"- TODO: Karim writes the post-mortem."}],"total":2}"""),
            string.Empty, "files.search_text", question)!;

        Assert.Equal(given, passage.IsGivenIn(answer));
        Assert.Equal("- it/servers.txt:4: TODO: retire kestrel\n- notes/launch.md:4: - TODO: Karim writes the post-mortem.", passage.ToMarkdown());
    }

    [Fact]
    public void Passage_OfAToolThatGivesTextOnly_NamesTheTool()
    {
        var passage = ResultPassage.Read(null, "# Weather\n\nOslo: 4 degrees, rain.\nBergen: 7 degrees.", "weather.report", "What is the weather in Oslo?")!;

        Assert.False(passage.IsGivenIn("The weather is described in the report."));
        Assert.True(passage.IsGivenIn("It rains at 4 degrees."));
        Assert.Equal("- weather.report: # Weather\n- weather.report: Oslo: 4 degrees, rain.\n- weather.report: Bergen: 7 degrees.", passage.ToMarkdown());
    }

    [Theory]
    [InlineData("Who placed order 1006?", "Order 1006 was placed.", false)]
    [InlineData("Who placed order 1006?", "Noor de Vries placed it.", true)]
    public void Fields_OfOneThing_AreValuesThatTheQuestionDoesNotHave(string question, string answer, bool given)
    {
        var reply = JsonElement.Parse("""{"url":"http://shop/orders/1006","status":200,"body":{"id":1006,"customer":"Noor de Vries","status":"open","lines":[{"sku":"A"}]},"total":null}""");
        var table = ResultTable.ReadFields(reply)!;

        Assert.Equal(given, table.IsGivenIn(answer, question));
        Assert.Contains("| 1006 | Noor de Vries | open |", table.ToMarkdown(), StringComparison.Ordinal);
        Assert.Null(ResultTable.ReadFields(JsonElement.Parse("""{"url":"http://shop/orders","status":200,"body":[{"id":1}]}""")));
    }

    [Fact]
    public async Task Change_ThatSaysWhatItDid_CompletesNothing()
    {
        var model = new ScriptedModel(ScriptedModel.Call("files__write_file"), ScriptedModel.Text("Done.")) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.write_file", readOnly: false));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(Result(Document));

        Assert.Equal("Done.", (await agent.RunAsync("Write the contract")).Result.Answer);
    }

    [Fact]
    public async Task Answer_ThatGivesTheValues_StaysAsItIs()
    {
        var model = new ScriptedModel(ScriptedModel.Call("sql__query"), ScriptedModel.Text("Rock has 1,297 and Latin 579.")) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("sql.query"));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(Result(Rows));

        Assert.Equal("Rock has 1,297 and Latin 579.", (await agent.RunAsync("x")).Result.Answer);
    }

    [Fact]
    public async Task Answer_EmptyAlthoughTheDataIsThere_IsTheData()
    {
        var model = new ScriptedModel((n, _) => n == 1 ? ScriptedModel.Call("sql__query") : []) { Info = Small };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("sql.query"));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(Result(Rows));

        var (result, _) = await agent.RunAsync("x");

        Assert.Equal(RunStop.Answered, result.Stopped);
        Assert.Contains("| Latin | 579 |", result.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LargeModel_GetsNoneOfTheCrutches()
    {
        var model = new ScriptedModel(ScriptedModel.Call("sql__query"), ScriptedModel.Text("The function returned a list."));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("sql.query"));
        agent.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(Result(Rows));

        var (result, _) = await agent.RunAsync("x");

        Assert.Equal("The function returned a list.", result.Answer);
        Assert.Equal(ChatToolMode.Auto, model.Requests[1].Options.ToolMode);
        Assert.Null(model.Requests[0].Options.Temperature);
    }

    [Fact]
    public void Table_Values_MustStandAsWholeWords()
    {
        var table = ResultTable.Read(Result("""{"content":[],"structuredContent":{"columns":["n"],"rows":[[12]]}}""").Structured!.Value)!;
        Assert.True(table.IsGivenIn("There are 12."));
        Assert.False(table.IsGivenIn("There are 125."));
        Assert.False(table.IsGivenIn("There are some."));
    }

    [Fact]
    public async Task Schema_BrokenOnce_IsRepaired()
    {
        var model = new ScriptedModel(ScriptedModel.Text("The count is 3."), ScriptedModel.Text("```json\n{\"count\": 3}\n```"));
        await using var agent = new TestAgent(model);

        var (result, events) = await RunWithSchemaAsync(agent);

        Assert.Equal(RunStop.Answered, result.Stopped);
        Assert.Equal("{\"count\": 3}", result.Answer);
        Assert.Equal(2, model.Requests.Count);
        Assert.Contains("JSON Schema", model.Requests[0].Messages[1].Text, StringComparison.Ordinal);
        var reset = events.FindLastIndex(static e => e is RunEvent.TextReset);
        Assert.Equal("{\"count\": 3}", string.Concat(events.Skip(reset).OfType<RunEvent.TextDelta>().Select(static d => d.Text)));
    }

    [Fact]
    public async Task Schema_BrokenTwice_Fails()
    {
        var model = new ScriptedModel((_, _) => ScriptedModel.Text("{\"count\": \"three\"}"));
        await using var agent = new TestAgent(model);

        var (result, _) = await RunWithSchemaAsync(agent);

        Assert.Equal(RunStop.Failed, result.Stopped);
        Assert.Equal(2, model.Requests.Count);
        Assert.Contains("schema", result.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Schema_ServerHoldsToIt_IsGivenNatively()
    {
        var model = new ScriptedModel(ScriptedModel.Text("{\"count\": 3}"))
        {
            Info = new ModelInfo { Provider = "test", Name = "native", Capabilities = ModelCapabilities.Tools | ModelCapabilities.JsonSchema },
        };
        await using var agent = new TestAgent(model);

        var (result, _) = await RunWithSchemaAsync(agent);

        Assert.Equal("{\"count\": 3}", result.Answer);
        Assert.IsType<ChatResponseFormatJson>(model.Requests[0].Options.ResponseFormat);
        Assert.Equal("how many?", model.Requests[0].Messages[1].Text);
    }

    [Fact]
    public async Task Guardrails_MarkResultsAndScreenTheAnswerAsItStreams()
    {
        var model = new ScriptedModel(
            ScriptedModel.Call("web__fetch"),
            [new ChatResponseUpdate(ChatRole.Assistant, "The key is sec"), new ChatResponseUpdate(ChatRole.Assistant, "ret!"), ScriptedModel.Usage(1, 1)]);
        await using var agent = new TestAgent(model, guardrails: new FakeGuardrails());
        agent.Host.Set(FakeHost.Tool("web.fetch"));

        var (result, events) = await agent.RunAsync("x");

        Assert.Contains("MARKS", model.Requests[0].Messages[0].Text, StringComparison.Ordinal);
        Assert.StartsWith("<<web.fetch:", (string)((FunctionResultContent)model.Requests[1].Messages[^1].Contents[0]).Result!, StringComparison.Ordinal);
        Assert.Equal("The key is ***!", result.Answer);
        Assert.DoesNotContain("secret", string.Concat(events.OfType<RunEvent.TextDelta>().Select(static d => d.Text)), StringComparison.Ordinal);
        Assert.Contains(events.OfType<RunEvent.Notice>(), static n => n.Text == "a secret was masked");
    }

    [Fact]
    public async Task Text_BesideCalls_IsPartOfTheAnswer()
    {
        var model = new ScriptedModel(ScriptedModel.Call("web__fetch", text: "Let me look."), ScriptedModel.Text("Found."));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("web.fetch"));

        var (result, events) = await agent.RunAsync("x");

        Assert.Equal("Let me look.\n\nFound.", result.Answer);
        Assert.Equal(result.Answer, string.Concat(events.OfType<RunEvent.TextDelta>().Select(static d => d.Text)));
    }

    private static async Task<(RunResult Result, List<RunEvent> Events)> RunWithSchemaAsync(TestAgent agent)
    {
        using var schema = JsonDocument.Parse("""{"type":"object","properties":{"count":{"type":"integer"}},"required":["count"]}""");
        List<RunEvent> events = [];
        await foreach (var item in agent.Runner.RunAsync(new RunRequest { Prompt = "how many?", Client = "test", OutputSchema = schema.RootElement.Clone() }, default))
        {
            events.Add(item);
        }

        return (((RunEvent.Completed)events[^1]).Result, events);
    }

    private static ToolResult Result(string raw)
    {
        using var document = JsonDocument.Parse(raw);
        return new ToolResult { Raw = document.RootElement.Clone(), Label = Label.From(Integrity.Internal, Confidentiality.Private, "test") };
    }

    private sealed class FakeGuardrails : IGuardrails
    {
        public string Instruction(string runId) => "MARKS";

        public string ForModel(string runId, string source, string text, Label label) => $"<<{source}:{text}>>";

        public IAnswerScreen OpenAnswer(CallContext context) => new Screen();

        public ScreenedText ScreenAnswer(string text, CallContext context) => new(text, []);

        public string Redact(string text) => text.Replace("secret", "***", StringComparison.Ordinal);

        private sealed class Screen : IAnswerScreen
        {
            private string _held = string.Empty;

            public string Push(string delta)
            {
                _held += delta;
                return string.Empty;
            }

            public ScreenedText Finish() => _held.Contains("secret", StringComparison.Ordinal)
                ? new(_held.Replace("secret", "***", StringComparison.Ordinal), ["a secret was masked"])
                : new(_held, []);
        }
    }
}
