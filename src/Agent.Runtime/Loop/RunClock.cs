namespace Agent.Runtime.Loop;

/// <summary>A run's time, without what a person takes to answer. Cancels when the limit is reached.</summary>
internal sealed class RunClock : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(20);

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TimeSpan? _limit;
    private readonly CancellationTokenSource _reached = new();
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private TimeSpan _waited;
    private long? _waitingSince;
    private int _waits;

    public RunClock(TimeProvider time, TimeSpan? limit)
    {
        _time = time;
        _started = time.GetTimestamp();
        _limit = limit;
        if (limit is { } most)
        {
            _timer = time.CreateTimer(static state => ((RunClock)state!).Look(), this, most < Shortest ? Shortest : most, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Cancelled when the limit is reached.</summary>
    public CancellationToken Reached => _reached.Token;

    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
            {
                var waiting = _waitingSince is { } since ? _time.GetElapsedTime(since) : TimeSpan.Zero;
                return _time.GetElapsedTime(_started) - _waited - waiting;
            }
        }
    }

    /// <summary>Whether nothing but a person is waited for now.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_gate)
            {
                return _waitingSince is not null;
            }
        }
    }

    /// <summary>From here on only a person is waited for, until as many <see cref="EndWait"/> came.</summary>
    public void BeginWait()
    {
        lock (_gate)
        {
            if (_waits++ == 0)
            {
                _waitingSince = _time.GetTimestamp();
            }
        }
    }

    public void EndWait()
    {
        lock (_gate)
        {
            if (--_waits == 0 && _waitingSince is { } since)
            {
                _waited += _time.GetElapsedTime(since);
                _waitingSince = null;
            }
        }
    }

    public void Dispose()
    {
        ITimer? timer;
        lock (_gate)
        {
            timer = _timer;
            _timer = null;
        }

        timer?.Dispose();
        _reached.Dispose();
    }

    private void Look()
    {
        var left = _limit!.Value - Elapsed;
        lock (_gate)
        {
            if (_timer is null)
            {
                return;
            }

            if (left > TimeSpan.Zero)
            {
                _timer.Change(left < Shortest ? Shortest : left, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        try
        {
            _reached.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The run ended at this very moment.
        }
    }
}
