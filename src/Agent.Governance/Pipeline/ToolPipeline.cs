using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Agent.Governance.Approvals;
using Agent.Governance.Audit;
using Agent.Governance.Guardrails;
using Agent.Governance.Labels;
using Agent.Governance.Policy;
using Agent.Json;
using Microsoft.Extensions.Logging;

namespace Agent.Governance.Pipeline;

/// <summary>The one road of every tool call.</summary>
internal sealed partial class ToolPipeline(
    ToolCatalog catalog, PolicyStore policies, ApprovalStore approvals, Grants grants, AuditLog audit, ResultScreen screen,
    EngineStatements engine, Redactor redactor, StoredLabels storedLabels, RunMarkers markers, IToolPins pins, TimeProvider time, ILogger<ToolPipeline> logger) : IToolPipeline
{
    private static readonly JsonElement NoArguments = AuditData.Object(static _ => { });

    private string? _policyRecorded;

    public async ValueTask<ToolOutcome> InvokeAsync(ToolCall call, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await DecideAsync(call, context, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Failure(call, null, e);
        }
    }

    public bool IsHidden(ToolDefinition tool, CallContext context) => PolicyEngine.IsHidden(tool, context, policies.Current);

    public async ValueTask<Decision> ExplainAsync(ToolCall call, CallContext context, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var policy = policies.Current;
        var (found, problem) = await ResolveAsync(call, cancellationToken);
        if (problem is not null)
        {
            return new Decision(DecisionKind.Deny, [problem], "no such call", policy.Version);
        }

        return (await JudgeAsync(found.Definition!, found.Local, found.Arguments, context, policy, cancellationToken)).Decision;
    }

    public async ValueTask RecordAsync(string type, CallContext? context, JsonElement data, CancellationToken cancellationToken)
    {
        var redacted = redactor.Redact(data);
        var record = AuditData.Object(w =>
        {
            CallRecords.Head(w, null, context, null);
            foreach (var member in redacted.EnumerateObject())
            {
                if (context is null || member.Name is not ("session" or "run" or "step" or "client"))
                {
                    member.WriteTo(w);
                }
            }
        });
        await audit.AppendAsync(type, record, checkpoint: false, cancellationToken);
    }

    private async ValueTask<ToolOutcome> DecideAsync(ToolCall call, CallContext context, CancellationToken cancellationToken)
    {
        var (found, problem) = await ResolveAsync(call, cancellationToken);
        if (problem is not null)
        {
            await audit.AppendAsync(AuditTypes.Rejected, CallRecords.Rejected(call, context, found.Definition?.Id, problem, redactor), checkpoint: false, cancellationToken);
            return Refuse(call, found.Definition?.Id, ToolOutcomeKind.Rejected, problem);
        }

        var (tool, local, arguments) = (found.Definition!, found.Local, found.Arguments);
        call = call with { Arguments = arguments };
        var policy = policies.Current;
        await RecordPolicyAsync(policy, cancellationToken);
        var verdict = await JudgeAsync(tool, local, arguments, context, policy, cancellationToken);
        var grant = verdict.Decision.Kind == DecisionKind.Ask ? grants.Find(context.SessionId, tool.Hash, verdict.Facts, verdict.Rule?.LooksAtLabel == true) : null;
        var asks = verdict.Decision.Kind == DecisionKind.Ask && grant is null;
        if (asks && approvals.CountOfRun(context.SessionId, context.RunId) >= policy.MaxQuestions)
        {
            verdict = verdict with
            {
                Decision = verdict.Decision with
                {
                    Kind = DecisionKind.Deny,
                    Reasons = [$"this run has asked {policy.MaxQuestions} questions already; stop here and sum up what is left to do", .. verdict.Decision.Reasons],
                },
            };
            asks = false;
        }

        var intent = await audit.AppendAsync(AuditTypes.Intent, CallRecords.Intent(call, context, tool, verdict, grant, redactor), checkpoint: false, cancellationToken);
        if (verdict.Decision.Kind == DecisionKind.Deny)
        {
            return Refuse(call, tool.Id, ToolOutcomeKind.Denied, $"{tool.Id} was not run: {Join(verdict.Decision.Reasons)}. Do not try it again; go on without it or say what is missing.")
                with { Decision = verdict.Decision, Label = verdict.Facts.Label };
        }

        if (asks)
        {
            var preview = await PreviewAsync(tool, local, arguments, verdict.Facts, cancellationToken);
            var question = approvals.Add((id, now, expires) => Question(id, now, expires, call, context, tool, verdict, preview, intent));
            LogAsked(question.Request.Id, tool.Id);
            return new ToolOutcome
            {
                Kind = ToolOutcomeKind.Pending, Call = call, Tool = tool.Id, Decision = verdict.Decision, Approval = question.Request, Label = verdict.Facts.Label,
            };
        }

        return await ActAsync(call, context, tool, local, verdict.Decision, verdict.Facts, intent, grant is null ? null : $"grant:{grant}", cancellationToken);
    }

    /// <summary>The first call that other rules decide says so in the audit, and so does a change that is not in force.</summary>
    private async ValueTask RecordPolicyAsync(PolicySet policy, CancellationToken cancellationToken)
    {
        var problem = policies.KnownProblem;
        var known = $"{policy.Version}\n{problem}";
        if (Interlocked.Exchange(ref _policyRecorded, known) == known)
        {
            return;
        }

        await audit.AppendAsync(problem is null ? AuditTypes.PolicyLoaded : AuditTypes.PolicyBroken, AuditData.Object(w =>
        {
            w.WriteString("policy", policy.Version);
            if (problem is not null)
            {
                w.WriteString("problem", redactor.Redact(problem));
            }
        }), checkpoint: false, cancellationToken);
    }

    [SuppressMessage("Maintainability", "CA1506", Justification = "The act joins every stage.")]
    private async ValueTask<ToolOutcome> ActAsync(
        ToolCall call, CallContext context, ToolDefinition tool, ILocalTool? local, Decision decision, CallFacts facts, long intent, string? approvedBy, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        ToolResult? result = null;
        string outcome;
        string? reason = null;
        try
        {
            result = local is not null
                ? await local.CallAsync(call.Arguments, context, cancellationToken)
                : await catalog.CallAsync(tool.Id, call.Arguments, new ToolCallOptions { Progress = context.Progress, Questions = context.Questions }, cancellationToken);
            outcome = result.IsError ? "error" : "ok";
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome = "cancelled";
        }
        catch (OperationCanceledException e)
        {
            (outcome, reason) = ("timeout", e.Message);
        }
        catch (Exception e)
        {
            // The tool may have acted before it failed: to the model that is an unknown end, not a refusal.
            LogToolFailed(e, tool.Id);
            (outcome, reason) = ("failed", $"{e.GetType().Name}: {e.Message}");
        }

        var duration = time.GetElapsedTime(started);
        if (result is not null)
        {
            try
            {
                result = screen.Screen(tool.Id, result, facts, storedLabels);
            }
            catch (Exception e)
            {
                LogScreenFailed(e, tool.Id);
                (result, outcome, reason) = (ToolResult.FromText($"{tool.Id} ran, but its result could not be screened and is withheld.", isError: true), "withheld", e.Message);
            }
        }

        try
        {
            var record = CallRecords.Outcome(call, context, tool.Id, intent, outcome, result, reason, duration, redactor);
            if ((facts.Effects & ~ToolEffects.Read) == 0)
            {
                // Its intent is on the disk. Should the machine fail now, it counts as a call of unknown end, which for a look changes nothing.
                await audit.WriteAsync(AuditTypes.Outcome, record, CancellationToken.None);
            }
            else
            {
                await audit.AppendAsync(AuditTypes.Outcome, record, checkpoint: false, CancellationToken.None);
            }
        }
        catch (Exception e)
        {
            LogOutcomeLost(e, tool.Id);
            return Refuse(call, tool.Id, ToolOutcomeKind.Unknown, $"{tool.Id} ran, but its end could not be recorded, so its result is withheld. Do not repeat it.")
                with { Decision = decision, ApprovedBy = approvedBy, Duration = duration };
        }

        cancellationToken.ThrowIfCancellationRequested();
        return result is not null
            ? new ToolOutcome
            {
                Kind = ToolOutcomeKind.Completed, Call = call, Tool = tool.Id, Result = result, Decision = decision, ApprovedBy = approvedBy,
                Label = facts.Label.Join(result.Label), Duration = duration,
            }
            : Refuse(call, tool.Id, ToolOutcomeKind.Unknown, outcome == "timeout"
                ? $"{tool.Id} was started and did not answer in time; whether it took effect is not known. Do not repeat it before you have looked."
                : $"{tool.Id} was started and broke off; whether it took effect is not known. Do not repeat it before you have looked.")
                with { Decision = decision, ApprovedBy = approvedBy, Duration = duration };
    }

    private async ValueTask<Verdict> JudgeAsync(
        ToolDefinition tool, ILocalTool? local, JsonElement arguments, CallContext context, PolicySet policy, CancellationToken cancellationToken)
    {
        var statement = await engine.AskAsync(tool, local, arguments, policy.Declarations.For(tool.Id), cancellationToken);
        return PolicyEngine.Decide(CallFactsReader.Read(tool, arguments, context, policy, statement), policy, markers.Stem(context));
    }

    private async ValueTask<(Resolved Found, string? Problem)> ResolveAsync(ToolCall call, CancellationToken cancellationToken)
    {
        if (catalog.Find(call.Name) is not var (tool, local))
        {
            var nearest = catalog.Nearest(call.Name);
            return (default, nearest.Count == 0
                ? $"There is no tool \"{call.Name}\"."
                : $"There is no tool \"{call.Name}\"; the nearest are {string.Join(", ", nearest)}.");
        }

        var found = new Resolved(tool, local, call.Arguments);
        if (local is null && await pins.CheckToolAsync(tool, cancellationToken) is { State: PinState.Changed })
        {
            return (found, $"{tool.Id} is switched off: its definition changed since it was first used. Somebody must look at the change first (agent tools accept shows it, agent tools accept {tool.Id} accepts it).");
        }

        var arguments = call.Arguments.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? NoArguments : call.Arguments;
        if (arguments.ValueKind != JsonValueKind.Object)
        {
            return (found, $"The arguments of {tool.Id} must be a JSON object, not {arguments.ValueKind.ToString().ToLowerInvariant()}.");
        }

        try
        {
            // Two members of one name, or half a character: whoever reads it next could read another call out of it.
            _ = CanonicalJson.GetBytes(arguments);
        }
        catch (FormatException e)
        {
            return (found, $"The arguments of {tool.Id} can be read in more than one way: {e.Message}");
        }

        var errors = catalog.Schema(tool).Validate(arguments);
        return errors.Count > 0
            ? (found, $"The arguments do not fit {tool.Id}: {string.Join("; ", errors.Take(5))}.")
            : (found with { Arguments = arguments }, null);
    }

    private async ValueTask<ApprovalPreview?> PreviewAsync(ToolDefinition tool, ILocalTool? local, JsonElement arguments, CallFacts facts, CancellationToken cancellationToken)
    {
        // The operator's word and the tool's own: a server of the same name that does not know the word would simply act.
        if (local is not null || !facts.Declaration.Preview || !SaysPreview(tool))
        {
            return null;
        }

        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(15));
            var result = await catalog.CallAsync(tool.Id, arguments, new ToolCallOptions { Preview = true }, limit.Token);
            return Preview(result);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The card says less; the question stands.
            LogPreviewFailed(e, tool.Id);
            return null;
        }
    }

    private static bool SaysPreview(ToolDefinition tool) =>
        tool.Meta is { ValueKind: JsonValueKind.Object } meta && meta.TryGetProperty("agent/preview", out var flag) && flag.ValueKind == JsonValueKind.True;

    private static ApprovalPreview? Preview(ToolResult result)
    {
        if (result.IsError)
        {
            return new ApprovalPreview("text", "It would fail: " + result.Text);
        }

        if (result.Structured is { ValueKind: JsonValueKind.Object } structured && structured.TryGetProperty("preview", out var preview)
            && preview.ValueKind == JsonValueKind.Object && preview.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
        {
            var kind = preview.TryGetProperty("kind", out var k) ? k.GetString() : null;
            return new ApprovalPreview(kind is "diff" or "rows" or "http" ? kind : "text", text.GetString()!);
        }

        return new ApprovalPreview("text", result.Text);
    }

    private static StoredApproval Question(
        string id, DateTimeOffset now, DateTimeOffset expires, ToolCall call, CallContext context, ToolDefinition tool, Verdict verdict, ApprovalPreview? preview, long intent)
    {
        var stored = new StoredApproval
        {
            Name = call.Name,
            Step = context.Step,
            Mode = context.Mode,
            DefinitionHash = tool.Hash,
            Decision = verdict.Decision,
            Intent = intent,
            ReadFromText = call.ReadFromText,
            Scope = GrantScope.Of(verdict.Facts),
            Request = new ApprovalRequest
            {
                Id = id,
                SessionId = context.SessionId,
                RunId = context.RunId,
                Client = context.Client,
                CallId = call.Id,
                Tool = tool.Id,
                Arguments = call.Arguments,
                Effects = verdict.Facts.Effects,
                Reasons = verdict.Decision.Reasons,
                Warnings = verdict.Warnings,
                Origins = verdict.Facts.Origins,
                Preview = preview,
                Label = verdict.Facts.Label,
                Binding = string.Empty,
                CanGrant = !verdict.Facts.Has(ToolEffects.Destructive),
                CreatedAt = now,
                ExpiresAt = expires,
                State = ApprovalState.Pending,
            },
        };
        return stored with { Request = stored.Request with { Binding = Binding(stored, context.RunId) } };
    }

    /// <summary>What an approval is bound to: everything that decided, so that nothing of it can change under it.</summary>
    private static string Binding(StoredApproval stored, string run) => CanonicalJson.Digest(AuditData.Object(w =>
    {
        var r = stored.Request;
        w.WriteString("session", r.SessionId);
        w.WriteString("run", run);
        w.WriteString("call", r.CallId);
        w.WriteString("server", r.Tool.Server);
        w.WriteString("tool", r.Tool.Name);
        w.WritePropertyName("arguments");
        r.Arguments.WriteTo(w);
        w.WritePropertyName("label");
        LabelJson.Write(w, r.Label);
        w.WriteString("definition", stored.DefinitionHash);
        w.WriteString("policy", stored.Decision.PolicyVersion);
        w.WriteStartArray("reasons");
        foreach (var reason in r.Reasons)
        {
            w.WriteStringValue(reason);
        }

        w.WriteEndArray();
    }));

    private static ToolOutcome Refuse(ToolCall call, ToolId? tool, ToolOutcomeKind kind, string words) => new()
    {
        Kind = kind, Call = call, Tool = tool, Result = ToolResult.FromText(words, isError: true, Label.Bottom), Label = Label.Bottom,
    };

    private ToolOutcome Failure(ToolCall call, ToolId? tool, Exception exception)
    {
        LogStageFailed(exception, call.Name);
        var words = exception is AuditException ? exception.Message : "A stage before the call failed, so it was not run; the log says more.";
        return Refuse(call, tool, ToolOutcomeKind.Failed, words);
    }

    /// <summary>What a name stood for; the definition is null where it stood for nothing.</summary>
    private readonly record struct Resolved(ToolDefinition? Definition, ILocalTool? Local, JsonElement Arguments);

    private static string Join(IEnumerable<string> reasons) => string.Join("; ", reasons);

    [LoggerMessage(LogLevel.Information, "Question {Id} about {Tool} waits for an answer")]
    private partial void LogAsked(string id, ToolId tool);

    [LoggerMessage(LogLevel.Error, "A stage failed before {Tool} could run")]
    private partial void LogStageFailed(Exception exception, string tool);

    [LoggerMessage(LogLevel.Warning, "{Tool} broke off")]
    private partial void LogToolFailed(Exception exception, ToolId tool);

    [LoggerMessage(LogLevel.Error, "The result of {Tool} could not be screened")]
    private partial void LogScreenFailed(Exception exception, ToolId tool);

    [LoggerMessage(LogLevel.Error, "The outcome of {Tool} could not be recorded")]
    private partial void LogOutcomeLost(Exception exception, ToolId tool);

    [LoggerMessage(LogLevel.Warning, "{Tool} gave no preview")]
    private partial void LogPreviewFailed(Exception exception, ToolId tool);
}
