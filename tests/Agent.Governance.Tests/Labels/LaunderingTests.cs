using Agent.Governance.Tests.Support;

namespace Agent.Governance.Tests.Labels;

/// <summary>Text of strangers that is written somewhere does not come back clean, whatever way it takes.</summary>
public sealed class LaunderingTests
{
    private static Harness New()
    {
        var harness = new Harness("""{"policy":{"rules":[{"name":"all","decision":"allow"}]}}""");
        foreach (var tool in new[] { "read_file", "write_file", "move_file", "search_text" })
        {
            harness.Host.Add("files", tool, a => Structured(a.TryGetProperty("pattern", out _) ? """{"items":[{"path":"in/deep/a.md"}]}""" : "{}"));
        }

        harness.Host.Add("sql", "query", _ => Structured("""{"database":"shop"}""")).Add("sql", "execute", _ => Structured("""{"database":"shop"}"""));
        harness.Host.Add("web", "download", _ => Structured("""{"url":"https://a.example/x","path":"x.md"}"""));
        return harness;
    }

    private static ToolResult Structured(string json) =>
        new() { Raw = Harness.Json($$"""{"content":[{"type":"text","text":"text"}],"structuredContent":{{json}}}""") };

    private static async Task<Integrity> ReadAsync(Harness harness, string tool, string arguments, IProvenance? provenance = null)
    {
        var outcome = await harness.InvokeAsync(tool, arguments, harness.Context(provenance ?? harness.NewProvenance(arguments), session: Guid.NewGuid().ToString("n")), Guid.NewGuid().ToString("n"));
        if (outcome.Approval is { } question)
        {
            await harness.AnswerAsync(question);
            outcome = await harness.Pipeline.ResumeAsync(question.Id, harness.Context(provenance ?? harness.NewProvenance(arguments), session: question.SessionId), CancellationToken.None);
        }

        Assert.True(outcome.Kind == ToolOutcomeKind.Completed, outcome.Result?.Text);
        return outcome.Result!.Label.Integrity;
    }

    private static IProvenance Tainted(Harness harness, string words)
    {
        var provenance = harness.NewProvenance(words);
        provenance.AddText("evil", Label.From(Integrity.Untrusted, Confidentiality.Public, "web.fetch"));
        return provenance;
    }

    [Fact]
    public async Task Read_FileWrittenWhileUntrustedTextWasKnown_IsUntrustedInEverySession()
    {
        await using var harness = New();
        await ReadAsync(harness, "files.write_file", """{"path":"in/deep/a.md"}""", Tainted(harness, "in/deep/a.md"));

        Assert.Equal(Integrity.Untrusted, await ReadAsync(harness, "files.read_file", """{"path":"./in/deep/../deep/a.md"}"""));
        Assert.Equal(Integrity.Untrusted, await ReadAsync(harness, "files.search_text", """{"pattern":"x"}"""));
        Assert.Equal(Integrity.Internal, await ReadAsync(harness, "files.read_file", """{"path":"in/deep/b.md"}"""));
    }

    [Fact]
    public async Task Read_FileOfAMovedFolder_IsUntrustedStill()
    {
        await using var harness = New();
        await ReadAsync(harness, "files.write_file", """{"path":"in/deep/a.md"}""", Tainted(harness, "in/deep/a.md"));
        await ReadAsync(harness, "files.move_file", """{"from":"in","to":"out"}""");

        Assert.Equal(Integrity.Untrusted, await ReadAsync(harness, "files.read_file", """{"path":"out/deep/a.md"}"""));
    }

    [Fact]
    public async Task Read_FileFromTheWeb_IsUntrusted()
    {
        await using var harness = New();
        await ReadAsync(harness, "web.download", """{"url":"https://a.example/x","path":"x.md"}""");

        Assert.Equal(Integrity.Untrusted, await ReadAsync(harness, "files.read_file", """{"path":"x.md"}"""));
    }

    [Theory]
    [InlineData("INSERT INTO clean SELECT * FROM notes", "SELECT * FROM clean")]
    [InlineData("INSERT OR REPLACE INTO clean SELECT a FROM public.\"Notes\" n", "select b from \"clean\"")]
    [InlineData("CREATE TABLE IF NOT EXISTS copy AS SELECT * FROM items, notes", "SELECT * FROM copy WHERE 1 = 1")]
    [InlineData("CREATE VIEW seen AS SELECT * FROM (SELECT text FROM notes) t", "SELECT * FROM items i, seen s")]
    [InlineData("ALTER TABLE notes RENAME TO fresh", "SELECT * FROM fresh")]
    [InlineData("UPDATE clean SET a = n.text FROM items, notes n WHERE n.id = 1", "WITH c AS (SELECT * FROM clean) SELECT * FROM c")]
    public async Task Read_RowsCopiedInsideTheDatabase_AreUntrusted(string copy, string read)
    {
        await using var harness = New();
        await ReadAsync(harness, "sql.execute", """{"statement":"INSERT INTO notes (text) VALUES ('x')"}""", Tainted(harness, "INSERT INTO notes (text) VALUES ('x')"));
        Assert.Equal(Integrity.Internal, await ReadAsync(harness, "sql.query", """{"statement":"SELECT * FROM items"}"""));
        await ReadAsync(harness, "sql.execute", System.Text.Json.JsonSerializer.Serialize(new { statement = copy }));

        Assert.Equal(Integrity.Untrusted, await ReadAsync(harness, "sql.query", System.Text.Json.JsonSerializer.Serialize(new { statement = read })));
    }

    [Theory]
    [InlineData("josé@team.example")]
    [InlineData("ｊose@team.example")]
    [InlineData("jose@teaм.example")]
    [InlineData("jose@\u212Aeys.example")]
    [InlineData("jose@team.example.evil.example")]
    [InlineData("jose@team\u200B.example")]
    public async Task Find_ValueThatOnlyLooksLikeTheTypedOne_IsNotTheirs(string lookalike)
    {
        await using var harness = New();
        harness.Host.Add("mail", "send");
        var provenance = Tainted(harness, "write to jose@team.example or jose@keys.example");

        async Task<DecisionKind> Of(string to) => (await harness.Pipeline.ExplainAsync(
            Harness.Call("mail.send", System.Text.Json.JsonSerializer.Serialize(new { to })), harness.Context(provenance), CancellationToken.None)).Kind;

        Assert.Equal(DecisionKind.Allow, await Of("Jose@Team.example"));
        Assert.Equal(DecisionKind.Ask, await Of(lookalike));
    }

    [Fact]
    public async Task Find_ValueThatOnlyLooksLikeOneOfATrustedServer_IsNotTrusted()
    {
        await using var harness = new Harness(
            """{"policy":{"rules":[{"name":"all","decision":"allow"}]},"tools":{"contacts.*":{"effects":["read"],"critical":[],"integrity":"trusted"}}}""");
        harness.Host.Add("mail", "send");
        var provenance = Tainted(harness, "write to him");
        provenance.AddResult(new ToolId("contacts", "find"), ToolResult.FromText("jose@team.example", label: Label.From(Integrity.Trusted, Confidentiality.Private, "contacts.find")));

        async Task<DecisionKind> Of(string to) => (await harness.Pipeline.ExplainAsync(
            Harness.Call("mail.send", System.Text.Json.JsonSerializer.Serialize(new { to })), harness.Context(provenance), CancellationToken.None)).Kind;

        Assert.Equal(DecisionKind.Allow, await Of("jose@team.example"));
        Assert.Equal(DecisionKind.Ask, await Of("josé@team.example"));
    }
}
