namespace Agent.Governance.Audit;

/// <summary>
/// Who writes next, and what goes into one write. A record that comes while nobody writes is written by its caller, without a change
/// of thread. Records that come while the disk is busy are written together by a thread of the log's own: a caller's thread would be
/// one less for the callers, and they would never come in time for the next write. A record that needs no flush waits for none, only
/// for a write that is under way.
/// </summary>
/// <param name="commit">
/// Writes a batch and completes its records. Told not to wait, it gives false, with nothing done, where another process holds the log.
/// </param>
/// <param name="time">The clock.</param>
internal sealed class CommitQueue(Func<List<PendingRecord>, bool, bool> commit, TimeProvider time) : IDisposable
{
    private const int MostMisses = 8;

    /// <summary>The shortest time that a thread can be made to wait.</summary>
    private static readonly TimeSpan LeastPatience = TimeSpan.FromMilliseconds(1);

    /// <summary>A record that stands alone behind a write that took seconds, on a disk that hung, must not wait as long again.</summary>
    private static readonly TimeSpan MostPatience = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();

    /// <summary>Held by whoever writes.</summary>
    private readonly Lock _writing = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly ManualResetEventSlim _gathered = new();
    private List<PendingRecord> _queue = [];
    private bool _busy;
    private bool _closed;
    private bool _disposed;
    private Thread? _thread;
    private int _wanted;
    private long _completed;
    private TimeSpan _lastWrite;
    private int _misses;
    private int _pass;

    /// <summary>Takes a record in; it is written by the time its task completes.</summary>
    /// <param name="record">The record.</param>
    /// <param name="isLast">Whether none may follow it.</param>
    /// <returns>False where none may follow any more.</returns>
    public bool TryAdd(PendingRecord record, bool isLast = false)
    {
        if (record.Durability == Durability.Written && TryWriteNow(record))
        {
            return true;
        }

        bool alone;
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _closed = isLast;
            _queue.Add(record);
            if (_busy)
            {
                if (Flushing(_queue) >= _wanted)
                {
                    _gathered.Set();
                }

                return true;
            }

            _busy = true;
            alone = Patience() == TimeSpan.Zero;
        }

        if (!alone || !Write(mayWait: false) || !IsDone())
        {
            HandOver();
        }

        return true;
    }

    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = _closed = true;
            thread = _thread;
        }

        _work.Release();
        thread?.Join();
        _work.Dispose();
        _gathered.Dispose();
    }

    /// <summary>Writes a record that needs no flush beside those that wait for one.</summary>
    private bool TryWriteNow(PendingRecord record)
    {
        if (!_writing.TryEnter())
        {
            return false;
        }

        try
        {
            lock (_gate)
            {
                if (_closed)
                {
                    return false;
                }
            }

            return commit([record], false);
        }
        finally
        {
            _writing.Exit();
        }
    }

    private void HandOver()
    {
        lock (_gate)
        {
            if (_thread is null)
            {
                _thread = new Thread(Work) { IsBackground = true, Name = "audit" };
                _thread.Start();
            }
        }

        _work.Release();
    }

    private void Work()
    {
        while (true)
        {
            _work.Wait();
            lock (_gate)
            {
                if (_disposed)
                {
                    return;
                }
            }

            for (Gather(); !IsDone(); Gather())
            {
                Write(mayWait: true);
            }
        }
    }

    private bool Write(bool mayWait)
    {
        lock (_writing)
        {
            List<PendingRecord> batch;
            lock (_gate)
            {
                batch = _queue;
                _queue = [];
            }

            var started = time.GetTimestamp();
            if (!commit(batch, mayWait))
            {
                lock (_gate)
                {
                    _queue.InsertRange(0, batch);
                }

                return false;
            }

            if (Flushing(batch) is > 0 and var flushed)
            {
                lock (_gate)
                {
                    _completed = time.GetTimestamp();
                    _lastWrite = time.GetElapsedTime(started, _completed);
                    _wanted = Flushing(_queue) + flushed;
                    _pass = Math.Max(0, _pass - 1);
                }
            }

            return true;
        }
    }

    /// <summary>Writes what came meanwhile and needs no flush, so that it does not wait for others.</summary>
    private void WriteUnflushed()
    {
        lock (_writing)
        {
            List<PendingRecord> batch;
            lock (_gate)
            {
                batch = _queue.FindAll(static record => record.Durability == Durability.Written);
                if (batch.Count == 0)
                {
                    return;
                }

                _queue.RemoveAll(static record => record.Durability == Durability.Written);
            }

            commit(batch, true);
        }
    }

    private static int Flushing(List<PendingRecord> records)
    {
        var count = 0;
        foreach (var record in records)
        {
            count += record.Durability == Durability.Written ? 0 : 1;
        }

        return count;
    }

    /// <summary>Whether nothing is left to write; from then on the next caller writes.</summary>
    private bool IsDone()
    {
        lock (_gate)
        {
            _busy = _queue.Count > 0;
            return !_busy;
        }
    }

    /// <summary>
    /// Callers that were just answered mostly come right back with their next record, and are waited for: without that they part into
    /// two groups that write in turns, and each write serves half of them. Where they do not come in less time than a write takes, it
    /// is tried more seldom.
    /// </summary>
    private void Gather()
    {
        TimeSpan patience;
        lock (_gate)
        {
            patience = Patience();
            _gathered.Reset();
        }

        if (patience == TimeSpan.Zero)
        {
            return;
        }

        WriteUnflushed();

        var started = time.GetTimestamp();
        var all = _gathered.Wait(patience);
        lock (_gate)
        {
            _misses = all && time.GetElapsedTime(started) <= _lastWrite ? 0 : Math.Min(_misses + 1, MostMisses);
            _pass = _misses == 0 ? 0 : 1 << _misses;
        }
    }

    /// <summary>How long the next write should wait for more records; nothing where it would not pay.</summary>
    private TimeSpan Patience() =>
        _pass > 0 || Flushing(_queue) >= _wanted || time.GetElapsedTime(_completed) > LeastPatience
            ? TimeSpan.Zero
            : TimeSpan.FromTicks(Math.Clamp((_lastWrite / 4).Ticks, LeastPatience.Ticks, MostPatience.Ticks));
}
