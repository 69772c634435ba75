using System.Collections.Concurrent;
using Agent.Runtime.Tests.Fakes;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Tests;

/// <summary>The semantics of steps: limits, errors, order, repeats.</summary>
public sealed class StepTests
{
    [Fact]
    public async Task Run_MaxSteps_OneMoreCallWithToolsWithheld()
    {
        var model = new ScriptedModel((n, request) => request.Options.ToolMode == ChatToolMode.None
            ? ScriptedModel.Text("As far as I got.")
            : ScriptedModel.Call("files__read_file", new { path = $"{n}.md" }));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));

        var (result, _) = await agent.RunAsync("read everything");

        Assert.Equal(41, model.Requests.Count);
        Assert.Equal(40, result.ToolCalls.Count);
        Assert.Equal("As far as I got.", result.Answer);
        Assert.Equal(RunStop.LimitReached, result.Stopped);
        Assert.NotEmpty(model.Requests[40].Tools);
        History.MustBeValidToSend(model.Requests[40]);
    }

    [Fact]
    public async Task Run_CallsAlthoughToolsAreWithheld_NothingRunsAndItEnds()
    {
        var model = new ScriptedModel((n, _) => ScriptedModel.Call("files__read_file", new { path = $"{n}.md" }));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));

        var (result, _) = await agent.RunAsync("read", budget: new Budget { MaxSteps = 2 });

        Assert.Equal(3, model.Requests.Count);
        Assert.Equal(2, agent.Pipeline.Acted.Count);
        Assert.Equal(RunStop.LimitReached, result.Stopped);
        Assert.Contains("2 steps", result.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ForcedFirstCall_IsDroppedAfterTheFirstStep()
    {
        var model = new ScriptedModel(ScriptedModel.Call("files__read_file"), ScriptedModel.Text("Done."))
        {
            Info = new ModelInfo { Provider = "test", Name = "small", Profile = new ModelProfile { ForceFirstCall = true } },
        };
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));

        await agent.RunAsync("read");

        Assert.Equal(ChatToolMode.RequireAny, model.Requests[0].Options.ToolMode);
        Assert.Equal(ChatToolMode.Auto, model.Requests[1].Options.ToolMode);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("broken")]
    [InlineData("isError")]
    [InlineData("throws")]
    public async Task Run_ThreeErrorStepsInARow_ToolsAreWithheld(string fault)
    {
        var model = new ScriptedModel((n, request) => request.Options.ToolMode == ChatToolMode.None
            ? ScriptedModel.Text("It failed.")
            : [new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent($"c{n}", fault == "unknown" ? "nothing" : "files__read_file", new Dictionary<string, object?> { ["n"] = n })
            {
                Exception = fault == "broken" ? new InvalidOperationException("cut off") : null,
            }])]);
        await using var agent = new TestAgent(model) { ExpectsErrors = true };
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = (_, _, _) => fault == "throws"
            ? throw new InvalidOperationException("boom")
            : ValueTask.FromResult(ToolResult.FromText("no such file", isError: true));

        var (result, _) = await agent.RunAsync("read");

        Assert.Equal(4, model.Requests.Count);
        Assert.Equal(3, result.ToolCalls.Count);
        Assert.Equal(RunStop.LimitReached, result.Stopped);
        Assert.Equal("It failed.", result.Answer);
        if (fault is "unknown" or "broken")
        {
            Assert.Empty(agent.Pipeline.Invoked);
        }
    }

    [Fact]
    public async Task Run_SuccessBetweenErrors_CountsAnew()
    {
        var model = new ScriptedModel((n, _) => n == 8 ? ScriptedModel.Text("Found.") : ScriptedModel.Call("files__read_file", new { path = n % 3 == 0 ? "good" : $"bad{n}", n }));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        agent.Pipeline.Act = (call, _, _) => ValueTask.FromResult(
            ToolResult.FromText("x", isError: call.Arguments.GetProperty("path").GetString() != "good"));

        var (result, _) = await agent.RunAsync("read");

        Assert.Equal(RunStop.Answered, result.Stopped);
        Assert.Equal(8, model.Requests.Count);
    }

    [Fact]
    public async Task Run_UnknownTool_NamesTheNearest()
    {
        var model = new ScriptedModel(ScriptedModel.Call("search_files"), ScriptedModel.Text("ok"));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.search_text"), FakeHost.Tool("sql.query"));

        var (result, _) = await agent.RunAsync("find");

        var shown = Assert.IsType<FunctionResultContent>(model.Requests[1].Messages[^1].Contents[0]).Result as string;
        Assert.Contains("files__search_text", shown, StringComparison.Ordinal);
        Assert.Equal("rejected", Assert.Single(result.ToolCalls).Outcome);
    }

    [Fact]
    public async Task Run_HiddenTool_IsNotOfferedAndDoesNotRun()
    {
        var model = new ScriptedModel(ScriptedModel.Call("files__delete_file"), ScriptedModel.Text("ok"));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.delete_file", readOnly: false), FakeHost.Tool("files.read_file"));
        agent.Pipeline.Hide = static t => t.Id.Name == "delete_file";

        var (result, _) = await agent.RunAsync("delete");

        Assert.DoesNotContain("files__delete_file", model.Requests[0].Tools);
        Assert.Empty(agent.Pipeline.Invoked);
        Assert.Equal("rejected", Assert.Single(result.ToolCalls).Outcome);
    }

    [Fact]
    public async Task Run_ReadOnlyCalls_RunSideBySideAndResultsKeepTheOrder()
    {
        var model = new ScriptedModel(
            ScriptedModel.Calls([("a", "files__read_file", new { path = "1" }), ("b", "files__read_file", new { path = "2" }), ("c", "files__read_file", new { path = "3" })]),
            ScriptedModel.Text("ok"));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = 0;
        agent.Pipeline.Act = async (call, _, cancellationToken) =>
        {
            if (Interlocked.Increment(ref running) == 3)
            {
                all.SetResult();
            }

            // Ends only once all three run: one after the other would hang here.
            await all.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
            return ToolResult.FromText(call.Id);
        };

        var (result, _) = await agent.RunAsync("read");

        Assert.Equal(["a", "b", "c"], result.ToolCalls.Select(static c => c.Id));
        Assert.Equal(["a", "b", "c"], model.Requests[1].Messages[^1].Contents.Cast<FunctionResultContent>().Select(static r => r.Result));
    }

    [Fact]
    public async Task Run_ChangesBetweenReads_KeepTheirOrder()
    {
        var model = new ScriptedModel(
            ScriptedModel.Calls([("r1", "files__read_file", null), ("w1", "files__write_file", null), ("w2", "files__write_file", new { n = 2 }), ("r2", "files__read_file", new { n = 2 })]),
            ScriptedModel.Text("ok"));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"), FakeHost.Tool("files.write_file", readOnly: false));
        var log = new ConcurrentQueue<string>();
        agent.Pipeline.Act = async (call, _, _) =>
        {
            log.Enqueue("+" + call.Id);
            await Task.Yield();
            log.Enqueue("-" + call.Id);
            return ToolResult.FromText("done");
        };

        await agent.RunAsync("edit");

        Assert.Equal(["+r1", "-r1", "+w1", "-w1", "+w2", "-w2", "+r2", "-r2"], log);
    }

    [Fact]
    public async Task Run_OnePendingCall_DoesNotHoldUpTheRest()
    {
        var model = new ScriptedModel(
            ScriptedModel.Calls([("w", "files__write_file", null), ("r", "files__read_file", null), ("w2", "files__write_file", new { n = 2 })]),
            ScriptedModel.Text("ok"));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"), FakeHost.Tool("files.write_file", readOnly: false));
        agent.Pipeline.Decide = static call => call.Id == "w" ? DecisionKind.Ask : null;

        string? question = null;
        List<string> ended = [];
        RunResult? result = null;
        await foreach (var item in agent.Runner.RunAsync(new RunRequest { Prompt = "x", Client = "test", Approvals = ApprovalHandling.Wait }, default))
        {
            question = (item as RunEvent.ApprovalPending)?.Request.Id ?? question;
            if (item is RunEvent.ToolCompleted done)
            {
                ended.Add(done.Outcome.Call.Id);
                if (ended.Count == 2)
                {
                    agent.Approvals.Answer(question!, allow: true);
                }
            }

            result = (item as RunEvent.Completed)?.Result ?? result;
        }

        Assert.Equal(["r", "w2", "w"], ended);
        Assert.Equal(["w", "r", "w2"], result!.ToolCalls.Select(static c => c.Id));
    }

    [Fact]
    public async Task Run_SameCallAThirdTime_IsAnsweredFromTheResultAtHandAndThenEnded()
    {
        var model = new ScriptedModel((_, request) => request.Options.ToolMode == ChatToolMode.None
            ? ScriptedModel.Text("It is 42.")
            : ScriptedModel.Call("sql__query", new { statement = "SELECT 42" }));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("sql.query"));

        var (result, _) = await agent.RunAsync("what is it?");

        Assert.Equal(2, agent.Pipeline.Acted.Count);
        Assert.InRange(model.Requests.Count, 4, 5);
        Assert.Equal(RunStop.Answered, result.Stopped);
        Assert.Equal("It is 42.", result.Answer);
        var shown = (string)model.Requests[3].Messages.Last(static m => m.Role == ChatRole.Tool).Contents.Cast<FunctionResultContent>().Single().Result!;
        Assert.Contains("not run again", shown, StringComparison.Ordinal);
        Assert.Contains("sql__query done", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CycleOfCalls_IsEnded()
    {
        var model = new ScriptedModel((n, request) => request.Options.ToolMode == ChatToolMode.None
            ? ScriptedModel.Text("I go round.")
            : ScriptedModel.Call(n % 2 == 0 ? "files__read_file" : "sql__query", new { n = n % 2 }));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("sql.query"), FakeHost.Tool("files.read_file"));

        var (result, _) = await agent.RunAsync("go");

        Assert.InRange(model.Requests.Count, 6, 8);
        Assert.Equal("I go round.", result.Answer);
    }

    [Fact]
    public async Task Run_ChangeAskedForThreeTimes_IsNotRunAThirdTime()
    {
        var model = new ScriptedModel((n, _) => n <= 3 ? ScriptedModel.Call("files__write_file", new { path = "a" }) : ScriptedModel.Text("ok"));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.write_file", readOnly: false));

        await agent.RunAsync("go");

        Assert.Equal(2, agent.Pipeline.Acted.Count);
    }

    [Fact]
    public async Task Run_EmptyTwice_SaysThatTheModelGaveNothing()
    {
        var model = new ScriptedModel((_, _) => []);
        await using var agent = new TestAgent(model);

        var (result, _) = await agent.RunAsync("hello");

        Assert.Equal(2, model.Requests.Count);
        Assert.Equal(RunStop.ModelUnavailable, result.Stopped);
        Assert.Contains("empty", result.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StreamBreaksAndIsTriedAgain_TextIsReset()
    {
        var model = new ScriptedModel([
            new ChatResponseUpdate(ChatRole.Assistant, "wrong "),
            new ChatResponseUpdate { AdditionalProperties = new AdditionalPropertiesDictionary { [ModelKeys.Reset] = true } },
            new ChatResponseUpdate(ChatRole.Assistant, "right")]);
        await using var agent = new TestAgent(model);

        var (result, events) = await agent.RunAsync("hello");

        Assert.Equal("right", result.Answer);
        Assert.Equal(
            ["wrong ", "reset", "right"],
            events.Select(static e => e is RunEvent.TextDelta d ? d.Text : e is RunEvent.TextReset ? "reset" : null).Where(static t => t is not null));
    }

    [Fact]
    public async Task Run_ModelDoesNotAnswer_OneSentenceAndAValidHistory()
    {
        var model = new ScriptedModel((n, _) => n == 1 ? throw new ModelException(ModelErrorKind.Unreachable, "The server is down; start it.") : ScriptedModel.Text("Hello."));
        await using var agent = new TestAgent(model);

        var (result, _) = await agent.RunAsync("hello");
        var (second, _) = await agent.RunAsync("again", result.Session);

        Assert.Equal(RunStop.ModelUnavailable, result.Stopped);
        Assert.Equal("The server is down; start it.", result.Answer);
        Assert.Equal("Hello.", second.Answer);
        History.MustBeValidToSend(model.Requests[1]);
    }

    [Fact]
    public async Task Run_DamagedCall_IsAnsweredWithItsProblemAndNotShown()
    {
        var model = new ScriptedModel(
            [
                new ChatResponseUpdate(ChatRole.Assistant, "{\"name\": \"files__read_file\""),
                new ChatResponseUpdate { AdditionalProperties = new AdditionalPropertiesDictionary { [ModelKeys.Damaged] = new DamagedCall("files__read_file", "", "Close the braces.") } },
            ],
            ScriptedModel.Text("Done."));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));

        var (result, _) = await agent.RunAsync("read");

        Assert.Equal("Done.", result.Answer);
        Assert.Empty(agent.Pipeline.Invoked);
        Assert.Contains("Close the braces.", ((FunctionResultContent)model.Requests[1].Messages[^1].Contents[0]).Result as string, StringComparison.Ordinal);
        Assert.DoesNotContain(model.Requests[1].Messages, static m => m.Text.Contains("\"name\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_Cancelled_WhileAToolRuns_HistoryStaysValid()
    {
        var model = new ScriptedModel((n, _) => n == 1
            ? ScriptedModel.Calls([("a", "files__read_file", null), ("b", "files__write_file", null), ("c", "files__read_file", new { n = 1 })])
            : ScriptedModel.Text("Hello again."));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"), FakeHost.Tool("files.write_file", readOnly: false));
        using var cancel = new CancellationTokenSource();
        agent.Pipeline.Act = async (call, _, cancellationToken) =>
        {
            if (call.Id == "b")
            {
                await cancel.CancelAsync();
            }

            cancellationToken.ThrowIfCancellationRequested();
            return ToolResult.FromText("done");
        };

        var (result, _) = await agent.RunAsync("go", cancellationToken: cancel.Token);
        var (second, _) = await agent.RunAsync("again", result.Session);

        Assert.Equal(RunStop.Cancelled, result.Stopped);
        Assert.Equal(["ok", "unknown", "rejected"], result.ToolCalls.Select(static c => c.Outcome));
        Assert.Equal("Hello again.", second.Answer);
        History.MustBeValidToSend(model.Requests[1]);
    }

    [Fact]
    public async Task Run_ReaderLeaves_TheRunEnds()
    {
        var model = new ScriptedModel((_, _) => ScriptedModel.Text("a b c"));
        await using var agent = new TestAgent(model);
        model.BeforeUpdate = static token => Task.Delay(Timeout.Infinite, token);

        await foreach (var item in agent.Runner.RunAsync(new RunRequest { Prompt = "x", Client = "test" }, default))
        {
            if (item is RunEvent.StepStarted)
            {
                break;
            }
        }

        var session = Assert.Single(await agent.Store.ListAsync(10, default));
        Assert.Equal(Sessions.SessionState.Idle, session.State);
    }

    [Fact]
    public async Task Run_SessionIsBusy_SaysSo()
    {
        var model = new ScriptedModel((_, _) => ScriptedModel.Text("slow"));
        await using var agent = new TestAgent(model);
        var (first, _) = await agent.RunAsync("one");
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        model.BeforeUpdate = _ =>
        {
            reached.TrySetResult();
            return hold.Task;
        };

        var slow = agent.RunAsync("two", first.Session);
        await reached.Task;
        var (busy, _) = await agent.RunAsync("three", first.Session);
        hold.SetResult();
        var (second, _) = await slow;

        Assert.Equal(RunStop.Failed, busy.Stopped);
        Assert.Contains("busy", busy.Answer, StringComparison.Ordinal);
        Assert.Equal(RunStop.Answered, second.Stopped);
    }

    [Fact]
    public async Task Run_PlanIsKept_ShownStoredAndReported()
    {
        var model = new ScriptedModel(
            ScriptedModel.Call("agent__update_plan", new { steps = new[] { new { step = "look", status = "in_progress" }, new { step = "tell", status = "pending" } } }),
            ScriptedModel.Text("Done."));
        await using var agent = new TestAgent(model);

        var (result, events) = await agent.RunAsync("do three things");

        Assert.Equal([new PlanStep("look", "in_progress"), new PlanStep("tell", "pending")], result.Plan);
        Assert.Single(events.OfType<RunEvent.PlanChanged>());
        Assert.Contains(await agent.Store.ReadAsync(result.Session, default), static e => e.Type == Sessions.SessionEventTypes.Plan);
    }

    [Fact]
    public async Task Run_ManyTools_OffersSomeAndFindsTheRest()
    {
        var model = new ScriptedModel(
            ScriptedModel.Call("agent__find_tools", new { query = "send a fax" }),
            ScriptedModel.Call("office__send_fax"),
            ScriptedModel.Text("Sent."));
        await using var agent = new TestAgent(model);
        agent.Host.Set([
            .. Enumerable.Range(0, 80).Select(static n => FakeHost.Tool($"crm.tool_{n}", description: $"Reads record kind {n}.")),
            FakeHost.Tool("office.send_fax", description: "Sends a fax to a number.")]);

        var (result, _) = await agent.RunAsync("read the records");

        Assert.InRange(model.Requests[0].Tools.Count, 2, 40);
        Assert.DoesNotContain("office__send_fax", model.Requests[0].Tools);
        Assert.Equal(model.Requests[0].Tools, model.Requests[1].Tools.Take(model.Requests[0].Tools.Count));
        Assert.Contains("office__send_fax", model.Requests[1].Tools);
        Assert.Equal(["ok", "ok"], result.ToolCalls.Select(static c => c.Outcome));
    }

    [Fact]
    public async Task Run_HundredSessionsAtOnce_EachKeepsItsOwn()
    {
        var model = new ScriptedModel((_, request) => request.Messages.Count < 6
            ? ScriptedModel.Call("files__read_file", new { path = request.Messages[1].Text, n = request.Messages.Count })
            : ScriptedModel.Text($"answer to {request.Messages[1].Text}"));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.read_file"));

        var runs = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => Task.Run(() => agent.RunAsync($"question {n}"))));

        for (var n = 0; n < runs.Length; n++)
        {
            Assert.Equal($"answer to question {n}", runs[n].Result.Answer);
            Assert.Equal(2, runs[n].Result.ToolCalls.Count);
        }

        Assert.Equal(100, runs.Select(static r => r.Result.Session).Distinct().Count());
    }

    [Fact]
    public async Task Stop_RunWaitsForAPerson_StaysWaiting()
    {
        var model = new ScriptedModel(ScriptedModel.Call("files__write_file"), ScriptedModel.Text("Written."));
        await using var agent = new TestAgent(model);
        agent.Host.Set(FakeHost.Tool("files.write_file", readOnly: false));
        agent.Pipeline.Decide = static _ => DecisionKind.Ask;
        var hosted = (Microsoft.Extensions.Hosting.IHostedService)agent.Runner;

        Task? stop = null;
        RunResult? result = null;
        await foreach (var item in agent.Runner.RunAsync(new RunRequest { Prompt = "x", Client = "test", Approvals = ApprovalHandling.Wait }, default))
        {
            if (item is RunEvent.ApprovalPending)
            {
                stop = hosted.StopAsync(default);
            }

            result = (item as RunEvent.Completed)?.Result ?? result;
        }

        await stop!;
        Assert.Equal(RunStop.Waiting, result!.Stopped);
        Assert.Empty(agent.Approvals.Withdrawn);
    }
}
