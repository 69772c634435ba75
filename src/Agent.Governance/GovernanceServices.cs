using Agent.Governance.Approvals;
using Agent.Governance.Audit;
using Agent.Governance.Guardrails;
using Agent.Governance.Labels;
using Agent.Governance.Pins;
using Agent.Governance.Pipeline;
using Agent.Governance.Policy;
using Agent.Governance.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agent.Governance;

/// <summary>Registers governance.</summary>
public static class GovernanceServices
{
    private static readonly Redactor ForLogs = new();

    /// <summary>The folder of the audit log inside the state folder.</summary>
    /// <param name="state">The state folder.</param>
    /// <returns>The folder, which exists once something was recorded.</returns>
    public static string AuditFolder(StateFolder state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Combine("audit");
    }

    /// <summary>Masks secrets and personal data as <see cref="IGuardrails.Redact"/> does, for logs that begin before there are services.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text without them.</returns>
    public static string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ForLogs.Redact(text);
    }

    /// <summary>
    /// Adds the pipeline (<see cref="IToolPipeline"/>), approvals (<see cref="IApprovals"/>, <see cref="IGrants"/>), provenance
    /// (<see cref="IProvenanceFactory"/>), guardrails (<see cref="IGuardrails"/>), pins (<see cref="IToolPins"/>), the policy
    /// (<see cref="IPolicy"/>) and the audit (<see cref="IAudit"/>), as the sections <c>policy</c>, <c>tools</c>, <c>approvals</c>, <c>audit</c> and <c>guardrails</c> say.
    /// A <see cref="StateFolder"/>, a <see cref="TimeProvider"/>, logging and an <see cref="IToolHost"/> are expected beside it.
    /// Options that have no meaning fail at start or at first use with <see cref="PolicyException"/> or <see cref="OptionsValidationException"/>.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The whole configuration; its root is needed for rules of several files to stay apart.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddAgentGovernance(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<AuditOptions>().Bind(configuration.GetSection("audit")).ValidateOnStart();
        services.AddOptions<ApprovalOptions>().Bind(configuration.GetSection("approvals")).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuditOptions>>(new Validation<AuditOptions>(o => o.Validate()));
        services.AddSingleton<IValidateOptions<ApprovalOptions>>(new Validation<ApprovalOptions>(o => o.Validate()));

        services.AddSingleton(p => new PolicyStore(configuration, p.GetRequiredService<ILogger<PolicyStore>>()));
        services.AddSingleton<IPolicy>(p => p.GetRequiredService<PolicyStore>());
        services.AddSingleton<GovernanceDatabase>();
        services.AddSingleton<Seal>();
        services.AddSingleton<Disk>();
        services.AddSingleton(p => new AuditLog(
            new AuditFolder(AuditFolder(p.GetRequiredService<StateFolder>())), p.GetRequiredService<IOptions<AuditOptions>>().Value,
            p.GetRequiredService<Disk>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IAudit>(p => p.GetRequiredService<AuditLog>());
        services.AddSingleton<Grants>();
        services.AddSingleton<IGrants>(p => p.GetRequiredService<Grants>());
        services.AddSingleton<ApprovalStore>();
        services.AddSingleton<IApprovals>(p => p.GetRequiredService<ApprovalStore>());
        services.AddSingleton<StoredLabels>();
        services.AddSingleton<IProvenanceFactory>(p =>
        {
            var policies = p.GetRequiredService<PolicyStore>();
            return new ProvenanceFactory(() => policies.Known.Declarations);
        });
        services.AddSingleton(p =>
        {
            var policies = p.GetRequiredService<PolicyStore>();
            return new Redactor(() => policies.Known.Guardrails);
        });
        services.AddSingleton<RunMarkers>();
        services.AddSingleton<ResultScreen>();
        services.AddSingleton<IGuardrails, GuardrailService>();
        services.AddSingleton<IToolPins, ToolPins>();
        services.AddSingleton<ToolCatalog>();
        services.AddSingleton<EngineStatements>();
        services.AddSingleton<IToolPipeline, ToolPipeline>();
        return services;
    }

    private sealed class Validation<T>(Func<T, IEnumerable<string>> validate) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options) =>
            validate(options).ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
