using Agent.Governance.Audit;
using Agent.Governance.Tests.Support;

namespace Agent.Governance.Tests.Pipeline;

public sealed class ToolPipelineTests
{
    [Fact]
    public async Task Invoke_ReadInTheWorkspace_RunsWithIntentBeforeAndOutcomeAfter()
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "read_file", _ =>
        {
            Assert.Equal("call.intent", harness.Records()[^1].Type);
            return ToolResult.FromText("text");
        });

        var outcome = await harness.InvokeAsync("files__read_file", """{"path":"a.md"}""");

        Assert.Equal(ToolOutcomeKind.Completed, outcome.Kind);
        Assert.Equal("text", outcome.Result!.Text);
        Assert.Equal(Integrity.Internal, outcome.Result.Label.Integrity);
        Assert.Equal(DecisionKind.Allow, outcome.Decision!.Kind);
        Assert.Equal(["log.opened", "pin.added", "policy.loaded", "call.intent", "call.outcome"], harness.Records().Select(r => r.Type));
        Assert.True(AuditVerifier.Verify(harness.AuditFolder).Ok);
    }

    [Fact]
    public async Task Invoke_Write_WaitsForApprovalAndRunsOnce()
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "write_file");

        var pending = await harness.InvokeAsync("files.write_file", """{"path":"a.md","content":"x"}""");
        Assert.Equal(ToolOutcomeKind.Pending, pending.Kind);
        Assert.Equal(0, harness.Host.Calls);
        Assert.Single(await harness.Approvals.ListPendingAsync("s1", CancellationToken.None));

        var answer = await harness.AnswerAsync(pending.Approval!);
        Assert.True(answer.Accepted, answer.Problem);
        var done = await harness.Pipeline.ResumeAsync(pending.Approval!.Id, harness.Context(), CancellationToken.None);
        var again = await harness.Pipeline.ResumeAsync(pending.Approval.Id, harness.Context(), CancellationToken.None);

        Assert.Equal(ToolOutcomeKind.Completed, done.Kind);
        Assert.Equal("console", done.ApprovedBy);
        Assert.Equal(ToolOutcomeKind.Unknown, again.Kind);
        Assert.Equal(1, harness.Host.Calls);
        Assert.Equal(["log.opened", "pin.added", "policy.loaded", "call.intent", "approval.answered", "call.started", "call.outcome"], harness.Records().Select(r => r.Type));
    }

    [Fact]
    public async Task Invoke_RefusedWithWords_TellsTheModel()
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "delete_file");

        var pending = await harness.InvokeAsync("files.delete_file", """{"path":"a.md"}""");
        await harness.AnswerAsync(pending.Approval!, ApprovalVerdict.Deny, "keep it, I need it");
        var refused = await harness.Pipeline.ResumeAsync(pending.Approval!.Id, harness.Context(), CancellationToken.None);

        Assert.Equal(ToolOutcomeKind.Denied, refused.Kind);
        Assert.Contains("keep it, I need it", refused.Result!.Text, StringComparison.Ordinal);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Theory]
    [InlineData("files.read_fil", "files.read_file")]
    [InlineData("read_file", "files.read_file")]
    public async Task Invoke_UnknownName_NamesTheNearest(string name, string nearest)
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "read_file");

        var outcome = await harness.InvokeAsync(name);

        Assert.Equal(ToolOutcomeKind.Rejected, outcome.Kind);
        Assert.Contains(nearest, outcome.Result!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_ArgumentsBreakTheSchema_SaysWhereAndRunsNothing()
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "read_file", schema: """{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}""");

        var outcome = await harness.InvokeAsync("files.read_file", """{"path":5}""");

        Assert.Equal(ToolOutcomeKind.Rejected, outcome.Kind);
        Assert.Contains("path", outcome.Result!.Text, StringComparison.Ordinal);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Theory]
    [InlineData("files.read_file", """{"path":"../../etc/passwd"}""")]
    [InlineData("files.read_file", """{"path":"config/.env"}""")]
    [InlineData("web.fetch", """{"url":"http://127.0.0.1:8080/"}""")]
    [InlineData("web.fetch", """{"url":"http://169.254.169.254/latest/meta-data"}""")]
    [InlineData("sql.query", """{"statement":"DROP TABLE t"}""")]
    public async Task Invoke_WhatNoRuleMayOpen_IsDenied(string tool, string arguments)
    {
        await using var harness = new Harness();
        var dot = tool.IndexOf('.', StringComparison.Ordinal);
        harness.Host.Add(tool[..dot], tool[(dot + 1)..]);

        var outcome = await harness.InvokeAsync(tool, arguments);

        Assert.Equal(ToolOutcomeKind.Denied, outcome.Kind);
        Assert.Equal(0, harness.Host.Calls);
        Assert.Equal("deny", harness.Records()[^1].Text("decision"));
    }

    [Fact]
    public async Task Invoke_UnknownServer_Asks()
    {
        await using var harness = new Harness();
        harness.Host.Add("mail", "read_mail", hints: new ToolHints(ReadOnly: true));

        var outcome = await harness.InvokeAsync("mail.read_mail");

        Assert.Equal(ToolOutcomeKind.Pending, outcome.Kind);
    }

    [Theory]
    [InlineData("""{"path":"a.md","path":"/etc/passwd"}""")]
    [InlineData("""{"path":"a.md","x":"\ud800"}""")]
    public async Task Invoke_ArgumentsThatReadInTwoWays_AreRejectedInWords(string arguments)
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "read_file");

        var outcome = await harness.InvokeAsync("files.read_file", arguments);

        Assert.Equal(ToolOutcomeKind.Rejected, outcome.Kind);
        Assert.Contains("more than one way", outcome.Result!.Text, StringComparison.Ordinal);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"done"}],"a":1,"a":2}""")]
    [InlineData("""{"content":[{"type":"text","text":"done"}],"a":"\ud800"}""")]
    public async Task Invoke_ResultWithoutACanonicalForm_IsRecordedAsRun(string raw)
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "read_file", _ => new ToolResult { Raw = Harness.Json(raw) });

        var outcome = await harness.InvokeAsync("files.read_file", """{"path":"a.md"}""");

        // Never "it was not run": it was.
        Assert.True(outcome.Kind is ToolOutcomeKind.Completed or ToolOutcomeKind.Unknown, outcome.Result?.Text);
        Assert.Single(harness.Records(), r => r.Type == "call.outcome");
    }
}
