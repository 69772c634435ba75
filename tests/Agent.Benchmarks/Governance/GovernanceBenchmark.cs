using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Agent.Governance;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Agent.Benchmarks.Governance;

/// <summary>
/// What the pipeline adds to a call of a tool in the same process: with every record flushed to the disk, on a file system in memory
/// without flushing, and with eight callers at once; beside the same calls without governance.
/// </summary>
internal static class GovernanceBenchmark
{
    private const int Warm = 2000;
    private const int Calls = 5000;
    private const int Callers = 8;

    public static async Task<int> RunAsync(TextWriter output)
    {
        var host = new BareHost();
        var arguments = JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["path"] = "docs/readme.md", ["limit"] = 20 });
        var bare = await MedianAsync(async _ => await host.CallAsync(host.Tool.Id, arguments, new ToolCallOptions(), CancellationToken.None));

        var disk = await GovernedAsync(host, arguments, Directory.CreateTempSubdirectory("bench-").FullName, durable: true);
        var memory = await GovernedAsync(host, arguments, Path.Combine("/dev/shm", Path.GetRandomFileName()), durable: false);
        await output.WriteLineAsync("| measured | without governance | governed | added |");
        await output.WriteLineAsync("| --- | --- | --- | --- |");
        var flush = await FlushAsync();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| two bare appends with fsync, median | | {flush.TotalMicroseconds:F0} µs | |"));
        await output.WriteLineAsync(Row("one caller, median, flushed", bare, disk.Median));
        await output.WriteLineAsync(Row("one caller, median, without the disk", bare, memory.Median));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| eight callers, flushed | | {disk.Rate:F0} calls/s | {disk.Rate * flush.TotalSeconds / 2:F1} calls for each flush of the disk |"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| eight callers, without the disk | | {memory.Rate:F0} calls/s | |"));
        return 0;
    }

    /// <summary>What the disk itself takes for the two records of a call: the floor of every figure beside it.</summary>
    private static async Task<TimeSpan> FlushAsync()
    {
        using var file = File.OpenHandle(Path.Combine(Directory.CreateTempSubdirectory("bench-").FullName, "log"), FileMode.Create, FileAccess.Write);
        var line = new byte[700];
        var at = 0L;
        return await MedianAsync(_ =>
        {
            for (var i = 0; i < 2; i++)
            {
                RandomAccess.Write(file, line, at);
                RandomAccess.FlushToDisk(file);
                at += line.Length;
            }

            return Task.CompletedTask;
        });
    }

    private static string Row(string what, TimeSpan bare, TimeSpan governed) => string.Create(
        CultureInfo.InvariantCulture, $"| {what} | {bare.TotalMicroseconds:F1} µs | {governed.TotalMicroseconds:F0} µs | {(governed - bare).TotalMicroseconds:F0} µs |");

    private static async Task<(TimeSpan Median, double Rate)> GovernedAsync(BareHost host, JsonElement arguments, string folder, bool durable)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(new StateFolder(folder));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IToolHost>(host);
        services.AddAgentGovernance(new ConfigurationBuilder().Build());
        services.Replace(ServiceDescriptor.Singleton(new Agent.Governance.Audit.Disk { Durable = durable }));
        var provider = services.BuildServiceProvider();
        await using (provider)
        {
            var pipeline = provider.GetRequiredService<IToolPipeline>();
            var provenance = provider.GetRequiredService<IProvenanceFactory>().Create();
            provenance.AddUserTurn("please read docs/readme.md and tell me what it says");
            var context = new CallContext { SessionId = "s", RunId = "r", Client = "bench", Provenance = provenance };

            async Task One(int i)
            {
                var outcome = await pipeline.InvokeAsync(new ToolCall { Id = $"c{i}", Name = "files__read_file", Arguments = arguments }, context, CancellationToken.None);
                if (outcome.Kind != ToolOutcomeKind.Completed)
                {
                    throw new InvalidOperationException(outcome.Result?.Text);
                }
            }

            var median = await MedianAsync(One);
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; i < Warm / Callers; i++)
                {
                    await One(i);
                }
            })));
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; i < Calls; i++)
                {
                    await One(i);
                }
            })));
            var rate = Callers * Calls / Stopwatch.GetElapsedTime(started).TotalSeconds;
            return (median, rate);
        }
    }

    private static async Task<TimeSpan> MedianAsync(Func<int, Task> call)
    {
        for (var i = 0; i < Warm; i++)
        {
            await call(i);
        }

        var times = new long[Calls];
        for (var i = 0; i < Calls; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await call(i);
            times[i] = Stopwatch.GetTimestamp() - started;
        }

        Array.Sort(times);
        return Stopwatch.GetElapsedTime(0, times[Calls / 2]);
    }

    private sealed class BareHost : IToolHost
    {
        private static readonly ToolResult Result = ToolResult.FromText("The readme says how to begin, and where the rest is written.");

        public event EventHandler? Changed
        {
            add { }
            remove { }
        }

        public ToolDefinition Tool { get; } = new()
        {
            Id = new ToolId("files", "read_file"), Description = "Reads a file", Hash = "sha256:bench",
            InputSchema = JsonSerializer.SerializeToElement(new { type = "object", properties = new { path = new { type = "string" }, limit = new { type = "integer" } } }),
        };

        public IReadOnlyList<ToolDefinition> Tools => [Tool];

        public IReadOnlyList<ServerStatus> Servers => [];

        public ToolDefinition? Find(string name) => name is "files__read_file" or "files.read_file" ? Tool : null;

        public ValueTask WaitUntilSettledAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<ToolResult> CallAsync(ToolId tool, JsonElement arguments, ToolCallOptions options, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Result);
    }
}
