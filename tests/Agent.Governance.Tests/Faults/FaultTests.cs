using Agent.Governance.Audit;
using Agent.Governance.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Win32.SafeHandles;

namespace Agent.Governance.Tests.Faults;

/// <summary>A failure at each stage: nothing runs without its intent on disk, nothing runs twice.</summary>
public sealed class FaultTests
{
    /// <summary>Fails from the nth write on, as a full disk does, until it is mended.</summary>
    private sealed class FailingDisk(int from, bool half = false) : Disk
    {
        private int _count;

        public bool Mended { get; set; }

        public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
        {
            if (!Mended && ++_count >= from)
            {
                if (half)
                {
                    base.Write(file, bytes[..(bytes.Length / 2)], offset);
                }

                throw new IOException("No space left on device");
            }

            base.Write(file, bytes, offset);
        }
    }

    private sealed class FailingFlush : Disk
    {
        public bool Fails { get; set; }

        public override void Flush(SafeFileHandle file)
        {
            if (Fails)
            {
                throw new IOException("Input/output error");
            }

            base.Flush(file);
        }
    }

    private sealed class CountingFlush : Disk
    {
        public int Flushes { get; private set; }

        public override void Flush(SafeFileHandle file)
        {
            Flushes++;
            base.Flush(file);
        }
    }

    private static Harness On(Disk disk) => new(configure: s => s.Replace(ServiceDescriptor.Singleton(disk)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Invoke_DiskFullAtAnyWrite_RunsNothingWithoutItsIntentAndRecovers(bool half)
    {
        for (var from = 1; from <= 14; from++)
        {
            var disk = new FailingDisk(from, half);
            await using var harness = On(disk);
            harness.Host.Add("files", "read_file");
            for (var i = 0; i < 4; i++)
            {
                var before = harness.Host.Calls;
                var outcome = await harness.InvokeAsync("files.read_file", """{"path":"a"}""", id: $"c{i}");
                Assert.True(outcome.Kind is ToolOutcomeKind.Completed or ToolOutcomeKind.Failed or ToolOutcomeKind.Unknown, $"{from}: {outcome.Kind}");
                Assert.Equal(outcome.Kind == ToolOutcomeKind.Failed ? before : before + 1, harness.Host.Calls);
                if (outcome.Kind == ToolOutcomeKind.Failed)
                {
                    Assert.Contains("audit log", outcome.Result!.Text, StringComparison.Ordinal);
                }
            }

            disk.Mended = true;
            Assert.Equal(ToolOutcomeKind.Completed, (await harness.InvokeAsync("files.read_file", """{"path":"a"}""", id: "last")).Kind);
            var intents = harness.Records().Where(r => r.Type == "call.intent").Select(r => r.Text("call")).ToList();
            Assert.All(Enumerable.Range(0, harness.Host.Calls - 1), _ => Assert.NotEmpty(intents));
            Assert.True(intents.Count >= harness.Host.Calls);
            Assert.True(AuditVerifier.Verify(harness.AuditFolder).Ok);
        }
    }

    [Fact]
    public async Task Invoke_FlushFails_RunsNothing()
    {
        var disk = new FailingFlush();
        await using var harness = On(disk);
        harness.Host.Add("files", "read_file");
        await harness.InvokeAsync("files.read_file", """{"path":"a"}""", id: "c1");
        disk.Fails = true;

        Assert.Equal(ToolOutcomeKind.Failed, (await harness.InvokeAsync("files.read_file", """{"path":"a"}""", id: "c2")).Kind);
        Assert.Equal(1, harness.Host.Calls);
    }

    [Fact]
    public async Task Invoke_OutcomeCannotBeRecorded_WithholdsTheResultAndSaysNotToRepeat()
    {
        var disk = new FailingDisk(from: 1) { Mended = true };
        await using var harness = On(disk);
        harness.Host.Add("files", "read_file", _ =>
        {
            disk.Mended = false;
            return ToolResult.FromText("the result");
        });

        var outcome = await harness.InvokeAsync("files.read_file", """{"path":"a"}""");

        Assert.Equal(ToolOutcomeKind.Unknown, outcome.Kind);
        Assert.DoesNotContain("the result", outcome.Result!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_OutcomeOfAChangeCannotBeFlushed_WithholdsTheResultAndSaysNotToRepeat()
    {
        var disk = new FailingFlush();
        await using var harness = On(disk);
        harness.Host.Add("files", "write_file", _ =>
        {
            disk.Fails = true;
            return ToolResult.FromText("the result");
        });
        var context = harness.Context();
        var asked = await harness.InvokeAsync("files.write_file", """{"path":"a"}""", context);
        await harness.AnswerAsync(asked.Approval!);

        var outcome = await harness.Pipeline.ResumeAsync(asked.Approval!.Id, context, CancellationToken.None);

        Assert.Equal(1, harness.Host.Calls);
        Assert.Equal(ToolOutcomeKind.Unknown, outcome.Kind);
        Assert.DoesNotContain("the result", outcome.Result!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_OnlyReads_FlushesItsIntentBeforeAndItsOutcomeSoonAfter()
    {
        var disk = new CountingFlush();
        await using var harness = On(disk);
        var before = 0;
        harness.Host.Add("files", "read_file", _ =>
        {
            before = disk.Flushes;
            return ToolResult.FromText("the result");
        });
        await harness.InvokeAsync("files.read_file", """{"path":"a"}""", id: "c1");
        var started = disk.Flushes;

        await harness.InvokeAsync("files.read_file", """{"path":"a"}""", id: "c2");

        Assert.Equal(started + 1, before);
        Assert.Equal(started + 1, disk.Flushes);
        Assert.Equal("call.outcome", harness.Records()[^1].Type);
        harness.Time.Advance(AuditLog.LatestFlush);
        Assert.Equal(started + 2, disk.Flushes);
        harness.Time.Advance(AuditLog.LatestFlush);
        Assert.Equal(started + 2, disk.Flushes);
    }

    [Fact]
    public async Task Invoke_LateFlushFails_RunsNothingUntilTheDiskIsMended()
    {
        var disk = new FailingFlush();
        await using var harness = On(disk);
        harness.Host.Add("files", "read_file");
        await harness.InvokeAsync("files.read_file", """{"path":"a"}""", id: "c1");

        disk.Fails = true;
        harness.Time.Advance(AuditLog.LatestFlush);

        Assert.Equal(ToolOutcomeKind.Failed, (await harness.InvokeAsync("files.read_file", """{"path":"a"}""", id: "c2")).Kind);
        disk.Fails = false;
        Assert.Equal(ToolOutcomeKind.Completed, (await harness.InvokeAsync("files.read_file", """{"path":"a"}""", id: "c3")).Kind);
        Assert.Equal(2, harness.Host.Calls);
        Assert.True(AuditVerifier.Verify(harness.AuditFolder).Ok);
    }

    [Fact]
    public async Task Invoke_ToolThrows_IsAnUnknownEndAndRecorded()
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "read_file", _ => throw new InvalidOperationException("broken"));

        var outcome = await harness.InvokeAsync("files.read_file", """{"path":"a"}""");

        Assert.Equal(ToolOutcomeKind.Unknown, outcome.Kind);
        Assert.Equal("failed", harness.Records()[^1].Text("outcome"));
    }

    [Fact]
    public async Task Invoke_ToolTimesOut_SaysThatItsEndIsNotKnown()
    {
        await using var harness = new Harness();
        harness.Host.AddAsync("files", "read_file", (_, _, _) => throw new TaskCanceledException("no answer in 60 seconds"));

        var outcome = await harness.InvokeAsync("files.read_file", """{"path":"a"}""");

        Assert.Equal(ToolOutcomeKind.Unknown, outcome.Kind);
        Assert.Equal("timeout", harness.Records()[^1].Text("outcome"));
    }

    [Fact]
    public async Task Invoke_CancelledWhileItRuns_RecordsTheOutcome()
    {
        await using var harness = new Harness();
        using var cancel = new CancellationTokenSource();
        harness.Host.AddAsync("files", "read_file", async (_, _, token) =>
        {
            await cancel.CancelAsync();
            token.ThrowIfCancellationRequested();
            return ToolResult.FromText("never");
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await harness.Pipeline.InvokeAsync(Harness.Call("files.read_file", """{"path":"a"}"""), harness.Context(), cancel.Token));

        Assert.Equal("cancelled", harness.Records()[^1].Text("outcome"));
    }

    [Fact]
    public async Task Invoke_PreviewThrows_StillAsks()
    {
        await using var harness = new Harness();
        harness.Host.AddAsync("files", "write_file", (_, options, _) => options.Preview ? throw new IOException("no") : ValueTask.FromResult(ToolResult.FromText("done")), meta: """{"agent/preview":true}""");

        var outcome = await harness.InvokeAsync("files.write_file", """{"path":"a"}""");

        Assert.Equal(ToolOutcomeKind.Pending, outcome.Kind);
        Assert.Null(outcome.Approval!.Preview);
    }

    [Fact]
    public async Task Invoke_StoreOfApprovalsBroken_RunsNothing()
    {
        await using var harness = new Harness();
        harness.Host.Add("files", "write_file");
        await File.WriteAllTextAsync(Path.Combine(harness.Folder, "governance.db"), new string('x', 5000));

        var outcome = await harness.InvokeAsync("files.write_file", """{"path":"a"}""");

        Assert.Equal(ToolOutcomeKind.Failed, outcome.Kind);
        Assert.Equal(0, harness.Host.Calls);
    }

    [Fact]
    public async Task Open_IntentOfADeadProcessWithoutOutcome_BecomesUnknown()
    {
        var folder = Directory.CreateTempSubdirectory("orphan-");
        await using (var dead = new Harness(folder: folder.FullName))
        {
            var hang = new TaskCompletionSource<ToolResult>();
            dead.Host.AddAsync("files", "read_file", async (_, _, _) => await hang.Task);
            var running = dead.InvokeAsync("files.read_file", """{"path":"a"}""");
            while (dead.Host.Calls == 0)
            {
                await Task.Yield();
            }

            // The living call of another process stays open; that of a dead one is closed.
            await using (var beside = new Harness(folder: folder.FullName))
            {
                beside.Host.Add("files", "read_file");
                await beside.InvokeAsync("files.read_file", """{"path":"b"}""", id: "c2");
                Assert.DoesNotContain(beside.Records(), r => r.Text("outcome") == "unknown");
            }

            hang.SetException(new InvalidOperationException());
            await running;
        }

        var records = AuditReader.Read(Path.Combine(folder.FullName, "audit")).ToList();
        Assert.Single(records, r => r.Type == "call.outcome" && r.Text("call") == "c1");
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }
}
