using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agent.Benchmarks.Files;

/// <summary>
/// The files server against ripgrep and the reference filesystem server: the same patterns in turn in one run, warm, through MCP, with the matches
/// compared. Arguments: the published agent-files, the corpus folder, and the reference server's index.js where it is installed.
/// </summary>
internal static class FileSearchBenchmark
{
    private const int Rounds = 7;

    private sealed record Case(string Name, string Pattern, bool Regex, bool IgnoreCase, int? Limit);

    private static readonly Case[] Cases =
    [
        new("rare literal", "ModelContextProtocol", false, false, null),
        new("literal, no match", "zqxjkvbwyq-none", false, false, null),
        new("common literal, 100", "return", false, false, 100),
        new("ignoring case", "cancellationtoken", false, true, null),
        new("alternation", "(readOnlyHint|destructiveHint|idempotentHint|openWorldHint)", true, false, null),
        new("classes", "[A-Z][0-9]{3}[A-Z][a-z]{2}", true, false, null),
    ];

    public static int Run(string[] arguments)
    {
        if (arguments.Length < 2)
        {
            Console.Error.WriteLine("usage: files AGENT-FILES CORPUS-FOLDER [REFERENCE-SERVER-INDEX.JS]");
            return 2;
        }

        var (server, corpus, reference) = (arguments[0], Path.GetFullPath(arguments[1]), arguments.Length > 2 ? arguments[2] : null);
        Corpus.Ensure(corpus);
        var state = Directory.CreateTempSubdirectory("files-benchmark-").FullName;
        try
        {
            Console.WriteLine("| what | files server | peer | ratio | same matches |");
            Console.WriteLine("| --- | --- | --- | --- | --- |");
            MeasureStart(server, corpus, state, reference);
            using (var cold = Start(server, corpus, state, "off"))
            {
                MeasureSearches("cold", cold, corpus);
                MeasureNames(cold, corpus, reference);
                Console.WriteLine($"| memory after, cold | {cold.ResidentBytes / 1e6:0} MB | | | |");
            }

            MeasureIndex(server, corpus, state);
            return 0;
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    private static McpProcess Start(string server, string corpus, string state, string index)
    {
        var config = Path.Combine(state, index + ".json");
        File.WriteAllText(config, $$$"""{"files": {"index": "{{{index}}}"}}""");
        return McpProcess.Start(server, "--root", corpus, "--state", state, "--config", config);
    }

    private static void MeasureStart(string server, string corpus, string state, string? reference)
    {
        var ours = new List<double>();
        var peers = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            ours.Add(Time(() => ListTools(() => Start(server, corpus, state, "off"))));
            if (reference is not null)
            {
                peers.Add(Time(() => ListTools(() => McpProcess.Start("node", reference, corpus))));
            }
        }

        Row("start to tools/list", ours, peers, string.Empty);
    }

    private static Action ListTools(Func<McpProcess> start)
    {
        var process = start();
        process.Request("tools/list", []);
        return process.Dispose;
    }

    private static void MeasureSearches(string label, McpProcess server, string corpus)
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

            Row($"{label}: {test.Name}", ours, peers, Same(server, test, lines) ? "yes" : "NO");
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

    private static void MeasureNames(McpProcess server, string corpus, string? reference)
    {
        var ours = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            ours.Add(Time(() => server.Call("find_files", new JsonObject { ["pattern"] = "**/*.csproj", ["hidden"] = true, ["ignored"] = true })));
        }

        var peers = new List<double>();
        if (reference is not null)
        {
            using var peer = McpProcess.Start("node", reference, corpus);
            for (var i = 0; i < 3; i++)
            {
                peers.Add(Time(() => peer.Call("search_files", new JsonObject { ["path"] = corpus, ["pattern"] = "**/*.csproj" })));
            }
        }

        Row("file names, reference server", ours, peers, string.Empty);
    }

    private static void MeasureIndex(string server, string corpus, string state)
    {
        using var indexed = Start(server, corpus, state, "on");
        JsonElement status = default;
        var build = Time(() => status = indexed.Call("index_status", new JsonObject { ["wait"] = true }));
        var scan = Time(() => Ripgrep(corpus, Cases[1]));
        var index = status.GetProperty("structuredContent").GetProperty("indexes")[0];
        Row("building the index", [build], [scan], string.Empty);
        Console.WriteLine($"| index on disk, of the text | {index.GetProperty("index_bytes").GetInt64() / 1e6:0} MB | {index.GetProperty("text_bytes").GetInt64() / 1e6:0} MB | {index.GetProperty("index_bytes").GetInt64() / (double)index.GetProperty("text_bytes").GetInt64():0.00} | |");
        MeasureSearches("indexed", indexed, corpus);
        Console.WriteLine($"| memory after, indexed | {indexed.ResidentBytes / 1e6:0} MB | | | |");
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

    private static void Row(string what, List<double> ours, List<double> peers, string same)
    {
        var (mine, theirs) = (Median(ours), peers.Count > 0 ? Median(peers) : double.NaN);
        Console.WriteLine($"| {what} | {mine:0.0} ms | {theirs:0.0} ms | {mine / theirs:0.00} | {same} |");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
