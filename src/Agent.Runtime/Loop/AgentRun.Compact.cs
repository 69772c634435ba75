using System.Globalization;
using Agent.Runtime.Context;

namespace Agent.Runtime.Loop;

/// <summary>Makes room because a person asked for it, between two runs.</summary>
internal sealed partial class AgentRun
{
    /// <summary>What stays of the last turns, as a share of the window: enough to answer "and the second one?".</summary>
    private const double KeptOnRequest = 0.02;

    private bool OpenForCompaction()
    {
        if (_runs == 0 || _replay.OpenRun is not null)
        {
            _refusal = _runs == 0
                ? $"Session '{_session}' holds nothing to sum up yet."
                : $"The last run of session '{_session}' was cut off; resume it first, or ask the next question.";
            return false;
        }

        _run = $"{_session}.{_runs.ToString(CultureInfo.InvariantCulture)}";
        _request = _replay.Start!;
        _plan = _replay.Plan;
        _conversation.SetSystem(SystemText());
        OpenBudget();
        return true;
    }

    private async Task<RunResult> CompactOnlyAsync(CancellationToken cancellationToken)
    {
        Emit(new RunEvent.Started(_session, _run, _model.ToString()));
        var before = _tokens.Expected(Size);
        Drop(ContextPlan.DropResults(_conversation, 0, HandleOf));
        var end = ContextPlan.CutAt(_conversation, Target(KeptOnRequest));
        if (end > 2)
        {
            await SumUpAsync(end, null, cancellationToken);
        }

        var after = _tokens.Expected(Size);
        RunLog.Compacted(_services.Log, _run, before, after);
        Emit(new RunEvent.UsageChanged(_budget.Used, after));
        return Ended(RunStop.Answered, after < before
            ? string.Create(CultureInfo.InvariantCulture, $"Summed up: about {before:N0} tokens became {after:N0}. What was said is kept in the session.")
            : "The conversation is short; there is nothing to sum up.");
    }
}
