using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Servers;

/// <summary>A server as it is connected now.</summary>
/// <param name="Client">The SDK's client.</param>
/// <param name="Child">The child process, which takes requests directly; null over HTTP.</param>
internal sealed record Upstream(McpClient Client, ChildProcessTransport? Child)
{
    /// <summary>Whether the newer protocol is spoken, without handshake and sessions.</summary>
    public bool IsStateless { get; } = string.CompareOrdinal(Client.NegotiatedProtocolVersion, ServerConnection.FirstStateless) >= 0;
}

/// <summary>
/// One server and the life of its connection: started, listed, watched, and started again with growing pauses when it is lost.
/// Nothing here holds up another server.
/// </summary>
internal sealed partial class ServerConnection
{
    /// <summary>From this revision on there is no handshake, and lists are watched by a subscription.</summary>
    internal const string FirstStateless = "2026-07-28";

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>How long after it was accepted elsewhere a command is started, at most.</summary>
    private static readonly TimeSpan AcceptancePause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SignInLimit = TimeSpan.FromMinutes(10);

    /// <summary>A server that lived this long did not fail at its start, so the pauses begin anew.</summary>
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(10);
    private static readonly Implementation Self = new()
    {
        Name = "agent",
        Version = typeof(ServerConnection).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0",
    };

    private readonly McpServerDefinition definition;
    private readonly ConnectionServices services;
    private readonly ILogger logger;
    private readonly CallsInFlight calls;
    private readonly TaskCompletionSource settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private TaskCompletionSource<Upstream> client = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Upstream? current;
    private Task listens = Task.CompletedTask;
    private ResolvedServer? resolved;
    private string? logLevel;
    private CancellationTokenSource? starting;
    private bool needsHandshake;

    public ServerConnection(string name, McpServerDefinition definition, ConnectionServices services)
    {
        Name = name;
        this.definition = definition;
        this.services = services;
        logger = services.Loggers.CreateLogger<ServerConnection>();
        calls = new CallsInFlight(services.Time);
        Status = new ServerStatus(name, definition.Disabled ? ServerState.Disabled : ServerState.Starting, null, 0);
        if (definition.Disabled)
        {
            settled.SetResult();
        }
    }

    public string Name { get; }

    public ServerStatus Status { get; private set; }

    public ImmutableArray<ToolDefinition> Tools { get; private set; } = [];

    /// <summary>What the server says it can do; null until it is connected.</summary>
    public ServerCapabilities? Capabilities { get; private set; }

    /// <summary>The protocol revision in use; null until it is connected.</summary>
    public string? ProtocolVersion { get; private set; }

    /// <summary>Completes once the first start succeeded or failed.</summary>
    public Task Settled => settled.Task;

    /// <summary>Keeps the server running until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (definition.Disabled)
        {
            return;
        }

        var failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            ChildProcessTransport? child = null;
            McpClient? connected = null;
            using var listening = new CancellationTokenSource();
            var startedAt = services.Time.GetTimestamp();
            try
            {
                resolved = ResolvedServer.From(Name, definition, services.WorkingFolder, services.ReadVariable);
                await CheckCommandAsync(resolved, cancellationToken);
                var transport = services.CreateTransport(resolved, definition, needsHandshake, PersonIsAsked);
                child = transport as ChildProcessTransport;
                if (child is not null)
                {
                    child.Hear = Hear;
                }

                connected = await StartAsync(new ServerLine(transport, Hear, AnswerAsync), cancellationToken);
                Offer(new Upstream(connected, child), listening.Token);
                Become(ServerState.Ready, Status.Problem);
                settled.TrySetResult();
                await connected.Completion.WaitAsync(cancellationToken);
                throw new IOException("closed");
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await WithdrawAsync(listening);
                await DisposeAsync(connected, child);
                return;
            }
            catch (Exception exception)
            {
                // A server must not end the program, whatever it does.
                await WithdrawAsync(listening);
                await DisposeAsync(connected, child);
                var problem = ServerProblem.Describe(Name, definition, resolved, child, exception);
                LogFailed(Name, problem, exception);
                var lost = connected is not null;
                failures = lost && services.Time.GetElapsedTime(startedAt) > StableAfter ? 1 : failures + 1;
                if (!lost && !needsHandshake && child?.Failure is not null && failures == 1)
                {
                    // Some older servers end when they are asked anything before the handshake: try the old way at once.
                    needsHandshake = true;
                    continue;
                }

                needsHandshake &= lost;
                if (lost && failures == 1)
                {
                    // Its tools stay known and calls wait: most servers are back in a moment.
                    Become(ServerState.Starting, problem);
                    continue;
                }

                Tools = [];
                Become(ServerState.Failed, problem);
                settled.TrySetResult();
                if (ServerProblem.IsPermanent(exception))
                {
                    return;
                }

                await (exception is UnseenCommandException unseen ? AcceptedAsync(unseen, services.Pins!, cancellationToken) : PauseAsync(failures, cancellationToken));
            }
        }
    }

    /// <summary>Asks again whether the tools may be offered, after a person looked at a changed one.</summary>
    public void CheckPins()
    {
        if (Volatile.Read(ref current) is { } connected)
        {
            _ = RefreshAsync(connected.Client, CancellationToken.None);
        }
    }

    /// <summary>A command that nobody has looked at, or that is another than the one looked at, is not started.</summary>
    private async ValueTask CheckCommandAsync(ResolvedServer server, CancellationToken cancellationToken)
    {
        if (server.Command is null || definition.BuiltIn || services.Pins is not { } pins)
        {
            return;
        }

        var check = await pins.CheckCommandAsync(Name, server.CommandLine, cancellationToken);
        if (check.State != PinState.Same)
        {
            throw new UnseenCommandException(Name, server.Redact(server.CommandLine), check);
        }
    }

    /// <summary>Waits until a command that was not started is accepted, in this process or another.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "Whoever accepts may have taken the listeners before this one left; a semaphore holds nothing but memory.")]
    private async Task AcceptedAsync(UnseenCommandException unseen, IToolPins pins, CancellationToken cancellationToken)
    {
        var heard = new SemaphoreSlim(0);
        void Hear(object? sender, EventArgs e) => heard.Release();
        pins.Changed += Hear;
        try
        {
            while (pins.Pending().Any(waiting => waiting.Key == unseen.Check.Key))
            {
                await heard.WaitAsync(AcceptancePause, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
        finally
        {
            pins.Changed -= Hear;
        }
    }

    private async Task<McpClient> StartAsync(IClientTransport transport, CancellationToken cancellationToken)
    {
        var limit = TimeSpan.FromSeconds(definition.StartTimeoutSeconds);
        using var patience = new CancellationTokenSource(limit, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        starting = patience;
        McpClient? connected = null;
        try
        {
            connected = await McpClient.CreateAsync(transport, ClientOptions(limit), services.Loggers, either.Token);
            Capabilities = connected.ServerCapabilities;
            ProtocolVersion = connected.NegotiatedProtocolVersion;
            await LoadToolsAsync(connected, either.Token);
            return connected;
        }
        catch (Exception exception)
        {
            if (connected is not null)
            {
                await connected.DisposeAsync();
            }

            if (exception is OperationCanceledException && patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException("start", exception);
            }

            throw;
        }
        finally
        {
            // A server may ask for more rights in any later call, when there is no start left to prolong.
            starting = null;
        }
    }

    /// <summary>A person who signs in takes longer than a server that starts.</summary>
    private void PersonIsAsked() => starting?.CancelAfter(SignInLimit);

    private McpClientOptions ClientOptions(TimeSpan limit) => new()
    {
        ClientInfo = Self,
        // Our own limit ends the start; the SDK's would say the same in other words.
        InitializationTimeout = limit + SignInLimit,
        // A process of the older protocol may stay silent when it is asked anything before the handshake; over HTTP there is always an answer,
        // and our own servers speak the newer one, however long a busy machine takes to start them.
        DiscoverProbeTimeout = definition.BuiltIn ? limit : definition.Url is null ? TimeSpan.FromSeconds(Math.Max(1, limit.TotalSeconds / 2)) : SignInLimit,
        // What the older protocol is told once for all calls; the newer is told with each call what its caller can do.
        Capabilities = new ClientCapabilities
        {
            Elicitation = new ElicitationCapability { Form = new(), Url = new() },
            Sampling = definition.Sampling ? new SamplingCapability() : null,
            Roots = definition.Roots ? new RootsCapability() : null,
        },
        Handlers = new McpClientHandlers
        {
            NotificationHandlers =
            [
                Watch(NotificationMethods.ToolListChangedNotification),
                Watch(NotificationMethods.PromptListChangedNotification),
                Watch(NotificationMethods.ResourceListChangedNotification),
                Watch(NotificationMethods.ResourceUpdatedNotification),
            ],
        },
    };

    /// <summary>What belongs to a call goes to whoever made it; a log message where there is no doubt whose call it is of.</summary>
    private void Hear(JsonRpcNotification notification)
    {
        if (notification.Method == NotificationMethods.ProgressNotification)
        {
            calls.Report(Wire.ToElement(notification.Params));
        }
        else if (calls.Logging()?.Options.Questions is { } caller)
        {
            caller.Log(Name, Wire.ToElement(notification.Params));
        }
        else
        {
            services.Notified(this, notification);
        }
    }

    private KeyValuePair<string, Func<JsonRpcNotification, CancellationToken, ValueTask>> Watch(string method) =>
        KeyValuePair.Create<string, Func<JsonRpcNotification, CancellationToken, ValueTask>>(method, async (notification, cancellationToken) =>
        {
            if (method == NotificationMethods.ToolListChangedNotification)
            {
                if (Volatile.Read(ref current) is { } connected)
                {
                    await RefreshAsync(connected.Client, cancellationToken);
                }
            }
            else
            {
                services.Notified(this, notification);
            }
        });

    private async Task RefreshAsync(McpClient connected, CancellationToken cancellationToken)
    {
        try
        {
            await LoadToolsAsync(connected, cancellationToken);
            Become(Status.State, Status.Problem);
        }
        catch (Exception exception)
        {
            // The old list stays; a server that is really gone is noticed by its connection.
            LogListFailed(Name, exception);
        }
    }

    /// <summary>A newer server tells of changed lists only to those who listen.</summary>
    private async Task ListenAsync(Upstream connected, CancellationToken cancellationToken)
    {
        var can = connected.Client.ServerCapabilities;
        if (!connected.IsStateless
            || (can.Tools?.ListChanged, can.Prompts?.ListChanged, can.Resources?.ListChanged) is (not true, not true, not true))
        {
            return;
        }

        try
        {
            await SendOnceAsync(connected, RequestMethods.SubscriptionsListen, new JsonObject
            {
                ["notifications"] = new JsonObject
                {
                    ["toolsListChanged"] = can.Tools?.ListChanged,
                    ["promptsListChanged"] = can.Prompts?.ListChanged,
                    ["resourcesListChanged"] = can.Resources?.ListChanged,
                },
            }, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The connection is being closed.
        }
        catch (Exception exception)
        {
            // Without the subscription the lists stay as they were read; calls are not concerned.
            LogListenFailed(Name, exception);
        }
    }

    private void Offer(Upstream connected, CancellationToken listening)
    {
        lock (gate)
        {
            current = connected;
            client.SetResult(connected);
        }

        listens = ListenAsync(connected, listening);
        _ = TellLogLevelAsync(connected);
    }

    /// <summary>Has a server of the older protocol log from this level on, or from a lower one that was wanted before.</summary>
    public void WantLogs(string level)
    {
        var wanted = LogLevels.Lower(logLevel, level);
        if (Interlocked.Exchange(ref logLevel, wanted) != wanted && Volatile.Read(ref current) is { } connected)
        {
            _ = TellLogLevelAsync(connected);
        }
    }

    private async Task TellLogLevelAsync(Upstream connected)
    {
        if (Volatile.Read(ref logLevel) is not { } level || connected.IsStateless || connected.Client.ServerCapabilities.Logging is null)
        {
            return;
        }

        try
        {
            await SendOnceAsync(connected, RequestMethods.LoggingSetLevel, new JsonObject { ["level"] = level }, CancellationToken.None);
        }
        catch (Exception exception) when (exception is McpException or IOException or HttpRequestException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // It logs what it likes; calls are not concerned.
        }
    }

    private async Task WithdrawAsync(CancellationTokenSource listening)
    {
        // A server waits for its open requests before it ends, and a subscription is one.
        await listening.CancelAsync();
        await listens;
        lock (gate)
        {
            current = null;
            if (client.Task.IsCompleted)
            {
                client = new TaskCompletionSource<Upstream>(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private void Become(ServerState state, string? problem)
    {
        Status = new ServerStatus(Name, state, problem, Tools.Length);
        services.StatusChanged(this);
    }

    private Task PauseAsync(int failures, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 500 * Math.Pow(2, Math.Min(failures, 10))));
        return Task.Delay(pause, services.Time, cancellationToken).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private static async ValueTask DisposeAsync(McpClient? connected, ChildProcessTransport? child)
    {
        try
        {
            if (connected is not null)
            {
                await connected.DisposeAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or HttpRequestException)
        {
            // The connection was lost already.
        }

        if (child is not null)
        {
            await child.DisposeAsync();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Server}: {Problem}")]
    private partial void LogFailed(string server, string problem, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {Server} was lost during a call of {Tool}.")]
    private partial void LogLost(string server, string tool, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {Server} did not give its list of tools.")]
    private partial void LogListFailed(string server, Exception exception);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Server {Server} does not tell of changed lists.")]
    private partial void LogListenFailed(string server, Exception exception);
}
