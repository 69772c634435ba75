using System.Globalization;

namespace Agent.Runtime.Budgets;

/// <summary>What a run may still use. Checked before a request is sent: what would break a limit is not sent.</summary>
internal sealed class RunBudget(Budget budget, LimitOptions limits, ModelPrice? price, RunUsage session, RunUsage day)
{
    /// <summary>An answer of fewer tokens than this is not worth a request.</summary>
    private const long LeastOutput = 16;
    private const decimal WarnAt = 0.8m;

    private readonly HashSet<string> _warned = new(StringComparer.Ordinal);
    private long _input;
    private long _output;
    private long _cached;
    private decimal? _cost;

    public RunUsage Used => new(_input, _output, _cached, _cost);

    public int ToolCalls { get; set; }

    public bool HasToolCallsLeft => budget.MaxToolCalls is not { } most || ToolCalls < most;

    public int? MaxToolCalls => budget.MaxToolCalls;

    public void Add(long input, long output, long cached, decimal? cost)
    {
        _input += input;
        _output += output;
        _cached += cached;
        if (cost is { } known)
        {
            _cost = (_cost ?? 0) + known;
        }
    }

    /// <summary>Whether a request of so many tokens may be sent, and how many tokens its answer may have.</summary>
    /// <returns>A sentence for the person where it may not; null otherwise.</returns>
    public string? Check(long inputTokens, TimeSpan elapsed, out int? maxOutput)
    {
        maxOutput = null;
        if (budget.MaxTime is { } time && elapsed >= time)
        {
            return $"The run's limit of {Text(time)} is used up, so nothing more is sent; raise limits.maxTime to allow more.";
        }

        var used = _input + _output;
        return CheckTokens("run", "maxTokens", used, budget.MaxTokens, inputTokens, ref maxOutput)
            ?? CheckTokens("session", "maxSessionTokens", used + session.InputTokens + session.OutputTokens, limits.MaxSessionTokens, inputTokens, ref maxOutput)
            ?? CheckTokens("day", "maxDayTokens", used + day.InputTokens + day.OutputTokens, limits.MaxDayTokens, inputTokens, ref maxOutput)
            ?? CheckCost("run", "maxCost", _cost ?? 0, budget.MaxCost, inputTokens, ref maxOutput)
            ?? CheckCost("session", "maxSessionCost", (_cost ?? 0) + (session.CostUsd ?? 0), limits.MaxSessionCost, inputTokens, ref maxOutput)
            ?? CheckCost("day", "maxDayCost", (_cost ?? 0) + (day.CostUsd ?? 0), limits.MaxDayCost, inputTokens, ref maxOutput);
    }

    /// <summary>Warnings that became due, each once.</summary>
    public IEnumerable<string> Warnings(TimeSpan elapsed)
    {
        var used = _input + _output;
        (string Name, decimal Used, decimal? Most, string Unit)[] shares =
        [
            ("run's", used, budget.MaxTokens, "tokens"),
            ("session's", used + session.InputTokens + session.OutputTokens, limits.MaxSessionTokens, "tokens"),
            ("day's", used + day.InputTokens + day.OutputTokens, limits.MaxDayTokens, "tokens"),
            ("run's", _cost ?? 0, budget.MaxCost, "dollars"),
            ("session's", (_cost ?? 0) + (session.CostUsd ?? 0), limits.MaxSessionCost, "dollars"),
            ("day's", (_cost ?? 0) + (day.CostUsd ?? 0), limits.MaxDayCost, "dollars"),
            ("run's", ToolCalls, budget.MaxToolCalls, "tool calls"),
            ("run's", (decimal)elapsed.TotalSeconds, (decimal?)budget.MaxTime?.TotalSeconds, "seconds"),
        ];
        foreach (var (name, value, most, unit) in shares)
        {
            if (most is > 0 && value >= most * WarnAt && _warned.Add($"{name} {unit}"))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{value / most:P0} of the {name} {most:0.####} {unit} are used.");
            }
        }
    }

    private static string? CheckTokens(string scope, string option, long used, long? most, long input, ref int? maxOutput)
    {
        if (most is not { } limit)
        {
            return null;
        }

        var left = limit - used - input;
        if (left < LeastOutput)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"The {scope}'s limit of {limit:N0} tokens would be exceeded: {used:N0} are used and the next request needs about {input:N0}; raise limits.{option} to allow more.");
        }

        maxOutput = (int)Math.Min(maxOutput ?? int.MaxValue, Math.Min(left, int.MaxValue));
        return null;
    }

    private string? CheckCost(string scope, string option, decimal used, decimal? most, long input, ref int? maxOutput)
    {
        if (most is not { } limit || price is null)
        {
            return null;
        }

        var left = limit - used - (input * price.Input / 1_000_000m);
        var tokens = price.Output > 0 ? (long)Math.Clamp(left * 1_000_000m / price.Output, long.MinValue / 2, int.MaxValue) : left >= 0 ? int.MaxValue : -1;
        if (tokens < LeastOutput)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"The {scope}'s limit of ${limit:0.####} would be exceeded: ${used:0.####} is used and the next request costs about ${input * price.Input / 1_000_000m:0.####} to send; raise limits.{option} to allow more.");
        }

        if (tokens < int.MaxValue)
        {
            maxOutput = (int)Math.Min(maxOutput ?? int.MaxValue, tokens);
        }

        return null;
    }

    private static string Text(TimeSpan time) =>
        time.TotalMinutes >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#} minutes") : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} seconds");
}
