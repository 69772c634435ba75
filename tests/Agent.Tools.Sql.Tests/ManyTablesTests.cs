using System.Globalization;
using System.Text;

namespace Agent.Tools.Sql.Tests;

/// <summary>A schema of five hundred tables, each with twenty columns and a key to the one before.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ManyTablesTests(PostgresCluster cluster)
{
    private const int Tables = 500;

    [PostgresFact]
    public async Task DescribeSchema_FiveHundredTablesInPostgres_FitAModelAndCanBeSearched()
    {
        await using var sql = new SqlCalls(("db", cluster.Copy(Script("COMMENT ON COLUMN area_123_table.value_7 IS 'heat of the kiln'"))));

        await LookAsync(sql, "kiln", "area_123_table");
    }

    [ChinookFact]
    public async Task DescribeSchema_FiveHundredTablesInSqlite_FitAModelAndCanBeSearched()
    {
        var path = Path.Combine(Path.GetTempPath(), $"many-{Guid.NewGuid():N}.sqlite");
        try
        {
            SQLitePCL.Batteries_V2.Init();
            Assert.Equal(0, SQLitePCL.raw.sqlite3_open(path, out var handle));
            Assert.Equal(0, SQLitePCL.raw.sqlite3_exec(handle, Script("ALTER TABLE area_123_table ADD COLUMN kiln_heat REAL")));
            handle.Dispose();
            await using var sql = new SqlCalls(("db", "sqlite:" + path));

            await LookAsync(sql, "kiln", "area_123_table");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task LookAsync(SqlCalls sql, string word, string table)
    {
        var all = await sql.ReplyAsync("describe_schema", new { });
        Assert.InRange(all.TextContent.Length, 5_000, 40_000);
        Assert.True(all.StructuredContent!.Value.GetProperty("total").GetInt32() >= Tables);
        Assert.False(all.StructuredContent.Value.GetProperty("truncated").GetBoolean());

        var compact = await sql.ReplyAsync("describe_schema", new { detail = "compact", limit = 100 });
        Assert.NotNull(compact.StructuredContent!.Value.GetProperty("next_cursor").GetString());

        var found = await sql.CallAsync("describe_schema", new { search = word });
        Assert.Equal(table, Assert.Single(found.GetProperty("tables").EnumerateArray()).GetProperty("name").GetString());

        var path = await sql.CallAsync("describe_schema", new { join_from = "area_10_table", join_to = "area_14_table" });
        Assert.Equal(4, path.GetProperty("joins")[0].GetArrayLength());

        Assert.Contains("area_321_table", await sql.ErrorAsync("query", new { statement = "SELECT * FROM area_321_tabel" }), StringComparison.Ordinal);
        Assert.Equal("area_77_table", (await sql.CallAsync("find_value", new { value = "needle", tables = new[] { "area_5_table", "area_77_table" } })).GetProperty("matches")[0].GetProperty("table").GetString());
    }

    private static string Script(string last)
    {
        var script = new StringBuilder("BEGIN;\n");
        for (var i = 0; i < Tables; i++)
        {
            script.Append(CultureInfo.InvariantCulture, $"CREATE TABLE area_{i}_table (id INTEGER PRIMARY KEY, ");
            for (var column = 1; column < 19; column++)
            {
                script.Append(CultureInfo.InvariantCulture, $"value_{column} TEXT, ");
            }

            script.Append(i == 0 ? "before_id INTEGER);\n" : string.Create(CultureInfo.InvariantCulture, $"before_id INTEGER REFERENCES area_{i - 1}_table (id));\n"));
        }

        return script.Append("INSERT INTO area_77_table (id, value_3) VALUES (1, 'Needle');\n").Append(last).Append(";\nCOMMIT").ToString();
    }
}
