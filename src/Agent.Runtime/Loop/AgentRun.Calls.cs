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
                try
                {
                    await Task.WhenAll(waiting);
                }
                finally
                {
                    _clock.EndWait();
                }
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
        using var scope = BeginScope(call);
        return await SettleAsync(call, await InvokeAsync(call, cancellationToken), cancellationToken);
    }

    private async ValueTask<ToolOutcome> InvokeAsync(CallState call, CancellationToken cancellationToken)
    {
        if (call.IsReadOnly)
        {
            return await GuardAsync(call, () => _services.Pipeline.InvokeAsync(call.Call, ContextOf(call), cancellationToken), cancellationToken);
        }

        // One change at a time, also beside one that was approved meanwhile.
        await _writes.WaitAsync(cancellationToken);
        try
        {
            return await GuardAsync(call, () => _services.Pipeline.InvokeAsync(call.Call, ContextOf(call), cancellationToken), cancellationToken);
        }
        finally
        {
            _writes.Release();
        }
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

    private ToolOutcome Outcome(CallState call, ToolOutcomeKind kind, string text, Decision? decision = null) => new()
    {
        Kind = kind,
        Call = call.Call,
        Tool = call.Tool?.Id,
        Decision = decision ?? call.Decision,
        Label = _conversation.Label,
        Result = ToolResult.FromText(text, isError: true, _conversation.Label),
    };

    /// <summary>One call on its way.</summary>
    private sealed class CallState(RequestedCall requested)
    {
        public ToolCall Call { get; } = requested.Call;

        public FunctionCallContent Content { get; } = requested.Content;

        public ToolDefinition? Tool { get; } = requested.Tool;

        /// <summary>Whether the model reads the result: what was looked up or drafted on its behalf is read by who asked for it.</summary>
        public bool IsForTheModel { get; } = ModelKeys.PurposeOf(requested.Content) is null;

        public string? Problem { get; set; } = requested.Problem;

        public bool BreaksSchema { get; } = requested.BreaksSchema;

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
