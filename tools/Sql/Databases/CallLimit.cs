namespace Agent.Tools.Sql.Databases;

/// <summary>A time limit on one use of a database, told apart from a cancelled call.</summary>
internal sealed class CallLimit : IDisposable
{
    private readonly TimeSpan limit;
    private readonly CancellationToken caller;
    private readonly CancellationTokenSource timer;
    private readonly CancellationTokenSource linked;

    private CallLimit(TimeProvider time, TimeSpan limit, CancellationToken caller)
    {
        this.limit = limit;
        this.caller = caller;
        timer = new CancellationTokenSource(limit, time);
        linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, caller);
    }

    public CancellationToken Token => linked.Token;

    public bool TimedOut => timer.IsCancellationRequested && !caller.IsCancellationRequested;

    public static CallLimit Start(TimeProvider time, TimeSpan limit, CancellationToken caller) => new(time, limit, caller);

    public EngineException Exceeded() => new(
        "TIMEOUT", $"it did not end within {limit.TotalSeconds:0.###} seconds and was stopped; narrow it with WHERE or LIMIT, look at it with explain, or give a longer timeout_seconds");

    public void Dispose()
    {
        linked.Dispose();
        timer.Dispose();
    }
}
