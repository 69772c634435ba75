using Agent.Mcp.Gateway;
using Agent.Mcp.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agent.Mcp;

/// <summary>Registers the connections to MCP servers.</summary>
public static class McpServices
{
    /// <summary>
    /// Adds the servers of the configuration section <c>mcpServers</c> as the <see cref="IToolHost"/>. They are started side by
    /// side by a hosted service that waits for none of them. A program adds servers of its own through
    /// <see cref="McpServersOptions"/>; the configuration wins where both use a name.
    /// </summary>
    /// <param name="services">The services; <see cref="TimeProvider"/> is registered by the caller.</param>
    /// <param name="configuration">The whole configuration.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddAgentMcp(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<McpServersOptions>().PostConfigure(options => options.Read(configuration.GetSection("mcpServers")));
        services.TryAddSingleton(provider => new ServerTransports(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetService<StateFolder>(),
            provider.GetRequiredService<IOptions<McpServersOptions>>().Value.ShowSignIn));
        services.TryAddSingleton(provider => new McpHub(
            provider.GetRequiredService<IOptions<McpServersOptions>>(),
            provider.GetRequiredService<ServerTransports>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetService<IToolPins>()));
        services.TryAddSingleton(provider => new ServerCommands(provider.GetRequiredService<IOptions<McpServersOptions>>(), provider.GetService<IToolPins>()));
        services.TryAddSingleton<IToolHost>(provider => provider.GetRequiredService<McpHub>());
        services.AddHostedService(provider => provider.GetRequiredService<McpHub>());
        services.AddOptions<GatewayOptions>()
            .Bind(configuration.GetSection("gateway"))
            .Validate(options => options.Problem() is { } problem ? throw new OptionsValidationException("gateway", typeof(GatewayOptions), [problem]) : true)
            .ValidateOnStart();
        services.TryAddSingleton(provider => new GatewayServer(
            provider.GetRequiredService<McpHub>(),
            provider.GetRequiredService<IToolPipeline>(),
            provider.GetRequiredService<IApprovals>(),
            provider.GetRequiredService<IProvenanceFactory>(),
            provider.GetService<IAgentRunner>(),
            provider.GetService<IModelCatalog>(),
            provider.GetRequiredService<IOptions<GatewayOptions>>().Value,
            provider.GetRequiredService<StateFolder>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        return services;
    }
}
