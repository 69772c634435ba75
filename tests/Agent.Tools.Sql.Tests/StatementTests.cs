using System.Text;
using System.Text.Json;
using Agent.Tools.Sql.Postgres;
using Agent.Tools.Sql.Results;
using Agent.Tools.Sql.Rules;
using Agent.Tools.Sql.Statements;
using FsCheck.Xunit;

namespace Agent.Tools.Sql.Tests;

/// <summary>The parts that need no database.</summary>
public sealed class StatementTests
{
    [Property(MaxTest = 500)]
    public void Tokens_OfAnything_CoverItInOrderWithoutOverlap(string? text, bool postgres)
    {
        var sql = text ?? string.Empty;
        var end = 0;
        foreach (var token in SqlTokenizer.Read(sql, postgres))
        {
            Assert.True(token.Start >= end && token.End > token.Start && token.End <= sql.Length);
            end = token.End;
        }
    }

    [Theory]
    [InlineData("SELECT /* a /* b */ c */ 1", 2)]
    [InlineData("SELECT $tag$ ; DROP $$ $tag$", 2)]
    [InlineData("SELECT E'it\\'s; x'", 2)]
    [InlineData("SELECT 'it''s; x' -- ; y", 2)]
    [InlineData("SELECT \"a\"\"b\", $1", 4)]
    public void Tokens_OfPostgres_SeeThroughQuotesAndComments(string sql, int count) =>
        Assert.Equal(count, SqlTokenizer.Read(sql, postgres: true).Count);

    [Fact]
    public void Tokens_UnicodeEscapedName_IsTheNameItMeans() =>
        Assert.Equal("pg_read_file", SqlTokenizer.Read("U&\"pg\\005fread\\+00005ffile\"", postgres: true).Single().Value);

    [Theory]
    [InlineData("a; b ;; c", "a|b|c")]
    [InlineData("INSERT INTO t VALUES (';'); -- ;\nDELETE FROM t", "INSERT INTO t VALUES (';')|-- ;\nDELETE FROM t")]
    [InlineData("CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM u; END; SELECT 1", "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM u; END|SELECT 1")]
    [InlineData("BEGIN; DELETE FROM t; COMMIT", "BEGIN|DELETE FROM t|COMMIT")]
    public void Split_Script_CutsBetweenStatementsOnly(string script, string pieces) =>
        Assert.Equal(pieces.Split('|'), SqlTokenizer.Split(script, postgres: false));

    [Property(MaxTest = 500)]
    public void NodeTree_OfAnything_IsReadOrRefused(string? text)
    {
        try
        {
            NodeTreeReader.Read(text ?? string.Empty);
        }
        catch (FormatException)
        {
            // The only way to refuse.
        }
    }

    [Fact]
    public void NodeTree_AliasThatLooksLikeAField_IsAValue()
    {
        var node = Assert.IsType<Node>(NodeTreeReader.Read("{ALIAS :aliasname :funcid\\ 1 :colnames (\"a\" \"}\\\"b\") :constvalue 4 [ 1 0 0 0 ] :n <>}"));

        Assert.Equal(":funcid 1", node.Word("aliasname"));
        Assert.Equal(0u, node.Number("funcid"));
        Assert.Null(node.Fields["n"]);
    }

    [Property(MaxTest = 500)]
    public void ResultWriter_AnyText_IsValidJsonThatSaysTheSame(string? text)
    {
        using var rows = new ResultWriter(ResultFormat.Table, new ResultLimits(10, 1 << 20, 1 << 20));
        rows.Begin([new ResultColumn("a", "text")]);
        Assert.True(rows.BeginRow());
        var bytes = Encoding.UTF8.GetBytes(text ?? string.Empty);
        rows.String(bytes);
        rows.EndRow();

        Assert.Equal(Encoding.UTF8.GetString(bytes), JsonSerializer.Deserialize<string[][]>($"[{rows.JsonRows}]")![0][0]);
        Assert.Equal(2, rows.Text.Count(c => c == '\n'));
    }

    [Fact]
    public void ResultWriter_BytesThatAreNoText_AreStillValidJson()
    {
        using var rows = new ResultWriter(ResultFormat.Json, new ResultLimits(10, 1 << 20, 1 << 20));
        rows.Begin([new ResultColumn("a", "text")]);
        rows.BeginRow();
        rows.String([0xFF, (byte)'a', 0xC3]);
        rows.EndRow();

        Assert.Equal("\uFFFDa\uFFFD", JsonSerializer.Deserialize<string[][]>($"[{rows.JsonRows}]")![0][0]);
    }

    [Theory]
    [InlineData("short", "***")]
    [InlineData("+55 (12) 3923-5555", "***5555")]
    [InlineData("", "***")]
    public void Mask_Value_ShowsNoMoreThanItsEnd(string value, string expected) => Assert.Equal(expected, ValueMask.Apply(value));

    [Theory]
    [InlineData("""{}""", 100, "")]
    [InlineData("""{"rows": 2}""", 2, "")]
    [InlineData("""{"databases": {"db": {"hide": ["t.a"]}}}""", 100, "a hidden")]
    [InlineData("""{"databases": {"db": {"mask": ["t.b"]}}}""", 100, "b masked")]
    [InlineData("""{"databases": {"db": {"rowLimits": {"t": 5}, "source": "sqlite:x"}}}""", 100, "5 rows")]
    public void Options_SectionThatLeavesThingsOut_KeepsTheDefaults(string section, int rows, string rule)
    {
        var options = Databases.SqlOptions.Read(new Hosting.ServerOptions
        {
            StateFolder = "/tmp",
            Databases = [new Hosting.NamedSource("db", "sqlite:x")],
            Configuration = JsonElement.Parse(section),
        });

        var rules = options.Databases["db"].Rules;
        Assert.Equal(rows, options.DefaultRows);
        Assert.Equal(
            rule,
            rules.Find(null, "t", "a") == ColumnRule.Hide ? "a hidden" : rules.Find(null, "t", "b") == ColumnRule.Mask ? "b masked" : rules.RowLimit(["t"]) is { } most ? $"{most} rows" : "");
    }

    [Theory]
    [InlineData("customer.email", null, "customer", "email", true)]
    [InlineData("*.email", null, "staff", "EMAIL", true)]
    [InlineData("crm.customer.email", "crm", "customer", "email", true)]
    [InlineData("crm.customer.email", "other", "customer", "email", false)]
    [InlineData("customer.*", null, "customer", "anything", true)]
    [InlineData("customer", null, "customer", "email", false)]
    public void Rules_Pattern_FitsTheColumnsItNames(string pattern, string? schema, string table, string column, bool hidden) =>
        Assert.Equal(hidden ? ColumnRule.Hide : ColumnRule.None, new ColumnRules([pattern], [], []).Find(schema, table, column));
}
