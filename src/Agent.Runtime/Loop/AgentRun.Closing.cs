using System.Text.Json;
using Agent.Runtime.Citations;
using Agent.Runtime.Sessions;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Loop;

/// <summary>How a run ends: every call with its result, the history with the model's side, all of it stored.</summary>
internal sealed partial class AgentRun
{
    /// <summary>Ends the run: every call has its result, the history ends with the model's side, all of it is stored.</summary>
    private async Task<RunResult> CloseAsync(RunStop stop, string answer, bool isModelText = false)
    {
        await FinishOpenCallsAsync(stop == RunStop.Cancelled ? "The run was cancelled." : "The run ended before it.");
        if (!_conversation.EndsWithAssistant)
        {
            // A turn of the person is never left without an answer: some providers refuse two in a row.
            var closing = new ChatMessage(ChatRole.Assistant, isModelText ? answer : $"[{answer}]");
            Append(
                SessionEventTypes.Message,
                _conversation.Label,
                new MessageData { Message = MessageJson.Write(closing), Closing = true },
                SessionJson.Default.MessageData);
            _conversation.AddAssistant(closing, _conversation.Label);
        }

        var result = Ended(stop, answer);
        Stage(SessionEventTypes.Provenance, _provenance.Label, _provenance.Save(), SessionJson.Default.JsonElement);
        StageState("idle", _start.Client);
        Append(SessionEventTypes.RunEnded, _conversation.Label, result, SessionJson.Default.RunResult);
        await RecordEndAsync(result);
        return result;
    }

    /// <summary>Leaves the run to wait for a person; another process may take it up.</summary>
    private RunResult Suspend()
    {
        foreach (var call in _batch.Where(static c => c is { Ended: null, ApprovalId: null }))
        {
            End(call, call.Started
                ? Outcome(call, ToolOutcomeKind.Unknown, "The program stopped while this call ran; whether it had its effect is not known.")
                : Outcome(call, ToolOutcomeKind.Rejected, "Not run: the program stopped."));
        }

        var open = _batch.Where(static c => c.Ended is null).ToList();
        foreach (var call in _batch)
        {
            if (call.Ended is { } ended)
            {
                Report(ended);
                continue;
            }

            _toolCalls.Add(new RunToolCall(
                call.Call.Id, call.Tool?.Id.ToString() ?? call.Call.Name, call.Call.Arguments, "ask", call.Decision?.Reasons ?? [], null, "pending", 0));
        }

        StageState("waiting", _start.Client);
        Append(SessionEventTypes.Provenance, _provenance.Label, _provenance.Save(), SessionJson.Default.JsonElement);
        return Ended(
            RunStop.Waiting,
            $"Waiting for an approval: answer with 'agent approvals approve {open[0].ApprovalId}' or 'deny', then go on with 'agent sessions resume {_session}'.");
    }

    /// <summary>A request that comes while the last one is still open closes that first.</summary>
    private async Task CloseOpenRunAsync()
    {
        if (_replay.OpenRun is null)
        {
            return;
        }

        TakeUpRun();
        _batch = OpenBatch();
        await CloseAsync(RunStop.Cancelled, "This request was cut off before there was an answer.");
        _clock.Dispose();
        _toolCalls.Clear();
        _texts.Clear();
        _sources = new SourceIndex();
        _plan = [];
        _step = 0;
        _refused = false;
    }

    private RunResult Ended(RunStop stop, string answer) => new()
    {
        Session = _session.Length > 0 ? _session : _start.SessionId ?? string.Empty,
        Run = _run,
        Answer = answer,
        Citations = stop is RunStop.Failed or RunStop.ModelUnavailable or RunStop.Cancelled or RunStop.Waiting ? [] : _sources.Cite(answer),
        Plan = _plan,
        ToolCalls = [.. _toolCalls],
        Usage = _budget?.Used ?? new RunUsage(0, 0, 0, null),
        Model = _model?.ToString() ?? string.Empty,
        Stopped = stop,
    };

    private static string Describe(Exception e) => e switch
    {
        IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException =>
            $"The session could not be stored ({e.Message.TrimEnd('.')}); look at the state folder with 'agent doctor'.",
        InvalidOperationException or FormatException => e.Message,
        _ => "The run failed by an error of the program; the log has the details.",
    };
}
