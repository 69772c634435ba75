using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Postgres;
using Agent.Tools.Sql.Rules;

namespace Agent.Tools.Sql.Tests;

[Collection(PostgresCollection.Name)]
public sealed class PostgresConnectionTests(PostgresCluster cluster)
{
    [PostgresFact]
    public async Task Query_WithPasswordOverLoopback_SignsInByScram()
    {
        await using var sql = new SqlCalls(("db", cluster.NetworkSource("chinook")));

        Assert.Equal(25, (await sql.CallAsync("query", new { statement = "SELECT count(*) FROM genre" })).GetProperty("rows")[0][0].GetInt32());
    }

    [PostgresFact]
    public async Task Query_WithAWrongPassword_SaysSoWithoutIt()
    {
        const string wrong = "wr0ng-secret";
        await using var sql = new SqlCalls(("db", cluster.NetworkSource("chinook", wrong)));

        var error = await sql.ErrorAsync("query", new { statement = "SELECT 1" });
        var list = await sql.TextAsync("list_databases", new { });

        Assert.Contains("28P01", error, StringComparison.Ordinal);
        Assert.Contains("cannot be used", list, StringComparison.Ordinal);
        foreach (var text in (string[])[error, list])
        {
            Assert.DoesNotContain(wrong, text, StringComparison.Ordinal);
            Assert.DoesNotContain("127.0.0.1", text, StringComparison.Ordinal);
        }
    }

    [PostgresFact]
    public async Task Query_ServerThatIsNotThere_IsOneClearSentence()
    {
        await using var sql = new SqlCalls(("db", "postgres://u:hidden@127.0.0.1:1/x"));

        var error = await sql.ErrorAsync("query", new { statement = "SELECT 1" });

        Assert.Contains("cannot be reached", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_HostThatDoesNotAnswer_EndsWhenItIsCancelled()
    {
        // A line that is full drops who comes next, as a host behind a wall does.
        using var host = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        host.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        host.Listen(0);
        var end = (IPEndPoint)host.LocalEndPoint!;
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await first.ConnectAsync(end);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        var connecting = Task.Factory.StartNew(
            () => PostgresDialer.Connect(PostgresConnectionString.Parse($"postgres://u@127.0.0.1:{end.Port}/x?sslmode=disable"), limit.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [PostgresFact]
    public async Task Query_LostConnection_IsReopenedOnceForARead()
    {
        await using var sql = new SqlCalls(("db", cluster.Shared));
        var first = await BackendAsync(sql);

        cluster.Script("postgres", $"SELECT pg_terminate_backend({first})");

        Assert.NotEqual(first, await BackendAsync(sql));
    }

    [PostgresFact]
    public async Task Query_Cancelled_EndsTheStatementInTheServer()
    {
        await using var sql = new SqlCalls(("db", cluster.Shared));
        using var cancel = new CancellationTokenSource();
        var call = Task.Run(() => sql.CallAsync("query", new { statement = "SELECT pg_sleep(60) AS cancelled_here" }, cancellationToken: cancel.Token));
        await UntilAsync("1");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await UntilAsync("0");

        async Task UntilAsync(string count)
        {
            var start = Stopwatch.GetTimestamp();
            while (cluster.Script("postgres", "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%cancelled_here%' AND application_name = 'agent-sql'") != count)
            {
                Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), $"never {count}");
                await Task.Yield();
            }
        }
    }

    [PostgresFact]
    public async Task Query_MoreCallsThanConnections_AllAreAnswered()
    {
        await using var sql = new SqlCalls(new SqlOptions
        {
            Databases = new Dictionary<string, DatabaseSource> { ["db"] = new(cluster.Shared, ColumnRules.None) },
            PoolSize = 2,
        });

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => sql.CallAsync("query", new { statement = "SELECT $1::int", parameters = new[] { i } }))));

        Assert.Equal(Enumerable.Range(0, 40), answers.Select(answer => answer.GetProperty("rows")[0][0].GetInt32()));
        Assert.True(int.Parse(cluster.Script("postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = 'chinook' AND application_name = 'agent-sql' AND backend_start > now() - interval '1 minute'")!, System.Globalization.CultureInfo.InvariantCulture) < 40);
    }

    [PostgresFact]
    public async Task Query_ExactTypes_AreNeverRounded()
    {
        await using var sql = new SqlCalls(("db", cluster.Shared));

        var result = await sql.CallAsync("query", new
        {
            statement = """
                SELECT 9007199254740993::bigint, 12345678901234567890123456789012345678.90::numeric(40,2), 'NaN'::float8, 0.1::float8, '\x00ff'::bytea,
                       '2024-05-01 12:00:00+02'::timestamptz AT TIME ZONE 'UTC', DATE '2024-05-01', interval '1 day 2 hours', ARRAY[1,2], '{"a": 1}'::jsonb, true, NULL
                """,
        });

        Assert.Equal(
            """[["9007199254740993","12345678901234567890123456789012345678.90","NaN",0.1,"sha256:06eb7d6a69ee19e5fbdf749018d3d2abfa04bcbd1365db312eb86dc7169389b8 (2 bytes)","2024-05-01T10:00:00","2024-05-01","P1DT2H","{1,2}","{\"a\": 1}",true,null]]""",
            result.GetProperty("rows").GetRawText());
    }

    [PostgresFact]
    public async Task Query_Parameters_AreValuesAndNeverText()
    {
        await using var sql = new SqlCalls(("db", cluster.Shared));
        const string hard = "x'); DROP TABLE genre; --";

        var result = await sql.CallAsync("query", new
        {
            statement = "SELECT $1::text, $2::int[], $3::jsonb, $4::numeric, $5::boolean, $6::text",
            parameters = new object?[] { hard, new[] { 1, 2 }, new { a = 1 }, "1.10", true, null },
        });

        Assert.Equal(hard, result.GetProperty("rows")[0][0].GetString());
        Assert.Equal("""["{1,2}","{\"a\": 1}","1.10",true,null]""", "[" + string.Join(',', result.GetProperty("rows")[0].EnumerateArray().Skip(1).Select(item => item.GetRawText())) + "]");
    }

    [PostgresFact]
    public async Task Query_WrongNumberOfParameters_SaysHowManyThereAre()
    {
        await using var sql = new SqlCalls(("db", cluster.Shared));

        var error = await sql.ErrorAsync("query", new { statement = "SELECT $1::int + $2::int", parameters = new[] { 1 } });

        Assert.Contains("2 placeholders and 1 values", error, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Query_ManyBytes_StopAtTheLimitAndTheSessionGoesOn()
    {
        await using var sql = new SqlCalls(("db", cluster.Shared));

        var result = await sql.CallAsync("query", new { statement = "SELECT repeat('x', 10000) FROM generate_series(1, 40000)", limit = 40000, max_bytes = 100_000, format = "json" });

        Assert.True(result.GetProperty("truncated").GetBoolean());
        Assert.InRange(result.GetProperty("row_count").GetInt32(), 10, 12);
        Assert.Equal(1, (await sql.CallAsync("query", new { statement = "SELECT 1" })).GetProperty("rows")[0][0].GetInt32());
    }

    [PostgresFact]
    public async Task Query_LongValue_IsCutAndSaysSo()
    {
        await using var sql = new SqlCalls(("db", cluster.Shared));

        var result = await sql.CallAsync("query", new { statement = "SELECT repeat('é', 100000)" });

        Assert.EndsWith("… (200,000 bytes in all)", result.GetProperty("rows")[0][0].GetString(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task DescribeSchema_CommentsKeysAndIndexes_AreTold()
    {
        await using var sql = new SqlCalls(("db", cluster.Copy(
            "COMMENT ON TABLE track IS 'Songs'; COMMENT ON COLUMN track.milliseconds IS 'Length'; CREATE SCHEMA archive; CREATE TABLE archive.old (id int PRIMARY KEY)")));

        var text = await sql.TextAsync("describe_schema", new { search = "length" });

        Assert.Contains("table track ~3503 rows -- Songs", text, StringComparison.Ordinal);
        Assert.Contains("milliseconds integer not null -- Length", text, StringComparison.Ordinal);
        Assert.Contains("album_id integer → album.album_id", text, StringComparison.Ordinal);
        Assert.Contains("index track_album_id_idx (album_id)", text, StringComparison.Ordinal);
        Assert.Contains("archive.old", await sql.TextAsync("describe_schema", new { detail = "compact" }), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Explain_Analyze_RunsAReadAndRefusesAWrite()
    {
        await using var sql = new SqlCalls(("db", cluster.Shared));

        Assert.Contains("actual time", await sql.TextAsync("explain", new { statement = "SELECT count(*) FROM track", analyze = true }), StringComparison.Ordinal);
        var write = await sql.CallAsync("explain", new { statement = "DELETE FROM playlist", analyze = true });
        Assert.Equal("write", write.GetProperty("class").GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, write.GetProperty("plan").ValueKind);
    }

    [Theory]
    [InlineData("postgres://ann:p%40ss@db.example:5433/shop?sslmode=verify-full", "db.example", 5433, "ann", "p@ss", "shop")]
    [InlineData("postgresql://ann@[::1]/shop", "::1", 5432, "ann", null, "shop")]
    [InlineData("Host=db;Port=1234;Username=ann;Password=a;Database=shop", "db", 1234, "ann", "a", "shop")]
    [InlineData("host=/run/pg user=ann password='a b\\'c' dbname=shop", "/run/pg", 5432, "ann", "a b'c", "shop")]
    public void Parse_EveryWayToWriteAConnection_IsRead(string text, string host, int port, string user, string? password, string database)
    {
        var parsed = PostgresConnectionString.Parse(text);

        Assert.Equal((host, port, user, password, database), (parsed.Host, parsed.Port, parsed.User, parsed.Password, parsed.Database));
        Assert.DoesNotContain(password ?? "-", parsed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Nonsense_IsRefusedWithoutRepeatingIt()
    {
        var error = Assert.Throws<ToolException>(() => PostgresConnectionString.Parse("host=h password=geheim port=nine"));

        Assert.DoesNotContain("geheim", error.Message, StringComparison.Ordinal);
    }

    private static async Task<int> BackendAsync(SqlCalls sql) =>
        (await sql.CallAsync("query", new { statement = "SELECT pg_backend_pid()" })).GetProperty("rows")[0][0].GetInt32();
}
