using System.Text.Json;
using Agent.Mcp.Servers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Agent.Mcp.Tests.Servers;

/// <summary>A hub over real child processes.</summary>
internal sealed class HubFixture : IAsyncDisposable
{
    private HubFixture(McpHub hub) => Hub = hub;

    public McpHub Hub { get; }

    /// <summary>The assembly that is run as a server.</summary>
    public static string ServerAssembly { get; } = Path.Combine(AppContext.BaseDirectory, "Agent.Conformance.Server.dll");

    public static McpServerDefinition Server(params string[] args) => new()
    {
        Command = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
        Args = [ServerAssembly, .. args],
        StartTimeoutSeconds = 120,
    };

    public static async Task<HubFixture> StartAsync(
        Action<McpServersOptions> configure, IToolPins? pins = null, ILoggerFactory? loggers = null, bool settle = true, ServerTransports? transports = null, TimeProvider? time = null)
    {
        var options = new McpServersOptions();
        configure(options);
        var hub = new McpHub(
            Options.Create(options), transports ?? new ServerTransports(TimeProvider.System, loggers ?? NullLoggerFactory.Instance), time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance, pins);
        await hub.StartAsync(CancellationToken.None);
        if (settle)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(180));
            await hub.WaitUntilSettledAsync(patience.Token);
        }

        return new HubFixture(hub);
    }

    public async Task<ToolResult> CallAsync(string name, string arguments = "{}", ToolCallOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var document = JsonDocument.Parse(arguments);
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return await Hub.CallAsync(new ToolId(name[..dot], name[(dot + 1)..]), document.RootElement, options ?? new ToolCallOptions(), cancellationToken);
    }

    public async Task UntilAsync(Func<McpHub, bool> condition)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(object? sender, EventArgs e)
        {
            if (condition(Hub))
            {
                met.TrySetResult();
            }
        }

        Hub.Changed += Look;
        Look(null, EventArgs.Empty);
        await met.Task.WaitAsync(TimeSpan.FromSeconds(120));
        Hub.Changed -= Look;
    }

    public ValueTask DisposeAsync() => Hub.DisposeAsync();
}
