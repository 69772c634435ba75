using System.Text.Json;
using Agent.Governance.Audit;
using Agent.Governance.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Win32.SafeHandles;

namespace Agent.Governance.Tests.Faults;

/// <summary>Each stage of the road breaks in turn. Before the act nothing runs; after it, nothing says that nothing ran.</summary>
public sealed class StageTests
{
    private sealed class BrokenProvenance : IProvenance
    {
        public Label Label => throw new InvalidOperationException("the label is gone");

        public void AddUserTurn(string text)
        {
        }

        public void AddText(string text, Label label)
        {
        }

        public void AddResult(ToolId tool, ToolResult result)
        {
        }

        public JsonElement Save() => default;
    }

    private sealed class BrokenPins(PinState? state) : IToolPins
    {
        public event EventHandler? Changed
        {
            add { }
            remove { }
        }

        public ValueTask<PinCheck> CheckToolAsync(ToolDefinition tool, CancellationToken cancellationToken) =>
            state is { } known ? ValueTask.FromResult(new PinCheck("tool", known, null, [])) : throw new IOException("the pins are gone");

        public ValueTask<PinCheck> CheckCommandAsync(string server, string commandLine, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IReadOnlyList<PinCheck> Pending() => [];

        public ValueTask<bool> AcceptAsync(string key, string acceptedBy, CancellationToken cancellationToken) => ValueTask.FromResult(false);
    }

    private sealed class ReadOnlyDisk : Disk
    {
        public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => throw new UnauthorizedAccessException("Read-only file system");
    }

    [Fact]
    public async Task Resolve_PinsCannotBeRead_RunsNothing()
    {
        await using var harness = new Harness(configure: s => s.Replace(ServiceDescriptor.Singleton<IToolPins>(new BrokenPins(null))));
        harness.Host.Add("files", "read_file");

        Assert.Equal(ToolOutcomeKind.Failed, (await harness.InvokeAsync("files.read_file", """{"path":"a"}""")).Kind);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Fact]
    public async Task Validate_SchemaMakesNoSense_RunsNothing()
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "read_file", schema: """{"type":"object","properties":{"path":{"$ref":"#/nowhere"}}}""");

        Assert.NotEqual(ToolOutcomeKind.Completed, (await harness.InvokeAsync("files.read_file", """{"path":"a"}""")).Kind);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Fact]
    public async Task Label_CannotBeRead_RunsNothing()
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "read_file");

        Assert.Equal(ToolOutcomeKind.Failed, (await harness.InvokeAsync("files.read_file", """{"path":"a"}""", harness.Context(new BrokenProvenance()))).Kind);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Fact]
    public async Task Intent_DiskIsReadOnly_RunsNothingAndSaysSo()
    {
        await using var harness = new Harness(configure: s => s.Replace(ServiceDescriptor.Singleton<Disk>(new ReadOnlyDisk())));
        harness.Host.Add("files", "read_file");

        var outcome = await harness.InvokeAsync("files.read_file", """{"path":"a"}""");

        Assert.Equal(ToolOutcomeKind.Failed, outcome.Kind);
        Assert.Contains("Read-only file system", outcome.Result!.Text, StringComparison.Ordinal);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Fact]
    public async Task Approve_AnswerCannotBeRecorded_StaysUnanswered()
    {
        var folder = Directory.CreateTempSubdirectory("answer-");
        await using (var harness = new Harness(folder: folder.FullName))
        {
            harness.Host.Add("files", "write_file");
            var asked = await harness.InvokeAsync("files.write_file", """{"path":"a"}""");
            await using (var broken = new Harness(folder: folder.FullName, time: harness.Time, configure: s => s.Replace(ServiceDescriptor.Singleton<Disk>(new ReadOnlyDisk()))))
            {
                await Assert.ThrowsAnyAsync<Exception>(() => broken.AnswerAsync(asked.Approval!, ApprovalVerdict.AllowForSession));
            }

            Assert.Equal(ApprovalState.Pending, (await harness.Approvals.GetAsync(asked.Approval!.Id, CancellationToken.None))!.State);
            Assert.Empty(harness.Grants.List());
            Assert.Equal(ToolOutcomeKind.Pending, (await harness.Pipeline.ResumeAsync(asked.Approval.Id, harness.Context(), CancellationToken.None)).Kind);
            Assert.Equal(0, harness.Host.Calls);
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"half \ud800 a character"}]}""")]
    [InlineData("""{"content":"not a list"}""")]
    [InlineData("[1]")]
    public async Task Screen_ResultIsNotWhatItShouldBe_NeverSaysThatNothingRan(string raw)
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "read_file", _ => new ToolResult { Raw = Harness.Json(raw) });

        var outcome = await harness.InvokeAsync("files.read_file", """{"path":"a"}""");

        Assert.True(outcome.Kind is ToolOutcomeKind.Completed or ToolOutcomeKind.Unknown, outcome.Result?.Text);
        Assert.DoesNotContain("not run", outcome.Result!.Text, StringComparison.Ordinal);
        Assert.Equal(1, harness.Host.Calls);
        Assert.Single(harness.Records(), r => r.Type == "call.outcome");
        Assert.True(AuditVerifier.Verify(harness.AuditFolder).Ok);
    }

    [Fact]
    public async Task Decide_RuleThatComesToNoEnd_RunsNothing()
    {
        await using var harness = new Harness("""{"policy":{"rules":[{"name":"endless","decision":"allow","tool":"files.read_file","arguments":{"path":{"regex":"^(a+)+$"}}}]}}""");
        harness.Host.Add("files", "read_file");

        var outcome = await harness.InvokeAsync("files.read_file", $$"""{"path":"{{new string('a', 60)}}!"}""");

        Assert.Equal(ToolOutcomeKind.Failed, outcome.Kind);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Fact]
    public async Task Ask_QuestionCannotBeStored_RunsNothing()
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "write_file");
        await FailAsync(harness, "INSERT");

        var outcome = await harness.InvokeAsync("files.write_file", """{"path":"a"}""");

        Assert.Equal(ToolOutcomeKind.Failed, outcome.Kind);
        Assert.Equal(0, harness.Host.Calls);
        Assert.Empty(await harness.Approvals.ListPendingAsync(null, CancellationToken.None));
    }

    [Fact]
    public async Task Approve_AnswerCannotBeStored_StaysUnanswered()
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "write_file");
        var asked = await harness.InvokeAsync("files.write_file", """{"path":"a"}""");
        await FailAsync(harness, "UPDATE");

        await Assert.ThrowsAsync<SqliteException>(() => harness.AnswerAsync(asked.Approval!));

        Assert.Equal(ToolOutcomeKind.Pending, (await harness.Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(), CancellationToken.None)).Kind);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Fact]
    public async Task Use_ApprovalCannotBeMarkedAsUsed_RunsNothingUntilItCan()
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "write_file");
        var asked = await harness.InvokeAsync("files.write_file", """{"path":"a"}""");
        await harness.AnswerAsync(asked.Approval!);
        await FailAsync(harness, "UPDATE");

        Assert.Equal(ToolOutcomeKind.Failed, (await harness.Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(), CancellationToken.None)).Kind);
        Assert.Equal(0, harness.Host.Calls);
        await RunAsync(harness, "DROP TRIGGER full");
        Assert.Equal(ToolOutcomeKind.Completed, (await harness.Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(), CancellationToken.None)).Kind);
        Assert.Equal(1, harness.Host.Calls);
    }

    [Fact]
    public async Task Start_CannotBeRecorded_RunsNothingThenOrLater()
    {
        var disk = new SwitchedDisk();
        await using var harness = new Harness(configure: s => s.Replace(ServiceDescriptor.Singleton<Disk>(disk)));
        harness.Host.Add("files", "write_file");
        var asked = await harness.InvokeAsync("files.write_file", """{"path":"a"}""");
        await harness.AnswerAsync(asked.Approval!);

        disk.IsFull = true;
        Assert.Equal(ToolOutcomeKind.Failed, (await harness.Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(), CancellationToken.None)).Kind);
        disk.IsFull = false;
        Assert.Equal(ToolOutcomeKind.Unknown, (await harness.Pipeline.ResumeAsync(asked.Approval!.Id, harness.Context(), CancellationToken.None)).Kind);

        Assert.Equal(0, harness.Host.Calls);
        Assert.True(AuditVerifier.Verify(harness.AuditFolder).Ok);
    }

    private sealed class SwitchedDisk : Disk
    {
        public bool IsFull { get; set; }

        public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
        {
            if (IsFull)
            {
                throw new IOException("No space left on device");
            }

            base.Write(file, bytes, offset);
        }
    }

    /// <summary>From here on the store of approvals fails at one kind of write, as a full disk lets it fail.</summary>
    private static Task FailAsync(Harness harness, string write)
    {
        _ = harness.Grants.List();
        return RunAsync(harness, $"CREATE TRIGGER full BEFORE {write} ON approvals BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");
    }

    private static async Task RunAsync(Harness harness, string statement)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(harness.Folder, "governance.db")}");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements stand above.
        command.CommandText = statement;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}
