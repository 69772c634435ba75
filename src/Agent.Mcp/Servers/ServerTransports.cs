using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;

namespace Agent.Mcp.Servers;

/// <summary>Makes the transport a definition asks for.</summary>
internal sealed class ServerTransports(TimeProvider time, ILoggerFactory loggers)
{
    public IClientTransport Create(ResolvedServer server, McpServerDefinition definition, bool needsHandshake)
    {
        if (server.Url is not { } url)
        {
            return new ChildProcessTransport(server, definition.MaxMessageBytes, time, loggers.CreateLogger<ChildProcessTransport>())
            {
                SkipDiscovery = needsHandshake,
            };
        }

        // Redirects would carry configured headers to wherever a server points, and cookies would make calls depend on each other.
        var handler = new LimitedResponseHandler(definition.MaxMessageBytes)
        {
            InnerHandler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(10) },
        };
        return new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = url,
                Name = server.Name,
                TransportMode = definition.Type == "sse" ? HttpTransportMode.Sse : HttpTransportMode.AutoDetect,
                AdditionalHeaders = server.Headers.ToDictionary(),
                ConnectionTimeout = TimeSpan.FromSeconds(definition.StartTimeoutSeconds),
            },
            new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan },
            loggers,
            ownsHttpClient: true);
    }
}
