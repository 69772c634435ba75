using System.Text.Json;
using Agent.Runtime.Answers;
using Agent.Runtime.Context;
using Agent.Runtime.Observability;
using Agent.Runtime.Sessions;

namespace Agent.Runtime.Loop;

/// <summary>What calls came to: stored as they end, given to the conversation together.</summary>
internal sealed partial class AgentRun
{
    /// <summary>Tools of one server that are named where another had nothing.</summary>
    private const int MostToolsOfAServer = 3;

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

        var shown = ResultCutter.Cut(text, call.IsForTheModel ? ResultBudget() : ResultCutter.Least, handle);
        if (call.IsForTheModel && shown.Length != text.Length)
        {
            _wasCut = true;
        }

        if (outcome.Kind == ToolOutcomeKind.Completed && _services.Guardrails is { } guardrails)
        {
            shown = guardrails.ForModel(MarkedAs, outcome.Tool?.ToString() ?? call.Call.Name, shown, result.Label);
        }

        // The road itself rejects arguments that break the schema; other calls that did not run were not wrong in that.
        if (outcome.Kind == ToolOutcomeKind.Rejected && (call.Started || call.BreaksSchema) && call.Tool is { } tool && SchemaExample.Write(tool.InputSchema) is { } example)
        {
            shown += $"\nCorrect arguments look like this: {example}";
        }

        if (FoundNothing(call, outcome, result) && Elsewhere(call.Tool!) is { } places)
        {
            shown += $"\n[Nothing was found here. Data is also behind {places}.]";
        }

        if (call.Nudge is { } nudge)
        {
            shown += "\n" + nudge;
        }

        // A model tells a failure by these words where its provider has no flag for it.
        return result.IsError && !shown.StartsWith("Error", StringComparison.OrdinalIgnoreCase) ? "Error: " + shown : shown;
    }

    /// <summary>Whether a call looked for something that is not there.</summary>
    private bool FoundNothing(CallState call, ToolOutcome outcome, ToolResult result) =>
        _model.Provider != "offline" && outcome.Kind == ToolOutcomeKind.Completed && !result.IsError && call.IsForTheModel
        && call.Tool is { Hints.ReadOnly: true } tool && tool.Id.Server != LocalTools.Server
        && result.Structured is { } structured && IsEmpty(structured);

    /// <summary>The tools of other servers that look things up; null where there are none.</summary>
    private string? Elsewhere(ToolDefinition tool)
    {
        var servers = _offered.Definitions
            .Where(other => other.Hints.ReadOnly == true && other.Id.Server != tool.Id.Server && other.Id.Server != LocalTools.Server)
            .GroupBy(static other => other.Id.Server)
            .Select(static group => string.Join(", ", group.Take(MostToolsOfAServer).Select(static other => other.Id.ModelName)))
            .ToList();
        return servers.Count == 0 ? null : string.Join("; ", servers);
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
            _rests |= call is { IsForTheModel: true, Succeeded: true, Tool: { } called } && ToolSubjects.Of(called) != ToolSubject.State;
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
            var read = RequestedCall.Read(content, FindFor(content), static _ => true, static () => string.Empty, UnknownTool);
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
}
