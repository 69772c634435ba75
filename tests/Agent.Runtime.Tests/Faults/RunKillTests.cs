using System.Diagnostics;
using System.Text.Json;
using Agent.Runtime.Sessions;
using Agent.Runtime.Tests.Fakes;
using Xunit.Abstractions;

namespace Agent.Runtime.Tests.Faults;

/// <summary>
/// A process that runs a session is killed with SIGKILL at one point after another: before and after each event, within the stream of
/// the model, before and after a tool acts. Each start takes up what the one before left.
/// </summary>
public sealed class RunKillTests(ITestOutputHelper output)
{
    /// <summary>Enough to pass every point of a run once while one works, and about twice where time is no matter.</summary>
    private static readonly int Kills = Environment.GetEnvironmentVariable("CI") == "true" ? 80 : 40;

    [Fact]
    public async Task Process_KilledAtAnyPoint_GoesOnAndRepeatsNothing()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var folder = Directory.CreateTempSubdirectory("agent-kill-").FullName;
        var killed = 0;
        for (var point = 1; killed < Kills; point++)
        {
            if (await RunAsync(folder, point) == 137)
            {
                killed++;
                await CheckAsync(folder, whole: false);
            }
            else
            {
                // It came through: the next round begins at the first point again, in a longer session.
                output.WriteLine($"a run has {point - 1} points");
                Assert.InRange(point, 20, 500);
                point = 0;
            }
        }

        Assert.Equal(0, await RunAsync(folder, 0));
        await CheckAsync(folder, whole: true);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task CheckAsync(string folder, bool whole)
    {
        await using var agent = new TestAgent(new ScriptedModel(), new StateFolder(Path.Combine(folder, "state")));
        var sessions = await agent.Store.ListAsync(100, default);
        var effects = File.Exists(Path.Combine(folder, "effects")) ? File.ReadAllLines(Path.Combine(folder, "effects")) : [];
        if (sessions.Count == 0)
        {
            Assert.Empty(effects);
            return;
        }

        // A run that was killed before anything of it was stored is no session yet, so there is one at most.
        var session = Assert.Single(sessions);
        var events = await agent.Store.ReadAsync(session.Id, default);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(static n => (long)n), events.Select(static e => e.Sequence));

        // Nothing acts twice, and nothing acts without a word of it before.
        Assert.Equal(effects.Length, effects.Distinct().Count());
        var started = Ids(SessionEventTypes.CallStarted).ToHashSet();
        Assert.All(effects, id => Assert.Contains(id, started));

        // One end for each call. What is known to be done was done; what is not known is said to be so.
        var ended = events.Where(static e => e.Type == SessionEventTypes.CallEnded).ToDictionary(static e => e.Data.GetProperty("id").GetString()!, static e => e.Data);
        foreach (var (id, data) in ended.Where(static e => e.Value.GetProperty("name").GetString() == "files.write_file"))
        {
            Assert.True(data.GetProperty("kind").GetString() == nameof(ToolOutcomeKind.Unknown) || effects.Contains(id), id);
        }

        var replay = SessionReplay.Read(events, new FakeProvenance());
        if (whole)
        {
            Assert.Equal(SessionState.Idle, session.State);
            Assert.Null(replay.OpenRun);
            Assert.Equal(started.Order(), ended.Keys.Order());
            Assert.Contains(ended.Values, static d => d.GetProperty("kind").GetString() == nameof(ToolOutcomeKind.Unknown));
            replay.Conversation.SetSystem("words");
            History.MustBeValid(replay.Conversation.Messages);
            Assert.Equal(0, ended.Count % KilledRun.CallsOfRun);
        }
        else if (replay.OpenRun is not null)
        {
            Assert.Equal(SessionState.Interrupted, session.State);
        }

        IEnumerable<string> Ids(string type) => events.Where(e => e.Type == type).Select(static e => e.Data.GetProperty("id").GetString()!);
    }

    private static async Task<int> RunAsync(string folder, int point)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardError = true,
            ArgumentList = { "exec", typeof(RunKillTests).Assembly.Location, "killed-run", folder, $"{point}" },
            Environment = { ["DOTNET_TieredPGO"] = "0", ["DOTNET_TC_QuickJitForLoops"] = "1" },
        };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode is 0 or 137, error);
        return process.ExitCode;
    }
}
