using Agent.Governance.Tests.Support;

namespace Agent.Governance.Tests.Policy;

/// <summary>What the engine says of a statement, in rules and approvals.</summary>
public class EngineStatementsTests
{
    private const string Word = """{"agent/classify":true}""";
    private const string Rules =
        """
        {"policy": {"rules": [
          {"name": "pay", "decision": "deny", "table": ["salary"]},
          {"name": "notes", "decision": "allow", "tool": "sql.execute", "statement": ["write"], "table": ["notes"]}
        ]}}
        """;

    [Fact]
    public async Task Query_ThroughAViewOfADeniedTable_IsDenied()
    {
        await using var harness = Sql("query", """{"statements":[{"class":"read","verb":"SELECT","reads":["harmless","salary"],"writes":[],"every_row":false,"refused":null}]}""");

        var outcome = await harness.InvokeAsync("sql.query", """{"statement":"SELECT * FROM harmless"}""");

        Assert.Equal(ToolOutcomeKind.Denied, outcome.Kind);
        Assert.Contains("pay", Assert.Single(outcome.Decision!.Reasons), StringComparison.Ordinal);
        Assert.Equal(1, harness.Host.Calls);
    }

    [Theory]
    [InlineData("write", "notes", false, ToolOutcomeKind.Completed, null)]
    [InlineData("write", "notes", true, ToolOutcomeKind.Pending, ToolEffects.Write | ToolEffects.Destructive)]
    [InlineData("write", "others", false, ToolOutcomeKind.Pending, ToolEffects.Write)]
    [InlineData("schema", "notes", false, ToolOutcomeKind.Pending, ToolEffects.Write | ToolEffects.Destructive)]
    [InlineData("administration", "notes", false, ToolOutcomeKind.Pending, ToolEffects.Write | ToolEffects.Destructive)]
    [InlineData("unknown", "notes", false, ToolOutcomeKind.Pending, ToolEffects.Write | ToolEffects.Destructive)]
    [InlineData("write", "salary", false, ToolOutcomeKind.Denied, null)]
    public async Task Execute_ClassOfTheEngine_Decides(string name, string table, bool everyRow, ToolOutcomeKind expected, ToolEffects? effects)
    {
        // The words alone would say: writes notes, with a condition.
        await using var harness = Sql("execute", $$"""{"statements":[{"class":"{{name}}","verb":"X","reads":[],"writes":["{{table}}"],"every_row":{{(everyRow ? "true" : "false")}},"refused":null}]}""");

        var outcome = await harness.InvokeAsync("sql.execute", """{"statement":"UPDATE notes SET a = 1 WHERE b = 2"}""");

        Assert.Equal(expected, outcome.Kind);
        Assert.Equal(effects, outcome.Approval?.Effects & (ToolEffects.Write | ToolEffects.Destructive));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"statements":[]}""")]
    [InlineData("""{"statements":[{"class":"read"}]}""")]
    [InlineData("""{"statements":[{"class":"harmless","reads":[],"writes":[]}]}""")]
    [InlineData("""{"statements":[{"class":"read","reads":[],"writes":[]},{"class":7}]}""")]
    [InlineData("""{"statements":["read"]}""")]
    [InlineData("error")]
    [InlineData("throw")]
    public async Task AnswerThatMakesNoSense_IsTheStrictestClass(string answer)
    {
        await using var writing = Sql("execute", answer);
        var asked = await writing.InvokeAsync("sql.execute", """{"statement":"UPDATE notes SET a = 1 WHERE b = 2"}""");
        Assert.Equal(ToolOutcomeKind.Pending, asked.Kind);
        Assert.True(asked.Approval!.Effects.HasFlag(ToolEffects.Destructive));

        await using var reading = Sql("query", answer);
        var denied = await reading.InvokeAsync("sql.query", """{"statement":"SELEC 1"}""");
        Assert.Equal(ToolOutcomeKind.Denied, denied.Kind);
        Assert.Contains("could not be learned", denied.Result!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Query_ThatTheEngineCannotPrepare_GoesToTheEngineForItsWords()
    {
        await using var harness = Sql("query", """{"statements":[{"class":"unknown","refused":"no such table"}]}""");

        Assert.Equal(ToolOutcomeKind.Completed, (await harness.InvokeAsync("sql.query", """{"statement":"SELEC 1"}""")).Kind);
        Assert.Equal(ToolOutcomeKind.Denied, (await harness.InvokeAsync("sql.query", """{"statement":"SELECT * FROM salary WHERE nothing"}""", id: "c2")).Kind);
    }

    [Fact]
    public async Task ToolThatDoesNotKnowTheWord_OrThatNobodyVouchesFor_IsNotAsked()
    {
        await using var harness = new Harness(Rules);
        var asked = 0;
        ValueTask<ToolResult> Run(ToolCallOptions options)
        {
            asked += options.Classify ? 1 : 0;
            return ValueTask.FromResult(ToolResult.FromText("done"));
        }

        harness.Host.AddAsync("sql", "query", (_, options, _) => Run(options));
        harness.Host.AddAsync("other", "query", (_, options, _) => Run(options), meta: Word);

        Assert.Equal(ToolOutcomeKind.Completed, (await harness.InvokeAsync("sql.query", """{"statement":"SELECT 1"}""")).Kind);
        Assert.Equal(ToolOutcomeKind.Pending, (await harness.InvokeAsync("other.query", """{"statement":"SELECT 1"}""", id: "c2")).Kind);
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Approved_AndByThenItWouldDoMore_IsAskedAnew()
    {
        var name = "write";
        await using var harness = new Harness(Rules);
        harness.Host.AddAsync(
            "sql",
            "execute",
            (_, options, _) => ValueTask.FromResult(options.Classify
                ? Answer($$"""{"statements":[{"class":"{{name}}","reads":[],"writes":["others"],"every_row":false}]}""")
                : ToolResult.FromText("done")),
            meta: Word);
        var context = harness.Context();
        var first = await harness.InvokeAsync("sql.execute", """{"statement":"UPDATE others SET a = 1 WHERE b = 2"}""", context);
        await harness.AnswerAsync(first.Approval!);
        name = "schema";

        var outcome = await harness.Pipeline.ResumeAsync(first.Approval!.Id, context, CancellationToken.None);

        Assert.Equal(ToolOutcomeKind.Pending, outcome.Kind);
        Assert.NotEqual(first.Approval.Id, outcome.Approval!.Id);
    }

    [Fact]
    public async Task Audit_OfACall_HoldsTheClassAndWhoSaidIt()
    {
        await using var harness = Sql("query", """{"statements":[{"class":"read","reads":["track"],"writes":[],"every_row":false}]}""");

        await harness.InvokeAsync("sql.query", """{"statement":"SELECT * FROM track"}""");

        var statement = harness.Records().First(record => record.Type == "call.intent").Data.GetProperty("statement");
        Assert.Equal("""{"by":"engine","class":"read","tables":["track"]}""", System.Text.Encoding.UTF8.GetString(Json.CanonicalJson.GetBytes(statement)));
    }

    private static Harness Sql(string tool, string answer)
    {
        var harness = new Harness(Rules);
        harness.Host.AddAsync(
            "sql",
            tool,
            (_, options, _) => ValueTask.FromResult(!options.Classify ? ToolResult.FromText("done")
                : answer == "throw" ? throw new IOException("lost")
                : answer == "error" ? ToolResult.FromText("The database cannot be reached.", isError: true)
                : Answer(answer)),
            meta: Word);
        return harness;
    }

    private static ToolResult Answer(string structured) => new()
    {
        Raw = Harness.Json($$"""{"content":[{"type":"text","text":"classed"}],"structuredContent":{{structured}}}"""),
    };
}
