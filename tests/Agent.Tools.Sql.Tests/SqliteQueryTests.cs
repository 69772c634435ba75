using System.Text.Json;

namespace Agent.Tools.Sql.Tests;

public sealed class SqliteQueryTests : IClassFixture<ChinookCopy>, IAsyncLifetime
{
    private readonly SqlCalls sql;

    public SqliteQueryTests(ChinookCopy copy) => sql = new SqlCalls(("chinook", "sqlite:" + copy.Path));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await sql.DisposeAsync();

    [ChinookFact]
    public async Task Query_TracksPerGenre_GivesTheFirstFive()
    {
        var result = await sql.CallAsync("query", new
        {
            statement = "SELECT g.Name, count(*) AS tracks FROM Track t JOIN Genre g ON g.GenreId = t.GenreId GROUP BY g.Name ORDER BY tracks DESC LIMIT 5",
        });

        Assert.Equal("""[["Rock",1297],["Latin",579],["Metal",374],["Alternative & Punk",332],["Jazz",130]]""", result.GetProperty("rows").GetRawText());
        Assert.Equal(5, result.GetProperty("total").GetInt32());
        Assert.False(result.GetProperty("truncated").GetBoolean());
    }

    [ChinookFact]
    public async Task Query_SumOfInvoices_KeepsTwoDecimals()
    {
        var result = await sql.CallAsync("query", new
        {
            statement = "SELECT BillingCountry, sum(Total) AS total FROM Invoice GROUP BY 1 ORDER BY 2 DESC LIMIT 1",
        });

        Assert.Equal("""[["USA",523.06]]""", result.GetProperty("rows").GetRawText());
    }

    [ChinookFact]
    public async Task Query_Cursor_GoesOnWhereThePageEnded()
    {
        const string statement = "SELECT GenreId FROM Genre ORDER BY GenreId";
        var seen = new List<int>();
        string? cursor = null;
        do
        {
            var page = await sql.CallAsync("query", new { statement, limit = 10, cursor });
            seen.AddRange(page.GetProperty("rows").EnumerateArray().Select(row => row[0].GetInt32()));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(1, 25), seen);
    }

    [ChinookFact]
    public async Task Query_CursorOfAnotherStatement_IsRefused()
    {
        var page = await sql.CallAsync("query", new { statement = "SELECT GenreId FROM Genre", limit = 1 });

        var error = await sql.ErrorAsync("query", new { statement = "SELECT Name FROM Genre", limit = 1, cursor = page.GetProperty("next_cursor").GetString() });

        Assert.Contains("cursor", error, StringComparison.Ordinal);
    }

    [ChinookFact]
    public async Task Query_ExactTypes_AreNeverRounded()
    {
        var result = await sql.CallAsync("query", new { statement = "SELECT 9007199254740993, 9007199254740991, -9223372036854775808, 0.1, x'00ff', NULL, 9e999" });

        Assert.Equal(
            """[["9007199254740993",9007199254740991,"-9223372036854775808",0.1,"sha256:06eb7d6a69ee19e5fbdf749018d3d2abfa04bcbd1365db312eb86dc7169389b8 (2 bytes)",null,"Inf"]]""",
            result.GetProperty("rows").GetRawText());
    }

    [ChinookFact]
    public async Task Query_TextThatIsHardToWrite_ComesBackAsItWas()
    {
        const string hard = "a\"b\\c\n\t|,é漢😀\u0001";
        var result = await sql.CallAsync("query", new { statement = "SELECT ?1", parameters = new[] { hard } });

        Assert.Equal(hard, result.GetProperty("rows")[0][0].GetString());
    }

    [ChinookFact]
    public async Task Query_Csv_IsQuotedAsRfc4180Says()
    {
        var text = await sql.TextAsync("query", new { statement = "SELECT 1 AS a, 'x,\"y\"' AS \"b,c\", NULL AS d", format = "csv" });

        Assert.Equal("a,\"b,c\",d\r\n1,\"x,\"\"y\"\"\",\r\n", text);
    }

    [ChinookFact]
    public async Task Query_RowLimit_SaysThatThereIsMore()
    {
        var result = await sql.CallAsync("query", new { statement = "SELECT * FROM Track", limit = 7 });

        Assert.Equal(7, result.GetProperty("row_count").GetInt32());
        Assert.True(result.GetProperty("truncated").GetBoolean());
        Assert.Equal(JsonValueKind.Null, result.GetProperty("total").ValueKind);
    }

    [ChinookFact]
    public async Task Query_ByteLimit_StopsAtIt()
    {
        var result = await sql.CallAsync("query", new { statement = "SELECT * FROM Track", limit = 3000, max_bytes = 4096 });

        Assert.True(result.GetProperty("truncated").GetBoolean());
        Assert.InRange(result.GetProperty("rows").GetRawText().Length, 4096, 6000);
    }

    [ChinookFact]
    public async Task Query_WrongColumn_NamesTheRealOnes()
    {
        var error = await sql.ErrorAsync("query", new { statement = "SELECT Titel FROM Album" });

        Assert.Contains("SQLITE_ERROR at character 8", error, StringComparison.Ordinal);
        Assert.Contains("Nearest columns: Title", error, StringComparison.Ordinal);
        Assert.Contains("Album has AlbumId, Title, ArtistId", error, StringComparison.Ordinal);
    }

    [ChinookFact]
    public async Task Query_WrongTable_NamesTheNearest()
    {
        var error = await sql.ErrorAsync("query", new { statement = "SELECT * FROM Custmers" });

        Assert.Contains("Nearest tables: Customer", error, StringComparison.Ordinal);
    }

    [ChinookFact]
    public async Task Query_ThatNeverEnds_IsStoppedByTheEngine()
    {
        var error = await sql.ErrorAsync("query", new
        {
            statement = "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT max(x) FROM r",
            timeout_seconds = 0.2,
        });

        Assert.Contains("did not end within 0.2 seconds", error, StringComparison.Ordinal);
    }

    [ChinookFact]
    public async Task DescribeSchema_JoinFromTo_GivesTheForeignKeys()
    {
        var result = await sql.CallAsync("describe_schema", new { join_from = "Customer", join_to = "InvoiceLine" });

        Assert.Equal(
            """[["Invoice.CustomerId = Customer.CustomerId","InvoiceLine.InvoiceId = Invoice.InvoiceId"]]""",
            result.GetProperty("joins").GetRawText());
    }

    [ChinookFact]
    public async Task FindValue_InAllTables_NamesColumnAndRows()
    {
        var result = await sql.CallAsync("find_value", new { value = "brazil" });

        Assert.Equal(
            [("Customer", "Country", 5), ("Invoice", "BillingCountry", 35)],
            result.GetProperty("matches").EnumerateArray()
                .Select(match => (match.GetProperty("table").GetString()!, match.GetProperty("column").GetString()!, match.GetProperty("rows").GetInt32()))
                .Order());
    }
}
