using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Agent.Benchmarks.Sql;

namespace Agent.Benchmarks.Gateway;

/// <summary>
/// What a call of a small tool costs through the gateway, with policy and audit, beside the same call of the same server without
/// it, in turn; with the state on the disk and, to tell the disk's part, in memory. Over HTTP beside a peer that only passes on,
/// where its folder is named; and the memory before and after many sessions.
/// </summary>
internal static class GatewayBenchmark
{
    /// <summary>Until the runtime has compiled for the last time what a call runs through.</summary>
    private const int Warm = 10_000;
    private const int Rounds = 5;
    private const int Calls = 400;
    private const int Callers = 8;
    private const string Arguments = """{"text":"hello"}""";
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(3);

    /// <summary>Runs it all.</summary>
    /// <param name="peers">A folder with <c>node_modules/mcp-proxy</c>; null for none.</param>
    public static async Task<int> RunAsync(string? peers)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-bench-").FullName;
        var memory = Path.Combine("/dev/shm", Path.GetFileName(folder));
        try
        {
            await StdioAsync(folder, memory);
            await HttpAsync(folder, peers);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            if (Directory.Exists(memory))
            {
                Directory.Delete(memory, recursive: true);
            }
        }

        return 0;
    }

    internal static string[] Server => [Path.Combine(AppContext.BaseDirectory, "Agent.Conformance.Server.dll"), "stdio"];

    internal static string[] Agent(string folder, params string[] more) =>
        [Path.Combine(AppContext.BaseDirectory, "agent.dll"), "mcp", "--root", folder, "--state", Path.Combine(folder, "state"), "--config", Configure(folder), .. more];

    /// <summary>Writes the configuration and accepts its command, as a person does before the first start.</summary>
    private static string Configure(string folder)
    {
        var path = Write(folder);
        var state = Path.Combine(folder, "state");
        using var accept = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "agent.dll"), "tools", "accept", "fixture", "--state", state, "--config", path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        accept.WaitForExit();
        return path;
    }

    private static string Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "bench.json");
        File.WriteAllText(path, new JsonObject
        {
            ["mcpServers"] = new JsonObject
            {
                ["fixture"] = new JsonObject { ["command"] = "dotnet", ["args"] = new JsonArray([.. Server.Select(part => JsonValue.Create(part))]) },
            },
            ["policy"] = new JsonObject { ["rules"] = new JsonArray(new JsonObject { ["name"] = "bench", ["server"] = "fixture", ["decision"] = "allow" }) },
            ["tools"] = new JsonObject
            {
                ["fixture.*"] = new JsonObject
                {
                    ["effects"] = new JsonArray("read"), ["critical"] = new JsonArray(), ["integrity"] = "trusted", ["confidentiality"] = "public",
                },
            },
            ["gateway"] = new JsonObject { ["requireToken"] = false },
        }.ToJsonString());
        return path;
    }

    private static async Task StdioAsync(string folder, string memory)
    {
        using var direct = new StdioPeer("direct", "dotnet", Server);
        using var onDisk = new StdioPeer("gateway", "dotnet", Agent(folder));
        using var inMemory = new StdioPeer("gateway, state in memory", "dotnet", Agent(memory));
        (StdioPeer Peer, string Tool)[] peers = [(direct, "echo"), (onDisk, "fixture__echo"), (inMemory, "fixture__echo")];
        foreach (var (peer, tool) in peers)
        {
            await peer.StartAsync();
            await TimeAsync(peer, tool, Warm);
        }

        var times = peers.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < peers.Length; i++)
            {
                times[i].AddRange(await TimeAsync(peers[i].Peer, peers[i].Tool, Calls));
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"an append with fsync in that folder: {Flush(folder):F0} µs at the median"));
        Console.WriteLine();
        Console.WriteLine("| over stdio | p50, µs | p99, µs | to direct | eight at once, calls/s |");
        Console.WriteLine("| --- | --- | --- | --- | --- |");
        var bare = Median(times[0]);
        for (var i = 0; i < peers.Length; i++)
        {
            var rate = await RateAsync(() => peers[i].Peer.CallAsync(peers[i].Tool, Arguments));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {peers[i].Peer.Name} | {Median(times[i]):F0} | {Quantile(times[i], 0.99):F0} | {Median(times[i]) / bare:F2} | {rate:F0} |"));
        }
    }

    private static async Task HttpAsync(string folder, string? peers)
    {
        Console.WriteLine();
        Console.WriteLine("| over HTTP | p50, µs | p99, µs | eight at once, calls/s |");
        Console.WriteLine("| --- | --- | --- | --- |");
        using var gateway = await HttpPeer.StartAsync("gateway", "dotnet", [.. Agent(folder, "--http", "http://127.0.0.1:0/mcp")], url: null);
        await ReportAsync(gateway, "fixture__echo");
        if (peers is not null)
        {
            var port = HttpPeer.FreePort();
            string[] arguments = [Path.Combine(peers, "node_modules/mcp-proxy/dist/bin/mcp-proxy.mjs"), "--port", port.ToString(CultureInfo.InvariantCulture), "--host", "127.0.0.1", "--", "dotnet", .. Server];
            using var peer = await HttpPeer.StartAsync("mcp-proxy (passes on, nothing more)", "node", arguments, new Uri($"http://127.0.0.1:{port}/mcp"));
            await ReportAsync(peer, "echo");
        }

        // What a runtime keeps after its first requests is its own; the sessions before the first look are for that.
        await SessionsAsync(gateway, 300);
        var before = gateway.MegabytesResident;
        await SessionsAsync(gateway, 1000);
        await Task.Delay(TimeSpan.FromSeconds(5));
        var after = gateway.MegabytesResident;
        Console.WriteLine();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory before 1,000 sessions {before:F1} MB, after {after:F1} MB: {after / before:F2}"));
    }

    private static async Task ReportAsync(HttpPeer peer, string tool)
    {
        using var session = await peer.OpenAsync();
        for (var i = 0; i < Warm; i++)
        {
            await session.CallAsync(tool, Arguments);
        }

        var times = new List<double>();
        for (var i = 0; i < Rounds * Calls; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await session.CallAsync(tool, Arguments);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        var rate = await RateAsync(() => session.CallAsync(tool, Arguments));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {peer.Name} | {Median(times):F0} | {Quantile(times, 0.99):F0} | {rate:F0} |"));
    }

    private static async Task SessionsAsync(HttpPeer peer, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var session = await peer.OpenAsync();
            await session.CallAsync("fixture__echo", Arguments);
            await session.CloseAsync();
        }
    }

    private static async Task<List<double>> TimeAsync(StdioPeer peer, string tool, int calls)
    {
        var times = new List<double>(calls);
        for (var i = 0; i < calls; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await peer.CallAsync(tool, Arguments);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        return times;
    }

    private static async Task<double> RateAsync(Func<Task> call)
    {
        var count = 0;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(started) < Load)
            {
                await call();
                Interlocked.Increment(ref count);
            }
        })));
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Flush(string folder)
    {
        using var file = File.OpenHandle(Path.Combine(folder, "flush"), FileMode.Create, FileAccess.Write);
        var line = new byte[700];
        var times = new List<double>();
        for (var i = 0; i < 500; i++)
        {
            var started = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, line, i * line.Length);
            RandomAccess.FlushToDisk(file);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        return Median(times);
    }

    private static double Median(List<double> values) => Quantile(values, 0.5);

    private static double Quantile(List<double> values, double part)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)(part * (sorted.Count - 1))];
    }
}
