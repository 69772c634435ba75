using Agent.Governance.Approvals;
using Agent.Governance.Audit;
using Agent.Governance.Policy;

namespace Agent.Governance.Pipeline;

/// <summary>What becomes of a call whose question was answered.</summary>
internal sealed partial class ToolPipeline
{
    public async ValueTask<ToolOutcome> ResumeAsync(string approvalId, CallContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(approvalId);
        ArgumentNullException.ThrowIfNull(context);
        cancellationToken.ThrowIfCancellationRequested();
        var call = new ToolCall { Id = approvalId, Name = approvalId, Arguments = NoArguments };
        try
        {
            if (approvals.Find(approvalId) is not { } stored)
            {
                return Refuse(call, null, ToolOutcomeKind.Rejected, $"There is no question {approvalId}, or what is stored of it was changed by somebody else; ask for the call again.");
            }

            call = stored.Call;
            return await ResumeAsync(stored, call, context, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Failure(call, null, e);
        }
    }

    private async ValueTask<ToolOutcome> ResumeAsync(StoredApproval stored, ToolCall call, CallContext context, CancellationToken cancellationToken)
    {
        var request = stored.Request;
        if (request.SessionId != context.SessionId)
        {
            return Refuse(call, request.Tool, ToolOutcomeKind.Denied, $"Question {request.Id} belongs to another session.");
        }

        switch (request.State)
        {
            case ApprovalState.Pending:
                return new ToolOutcome { Kind = ToolOutcomeKind.Pending, Call = call, Tool = request.Tool, Decision = stored.Decision, Approval = request, Label = request.Label };
            case ApprovalState.Used:
                return Refuse(call, request.Tool, ToolOutcomeKind.Unknown, $"{request.Tool} was started already for question {request.Id}; it is not run a second time. Look whether it took effect before you go on.")
                    with { Decision = stored.Decision };
            case ApprovalState.Denied or ApprovalState.Expired or ApprovalState.Void:
                return await RefusedAsync(stored, call, context, cancellationToken);
            default:
                break;
        }

        var (found, problem) = await ResolveAsync(call, cancellationToken);
        if (problem is not null)
        {
            await VoidAsync(stored, call, context, problem, cancellationToken);
            return Refuse(call, request.Tool, ToolOutcomeKind.Rejected, problem) with { Decision = stored.Decision };
        }

        var (tool, local, arguments) = (found.Definition!, found.Local, found.Arguments);
        call = call with { Arguments = arguments };
        var policy = policies.Current;
        var verdict = await JudgeAsync(tool, local, arguments, context, policy, cancellationToken);
        if (verdict.Decision.Kind == DecisionKind.Deny)
        {
            await VoidAsync(stored, call, context, Join(verdict.Decision.Reasons), cancellationToken);
            return Refuse(call, tool.Id, ToolOutcomeKind.Denied, $"{tool.Id} was not run although it was approved: {Join(verdict.Decision.Reasons)}.")
                with { Decision = verdict.Decision };
        }

        if (Changed(stored, tool, policy, context, verdict.Facts) is { } changed)
        {
            await VoidAsync(stored, call, context, changed, cancellationToken);
            return await DecideAsync(call, context, cancellationToken);
        }

        if (!approvals.TryUse(stored))
        {
            var now = approvals.Find(request.Id);
            return now is null || now.Request.State == ApprovalState.Approved
                ? Refuse(call, tool.Id, ToolOutcomeKind.Failed, $"Question {request.Id} could not be used; ask for the call again.")
                : await ResumeAsync(now, call, context, cancellationToken);
        }

        await audit.AppendAsync(
            AuditTypes.Started, CallRecords.Started(call, context, tool.Id, stored.Intent, request.Id, request.AnsweredBy), checkpoint: true, cancellationToken);
        return await ActAsync(call, context, tool, local, stored.Decision, verdict.Facts, stored.Intent, request.AnsweredBy, cancellationToken);
    }

    /// <summary>Why an approval no longer fits the call; null where it does.</summary>
    private static string? Changed(StoredApproval stored, ToolDefinition tool, PolicySet policy, CallContext context, CallFacts facts)
    {
        var request = stored.Request;
        if (tool.Hash != stored.DefinitionHash)
        {
            return "the tool's definition changed after it was approved";
        }

        if (policy.Version != stored.Decision.PolicyVersion)
        {
            return "the policy changed after it was approved";
        }

        if ((facts.Effects & ~request.Effects) != 0)
        {
            // The same statement may reach more once a table, a view or a function behind it has changed.
            return "the call may do more than it could when it was approved";
        }

        // What came in beside the call, in the same step, was not there when the model wrote it.
        var sameStep = request.RunId == context.RunId && stored.Step == context.Step;
        if (!sameStep && !context.Provenance.Label.IsAtMost(request.Label))
        {
            return "less trusted text was read after it was approved";
        }

        return Binding(stored, request.RunId) == request.Binding ? null : "the stored call is not the approved one";
    }

    private async ValueTask<ToolOutcome> RefusedAsync(StoredApproval stored, ToolCall call, CallContext context, CancellationToken cancellationToken)
    {
        var request = stored.Request;
        var (outcome, words) = request.State switch
        {
            ApprovalState.Expired => ("expired", "nobody answered in time"),
            ApprovalState.Void => ("void", request.Comment ?? "the question was withdrawn"),
            _ => ("denied", request.Comment is { Length: > 0 } comment ? $"the person refused it and says: {comment}" : "the person refused it"),
        };
        await audit.AppendAsync(
            AuditTypes.Outcome, CallRecords.Outcome(call, context, request.Tool, stored.Intent, outcome, null, words, TimeSpan.Zero, redactor), checkpoint: false, cancellationToken);
        return Refuse(call, request.Tool, ToolOutcomeKind.Denied, $"{request.Tool} was not run: {words}. Do not try it again unless you are asked to.")
            with { Decision = stored.Decision, Approval = request, Label = request.Label };
    }

    private async ValueTask VoidAsync(StoredApproval stored, ToolCall call, CallContext context, string reason, CancellationToken cancellationToken)
    {
        approvals.Void(stored, reason);
        await audit.AppendAsync(
            AuditTypes.Outcome, CallRecords.Outcome(call, context, stored.Request.Tool, stored.Intent, "void", null, reason, TimeSpan.Zero, redactor), checkpoint: false, cancellationToken);
    }
}
