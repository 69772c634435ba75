using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.StreamableHttp;

/// <summary>
/// MCP over Streamable HTTP on Kestrel, both protocol generations on one endpoint: <c>2026-07-28</c> without sessions, and the
/// older ones with them.
/// </summary>
public sealed class McpHttpServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly McpEndpoint endpoint;
    private readonly TimeSpan shutdownTimeout;
    private int stopped;

    private McpHttpServer(WebApplication app, McpEndpoint endpoint, Uri url, TimeSpan shutdownTimeout)
    {
        this.app = app;
        this.endpoint = endpoint;
        this.shutdownTimeout = shutdownTimeout;
        Url = url;
    }

    /// <summary>The address clients connect to, with the port that was taken.</summary>
    public Uri Url { get; }

    /// <summary>How many sessions of the older protocol are open.</summary>
    public int SessionCount => endpoint.SessionCount;

    /// <summary>Starts to listen.</summary>
    /// <param name="options">Address, access and limits.</param>
    /// <param name="createServer">Makes the server behind each transport.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="loggers">Where to log; null for nowhere.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The endpoint, listening.</returns>
    /// <exception cref="ArgumentException">The options cannot be served; the message says what to change.</exception>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<McpHttpServer> StartAsync(
        McpHttpOptions options, McpServerFactory createServer, TimeProvider? time = null, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(createServer);
        var url = options.Url;
        if (!url.IsAbsoluteUri || url.Scheme != Uri.UriSchemeHttp)
        {
            throw new ArgumentException($"The address must begin with http://, not '{url}'; put a reverse proxy before it for https.", nameof(options));
        }

        var loopback = url.IsLoopback;
        if (!loopback && options.Authenticator is null)
        {
            throw new ArgumentException($"'{url.Host}' can be reached from elsewhere, so callers must authenticate: configure a token or an issuer, or listen on 127.0.0.1.", nameof(options));
        }

        loggers ??= NullLoggerFactory.Instance;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, SignalsAreTheProgramsOwn>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The endpoint counts itself, and answers in the protocol's words before the connection is cut.
            kestrel.Limits.MaxRequestBodySize = options.MaxBodyBytes + 65536L;
            kestrel.Limits.MaxConcurrentConnections = options.MaxConcurrentRequests + options.MaxSessions;
            kestrel.Limits.MinResponseDataRate = null;
            void Http1(ListenOptions listen) => listen.Protocols = HttpProtocols.Http1;
            if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address))
            {
                kestrel.Listen(address, url.Port, Http1);
            }
            else if (loopback)
            {
                kestrel.Listen(IPAddress.Loopback, url.Port, Http1);
            }
            else
            {
                kestrel.ListenAnyIP(url.Port, Http1);
            }
        });

        var app = builder.Build();
        var endpoint = new McpEndpoint(options, createServer, time ?? TimeProvider.System, loggers);
        app.Run(endpoint.HandleAsync);
        await app.StartAsync(cancellationToken);
        var bound = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var actual = new UriBuilder(url) { Port = bound.Port }.Uri;
        endpoint.Url = actual;
        return new McpHttpServer(app, endpoint, actual, options.ShutdownTimeout);
    }

    /// <summary>Starts to listen and serves until cancelled.</summary>
    /// <param name="options">Address, access and limits.</param>
    /// <param name="createServer">Makes the server behind each transport.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="loggers">Where to log; null for nowhere.</param>
    /// <param name="started">Called once with the address, when it listens; null where nobody wants to know.</param>
    /// <param name="cancellationToken">Ends the serving.</param>
    /// <returns>A task that completes when everything is closed.</returns>
    public static async Task RunAsync(
        McpHttpOptions options,
        McpServerFactory createServer,
        TimeProvider? time = null,
        ILoggerFactory? loggers = null,
        Action<Uri>? started = null,
        CancellationToken cancellationToken = default)
    {
        await using var server = await StartAsync(options, createServer, time, loggers, cancellationToken);
        started?.Invoke(server.Url);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(end.SetResult))
        {
            await end.Task;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref stopped, 1) != 0)
        {
            return;
        }

        // Streams first: a request that never ends by itself would use up the whole time of those that do.
        await endpoint.CloseStreamsAsync();
        using var patience = new CancellationTokenSource(shutdownTimeout);
        await app.StopAsync(patience.Token);
        await endpoint.DisposeAsync();
        await app.DisposeAsync();
    }

    /// <summary>
    /// The web application would take SIGTERM and Ctrl-C for itself and only stop listening, so that the program around it lived
    /// on. When to end is the program's to say.
    /// </summary>
    private sealed class SignalsAreTheProgramsOwn : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
