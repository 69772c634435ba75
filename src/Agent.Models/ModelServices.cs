using Agent.Models.Caching;
using Agent.Models.Catalogue;
using Agent.Models.Discovery;
using Agent.Models.Offline;
using Agent.Models.Routing;
using Agent.Models.Selection;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Agent.Models;

/// <summary>Registers the models.</summary>
public static class ModelServices
{
    /// <summary>
    /// Adds the router as <see cref="IChatClient"/> and the models as <see cref="IModelCatalog"/>, configured by the section
    /// <c>models</c>. Nothing is reached or looked up until the first request or description.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The whole configuration.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddAgentModels(this IServiceCollection services, IConfiguration configuration) =>
        services.AddAgentModels(configuration, Environment.GetEnvironmentVariable);

    /// <summary>The same with an environment of the caller's.</summary>
    internal static IServiceCollection AddAgentModels(this IServiceCollection services, IConfiguration configuration, Func<string, string?> environment)
    {
        services.AddOptions<ModelsOptions>().Bind(configuration.GetSection(ModelsOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ModelsOptions>, ModelsOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OfflinePlannerClient>();
        services.AddSingleton(environment);
        services.AddSingleton(provider => new ModelHttp(provider.GetRequiredService<IOptions<ModelsOptions>>().Value.Timeouts.Connect, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ModelSelector(provider.GetRequiredService<IOptions<ModelsOptions>>().Value, environment));
        services.AddSingleton<ServerDiscovery>();
        services.AddSingleton<OllamaFinder>();
        services.AddSingleton<ModelConnector>();
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<IModelCatalog>(provider => provider.GetRequiredService<ModelCatalog>());
        services.AddSingleton<ModelRouter>();
        services.AddSingleton(Client);
        return services;
    }

    private static IChatClient Client(IServiceProvider provider)
    {
        var router = provider.GetRequiredService<ModelRouter>();
        var cache = provider.GetRequiredService<IOptions<ModelsOptions>>().Value.Cache;
        if (!cache.Enabled)
        {
            return router;
        }

        var folder = cache.Folder ?? provider.GetService<StateFolder>()?.Combine("model-cache")
            ?? throw new ModelException(ModelErrorKind.BadRequest, "models:cache is enabled but there is no folder for it; set models:cache:folder.");
        return new ResponseCacheClient(router, provider.GetRequiredService<ModelCatalog>(), folder);
    }
}
