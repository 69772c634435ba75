using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Agent.Governance.Audit;

/// <summary>
/// The append-only log that several processes share: each commit takes the lock of the folder, reads what others appended,
/// appends everything that waits, flushes once and lets go.
/// </summary>
internal sealed class AuditLog : IAudit, IAsyncDisposable
{
    /// <summary>How long a record that was only written may wait for its flush.</summary>
    internal static readonly TimeSpan LatestFlush = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(1);

    private readonly AuditFolder _folder;
    private readonly AuditOptions _options;
    private readonly Disk _disk;
    private readonly TimeProvider _time;
    private readonly string _writer = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly ManualResetEventSlim _never = new();
    private readonly CommitQueue _queue;
    private readonly ITimer _flushing;
    private LogState? _state;
    private NoteVerifier? _signer;
    private SafeFileHandle? _segment;
    private FileStream? _alive;
    private long _checkpointSize;
    private DateTimeOffset _checkpointTime;
    private bool _unflushed;
    private volatile bool _willFlush;

    public AuditLog(AuditFolder folder, AuditOptions options, Disk disk, TimeProvider time)
    {
        (_folder, _options, _disk, _time) = (folder, options, disk, time);
        _queue = new CommitQueue(TryCommit, time);
        _flushing = time.CreateTimer(_ => FlushLate(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    string IAudit.Folder => _folder.Path;

    /// <summary>The name of this process in the log.</summary>
    public string Writer => _writer;

    /// <summary>Appends a record. The task completes when it is on the disk.</summary>
    /// <param name="type">One of <see cref="AuditTypes"/>, or another word of letters and dots.</param>
    /// <param name="data">An object, redacted already.</param>
    /// <param name="checkpoint">Whether a checkpoint is signed with it.</param>
    /// <param name="cancellationToken">Ends the wait, not the record.</param>
    /// <returns>The record's number.</returns>
    /// <exception cref="AuditException">It could not be written; nothing may run on its strength.</exception>
    public ValueTask<long> AppendAsync(string type, JsonElement data, bool checkpoint, CancellationToken cancellationToken) =>
        AddAsync(type, data, checkpoint ? Durability.Checkpointed : Durability.Flushed, cancellationToken);

    /// <summary>
    /// Appends a record that the end of this process cannot undo, but that of the machine can, within <see cref="LatestFlush"/>: only
    /// for what the log can do without. The task completes when the system has it.
    /// </summary>
    /// <inheritdoc cref="AppendAsync"/>
    public ValueTask<long> WriteAsync(string type, JsonElement data, CancellationToken cancellationToken) =>
        AddAsync(type, data, Durability.Written, cancellationToken);

    private async ValueTask<long> AddAsync(string type, JsonElement data, Durability durability, CancellationToken cancellationToken)
    {
        if (type.Length is 0 or > 64 || !type.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
        {
            throw new ArgumentException($"\"{type}\" is no type of a record: letters, digits, dots, at most 64.", nameof(type));
        }

        cancellationToken.ThrowIfCancellationRequested();
        var pending = new PendingRecord(type, data, durability);
        if (!_queue.TryAdd(pending))
        {
            throw new AuditException("The audit log is closed.");
        }

        return await pending.Done.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask CheckpointAsync(CancellationToken cancellationToken) =>
        await AppendAsync(AuditTypes.Checkpoint, AuditData.Object(static _ => { }), checkpoint: true, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _flushing.DisposeAsync();
        if (_alive is null)
        {
            _queue.Dispose();
        }
        else
        {
            var closed = new PendingRecord(AuditTypes.Closed, AuditData.Object(static _ => { }), Durability.Checkpointed);
            if (!_queue.TryAdd(closed, isLast: true))
            {
                return;
            }

            try
            {
                await closed.Done.Task;
            }
            catch (AuditException)
            {
                // Nothing more can be written; what is there stays verifiable.
            }

            _queue.Dispose();
            await _alive.DisposeAsync();
            TryDelete(_alive.Name);
        }

        _never.Dispose();
        _segment?.Dispose();
        _signer?.Dispose();
    }

    /// <summary>Flushes what was only written, where nothing that came after it did so.</summary>
    private void FlushLate()
    {
        _willFlush = false;
        _queue.TryAdd(PendingRecord.Flush());
    }

    /// <summary>Writes a batch and tells each caller; false where another process holds the log and there is no time to wait for it.</summary>
    private bool TryCommit(List<PendingRecord> batch, bool mayWait)
    {
        try
        {
            using var held = mayWait ? Acquire() : TryAcquire();
            if (held is null)
            {
                return false;
            }

            Commit(batch);
        }
        catch (Exception e)
        {
            // Whatever failed, what is in memory may not be what is on disk: the next commit reads it anew.
            Forget();
            var failure = e as AuditException
                ?? new AuditException($"The audit log in {_folder.Path} cannot be written ({e.Message.TrimEnd('.')}); nothing runs until it can.", e);
            foreach (var pending in batch.Where(p => !p.IsFlush))
            {
                pending.Done.TrySetException(failure);
            }

            return true;
        }

        batch.ForEach(p => p.Done.TrySetResult(p.Seq));
        return true;
    }

    private SafeFileHandle Acquire()
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            if (TryAcquire() is { } held)
            {
                return held;
            }

            if (_time.GetElapsedTime(started) > TimeSpan.FromSeconds(_options.LockSeconds))
            {
                throw new AuditException(
                    $"The audit log in {_folder.Path} has been held by another process for {_options.LockSeconds} seconds; nothing runs until it lets go.");
            }

            _never.Wait(RetryPause);
        }
    }

    private SafeFileHandle? TryAcquire()
    {
        while (true)
        {
            try
            {
                return File.OpenHandle(_folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (DirectoryNotFoundException)
            {
                Disk.CreatePrivateFolder(_folder.Path);
            }
            catch (IOException e) when (e is not FileNotFoundException && File.Exists(_folder.Lock))
            {
                return null;
            }
        }
    }

    private void Commit(List<PendingRecord> batch)
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
        if (state.Offset > _options.SegmentBytes)
        {
            Rotate(state);
        }

        var now = _time.GetUtcNow();
        _buffer.ResetWrittenCount();
        var start = state.Offset;
        var asked = Durability.Written;
        foreach (var pending in batch)
        {
            asked = (Durability)Math.Max((int)asked, (int)pending.Durability);
            if (!pending.IsFlush)
            {
                Add(state, pending, now);
            }
        }

        Write(start);
        if (asked == Durability.Checkpointed
            || state.Range.Size - _checkpointSize >= _options.CheckpointRecords
            || now - _checkpointTime >= TimeSpan.FromSeconds(_options.CheckpointSeconds))
        {
            Flush();
            WriteCheckpoint(state);
            return;
        }

        // Who waits for no flush need not wait for that of the others.
        batch.FindAll(static p => p.Durability == Durability.Written).ForEach(static p => p.Done.TrySetResult(p.Seq));
        if (asked == Durability.Flushed)
        {
            if (_unflushed)
            {
                Flush();
            }
        }
        else if (!_willFlush)
        {
            _willFlush = true;
            _flushing.Change(LatestFlush, Timeout.InfiniteTimeSpan);
        }
    }

    private void Add(LogState state, PendingRecord record, DateTimeOffset now)
    {
        record.Seq = state.Range.Size;
        var from = _buffer.WrittenCount;
        AuditRecord.Write(_buffer, record.Canonical, state.Prev, record.Seq, now, record.Type, _writer);
        state.Track(record.Type, record.Seq, _writer, record.Data);
        state.Advance(_buffer.WrittenSpan[from..]);
        _buffer.Write("\n"u8);
    }

    private void AppendNow(LogState state, string type, Action<Utf8JsonWriter> write)
    {
        var start = state.Offset;
        _buffer.ResetWrittenCount();
        var data = AuditData.Object(write);
        Add(state, new PendingRecord(type, data, Durability.Flushed), _time.GetUtcNow());
        Write(start);
        Flush();
    }

    private void Write(long start)
    {
        if (_buffer.WrittenCount > 0)
        {
            _disk.Write(_segment!, _buffer.WrittenSpan, start);
            _unflushed = true;
        }
    }

    private void Flush()
    {
        _disk.Flush(_segment!);
        _unflushed = false;
    }

    private void WriteCheckpoint(LogState state)
    {
        var checkpoint = new Checkpoint(_signer!.Name, state.Range.Size, state.Range.Root());
        var note = Encoding.UTF8.GetBytes(_signer.Sign(checkpoint.Text));
        _disk.Replace(_folder.Resume, state.Save(_writer));
        _disk.Replace(_folder.Checkpoint, note);
        if (_options.CopyCheckpointsTo is { } copies)
        {
            // A copy elsewhere is what an edit here cannot reach; that it cannot be made stops the log like any other failure.
            File.WriteAllBytes(Path.Combine(copies, string.Create(CultureInfo.InvariantCulture, $"{_signer.Name.Replace('/', '-')}-{state.Range.Size:D20}")), note);
        }

        _checkpointSize = state.Range.Size;
        _checkpointTime = _time.GetUtcNow();
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
        _segment = Disk.Open(_folder.Segment(first), FileMode.OpenOrCreate);
        _disk.FlushFolder(_folder.Path);
        state.Segment = first;
        state.Offset = 0;
    }

    private void Open()
    {
        _signer ??= _folder.OpenSigner(_disk);
        var opening = new LogOpening(_folder, _signer);
        var state = opening.Read();
        _segment = Disk.Open(_folder.Segment(state.Segment), FileMode.OpenOrCreate);
        _disk.FlushFolder(_folder.Path);
        _checkpointSize = opening.CheckpointSize;
        _checkpointTime = _time.GetUtcNow();

        if (opening.Torn > 0)
        {
            _disk.Truncate(_segment, state.Offset);
            _disk.Flush(_segment);
            AppendNow(state, AuditTypes.Repaired, w => WriteTorn(w, opening.Torn, opening.TornDigest));
        }

        if (opening.EndsRotated)
        {
            OpenSegment(state, state.Range.Size);
        }

        if (_alive is null)
        {
            Disk.CreatePrivateFolder(_folder.Writers);
            _alive = new FileStream(_folder.WriterLock(_writer), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
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
        var path = _folder.WriterLock(writer);
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
                throw new AuditException($"The audit log in {_folder.Path} became shorter while it was open; nothing runs. \"agent audit verify\" says more.");
            }

            var tail = LogTail.Read(_segment!, state, _folder.Segment(state.Segment));
            if (tail.Torn > 0)
            {
                // Another process died in the middle of its append.
                _disk.Truncate(_segment!, state.Offset);
                _disk.Flush(_segment!);
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
}
