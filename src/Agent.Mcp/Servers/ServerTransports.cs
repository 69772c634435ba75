using Agent.Mcp.Authorization;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Authentication;
using ModelContextProtocol.Client;

namespace Agent.Mcp.Servers;

/// <summary>Makes the transport a definition asks for.</summary>
internal sealed class ServerTransports(
    TimeProvider time, ILoggerFactory loggers, StateFolder? state = null, Func<string, Uri, CancellationToken, Task>? showSignIn = null)
{
    public IClientTransport Create(ResolvedServer server, McpServerDefinition definition, bool needsHandshake, Action personIsAsked)
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
                OAuth = Authorization(server, url, definition.OAuth, personIsAsked),
                ConnectionTimeout = TimeSpan.FromSeconds(definition.StartTimeoutSeconds),
            },
            new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan },
            loggers,
            ownsHttpClient: true);
    }

    /// <summary>How to get a token when the server asks for one; null where the configuration brings its own, or nothing can be kept.</summary>
    private ClientOAuthOptions? Authorization(ResolvedServer server, Uri url, McpOAuthDefinition? definition, Action personIsAsked)
    {
        if (state is null || server.Headers.ContainsKey("Authorization"))
        {
            return null;
        }

        return new ClientOAuthOptions
        {
            RedirectUri = SignIn.RedirectUri(definition?.RedirectPort ?? 0),
            ClientId = definition?.ClientId,
            ClientSecret = definition?.ClientSecret,
            ClientMetadataDocumentUri = definition?.ClientMetadataUrl is { } metadata ? new Uri(metadata) : null,
            Scopes = definition?.Scopes is { Count: > 0 } scopes ? scopes : null,
            TokenCache = new FileTokenCache(state, server.Name, url),
            DynamicClientRegistration = new DynamicClientRegistrationOptions { ClientName = "Agent" },
            AuthorizationCallbackHandler = (context, cancellationToken) => showSignIn is null
                ? throw new ServerUnavailableException(
                    $"The server '{server.Name}' wants you to sign in: run `agent doctor` in a terminal, or set mcpServers.{server.Name}.headers.Authorization.")
                : SignIn.AskAsync(
                    (address, token) =>
                    {
                        personIsAsked();
                        return showSignIn(server.Name, address, token);
                    },
                    context,
                    cancellationToken),
        };
    }
}
