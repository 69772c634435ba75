using Agent.Json;

namespace Agent.Runtime.Loop;

/// <summary>Notices calls that come again and steps that go round.</summary>
internal sealed class LoopWatch
{
    private const int LongestCycle = 4;
    private const int Rounds = 3;

    private readonly Dictionary<string, Seen> _calls = new(StringComparer.Ordinal);
    private readonly List<string> _steps = [];

    /// <summary>What an equal call of this run came to, and how often it was asked for.</summary>
    public Seen? Find(string key) => _calls.GetValueOrDefault(key);

    /// <summary>Counts a call.</summary>
    public Seen Count(string key)
    {
        if (!_calls.TryGetValue(key, out var seen))
        {
            _calls[key] = seen = new Seen();
        }

        seen.Times++;
        return seen;
    }

    /// <summary>Results may be stale once something was changed: equal calls start anew.</summary>
    public void Forget()
    {
        foreach (var seen in _calls.Values)
        {
            seen.Result = null;
        }
    }

    /// <summary>Takes in a step: what was called and what came of it.</summary>
    /// <returns>True where the last steps are the same ones again and again.</returns>
    public bool IsCycle(string step)
    {
        _steps.Add(step);
        for (var period = 1; period <= LongestCycle; period++)
        {
            var length = period * Rounds;
            if (_steps.Count < length)
            {
                return false;
            }

            var same = true;
            for (var i = _steps.Count - length; same && i < _steps.Count - period; i++)
            {
                same = _steps[i] == _steps[i + period];
            }

            if (same)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Equal for calls of one tool with equal arguments, however they are written.</summary>
    public static string Key(ToolCall call) => $"{call.Name} {CanonicalJson.Digest(call.Arguments)}";

    /// <summary>Earlier calls like one.</summary>
    public sealed class Seen
    {
        public int Times { get; set; }

        public ToolOutcome? Result { get; set; }
    }
}
