using System.Diagnostics;
using Agent.Governance.Audit;
using Agent.Governance.Tests.Support;
using Xunit.Abstractions;

namespace Agent.Governance.Tests.Faults;

/// <summary>
/// A process that makes calls is killed with SIGKILL between any two writes, and in the middle of them, over and over in the same
/// state folder; each start must go on from whatever the one before left.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Lanes = 2;

    /// <summary>All of them where time is no matter; enough to go through every point of a run once while one works.</summary>
    private static readonly int Kills =
        int.TryParse(Environment.GetEnvironmentVariable("AGENT_KILL_POINTS"), out var kills) ? kills
        : Environment.GetEnvironmentVariable("CI") == "true" ? 504 : 40;

    [Fact]
    public async Task Process_KilledAtAnyPoint_RunsNothingUnapprovedTwiceOrWithoutItsIntent()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var kills = await Task.WhenAll(Enumerable.Range(0, Lanes).Select(lane => Task.Run(() => LaneAsync(lane))));
        output.WriteLine($"{kills.Sum()} processes killed");
        Assert.InRange(kills.Sum(), Kills, int.MaxValue);
    }

    private static async Task<int> LaneAsync(int lane)
    {
        var folder = Directory.CreateTempSubdirectory("kill-");
        var killed = 0;
        var point = 1 + (lane * 20);
        for (var start = 0; killed < Kills / Lanes; start++)
        {
            Assert.InRange(start, 0, Kills);
            var exit = await RunAsync(folder.FullName, (lane * 100_000) + start, point);
            if (exit == 0)
            {
                // It came through: every point of a run was tried, and the next round begins at the first again.
                point = 1;
                continue;
            }

            Assert.True(exit == 137, $"exit {exit}");
            killed++;
            point++;
            if (killed % 25 == 0)
            {
                Check(folder.FullName, whole: false);
            }
        }

        Assert.Equal(0, await RunAsync(folder.FullName, (lane * 100_000) + 99_999, 0));
        Check(folder.FullName, whole: true);
        folder.Delete(recursive: true);
        return killed;
    }

    private static void Check(string folder, bool whole)
    {
        var audit = Path.Combine(folder, "audit");
        var verification = AuditVerifier.Verify(audit);
        Assert.True(verification.Ok, verification.Message);
        var records = AuditReader.Read(audit).ToList();
        var effects = File.Exists(Path.Combine(folder, "effects")) ? File.ReadAllLines(Path.Combine(folder, "effects")) : [];
        Assert.Equal(effects.Length, effects.Distinct().Count());

        var intents = records.Where(r => r.Type == "call.intent").ToLookup(r => r.Text("call"));
        var started = records.Where(r => r.Type == "call.started").ToLookup(r => r.Text("call"));
        var allowed = records.Where(r => r.Type == "approval.answered" && r.Text("verdict") == "allow_once").ToLookup(r => r.Text("call"));
        foreach (var effect in effects)
        {
            Assert.NotEmpty(intents[effect]);
            if (effect.StartsWith("write", StringComparison.Ordinal))
            {
                Assert.NotEmpty(allowed[effect]);
                Assert.Single(started[effect]);
            }
        }

        if (whole)
        {
            // Every call that was started has one end.
            var ends = records.Where(r => r.Type == "call.outcome").Select(r => r.Data.GetProperty("intent").GetInt64()).ToList();
            Assert.Equal(ends.Count, ends.Distinct().Count());
            Assert.All(records.Where(r => r.Type == "call.intent" && r.Text("decision") == "allow"), r => Assert.Contains(r.Seq, ends));
            Assert.All(records.Where(r => r.Type == "call.started"), r => Assert.Contains(r.Data.GetProperty("intent").GetInt64(), ends));
            Assert.NotEmpty(effects);
        }
    }

    private static async Task<int> RunAsync(string folder, int run, int point)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardError = true,
            ArgumentList = { "exec", typeof(KillTests).Assembly.Location, "killed-child", folder, $"{run}", $"{point}" },
            Environment = { ["DOTNET_TieredPGO"] = "0", ["DOTNET_TC_QuickJitForLoops"] = "1" },
        };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode is 0 or 137, error);
        return process.ExitCode;
    }
}
