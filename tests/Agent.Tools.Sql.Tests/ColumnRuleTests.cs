using Agent.Tools.Sql.Rules;

namespace Agent.Tools.Sql.Tests;

/// <summary>Hidden and masked columns, in the words by which somebody would try to see them all the same.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ColumnRuleTests(PostgresCluster cluster) : IClassFixture<ChinookCopy>
{
    private const string Secret = "luisg@embraer";
    private static readonly ColumnRules Rules = new(
        ["customer.email", "Customer.Email", "customer_kid.email", "*.ssn"],
        ["customer.phone", "Customer.Phone"],
        [new("customer", 3)]);

    public static TheoryData<string> PostgresAttempts => new(
        "SELECT email AS x FROM customer",
        "SELECT upper(email) FROM customer",
        "SELECT customer.email || '' FROM customer",
        "SELECT c FROM customer c",
        "SELECT row_to_json(c) FROM customer c",
        "SELECT to_jsonb(customer) FROM customer",
        "SELECT (c).email FROM customer c",
        "SELECT (customer.*)::text FROM customer",
        "SELECT x.e FROM (SELECT email AS e FROM customer) x WHERE x.e LIKE 'l%'",
        "SELECT upper(f) FROM (TABLE customer) AS x (a, b, c, d, e1, f1, g, h, i, j, k, f, m)",
        "WITH x AS (SELECT email AS e FROM customer) SELECT max(e) FROM x",
        "WITH x AS MATERIALIZED (SELECT * FROM customer) SELECT count(email) FROM x",
        "SELECT customer_id FROM customer WHERE email = 'luisg@embraer.com.br'",
        "SELECT customer_id FROM customer ORDER BY email",
        "SELECT count(*) FROM customer GROUP BY email",
        "SELECT DISTINCT email FROM customer",
        "SELECT email FROM customer UNION SELECT 'x'",
        "SELECT (SELECT email FROM customer LIMIT 1)",
        "SELECT ARRAY(SELECT email FROM customer)",
        "SELECT * FROM genre WHERE name IN (SELECT email FROM customer)",
        "SELECT g.name FROM genre g JOIN customer c ON c.email = g.name",
        "SELECT * FROM customer a JOIN customer b USING (email)",
        "SELECT string_agg(email, ',') FROM customer",
        "SELECT first_value(email) OVER (ORDER BY customer_id) FROM customer",
        "SELECT CASE WHEN email LIKE 'l%' THEN 1 ELSE 0 END FROM customer",
        "SELECT email::int FROM customer",
        "SELECT s FROM customer, LATERAL (SELECT email AS s) l WHERE s <> ''",
        "SELECT unnest(ARRAY[email]) FROM customer",
        "SELECT length(e) FROM customer_view",
        "SELECT * FROM customer_copy",
        "SELECT steal()",
        "SELECT most_common_vals FROM pg_stats WHERE tablename = 'customer'",
        "SELECT * FROM customer_part_1 WHERE email <> ''",
        "WITH RECURSIVE r AS (SELECT email FROM customer UNION ALL SELECT email FROM r WHERE false) SELECT * FROM r",
        "SELECT phone || '' FROM customer",
        "SELECT customer_id FROM customer WHERE phone LIKE '+55%'",
        "WITH RECURSIVE a AS (SELECT email FROM customer), r AS (SELECT email FROM a UNION ALL SELECT email FROM r WHERE false) SELECT upper(email) FROM r",
        "WITH RECURSIVE r AS (SELECT c.email FROM (SELECT email FROM customer) c UNION SELECT email FROM r) SELECT * FROM r",
        "SELECT (WITH RECURSIVE r AS (SELECT c.email AS e UNION ALL SELECT e FROM r WHERE false) SELECT max(e) FROM r) FROM customer c",
        "SELECT * FROM copy_of_view",
        "SELECT * FROM customer_base WHERE email LIKE 'l%'",
        "SELECT upper(email) FROM customer_base",
        "SELECT customer_id FROM customer NATURAL JOIN (SELECT 'luisg@embraer.com.br'::varchar AS email) x",
        "SELECT customer_id FROM customer LIMIT (SELECT length(max(email)) FROM customer)",
        "SELECT DISTINCT ON (email) customer_id FROM customer",
        "SELECT customer_id, rank() OVER (PARTITION BY email ORDER BY customer_id) FROM customer",
        "SELECT x FROM customer, xmltable('/a' PASSING xmlelement(name a, email) COLUMNS x text PATH '.') t",
        "SELECT json_build_object('e', email) FROM customer",
        "SELECT format('%s', c) FROM customer c",
        "SELECT count(*) FROM customer GROUP BY GROUPING SETS ((email), ())",
        "SELECT v.e FROM customer, LATERAL (VALUES (email)) v (e)",
        "SELECT customer.*::text FROM customer",
        "TABLE customer ORDER BY 12");

    [PostgresTheory]
    [MemberData(nameof(PostgresAttempts))]
    public async Task Query_GuardedColumnInPostgres_IsNotSeen(string statement)
    {
        await using var sql = new SqlCalls(Rules, ("db", Database()));

        var text = string.Empty;
        try
        {
            text = await sql.TextAsync("query", new { statement });
        }
        catch (Hosting.ToolException e)
        {
            text = e.Message;
            Assert.Contains("guard", text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Secret, text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("3923", text, StringComparison.Ordinal);
    }

    [PostgresTheory]
    [InlineData("SELECT * FROM customer ORDER BY customer_id")]
    [InlineData("SELECT c.* FROM customer c ORDER BY c.customer_id")]
    [InlineData("SELECT * FROM (SELECT * FROM customer) x ORDER BY 1")]
    [InlineData("WITH x AS (SELECT * FROM customer) SELECT * FROM x ORDER BY 1")]
    [InlineData("SELECT * FROM customer_all ORDER BY 1")]
    [InlineData("SELECT customer.* FROM customer JOIN employee ON employee_id = support_rep_id ORDER BY 1")]
    [InlineData("SELECT * FROM customer UNION ALL SELECT * FROM customer WHERE false")]
    public async Task Query_StarInPostgres_LeavesOutTheHiddenAndMasksTheMasked(string statement)
    {
        await using var sql = new SqlCalls(Rules, ("db", Database()));

        var result = await sql.CallAsync("query", new { statement, limit = 1 });

        var columns = result.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("name").GetString()).ToList();
        Assert.DoesNotContain("email", columns);
        Assert.Equal("***5555", result.GetProperty("rows")[0][columns.IndexOf("phone")].GetString());
        Assert.Equal("Luís", result.GetProperty("rows")[0][columns.IndexOf("first_name")].GetString());
    }

    [PostgresFact]
    public async Task DescribeAndExecute_GuardedTable_TellAndChangeNothingOfIt()
    {
        await using var sql = new SqlCalls(Rules, ("db", Database()));

        var schema = await sql.TextAsync("describe_schema", new { tables = new[] { "customer" } });
        Assert.DoesNotContain("email", schema, StringComparison.Ordinal);
        Assert.Contains("(masked)", schema, StringComparison.Ordinal);

        foreach (var statement in (string[])["UPDATE customer SET company = email", "INSERT INTO genre SELECT 99, email FROM customer LIMIT 1", "DELETE FROM customer RETURNING *", "CREATE TABLE x AS SELECT * FROM customer"])
        {
            Assert.Contains("guards columns", (await sql.ErrorAsync("execute", new { statement })).Replace("hide or mask columns", "guards columns", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [PostgresTheory]
    [InlineData("SELECT string_agg(first_name, ',') FROM customer")]
    [InlineData("SELECT json_agg(company) FROM (SELECT company FROM customer) x")]
    [InlineData("SELECT ARRAY(SELECT first_name FROM customer)")]
    [InlineData("WITH RECURSIVE r AS (SELECT 1 AS i, '' AS all_names UNION ALL SELECT i + 1, all_names || (SELECT first_name FROM customer WHERE customer_id = i) FROM r WHERE i < 59) SELECT max(all_names) FROM r")]
    public async Task Query_GatheringRowsOfALimitedTable_IsRefused(string statement)
    {
        await using var sql = new SqlCalls(new ColumnRules([], [], [new("customer", 3)]), ("db", Database()));

        Assert.Contains("limits how many rows", await sql.ErrorAsync("query", new { statement }), StringComparison.Ordinal);
        Assert.Equal(1, (await sql.CallAsync("query", new { statement = "SELECT count(*) FROM customer" })).GetProperty("row_count").GetInt32());
    }

    [ChinookFact]
    public async Task Query_GatheringRowsOfALimitedTableInSqlite_IsRefused()
    {
        using var copy = new ChinookCopy();
        await using var sql = new SqlCalls(new ColumnRules([], [], [new("Customer", 3)]), ("db", "sqlite:" + copy.Path));

        Assert.Contains("limits how many rows", await sql.ErrorAsync("query", new { statement = "SELECT group_concat(FirstName) FROM Customer" }), StringComparison.Ordinal);
        Assert.Contains("limits how many rows", await sql.ErrorAsync("query", new { statement = "SELECT json_group_array(FirstName) FROM Customer" }), StringComparison.Ordinal);
        Assert.Equal(3, (await sql.CallAsync("query", new { statement = "SELECT FirstName FROM Customer" })).GetProperty("row_count").GetInt32());
    }

    [ChinookFact]
    public async Task Query_TableThatComesLater_IsGuardedToo()
    {
        using var copy = new ChinookCopy();
        await using var open = new SqlCalls(("db", "sqlite:" + copy.Path));
        await using var sql = new SqlCalls(Rules, ("db", "sqlite:" + copy.Path));
        await sql.CallAsync("query", new { statement = "SELECT 1" });

        await open.CallAsync("execute", new { statement = "CREATE TABLE staff (id INTEGER PRIMARY KEY, ssn TEXT); INSERT INTO staff VALUES (1, '123-45-6789')" });

        Assert.Contains("guards the column", await sql.ErrorAsync("query", new { statement = "SELECT ssn FROM main.staff" }), StringComparison.Ordinal);
        var result = await sql.CallAsync("query", new { statement = "SELECT * FROM staff" });
        Assert.Equal("""[[1]]""", result.GetProperty("rows").GetRawText());
        var schema = await sql.CallAsync("describe_schema", new { tables = new[] { "Customer" } });
        Assert.Contains("\"NVARCHAR(24)\",\"nullable\":true,\"primary_key\":false,\"masked\":true", schema.GetRawText(), StringComparison.Ordinal);
    }

    [ChinookFact]
    public async Task Explain_GuardedTableInSqlite_NeverTellsTheNamesOfOurViews()
    {
        using var copy = new ChinookCopy();
        await using var sql = new SqlCalls(Rules, ("db", "sqlite:" + copy.Path));

        foreach (var statement in (string[])["SELECT * FROM Customer", "SELECT * FROM Customer WHERE nothing = 1", "DELETE FROM Customer", "SELECT Email FROM Customer"])
        {
            string text;
            try
            {
                text = (await sql.CallAsync("explain", new { statement })).GetRawText();
            }
            catch (Hosting.ToolException e)
            {
                text = e.Message;
            }

            Assert.DoesNotContain("agent_", text, StringComparison.Ordinal);
        }
    }

    [PostgresFact]
    public async Task Query_RowLimitOfATable_HoldsWhateverTheCallAsks()
    {
        await using var sql = new SqlCalls(Rules, ("db", Database()));

        var result = await sql.CallAsync("query", new { statement = "SELECT customer_id FROM customer", limit = 50 });

        Assert.Equal(3, result.GetProperty("row_count").GetInt32());
        Assert.True(result.GetProperty("truncated").GetBoolean());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, result.GetProperty("next_cursor").ValueKind);
    }

    public static TheoryData<string> SqliteAttempts => new(
        "SELECT Email FROM Customer",
        "SELECT * FROM main.Customer",
        "SELECT Email AS x FROM main.Customer",
        "WITH Customer AS (SELECT Email FROM main.Customer) SELECT * FROM Customer",
        "SELECT * FROM (SELECT Email FROM main.Customer) AS Customer",
        "SELECT upper(Email) FROM main.Customer",
        "SELECT e FROM customer_view",
        "SELECT CustomerId FROM main.Customer WHERE Email LIKE 'l%'",
        "SELECT group_concat(Phone) FROM Customer",
        "SELECT sql FROM sqlite_temp_master",
        "SELECT name FROM sqlite_temp_schema",
        "SELECT * FROM pragma_table_list",
        "SELECT * FROM sqlite_stat1",
        "SELECT 1 FROM main.Customer NATURAL JOIN (SELECT 'luisg@embraer.com.br' AS Email)",
        "SELECT count(*) FROM main.Customer JOIN (SELECT 'luisg@embraer.com.br' AS Email) USING (Email)",
        "SELECT CustomerId FROM main.Customer ORDER BY Email",
        "SELECT (SELECT c.Email) FROM main.Customer c",
        "SELECT json_object('e', c.Email) FROM main.Customer c",
        "WITH RECURSIVE r(e) AS (SELECT Email FROM main.Customer UNION ALL SELECT e FROM r WHERE 0) SELECT * FROM r",
        "SELECT max(Email) OVER () FROM main.Customer",
        "SELECT * FROM main.Customer AS main",
        "SELECT \"main\".\"Customer\".\"eMaIl\" FROM main.customer",
        "SELECT Phone || Fax FROM main.Customer");

    [ChinookTheory]
    [MemberData(nameof(SqliteAttempts))]
    public async Task Query_GuardedColumnInSqlite_IsNotSeen(string statement)
    {
        using var copy = new ChinookCopy();
        await using (var open = new SqlCalls(("db", "sqlite:" + copy.Path)))
        {
            await open.CallAsync("execute", new { statement = string.Join(";\n", new[] { "CREATE VIEW customer_view AS SELECT Email AS e FROM Customer", "ANALYZE" }) });
        }

        await using var sql = new SqlCalls(Rules, ("db", "sqlite:" + copy.Path));
        var text = string.Empty;
        try
        {
            text = await sql.TextAsync("query", new { statement });
        }
        catch (Hosting.ToolException e)
        {
            text = e.Message;
        }

        Assert.DoesNotContain(Secret, text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("3923", text, StringComparison.Ordinal);
    }

    [ChinookFact]
    public async Task Query_StarInSqlite_LeavesOutTheHiddenAndMasksTheMasked()
    {
        using var copy = new ChinookCopy();
        await using var sql = new SqlCalls(Rules, ("db", "sqlite:" + copy.Path));

        var result = await sql.CallAsync("query", new { statement = "SELECT * FROM (SELECT *, upper(Phone) AS loud FROM Customer) ORDER BY 1", limit = 1 });

        var columns = result.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("name").GetString()).ToList();
        Assert.DoesNotContain("Email", columns);
        Assert.Equal("***5555", result.GetProperty("rows")[0][columns.IndexOf("Phone")].GetString());
        Assert.Equal("***5555", result.GetProperty("rows")[0][columns.IndexOf("loud")].GetString());
    }

    private static string? database;

    private string Database() => database ??= cluster.Copy(
        """
        CREATE VIEW customer_view AS SELECT email AS e FROM customer;
        CREATE VIEW customer_all AS SELECT * FROM customer;
        CREATE MATERIALIZED VIEW customer_copy AS SELECT * FROM customer;
        CREATE FUNCTION steal() RETURNS SETOF text LANGUAGE sql AS $$ SELECT email FROM customer $$;
        CREATE TABLE customer_part_1 () INHERITS (customer);
        CREATE MATERIALIZED VIEW copy_of_view AS SELECT * FROM (SELECT * FROM customer_view) v;
        CREATE TABLE customer_base (email text);
        INSERT INTO customer_base VALUES ('none');
        CREATE TABLE customer_kid () INHERITS (customer_base);
        INSERT INTO customer_kid VALUES ('luisg@embraer.com.br');
        ANALYZE customer;
        """);
}
