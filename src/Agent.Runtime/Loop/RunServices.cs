using Agent.Runtime.Budgets;
using Agent.Runtime.Context;
using Agent.Runtime.Observability;
using Agent.Runtime.Sessions;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agent.Runtime.Loop;

/// <summary>What every run uses; one for the process.</summary>
internal sealed record RunServices(
    IChatClient Model,
    IToolPipeline Pipeline,
    IToolHost Host,
    IReadOnlyList<ILocalTool> LocalTools,
    IApprovals Approvals,
    IProvenanceFactory Provenance,
    IGuardrails? Guardrails,
    IModelCatalog? Models,
    SessionStore Store,
    SessionJournal Journal,
    RunRegistry Runs,
    TokenEstimators Estimators,
    Telemetry Telemetry,
    IOptions<LimitOptions> Limits,
    IOptions<ContextOptions> Context,
    TimeProvider Time,
    ILogger<AgentRunner> Log);
