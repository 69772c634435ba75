using System.Text.Json;
using Agent.StreamableHttp.Authentication;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.StreamableHttp;

/// <summary>Makes the server that answers over a transport: one for each request of the stateless protocol, one for each older session.</summary>
/// <param name="transport">The transport to serve.</param>
/// <param name="connection">Who is connected.</param>
/// <returns>A server that was not started.</returns>
public delegate McpServer McpServerFactory(ITransport transport, McpHttpConnection connection);

/// <summary>Who is connected.</summary>
/// <param name="SessionId">The session of the older protocol; null where there is none.</param>
/// <param name="User">Who authenticated, stable for one person; null where nobody had to.</param>
public sealed record McpHttpConnection(string? SessionId, string? User)
{
    /// <summary>Cancelled when the session ends; never for the stateless protocol.</summary>
    public CancellationToken Closed { get; init; }
}

/// <summary>How an endpoint listens, whom it lets in, and how much it takes.</summary>
public sealed record McpHttpOptions
{
    /// <summary>Address and path, for example <c>http://127.0.0.1:8123/mcp</c>; port 0 takes a free one.</summary>
    public Uri Url { get; init; } = new("http://127.0.0.1:0/mcp");

    /// <summary>Who may call; null lets everybody in who reaches the address, which is allowed on loopback only.</summary>
    public IBearerAuthenticator? Authenticator { get; init; }

    /// <summary>Further values of the <c>Host</c> header (without port) that are answered; loopback and the listening host always are.</summary>
    public IReadOnlyCollection<string> AllowedHosts { get; init; } = [];

    /// <summary>Further origins (<c>https://host:port</c>) whose pages may call; pages from loopback always may.</summary>
    public IReadOnlyCollection<string> AllowedOrigins { get; init; } = [];

    /// <summary>The largest request body, in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Requests answered at once; more get 503.</summary>
    public int MaxConcurrentRequests { get; init; } = 256;

    /// <summary>Sessions of the older protocol at once; beyond it the longest idle one makes room, or the newcomer gets 503.</summary>
    public int MaxSessions { get; init; } = 256;

    /// <summary>A session that was not used for so long is closed.</summary>
    public TimeSpan SessionIdleTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long running requests have at shutdown.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Finds the input schema of a tool, so that arguments sent as headers (<c>x-mcp-header</c>) can be compared; null skips that.</summary>
    public Func<string, JsonElement?>? ToolSchema { get; init; }
}
