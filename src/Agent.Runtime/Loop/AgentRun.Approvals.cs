using Agent.Runtime.Sessions;

namespace Agent.Runtime.Loop;

/// <summary>Calls that wait for a person: asked for, kept, and gone on with once answered, at most once.</summary>
internal sealed partial class AgentRun
{
    /// <summary>A call that waited when its process ended: what it may do is what governance stored, at most once.</summary>
    private async Task<Task?> TakeUpPendingAsync(CallState call, CancellationToken cancellationToken)
    {
        var request = await _services.Approvals.GetAsync(call.ApprovalId!, cancellationToken);
        if (request is null or { State: ApprovalState.Used })
        {
            End(call, Outcome(call, ToolOutcomeKind.Unknown, "This call was approved and its end is not known, because the program was cut off. It may have had its effect; check before it is repeated."));
            return null;
        }

        Emit(new RunEvent.ToolStarted(call.Call));
        var pending = new ToolOutcome { Kind = ToolOutcomeKind.Pending, Call = call.Call, Tool = call.Tool?.Id, Approval = request };
        return await SettleAsync(call, pending, cancellationToken);
    }

    private async Task<Task?> SettleAsync(CallState call, ToolOutcome outcome, CancellationToken cancellationToken)
    {
        if (outcome is not { Kind: ToolOutcomeKind.Pending, Approval: { } approval })
        {
            End(call, outcome);
            return null;
        }

        Keep(call, approval);
        switch (_start.Approvals)
        {
            case ApprovalHandling.Deny:
                await _services.Approvals.WithdrawAsync(approval.Id, "it needs approval, and nobody is there to give it", cancellationToken);
                End(call, await ResumeAsync(call, cancellationToken));
                return null;
            case ApprovalHandling.Suspend when approval.State == ApprovalState.Pending:
                _suspended = true;
                Emit(new RunEvent.ApprovalPending(approval));
                return null;
            default:
                return WaitAsync(call, approval, cancellationToken);
        }
    }

    private async Task WaitAsync(CallState call, ApprovalRequest approval, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (approval.State == ApprovalState.Pending)
                {
                    Emit(new RunEvent.ApprovalPending(approval));
                }

                var since = _services.Time.GetTimestamp();
                var closed = await _services.Approvals.WaitAsync(approval.Id, cancellationToken);
                _services.Telemetry.ApprovalWaited(_services.Time.GetElapsedTime(since), closed.State);
                Emit(new RunEvent.ApprovalClosed(closed));
                await _writes.WaitAsync(cancellationToken);
                ToolOutcome outcome;
                try
                {
                    outcome = await ResumeAsync(call, cancellationToken);
                }
                finally
                {
                    _writes.Release();
                }

                // Edited arguments go through the policy again, which may ask again.
                if (outcome is { Kind: ToolOutcomeKind.Pending, Approval: { } again } && again.Id != approval.Id)
                {
                    Keep(call, again);
                    approval = again;
                    continue;
                }

                End(call, outcome);
                return;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The run's end settles it: withdrawn where the person cancelled, kept where the process stops.
        }
    }

    private async Task<ToolOutcome> ResumeAsync(CallState call, CancellationToken cancellationToken)
    {
        using var scope = BeginScope(call);
        var outcome = await GuardAsync(call, () => _services.Pipeline.ResumeAsync(call.ApprovalId!, ContextOf(call), cancellationToken), cancellationToken);
        return outcome is { Kind: ToolOutcomeKind.Pending, Approval: var approval } && (approval is null || approval.Id == call.ApprovalId)
            ? Outcome(call, ToolOutcomeKind.Denied, "Refused: nobody approved this call.", new Decision(DecisionKind.Ask, ["it needed a person's approval"], string.Empty, string.Empty))
            : outcome;
    }

    private void Keep(CallState call, ApprovalRequest approval)
    {
        call.ApprovalId = approval.Id;
        call.Decision = new Decision(DecisionKind.Ask, approval.Reasons, string.Empty, string.Empty);
        Append(
            SessionEventTypes.CallPending,
            approval.Label,
            new CallPendingData(call.Call.Id, approval.Id, approval.Tool.ToString(), approval.Arguments, approval.Reasons),
            SessionJson.Default.CallPendingData);
    }
}
