using Agent.Cli.Companions;
using Agent.Cli.Workspace;
using Agent.Governance;
using Agent.Mcp;
using Agent.Mcp.Servers;
using Agent.Models;
using Agent.Runtime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agent.Cli.Composition;

/// <summary>The whole program, composed: the only place that knows every part.</summary>
internal sealed class AgentApplication : IAsyncDisposable
{
    private readonly IHost host;
    private bool started;

    private AgentApplication(IHost host, StateFolder state, WorkspaceTrust trust, string logFile)
    {
        this.host = host;
        State = state;
        Trust = trust;
        LogFile = logFile;
    }

    public IServiceProvider Services => host.Services;

    public StateFolder State { get; }

    public WorkspaceTrust Trust { get; }

    public string LogFile { get; }

    public WorkspaceSettings Workspace => Services.GetRequiredService<WorkspaceSettings>();

    /// <summary>Composes the program. Nothing is started, nothing outside the state folder touched.</summary>
    /// <exception cref="CommandException">The configuration makes no sense.</exception>
    public static AgentApplication Create(Flags flags)
    {
        var state = StateFolders.Open(flags.State, Environment.GetEnvironmentVariable);
        var trust = new WorkspaceTrust(state, Environment.CurrentDirectory);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        ConfigurationLayers.Build(builder.Configuration, flags, AppContext.BaseDirectory, trust);

        var workspace = WorkspaceSettings.Read(builder.Configuration, flags, Environment.CurrentDirectory, Environment.GetEnvironmentVariable);
        if (!builder.Configuration.GetSection("policy:workspace").Exists())
        {
            // The folders that the rules call the workspace are those that the servers were given.
            builder.Configuration.AddInMemoryCollection(workspace.Roots.Select(static (root, index) => KeyValuePair.Create($"policy:workspace:{index}", (string?)root)));
        }

        var logFile = LogFiles.Add(builder.Logging, builder.Configuration, state);

        builder.Services.AddSingleton(state);
        builder.Services.AddSingleton(trust);
        builder.Services.AddSingleton(workspace);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddAgentTelemetryExport(builder.Configuration);
        builder.Services.AddSingleton<CompanionHost>();
        builder.Services.AddHostedService(static services => services.GetRequiredService<CompanionHost>());
        builder.Services.Configure<McpServersOptions>(servers => BuiltInServers.Add(servers, workspace, builder.Configuration, state, AppContext.BaseDirectory, Environment.GetEnvironmentVariable));
        builder.Services.AddAgentGovernance(builder.Configuration);
        builder.Services.AddAgentModels(builder.Configuration);
        builder.Services.AddAgentMcp(builder.Configuration);
        builder.Services.AddAgentRuntime(builder.Configuration);
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(5));

        return new AgentApplication(builder.Build(), state, trust, logFile);
    }

    /// <summary>Starts the servers and companions side by side and returns at once.</summary>
    /// <exception cref="CommandException">The configuration makes no sense.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => ConfiguredAsync(async () =>
    {
        await host.StartAsync(cancellationToken);
        return started = true;
    });

    /// <summary>The commands of servers that nobody has accepted as they stand. Nothing is started.</summary>
    /// <exception cref="CommandException">The configuration makes no sense.</exception>
    public Task<IReadOnlyList<UnseenCommand>> UnseenCommandsAsync(CancellationToken cancellationToken) =>
        ConfiguredAsync(() => Services.GetRequiredService<ServerCommands>().FindAsync(cancellationToken).AsTask());

    private static async Task<T> ConfiguredAsync<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception e) when (e is OptionsValidationException or FormatException or InvalidOperationException { InnerException: FormatException })
        {
            throw new CommandException(ExitCode.Configuration, $"The configuration makes no sense: {e.Message}", e);
        }
    }

    /// <summary>Waits until each server and companion is ready or has failed, so that a request finds all there is.</summary>
    public async Task WaitUntilSettledAsync(CancellationToken cancellationToken)
    {
        await Services.GetRequiredService<CompanionHost>().WaitUntilSettledAsync(cancellationToken);
        await Services.GetRequiredService<IToolHost>().WaitUntilSettledAsync(cancellationToken);
    }

    /// <summary>One phrase for each part that is still starting.</summary>
    public IEnumerable<string> Starting() =>
    [
        .. Services.GetRequiredService<CompanionHost>().Starting,
        .. Services.GetRequiredService<IToolHost>().Servers.Where(static server => server.State == ServerState.Starting).Select(static server => $"the server \"{server.Name}\""),
    ];

    /// <summary>One sentence for each part that did not start.</summary>
    public IEnumerable<string> Problems() =>
    [
        .. Services.GetRequiredService<CompanionHost>().Problems,
        .. Services.GetRequiredService<IToolHost>().Servers.Where(static server => server.State == ServerState.Failed).Select(static server => server.Problem ?? $"The server \"{server.Name}\" failed."),
    ];

    public async ValueTask DisposeAsync()
    {
        if (started)
        {
            await host.StopAsync(CancellationToken.None);
        }

        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }
}
