using System.Diagnostics;
using System.Globalization;
using Agent.Runtime;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Benchmarks.Runtime;

/// <summary>
/// The loop's own cost: model, pipeline and tools answer at once, sessions are stored as ever (SQLite, on disk). A step is a model
/// call, one tool call, and everything that is stored of both.
/// </summary>
internal static class LoopBenchmark
{
    private const int LongRun = 3_000;

    /// <summary>
    /// Runs before anything is measured. The runtime compiles what is hot again, twice over, beside the work; with two runs it was still
    /// at it, and the first steps measured cost double the last ones.
    /// </summary>
    private const int WarmUpRuns = 12;
    private const int TargetMicroseconds = 200;
    private const int Sessions = 100;
    private const int StepsOfSession = 20;

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("agent-loop-");
        try
        {
            await using var provider = Build(folder.FullName);
            var runner = provider.GetRequiredService<IAgentRunner>();
            var model = (InstantModel)provider.GetRequiredService<IChatClient>();
            for (var i = 0; i < WarmUpRuns; i++)
            {
                await RunAsync(runner, LongRun);
            }

            model.Calls.Clear();
            GC.Collect();

            using var process = Process.GetCurrentProcess();
            var processor = process.TotalProcessorTime;
            await RunAsync(runner, LongRun);
            process.Refresh();
            var times = model.Calls.ToArray();
            var steps = times.Zip(times.Skip(1), static (from, to) => Stopwatch.GetElapsedTime(from, to).TotalMicroseconds).ToArray();
            Console.WriteLine($"one run of {LongRun} steps, microseconds a step (median; target at most {TargetMicroseconds}, the last no slower than the first)");
            foreach (var (from, to) in ((int, int)[])[(0, 300), (1_000, 1_300), (LongRun - 300, LongRun)])
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  steps {from + 1,5}–{to,5}: {Median(steps[from..to]),7:0.0}"));
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  processor time: {(process.TotalProcessorTime - processor).TotalMicroseconds / LongRun:0.0} microseconds a step"));

            var before = GC.GetTotalAllocatedBytes();
            processor = process.TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            await Task.WhenAll(Enumerable.Range(0, Sessions).Select(_ => Task.Run(() => RunAsync(runner, StepsOfSession))));
            watch.Stop();
            process.Refresh();
            var total = Sessions * StepsOfSession;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Sessions} sessions at once, {StepsOfSession} steps each: {watch.ElapsedMilliseconds} ms, processor time {(process.TotalProcessorTime - processor).TotalMicroseconds / total:0.0} microseconds a step, "
                + $"{(GC.GetTotalAllocatedBytes() - before) / total / 1024.0:0.0} KiB allocated a step, {Environment.WorkingSet / 1_048_576} MiB in memory"));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(IAgentRunner runner, int steps)
    {
        var request = new RunRequest { Prompt = "go", Client = "benchmark", Budget = new Budget { MaxSteps = steps } };
        await foreach (var item in runner.RunAsync(request, default))
        {
            if (item is RunEvent.Completed { Result: var result } && result.ToolCalls.Count != steps)
            {
                throw new InvalidOperationException($"The run ended early: {result.Answer}");
            }
        }
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private static ServiceProvider Build(string folder)
    {
        var settings = new Dictionary<string, string?> { ["context:defaultWindow"] = "50000000" };
        var services = new ServiceCollection();
        var host = new InstantHost();
        services.AddLogging();
        services.AddSingleton<IChatClient, InstantModel>();
        services.AddSingleton<IToolHost>(host);
        services.AddSingleton<IToolPipeline>(new InstantPipeline(host.Tools[0].Id));
        services.AddSingleton<IApprovals, NoApprovals>();
        services.AddSingleton<IProvenanceFactory, NoProvenance>();
        services.AddSingleton(new StateFolder(folder));
        services.AddSingleton(TimeProvider.System);
        services.AddAgentRuntime(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        return services.BuildServiceProvider();
    }
}
