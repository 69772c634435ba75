using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Nodes;
using Agent.Mcp.Servers;
using Agent.StreamableHttp;
using Agent.StreamableHttp.Authentication;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Mcp.Gateway;

/// <summary>
/// Every governed tool, and the agent itself, for any MCP client: over stdio or Streamable HTTP, in both protocol generations.
/// Every call goes down the pipeline.
/// </summary>
public sealed class GatewayServer : IDisposable
{
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(2);
    private const int MaxSharedSessions = 1000;

    private readonly McpHub hub;
    private readonly IToolPipeline pipeline;
    private readonly IProvenanceFactory provenances;
    private readonly GatewayOptions options;
    private readonly StateFolder state;
    private readonly TimeProvider time;
    private readonly ILoggerFactory loggers;
    private readonly ToolCatalogue catalogue;
    private readonly ToolCalls calls;
    private readonly ServerContent content;
    private readonly ConcurrentDictionary<string, GatewaySession> shared = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<object, ChangeListener> listeners = new();

    internal GatewayServer(
        McpHub hub,
        IToolPipeline pipeline,
        IApprovals approvals,
        IProvenanceFactory provenances,
        IAgentRunner? runner,
        IModelCatalog? models,
        GatewayOptions options,
        StateFolder state,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        this.hub = hub;
        this.pipeline = pipeline;
        this.provenances = provenances;
        this.options = options;
        this.state = state;
        this.time = time;
        this.loggers = loggers;
        var desk = new ApprovalDesk(approvals, options, time, loggers.CreateLogger<ApprovalDesk>());
        var agent = options.AskAgent && runner is not null ? new AgentTool(runner, models, pipeline, desk, options) : null;
        catalogue = new ToolCatalogue(hub, pipeline, agent, options.PlainNames);
        calls = new ToolCalls(pipeline, catalogue, desk, agent, options, time, loggers.CreateLogger<ToolCalls>());
        content = new ServerContent(hub, pipeline, options.PlainNames, time);
        hub.Changed += OnToolsChanged;
        hub.Notified += OnNotified;
    }

    /// <summary>Serves the one client on standard input and output until it goes or the token is cancelled.</summary>
    /// <param name="cancellationToken">Ends the serving.</param>
    /// <returns>A task that completes when the client is gone.</returns>
    public async Task RunStdioAsync(CancellationToken cancellationToken)
    {
        await using var transport = new ClientTransport(Console.OpenStandardInput(), Console.OpenStandardOutput(), loggers.CreateLogger<ClientTransport>());
        await RunAsync(transport, cancellationToken);
    }

    /// <summary>Serves one client over a transport of the caller's.</summary>
    internal async Task RunAsync(ITransport transport, CancellationToken cancellationToken)
    {
        using var closed = new CancellationTokenSource();
        await using var server = Create(transport, new McpHttpConnection("stdio", null) { Closed = closed.Token });
        try
        {
            await server.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // That is how it ends.
        }
        finally
        {
            await closed.CancelAsync();
        }
    }

    /// <summary>Serves many clients over Streamable HTTP until cancelled.</summary>
    /// <param name="url">Address and path to listen on; port 0 takes a free one.</param>
    /// <param name="started">Called once with the address and the file of the bearer token (null where there is none).</param>
    /// <param name="cancellationToken">Ends the serving.</param>
    /// <returns>A task that completes when everything is closed.</returns>
    /// <exception cref="IOException">The address is taken, or the token file cannot be used; the message says what to do.</exception>
    public async Task RunHttpAsync(Uri url, Action<Uri, string?> started, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(started);
        using var http = new HttpClient();
        using var issuer = options.Issuer is { } address
            ? new IssuerTokens(new IssuerOptions { Issuer = new Uri(address), Audience = options.Audience, RequiredScopes = [.. options.RequiredScopes] }, http, time)
            : null;
        var token = issuer is null && options.RequireToken ? TokenFile.Open(state.Combine("gateway.token")) : null;
        await McpHttpServer.RunAsync(
            HttpOptions(url, (IBearerAuthenticator?)issuer ?? token), Create, time, loggers, bound => started(bound, token?.Path), cancellationToken);
    }

    /// <summary>Tells the clients something about the gateway itself, as a log message. Only sessions of the older protocol can hear it.</summary>
    /// <param name="text">One sentence.</param>
    /// <param name="isProblem">Whether somebody should do something about it.</param>
    public void Announce(string text, bool isProblem)
    {
        foreach (var listener in listeners.Values)
        {
            listener.Announce(isProblem ? "error" : "notice", text);
        }
    }

    /// <summary>Sessions and subscriptions that hear of changes.</summary>
    internal int ListenerCount => listeners.Count;

    /// <summary>Calls that wait for their client's next request.</summary>
    internal int WaitingCount => calls.WaitingCount;

    /// <inheritdoc/>
    public void Dispose()
    {
        hub.Changed -= OnToolsChanged;
        hub.Notified -= OnNotified;
        calls.Dispose();
    }

    internal McpHttpOptions HttpOptions(Uri url, IBearerAuthenticator? authenticator) => new()
    {
        Url = url,
        Authenticator = authenticator,
        AllowedHosts = [.. options.AllowedHosts],
        AllowedOrigins = [.. options.AllowedOrigins],
        MaxSessions = options.MaxSessions,
        MaxBodyBytes = options.MaxBodyBytes,
        ToolSchema = name => catalogue.Find(name)?.InputSchema,
    };

    /// <summary>Makes the server behind one transport: the SDK's for the protocol, ours for every method that concerns tools and content.</summary>
    internal McpServer Create(ITransport transport, McpHttpConnection connection)
    {
        McpServer? self = null;
        GatewaySession? own = null;
        GatewaySession Session(ClientLine line)
        {
            var client = GatewaySession.NameOf(line.ClientName);
            var session = connection.SessionId is null ? Shared(connection.User, client) : own ??= NewSession(connection.User, client);
            session.Use(client);
            return session;
        }

        var mcp = new McpServerOptions
        {
            ServerInfo = new Implementation
            {
                Name = "agent",
                Title = "Agent",
                Version = typeof(GatewayServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0",
            },
            ServerInstructions = "Tools of several servers under one policy: a name is the server's, two underscores, and the tool's. Some calls wait for a person's approval.",
        };
        mcp.Filters.Message.IncomingFilters.Add(next => async (context, cancellationToken) =>
        {
            if (context.JsonRpcMessage is not JsonRpcRequest request)
            {
                await next(context, cancellationToken);
                return;
            }

            var line = new ClientLine(self!, request);
            if (await HandleAsync(Session, line, self!, request, cancellationToken) is { } result)
            {
                await line.Reported;
                await (request.Context?.RelatedTransport ?? transport).SendMessageAsync(
                    new JsonRpcResponse { Id = request.Id, Result = ResultShape.For(request.Method, result, line.IsStateless) }, cancellationToken);
                return;
            }

            context.Items["agent.method"] = request.Method;
            await next(context, cancellationToken);
        });
        mcp.Filters.Message.OutgoingFilters.Add(next => (context, cancellationToken) =>
        {
            if (context.JsonRpcMessage is JsonRpcResponse { Result: JsonObject result } response
                && response.Context?.Items?.TryGetValue("agent.method", out var method) == true
                && method is RequestMethods.Initialize or RequestMethods.ServerDiscover)
            {
                result["capabilities"] = Capabilities(method is RequestMethods.ServerDiscover);
                if (method is RequestMethods.Initialize && connection.SessionId is not null)
                {
                    listeners[transport] = new ChangeListener(self!, transport, null, null, () => own?.LogLevel);
                }
            }

            return next(context, cancellationToken);
        });
        self = McpServer.Create(transport, mcp, loggers);
        connection.Closed.Register(() =>
        {
            foreach (var (key, listener) in listeners)
            {
                if (ReferenceEquals(listener.Transport, transport))
                {
                    listeners.TryRemove(key, out _);
                }
            }
        });
        return self;
    }

    private async ValueTask<JsonNode?> HandleAsync(
        Func<ClientLine, GatewaySession> sessionOf, ClientLine line, McpServer server, JsonRpcRequest request, CancellationToken cancellationToken)
    {
        var parameters = request.Params as JsonObject ?? [];
        switch (request.Method)
        {
            case RequestMethods.ToolsList:
                await SettledAsync(cancellationToken);
                return new JsonObject { ["tools"] = catalogue.List(sessionOf(line).Context("list")) };
            case RequestMethods.ToolsCall:
                if ((parameters["name"] as JsonValue)?.TryGetValue(out string? tool) == true && catalogue.Find(tool) is null)
                {
                    // A client that knows its tools from last time calls one before its server is up again.
                    await SettledAsync(cancellationToken);
                }

                return await calls.CallAsync(sessionOf(line), line, parameters, cancellationToken);
            case RequestMethods.ResourcesList:
                return await content.ListAsync(request.Method, "resources", cancellationToken);
            case RequestMethods.ResourcesTemplatesList:
                return await content.ListAsync(request.Method, "resourceTemplates", cancellationToken);
            case RequestMethods.ResourcesRead:
                return await calls.AnswerAsync(
                    sessionOf(line), line, request.Method, parameters, () => (session, dialogue, token) => content.ReadResourceAsync(session, dialogue, parameters, token), cancellationToken);
            case RequestMethods.PromptsList:
                return await content.ListAsync(request.Method, "prompts", cancellationToken);
            case RequestMethods.PromptsGet:
                return await calls.AnswerAsync(
                    sessionOf(line), line, request.Method, parameters, () => (session, dialogue, token) => content.GetPromptAsync(session, dialogue, parameters, token), cancellationToken);
            case RequestMethods.CompletionComplete:
                return await content.CompleteAsync(parameters, cancellationToken);
            case RequestMethods.ResourcesSubscribe or RequestMethods.ResourcesUnsubscribe when !line.IsStateless:
                await content.SubscribeAsync(request.Method == RequestMethods.ResourcesSubscribe, parameters, cancellationToken);
                return new JsonObject();
            case "logging/setLevel" when !line.IsStateless:
                SetLogLevel(sessionOf(line), (parameters["level"] as JsonValue)?.TryGetValue(out string? level) == true ? level : null);
                return new JsonObject();
            case RequestMethods.SubscriptionsListen when line.IsStateless:
                await ListenAsync(server, line, request, parameters, cancellationToken);
                return new JsonObject();
            default:
                return null;
        }
    }

    /// <summary>The first list of a client that is faster than our servers would be empty, and most clients never ask again.</summary>
    private async Task SettledAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await hub.WaitUntilSettledAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A slow server's tools come later, with a notification.
        }
    }

    /// <summary>Servers of the older protocol log for all alike, so they are asked for the most that any client wants; each gets its own level.</summary>
    private void SetLogLevel(GatewaySession session, string? level)
    {
        if (!LogLevels.IsKnown(level))
        {
            throw new McpProtocolException("The request names no log level.", McpErrorCode.InvalidParams);
        }

        session.LogLevel = level;
        foreach (var connection in hub.Connections)
        {
            connection.WantLogs(level!);
        }
    }

    private JsonObject Capabilities(bool stateless)
    {
        var capabilities = new JsonObject { ["tools"] = new JsonObject { ["listChanged"] = true } };
        if (content.HasResources)
        {
            capabilities["resources"] = new JsonObject { ["listChanged"] = true };
            if (!stateless && content.CanSubscribe)
            {
                capabilities["resources"]!["subscribe"] = true;
            }
        }

        if (content.HasPrompts)
        {
            capabilities["prompts"] = new JsonObject { ["listChanged"] = true };
        }

        if (content.HasCompletions)
        {
            capabilities["completions"] = new JsonObject();
        }

        if (!stateless)
        {
            capabilities["logging"] = new JsonObject();
        }

        return capabilities;
    }

    /// <summary>The newer protocol's subscription: acknowledged, then open until the client ends it.</summary>
    private async Task ListenAsync(McpServer server, ClientLine line, JsonRpcRequest request, JsonObject parameters, CancellationToken cancellationToken)
    {
        var granted = new JsonObject();
        foreach (var kind in new[] { "toolsListChanged", "promptsListChanged", "resourcesListChanged" })
        {
            if ((parameters["notifications"] as JsonObject)?[kind]?.GetValue<bool>() == true)
            {
                granted[kind] = true;
            }
        }

        JsonNode? id = request.Id.Id switch { string text => text, long number => number, _ => null };
        var listener = new ChangeListener(server, null, line, id, () => null);
        foreach (var (kind, _) in granted)
        {
            listener.Kinds.Add(kind);
        }

        await line.NotifyAsync(NotificationMethods.SubscriptionsAcknowledgedNotification, new JsonObject
        {
            ["notifications"] = granted,
            ["_meta"] = new JsonObject { [MetaKeys.SubscriptionId] = id?.DeepClone() },
        });
        listeners[listener] = listener;
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (cancellationToken.Register(end.SetResult))
        {
            await end.Task;
        }

        listeners.TryRemove(listener, out _);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private GatewaySession NewSession(string? user, string client) => new(user, client, provenances.Create(), options.MaxConcurrentCalls, time);

    /// <summary>Without sessions, the same user with the same client is one context: what it read once it may repeat.</summary>
    private GatewaySession Shared(string? user, string client)
    {
        if (shared.Count >= MaxSharedSessions)
        {
            foreach (var (key, session) in shared)
            {
                if (session.Idle > ForgetAfter)
                {
                    shared.TryRemove(key, out _);
                }
            }
        }

        // A flood of invented client names gets one context between them, the worst of all.
        var name = shared.Count >= MaxSharedSessions ? $"{user}\nothers" : $"{user}\n{client}";
        return shared.GetOrAdd(name, _ => NewSession(user, client));
    }

    private void OnToolsChanged(object? sender, EventArgs e) => Broadcast(NotificationMethods.ToolListChangedNotification, "toolsListChanged");

    private void OnNotified(object? sender, ServerNotification notification)
    {
        switch (notification.Notification.Method)
        {
            case NotificationMethods.PromptListChangedNotification:
                Broadcast(NotificationMethods.PromptListChangedNotification, "promptsListChanged");
                break;
            case NotificationMethods.ResourceListChangedNotification:
                Broadcast(NotificationMethods.ResourceListChangedNotification, "resourcesListChanged");
                break;
            case NotificationMethods.ResourceUpdatedNotification:
                foreach (var listener in listeners.Values)
                {
                    listener.Updated(notification.Notification.Params as JsonObject);
                }

                break;
            case NotificationMethods.LoggingMessageNotification when listeners.Values.Where(listener => listener.Transport is not null).Take(2).ToList() is [var only]:
                // What a server logs of no call, or of several clients' calls, could be of anybody's: it is passed on where there is one client.
                only.Log(notification.Connection.Name, notification.Notification.Params as JsonObject);
                break;
            default:
                break;
        }
    }

    private void Broadcast(string method, string kind)
    {
        foreach (var listener in listeners.Values)
        {
            listener.Changed(method, kind);
        }
    }
}
