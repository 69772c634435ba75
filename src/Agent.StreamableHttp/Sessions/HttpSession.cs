using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.StreamableHttp.Sessions;

/// <summary>One session of the older protocol: its transport and the server behind it, alive until it is closed.</summary>
internal sealed class HttpSession : IAsyncDisposable
{
    private readonly McpServer server;
    private readonly Task running;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource closed = new();
    private int streamTaken;
    private int inUse;
    private int disposed;
    private long lastUse;

    public HttpSession(string? user, McpServerFactory createServer, TimeProvider time, ILoggerFactory loggers)
    {
        Id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        User = user;
        this.time = time;
        Closed = closed.Token;
        lastUse = time.GetTimestamp();
        Transport = new StreamableHttpServerTransport(loggers) { SessionId = Id };
        server = createServer(Transport, new McpHttpConnection(Id, user) { Closed = Closed });
        running = server.RunAsync(Closed);
    }

    public string Id { get; }

    public string? User { get; }

    public StreamableHttpServerTransport Transport { get; }

    public CancellationToken Closed { get; }

    /// <summary>How long nobody used it; zero while somebody does.</summary>
    public TimeSpan Idle => Volatile.Read(ref inUse) > 0 || Volatile.Read(ref streamTaken) == 1
        ? TimeSpan.Zero
        : time.GetElapsedTime(Volatile.Read(ref lastUse));

    public Usage Use()
    {
        Interlocked.Increment(ref inUse);
        return new Usage(this);
    }

    public bool TryTakeStream() => Interlocked.CompareExchange(ref streamTaken, 1, 0) == 0;

    /// <summary>The stream ended: it cannot be taken again, but it no longer keeps the session alive.</summary>
    public void EndStream()
    {
        Volatile.Write(ref lastUse, time.GetTimestamp());
        Volatile.Write(ref streamTaken, 2);
    }

    /// <summary>A client that went away cancels its request.</summary>
    public void CancelRequest(RequestId id) => _ = CancelAsync(id);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        await closed.CancelAsync();
        await Transport.DisposeAsync();
        try
        {
            await running;
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }

        await server.DisposeAsync();
        closed.Dispose();
    }

    private async Task CancelAsync(RequestId id)
    {
        JsonNode? value = id.Id switch { string text => text, long number => number, _ => null };
        try
        {
            await Transport.HandlePostRequestAsync(
                new JsonRpcNotification
                {
                    Method = NotificationMethods.CancelledNotification,
                    Params = new JsonObject { ["requestId"] = value, ["reason"] = "the client went away" },
                },
                Stream.Null,
                Closed);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or System.Threading.Channels.ChannelClosedException)
        {
            // The whole session is being closed.
        }
    }

    internal readonly struct Usage(HttpSession session) : IDisposable
    {
        public void Dispose()
        {
            Volatile.Write(ref session.lastUse, session.time.GetTimestamp());
            Interlocked.Decrement(ref session.inUse);
        }
    }
}

/// <summary>The open sessions.</summary>
internal sealed class SessionRegistry : IAsyncDisposable
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan IdleEnoughToMakeRoom = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, HttpSession> sessions = new(StringComparer.Ordinal);
    private readonly McpHttpOptions options;
    private readonly McpServerFactory createServer;
    private readonly TimeProvider time;
    private readonly ILoggerFactory loggers;
    private readonly ITimer sweeper;
    private int count;

    public SessionRegistry(McpHttpOptions options, McpServerFactory createServer, TimeProvider time, ILoggerFactory loggers)
    {
        this.options = options;
        this.createServer = createServer;
        this.time = time;
        this.loggers = loggers;
        sweeper = time.CreateTimer(_ => CloseIdle(options.SessionIdleTimeout, int.MaxValue), null, Sweep, Sweep);
    }

    public int Count => sessions.Count;

    public HttpSession? Find(string id) => sessions.GetValueOrDefault(id);

    /// <summary>Opens a session; null where there is no room.</summary>
    public async ValueTask<HttpSession?> OpenAsync(string? user)
    {
        if (Interlocked.Increment(ref count) > options.MaxSessions)
        {
            var oldest = sessions.Values.MaxBy(session => session.Idle);
            if (oldest is null || oldest.Idle < IdleEnoughToMakeRoom)
            {
                Interlocked.Decrement(ref count);
                return null;
            }

            await CloseAsync(oldest);
        }

        var session = new HttpSession(user, createServer, time, loggers);
        sessions[session.Id] = session;
        return session;
    }

    public async ValueTask CloseAsync(HttpSession session)
    {
        if (sessions.TryRemove(session.Id, out _))
        {
            Interlocked.Decrement(ref count);
            await session.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await sweeper.DisposeAsync();
        await Task.WhenAll(sessions.Values.Select(session => CloseAsync(session).AsTask()));
    }

    private void CloseIdle(TimeSpan idle, int most)
    {
        foreach (var session in sessions.Values.Where(session => session.Idle > idle).Take(most))
        {
            _ = CloseAsync(session).AsTask();
        }
    }
}
