using System.Runtime.InteropServices;
using System.Text;
using Agent.Governance.Audit;
using Agent.Governance.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Win32.SafeHandles;

namespace Agent.Governance.Tests.Faults;

/// <summary>The process that <see cref="KillTests"/> kills: it finishes what an earlier one left, then makes calls of its own.</summary>
internal static partial class KilledChild
{
    private static int _point;
    private static int _passed;

    public static async Task<int> RunAsync(string folder, int run, int point)
    {
        _point = point;
        await using var harness = new Harness(folder: folder, configure: s => s.Replace(ServiceDescriptor.Singleton<Disk>(new KillingDisk())));
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
        if (asked.Approval is { } approval)
        {
            await File.AppendAllTextAsync(known, $"{approval.Id} {approval.RunId}\n");
            Pass();
            await harness.AnswerAsync(approval);
            Pass();
            await harness.Pipeline.ResumeAsync(approval.Id, context, CancellationToken.None);
        }

        return asked.Kind == ToolOutcomeKind.Pending ? 0 : 3;
    }

    private static void Pass()
    {
        if (++_passed == _point)
        {
            _ = Kill(Environment.ProcessId, 9);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);

    /// <summary>Passes a point before and after each step, and in the middle of each write.</summary>
    private sealed class KillingDisk : Disk
    {
        public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
        {
            Pass();
            base.Write(file, bytes[..(bytes.Length / 2)], offset);
            Pass();
            base.Write(file, bytes[(bytes.Length / 2)..], offset + (bytes.Length / 2));
            Pass();
        }

        public override void Flush(SafeFileHandle file)
        {
            base.Flush(file);
            Pass();
        }

        public override void Rename(string from, string to)
        {
            base.Rename(from, to);
            Pass();
        }

        public override void FlushFolder(string path)
        {
            base.FlushFolder(path);
            Pass();
        }
    }
}

/// <summary>The test project is a program as well, so that a test can start and kill it.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args) =>
        args is ["killed-child", var folder, var run, var point]
            ? await KilledChild.RunAsync(folder, int.Parse(run, System.Globalization.CultureInfo.InvariantCulture), int.Parse(point, System.Globalization.CultureInfo.InvariantCulture))
            : 2;
}
