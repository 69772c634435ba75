using System.Runtime.InteropServices;
using System.Text;
using Agent.Runtime.Sessions;
using Agent.Runtime.Tests.Fakes;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Tests.Faults;

/// <summary>
/// The process that <see cref="RunKillTests"/> kills: it takes up the run that an earlier one left, then answers a request of its own.
/// Its model looks only at the conversation, so that it goes on in any process.
/// </summary>
internal static partial class KilledRun
{
    /// <summary>Calls of one run: two reads and a change side by side, then another change.</summary>
    public const int CallsOfRun = 4;

    private static int _point;
    private static int _passed;

    public static async Task<int> RunAsync(string folder, int point)
    {
        _point = point;
        var effects = Path.Combine(folder, "effects");
        await using var agent = new TestAgent(new ScriptedModel(static (_, request) => Turn(request)), new StateFolder(Path.Combine(folder, "state")))
        {
            ExpectsErrors = true,
        };
        agent.Model.BeforeUpdate = static _ =>
        {
            Pass();
            return Task.CompletedTask;
        };
        agent.Host.Set(FakeHost.Tool("files.read_file"), FakeHost.Tool("files.write_file", readOnly: false));
        agent.Pipeline.Act = (call, _, _) =>
        {
            Pass();
            if (call.Name == "files__write_file")
            {
                using (var file = File.OpenHandle(effects, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
                {
                    RandomAccess.Write(file, Encoding.ASCII.GetBytes(call.Id + "\n"), RandomAccess.GetLength(file));
                }

                Pass();
            }

            return ValueTask.FromResult(ToolResult.FromText($"{call.Id} done", label: Label.From(Integrity.Internal, Confidentiality.Private, "files")));
        };

        var session = await agent.Store.FindAsync("last", default);
        if (session is { State: SessionState.Interrupted })
        {
            await DrainAsync(agent.Runner.ResumeAsync(session.Id, "test", ApprovalHandling.Deny, null, default));
        }

        await DrainAsync(agent.Runner.RunAsync(new RunRequest { Prompt = "do it", Client = "test", SessionId = session?.Id }, default));
        return 0;
    }

    private static async Task DrainAsync(IAsyncEnumerable<RunEvent> run)
    {
        await foreach (var item in run)
        {
            Pass();
            if (item is RunEvent.Completed { Result: { Stopped: not RunStop.Answered } result })
            {
                throw new InvalidOperationException($"{result.Stopped}: {result.Answer}");
            }
        }
    }

    private static IEnumerable<ChatResponseUpdate> Turn(ScriptedRequest request)
    {
        History.MustBeValidToSend(request);
        var calls = request.Messages.Sum(static m => m.Contents.Count(static c => c is FunctionCallContent));
        var asks = request.Messages[^1].Role == ChatRole.User;
        return (calls % CallsOfRun) switch
        {
            0 when !asks => ScriptedModel.Text("All done."),
            0 => ScriptedModel.Calls([Call(calls, "files__read_file"), Call(calls + 1, "files__read_file"), Call(calls + 2, "files__write_file")], "I look first."),
            _ => ScriptedModel.Calls([Call(calls, "files__write_file")]),
        };

        static (string, string, object?) Call(int number, string name) => ($"c{number}", name, new { path = $"{number}.md" });
    }

    private static void Pass()
    {
        if (Interlocked.Increment(ref _passed) == _point)
        {
            _ = Kill(Environment.ProcessId, 9);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}

/// <summary>The test project is a program as well, so that a test can start and kill it.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args) =>
        args is ["killed-run", var folder, var point] ? await KilledRun.RunAsync(folder, int.Parse(point, System.Globalization.CultureInfo.InvariantCulture)) : 2;
}
