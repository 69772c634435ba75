using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agent.Cli.Companions;

/// <summary>Starts the companions side by side, without holding anybody up, and ends them with the program.</summary>
internal sealed partial class CompanionHost(IConfiguration configuration, TimeProvider time, ILogger<CompanionHost> logger) : IHostedService, IDisposable
{
    private readonly List<Process> started = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly List<string> problems = [];
    private readonly Dictionary<string, CompanionOptions> starting = [];
    private Task ready = Task.CompletedTask;

    /// <summary>One sentence for each companion that could not be started.</summary>
    public IReadOnlyList<string> Problems
    {
        get
        {
            lock (problems)
            {
                return [.. problems];
            }
        }
    }

    /// <summary>Each companion that is not ready yet, with how long it may take.</summary>
    public IReadOnlyList<string> Starting
    {
        get
        {
            lock (starting)
            {
                return [.. starting.Select(static pair => $"the companion \"{pair.Key}\" ({pair.Value.Command} {string.Join(' ', pair.Value.Args)}; at most {pair.Value.StartSeconds} s)")];
            }
        }
    }

    /// <summary>Waits until each companion is ready or has failed.</summary>
    public Task WaitUntilSettledAsync(CancellationToken cancellationToken) => ready.WaitAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var companions = configuration.GetSection("companions").Get<Dictionary<string, CompanionOptions>>() ?? [];
        ready = Task.WhenAll(companions.Select(pair => Task.Run(() => StartAsync(pair.Key, pair.Value, stopping.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        lock (started)
        {
            foreach (var process in started)
            {
                try
                {
                    process.Kill(entireProcessTree: true);
                }
                catch (InvalidOperationException)
                {
                    // It ended by itself.
                }
            }
        }
    }

    public void Dispose()
    {
        stopping.Dispose();
        started.ForEach(static process => process.Dispose());
    }

    private async Task StartAsync(string name, CompanionOptions options, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
            if (options.Ready is not null && await AnswersAsync(client, options.Ready, cancellationToken))
            {
                LogRunning(name);
                return;
            }

            var process = Start(options);
            lock (started)
            {
                started.Add(process);
            }

            if (options.Ready is null)
            {
                return;
            }

            lock (starting)
            {
                starting[name] = options;
            }

            var began = time.GetTimestamp();
            while (!await AnswersAsync(client, options.Ready, cancellationToken))
            {
                if (process.HasExited)
                {
                    Fail(name, $"The companion \"{name}\" ended with code {process.ExitCode} before it was ready; run its command by hand to see why: {options.Command} {string.Join(' ', options.Args)}");
                    return;
                }

                if (time.GetElapsedTime(began) > TimeSpan.FromSeconds(options.StartSeconds))
                {
                    Fail(name, $"The companion \"{name}\" was not ready at {options.Ready} within {options.StartSeconds} s; run its command by hand to see why, or raise companions.{name}.startSeconds: {options.Command} {string.Join(' ', options.Args)}");
                    return;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
            }

            LogReady(name);
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            Fail(name, $"The companion \"{name}\" could not be started: {e.Message}");
        }
        finally
        {
            lock (starting)
            {
                starting.Remove(name);
            }
        }
    }

    private static Process Start(CompanionOptions options)
    {
        var start = new ProcessStartInfo(options.Command, options.Args)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.Cwd ?? string.Empty,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("nothing was started");

        // What it prints must be read, or it would stop when the pipe is full; it is not ours to show.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static async Task<bool> AnswersAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private void Fail(string name, string problem)
    {
        LogFailed(name, problem);
        lock (problems)
        {
            problems.Add(problem);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Companion {Name} is already running")]
    private partial void LogRunning(string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "Companion {Name} is ready")]
    private partial void LogReady(string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Companion {Name} failed: {Problem}")]
    private partial void LogFailed(string name, string problem);
}
