using Agent.Governance.Tests.Support;

namespace Agent.Governance.Tests.Approvals;

public sealed class GrantTests
{
    private const string Arguments = """{"path":"a.md","content":"x"}""";

    private static Harness New(string? configuration = null)
    {
        var harness = new Harness(configuration);
        harness.Host.Add("files", "write_file").Add("web", "http_request").Add("shop", "sync");
        return harness;
    }

    private static async Task<ApprovalAnswerResult> GrantUntilAsync(Harness harness, ApprovalRequest request, DateTimeOffset? until) =>
        await harness.Approvals.AnswerAsync(
            request.Id, new ApprovalAnswer { Verdict = ApprovalVerdict.AllowUntil, Until = until, Binding = request.Binding, AnsweredBy = "console" }, CancellationToken.None);

    [Fact]
    public async Task Grant_UntilADate_CoversEverySessionUntilThen()
    {
        await using var harness = New();
        var asked = await harness.InvokeAsync("files.write_file", Arguments);
        Assert.True((await GrantUntilAsync(harness, asked.Approval!, harness.Time.GetUtcNow().AddDays(2))).Accepted);

        harness.Time.Advance(TimeSpan.FromDays(1));
        var elsewhere = await harness.InvokeAsync("files.write_file", Arguments, harness.Context(session: "s2", run: "r2"), "c2");
        harness.Time.Advance(TimeSpan.FromDays(1));
        var after = await harness.InvokeAsync("files.write_file", Arguments, harness.Context(session: "s3", run: "r3"), "c3");

        Assert.Equal(ToolOutcomeKind.Completed, elsewhere.Kind);
        Assert.Equal(ToolOutcomeKind.Pending, after.Kind);
        Assert.Empty(harness.Grants.List());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(91)]
    public async Task Grant_UntilNoDateOrOneOutOfReach_IsRefused(int? days)
    {
        await using var harness = New();
        var asked = await harness.InvokeAsync("files.write_file", Arguments);

        var answered = await GrantUntilAsync(harness, asked.Approval!, days is { } d ? harness.Time.GetUtcNow().AddDays(d) : null);

        Assert.False(answered.Accepted);
        Assert.Equal(ApprovalState.Pending, answered.Request!.State);
        Assert.Empty(harness.Grants.List());
    }

    [Theory]
    [InlineData("shop.sync", """{"to":"shop","all":false,"tags":[]}""", """{"to":"shop","all":true,"tags":[]}""")]
    [InlineData("shop.sync", """{"to":"shop"}""", """{"to":"shop","all":null}""")]
    [InlineData("shop.sync", """{"a":{"b":"x"}}""", """{"a.b":"x"}""")]
    [InlineData("shop.sync", """{"a":[]}""", """{"a":{}}""")]
    [InlineData("web.http_request", """{"url":"https://a.example/","method":"POST"}""", """{"url":"https://a.example/","method":"PUT"}""")]
    public async Task Grant_ForOneCall_DoesNotCoverOneThatMeansMore(string tool, string granted, string other)
    {
        await using var harness = New();
        var provenance = harness.NewProvenance("https://a.example/ shop");
        var asked = await harness.InvokeAsync(tool, granted, harness.Context(provenance));
        Assert.True((await harness.AnswerAsync(asked.Approval!, ApprovalVerdict.AllowForSession)).Accepted);

        Assert.Equal(ToolOutcomeKind.Completed, (await harness.InvokeAsync(tool, granted, harness.Context(provenance), "c2")).Kind);
        Assert.Equal(ToolOutcomeKind.Pending, (await harness.InvokeAsync(tool, other, harness.Context(provenance), "c3")).Kind);
    }

    [Fact]
    public async Task Grant_GivenUsedAndTakenBack_StandsInTheListAndTheAudit()
    {
        await using var harness = New();
        var asked = await harness.InvokeAsync("files.write_file", Arguments);
        await harness.AnswerAsync(asked.Approval!, ApprovalVerdict.AllowForSession);
        var used = await harness.InvokeAsync("files.write_file", Arguments, id: "c2");

        var grant = Assert.Single(harness.Grants.List());
        Assert.Equal([KeyValuePair.Create("path", "a.md")], grant.Arguments);
        Assert.Equal($"grant:{grant.Id}", used.ApprovedBy);
        Assert.False(await harness.Grants.RevokeAsync("zzz", "terminal", CancellationToken.None));
        Assert.False(await harness.Grants.RevokeAsync(string.Empty, "terminal", CancellationToken.None));
        Assert.True(await harness.Grants.RevokeAsync(grant.Id[..4], "terminal", CancellationToken.None));
        Assert.Equal(ToolOutcomeKind.Pending, (await harness.InvokeAsync("files.write_file", Arguments, id: "c3")).Kind);

        var records = harness.Records();
        Assert.Equal(grant.Id, Assert.Single(records, r => r.Type == "grant.given").Text("grant"));
        Assert.Equal(grant.Id, Assert.Single(records, r => r.Type == "call.intent" && r.Text("grant") is not null).Text("grant"));
        var revoked = Assert.Single(records, r => r.Type == "grant.revoked");
        Assert.Equal((grant.Id, "terminal"), (revoked.Text("grant"), revoked.Text("by")));
    }

    [Fact]
    public async Task AnswerTogether_SeveralQuestions_EachIsAnsweredOnceAndBoundToItsOwn()
    {
        await using var harness = New();
        var asked = new List<ApprovalRequest>();
        foreach (var i in Enumerable.Range(0, 4))
        {
            asked.Add((await harness.InvokeAsync("files.write_file", $$"""{"path":"{{i}}.md"}""", id: $"c{i}")).Approval!);
        }

        Assert.Single(asked.Select(a => a.Group).Distinct());
        await harness.AnswerAsync(asked[1], ApprovalVerdict.Deny);
        var swapped = asked[2] with { Binding = asked[3].Binding };

        var answers = await harness.Approvals.AnswerTogetherAsync(
            [asked[0], asked[1], swapped, asked[3]], new ApprovalAnswer { Verdict = ApprovalVerdict.AllowOnce, Binding = string.Empty, AnsweredBy = "console" }, CancellationToken.None);

        Assert.Equal([true, false, false, true], answers.Select(a => a.Accepted));
        var outcomes = new List<ToolOutcomeKind>();
        foreach (var request in asked)
        {
            outcomes.Add((await harness.Pipeline.ResumeAsync(request.Id, harness.Context(), CancellationToken.None)).Kind);
        }

        Assert.Equal([ToolOutcomeKind.Completed, ToolOutcomeKind.Denied, ToolOutcomeKind.Pending, ToolOutcomeKind.Completed], outcomes);
        Assert.Equal(3, harness.Records().Count(r => r.Type == "approval.answered"));
        Assert.True(Governance.Audit.AuditVerifier.Verify(harness.AuditFolder).Ok);
    }

    [Fact]
    public async Task Store_OldQuestionsAndGrants_AreForgottenAndPendingOnesKept()
    {
        await using var harness = New("""{"approvals":{"keepDays":"10","expireMinutes":"43200"}}""");
        var old = await harness.InvokeAsync("files.write_file", Arguments);
        await harness.AnswerAsync(old.Approval!, ApprovalVerdict.AllowForSession);
        Assert.Equal(ToolOutcomeKind.Completed, (await harness.Pipeline.ResumeAsync(old.Approval!.Id, harness.Context(), CancellationToken.None)).Kind);
        var waiting = await harness.InvokeAsync("files.write_file", """{"path":"b.md"}""", id: "c2");
        harness.Time.Advance(TimeSpan.FromDays(11));

        var fresh = await harness.InvokeAsync("files.write_file", """{"path":"c.md"}""", harness.Context(run: "r2"), id: "c3");

        Assert.Null(await harness.Approvals.GetAsync(old.Approval!.Id, CancellationToken.None));
        Assert.NotNull(await harness.Approvals.GetAsync(waiting.Approval!.Id, CancellationToken.None));
        Assert.NotNull(await harness.Approvals.GetAsync(fresh.Approval!.Id, CancellationToken.None));
        Assert.Empty(harness.Grants.List());
    }

    [Fact]
    public async Task Withdraw_PendingQuestion_IsRecordedAndRefusesTheCall()
    {
        await using var harness = New();
        var asked = await harness.InvokeAsync("files.write_file", Arguments);

        await harness.Approvals.WithdrawAsync(asked.Approval!.Id, "nobody is there", CancellationToken.None);

        Assert.Single(harness.Records(), r => r.Type == "approval.withdrawn");
        Assert.Equal(ToolOutcomeKind.Denied, (await harness.Pipeline.ResumeAsync(asked.Approval.Id, harness.Context(), CancellationToken.None)).Kind);
    }

    [Fact]
    public async Task Grant_AfterOwnFilesWereRead_CoversTheSameChange_ButLetsNothingMoreConfidentialOut()
    {
        await using var harness = New();
        harness.Host.Add("mail", "send");
        var provenance = harness.NewProvenance(null);
        var first = harness.Context(provenance);
        foreach (var (tool, arguments) in new[] { ("files.write_file", """{"path":"a.md"}"""), ("mail.send", """{"to":"b@c.example"}""") })
        {
            var asked = await harness.InvokeAsync(tool, arguments, first, tool);
            await harness.AnswerAsync(asked.Approval!, ApprovalVerdict.AllowForSession);
        }

        provenance.AddText("what a file of the person says", Label.From(Integrity.Internal, Confidentiality.Private, "files.read_file"));
        var later = first with { Step = 2 };

        Assert.Equal(ToolOutcomeKind.Completed, (await harness.InvokeAsync("files.write_file", """{"path":"a.md"}""", later, "c3")).Kind);
        Assert.Equal(ToolOutcomeKind.Pending, (await harness.InvokeAsync("mail.send", """{"to":"b@c.example"}""", later, "c4")).Kind);
        provenance.AddText("what anybody may have written", Label.From(Integrity.Untrusted, Confidentiality.Public, "web.fetch"));
        Assert.Equal(ToolOutcomeKind.Pending, (await harness.InvokeAsync("files.write_file", """{"path":"a.md"}""", later, "c5")).Kind);
    }

    [Fact]
    public async Task Grant_WhereARuleAsksForTheLabel_CoversNoWorseOne()
    {
        await using var harness = new Harness("""{"policy":{"rules":[{"name":"internal","decision":"ask","tool":"files.write_file","integrity":"internal"}]}}""");
        harness.Host.Add("files", "write_file");
        var provenance = harness.NewProvenance();
        var context = harness.Context(provenance);
        await harness.AnswerAsync((await harness.InvokeAsync("files.write_file", """{"path":"a.md"}""", context)).Approval!, ApprovalVerdict.AllowForSession);

        provenance.AddText("what a file of the person says", Label.From(Integrity.Internal, Confidentiality.Private, "files.read_file"));

        Assert.Equal(ToolOutcomeKind.Pending, (await harness.InvokeAsync("files.write_file", """{"path":"a.md"}""", context with { Step = 2 }, id: "c2")).Kind);
    }
}
