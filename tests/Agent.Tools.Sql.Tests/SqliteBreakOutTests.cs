using System.Globalization;

namespace Agent.Tools.Sql.Tests;

/// <summary>Attempts to change something or reach another file through a read.</summary>
public sealed class SqliteBreakOutTests(ChinookCopy copy) : IClassFixture<ChinookCopy>
{
    public static TheoryData<string> Attempts => new(
        "DELETE FROM Genre",
        "UPDATE Genre SET Name = 'x'",
        "INSERT INTO Genre VALUES (99, 'x')",
        "REPLACE INTO Genre VALUES (1, 'x')",
        "WITH x AS (SELECT 1) DELETE FROM Genre",
        "DROP TABLE Genre",
        "CREATE TABLE x (i)",
        "CREATE TEMP TABLE x (i)",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON Genre BEGIN DELETE FROM Genre; END",
        "CREATE VIRTUAL TABLE v USING fts5(a)",
        "ALTER TABLE Genre RENAME TO x",
        "REINDEX",
        "ANALYZE",
        "VACUUM",
        "VACUUM INTO '/tmp/agent-stolen.sqlite'",
        "ATTACH '/tmp/agent-other.sqlite' AS other",
        "ATTACH ':memory:' AS other",
        "DETACH main",
        "BEGIN",
        "COMMIT",
        "SAVEPOINT s",
        "SELECT 1; DELETE FROM Genre",
        "SELECT 1;; DROP TABLE Genre;",
        "SELECT load_extension('/tmp/evil.so')",
        "SELECT readfile('/etc/passwd')",
        "SELECT writefile('/tmp/agent-stolen', 'x')",
        "SELECT edit('x')",
        "SELECT fts3_tokenizer('simple')",
        "PRAGMA writable_schema = 1",
        "PRAGMA query_only = 0",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA user_version = 7",
        "PRAGMA trusted_schema = 1",
        "PRAGMA wal_checkpoint",
        "PRAGMA database_list",
        "PRAGMA temp_store_directory = '/tmp'",
        "SELECT * FROM pragma_database_list",
        "EXPLAIN DELETE FROM Genre",
        "DELETE FROM sqlite_master",
        "SELECT * FROM fsdir('/etc')");

    [ChinookTheory]
    [MemberData(nameof(Attempts))]
    public async Task Query_AttemptToBreakOut_IsRefusedAndNothingChanges(string statement)
    {
        var before = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(copy.Path)));
        await using var sql = new SqlCalls(("db", "sqlite:" + copy.Path));

        await sql.ErrorAsync("query", new { statement });

        Assert.Equal(before, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(copy.Path))));
        Assert.Equal(25, (await sql.CallAsync("query", new { statement = "SELECT count(*) FROM Genre" })).GetProperty("rows")[0][0].GetInt32());
        Assert.False(File.Exists("/tmp/agent-stolen.sqlite"));
    }

    [ChinookFact]
    public async Task Query_MoreMemoryThanAllowed_IsAnErrorAndTheServerLivesOn()
    {
        await using var sql = new SqlCalls(("db", "sqlite:" + copy.Path));

        var error = await sql.ErrorAsync("query", new { statement = "SELECT hex(zeroblob(100000000))" });

        Assert.Contains("SQLITE_TOOBIG", error, StringComparison.Ordinal);
        Assert.Equal(1, (await sql.CallAsync("query", new { statement = "SELECT 1" })).GetProperty("rows")[0][0].GetInt32());
    }

    [ChinookFact]
    public async Task Explain_EveryClass_IsToldByTheEngine()
    {
        await using var sql = new SqlCalls(("db", "sqlite:" + copy.Path));
        (string Statement, string Class, string Writes)[] cases =
        [
            ("SELECT * FROM Genre", "read", ""),
            ("WITH x AS (SELECT 1) UPDATE Genre SET Name = 'x' WHERE GenreId = 1", "write", "Genre"),
            ("DROP TABLE Genre", "schema", "Genre"),
            ("CREATE INDEX i ON Genre (Name)", "schema", "Genre"),
            ("ATTACH 'x' AS y", "administration", ""),
            ("VACUUM", "administration", ""),
        ];

        foreach (var (statement, expected, writes) in cases)
        {
            var result = await sql.CallAsync("explain", new { statement });
            Assert.Equal(
                $"{expected} {writes}",
                string.Create(CultureInfo.InvariantCulture, $"{result.GetProperty("class").GetString()} {string.Join(',', result.GetProperty("writes").EnumerateArray().Select(table => table.GetString()))}"));
        }
    }
}
