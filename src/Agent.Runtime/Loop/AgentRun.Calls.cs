using System.Text.Json;
using Agent.Runtime.Context;
using Agent.Runtime.Observability;
using Agent.Runtime.Sessions;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Loop;

/// <summary>The calls of a step: each goes down the road once and ends with exactly one result, in the order they were asked for.</summary>
internal sealed partial class AgentRun
{
    private readonly SemaphoreSlim _writes = new(1, 1);
    private List<CallState> _batch = [];
    private bool _suspended;

    /// <summary>Runs the calls of a turn. Read-only ones that stand together run side by side; one that waits for a person holds up nothing.</summary>
    private async Task DispatchAsync(CancellationToken cancellationToken)
    {
        List<Task> waiting = [];
        try
        {
            for (var i = 0; i < _batch.Count;)
            {
                var end = i + 1;
                while (_batch[i].IsReadOnly && end < _batch.Count && _batch[end].IsReadOnly)
                {
                    end++;
                }

                if (end == i + 1)
                {
                    Keep(await StartAsync(_batch[i], cancellationToken));
                }
                else
                {
                    foreach (var wait in await StartTogetherAsync(i, end, cancellationToken))
                    {
                        Keep(wait);
                    }
                }

                i = end;
            }
        }
        finally
        {
            // Also when cancelled: nothing of a run is left running behind it.
            if (waiting.Count > 0)
            {
                _clock.BeginWait();
                await Task.WhenAll(waiting);
                _clock.EndWait();
            }
        }

        void Keep(Task? wait)
        {
            if (wait is not null)
            {
                waiting.Add(wait);
            }
        }
    }

    private async Task<Task?[]> StartTogetherAsync(int from, int end, CancellationToken cancellationToken)
    {
        using var slots = new SemaphoreSlim(_services.Context.Value.MaxParallelCalls);
        var tasks = new Task<Task?>[end - from];
        for (var i = from; i < end; i++)
        {
            tasks[i - from] = RunAsync(_batch[i]);
        }

        return await Task.WhenAll(tasks);

        async Task<Task?> RunAsync(CallState call)
        {
            await slots.WaitAsync(cancellationToken);
            try
            {
                return await StartAsync(call, cancellationToken);
            }
            finally
            {
                slots.Release();
            }
        }
    }

    /// <summary>Starts a call and comes back when it ended, or with the wait for a person.</summary>
    private async Task<Task?> StartAsync(CallState call, CancellationToken cancellationToken)
    {
        if (call.Ended is not null)
        {
            return null;
        }

        if (call.ApprovalId is not null)
        {
            return await TakeUpPendingAsync(call, cancellationToken);
        }

        if (call.Started)
        {
            // It may have run before the process ended; only a person can find out.
            End(call, Outcome(call, ToolOutcomeKind.Unknown, "This call was started and its end is not known, because the program was cut off. It may have had its effect; check before it is repeated."));
            return null;
        }

        Emit(new RunEvent.ToolStarted(call.Call));
        if (call.Problem is { } problem)
        {
            if (call.Tool is null)
            {
                await RecordNotOfferedAsync(call.Call);
            }

            End(call, Outcome(call, ToolOutcomeKind.Rejected, problem));
            return null;
        }

        if (AnswerRepeated(call))
        {
            return null;
        }

        lock (_gate)
        {
            if (!_budget.HasToolCallsLeft)
            {
                call.Problem = $"Not run: the limit of {_budget.MaxToolCalls} tool calls of this run is reached. Answer from what is there.";
            }
            else
            {
                _budget.ToolCalls++;
            }
        }

        if (call.Problem is { } limit)
        {
            _toolLimitReached = true;
            End(call, Outcome(call, ToolOutcomeKind.Rejected, limit));
            return null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        Append(
            SessionEventTypes.CallStarted,
            _conversation.Label,
            new CallStartedData(call.Call.Id, call.Call.Name, call.Call.Arguments, call.Call.ReadFromText),
            SessionJson.Default.CallStartedData);
        call.Started = true;
        return await SettleAsync(call, await InvokeAsync(call, cancellationToken), cancellationToken);
    }

    private async ValueTask<ToolOutcome> InvokeAsync(CallState call, CancellationToken cancellationToken)
    {
        if (call.IsReadOnly)
        {
            return await GuardAsync(call, () => _services.Pipeline.InvokeAsync(call.Call, ContextOf(call.Call.Id), cancellationToken), cancellationToken);
        }

        // One change at a time, also beside one that was approved meanwhile.
        await _writes.WaitAsync(cancellationToken);
        try
        {
            return await GuardAsync(call, () => _services.Pipeline.InvokeAsync(call.Call, ContextOf(call.Call.Id), cancellationToken), cancellationToken);
        }
        finally
        {
            _writes.Release();
        }
    }

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
        var outcome = await GuardAsync(call, () => _services.Pipeline.ResumeAsync(call.ApprovalId!, ContextOf(call.Call.Id), cancellationToken), cancellationToken);
        return outcome is { Kind: ToolOutcomeKind.Pending, Approval: var approval } && (approval is null || approval.Id == call.ApprovalId)
            ? Outcome(call, ToolOutcomeKind.Denied, "Refused: nobody approved this call.", new Decision(DecisionKind.Ask, ["it needed a person's approval"], string.Empty, string.Empty))
            : outcome;
    }

    /// <summary>The pipeline does not throw by contract; if it does, what happened is not known.</summary>
    private async ValueTask<ToolOutcome> GuardAsync(CallState call, Func<ValueTask<ToolOutcome>> act, CancellationToken cancellationToken)
    {
        try
        {
            return await act();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A call always ends with a result.
        catch (Exception e)
#pragma warning restore CA1031
        {
            RunLog.PipelineThrew(_services.Log, e, _run, call.Call.Name);
            return Outcome(call, ToolOutcomeKind.Unknown, "The program failed while this call ran; whether it had its effect is not known. Check before it is repeated.");
        }
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

    private ToolOutcome Outcome(CallState call, ToolOutcomeKind kind, string text, Decision? decision = null) => new()
    {
        Kind = kind,
        Call = call.Call,
        Tool = call.Tool?.Id,
        Decision = decision ?? call.Decision,
        Label = _conversation.Label,
        Result = ToolResult.FromText(text, isError: true, _conversation.Label),
    };

    /// <summary>Stores how a call ended, and what the model is shown of it.</summary>
    private void End(CallState call, ToolOutcome outcome, bool repeated = false)
    {
        var result = outcome.Result ?? ToolResult.FromText("The call came back without a result.", isError: true, _conversation.Label);
        lock (_gate)
        {
            if (call.Ended is not null)
            {
                return;
            }

            var handle = ResultHandle.Write(_sequence + 1);
            var shown = Show(call, outcome, result, handle);
            var ended = new CallEndedData
            {
                Id = call.Call.Id,
                Name = outcome.Tool?.ToString() ?? call.Call.Name,
                Server = outcome.Tool?.Server,
                Tool = outcome.Tool?.Name,
                Arguments = outcome.Call.Arguments,
                Kind = outcome.Kind,
                Raw = result.Raw,
                Shown = shown,
                Decision = outcome.Decision?.Kind,
                Reasons = outcome.Decision?.Reasons ?? [],
                ApprovedBy = outcome.ApprovedBy,
                DurationMs = (long)outcome.Duration.TotalMilliseconds,
                ReadFromText = call.Call.ReadFromText,
                Repeated = repeated,
            };
            AppendLocked(SessionEventTypes.CallEnded, result.Label, ended, SessionJson.Default.CallEndedData);
            _replay.Handles[call.Call.Id] = handle;
            call.Ended = ended;
            call.Label = result.Label;
            call.Result = result;
            call.Outcome = outcome;
        }

        RunLog.CallEnded(_services.Log, _run, outcome.Tool?.ToString() ?? "unknown", outcome.Kind, (long)outcome.Duration.TotalMilliseconds);
        Emit(new RunEvent.ToolCompleted(outcome));
    }

    private string Show(CallState call, ToolOutcome outcome, ToolResult result, string handle)
    {
        var text = result.Text;
        if (text.Length == 0)
        {
            text = result.IsError ? "The tool failed without saying why." : "The tool ended without output.";
        }

        var shown = ResultCutter.Cut(text, ResultBudget(), handle);
        if (outcome.Kind == ToolOutcomeKind.Completed && _services.Guardrails is { } guardrails)
        {
            shown = guardrails.ForModel(_session, outcome.Tool?.ToString() ?? call.Call.Name, shown, result.Label);
        }

        if (call.Nudge is { } nudge)
        {
            shown += "\n" + nudge;
        }

        // A model tells a failure by these words where its provider has no flag for it.
        return result.IsError && !shown.StartsWith("Error", StringComparison.OrdinalIgnoreCase) ? "Error: " + shown : shown;
    }

    /// <summary>Characters one result of this batch may take.</summary>
    private int ResultBudget()
    {
        var options = _services.Context.Value;
        var share = _tokens.Fitting((long)(Window * options.ResultShare)) * 3 / Math.Max(1, _batch.Count);
        return (int)Math.Clamp(share, ResultCutter.Least, options.MaxResultCharacters);
    }

    /// <summary>Gives the results of the batch to the conversation, in the order of the calls.</summary>
    private void CommitBatch()
    {
        foreach (var call in _batch)
        {
            // Only now: a call is judged by what the model had read when it asked for it, not by what came in beside it.
            if (call.Ended is { Server: { } server, Tool: { } tool, Repeated: false })
            {
                _provenance.AddResult(new ToolId(server, tool), call.Result!);
            }

            Report(call.Ended!);
            if (call.Ended!.Kind == ToolOutcomeKind.Completed && call.Result is { IsError: false } result)
            {
                _sources.Add(call.Call.Id, result);
                KeepData(call);
            }
        }

        if (_batch.Count > 0)
        {
            _conversation.AddResults([.. _batch.Select(static c => (c.Call.Id, c.Ended!.Shown, c.Ended.Raw, c.Label))]);
            _batch = [];
        }
    }

    private void Report(CallEndedData ended)
    {
        var failed = ended.Raw.TryGetProperty("isError", out var flag) && flag.ValueKind == JsonValueKind.True;
        _refused |= ended is { Kind: ToolOutcomeKind.Denied, Decision: DecisionKind.Ask };
        _toolCalls.Add(new RunToolCall(
            ended.Id,
            ended.Name,
            ended.Arguments,
            OutcomeWords.Of(ended.Decision),
            ended.Reasons,
            ended.ApprovedBy,
            OutcomeWords.Of(ended.Kind, failed),
            ended.DurationMs));
    }

    /// <summary>Gives every call that is still open its result: none may be left when a run ends.</summary>
    private async Task FinishOpenCallsAsync(string reason)
    {
        foreach (var call in _batch)
        {
            if (call.Ended is not null)
            {
                continue;
            }

            if (call.ApprovalId is { } approval)
            {
                await _services.Approvals.WithdrawAsync(approval, reason, CancellationToken.None);
                End(call, Outcome(call, ToolOutcomeKind.Denied, $"Not run: {reason}"));
            }
            else if (call.Started)
            {
                End(call, Outcome(call, ToolOutcomeKind.Unknown, $"{reason} This call had been started; whether it had its effect is not known."));
            }
            else
            {
                End(call, Outcome(call, ToolOutcomeKind.Rejected, $"Not run: {reason}"));
            }
        }

        CommitBatch();
    }

    private List<CallState> OpenBatch() =>
    [
        .. _replay.Open.Select(open =>
        {
            var content = open.Content;
            var read = RequestedCall.Read(content, _offered.Find, static _ => true, static () => string.Empty, UnknownTool);
            var state = new CallState(read with
            {
                Call = read.Call with
                {
                    Arguments = open.Arguments ?? read.Call.Arguments,
                    Name = open.Name ?? read.Call.Name,
                    ReadFromText = open.ReadFromText,
                },
            })
            {
                Started = open.Started,
                ApprovalId = open.ApprovalId,
                Ended = open.Ended,
                Label = open.Label,
                Result = open.Ended is null ? null : new ToolResult { Raw = open.Ended.Raw, Label = open.Label },
            };
            if (open.ApprovalId is not null)
            {
                state.Decision = new Decision(DecisionKind.Ask, ["it needed a person's approval"], string.Empty, string.Empty);
            }

            return state;
        }),
    ];

    /// <summary>One call on its way.</summary>
    private sealed class CallState(RequestedCall requested)
    {
        public ToolCall Call { get; } = requested.Call;

        public FunctionCallContent Content { get; } = requested.Content;

        public ToolDefinition? Tool { get; } = requested.Tool;

        public string? Problem { get; set; } = requested.Problem;

        /// <summary>Tells equal calls; null where it was not asked of the pipeline.</summary>
        public string? Key { get; set; }

        /// <summary>Words of ours below the result.</summary>
        public string? Nudge { get; set; }

        public ToolOutcome? Outcome { get; set; }

        public bool IsReadOnly => Tool?.Hints.ReadOnly == true || Problem is not null;

        public bool Started { get; set; }

        public string? ApprovalId { get; set; }

        public Decision? Decision { get; set; }

        public CallEndedData? Ended { get; set; }

        public ToolResult? Result { get; set; }

        public Label Label { get; set; } = Label.Missing;

        public bool Succeeded => Ended?.Kind == ToolOutcomeKind.Completed && Result is { IsError: false };
    }
}
