using System.Collections;
using System.Diagnostics;
using System.Text;
using Agent.EndToEnd.Tests.Terminal;

namespace Agent.Benchmarks.Chat;

/// <summary>
/// From process start to the prompt on a real pseudo-terminal, in a folder that was never used before and with a state folder that does
/// not exist yet; in turn with other programs, each with the text that says that it is there.
/// </summary>
internal static class StartBenchmark
{
    private const int Runs = 15;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments.Length % 2 != 1)
        {
            await Console.Error.WriteLineAsync("console AGENT [PROGRAM TEXT]...");
            return 2;
        }

        List<(string Program, string Text)> programs = [(Path.GetFullPath(arguments[0]), "/help")];
        programs.AddRange(arguments.Skip(1).Chunk(2).Select(static pair => (pair[0], pair[1])));
        var times = programs.ToDictionary(static one => one.Program, static _ => new List<double>(), StringComparer.Ordinal);
        for (var run = 0; run <= Runs; run++)
        {
            foreach (var (program, text) in programs)
            {
                var took = await StartAsync(program, text);
                if (run > 0)
                {
                    // The first reads the files from disk; what a person feels each day is the others.
                    times[program].Add(took);
                }
            }
        }

        foreach (var (program, took) in times)
        {
            took.Sort();
            await Console.Out.WriteLineAsync($"{program}: median {took[took.Count / 2]:0} ms, best {took[0]:0}, worst {took[^1]:0} of {took.Count}");
        }

        return 0;
    }

    private static async Task<double> StartAsync(string program, string text)
    {
        var home = Directory.CreateTempSubdirectory("agent-start-");
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(static pair => (string)pair.Key, static pair => (string?)pair.Value ?? string.Empty, StringComparer.Ordinal);
        environment["HOME"] = home.FullName;
        environment["AGENT_STATE"] = Path.Combine(home.FullName, "state");
        environment["TERM"] = "xterm-256color";
        var seen = new StringBuilder();
        var there = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = Stopwatch.GetTimestamp();
        var words = program.Split(' ');
        using (var terminal = PseudoTerminal.Start(words[0], words[1..], home.FullName, environment, 80, 24, output =>
        {
            if (seen.Append(output).ToString().Contains(text, StringComparison.Ordinal))
            {
                there.TrySetResult(Stopwatch.GetTimestamp());
            }
        }))
        {
            var took = Stopwatch.GetElapsedTime(began, await there.Task.WaitAsync(Limit)).TotalMilliseconds;
            terminal.Write("\x04");
            await Task.WhenAny(terminal.Exit, Task.Delay(TimeSpan.FromSeconds(10)));
            terminal.Signal(9);
            home.Delete(recursive: true);
            return took;
        }
    }
}
