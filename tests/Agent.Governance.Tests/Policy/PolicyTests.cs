using Agent.Governance.Policy;
using Agent.Governance.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Governance.Tests.Policy;

public sealed class PolicyRuleTests
{
    private static PolicyStore Store(string json) =>
        new(new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json))).Build(), NullLogger<PolicyStore>.Instance);

    [Theory]
    [InlineData("""{"policy":{"rules":[{"decison":"allow"}]}}""", "decison")]
    [InlineData("""{"policy":{"rules":[{"decision":"maybe"}]}}""", "maybe")]
    [InlineData("""{"policy":{"rules":[{"decision":"1"}]}}""", "1")]
    [InlineData("""{"policy":{"rules":[{"decision":"deny","arguments":{"a":{"regex":"("}}}]}}""", "regular expression")]
    [InlineData("""{"policy":{"rules":[{"name":"x","decision":"deny"},{"name":"x","decision":"deny"}]}}""", "two rules")]
    [InlineData("""{"policy":{"rules":[{"decision":"deny","tool":"a.b","match":[{"tool":"a.c"}]}]}}""", "does not cover")]
    [InlineData("""{"policy":{"rules":[{"decision":"deny","tool":"a.*","not_match":[{"tool":"a.c"}]}]}}""", "covers")]
    [InlineData("""{"tools":{"a.b":{"effects":["fly"]}}}""", "fly")]
    [InlineData("""{"guardrails":{"arguments":{"no_such_kind":"mask"}}}""", "no_such_kind")]
    public void Read_WhatHasNoMeaning_IsNamed(string json, string named)
    {
        var failure = Assert.Throws<PolicyException>(() => Store(json));

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"decision":"deny","server":"mail"}""", "mail.send", "{}", DecisionKind.Deny)]
    [InlineData("""{"decision":"deny","tool":"mail.*"}""", "mailer.send", "{}", DecisionKind.Ask)]
    [InlineData("""{"decision":"deny","tool":"send"}""", "other.send", "{}", DecisionKind.Deny)]
    [InlineData("""{"decision":"deny","arguments":{"amount":{"min":"100"}}}""", "bank.pay", """{"amount":100.5}""", DecisionKind.Deny)]
    [InlineData("""{"decision":"deny","arguments":{"amount":{"min":"100"}}}""", "bank.pay", """{"amount":99}""", DecisionKind.Ask)]
    [InlineData("""{"decision":"deny","arguments":{"to[*]":"*@evil.example"}}""", "mail.send", """{"to":["a@b.c","x@evil.example"]}""", DecisionKind.Deny)]
    [InlineData("""{"decision":"deny","table":"salaries"}""", "sql.query", """{"statement":"SELECT * FROM Employees e JOIN hr.Salaries s ON 1=1"}""", DecisionKind.Deny)]
    [InlineData("""{"decision":"deny","table":"salaries"}""", "sql.query", """{"statement":"SELECT * FROM employees e, hr.\"Salaries\" s"}""", DecisionKind.Deny)]
    [InlineData("""{"decision":"deny","table":"salaries"}""", "sql.query", """{"statement":"SELECT * FROM (SELECT 1) x, ( salaries ) s"}""", DecisionKind.Deny)]
    [InlineData("""{"decision":"deny","table":"salaries"}""", "sql.query", """{"statement":"TABLE salaries"}""", DecisionKind.Deny)]
    [InlineData("""{"decision":"deny","table":"salaries"}""", "sql.query", """{"statement":"SELECT salaries FROM employees WHERE a IN (1, salaries)"}""", DecisionKind.Allow)]
    [InlineData("""{"decision":"deny","host":"*.evil.example"}""", "web.fetch", """{"url":"https://a.evil.example/x"}""", DecisionKind.Deny)]
    [InlineData("""{"decision":"deny","path":"private/**"}""", "files.read_file", """{"path":"./x/../private/a.md"}""", DecisionKind.Deny)]
    [InlineData("""{"decision":"deny","client":"mcp:*"}""", "files.read_file", """{"path":"a"}""", DecisionKind.Allow)]
    [InlineData("""{"decision":"ask","effect":"read"}""", "files.read_file", """{"path":"a"}""", DecisionKind.Ask)]
    public async Task Decide_ByARule_FitsItsConditions(string rule, string tool, string arguments, DecisionKind expected)
    {
        await using var harness = new Harness($"{{\"policy\":{{\"rules\":[{rule}]}}}}");
        var dot = tool.IndexOf('.', StringComparison.Ordinal);
        harness.Host.Add(tool[..dot], tool[(dot + 1)..]);

        var decision = await harness.Pipeline.ExplainAsync(Harness.Call(tool, arguments), harness.Context(), CancellationToken.None);

        Assert.Equal(expected, decision.Kind);
    }

    [Fact]
    public async Task Decide_AllowForSomeRecipients_DoesNotCoverAMixedList()
    {
        await using var harness = new Harness("""
            {"policy":{"rules":[{"decision":"allow","tool":"mail.send","arguments":{"to[*]":"*@corp.example"}}]},
             "tools":{"mail.send":{"effects":["write","egress"],"critical":["to"],"carries":"private"}}}
            """);
        harness.Host.Add("mail", "send");

        async Task<DecisionKind> Of(string to) =>
            (await harness.Pipeline.ExplainAsync(Harness.Call("mail.send", to), harness.Context(), CancellationToken.None)).Kind;

        Assert.Equal(DecisionKind.Allow, await Of("""{"to":["a@corp.example"]}"""));
        Assert.Equal(DecisionKind.Ask, await Of("""{"to":["a@corp.example","x@evil.example"]}"""));
        Assert.Equal(DecisionKind.Ask, await Of("""{"to":[]}"""));
    }

    [Theory]
    [InlineData(PolicyMode.Plan, "files.read_file", DecisionKind.Allow)]
    [InlineData(PolicyMode.Plan, "files.write_file", DecisionKind.Deny)]
    [InlineData(PolicyMode.Ask, "files.write_file", DecisionKind.Ask)]
    [InlineData(PolicyMode.AutoEdit, "files.write_file", DecisionKind.Allow)]
    [InlineData(PolicyMode.AutoEdit, "files.delete_file", DecisionKind.Ask)]
    [InlineData(PolicyMode.AutoEdit, "mail.send", DecisionKind.Ask)]
    public async Task Decide_ByMode_IsAsTheModeSays(PolicyMode mode, string tool, DecisionKind expected)
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "read_file").Add("files", "write_file").Add("files", "delete_file").Add("mail", "send");

        var decision = await harness.Pipeline.ExplainAsync(Harness.Call(tool, """{"path":"a.md"}"""), harness.Context(mode: mode), CancellationToken.None);

        Assert.Equal(expected, decision.Kind);
    }

    [Fact]
    public async Task IsHidden_DeniedOutright_IsTrueAndOnlyThen()
    {
        await using var harness = new Harness("""{"policy":{"rules":[{"name":"no mail","decision":"deny","server":"mail"},{"name":"some","decision":"deny","tool":"sql.execute","statement":"destructive"}]}}""");
        harness.Host.Add("mail", "send").Add("sql", "execute").Add("files", "read_file");

        Assert.True(harness.Pipeline.IsHidden(harness.Host.Find("mail.send")!, harness.Context()));
        Assert.False(harness.Pipeline.IsHidden(harness.Host.Find("sql.execute")!, harness.Context()));
        Assert.False(harness.Pipeline.IsHidden(harness.Host.Find("files.read_file")!, harness.Context()));
    }

    [Fact]
    public async Task Decide_StrangersServerInPlaceOfTheProgramsOwn_InheritsNothing()
    {
        await using var harness = new Harness("""{"mcpServers":{"files":{"command":"npx"}}}""");
        harness.Host.Add("files", "read_file", hints: new ToolHints(ReadOnly: true, OpenWorld: false)).Add("sql", "query");

        Assert.Equal(DecisionKind.Ask, (await harness.Pipeline.ExplainAsync(Harness.Call("files.read_file"), harness.Context(), CancellationToken.None)).Kind);
        Assert.Equal(DecisionKind.Allow, (await harness.Pipeline.ExplainAsync(Harness.Call("sql.query", """{"statement":"SELECT 1"}"""), harness.Context(), CancellationToken.None)).Kind);
        Assert.Empty(harness.Get<IPolicy>().Check());
    }

    [Fact]
    public void Read_RulesOfTwoFiles_StayApartAndTheLaterStandFirst()
    {
        using var store = new PolicyStore(
            new ConfigurationBuilder()
                .AddJsonStream(new MemoryStream("""{"policy":{"rules":[{"name":"a","decision":"deny","server":"x","tool":"x.one"}]}}"""u8.ToArray()))
                .AddJsonStream(new MemoryStream("""{"policy":{"rules":[{"name":"b","decision":"allow","tool":"y.two"}]}}"""u8.ToArray())).Build(),
            NullLogger<PolicyStore>.Instance);

        Assert.Equal(["b", "a"], store.Rules.Take(2).Select(r => r.Name));
        Assert.Equal(2, store.Rules[1].Conditions.Count);
        Assert.Single(store.Rules[0].Conditions);
    }

    [Fact]
    public async Task Reload_BrokenFile_KeepsTheOldRulesAndSaysSo()
    {
        var folder = Directory.CreateTempSubdirectory("policy-");
        var file = Path.Combine(folder.FullName, "agent.json");
        await File.WriteAllTextAsync(file, """{"policy":{"rules":[{"name":"no mail","decision":"deny","server":"mail"}]}}""");
        var configuration = new ConfigurationBuilder().SetBasePath(folder.FullName).AddJsonFile("agent.json", optional: false, reloadOnChange: false).Build();
        using var store = new PolicyStore(configuration, NullLogger<PolicyStore>.Instance);
        var version = store.Version;

        foreach (var broken in new[] { """{"policy":{"rules":[{"name":"no mail","decision":"den""", """{"policy":{"rules":[{"name":"no mail","decision":"perhaps"}]}}""" })
        {
            await File.WriteAllTextAsync(file, broken);
            try
            {
                configuration.Reload();
            }
            catch (InvalidDataException)
            {
                // The file is no JSON; the configuration itself says so too.
            }

            store.Reload();
            Assert.Equal(version, store.Version);
            Assert.NotNull(store.Problem);
            Assert.Equal("no mail", store.Rules[0].Name);
        }

        await File.WriteAllTextAsync(file, """{"policy":{"rules":[{"name":"no web","decision":"deny","server":"web"}]}}""");
        configuration.Reload();
        store.Reload();
        Assert.Null(store.Problem);
        Assert.NotEqual(version, store.Version);
        Assert.Equal("no web", store.Rules[0].Name);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Test_BuiltInRules_PassTheirOwnExamples()
    {
        using var store = Store("{}");

        Assert.NotEmpty(store.Test());
        Assert.All(store.Test(), t => Assert.True(t.Passed, t.Message));
        Assert.Empty(store.Check());
    }

    [Theory]
    [InlineData("SELECT 1", SqlClass.Read)]
    [InlineData("select 'delete from t' -- drop\n", SqlClass.Read)]
    [InlineData("WITH a AS (SELECT 1) SELECT * FROM a", SqlClass.Read)]
    [InlineData("WITH a AS (DELETE FROM t WHERE x=1 RETURNING *) SELECT * FROM a", SqlClass.Write)]
    [InlineData("SELECT 1; DROP TABLE t", SqlClass.Destructive)]
    [InlineData("INSERT INTO t VALUES (1)", SqlClass.Write)]
    [InlineData("UPDATE t SET a = 1 WHERE b = 2", SqlClass.Write)]
    [InlineData("UPDATE t SET a = 1", SqlClass.Destructive)]
    [InlineData("DELETE /* where */ FROM t", SqlClass.Destructive)]
    [InlineData("PRAGMA journal_mode = DELETE", SqlClass.Destructive)]
    [InlineData("PRAGMA table_info(t)", SqlClass.Read)]
    [InlineData("EXPLAIN ANALYZE DELETE FROM t", SqlClass.Destructive)]
    [InlineData("SELECT * INTO copy FROM t", SqlClass.Destructive)]
    [InlineData("ATTACH 'x' AS y", SqlClass.Destructive)]
    [InlineData("", SqlClass.Destructive)]
    public void SqlStatement_Text_IsClassedByItsWorst(string text, object expected) => Assert.Equal(expected, SqlStatement.Parse(text).Class);

    [Property(MaxTest = 200)]
    public Property PathGlob_AnyWayToWriteAPath_IsTheSamePath() =>
        Prop.ForAll(Gen.ListOf(Gen.Elements("a", "b", ".", "..", "private", "")).ToArbitrary(), parts =>
        {
            var path = string.Join('/', parts);
            var normal = PathGlob.Normalize(path);
            return PathGlob.Normalize(normal) == normal && !normal.Contains("//", StringComparison.Ordinal)
                && normal.Split('/').SkipWhile(p => p is "..").All(p => p is not ("." or ".."));
        });
}
