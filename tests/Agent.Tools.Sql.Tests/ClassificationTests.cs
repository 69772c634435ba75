using System.Text.Json;

namespace Agent.Tools.Sql.Tests;

/// <summary>What the engine says of statements to whoever decides whether they may run.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ClassificationTests(PostgresCluster cluster)
{
    private const string View = "CREATE VIEW popular AS SELECT name FROM genre WHERE genre_id < 5; CREATE TABLE \"Odd name\" (id int)";

    [PostgresTheory]
    [InlineData("SELECT * FROM genre", "read", "genre", "", false)]
    [InlineData("SELECT * FROM popular", "read", "genre,popular", "", false)]
    [InlineData("(SELECT 1) UNION (SELECT 2)", "read", "", "", false)]
    [InlineData("SELECT 'DELETE FROM genre' AS \"drop\"", "read", "", "", false)]
    [InlineData("WITH d AS (DELETE FROM genre WHERE genre_id = 1 RETURNING *) SELECT * FROM d", "write", "", "genre", false)]
    [InlineData("UPDATE genre SET name = 'x'", "write", "", "genre", true)]
    [InlineData("UPDATE genre SET name = (SELECT name FROM artist WHERE artist_id = 1)", "write", "artist", "genre", true)]
    [InlineData("DELETE FROM genre USING artist WHERE genre_id = artist_id", "write", "artist", "genre", false)]
    [InlineData("MERGE INTO genre g USING artist a ON g.genre_id = a.artist_id WHEN MATCHED THEN DELETE", "write", "artist", "genre", false)]
    [InlineData("TRUNCATE genre", "write", "", "genre", true)]
    [InlineData("ALTER TABLE genre ADD COLUMN x int", "schema", "", "genre", false)]
    [InlineData("DROP TABLE \"Odd name\"", "schema", "", "Odd name", false)]
    [InlineData("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC", "administration", "", "", false)]
    [InlineData("CREATE ROLE x", "administration", "", "", false)]
    [InlineData("COPY genre TO STDOUT", "administration", "", "", false)]
    public async Task Classify_InPostgres_IsWhatTheServerPrepared(string statement, string name, string reads, string writes, bool everyRow)
    {
        await using var sql = new SqlCalls(("db", Source()));

        Check(Only(await sql.ClassifyAsync("execute", new { statement })), name, reads, writes, everyRow);
    }

    [ChinookTheory]
    [InlineData("SELECT * FROM Genre", "read", "Genre", "", false)]
    [InlineData("UPDATE Genre SET Name = 'x'", "write", "", "Genre", true)]
    [InlineData("UPDATE Genre SET Name = (SELECT Name FROM Artist WHERE ArtistId = 1)", "write", "Artist", "Genre", true)]
    [InlineData("UPDATE Genre SET Name = 'x' WHERE GenreId = 1", "write", "Genre", "Genre", false)]
    [InlineData("WITH x AS (SELECT 1 AS i) DELETE FROM Genre WHERE GenreId IN x", "write", "Genre,Track", "Genre", false)]
    [InlineData("INSERT INTO Genre VALUES (99, 'x') ON CONFLICT DO UPDATE SET Name = 'y'", "write", "", "Genre", false)]
    [InlineData("DROP TABLE Genre", "schema", "", "Genre", false)]
    [InlineData("ATTACH 'x' AS y", "administration", "", "", false)]
    [InlineData("VACUUM", "administration", "", "", false)]
    public async Task Classify_InSqlite_IsWhatTheEnginePrepared(string statement, string name, string reads, string writes, bool everyRow)
    {
        using var copy = new ChinookCopy();
        await using var sql = new SqlCalls(("db", "sqlite:" + copy.Path));

        Check(Only(await sql.ClassifyAsync("execute", new { statement })), name, reads, writes, everyRow);
    }

    [PostgresFact]
    public async Task Classify_ScriptThatNeedsItsOwnTable_IsUnknownWhereItDoes()
    {
        await using var sql = new SqlCalls(("db", Source()));

        var classes = (await sql.ClassifyAsync("execute", new { statement = "CREATE TABLE fresh (i int); INSERT INTO fresh VALUES (1); SELECT 1" })).GetProperty("statements");

        Assert.Equal(["schema", "unknown", "read"], classes.EnumerateArray().Select(one => one.GetProperty("class").GetString()));
        Assert.Equal("f", cluster.Script(PostgresCluster.NameOf(Source()), "SELECT to_regclass('fresh') IS NOT NULL"));
    }

    [PostgresFact]
    public async Task Classify_OtherTools_TellTheTablesBehindViewsAndStayReads()
    {
        await using var sql = new SqlCalls(("db", Source()));

        Check(Only(await sql.ClassifyAsync("query", new { statement = "SELECT * FROM popular" })), "read", "genre,popular", "", false);
        Check(Only(await sql.ClassifyAsync("sample_rows", new { table = "popular" })), "read", "genre,popular", "", false);
        Check(Only(await sql.ClassifyAsync("find_value", new { value = "x", tables = new[] { "popular", "artist" } })), "read", "artist,genre,popular", "", false);
        Check(Only(await sql.ClassifyAsync("explain", new { statement = "DELETE FROM genre" })), "read", "genre", "", false);
        Assert.Equal("unknown", Assert.Single((await sql.ClassifyAsync("sample_rows", new { table = "populr" })).GetProperty("statements").EnumerateArray()).GetProperty("class").GetString());
        Assert.Equal("unknown", Assert.Single((await sql.ClassifyAsync("query", new { statement = "SELEC 1" })).GetProperty("statements").EnumerateArray()).GetProperty("class").GetString());
    }

    [PostgresFact]
    public async Task Classify_ServerThatIsNotThere_IsAnErrorAndNoAnswer()
    {
        await using var sql = new SqlCalls(("db", "postgres://u:hidden@127.0.0.1:1/x"));

        foreach (var (tool, arguments) in new (string, object)[] { ("query", new { statement = "SELECT 1" }), ("sample_rows", new { table = "t" }), ("explain", new { statement = "SELECT 1" }) })
        {
            var error = await Assert.ThrowsAsync<Hosting.ToolException>(() => sql.ClassifyAsync(tool, arguments));
            Assert.DoesNotContain("hidden", error.Message, StringComparison.Ordinal);
        }
    }

    private static JsonElement Only(JsonElement answer) => Assert.Single(answer.GetProperty("statements").EnumerateArray());

    private static string? source;

    private string Source() => source ??= cluster.Copy(View);

    private static void Check(JsonElement statement, string name, string reads, string writes, bool everyRow) => Assert.Equal(
        (name, reads, writes, everyRow),
        (statement.GetProperty("class").GetString(), Names(statement, "reads"), Names(statement, "writes"), statement.GetProperty("every_row").GetBoolean()));

    private static string Names(JsonElement statement, string member) => string.Join(',', statement.GetProperty(member).EnumerateArray().Select(item => item.GetString()));
}
