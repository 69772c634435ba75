using System.Text;
using System.Text.Json;
using Agent.Runtime.Answers;
using Agent.Runtime.Sessions;

namespace Agent.Runtime.Loop;

/// <summary>Calls that come again are answered from the result at hand; steps that go round are ended.</summary>
internal sealed partial class AgentRun
{
    /// <summary>A large model may look again once (something may have changed); the third time is a loop.</summary>
    private const int RepeatsOfLarge = 3;
    private const int RepeatsOfSmall = 2;
    private const int RepeatsUntilEnd = 4;

    private readonly LoopWatch _watch = new();
    private bool _looping;

    /// <summary>Answers a call that was asked for before with the same arguments.</summary>
    private bool AnswerRepeated(CallState call)
    {
        lock (_gate)
        {
            call.Key = LoopWatch.Key(call.Call);
            var seen = _watch.Count(call.Key);
            var most = _model.Profile.WithholdToolsAfterData ? RepeatsOfSmall : RepeatsOfLarge;
            if (seen.Times < most)
            {
                return false;
            }

            _looping |= seen.Times >= RepeatsUntilEnd;
            if (call.Tool?.Hints.ReadOnly == true && seen.Result is { Result: { } result } earlier)
            {
                call.Nudge = $"[This is the result of the same call as before; it was not run again. Use it: answer the request, or call something else.]";
                End(call, earlier with { Call = call.Call, Result = result, Duration = TimeSpan.Zero }, repeated: true);
                return true;
            }

            if (seen.Times >= RepeatsOfLarge)
            {
                End(call, Outcome(call, ToolOutcomeKind.Rejected, $"Not run: this call was asked for {seen.Times} times with the same arguments. Do something else, or tell the person what is missing."));
                return true;
            }

            return false;
        }
    }

    private void WatchForLoops(List<CallState> batch)
    {
        var step = new StringBuilder();
        foreach (var call in batch)
        {
            step.Append(call.Key ?? call.Call.Name).Append('=').Append(call.Ended!.Shown.GetHashCode(StringComparison.Ordinal)).Append(';');
            if (call.Key is { } key && call.Ended is { Kind: ToolOutcomeKind.Completed, Repeated: false } && call.Tool is { } tool)
            {
                if (tool.Hints.ReadOnly == true)
                {
                    _watch.Find(key)!.Result = call.Outcome;
                }
                else
                {
                    _watch.Forget();
                }
            }
        }

        if (_watch.IsCycle(step.ToString()) || _looping)
        {
            Withhold(RunStop.Answered, "You repeat yourself. Tools are withheld now: answer from the results above, or ask the person for what you need.");
        }
        else if (_model.Profile.WithholdToolsAfterData && batch.Exists(HoldsData))
        {
            Withhold(RunStop.Answered, "The data is there. Answer the request with its values.");
        }
    }

    /// <summary>Whether a call brought what the person asked for, and not only what is needed to ask for it.</summary>
    private static bool HoldsData(CallState call)
    {
        if (!call.Succeeded || !call.IsForTheModel || call.Tool is not { } tool || tool.Id.Server == LocalTools.Server || ToolSubjects.Of(tool) != ToolSubject.Data)
        {
            return false;
        }

        return !IsEmpty(call);
    }

    /// <summary>Whether a call that succeeded is none to answer from.</summary>
    private static bool BroughtNothing(CallState call) =>
        call.Tool is { } tool && (tool.Id.Server == LocalTools.Server || ToolSubjects.Of(tool) == ToolSubject.State || IsEmpty(call));

    private static bool IsEmpty(CallState call) => call.Result?.Structured is { } structured && IsEmpty(structured);

    /// <summary>Whether a result is a list of nothing: no rows, whatever their columns are called; or only lists that are empty.</summary>
    private static bool IsEmpty(JsonElement structured)
    {
        if (structured.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (structured.TryGetProperty("rows", out var rows) && rows.ValueKind == JsonValueKind.Array)
        {
            return rows.GetArrayLength() == 0;
        }

        var lists = structured.EnumerateObject().Where(static p => p.Value.ValueKind == JsonValueKind.Array).ToList();
        return lists.Count > 0 && lists.TrueForAll(static p => p.Value.GetArrayLength() == 0);
    }
}
