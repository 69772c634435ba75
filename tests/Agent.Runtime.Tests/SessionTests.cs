using System.Text;
using Agent.Runtime.Sessions;
using Agent.Runtime.Tests.Fakes;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Tests;

/// <summary>Sessions outlive their process, and nothing acts twice.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task Resume_AfterAKillAtEveryEvent_GoesOnAndNothingActsTwice()
    {
        // A run with reads, a change, an approval and an answer, stored event by event.
        await using var whole = new TestAgent(Script());
        Prepare(whole);
        RunResult? full = null;
        await foreach (var item in whole.Runner.RunAsync(new RunRequest { Prompt = "do it", Client = "test", Approvals = ApprovalHandling.Wait }, default))
        {
            if (item is RunEvent.ApprovalPending pending)
            {
                whole.Approvals.Answer(pending.Request.Id, allow: true);
            }

            full = (item as RunEvent.Completed)?.Result ?? full;
        }

        var events = await whole.Store.ReadAsync(full!.Session, default);
        Assert.True(events.Count > 12);
        for (var cut = 1; cut < events.Count; cut++)
        {
            var kept = events.Take(cut).ToList();
            if (kept[^1].Type == SessionEventTypes.RunEnded)
            {
                continue;
            }

            var approvals = new FakeApprovals();
            var started = kept.Where(static e => e.Type == SessionEventTypes.CallStarted).Select(static e => e.Data.GetProperty("id").GetString()!).ToHashSet();
            await using var agent = new TestAgent(Script(kept.Count(static e => e.Type == SessionEventTypes.Message)), approvals: approvals);
            Prepare(agent);
            Restore(agent, full.Session, kept, approvals);

            RunResult? result = null;
            await foreach (var item in agent.Runner.ResumeAsync(full.Session, "test", ApprovalHandling.Wait, null, default))
            {
                if (item is RunEvent.ApprovalPending pending)
                {
                    approvals.Answer(pending.Request.Id, allow: true);
                }

                result = (item as RunEvent.Completed)?.Result ?? result;
            }

            Assert.True(result!.Stopped is RunStop.Answered or RunStop.Cancelled, $"after event {cut}: {result.Stopped} {result.Answer}");
            foreach (var request in agent.Model.Requests)
            {
                History.MustBeValidToSend(request);
            }

            // What had been started without a question never runs again by itself.
            var pendingIds = kept.Where(static e => e.Type == SessionEventTypes.CallPending).Select(static e => e.Data.GetProperty("id").GetString()!).ToHashSet();
            Assert.DoesNotContain(agent.Pipeline.Acted, c => started.Contains(c.Id) && !pendingIds.Contains(c.Id));
            var unknown = started.Except(pendingIds).Except(kept.Where(static e => e.Type == SessionEventTypes.CallEnded).Select(static e => e.Data.GetProperty("id").GetString()!));
            foreach (var id in unknown)
            {
                Assert.Equal("unknown", result.ToolCalls.Single(c => c.Id == id).Outcome);
            }
        }

        static void Prepare(TestAgent agent)
        {
            agent.Host.Set(FakeHost.Tool("files.read_file"), FakeHost.Tool("files.write_file", readOnly: false));
            agent.Pipeline.Decide = static call => call.Id == "w2" ? DecisionKind.Ask : null;
        }

        static ScriptedModel Script(int messages = 0) => new((n, _) => (n + messages) switch
        {
            1 => ScriptedModel.Calls([("r1", "files__read_file", new { path = "a" }), ("r2", "files__read_file", new { path = "b" }), ("w1", "files__write_file", new { path = "a" })]),
            2 => ScriptedModel.Call("files__write_file", new { path = "c" }, "w2"),
            _ => ScriptedModel.Text("All done."),
        });

        static void Restore(TestAgent agent, string session, List<SessionEvent> kept, FakeApprovals approvals)
        {
            var journal = agent.Get<SessionJournal>();
            _ = agent.Get<SessionStore>().ReadEvent(session, 1);
            using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={agent.Get<SessionDatabase>().Path}"))
            {
                connection.Open();
                using var command = connection.CreateCommand();
                command.CommandText = "INSERT INTO sessions (id, title, created_at, updated_at, state) VALUES ($id, '', 0, 0, 'running')";
                command.Parameters.AddWithValue("$id", session);
                command.ExecuteNonQuery();
            }

            foreach (var item in kept)
            {
                journal.Append(session, item.Sequence, item.Run, item.Type, item.Label, item.Data, SessionJson.Default.JsonElement);
            }

            foreach (var pending in kept.Where(static e => e.Type == SessionEventTypes.CallPending))
            {
                var call = new ToolCall { Id = pending.Data.GetProperty("id").GetString()!, Name = "files__write_file", Arguments = pending.Data.GetProperty("arguments") };
                var context = new CallContext { SessionId = session, RunId = pending.Run, Client = "test", Provenance = new FakeProvenance() };
                approvals.Ask(call, context, new ToolId("files", "write_file"));
            }
        }
    }

    [Fact]
    public async Task Resume_SuspendedInOneProcess_GoesOnInAnotherOnce()
    {
        var folder = new StateFolder(Directory.CreateTempSubdirectory("agent-runtime-").FullName);
        var approvals = new FakeApprovals();
        RunResult waiting;
        await using (var first = new TestAgent(new ScriptedModel(ScriptedModel.Calls([("w", "files__write_file", null), ("r", "files__read_file", null)])), folder, approvals))
        {
            first.Host.Set(FakeHost.Tool("files.read_file"), FakeHost.Tool("files.write_file", readOnly: false));
            first.Pipeline.Decide = static call => call.Id == "w" ? DecisionKind.Ask : null;
            (waiting, _) = await first.RunAsync("write", approvals: ApprovalHandling.Suspend);
            Assert.Equal(SessionState.Waiting, Assert.Single(await first.Store.ListAsync(5, default)).State);
        }

        Assert.Equal(RunStop.Waiting, waiting.Stopped);
        Assert.Equal(["ok", "pending"], waiting.ToolCalls.Select(static c => c.Outcome).Order());
        approvals.Answer("a1", allow: true);

        await using var second = new TestAgent(new ScriptedModel(ScriptedModel.Text("Written.")), folder, approvals);
        second.Host.Set(FakeHost.Tool("files.read_file"), FakeHost.Tool("files.write_file", readOnly: false));
        var (result, _) = await second.ResumeAsync(waiting.Session);
        var (again, _) = await second.ResumeAsync(waiting.Session);

        Assert.Equal(RunStop.Answered, result.Stopped);
        Assert.Equal(waiting.Run, result.Run);
        Assert.Equal("w", Assert.Single(second.Pipeline.Acted).Id);
        Assert.Equal(["w", "r"], result.ToolCalls.Select(static c => c.Id));
        Assert.Contains("nothing to resume", again.Answer, StringComparison.Ordinal);
        Directory.Delete(folder.Path, recursive: true);
    }

    [Fact]
    public async Task Run_AfterASuspendedOne_ClosesItAndWithdrawsTheQuestion()
    {
        await using var agent = new TestAgent(new ScriptedModel(ScriptedModel.Call("files__write_file"), ScriptedModel.Text("Hello.")));
        agent.Host.Set(FakeHost.Tool("files.write_file", readOnly: false));
        agent.Pipeline.Decide = static _ => DecisionKind.Ask;
        var (waiting, _) = await agent.RunAsync("write", approvals: ApprovalHandling.Suspend);

        var (next, _) = await agent.RunAsync("never mind", waiting.Session);

        Assert.Equal("Hello.", next.Answer);
        Assert.Empty(next.ToolCalls);
        Assert.Single(agent.Approvals.Withdrawn);
        History.MustBeValidToSend(agent.Model.Requests[1]);
    }

    [Fact]
    public async Task Labels_SurviveARestart()
    {
        var folder = new StateFolder(Directory.CreateTempSubdirectory("agent-runtime-").FullName);
        string session;
        await using (var first = new TestAgent(new ScriptedModel(ScriptedModel.Call("web__fetch"), ScriptedModel.Text("Read.")), folder))
        {
            first.Host.Set(FakeHost.Tool("web.fetch"));
            first.Pipeline.Act = static (_, _, _) => ValueTask.FromResult(ToolResult.FromText("page", label: Label.From(Integrity.Untrusted, Confidentiality.Public, "web.fetch")));
            session = (await first.RunAsync("fetch")).Result.Session;
        }

        await using var second = new TestAgent(new ScriptedModel(ScriptedModel.Call("web__fetch"), ScriptedModel.Text("Again.")), folder);
        second.Host.Set(FakeHost.Tool("web.fetch"));
        Label? seen = null;
        second.Pipeline.Act = (_, context, _) =>
        {
            seen = context.Provenance.Label;
            return ValueTask.FromResult(ToolResult.FromText("page", label: Label.Bottom));
        };
        await second.RunAsync("go on", session);

        Assert.Equal(Integrity.Untrusted, seen!.Integrity);
        Assert.Contains("web.fetch", seen.Sources);
        var stored = await second.Store.ReadAsync(session, default);
        Assert.All(stored.Where(static e => e.Type == SessionEventTypes.Message).Skip(1), static e => Assert.Equal(Integrity.Untrusted, e.Label.Integrity));
        Directory.Delete(folder.Path, recursive: true);
    }

    [Fact]
    public async Task Call_SecondOfAStep_IsJudgedByWhatTheModelHadRead()
    {
        await using var agent = new TestAgent(new ScriptedModel(
            ScriptedModel.Calls([("f", "web__fetch", null), ("w", "files__write_file", null)]), ScriptedModel.Call("files__write_file", new { n = 2 }, "w2"), ScriptedModel.Text("ok")));
        agent.Host.Set(FakeHost.Tool("web.fetch"), FakeHost.Tool("files.write_file", readOnly: false));
        var seen = new Dictionary<string, Integrity>();
        agent.Pipeline.Act = (call, context, _) =>
        {
            seen[call.Id] = context.Provenance.Label.Integrity;
            return ValueTask.FromResult(ToolResult.FromText("x", label: Label.From(Integrity.Untrusted, Confidentiality.Public, "web")));
        };

        await agent.RunAsync("go");

        Assert.Equal(Integrity.Trusted, seen["w"]);
        Assert.Equal(Integrity.Untrusted, seen["w2"]);
    }

    [Fact]
    public async Task Delete_LeavesNothingInTheFiles()
    {
        const string secret = "xyzzy-plugh-4711";
        await using var agent = new TestAgent(new ScriptedModel(ScriptedModel.Text($"You said {secret}.")));
        var (result, _) = await agent.RunAsync($"remember {secret}");
        Assert.True(Holds(agent.Folder, secret));

        Assert.True(await agent.Store.DeleteAsync(result.Session, default));

        Assert.Empty(await agent.Store.ListAsync(5, default));
        Assert.Empty(await agent.Store.ReadAsync(result.Session, default));
        Assert.False(Holds(agent.Folder, secret));
        Assert.False(await agent.Store.DeleteAsync(result.Session, default));

        static bool Holds(StateFolder folder, string text) => Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Any(path =>
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            return copy.GetBuffer().AsSpan(0, (int)copy.Length).IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
        });
    }

    [Fact]
    public async Task Delete_WhileAnotherProgramReads_SaysThatTracesAreLeft()
    {
        await using var agent = new TestAgent(new ScriptedModel(ScriptedModel.Text("One."), ScriptedModel.Text("Two.")));
        var (one, _) = await agent.RunAsync("first");
        var (two, _) = await agent.RunAsync("second");
        using (var reader = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={agent.Get<SessionDatabase>().Path};Pooling=false"))
        {
            reader.Open();
            using var transaction = reader.BeginTransaction(deferred: true);
            using var command = reader.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "SELECT COUNT(*) FROM events";
            command.ExecuteScalar();

            var problem = await Assert.ThrowsAsync<InvalidOperationException>(async () => await agent.Store.DeleteAsync(one.Session, default));
            Assert.Contains("still stands in the log", problem.Message, StringComparison.Ordinal);
        }

        Assert.Null(await agent.Store.FindAsync(one.Session, default));
        Assert.True(await agent.Store.DeleteAsync(two.Session, default));
        Assert.Equal(0, new FileInfo(agent.Get<SessionDatabase>().Path + "-wal").Length);
    }

    [Fact]
    public async Task Delete_KeepsWhatTheDayCost()
    {
        await using var agent = new TestAgent(new ScriptedModel((_, _) => ScriptedModel.Text("x"))
        {
            Info = new ModelInfo { Provider = "test", Name = "priced", Price = new ModelPrice(1, 1) },
        });
        var (one, _) = await agent.RunAsync("one");
        await agent.RunAsync("more", one.Session);
        var (two, _) = await agent.RunAsync("two");
        var day = DateOnly.FromDateTime(agent.Time.GetLocalNow().DateTime);
        var before = await agent.Store.GetUsageAsync(day, default);

        Assert.Equal(20, (await agent.Store.FindAsync(one.Session, default))!.Usage.InputTokens);
        await agent.Store.DeleteAsync(one.Session, default);
        await agent.Store.DeleteAsync(two.Session, default);

        Assert.Equal(new UsageTotal(new RunUsage(30, 15, 0, 0.000045m), 3), before);
        Assert.Equal(before, await agent.Store.GetUsageAsync(day, default));
    }

    [Fact]
    public async Task Store_OfTheFirstVersion_IsBroughtUpToDate()
    {
        await using var agent = new TestAgent(new ScriptedModel(ScriptedModel.Text("On we go.")));
        using (var old = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={agent.Get<SessionDatabase>().Path};Pooling=false"))
        {
            old.Open();
            using var command = old.CreateCommand();
            command.CommandText = """
                CREATE TABLE sessions (
                    id TEXT PRIMARY KEY, title TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
                    state TEXT NOT NULL, client TEXT NOT NULL DEFAULT '', model TEXT NOT NULL DEFAULT '',
                    runs INTEGER NOT NULL DEFAULT 0, parent TEXT) WITHOUT ROWID;
                CREATE TABLE usage (
                    day TEXT NOT NULL, session TEXT NOT NULL, run TEXT NOT NULL, step INTEGER NOT NULL, model TEXT NOT NULL,
                    input INTEGER NOT NULL, output INTEGER NOT NULL, cached INTEGER NOT NULL, cost_micro INTEGER);
                INSERT INTO sessions (id, title, created_at, updated_at, state, runs) VALUES ('260101-old', 'old', 0, 0, 'idle', 1);
                INSERT INTO usage VALUES ('2026-01-01', '260101-old', '260101-old.1', 1, 'm', 10, 1, 0, 5), ('2026-01-01', '260101-old', '260101-old.1', 2, 'm', 20, 2, 4, NULL);
                PRAGMA user_version = 1;
                """;
            command.ExecuteNonQuery();
        }

        var usage = await agent.Store.GetUsageAsync(new DateOnly(2026, 1, 1), default);
        var session = await agent.Store.FindAsync("260101-old", default);

        Assert.Equal(new UsageTotal(new RunUsage(30, 3, 4, 0.000005m), 2), usage);
        Assert.Equal(30, session!.Usage.InputTokens);
        Assert.Equal(RunStop.Answered, (await agent.RunAsync("go on")).Result.Stopped);
    }

    [Fact]
    public async Task Branch_AfterTheFirstRun_GoesOnApart()
    {
        await using var agent = new TestAgent(new ScriptedModel(ScriptedModel.Text("One."), ScriptedModel.Text("Two."), ScriptedModel.Text("Other.")));
        var (first, _) = await agent.RunAsync("first");
        await agent.RunAsync("second", first.Session);

        var branch = await agent.Store.BranchAsync(first.Session, 1, default);
        var (other, _) = await agent.RunAsync("instead", branch.Id);

        Assert.NotEqual(first.Session, branch.Id);
        Assert.Equal(first.Session, branch.Parent);
        Assert.Equal(["first", "One.", "instead"], agent.Model.Requests[2].Messages.Skip(1).Select(static m => m.Text));
        Assert.Equal("Other.", other.Answer);
        Assert.Equal(2, (await agent.Store.FindAsync(first.Session, default))!.Runs);
        await Assert.ThrowsAsync<ArgumentException>(async () => await agent.Store.BranchAsync(first.Session, 3, default));
    }

    [Fact]
    public async Task Branch_OfABranch_GoesOnWithTheMarkersOfItsHistory()
    {
        var guardrails = new NamingGuardrails();
        await using var agent = new TestAgent(new ScriptedModel((_, _) => ScriptedModel.Text("Done.")), guardrails: guardrails);
        var (first, _) = await agent.RunAsync("first");
        var branch = await agent.Store.BranchAsync(first.Session, null, default);
        await agent.RunAsync("second", branch.Id);
        var twig = await agent.Store.BranchAsync(branch.Id, null, default);
        await agent.RunAsync("third", twig.Id);
        await agent.RunAsync("fourth", first.Session);

        // The part before the dot is the conversation; what stands after it makes each run's marker another.
        Assert.All(guardrails.Names, name => Assert.Equal(first.Session, name[..name.LastIndexOf('.')]));
        Assert.Equal(4, guardrails.Names.Distinct().Count());
        Assert.Equal(guardrails.Names.Distinct(), guardrails.Screened.Distinct());
    }

    [Fact]
    public async Task Find_ByBeginningEndAndLast()
    {
        await using var agent = new TestAgent(new ScriptedModel((_, _) => ScriptedModel.Text("x")));
        var (one, _) = await agent.RunAsync("one\nwith a second line");
        var (two, _) = await agent.RunAsync("two");

        Assert.Equal(one.Session, (await agent.Store.FindAsync(one.Session[^4..], default))?.Id);
        Assert.Null(await agent.Store.FindAsync(one.Session[..6], default));
        Assert.Equal(two.Session, (await agent.Store.FindAsync("last", default))?.Id);
        Assert.Equal("one with a second line", (await agent.Store.FindAsync(one.Session, default))!.Title);
        Assert.Null(await agent.Store.FindAsync("nothing", default));
    }

    [Fact]
    public async Task Export_JsonAndMarkdown_TellTheConversation()
    {
        await using var agent = new TestAgent(new ScriptedModel(ScriptedModel.Call("files__read_file", new { path = "a.md" }), ScriptedModel.Text("It says hello.")));
        agent.Host.Set(FakeHost.Tool("files.read_file"));
        var (result, _) = await agent.RunAsync("what does a.md say?");

        var markdown = new StringWriter();
        await SessionExport.WriteMarkdownAsync(agent.Store, result.Session, markdown, default);
        using var json = new MemoryStream();
        await SessionExport.WriteJsonAsync(agent.Store, result.Session, json, default);

        Assert.Contains("what does a.md say?", markdown.ToString(), StringComparison.Ordinal);
        Assert.Contains("files.read_file", markdown.ToString(), StringComparison.Ordinal);
        Assert.Contains("It says hello.", markdown.ToString(), StringComparison.Ordinal);
        using var document = System.Text.Json.JsonDocument.Parse(json.ToArray());
        Assert.Equal(result.Session, document.RootElement.GetProperty("session").GetProperty("id").GetString());
        Assert.Equal((await agent.Store.ReadAsync(result.Session, default)).Count, document.RootElement.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task Store_FilesAreThePersonsAlone()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        await using var agent = new TestAgent(new ScriptedModel(ScriptedModel.Text("x")));
        await agent.RunAsync("one");

        foreach (var file in Directory.EnumerateFiles(agent.Folder.Path, "*", SearchOption.AllDirectories))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task List_KilledRun_IsInterrupted()
    {
        await using var agent = new TestAgent(new ScriptedModel((_, _) => ScriptedModel.Text("x")));
        var (result, _) = await agent.RunAsync("one");
        agent.Get<SessionJournal>().Update(result.Session, "running", "test", "test/scripted", 1);

        Assert.Equal(SessionState.Interrupted, Assert.Single(await agent.Store.ListAsync(5, default)).State);
    }

    /// <summary>Notes what the markers of each run are made from, as the prompt and as the screens are told.</summary>
    private sealed class NamingGuardrails : IGuardrails
    {
        public List<string> Names { get; } = [];

        public List<string> Screened { get; } = [];

        public string Instruction(string runId)
        {
            Names.Add(runId);
            return string.Empty;
        }

        public string ForModel(string runId, string source, string text, Label label) => text;

        public IAnswerScreen OpenAnswer(CallContext context)
        {
            Screened.Add(context.MarkedAs!);
            return new Open();
        }

        public ScreenedText ScreenAnswer(string text, CallContext context) => new(text, []);

        public string Redact(string text) => text;

        private sealed class Open : IAnswerScreen
        {
            public string Push(string delta) => delta;

            public ScreenedText Finish() => new(string.Empty, []);
        }
    }
}
