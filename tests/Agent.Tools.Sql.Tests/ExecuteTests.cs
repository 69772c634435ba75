namespace Agent.Tools.Sql.Tests;

[Collection(PostgresCollection.Name)]
public sealed class ExecuteTests(PostgresCluster cluster)
{
    [ChinookFact]
    public async Task Preview_UpdateInSqlite_ShowsRowsBeforeAndAfterAndChangesNothing()
    {
        using var copy = new ChinookCopy();
        await using var sql = new SqlCalls(("db", "sqlite:" + copy.Path));

        var text = await sql.TextAsync("execute", new { statement = "UPDATE Genre SET Name = upper(Name) WHERE GenreId <= 2" }, preview: true);

        Assert.Contains("2 rows would change", text, StringComparison.Ordinal);
        Assert.Contains("- 1       | Rock\n+ 1       | ROCK\n", text, StringComparison.Ordinal);
        Assert.Equal("Rock", await SingleAsync(sql, "SELECT Name FROM Genre WHERE GenreId = 1"));
    }

    [ChinookFact]
    public async Task Preview_DeleteOfEverythingInSqlite_CountsAllAndShowsTheFirst()
    {
        using var copy = new ChinookCopy();
        await using var sql = new SqlCalls(("db", "sqlite:" + copy.Path));

        var text = await sql.TextAsync("execute", new { statement = "DELETE FROM InvoiceLine" }, preview: true);

        Assert.Contains("InvoiceLine: 2240 deleted", text, StringComparison.Ordinal);
        Assert.Contains("… 2230 more rows of 2240", text, StringComparison.Ordinal);
        Assert.Equal("2240", await SingleAsync(sql, "SELECT count(*) FROM InvoiceLine"));
    }

    [ChinookFact]
    public async Task Preview_CascadeAndTriggerInSqlite_AreShownToo()
    {
        using var copy = new ChinookCopy();
        await using var sql = new SqlCalls(("db", "sqlite:" + copy.Path));
        await sql.CallAsync("execute", new
        {
            statement = string.Join(";\n", new[]
            {
                "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
                "CREATE TABLE child (id INTEGER PRIMARY KEY, parent REFERENCES parent ON DELETE CASCADE)",
                "CREATE TABLE log (what TEXT)",
                "CREATE TRIGGER t AFTER DELETE ON parent BEGIN INSERT INTO log VALUES ('gone ' || OLD.id); END",
                "INSERT INTO parent VALUES (1)",
                "INSERT INTO child VALUES (10, 1), (11, 1)",
            }),
        });

        var text = await sql.TextAsync("execute", new { statement = "DELETE FROM parent" }, preview: true);

        Assert.Contains("child: 2 deleted", text, StringComparison.Ordinal);
        Assert.Contains("log: 1 new", text, StringComparison.Ordinal);
        Assert.Contains("+ gone 1", text, StringComparison.Ordinal);
        Assert.Equal("2", await SingleAsync(sql, "SELECT count(*) FROM child"));
    }

    [ChinookFact]
    public async Task Execute_SecondStatementFailsInSqlite_TheFirstIsUndone()
    {
        using var copy = new ChinookCopy();
        await using var sql = new SqlCalls(("db", "sqlite:" + copy.Path));

        await sql.ErrorAsync("execute", new { statement = string.Join(";\n", new[] { "INSERT INTO Genre VALUES (99, 'x')", "INSERT INTO Genre VALUES (1, 'again')" }) });

        Assert.Equal("25", await SingleAsync(sql, "SELECT count(*) FROM Genre"));
    }

    [ChinookFact]
    public async Task Execute_ParametersInSqlite_AreValuesAndNeverText()
    {
        using var copy = new ChinookCopy();
        await using var sql = new SqlCalls(("db", "sqlite:" + copy.Path));

        var result = await sql.CallAsync("execute", new { statement = "UPDATE Genre SET Name = ? WHERE GenreId = ?", parameters = new object[] { "x'); DROP TABLE Genre; --", 3 } });

        Assert.True(result.GetProperty("committed").GetBoolean());
        Assert.Equal("x'); DROP TABLE Genre; --", await SingleAsync(sql, "SELECT Name FROM Genre WHERE GenreId = 3"));
    }

    [PostgresFact]
    public async Task Preview_UpdateInPostgres_ShowsRowsBeforeAndAfterAndChangesNothing()
    {
        await using var sql = new SqlCalls(("db", cluster.Copy()));

        var text = await sql.TextAsync("execute", new { statement = "UPDATE genre SET name = upper(name) WHERE genre_id <= $1", parameters = new[] { 2 } }, preview: true);

        Assert.Contains("genre: 2 changed", text, StringComparison.Ordinal);
        Assert.Contains("- 1        | Rock\n+ 1        | ROCK\n", text, StringComparison.Ordinal);
        Assert.Equal("Rock", await SingleAsync(sql, "SELECT name FROM genre WHERE genre_id = 1"));
    }

    [PostgresFact]
    public async Task Preview_CascadeAndTriggerInPostgres_AreShownToo()
    {
        await using var sql = new SqlCalls(("db", cluster.Copy(
            """
            CREATE TABLE parent (id int PRIMARY KEY);
            CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent ON DELETE CASCADE);
            CREATE TABLE log (what text);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES ('gone ' || OLD.id); RETURN NULL; END $$;
            CREATE TRIGGER t AFTER DELETE ON parent FOR EACH ROW EXECUTE FUNCTION note();
            INSERT INTO parent VALUES (1), (2);
            INSERT INTO child VALUES (10, 1), (11, 1);
            """)));

        var text = await sql.TextAsync("execute", new { statement = "DELETE FROM parent WHERE id = 1" }, preview: true);

        Assert.Contains("child: 2 deleted", text, StringComparison.Ordinal);
        Assert.Contains("parent: 1 deleted", text, StringComparison.Ordinal);
        Assert.Contains("+ gone 1", text, StringComparison.Ordinal);
        Assert.Equal("2", await SingleAsync(sql, "SELECT count(*) FROM parent"));
    }

    [PostgresFact]
    public async Task Preview_TriggerThatReachesOut_IsNotTriedAndSaysSo()
    {
        await using var sql = new SqlCalls(("db", cluster.Copy(
            """
            CREATE EXTENSION dblink;
            CREATE TABLE t (id int PRIMARY KEY);
            CREATE FUNCTION reach() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM dblink_exec('host=127.0.0.1', 'SELECT 1'); RETURN NEW; END $$;
            CREATE TRIGGER out BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION reach();
            """)));

        var text = await sql.TextAsync("execute", new { statement = "INSERT INTO t VALUES (1)" }, preview: true);

        Assert.Contains("Not tried", text, StringComparison.Ordinal);
        Assert.Contains("dblink_exec", text, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Preview_OfATruncate_TellsHowManyRowsGo()
    {
        await using var sql = new SqlCalls(("db", cluster.Copy()));

        var text = await sql.TextAsync("execute", new { statement = "TRUNCATE invoice_line" }, preview: true);

        Assert.Contains("invoice_line holds about 2240 rows, which would go", text, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Execute_SeveralInPostgres_AreCommittedTogetherOrNotAtAll()
    {
        await using var sql = new SqlCalls(("db", cluster.Copy()));

        await sql.ErrorAsync("execute", new { statement = string.Join(";\n", new[] { "INSERT INTO genre VALUES (99, 'x')", "INSERT INTO genre VALUES (1, 'again')" }) });
        Assert.Equal("25", await SingleAsync(sql, "SELECT count(*)::text FROM genre"));

        var result = await sql.CallAsync("execute", new { statement = string.Join(";\n", new[] { "INSERT INTO genre VALUES (99, 'x')", "UPDATE genre SET name = 'y' WHERE genre_id = 99" }) });
        Assert.Equal(2, result.GetProperty("statements").GetArrayLength());
        Assert.Equal("y", await SingleAsync(sql, "SELECT name FROM genre WHERE genre_id = 99"));
    }

    [PostgresTheory]
    [InlineData("COMMIT")]
    [InlineData("COPY genre TO PROGRAM 'id'")]
    [InlineData("DO $$ BEGIN PERFORM pg_read_file('/etc/passwd'); END $$")]
    [InlineData("INSERT INTO genre SELECT 99, pg_read_file('/etc/hostname')")]
    [InlineData("CREATE TABLE x AS SELECT pg_read_file('/etc/passwd')")]
    [InlineData("CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT pg_read_file('/etc/passwd') $$")]
    [InlineData("CREATE FUNCTION f() RETURNS text LANGUAGE c AS 'libc'")]
    [InlineData("CREATE EXTENSION dblink")]
    [InlineData("ALTER SYSTEM SET fsync = off")]
    [InlineData("CREATE ROLE x SUPERUSER")]
    [InlineData("UPDATE genre SET name = 'x'; DROP TABLE genre")]
    [InlineData("SELECT pg_terminate_backend(1)")]
    public async Task Execute_BeyondTheDatabase_IsRefused(string statement)
    {
        await using var sql = new SqlCalls(("db", cluster.Shared));

        await sql.ErrorAsync("execute", new { statement });
        await sql.ErrorAsync("execute", new { statement }, preview: true);

        Assert.Equal("25", await SingleAsync(sql, "SELECT count(*)::text FROM genre"));
    }

    private static async Task<string?> SingleAsync(SqlCalls sql, string statement) =>
        (await sql.CallAsync("query", new { statement })).GetProperty("rows")[0][0].ToString();
}
