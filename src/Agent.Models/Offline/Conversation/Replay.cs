using System.Text.Json.Nodes;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Conversation;

/// <summary>A call the planner wants made.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Confidence">How sure the reading is that this call answers the request, from 0 to 1; null for a call that only looks something up on the way.</param>
internal sealed record PlannedCall(OfferedTool Tool, JsonObject Arguments, double? Confidence);

/// <summary>
/// Runs a plan against the history: a call that the history already holds completes at once with its recorded result; one
/// that it does not hold is noted in <see cref="Pending"/> and never completes, which leaves the plan standing there until
/// the next step begins it again. So a plan is written as one straight method, and nothing is kept between two steps.
/// </summary>
internal sealed class Replay(Turn turn, IReadOnlyList<Turn> history)
{
    private readonly HashSet<RecordedCall> _used = [];

    /// <summary>What must be called before the plan can go on, in the plan's order.</summary>
    public List<PlannedCall> Pending { get; } = [];

    /// <summary>The request that is being answered.</summary>
    public Turn Turn => turn;

    public Task<ToolOutput> CallAsync(OfferedTool tool, JsonObject arguments, double? confidence = null)
    {
        var canonical = CanonicalArguments.Write(arguments);
        var recorded = turn.Calls.FirstOrDefault(c => !_used.Contains(c) && c.Tool == tool.Name && c.Canonical == canonical)
            // A person may change the arguments while approving a call that acts; it was made all the same.
            ?? (tool.IsReadOnly ? null : turn.Calls.FirstOrDefault(c => !_used.Contains(c) && c.Tool == tool.Name));
        if (recorded is not null)
        {
            _used.Add(recorded);
        }

        return recorded?.Output is { } output ? Task.FromResult(output) : Ask(tool, arguments, confidence);
    }

    /// <summary>Like <see cref="CallAsync"/>, but content with the result of an equal call for an earlier request.</summary>
    public Task<ToolOutput> RecallAsync(OfferedTool tool, JsonObject arguments)
    {
        var canonical = CanonicalArguments.Write(arguments);
        for (var i = Math.Min(turn.Index, history.Count - 1); i >= 0; i--)
        {
            var same = history[i].Calls.FirstOrDefault(c => c.Tool == tool.Name && c.Canonical == canonical);
            if (same?.Output is { IsError: false } output)
            {
                _used.Add(same);
                return Task.FromResult(output);
            }
        }

        return CallAsync(tool, arguments);
    }

    private Task<ToolOutput> Ask(OfferedTool tool, JsonObject arguments, double? confidence)
    {
        Pending.Add(new PlannedCall(tool, arguments, confidence));
        return new TaskCompletionSource<ToolOutput>().Task;
    }
}
