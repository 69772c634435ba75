namespace Agent.Mcp.Tests.Gateway;

/// <summary>A clock that goes on when a test says so, and its timers with it.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Stepped> timers = [];
    private (int Count, TaskCompletionSource Reached)? awaited;
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Stepped(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (gate)
        {
            timers.Add(timer);
            Look();
        }

        return timer;
    }

    /// <summary>Completes when there are as many timers that run.</summary>
    public async Task RunningAsync(int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            awaited = (count, reached);
            Look();
        }

        await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    private void Look()
    {
        if (awaited is { } wanted && timers.Count(timer => timer.Due < DateTimeOffset.MaxValue) == wanted.Count)
        {
            wanted.Reached.TrySetResult();
        }
    }

    /// <summary>Moves the clock alone: no timer has noticed yet.</summary>
    public void Later(TimeSpan time)
    {
        lock (gate)
        {
            now += time;
        }
    }

    /// <summary>Moves the clock, and fires what is due.</summary>
    public void Pass(TimeSpan time)
    {
        List<Stepped> due;
        lock (gate)
        {
            now += time;
            due = [.. timers.Where(timer => timer.Due <= now)];
        }

        due.ForEach(timer => timer.Fire());
    }

    private sealed class Stepped(SteppedTime time, Action fire) : ITimer
    {
        private TimeSpan every;

        public DateTimeOffset Due { get; private set; } = DateTimeOffset.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            every = period;
            Due = dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : time.GetUtcNow() + dueTime;
            return true;
        }

        public void Fire()
        {
            Due = every == Timeout.InfiniteTimeSpan || every == TimeSpan.Zero ? DateTimeOffset.MaxValue : time.GetUtcNow() + every;
            fire();
        }

        public void Dispose()
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                time.Look();
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
