using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Agent.Governance;
using Agent.Governance.Audit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Win32.SafeHandles;

namespace Agent.Benchmarks.Governance;

/// <summary>
/// What the pipeline adds to a call of a tool in the same process: with every record flushed to the disk, on a file system in memory
/// without flushing, and with eight callers at once; beside the same calls without governance.
/// </summary>
internal static partial class GovernanceBenchmark
{
    private const int Warm = 2000;
    private const int Calls = 5000;
    private const int Callers = 8;

    /// <summary>As long as a flush takes on a disk with nothing else to do; a real one follows whatever else the machine writes.</summary>
    private static readonly TimeSpan SteadyFlush = TimeSpan.FromMicroseconds(250);

    public static async Task<int> RunAsync(TextWriter output)
    {
        var host = new BareHost();
        var arguments = JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["path"] = "docs/readme.md", ["limit"] = 20 });
        var bare = await MedianAsync(async _ => await host.CallAsync(host.Tool.Id, arguments, new ToolCallOptions(), CancellationToken.None));

        var disk = await GovernedAsync(host, arguments, Directory.CreateTempSubdirectory("bench-").FullName, durable: true);
        var steady = await GovernedAsync(host, arguments, Path.Combine("/dev/shm", Path.GetRandomFileName()), durable: true, flush: SteadyFlush);
        var memory = await GovernedAsync(host, arguments, Path.Combine("/dev/shm", Path.GetRandomFileName()), durable: false);
        await output.WriteLineAsync("| measured | without governance | governed | added |");
        await output.WriteLineAsync("| --- | --- | --- | --- |");
        var flush = await FlushAsync();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| two bare appends with fsync, median | | {flush.TotalMicroseconds:F0} µs | |"));
        await output.WriteLineAsync(Row("one caller, median, flushed", bare, disk.Median));
        await output.WriteLineAsync(Row("one caller, median, without the disk", bare, memory.Median));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| eight callers, flushed | | {disk.Rate:F0} calls/s | {disk.Shared:F1} records for each flush |"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"| eight callers, without the disk | | {memory.Rate:F0} calls/s | |"));
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"| eight callers, a flush that takes {SteadyFlush.TotalMicroseconds:F0} µs | | {steady.Rate:F0} calls/s | {steady.Shared:F1} records for each flush |"));
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

    private static async Task<(TimeSpan Median, double Rate, double Shared)> GovernedAsync(BareHost host, JsonElement arguments, string folder, bool durable, TimeSpan flush = default)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(new StateFolder(folder));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IToolHost>(host);
        services.AddAgentGovernance(new ConfigurationBuilder().Build());
        var counted = new CountedDisk(flush) { Durable = durable };
        services.Replace(ServiceDescriptor.Singleton<Disk>(counted));
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
            var flushes = counted.Flushes;
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; i < Calls; i++)
                {
                    await One(i);
                }
            })));
            var rate = Callers * Calls / Stopwatch.GetElapsedTime(started).TotalSeconds;
            return (median, rate, 2.0 * Callers * Calls / (counted.Flushes - flushes));
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

    /// <summary>Counts how often the disk was made to keep what it has.</summary>
    private sealed partial class CountedDisk(TimeSpan takes) : Disk
    {
        private long _flushes;

        public long Flushes => Volatile.Read(ref _flushes);

        public override void Flush(SafeFileHandle file)
        {
            Interlocked.Increment(ref _flushes);
            if (takes == TimeSpan.Zero)
            {
                base.Flush(file);
            }
            else
            {
                _ = Sleep((uint)takes.TotalMicroseconds);
            }
        }

        [LibraryImport("libc", EntryPoint = "usleep")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static partial int Sleep(uint microseconds);
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
