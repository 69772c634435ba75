using System.Diagnostics;
using System.Globalization;
using Agent.Governance.Audit;
using Agent.Governance.Tests.Support;
using Xunit.Abstractions;

namespace Agent.Governance.Tests.Faults;

/// <summary>
/// A process that makes calls is killed with SIGKILL between any two writes, and in the middle of them, over and over; each start must
/// go on from whatever the one before left. One process works in many state folders at once and dies at another point in each, so
/// that one kill tries as many points as there are folders.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Lanes = 24;

    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("AGENT_KILL_POINTS"), out var kills) ? kills : 504;

    [Fact]
    public async Task Process_KilledAtAnyPoint_RunsNothingUnapprovedTwiceOrWithoutItsIntent()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var root = Directory.CreateTempSubdirectory("kill-").FullName;

        // The lanes begin far apart, so that together they try every point of a run, and of a run that mends another, many times.
        var points = Enumerable.Range(0, Lanes).Select(lane => 1 + (lane * 3)).ToArray();
        var killed = 0;
        var tried = new HashSet<int>();
        var run = 0;
        for (; killed < Kills; run++)
        {
            Assert.InRange(run, 0, Kills);
            var exit = await RunAsync(root, run, points);
            for (var lane = 0; lane < Lanes; lane++)
            {
                if (File.Exists(Path.Combine(Folder(root, lane), Through(run))))
                {
                    // It came through: the next round begins at the first point again.
                    points[lane] = 1;
                    continue;
                }

                Assert.Equal(137, exit);
                killed++;
                tried.Add(points[lane]++);
            }

            Check(Folder(root, run % Lanes), whole: false);
        }

        Assert.Equal(0, await RunAsync(root, run, new int[Lanes]));
        for (var lane = 0; lane < Lanes; lane++)
        {
            Check(Folder(root, lane), whole: true);
        }

        output.WriteLine($"{killed} kill points, {tried.Count} different ones, in {run} processes");
        Directory.Delete(root, recursive: true);
        Assert.InRange(killed, Kills, int.MaxValue);
        Assert.InRange(tried.Count, Kills >= 500 ? 60 : 1, int.MaxValue);
    }

    /// <summary>The file that a lane leaves when it came through a run without reaching its point.</summary>
    internal static string Through(int run) => string.Create(CultureInfo.InvariantCulture, $"through-{run}");

    private static string Folder(string root, int lane) => Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"lane{lane}"));

    private static void Check(string folder, bool whole)
    {
        var audit = Path.Combine(folder, "audit");
        if (!whole && !File.Exists(Path.Combine(audit, "checkpoint")))
        {
            // Killed before the first checkpoint; the end of the test looks again.
            return;
        }

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

    private static async Task<int> RunAsync(string root, int run, int[] points)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardError = true,
            ArgumentList =
            {
                "exec", typeof(KillTests).Assembly.Location, "killed-child", root, run.ToString(CultureInfo.InvariantCulture),
                string.Join(',', points.Select(p => p.ToString(CultureInfo.InvariantCulture))),
            },
            Environment = { ["DOTNET_TieredPGO"] = "0", ["DOTNET_TC_QuickJitForLoops"] = "1" },
        };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode is 0 or 137, error);
        return process.ExitCode;
    }
}
