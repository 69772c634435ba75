namespace Agent.Tools.Sql.Tests;

/// <summary>What a statement that failed is answered with: what is there, and what this engine has for what is another one's.</summary>
[Collection(PostgresCollection.Name)]
public sealed class StatementErrorTests(PostgresCluster cluster)
{
    [ChinookTheory]
    [InlineData("SELECT TOP 5 Name FROM Artist", "SQLite has no TOP; write LIMIT n at the end.")]
    [InlineData("SELECT Name FROM Artist FETCH FIRST 5 ROWS ONLY", "SQLite has no FETCH FIRST; write LIMIT n at the end.")]
    [InlineData("SELECT Name FROM Artist WHERE Name ILIKE 'a%'", "SQLite has no ILIKE; write LIKE")]
    [InlineData("SELECT Name FROM Artist WHERE Name ~ '^A'", "SQLite has no ~; write LIKE")]
    [InlineData("SELECT NOW()", "SQLite has no NOW; write datetime('now').")]
    [InlineData("SELECT DATE_FORMAT(InvoiceDate, '%Y') FROM Invoice", "SQLite has no DATE_FORMAT; write strftime(")]
    [InlineData("SELECT EXTRACT(YEAR FROM InvoiceDate) FROM Invoice", "SQLite has no EXTRACT; write strftime('%Y', column)")]
    [InlineData("SELECT InvoiceDate - INTERVAL '1 day' FROM Invoice", "SQLite has no INTERVAL; write date(column, '+7 days').")]
    [InlineData("SELECT Total::int FROM Invoice", "SQLite has no ::; write CAST(column AS type).")]
    [InlineData("SELECT NVL(Composer, 'x') FROM Track", "SQLite has no NVL; write coalesce(")]
    [InlineData("SELECT DISTINCT ON (ArtistId) * FROM Album", "SQLite has no DISTINCT ON; write GROUP BY")]
    [InlineData("SELECT CustomerId FROM Customer MINUS SELECT CustomerId FROM Invoice", "SQLite has no MINUS; write EXCEPT.")]
    [InlineData("SHOW TABLES", "SQLite has no SHOW here; call describe_schema")]
    [InlineData("SELECT * FROM information_schema.tables", "SQLite has no INFORMATION_SCHEMA here; call describe_schema")]
    [InlineData("SELECT LENGHT(Name) FROM Artist", "Nearest functions: length.")]
    [InlineData("SELECT Title FROM Artist", "Title is a column of Album, Employee.")]
    [InlineData("SELECT Album.Title FROM Artist", "Album is not among the tables of FROM; join it.")]
    [InlineData("SELECT * FROM Clients", "Tables: Album, Artist, Customer,")]
    public async Task Query_OnSqlite_SaysWhatToWriteInstead(string statement, string expected)
    {
        await using var sql = new SqlCalls(("db", "sqlite:" + TestData.ChinookSqlite));

        var error = await sql.ErrorAsync("query", new { statement });

        Assert.StartsWith("SQLite SQLITE_ERROR", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [PostgresTheory]
    [InlineData("SELECT TOP 5 name FROM artist", "PostgreSQL has no TOP; write LIMIT n at the end.")]
    [InlineData("SELECT DATE_FORMAT(invoice_date, '%Y') FROM invoice", "PostgreSQL has no DATE_FORMAT; write to_char(column, 'YYYY-MM').")]
    [InlineData("SELECT strftime('%Y', invoice_date) FROM invoice", "PostgreSQL has no STRFTIME; write to_char(column, 'YYYY-MM').")]
    [InlineData("SELECT datetime('now')", "PostgreSQL has no DATETIME; write now()")]
    [InlineData("SELECT invoice_date + INTERVAL 1 DAY FROM invoice", "write INTERVAL '7 days'.")]
    [InlineData("SELECT IFNULL(composer, 'x') FROM track", "PostgreSQL has no IFNULL; write coalesce(")]
    [InlineData("SELECT GROUP_CONCAT(name) FROM genre", "PostgreSQL has no GROUP_CONCAT; write string_agg(")]
    [InlineData("SHOW TABLES", "PostgreSQL has no SHOW here; call describe_schema")]
    [InlineData("SELECT * FROM sqlite_master", "PostgreSQL has no SQLITE_MASTER here; call describe_schema")]
    [InlineData("SELECT `name` FROM `artist`", "PostgreSQL has no names in backticks")]
    [InlineData("SELECT [name] FROM [artist]", "PostgreSQL has no names in brackets")]
    [InlineData("SELECT name FROM artist WHERE name = \"Accept\"", "text stands in single quotes: 'Accept'.")]
    [InlineData("SELECT name + 'x' FROM artist", "Text is joined with ||.")]
    [InlineData("SELECT round(milliseconds::float8, 2) FROM track", "round(CAST(value AS numeric), digits).")]
    [InlineData("SELECT lenght(name) FROM artist", "Nearest functions: length.")]
    [InlineData("SELECT titel FROM album", "Nearest columns: title.")]
    [InlineData("SELECT title FROM artist", "title is a column of album, employee.")]
    [InlineData("SELECT album.title FROM artist", "album is not among the tables of FROM; join it.")]
    [InlineData("SELECT artst.name FROM artist", "Nearest tables: artist.")]
    [InlineData("SELECT * FROM custmers", "Nearest tables: customer.")]
    public async Task Query_OnPostgres_SaysWhatToWriteInstead(string statement, string expected)
    {
        await using var sql = new SqlCalls(("db", cluster.Shared));

        var error = await sql.ErrorAsync("query", new { statement });

        Assert.StartsWith("PostgreSQL 42", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Query_NamesThatNeedQuotes_AreShownInThem()
    {
        await using var sql = new SqlCalls(("db", cluster.Copy("""CREATE TABLE "Order" ("OrderId" int, "when" date)""")));

        var error = await sql.ErrorAsync("query", new { statement = "SELECT OrderId FROM \"Order\"" });

        Assert.Contains("""Nearest columns: "OrderId". "Order" has "OrderId", "when".""", error, StringComparison.Ordinal);
    }

    [ChinookFact]
    public async Task Query_WhatTheEngineHas_IsNotCalledForeign()
    {
        await using var sql = new SqlCalls(("db", "sqlite:" + TestData.ChinookSqlite));

        var error = await sql.ErrorAsync("query", new { statement = "SELECT coalesce(Nme, 'none') || 'x', strftime('%Y', Dat) FROM Artist ORDER BY 1 LIMIT 3" });

        Assert.DoesNotContain("has no", error, StringComparison.Ordinal);
        Assert.Contains("Nearest columns: Name", error, StringComparison.Ordinal);
    }
}
