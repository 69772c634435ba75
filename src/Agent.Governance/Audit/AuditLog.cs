using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Agent.Json;
using Microsoft.Win32.SafeHandles;

namespace Agent.Governance.Audit;

/// <summary>
/// The append-only log that several processes share: each commit takes the lock of the folder, reads what others appended,
/// appends everything that waits, flushes once and lets go. Whoever appends while nobody commits, commits for all that wait.
/// </summary>
internal sealed class AuditLog(AuditFolder folder, AuditOptions options, Disk disk, TimeProvider time) : IAudit, IAsyncDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(1);

    /// <summary>A flush that takes this long is worth waiting a moment, so that more records share it.</summary>
    private static readonly TimeSpan SlowFlush = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly string _writer = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private List<Pending> _queue = [];
    private bool _committing;
    private TaskCompletionSource? _gathered;
    private int _wanted;
    private long _completed;
    private TimeSpan _flush;
    private LogState? _state;
    private NoteVerifier? _signer;
    private SafeFileHandle? _segment;
    private FileStream? _alive;
    private long _checkpointSize;
    private DateTimeOffset _checkpointTime;
    private bool _closed;

    string IAudit.Folder => folder.Path;

    /// <summary>The name of this process in the log.</summary>
    public string Writer => _writer;

    /// <summary>Appends a record. The task completes when it is on the disk.</summary>
    /// <param name="type">One of <see cref="AuditTypes"/>, or another word of letters and dots.</param>
    /// <param name="data">An object, redacted already.</param>
    /// <param name="checkpoint">Whether a checkpoint is signed with it.</param>
    /// <param name="cancellationToken">Ends the wait, not the record.</param>
    /// <returns>The record's number.</returns>
    /// <exception cref="AuditException">It could not be written; nothing may run on its strength.</exception>
    public async ValueTask<long> AppendAsync(string type, JsonElement data, bool checkpoint, CancellationToken cancellationToken)
    {
        if (type.Length is 0 or > 64 || !type.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            throw new ArgumentException($"\"{type}\" is no type of a record: letters, digits, dots, at most 64.", nameof(type));
        }

        cancellationToken.ThrowIfCancellationRequested();
        var pending = new Pending(type, data, Fit(CanonicalJson.GetBytes(data)), checkpoint);
        bool lead;
        lock (_gate)
        {
            if (_closed && type != AuditTypes.Closed)
            {
                throw new AuditException("The audit log is closed.");
            }

            _queue.Add(pending);
            if (_queue.Count >= _wanted)
            {
                _gathered?.TrySetResult();
            }

            lead = !_committing;
            _committing = true;
        }

        if (lead)
        {
            await CommitAsync();
        }

        return await pending.Done.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask CheckpointAsync(CancellationToken cancellationToken) =>
        await AppendAsync(AuditTypes.Checkpoint, AuditData.Object(static _ => { }), checkpoint: true, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
        }

        if (_alive is not null)
        {
            try
            {
                await AppendAsync(AuditTypes.Closed, AuditData.Object(static _ => { }), checkpoint: true, CancellationToken.None);
            }
            catch (AuditException)
            {
                // Nothing more can be written; what is there stays verifiable.
            }

            await _alive.DisposeAsync();
            TryDelete(_alive.Name);
        }

        _segment?.Dispose();
        _signer?.Dispose();
    }

    private async Task CommitAsync()
    {
        await GatherAsync();
        List<Pending> batch;
        lock (_gate)
        {
            batch = _queue;
            _queue = [];
        }

        try
        {
            using var held = await AcquireAsync();
            Commit(batch);
            batch.ForEach(p => p.Done.TrySetResult(p.Seq));
        }
        catch (Exception e)
        {
            // Whatever failed, what is in memory may not be what is on disk: the next commit reads it anew.
            Forget();
            var failure = e as AuditException
                ?? new AuditException($"The audit log in {folder.Path} cannot be written ({e.Message.TrimEnd('.')}); nothing runs until it can.", e);
            batch.ForEach(p => p.Done.TrySetException(failure));
        }

        lock (_gate)
        {
            _completed = time.GetTimestamp();
            _wanted = _queue.Count + batch.Count;
            if (_queue.Count == 0)
            {
                _committing = false;
                return;
            }
        }

        // The next batch is somebody else's: this caller has its answer already.
        _ = Task.Run(CommitAsync);
    }

    /// <summary>
    /// Callers that were just answered mostly come right back with their next record. Where a flush is slow, they are waited for, a
    /// quarter of a flush at most: without that, callers part into two groups that flush in turns, and each flush serves half of them.
    /// </summary>
    private async ValueTask GatherAsync()
    {
        Task gathered;
        TimeSpan patience;
        lock (_gate)
        {
            patience = _flush / 4;
            if (_flush < SlowFlush || _queue.Count >= _wanted || time.GetElapsedTime(_completed) > patience)
            {
                return;
            }

            _gathered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            gathered = _gathered.Task;
        }

        await Task.WhenAny(gathered, Task.Delay(patience < SlowFlush ? SlowFlush : patience, time));
        lock (_gate)
        {
            _gathered = null;
        }
    }

    private async ValueTask<SafeFileHandle> AcquireAsync()
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return File.OpenHandle(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (DirectoryNotFoundException)
            {
                Disk.CreatePrivateFolder(folder.Path);
            }
            catch (IOException e) when (e is not FileNotFoundException && File.Exists(folder.Lock))
            {
                if (time.GetElapsedTime(started) > TimeSpan.FromSeconds(options.LockSeconds))
                {
                    throw new AuditException(
                        $"The audit log in {folder.Path} has been held by another process for {options.LockSeconds} seconds; nothing runs until it lets go.", e);
                }

                await Task.Delay(RetryPause, time, CancellationToken.None);
            }
        }
    }

    private void Commit(List<Pending> batch)
    {
        if (_state is null)
        {
            Open();
        }
        else
        {
            CatchUp(_state);
        }

        var state = _state!;
        if (state.Offset > options.SegmentBytes)
        {
            Rotate(state);
        }

        var now = time.GetUtcNow();
        _buffer.ResetWrittenCount();
        var start = state.Offset;
        foreach (var pending in batch)
        {
            pending.Seq = state.Range.Size;
            Add(state, pending.Type, pending.Data, pending.Canonical, now);
        }

        Flush(start);
        if (batch.Exists(p => p.Checkpoint)
            || state.Range.Size - _checkpointSize >= options.CheckpointRecords
            || now - _checkpointTime >= TimeSpan.FromSeconds(options.CheckpointSeconds))
        {
            WriteCheckpoint(state);
        }
    }

    private void Add(LogState state, string type, JsonElement data, byte[] canonical, DateTimeOffset now)
    {
        var from = _buffer.WrittenCount;
        AuditRecord.Write(_buffer, canonical, state.Prev, state.Range.Size, now, type, _writer);
        state.Track(type, state.Range.Size, _writer, data);
        state.Advance(_buffer.WrittenSpan[from..]);
        _buffer.Write("\n"u8);
    }

    private void AppendNow(LogState state, string type, Action<Utf8JsonWriter> write)
    {
        var start = state.Offset;
        _buffer.ResetWrittenCount();
        var data = AuditData.Object(write);
        Add(state, type, data, Fit(CanonicalJson.GetBytes(data)), time.GetUtcNow());
        Flush(start);
    }

    private void Flush(long start)
    {
        disk.Write(_segment!, _buffer.WrittenSpan, start);
        var started = time.GetTimestamp();
        disk.Flush(_segment!);
        _flush = time.GetElapsedTime(started);
    }

    private void WriteCheckpoint(LogState state)
    {
        var checkpoint = new Checkpoint(_signer!.Name, state.Range.Size, state.Range.Root());
        var note = Encoding.UTF8.GetBytes(_signer.Sign(checkpoint.Text));
        disk.Replace(folder.Resume, state.Save(_writer));
        disk.Replace(folder.Checkpoint, note);
        if (options.CopyCheckpointsTo is { } copies)
        {
            // A copy elsewhere is what an edit here cannot reach; that it cannot be made stops the log like any other failure.
            File.WriteAllBytes(Path.Combine(copies, string.Create(CultureInfo.InvariantCulture, $"{_signer.Name.Replace('/', '-')}-{state.Range.Size:D20}")), note);
        }

        _checkpointSize = state.Range.Size;
        _checkpointTime = time.GetUtcNow();
    }

    private void Rotate(LogState state)
    {
        AppendNow(state, AuditTypes.Rotated, w => w.WriteString("segment", AuditData.Number(state.Range.Size + 1)));
        OpenSegment(state, state.Range.Size);
        WriteCheckpoint(state);
    }

    private void OpenSegment(LogState state, long first)
    {
        _segment?.Dispose();
        _segment = Disk.Open(folder.Segment(first), FileMode.OpenOrCreate);
        disk.FlushFolder(folder.Path);
        state.Segment = first;
        state.Offset = 0;
    }

    private void Open()
    {
        _signer ??= folder.OpenSigner(disk);
        var opening = new LogOpening(folder, _signer);
        var state = opening.Read();
        _segment = Disk.Open(folder.Segment(state.Segment), FileMode.OpenOrCreate);
        disk.FlushFolder(folder.Path);
        _checkpointSize = opening.CheckpointSize;
        _checkpointTime = time.GetUtcNow();

        if (opening.Torn > 0)
        {
            disk.Truncate(_segment, state.Offset);
            disk.Flush(_segment);
            AppendNow(state, AuditTypes.Repaired, w => WriteTorn(w, opening.Torn, opening.TornDigest));
        }

        if (opening.EndsRotated)
        {
            OpenSegment(state, state.Range.Size);
        }

        if (_alive is null)
        {
            Disk.CreatePrivateFolder(folder.Writers);
            _alive = new FileStream(folder.WriterLock(_writer), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
            AppendNow(state, AuditTypes.Opened, w => w.WriteNumber("process", Environment.ProcessId));
            CloseOrphans(state);
        }

        WriteCheckpoint(state);
        _state = state;
    }

    /// <summary>Calls that a process left without an outcome when it died: their end is unknown, and they are never repeated.</summary>
    private void CloseOrphans(LogState state)
    {
        foreach (var (intent, call) in state.Open.ToArray())
        {
            if (call.Writer == _writer || IsAlive(call.Writer))
            {
                continue;
            }

            AppendNow(state, AuditTypes.Outcome, w =>
            {
                w.WriteNumber("intent", intent);
                w.WriteString("outcome", "unknown");
                w.WriteString("session", call.Session);
                w.WriteString("run", call.Run);
                w.WriteString("call", call.Call);
                w.WriteString("tool", call.Tool);
                w.WriteString("reason", "The process ended before the outcome was recorded.");
            });
        }
    }

    private bool IsAlive(string writer)
    {
        var path = folder.WriterLock(writer);
        try
        {
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
            TryDelete(path);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private void CatchUp(LogState state)
    {
        while (true)
        {
            var length = RandomAccess.GetLength(_segment!);
            if (length == state.Offset)
            {
                return;
            }

            if (length < state.Offset)
            {
                throw new AuditException($"The audit log in {folder.Path} became shorter while it was open; nothing runs. \"agent audit verify\" says more.");
            }

            var tail = LogTail.Read(_segment!, state, folder.Segment(state.Segment));
            if (tail.Torn > 0)
            {
                // Another process died in the middle of its append.
                disk.Truncate(_segment!, state.Offset);
                disk.Flush(_segment!);
                AppendNow(state, AuditTypes.Repaired, w => WriteTorn(w, tail.Torn, tail.TornDigest));
                return;
            }

            if (!tail.EndsRotated)
            {
                return;
            }

            OpenSegment(state, state.Range.Size);
        }
    }

    private static void WriteTorn(Utf8JsonWriter writer, int bytes, string digest)
    {
        writer.WriteNumber("cut_bytes", bytes);
        writer.WriteString("cut_digest", digest);
        writer.WriteString("reason", "A process ended in the middle of writing the last line.");
    }

    private void Forget()
    {
        _state = null;
        _segment?.Dispose();
        _segment = null;
    }

    /// <summary>A record that would not fit in a line keeps its digest, its length and what names the call.</summary>
    private static byte[] Fit(byte[] canonical)
    {
        const int overhead = 512;
        if (canonical.Length <= AuditRecord.MaxBytes - overhead)
        {
            return canonical;
        }

        using var document = JsonDocument.Parse(canonical);
        return CanonicalJson.GetBytes(AuditData.Object(w =>
        {
            w.WriteString("digest", "sha256:" + Convert.ToHexStringLower(SHA256.HashData(canonical)));
            w.WriteNumber("length", canonical.Length);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name is not ("digest" or "length") && member.Value.GetRawText().Length <= 1024)
                {
                    member.WriteTo(w);
                }
            }
        }));
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (IOException)
        {
            // A lock file left behind holds nothing.
        }
    }

    private sealed class Pending(string type, JsonElement data, byte[] canonical, bool checkpoint)
    {
        public string Type => type;

        public JsonElement Data => data;

        public byte[] Canonical => canonical;

        public bool Checkpoint => checkpoint;

        public long Seq { get; set; }

        public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
