using Agent.Governance.Approvals;
using Agent.Governance.Tests.Support;
using Microsoft.Data.Sqlite;

namespace Agent.Governance.Tests.Approvals;

public sealed class ApprovalTests
{
    private static Harness New(string? configuration = null)
    {
        var harness = new Harness(configuration);
        harness.Host.Add("files", "write_file").Add("files", "delete_file").Add("files", "read_file").Add("mail", "send");
        return harness;
    }

    private static async Task<ToolOutcome> AskAsync(Harness harness, CallContext? context = null, string arguments = """{"path":"a.md","content":"x"}""", string id = "c1") =>
        await harness.InvokeAsync("files.write_file", arguments, context, id);

    [Fact]
    public async Task Answer_ToAnotherBinding_IsRefused()
    {
        await using var harness = New();
        var one = await AskAsync(harness);
        var two = await AskAsync(harness, arguments: """{"path":"b.md"}""", id: "c2");

        var swapped = await harness.Approvals.AnswerAsync(
            one.Approval!.Id, new ApprovalAnswer { Verdict = ApprovalVerdict.AllowOnce, Binding = two.Approval!.Binding, AnsweredBy = "console" }, CancellationToken.None);

        Assert.False(swapped.Accepted);
        Assert.Equal(ApprovalState.Pending, swapped.Request!.State);
    }

    [Fact]
    public async Task Answer_Twice_FirstWins()
    {
        await using var harness = New();
        var asked = await AskAsync(harness);

        var first = await harness.AnswerAsync(asked.Approval!, ApprovalVerdict.Deny);
        var second = await harness.AnswerAsync(asked.Approval!);

        Assert.True(first.Accepted);
        Assert.False(second.Accepted);
        Assert.Equal(ToolOutcomeKind.Denied, (await harness.Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(), CancellationToken.None)).Kind);
    }

    [Fact]
    public async Task Answer_TwoApproversAtOnce_OneIsAccepted()
    {
        await using var harness = New();
        await using var other = new Harness(folder: harness.Folder, time: harness.Time);
        for (var i = 0; i < 10; i++)
        {
            var asked = await AskAsync(harness, id: $"c{i}", arguments: $$"""{"path":"{{i}}"}""");
            var results = await Task.WhenAll(
                Task.Run(() => harness.AnswerAsync(asked.Approval!)), Task.Run(() => other.AnswerAsync(asked.Approval!, ApprovalVerdict.Deny)));

            Assert.Single(results, r => r.Accepted);
        }

        Assert.True(Audit().Ok);

        Governance.Audit.AuditVerification Audit() => Governance.Audit.AuditVerifier.Verify(harness.AuditFolder);
    }

    [Fact]
    public async Task Resume_ManyAtOnceInTwoProcesses_RunsOnce()
    {
        await using var harness = New();
        await using var other = new Harness(folder: harness.Folder, time: harness.Time);
        other.Host.Add("files", "write_file");
        var asked = await AskAsync(harness);
        await harness.AnswerAsync(asked.Approval!);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            await (i % 2 == 0 ? harness : other).Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(), CancellationToken.None))));

        Assert.Single(outcomes, o => o.Kind == ToolOutcomeKind.Completed);
        Assert.Equal(1, harness.Host.Calls + other.Host.Calls);
    }

    [Fact]
    public async Task Answer_FromAnotherProcess_WakesTheWaitingRun()
    {
        await using var harness = New();
        await using var other = new Harness(folder: harness.Folder, time: harness.Time);
        var asked = await AskAsync(harness);
        var waiting = harness.Approvals.WaitAsync(asked.Approval!.Id, CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);

        var pending = Assert.Single(await other.Approvals.ListPendingAsync(null, CancellationToken.None));
        Assert.True((await other.AnswerAsync(pending)).Accepted);
        while (!waiting.IsCompleted)
        {
            harness.Time.Advance(TimeSpan.FromMilliseconds(150));
            await Task.Yield();
        }

        Assert.Equal(ApprovalState.Approved, (await waiting).State);
    }

    [Fact]
    public async Task Wait_NobodyAnswers_ExpiresAndIsRefused()
    {
        await using var harness = New("""{"approvals":{"expireMinutes":"5"}}""");
        var asked = await AskAsync(harness);
        harness.Time.Advance(TimeSpan.FromMinutes(6));

        Assert.Equal(ApprovalState.Expired, (await harness.Approvals.WaitAsync(asked.Approval!.Id, CancellationToken.None)).State);
        Assert.Empty(await harness.Approvals.ListPendingAsync(null, CancellationToken.None));
        Assert.False((await harness.AnswerAsync(asked.Approval!)).Accepted);
        Assert.Equal(ToolOutcomeKind.Denied, (await harness.Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(), CancellationToken.None)).Kind);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Fact]
    public async Task Resume_ApprovedButExpiredBeforeItRan_IsRefused()
    {
        await using var harness = New();
        var asked = await AskAsync(harness);
        await harness.AnswerAsync(asked.Approval!);
        harness.Time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(ToolOutcomeKind.Denied, (await harness.Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(), CancellationToken.None)).Kind);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Theory]
    [InlineData("UPDATE approvals SET state = 'Approved'")]
    [InlineData("UPDATE approvals SET request = replace(request, 'a.md', 'b.md')")]
    [InlineData("UPDATE approvals SET expires = expires + 1000000000")]
    [InlineData("UPDATE approvals SET session = 's2'")]
    public async Task Resume_RowWrittenBySomebodyElse_RunsNothing(string forgery)
    {
        await using var harness = New();
        var asked = await AskAsync(harness);
        if (!forgery.Contains("Approved", StringComparison.Ordinal))
        {
            await harness.AnswerAsync(asked.Approval!);
        }

        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(harness.Folder, "governance.db")}"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The forgeries stand above.
            command.CommandText = forgery;
#pragma warning restore CA2100
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }

        foreach (var session in new[] { "s1", "s2" })
        {
            var outcome = await harness.Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(session: session), CancellationToken.None);
            Assert.NotEqual(ToolOutcomeKind.Completed, outcome.Kind);
        }

        Assert.Equal(0, harness.Host.Calls);
    }

    [Theory]
    [InlineData("request")]
    [InlineData("request, binding, seal")]
    [InlineData("request, binding, seal, state, answer, expires, created")]
    public async Task Resume_ApprovalSwappedWithAnother_RunsNothing(string columns)
    {
        await using var harness = New();
        var approved = await AskAsync(harness);
        var waiting = await AskAsync(harness, arguments: """{"path":"b.md","content":"y"}""", id: "c2");
        await harness.AnswerAsync(approved.Approval!);
        var names = columns.Split(", ");
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(harness.Folder, "governance.db")}"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The columns stand above.
            command.CommandText = "CREATE TEMP TABLE t AS SELECT * FROM approvals; UPDATE approvals SET "
                + string.Join(", ", names.Select(name => $"{name} = (SELECT {name} FROM t WHERE t.id <> approvals.id)"));
#pragma warning restore CA2100
            await command.ExecuteNonQueryAsync();
        }

        foreach (var id in new[] { approved.Approval!.Id, waiting.Approval!.Id })
        {
            Assert.NotEqual(ToolOutcomeKind.Completed, (await harness.Pipeline.ResumeAsync(id, harness.Context(), CancellationToken.None)).Kind);
        }

        Assert.Equal(0, harness.Host.Calls);
    }

    [Fact]
    public async Task Resume_EditedArguments_RunsTheEditedCallAfterThePolicy()
    {
        await using var harness = New();
        var asked = await AskAsync(harness);
        await harness.AnswerAsync(asked.Approval!, edited: """{"path":"c.md","content":"y"}""");

        var done = await harness.Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(), CancellationToken.None);

        Assert.Equal(ToolOutcomeKind.Completed, done.Kind);
        Assert.Equal("c.md", Assert.Single(harness.Host.Ran).Arguments.GetProperty("path").GetString());
        Assert.Equal("c.md", done.Call.Arguments.GetProperty("path").GetString());
    }

    [Fact]
    public async Task Resume_EditedIntoWhatThePolicyDenies_RunsNothing()
    {
        await using var harness = New();
        var asked = await AskAsync(harness);
        await harness.AnswerAsync(asked.Approval!, edited: """{"path":"../../etc/passwd"}""");

        Assert.Equal(ToolOutcomeKind.Denied, (await harness.Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(), CancellationToken.None)).Kind);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Fact]
    public async Task Resume_ContextWorsenedInALaterStep_AsksAgain()
    {
        await using var harness = New();
        var provenance = harness.NewProvenance();
        var asked = await AskAsync(harness, harness.Context(provenance));
        await harness.AnswerAsync(asked.Approval!);
        provenance.AddText("evil", Label.From(Integrity.Untrusted, Confidentiality.Public, "web.fetch"));

        var beside = harness.Context(provenance);
        var later = await harness.Pipeline.ResumeAsync(asked.Approval!.Id, beside with { Step = 2 }, CancellationToken.None);

        Assert.Equal(ToolOutcomeKind.Pending, later.Kind);
        Assert.NotEqual(asked.Approval.Id, later.Approval!.Id);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Fact]
    public async Task Resume_TextReadBesideItInTheSameStep_StillRuns()
    {
        await using var harness = New();
        var provenance = harness.NewProvenance();
        var asked = await AskAsync(harness, harness.Context(provenance));
        await harness.AnswerAsync(asked.Approval!);
        provenance.AddText("evil", Label.From(Integrity.Untrusted, Confidentiality.Public, "web.fetch"));

        Assert.Equal(ToolOutcomeKind.Completed, (await harness.Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(provenance), CancellationToken.None)).Kind);
    }

    [Fact]
    public async Task Resume_DefinitionChangedMeanwhile_RunsNothing()
    {
        await using var harness = New();
        var asked = await AskAsync(harness);
        await harness.AnswerAsync(asked.Approval!);
        harness.Host.Add("files", "write_file", description: "now does something else");

        Assert.Equal(ToolOutcomeKind.Rejected, (await harness.Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(), CancellationToken.None)).Kind);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Fact]
    public async Task Resume_InANewProcess_GoesOnWithTheStoredCall()
    {
        var folder = Directory.CreateTempSubdirectory("restart-");
        string id;
        await using (var before = new Harness(folder: folder.FullName))
        {
            before.Host.Add("files", "write_file");
            id = (await AskAsync(before)).Approval!.Id;
        }

        await using (var after = new Harness(folder: folder.FullName))
        {
            after.Host.Add("files", "write_file");
            var pending = Assert.Single(await after.Approvals.ListPendingAsync("s1", CancellationToken.None));
            await after.AnswerAsync(pending);
            Assert.Equal(ToolOutcomeKind.Completed, (await after.Pipeline.ResumeAsync(id, after.Context(), CancellationToken.None)).Kind);
            Assert.True(Governance.Audit.AuditVerifier.Verify(after.AuditFolder).Ok);
        }

        SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Grant_ForTheSession_CoversTheSameCriticalArgumentsAlone()
    {
        await using var harness = New();
        var asked = await AskAsync(harness);
        await harness.AnswerAsync(asked.Approval!, ApprovalVerdict.AllowForSession);

        var same = await AskAsync(harness, arguments: """{"path":"a.md","content":"other"}""", id: "c2");
        var other = await AskAsync(harness, arguments: """{"path":"b.md"}""", id: "c3");
        var elsewhere = await AskAsync(harness, harness.Context(session: "s2"), id: "c4");

        Assert.Equal(ToolOutcomeKind.Completed, same.Kind);
        Assert.StartsWith("grant:", same.ApprovedBy, StringComparison.Ordinal);
        Assert.Equal(ToolOutcomeKind.Pending, other.Kind);
        Assert.Equal(ToolOutcomeKind.Pending, elsewhere.Kind);

        var grant = Assert.Single(harness.Grants.List());
        Assert.True(await harness.Grants.RevokeAsync(grant.Id, "console", CancellationToken.None));
        Assert.Equal(ToolOutcomeKind.Pending, (await AskAsync(harness, id: "c5")).Kind);
    }

    [Fact]
    public async Task Grant_GivenClean_DoesNotCoverATaintedContext()
    {
        await using var harness = New();
        var provenance = harness.NewProvenance("write a.md");
        var asked = await AskAsync(harness, harness.Context(provenance));
        await harness.AnswerAsync(asked.Approval!, ApprovalVerdict.AllowForSession);
        provenance.AddText("evil", Label.From(Integrity.Untrusted, Confidentiality.Public, "web.fetch"));

        Assert.Equal(ToolOutcomeKind.Pending, (await AskAsync(harness, harness.Context(provenance), id: "c2")).Kind);
    }

    [Fact]
    public async Task Grant_ForWhatCannotBeUndone_IsNeverGiven()
    {
        await using var harness = New();
        var asked = await harness.InvokeAsync("files.delete_file", """{"path":"a.md"}""");

        Assert.False(asked.Approval!.CanGrant);
        Assert.False((await harness.AnswerAsync(asked.Approval, ApprovalVerdict.AllowForSession)).Accepted);
    }

    [Fact]
    public async Task Invoke_TooManyQuestionsInARun_RefusesTheRestAndSaysSo()
    {
        await using var harness = New("""{"policy":{"maxQuestions":"2"}}""");
        await AskAsync(harness, id: "c1");
        await AskAsync(harness, id: "c2");

        var third = await AskAsync(harness, id: "c3");
        var read = await harness.InvokeAsync("files.read_file", """{"path":"a"}""", id: "c4");

        Assert.Equal(ToolOutcomeKind.Denied, third.Kind);
        Assert.Contains("2 questions", third.Result!.Text, StringComparison.Ordinal);
        Assert.Equal(ToolOutcomeKind.Completed, read.Kind);
    }

    [Fact]
    public async Task Ask_PreviewDeclared_ShowsWhatWouldHappenAndDoesNotDoIt()
    {
        await using var harness = new Harness();
        harness.Host.AddAsync("files", "write_file", (_, options, _) => ValueTask.FromResult(options.Preview
            ? new ToolResult { Raw = Harness.Json("""{"content":[],"structuredContent":{"preview":{"kind":"diff","text":"+ x"}}}""") }
            : ToolResult.FromText("done")), meta: """{"agent/preview":true}""");

        var asked = await AskAsync(harness);

        Assert.Equal(new ApprovalPreview("diff", "+ x"), asked.Approval!.Preview);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Fact]
    public async Task Ask_ToolOfTheSameNameThatKnowsNoPreview_IsNotCalled()
    {
        await using var harness = New();
        var calls = 0;
        harness.Host.AddAsync("files", "write_file", (_, _, _) =>
        {
            calls++;
            return ValueTask.FromResult(ToolResult.FromText("acted"));
        });

        var asked = await AskAsync(harness);

        Assert.Equal(ToolOutcomeKind.Pending, asked.Kind);
        Assert.Equal(0, calls);
    }
}
