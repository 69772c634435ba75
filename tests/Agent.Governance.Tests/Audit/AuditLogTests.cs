using System.Diagnostics;
using System.Text;
using Agent.Governance.Audit;
using Agent.Governance.Tests.Support;
using Microsoft.Win32.SafeHandles;

namespace Agent.Governance.Tests.Audit;

public sealed class AuditLogTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("audit-");

    public void Dispose() => _folder.Delete(recursive: true);

    private AuditLog Open(AuditOptions? options = null, Disk? disk = null) =>
        new(new AuditFolder(_folder.FullName), options ?? new AuditOptions(), disk ?? new Disk(), TimeProvider.System);

    private async Task WriteAsync(int count, AuditOptions? options = null)
    {
        await using var log = Open(options);
        for (var i = 0; i < count; i++)
        {
            await log.AppendAsync("test.record", Harness.Json($$"""{"n":{{i}},"text":"Grüße \u2028 \"x\""}"""), checkpoint: false, CancellationToken.None);
        }
    }

    private string Segment => new AuditFolder(_folder.FullName).Segments()[^1].Path;

    [Fact]
    public async Task Append_SeveralStarts_IsOneChainThatVerifies()
    {
        await WriteAsync(3);
        await WriteAsync(300);

        var verification = AuditVerifier.Verify(_folder.FullName);

        Assert.True(verification.Ok, verification.Message);
        Assert.Equal(307, verification.Records);
        Assert.Equal(307, verification.Covered);
    }

    [Fact]
    public async Task Append_TwoWritersAtOnce_IsOneChainThatVerifies()
    {
        await using (var one = Open())
        await using (var two = Open())
        {
            await Task.WhenAll(new[] { one, two }.SelectMany(log => Enumerable.Range(0, 100).Select(i =>
                Task.Run(async () => await log.AppendAsync("test.record", Harness.Json($$"""{"n":{{i}}}"""), checkpoint: i % 10 == 0, CancellationToken.None)))));
        }

        var verification = AuditVerifier.Verify(_folder.FullName);

        Assert.True(verification.Ok, verification.Message);
        Assert.Equal(204, verification.Records);
        Assert.Equal(2, AuditReader.Read(_folder.FullName).Select(r => r.Writer).Distinct().Count());
    }

    /// <summary>A disk whose flushes wait to be let through, and are counted.</summary>
    private sealed class HeldDisk : Disk
    {
        private readonly SemaphoreSlim _through = new(0);
        private int _flushes;

        public bool Holds { get; set; }

        public int Flushes => _flushes;

        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _through.Release(1000);

        public override void Flush(SafeFileHandle file)
        {
            if (Holds)
            {
                Interlocked.Increment(ref _flushes);
                Reached.TrySetResult();
                _through.Wait();
            }

            base.Flush(file);
        }
    }

    [Fact]
    public async Task Append_WhileTheDiskIsBusy_HoldsUpNoCallerAndSharesTheNextFlush()
    {
        var disk = new HeldDisk();
        await using (var log = Open(disk: disk))
        {
            await log.AppendAsync("test.record", Harness.Json("{}"), checkpoint: false, CancellationToken.None);
            disk.Holds = true;
            var first = Task.Run(async () => await log.AppendAsync("test.record", Harness.Json("{}"), checkpoint: false, CancellationToken.None));
            await disk.Reached.Task;

            // All from this one thread: a caller that held it up would hold up the test.
            var rest = Enumerable.Range(0, 50).Select(_ => log.AppendAsync("test.record", Harness.Json("{}"), checkpoint: false, CancellationToken.None).AsTask()).ToList();
            Assert.All(rest, task => Assert.False(task.IsCompleted));
            disk.Release();
            var seqs = await Task.WhenAll([first, .. rest]);

            Assert.Equal(2, disk.Flushes);
            Assert.Equal(Enumerable.Range(2, 51).Select(n => (long)n), seqs);
            disk.Holds = false;
        }

        Assert.True(AuditVerifier.Verify(_folder.FullName).Ok);
    }

    [Fact]
    public async Task Write_BesideRecordsThatWaitForAFlush_IsOneChainThatVerifies()
    {
        await using (var log = Open())
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
            {
                for (var i = 0; i < 50; i++)
                {
                    var intent = await log.AppendAsync("test.intent", Harness.Json("{}"), checkpoint: caller == 0 && i % 10 == 0, CancellationToken.None);
                    var outcome = await log.WriteAsync("test.outcome", Harness.Json($$"""{"intent":{{intent}}}"""), CancellationToken.None);
                    Assert.True(outcome > intent);
                }
            })));
        }

        var verification = AuditVerifier.Verify(_folder.FullName);

        Assert.True(verification.Ok, verification.Message);
        Assert.Equal(802, verification.Records);
        Assert.Equal("log.closed", AuditReader.Read(_folder.FullName).Last().Type);
    }

    [Fact]
    public async Task Dispose_WhileRecordsWait_WritesThemAndTakesNoMore()
    {
        var disk = new HeldDisk();
        var log = Open(disk: disk);
        await log.AppendAsync("test.record", Harness.Json("{}"), checkpoint: false, CancellationToken.None);
        disk.Holds = true;
        var first = Task.Run(async () => await log.AppendAsync("test.record", Harness.Json("{}"), checkpoint: false, CancellationToken.None));
        await disk.Reached.Task;
        var second = log.AppendAsync("test.record", Harness.Json("{}"), checkpoint: false, CancellationToken.None).AsTask();

        var closing = log.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<AuditException>(async () => await log.AppendAsync("test.record", Harness.Json("{}"), checkpoint: false, CancellationToken.None));
        disk.Release();
        await closing;

        Assert.Equal(2, await first);
        Assert.Equal(3, await second);
        Assert.Equal("log.closed", AuditReader.Read(_folder.FullName).Last().Type);
        Assert.True(AuditVerifier.Verify(_folder.FullName).Ok);
    }

    [Fact]
    public async Task Append_AnotherProcessNeverLetsGo_FailsAfterTheLimitAndGoesOnWhenItDoes()
    {
        await WriteAsync(1);
        var time = new ManualTime();
        await using var log = new AuditLog(new AuditFolder(_folder.FullName), new AuditOptions(), new Disk(), time);
        using (File.OpenHandle(new AuditFolder(_folder.FullName).Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            var append = log.AppendAsync("test.record", Harness.Json("{}"), checkpoint: false, CancellationToken.None).AsTask();
            while (!append.IsCompleted)
            {
                time.Advance(TimeSpan.FromSeconds(11));
                await Task.Yield();
            }

            var failure = await Assert.ThrowsAsync<AuditException>(() => append);
            Assert.Contains("held by another process", failure.Message, StringComparison.Ordinal);
        }

        await log.AppendAsync("test.record", Harness.Json("{}"), checkpoint: false, CancellationToken.None);
        Assert.True(AuditVerifier.Verify(_folder.FullName).Ok);
    }

    [Fact]
    public async Task Verify_AnyByteChanged_FailsAndNamesTheRecord()
    {
        await WriteAsync(12);
        var original = await File.ReadAllBytesAsync(Segment);
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            var at = random.Next(original.Length - 1);
            var changed = (byte[])original.Clone();
            changed[at] ^= (byte)(1 << random.Next(7));
            await File.WriteAllBytesAsync(Segment, changed);

            var verification = AuditVerifier.Verify(_folder.FullName);

            var record = original.AsSpan(0, at).Count((byte)'\n');
            Assert.False(verification.Ok, $"byte {at}");
            Assert.NotNull(verification.Record);
            Assert.InRange(verification.Record.Value, record - 1, record + 1);
        }
    }

    [Fact]
    public async Task Verify_ByteOfARecordsText_NamesExactlyThatRecord()
    {
        await WriteAsync(12);
        var text = await File.ReadAllTextAsync(Segment);
        for (var record = 1; record <= 12; record++)
        {
            await File.WriteAllTextAsync(Segment, text.Replace($"{{\"n\":{record - 1},", $"{{\"n\":{record - 1 + 50},", StringComparison.Ordinal));

            Assert.Equal(record, AuditVerifier.Verify(_folder.FullName).Record);
        }
    }

    [Fact]
    public async Task Verify_RecordsCutOff_Fails()
    {
        await WriteAsync(5);
        var lines = await File.ReadAllLinesAsync(Segment);
        await File.WriteAllLinesAsync(Segment, lines[..^2]);

        Assert.False(AuditVerifier.Verify(_folder.FullName).Ok);
    }

    [Fact]
    public async Task Verify_RewrittenWholly_FailsAgainstAnEarlierCheckpointKeptElsewhere()
    {
        await WriteAsync(5);
        var kept = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "checkpoint"));
        var key = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "public.vkey"));
        await WriteAsync(5);
        Assert.True(AuditVerifier.Verify(_folder.FullName, kept, key).Ok);

        // The same key signs another history.
        foreach (var file in Directory.EnumerateFiles(_folder.FullName).Where(f => Path.GetFileName(f) is not ("key.pem" or "public.vkey" or "public.pem")))
        {
            File.Delete(file);
        }

        await WriteAsync(20);
        Assert.True(AuditVerifier.Verify(_folder.FullName).Ok);
        Assert.False(AuditVerifier.Verify(_folder.FullName, kept, key).Ok);
    }

    [Fact]
    public async Task Verify_CheckpointOfAnotherSizeOrKey_Fails()
    {
        await WriteAsync(5);
        var path = Path.Combine(_folder.FullName, "checkpoint");
        var note = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(path, note.Replace("\n7\n", "\n6\n", StringComparison.Ordinal));

        var verification = AuditVerifier.Verify(_folder.FullName);

        Assert.False(verification.Ok);
        Assert.Contains("signed", verification.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_TornLastLine_IsCutAndTheCutRecorded()
    {
        await WriteAsync(3);
        await File.AppendAllTextAsync(Segment, "{\"data\":{\"n\":");

        await WriteAsync(1);

        var repaired = Assert.Single(AuditReader.Read(_folder.FullName), r => r.Type == "log.repaired");
        Assert.Equal(13, repaired.Data.GetProperty("cut_bytes").GetInt32());
        Assert.True(AuditVerifier.Verify(_folder.FullName).Ok);
    }

    [Fact]
    public async Task Append_AnotherWriterDiedInTheMiddleOfALine_CutsItAndGoesOn()
    {
        await using (var log = Open())
        {
            await log.AppendAsync("test.record", Harness.Json("{}"), checkpoint: false, CancellationToken.None);
            await File.AppendAllTextAsync(Segment, "{\"torn");
            await log.AppendAsync("test.record", Harness.Json("{}"), checkpoint: false, CancellationToken.None);
        }

        Assert.Contains(AuditReader.Read(_folder.FullName), r => r.Type == "log.repaired");
        Assert.True(AuditVerifier.Verify(_folder.FullName).Ok);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("changed")]
    [InlineData("checkpoint gone")]
    [InlineData("key gone")]
    public async Task Append_LogIsNotWhatWasWritten_Refuses(string damage)
    {
        await WriteAsync(5);
        var bytes = await File.ReadAllBytesAsync(Segment);
        switch (damage)
        {
            case "cut":
                await File.WriteAllBytesAsync(Segment, bytes[..(bytes.Length / 2)]);
                break;
            case "changed":
                await File.WriteAllBytesAsync(Segment, [.. bytes, .. "{}\n"u8]);
                break;
            case "checkpoint gone":
                File.Delete(Path.Combine(_folder.FullName, "checkpoint"));
                break;
            default:
                File.Delete(Path.Combine(_folder.FullName, "key.pem"));
                break;
        }

        var failure = await Assert.ThrowsAsync<AuditException>(() => WriteAsync(1));

        Assert.Contains("audit log", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_BeyondTheSegment_RotatesAndStaysOneTree()
    {
        var options = new AuditOptions { SegmentBytes = 1 << 16 };
        await WriteAsync(600, options);
        await WriteAsync(600, options);

        Assert.InRange(new AuditFolder(_folder.FullName).Segments().Count, 3, 10);
        var verification = AuditVerifier.Verify(_folder.FullName);
        Assert.True(verification.Ok, verification.Message);
    }

    [Fact]
    public async Task Append_TooLargeARecord_KeepsDigestLengthAndNames()
    {
        await using (var log = Open())
        {
            await log.AppendAsync("test.record", Harness.Json($$"""{"call":"c1","big":"{{new string('x', 100_000)}}"}"""), checkpoint: false, CancellationToken.None);
        }

        var record = AuditReader.Read(_folder.FullName).Single(r => r.Type == "test.record");
        Assert.Equal("c1", record.Text("call"));
        Assert.StartsWith("sha256:", record.Text("digest"), StringComparison.Ordinal);
        Assert.True(AuditVerifier.Verify(_folder.FullName).Ok);
    }

    [Fact]
    public async Task Prove_EveryRecord_VerifiesAndNoOtherLineDoes()
    {
        await WriteAsync(20);
        var key = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "public.vkey"));
        for (var record = 0; record < 22; record++)
        {
            var (proof, line) = AuditReader.Prove(_folder.FullName, record);

            Assert.True(AuditReader.VerifyProof(proof, line, key));
            Assert.False(AuditReader.VerifyProof(proof, line + " ", key));
            Assert.False(AuditReader.VerifyProof(proof.Replace($"index {record}\n", $"index {(record + 1) % 22}\n", StringComparison.Ordinal), line, key));
        }
    }

    [Fact]
    public async Task ExportTiles_ManyRecords_HoldsEveryEntryAndLeadsToTheCheckpoint()
    {
        await WriteAsync(600);
        var target = Path.Combine(_folder.FullName, "tiles");

        var count = AuditReader.ExportTiles(_folder.FullName, target);

        Assert.Equal(602, count);
        var hashes = new[] { "tile/0/000", "tile/0/001", "tile/0/002.p/90" }
            .SelectMany(p => File.ReadAllBytes(Path.Combine(target, p)).Chunk(32)).ToArray();
        Assert.Equal(602, hashes.Length);
        Assert.Equal(64, new FileInfo(Path.Combine(target, "tile/1/000.p/2")).Length);
        var root = Convert.ToBase64String(MerkleTree.Root(hashes));
        Assert.Equal(root, (await File.ReadAllLinesAsync(Path.Combine(target, "checkpoint")))[2]);
        var bundle = await File.ReadAllBytesAsync(Path.Combine(target, "tile/entries/000"));
        var length = (bundle[0] << 8) | bundle[1];
        Assert.Equal(hashes[0], MerkleTree.Leaf(bundle.AsSpan(2, length)));
    }

    [Fact]
    public async Task Verify_ByThePythonOfTheDocumentationAndOpenssl_Agrees()
    {
        if (!await HasAsync("openssl") || !await HasAsync("python3"))
        {
            Assert.NotEqual("true", Environment.GetEnvironmentVariable("CI"));
            return;
        }

        await WriteAsync(50);
        var kept = Path.Combine(_folder.FullName, "kept-checkpoint");
        File.Copy(Path.Combine(_folder.FullName, "checkpoint"), kept);
        await WriteAsync(77);
        var script = Path.Combine(_folder.FullName, "verify.py");
        await File.WriteAllTextAsync(script, PythonOfTheDocumentation());

        Assert.Equal(0, await RunAsync("python3", script, _folder.FullName));
        Assert.Equal(0, await RunAsync("python3", script, _folder.FullName, kept));

        var bytes = await File.ReadAllBytesAsync(Segment);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(Segment, bytes);
        Assert.NotEqual(0, await RunAsync("python3", script, _folder.FullName));
        Assert.NotEqual(0, await RunAsync("python3", script, _folder.FullName, kept) + (AuditVerifier.Verify(_folder.FullName).Ok ? 0 : 1));
    }

    private static string PythonOfTheDocumentation()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Agent.sln")))
        {
            folder = folder.Parent;
        }

        var text = File.ReadAllText(Path.Combine(folder.FullName, "docs", "audit.md"));
        var start = text.IndexOf("```python\n", StringComparison.Ordinal) + "```python\n".Length;
        return text[start..text.IndexOf("\n```", start, StringComparison.Ordinal)] + "\n";
    }

    private static async Task<bool> HasAsync(string program)
    {
        try
        {
            _ = await RunAsync(program, program == "openssl" ? "version" : "--version");
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        await Task.WhenAll(process.StandardError.ReadToEndAsync(), process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
