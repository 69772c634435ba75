using System.Collections.Concurrent;
using Agent.Tools.Sql.Databases;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// The sessions that read, at most so many at once; who comes later waits in line. A cancelled call asks the server to end the
/// statement, and its session is not used again, so that a late cancel never hits another call.
/// </summary>
internal sealed class PostgresPool : IDisposable
{
    private const int MaxWriters = 4;
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(5);

    private readonly PostgresConnectionString target;
    private readonly TimeSpan sessionLimit;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim slots;
    private readonly SemaphoreSlim writers = new(MaxWriters, MaxWriters);
    private readonly ConcurrentStack<PostgresSession> idle = [];
    private int generation;

    public PostgresPool(PostgresConnectionString target, int size, TimeSpan sessionLimit, TimeProvider time)
    {
        this.target = target;
        this.sessionLimit = sessionLimit;
        this.time = time;
        slots = new SemaphoreSlim(size, size);
    }

    /// <summary>Reads over a session. A connection that was lost is reopened, once.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<PostgresSession, T> use, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        using var limit = CallLimit.Start(time, timeLimit, cancellationToken);
        await WaitAsync(slots, limit);
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    return Use(use, limit);
                }
                catch (EngineException e) when (e.ConnectionLost && attempt == 0 && !limit.Token.IsCancellationRequested)
                {
                    // The others of the same age are gone as well, most likely.
                    Clear();
                }
            }
        }
        finally
        {
            slots.Release();
        }
    }

    /// <summary>Uses a session of its own, once, and closes it. Nothing is tried again. Writes wait in a line of their own.</summary>
    public async ValueTask<T> WriteAsync<T>(Func<PostgresSession, T> use, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        using var limit = CallLimit.Start(time, timeLimit, cancellationToken);
        await WaitAsync(writers, limit);
        try
        {
            return Open(use, limit);
        }
        finally
        {
            writers.Release();
        }
    }

    /// <summary>A second session beside that of a write, for what the write's own transaction cannot see. Does not wait in line.</summary>
    public T Beside<T>(Func<PostgresSession, T> use, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        using var limit = CallLimit.Start(time, timeLimit, cancellationToken);
        return Open(use, limit);
    }

    /// <summary>Closes what is idle now, and what is in use as soon as it no longer is.</summary>
    public void Clear()
    {
        Interlocked.Increment(ref generation);
        while (idle.TryPop(out var session))
        {
            session.Dispose();
        }
    }

    public void Dispose()
    {
        Clear();
        slots.Dispose();
        writers.Dispose();
    }

    private static async ValueTask WaitAsync(SemaphoreSlim turn, CallLimit limit)
    {
        try
        {
            await turn.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.TimedOut)
        {
            throw limit.Exceeded();
        }
    }

    private T Open<T>(Func<PostgresSession, T> use, CallLimit limit)
    {
        try
        {
            using var session = PostgresSession.Open(target, readOnly: false, sessionLimit, limit.Token);
            return Watched(session, use, limit);
        }
        catch (OperationCanceledException) when (limit.TimedOut)
        {
            throw limit.Exceeded();
        }
    }

    private T Use<T>(Func<PostgresSession, T> use, CallLimit limit)
    {
        PostgresSession? session = null;
        var born = Volatile.Read(ref generation);
        try
        {
            if (!idle.TryPop(out session))
            {
                session = PostgresSession.Open(target, readOnly: true, sessionLimit, limit.Token);
            }

            return Watched(session, use, limit);
        }
        catch (OperationCanceledException) when (limit.TimedOut)
        {
            throw limit.Exceeded();
        }
        finally
        {
            if (session is { IsUsable: true } && born == Volatile.Read(ref generation) && !limit.Token.IsCancellationRequested)
            {
                idle.Push(session);
            }
            else
            {
                session?.Dispose();
            }
        }
    }

    private T Watched<T>(PostgresSession session, Func<PostgresSession, T> use, CallLimit limit)
    {
        using var watch = new CancelWatch(session.Connection, time, limit.Token);
        try
        {
            return use(session);
        }
        catch (EngineException e) when (limit.Token.IsCancellationRequested && (e.ConnectionLost || e.Code == "57014"))
        {
            throw limit.TimedOut ? limit.Exceeded() : new OperationCanceledException(limit.Token);
        }
    }

    /// <summary>Passes a cancellation on to the server, and ends the connection where the server does not heed it.</summary>
    private sealed class CancelWatch : IDisposable
    {
        private readonly PostgresConnection connection;
        private readonly TimeProvider time;
        private readonly CancellationTokenRegistration registration;
        private Task asking = Task.CompletedTask;
        private volatile bool done;

        public CancelWatch(PostgresConnection connection, TimeProvider time, CancellationToken cancellationToken)
        {
            this.connection = connection;
            this.time = time;
            registration = cancellationToken.UnsafeRegister(static state => ((CancelWatch)state!).Begin(), this);
        }

        public void Dispose()
        {
            done = true;
            registration.Dispose();
        }

        private void Begin() => asking = Task.Run(async () =>
        {
            connection.Cancel();
            await Task.Delay(CancelPatience, time, CancellationToken.None);
            if (!done)
            {
                connection.Abort();
            }
        });
    }
}
