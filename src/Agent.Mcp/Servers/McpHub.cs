using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Servers;

/// <summary>What every connection shares.</summary>
internal sealed record ConnectionServices(
    TimeProvider Time,
    ILoggerFactory Loggers,
    string WorkingFolder,
    Func<string, string?> ReadVariable,
    IToolPins? Pins,
    Func<ResolvedServer, McpServerDefinition, bool, Action, IClientTransport> CreateTransport,
    Action<ServerConnection> StatusChanged,
    Action<ServerConnection, JsonRpcNotification> Notified);

/// <summary>A notification of a server that concerns more than one call.</summary>
/// <param name="Connection">The server.</param>
/// <param name="Notification">What it said.</param>
internal sealed record ServerNotification(ServerConnection Connection, JsonRpcNotification Notification);

/// <summary>
/// Every configured MCP server behind one face. Servers are started side by side in the background; whoever asks gets what is
/// known now, and a server that is slow or dead holds up nobody.
/// </summary>
internal sealed class McpHub : IToolHost, IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource stopping = new();
    private readonly IToolPins? pins;
    private readonly Lock gate = new();
    private Catalogue catalogue;
    private Task running = Task.CompletedTask;
    private int stopped;

    public McpHub(IOptions<McpServersOptions> options, ServerTransports transports, TimeProvider time, ILoggerFactory loggers, IToolPins? pins = null)
    {
        this.pins = pins;
        var services = new ConnectionServices(
            time, loggers, options.Value.WorkingFolder, Environment.GetEnvironmentVariable, pins, transports.Create, OnStatusChanged,
            (connection, notification) => Notified?.Invoke(this, new ServerNotification(connection, notification)));
        Connections = [.. options.Value.Servers.Select(server => new ServerConnection(server.Key, server.Value, services))];
        catalogue = Catalogue.Of(Connections);
        if (pins is not null)
        {
            pins.Changed += OnPinsChanged;
        }
    }

    /// <inheritdoc/>
    public event EventHandler? Changed;

    /// <summary>Raised for changed prompts and resources, and for a server's log messages.</summary>
    public event EventHandler<ServerNotification>? Notified;

    /// <summary>The servers, in the order of the configuration.</summary>
    public ImmutableArray<ServerConnection> Connections { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ToolDefinition> Tools => catalogue.Tools;

    /// <inheritdoc/>
    public IReadOnlyList<ServerStatus> Servers => [.. Connections.Select(connection => connection.Status)];

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        running = Task.WhenAll(Connections.Select(connection => Task.Run(() => connection.RunAsync(stopping.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref stopped, 1) != 0)
        {
            return;
        }

        if (pins is not null)
        {
            pins.Changed -= OnPinsChanged;
        }

        await stopping.CancelAsync();
        try
        {
            await running.WaitAsync(ShutdownLimit, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Each connection kills its own process after its own moment; there is nothing more to wait for.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        stopping.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask WaitUntilSettledAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(Connections.Select(connection => connection.Settled)).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public ToolDefinition? Find(string name) => catalogue.Find(name);

    /// <inheritdoc/>
    public ValueTask<ToolResult> CallAsync(ToolId tool, JsonElement arguments, ToolCallOptions options, CancellationToken cancellationToken)
    {
        foreach (var connection in Connections)
        {
            if (connection.Name == tool.Server)
            {
                return connection.CallAsync(tool.Name, arguments, options, cancellationToken);
            }
        }

        return ValueTask.FromResult(ToolResult.FromText(
            $"There is no server '{tool.Server}'. Configured are: {string.Join(", ", Connections.Select(connection => connection.Name))}.", isError: true));
    }

    private void OnStatusChanged(ServerConnection connection)
    {
        lock (gate)
        {
            catalogue = Catalogue.Of(Connections);
        }

        Changed?.Invoke(this, EventArgs.Empty);
    }

    private void OnPinsChanged(object? sender, EventArgs e)
    {
        foreach (var connection in Connections)
        {
            connection.CheckPins();
        }
    }

    /// <summary>The tools of one moment, and the names they go by.</summary>
    private sealed class Catalogue
    {
        private readonly FrozenDictionary<string, ToolDefinition> byName;

        private Catalogue(ImmutableArray<ToolDefinition> tools)
        {
            Tools = tools;

            // A name that could mean two tools ("a.b" + "c" and "a" + "b.c") means none: nobody may be led to another's tool.
            byName = tools
                .SelectMany(tool => new[] { tool.Id.ToString(), tool.Id.ModelName }.Distinct().Select(name => (name, tool)))
                .GroupBy(pair => pair.name, StringComparer.Ordinal)
                .Where(group => group.Count() == 1)
                .ToFrozenDictionary(group => group.Key, group => group.First().tool, StringComparer.Ordinal);
        }

        public ImmutableArray<ToolDefinition> Tools { get; }

        public static Catalogue Of(ImmutableArray<ServerConnection> connections) =>
            new([.. connections.SelectMany(connection => connection.Tools)
                .OrderBy(tool => tool.Id.Server, StringComparer.Ordinal)
                .ThenBy(tool => tool.Id.Name, StringComparer.Ordinal)]);

        public ToolDefinition? Find(string name) => byName.GetValueOrDefault(name);
    }
}
