using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Agent.Governance.Audit;
using Agent.Governance.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Win32.SafeHandles;

namespace Agent.Governance.Tests.Faults;

/// <summary>
/// The process that <see cref="KillTests"/> kills. It runs several state folders side by side, each stopping at a point of its own;
/// once each has come to its point or to its end, the process kills itself, and every folder is left as it stood there.
/// </summary>
internal static partial class KilledChild
{
    public static async Task<int> RunAsync(string root, int run, int[] points)
    {
        // Each lane that stands still at its point keeps its thread.
        ThreadPool.SetMinThreads((points.Length * 2) + 8, 8);
        var lanes = points.Select((point, i) => new Lane(Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"lane{i}")), run, point)).ToList();
        var ended = await Task.WhenAll(lanes.Select(lane => Task.Run(lane.RunAsync)));
        if (ended.Any(e => e == Ending.AtPoint))
        {
            _ = Kill(Environment.ProcessId, 9);
            await Task.Delay(Timeout.Infinite);
        }

        return 0;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);

    private enum Ending
    {
        AtPoint,
        Through,
    }

    /// <summary>One state folder: it finishes what an earlier process left, then makes calls of its own.</summary>
    private sealed class Lane(string folder, int run, int point)
    {
        private readonly TaskCompletionSource _atPoint = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _passed;

        public async Task<Ending> RunAsync()
        {
            var work = Task.Run(WorkAsync);
            if (await Task.WhenAny(work, _atPoint.Task) != work)
            {
                return Ending.AtPoint;
            }

            await work;
            await File.WriteAllTextAsync(Path.Combine(folder, KillTests.Through(run)), string.Empty);
            return Ending.Through;
        }

        private async Task WorkAsync()
        {
            Directory.CreateDirectory(folder);
            await using var harness = new Harness(folder: folder, configure: s => s.Replace(ServiceDescriptor.Singleton<Disk>(new KillingDisk(Pass))));
            var effects = Path.Combine(folder, "effects");
            foreach (var tool in new[] { "read_file", "write_file" })
            {
                harness.Host.Add("files", tool, arguments =>
                {
                    Pass();
                    using (var file = File.OpenHandle(effects, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
                    {
                        RandomAccess.Write(file, Encoding.ASCII.GetBytes(arguments.GetProperty("call").GetString() + "\n"), RandomAccess.GetLength(file));
                        RandomAccess.FlushToDisk(file);
                    }

                    Pass();
                    return ToolResult.FromText("done");
                });
            }

            var context = harness.Context();
            foreach (var waiting in await harness.Approvals.ListPendingAsync(null, CancellationToken.None))
            {
                await harness.AnswerAsync(waiting);
                await harness.Pipeline.ResumeAsync(waiting.Id, context with { RunId = waiting.RunId }, CancellationToken.None);
            }

            // Whatever was approved or used before the kill is resumed once more; what ran must not run again.
            var known = Path.Combine(folder, "asked");
            foreach (var line in File.Exists(known) ? File.ReadAllLines(known).TakeLast(3) : [])
            {
                var parts = line.Split(' ');
                await harness.Pipeline.ResumeAsync(parts[0], context with { RunId = parts[1] }, CancellationToken.None);
            }

            context = context with { RunId = $"r{run}" };
            await harness.InvokeAsync("files.read_file", $$"""{"path":"a","call":"read-{{run}}"}""", context, $"read-{run}");
            var asked = await harness.InvokeAsync("files.write_file", $$"""{"path":"a","call":"write-{{run}}"}""", context, $"write-{run}");
            if (asked.Approval is not { } approval)
            {
                throw new InvalidOperationException($"Nothing was asked: {asked.Result?.Text}");
            }

            await File.AppendAllTextAsync(known, $"{approval.Id} {approval.RunId}\n");
            Pass();
            await harness.AnswerAsync(approval);
            Pass();
            await harness.Pipeline.ResumeAsync(approval.Id, context, CancellationToken.None);
        }

        private void Pass()
        {
            if (Interlocked.Increment(ref _passed) == point)
            {
                _atPoint.SetResult();
                Thread.Sleep(Timeout.Infinite);
            }
        }
    }

    /// <summary>Passes a point before and after each step, and in the middle of each write.</summary>
    private sealed class KillingDisk(Action pass) : Disk
    {
        public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
        {
            pass();
            base.Write(file, bytes[..(bytes.Length / 2)], offset);
            pass();
            base.Write(file, bytes[(bytes.Length / 2)..], offset + (bytes.Length / 2));
            pass();
        }

        public override void Flush(SafeFileHandle file)
        {
            base.Flush(file);
            pass();
        }

        public override void Rename(string from, string to)
        {
            base.Rename(from, to);
            pass();
        }

        public override void FlushFolder(string path)
        {
            base.FlushFolder(path);
            pass();
        }
    }
}

/// <summary>The test project is a program as well, so that a test can start and kill it.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args) =>
        args is ["killed-child", var root, var run, var points]
            ? await KilledChild.RunAsync(root, int.Parse(run, CultureInfo.InvariantCulture), [.. points.Split(',').Select(p => int.Parse(p, CultureInfo.InvariantCulture))])
            : 2;
}
