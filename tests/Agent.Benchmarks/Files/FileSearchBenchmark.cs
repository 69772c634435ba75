using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agent.Benchmarks.Files;

/// <summary>
/// The files server against ripgrep and the reference filesystem server: the same patterns in turn in one run, warm, through MCP, with the matches
/// compared. <c>dotnet run -c Release --project tests/Agent.Benchmarks -- files [FOLDER]</c>; the folder keeps the published server, the peer and the
/// corpus between runs.
/// </summary>
internal static class FileSearchBenchmark
{
    private const int Rounds = 7;
    private const string ReferencePackage = "@modelcontextprotocol/server-filesystem";

    private sealed record Case(string Name, string Pattern, bool Regex, bool IgnoreCase, int? Limit, double Cold, double? Indexed = null);

    private static bool differs;

    private static readonly Case[] Cases =
    [
        new("rare literal", "ModelContextProtocol", false, false, null, 1.25, 0.1),
        new("literal, no match", "zqxjkvbwyq-none", false, false, null, 1.25, 0.1),
        new("common literal, 100", "return", false, false, 100, 0.5),
        new("ignoring case", "cancellationtoken", false, true, null, 1.25),
        new("alternation", "(readOnlyHint|destructiveHint|idempotentHint|openWorldHint)", true, false, null, 1.5, 0.1),
        new("classes", "[A-Z][0-9]{3}[A-Z][a-z]{2}", true, false, null, 1.0),
    ];

    public static int Run(string[] arguments)
    {
        if (arguments.Length > 1)
        {
            Console.Error.WriteLine("usage: files [FOLDER]");
            return 2;
        }

        var folder = arguments.Length > 0 ? Path.GetFullPath(arguments[0]) : Path.Combine(Path.GetTempPath(), "agent-bench-files");
        Directory.CreateDirectory(folder);
        var (server, reference) = Install(folder);
        var corpus = Path.Combine(folder, "corpus");
        Corpus.Ensure(corpus, Path.Combine(folder, "node_modules"));
        return Measure(server, corpus, reference);
    }

    public static int Measure(string server, string corpus, string reference)
    {
        var state = Directory.CreateTempSubdirectory("files-benchmark-").FullName;
        try
        {
            Console.WriteLine($"{Environment.ProcessorCount} cores, load {Read("/proc/loadavg")}, {Read("/proc/version")}, corpus of {File.ReadAllText(corpus + ".complete").Trim()}");
            Console.WriteLine();
            Console.WriteLine("| what | files server | peer | ratio | target | same matches |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
            MeasureStart(server, corpus, state, reference);
            using (var cold = Start(server, corpus, state, "off"))
            {
                MeasureSearches("cold", cold, corpus, test => test.Cold);
                MeasureNames(cold, corpus, reference);
                Console.WriteLine($"| memory after, cold | {cold.ResidentBytes / 1e6:0} MB | | | 200 MB | |");
            }

            MeasureIndex(server, corpus, state);
            return differs ? 1 : 0;
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }

        static string Read(string path) => File.ReadAllText(path).Split('(')[0].Trim();
    }

    private static (string Server, string Reference) Install(string folder)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Agent.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("Run it from the project.");
        }

        var server = Path.Combine(folder, "agent-files");
        Command("dotnet", ["publish", Path.Combine(root.FullName, "tools", "Files"), "-c", "Release", "-r", "linux-x64", "-o", server, "-v", "q"]);
        var reference = Path.Combine(folder, "node_modules", ReferencePackage, "dist", "index.js");
        if (!File.Exists(reference))
        {
            Command("npm", ["install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, ReferencePackage]);
        }

        return (Path.Combine(server, "agent-files"), reference);
    }

    private static void Command(string name, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{name} {arguments[0]} failed.");
        }
    }

    private static McpProcess Start(string server, string corpus, string state, string index)
    {
        var config = Path.Combine(state, index + ".json");
        File.WriteAllText(config, $$$"""{"files": {"index": "{{{index}}}"}}""");
        return McpProcess.Start(server, "--root", corpus, "--state", state, "--config", config);
    }

    private static void MeasureStart(string server, string corpus, string state, string reference)
    {
        var ours = new List<double>();
        var peers = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            ours.Add(Time(() => ListTools(() => Start(server, corpus, state, "off"))));
            peers.Add(Time(() => ListTools(() => McpProcess.Start("node", reference, corpus))));
        }

        Row("start to tools/list, reference server", ours, peers, 0.6, string.Empty);
    }

    private static Action ListTools(Func<McpProcess> start)
    {
        var process = start();
        process.Request("tools/list", []);
        return process.Dispose;
    }

    private static void MeasureSearches(string label, McpProcess server, string corpus, Func<Case, double?> target)
    {
        foreach (var test in Cases)
        {
            var ours = new List<double>();
            var peers = new List<double>();
            JsonElement result = default;
            string[] lines = [];
            for (var i = 0; i <= Rounds; i++)
            {
                var mine = Time(() => result = Search(server, test, null));
                var theirs = Time(() => lines = Ripgrep(corpus, test));
                if (i > 0)
                {
                    ours.Add(mine);
                    peers.Add(theirs);
                }
            }

            var same = Same(server, test, lines);
            differs |= !same;
            Row($"{label}: {test.Name}, {lines.Length} lines", ours, peers, target(test), same ? "yes" : "NO");
        }
    }

    private static JsonElement Search(McpProcess server, Case test, string? cursor)
    {
        var arguments = new JsonObject { ["pattern"] = test.Pattern, ["hidden"] = true, ["ignored"] = true, ["limit"] = test.Limit ?? 5000 };
        if (test.Regex)
        {
            arguments["regex"] = true;
        }

        if (test.IgnoreCase)
        {
            arguments["ignore_case"] = true;
        }

        if (cursor is not null)
        {
            arguments["cursor"] = cursor;
        }

        return server.Call("search_text", arguments).GetProperty("structuredContent");
    }

    // Every page, against every line of ripgrep; of a capped search, the page against the beginning.
    private static bool Same(McpProcess server, Case test, string[] lines)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        string? cursor = null;
        do
        {
            var page = Search(server, test, cursor);
            found.UnionWith(page.GetProperty("matches").EnumerateArray().Select(match => $"{match.GetProperty("path").GetString()}:{match.GetProperty("line").GetInt64()}"));
            cursor = test.Limit is null ? page.GetProperty("next_cursor").GetString() : null;
        }
        while (cursor is not null);

        var expected = lines.Select(line => line[2..line.IndexOf(':', line.IndexOf(':', StringComparison.Ordinal) + 1)]).ToHashSet(StringComparer.Ordinal);
        return test.Limit is null ? found.SetEquals(expected) : found.Count == Math.Min(test.Limit.Value, expected.Count) && found.IsSubsetOf(expected);
    }

    private static string[] Ripgrep(string corpus, Case test)
    {
        List<string> flags = ["-j2", "-uu", "-n", "--no-heading", "--no-config"];
        flags.AddRange(test.Regex ? [] : ["-F"]);
        flags.AddRange(test.IgnoreCase ? ["-i"] : []);
        var start = new ProcessStartInfo("rg", [.. flags, "--", test.Pattern, "."]) { WorkingDirectory = corpus, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.StartsWith("./", StringComparison.Ordinal)).ToArray();
    }

    private static void MeasureNames(McpProcess server, string corpus, string reference)
    {
        var ours = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            ours.Add(Time(() => server.Call("find_files", new JsonObject { ["pattern"] = "**/*.csproj", ["hidden"] = true, ["ignored"] = true })));
        }

        var peers = new List<double>();
        using var peer = McpProcess.Start("node", reference, corpus);
        for (var i = 0; i < 3; i++)
        {
            peers.Add(Time(() => peer.Call("search_files", new JsonObject { ["path"] = corpus, ["pattern"] = "**/*.csproj" })));
        }

        Row("file names, reference server", ours, peers, 0.05, string.Empty);
    }

    private static void MeasureIndex(string server, string corpus, string state)
    {
        var builds = new List<double>();
        var scans = new List<double>();
        for (var i = 0; i < 3; i++)
        {
            if (Directory.Exists(Path.Combine(state, "index")))
            {
                Directory.Delete(Path.Combine(state, "index"), recursive: true);
            }

            // Builds when it is asked to wait for it, and not before.
            using var building = Start(server, corpus, state, "auto");
            builds.Add(Time(() => building.Call("index_status", new JsonObject { ["wait"] = true })));
            scans.Add(Time(() => Ripgrep(corpus, Cases[1])));
        }

        Row("building the index, one scan", builds, scans, 4, string.Empty);
        using var indexed = Start(server, corpus, state, "on");
        var index = indexed.Call("index_status", new JsonObject { ["wait"] = true }).GetProperty("structuredContent").GetProperty("indexes")[0];
        var (onDisk, text) = (index.GetProperty("index_bytes").GetInt64(), index.GetProperty("text_bytes").GetInt64());
        Console.WriteLine($"| index on disk, the text | {onDisk / 1e6:0} MB | {text / 1e6:0} MB | {onDisk / (double)text:0.00} | 0.35 | |");
        MeasureSearches("indexed", indexed, corpus, test => test.Indexed);
        Console.WriteLine($"| memory after, indexed | {indexed.ResidentBytes / 1e6:0} MB | | | 200 MB | |");
    }

    private static double Time(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    // What is to be done afterwards, outside the clock.
    private static double Time(Func<Action> action)
    {
        var start = Stopwatch.GetTimestamp();
        var after = action();
        var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        after();
        return time;
    }

    private static void Row(string what, List<double> ours, List<double> peers, double? target, string same)
    {
        var (mine, theirs) = (Median(ours), Median(peers));
        Console.WriteLine($"| {what} | {mine:0.0} ms | {theirs:0.0} ms | {mine / theirs:0.000} | {target} | {same} |");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
