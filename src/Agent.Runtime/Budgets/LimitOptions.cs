using System.ComponentModel.DataAnnotations;

namespace Agent.Runtime.Budgets;

/// <summary>Limits; null is none. Section <c>limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>Model calls of a run before tools are withheld and an answer is demanded.</summary>
    [Range(1, 1_000)]
    public int MaxSteps { get; set; } = 40;

    /// <summary>Steps in a row in which no call succeeded, before tools are withheld and an answer is demanded.</summary>
    [Range(1, 100)]
    public int MaxErrorSteps { get; set; } = 3;

    /// <summary>Tool calls of a run.</summary>
    [Range(1, 1_000_000)]
    public int? MaxToolCalls { get; set; }

    /// <summary>Tokens of a run, sent and received.</summary>
    [Range(1, long.MaxValue)]
    public long? MaxTokens { get; set; }

    /// <summary>US dollars of a run.</summary>
    [Range(0, 1_000_000)]
    public decimal? MaxCost { get; set; }

    /// <summary>Time of a run, without the time a person takes to answer.</summary>
    public TimeSpan? MaxTime { get; set; }

    /// <summary>Tokens of a session.</summary>
    [Range(1, long.MaxValue)]
    public long? MaxSessionTokens { get; set; }

    /// <summary>US dollars of a session.</summary>
    [Range(0, 1_000_000)]
    public decimal? MaxSessionCost { get; set; }

    /// <summary>Tokens of a day of the person's calendar, over all sessions of this machine.</summary>
    [Range(1, long.MaxValue)]
    public long? MaxDayTokens { get; set; }

    /// <summary>US dollars of a day of the person's calendar, over all sessions of this machine.</summary>
    [Range(0, 1_000_000)]
    public decimal? MaxDayCost { get; set; }

    internal Budget ToBudget() => new()
    {
        MaxSteps = MaxSteps,
        MaxToolCalls = MaxToolCalls,
        MaxTokens = MaxTokens,
        MaxCost = MaxCost,
        MaxTime = MaxTime,
    };
}
