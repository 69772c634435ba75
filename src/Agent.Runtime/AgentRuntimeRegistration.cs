using Agent.Runtime.Budgets;
using Agent.Runtime.Context;
using Agent.Runtime.Loop;
using Agent.Runtime.Observability;
using Agent.Runtime.Plan;
using Agent.Runtime.Sessions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agent.Runtime;

/// <summary>Registers the loop and the sessions.</summary>
public static class AgentRuntimeRegistration
{
    /// <summary>
    /// Adds <see cref="IAgentRunner"/>, <see cref="ISessionStore"/> and the tools of our own process. Needs <see cref="IChatClient"/>,
    /// <see cref="IToolPipeline"/>, <see cref="IToolHost"/>, <see cref="IApprovals"/>, <see cref="IProvenanceFactory"/>,
    /// <see cref="StateFolder"/> and <see cref="TimeProvider"/>; takes <see cref="IGuardrails"/> and <see cref="IModelCatalog"/>
    /// where they are registered.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The configuration; sections <c>limits</c>, <c>context</c> and <c>telemetry</c> are read.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddAgentRuntime(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);

        services.AddOptions<LimitOptions>().Bind(configuration.GetSection("limits")).ValidateOnStart();
        services.AddOptions<ContextOptions>().Bind(configuration.GetSection("context")).ValidateOnStart();
        services.AddOptions<TelemetryOptions>().Bind(configuration.GetSection("telemetry"));
        services.AddSingleton<IValidateOptions<LimitOptions>, LimitOptionsValidator>();
        services.AddSingleton<IValidateOptions<ContextOptions>, ContextOptionsValidator>();

        services.AddSingleton<SessionDatabase>();
        services.AddSingleton<SessionJournal>();
        services.AddSingleton<SessionStore>();
        services.AddSingleton<ISessionStore>(static p => p.GetRequiredService<SessionStore>());
        services.AddSingleton<RunRegistry>();
        services.AddSingleton<TokenEstimators>();
        services.AddSingleton(static p => new Telemetry(p.GetRequiredService<IOptions<TelemetryOptions>>(), p.GetService<IGuardrails>()));
        Trace(services);
        services.AddSingleton<ILocalTool, PlanTool>();
        services.AddSingleton<ILocalTool, ReadResultTool>();
        services.AddSingleton<ILocalTool, FindToolsTool>();
        services.AddSingleton(static p => new RunServices(
            p.GetRequiredService<IChatClient>(),
            p.GetRequiredService<IToolPipeline>(),
            p.GetRequiredService<IToolHost>(),
            [.. p.GetServices<ILocalTool>()],
            p.GetRequiredService<IApprovals>(),
            p.GetRequiredService<IProvenanceFactory>(),
            p.GetService<IGuardrails>(),
            p.GetService<IModelCatalog>(),
            p.GetRequiredService<SessionStore>(),
            p.GetRequiredService<SessionJournal>(),
            p.GetRequiredService<RunRegistry>(),
            p.GetRequiredService<TokenEstimators>(),
            p.GetRequiredService<Telemetry>(),
            p.GetRequiredService<IOptions<LimitOptions>>(),
            p.GetRequiredService<IOptions<ContextOptions>>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<AgentRunner>>()));
        services.AddSingleton<AgentRunner>();
        services.AddSingleton<IAgentRunner>(static p => p.GetRequiredService<AgentRunner>());
        services.AddHostedService(static p => p.GetRequiredService<AgentRunner>());
        return services;
    }

    /// <summary>
    /// Sends spans and metrics to an OTLP receiver where one is configured (<c>telemetry:endpoint</c>, or OpenTelemetry's own
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>); does nothing otherwise. To be called before anything that should be seen from its start.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The configuration; section <c>telemetry</c> is read.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddAgentTelemetryExport(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<TelemetryOptions>().Bind(configuration.GetSection("telemetry")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>();
        services.AddHostedService<OtlpExport>();
        return services;
    }

    /// <summary>Whoever takes a tool pipeline gets it traced.</summary>
    private static void Trace(IServiceCollection services)
    {
        var inner = services.LastOrDefault(static s => s.ServiceType == typeof(IToolPipeline) && !s.IsKeyedService)
            ?? throw new InvalidOperationException("The agent's runtime needs a tool pipeline, registered before it.");
        services.AddSingleton<IToolPipeline>(p => new TracedPipeline(
            (IToolPipeline)(inner.ImplementationInstance ?? inner.ImplementationFactory?.Invoke(p) ?? ActivatorUtilities.CreateInstance(p, inner.ImplementationType!)),
            p.GetRequiredService<IToolHost>(),
            p.GetRequiredService<Telemetry>()));
    }
}

/// <summary>Checks the section <c>limits</c> without reflection.</summary>
[OptionsValidator]
internal sealed partial class LimitOptionsValidator : IValidateOptions<LimitOptions>;

/// <summary>Checks the section <c>context</c> without reflection.</summary>
[OptionsValidator]
internal sealed partial class ContextOptionsValidator : IValidateOptions<ContextOptions>;
