using System.Collections.Concurrent;
using Agent.Runtime.Sessions;
using Agent.Runtime.Tests.Fakes;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Tests;

/// <summary>One process serves many people at once.</summary>
public sealed class ManySessionsTests
{
    private const int Sessions = 100;

    [Fact]
    public async Task Runs_OfAHundredSessionsAtOnce_AreAllUnderWayTogetherAndStayApart()
    {
        // Each tool call waits until all hundred runs are in theirs: were one held up by another, none would end.
        var inside = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var agent = new TestAgent(new ScriptedModel(static (_, request) =>
        {
            var prompt = request.Messages.Last(static m => m.Role == ChatRole.User).Text;
            return request.Messages[^1].Role == ChatRole.User
                ? ScriptedModel.Call("files__read_file", new { path = prompt }, "c" + prompt)
                : ScriptedModel.Text($"{prompt}: {request.Messages[^1].Contents.OfType<FunctionResultContent>().Single().Result}");
        }));
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = async (call, _, cancellationToken) =>
        {
            if (Interlocked.Increment(ref inside) == Sessions)
            {
                all.SetResult();
            }

            await all.Task.WaitAsync(cancellationToken);
            return ToolResult.FromText("content of " + call.Arguments.GetProperty("path").GetString());
        };

        var results = new ConcurrentDictionary<string, RunResult>();
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(async n =>
        {
            var (result, _) = await agent.RunAsync($"file-{n}");
            results[$"file-{n}"] = result;
        })).WaitAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(Sessions, results.Values.Select(static r => r.Session).Distinct().Count());
        Assert.All(results, static pair =>
        {
            Assert.Equal(RunStop.Answered, pair.Value.Stopped);
            Assert.Equal($"{pair.Key}: content of {pair.Key}", pair.Value.Answer);
        });
        Assert.Equal(Sessions, (await agent.Store.ListAsync(1_000, default)).Count(static s => s.State == SessionState.Idle));
        foreach (var (prompt, result) in results)
        {
            var texts = (await agent.Store.ReadAsync(result.Session, default)).Select(static e => e.Data.GetRawText()).ToList();
            Assert.Contains(texts, t => t.Contains($"content of {prompt}", StringComparison.Ordinal));
            Assert.DoesNotContain(texts, t => t.Contains("content of ", StringComparison.Ordinal) && !t.Contains(prompt, StringComparison.Ordinal));
        }
    }
}
