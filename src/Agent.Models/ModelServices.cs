using Agent.Models.Offline;
using Agent.Models.Routing;
using Agent.Models.Selection;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Agent.Models;

/// <summary>Registers the models.</summary>
public static class ModelServices
{
    /// <summary>
    /// Adds the router as <see cref="IChatClient"/> and <see cref="IModelCatalog"/>, configured by the section <c>models</c>.
    /// Nothing is reached or looked up until the first request or description.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The whole configuration.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddAgentModels(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ModelsOptions>().Bind(configuration.GetSection(ModelsOptions.Section)).ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OfflinePlannerClient>();
        services.AddSingleton<ModelRouter>();
        services.AddSingleton<IChatClient>(provider => provider.GetRequiredService<ModelRouter>());
        services.AddSingleton<IModelCatalog>(provider => provider.GetRequiredService<ModelRouter>());
        return services;
    }
}
