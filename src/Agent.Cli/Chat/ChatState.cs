using System.Globalization;

namespace Agent.Cli.Chat;

/// <summary>A tool call as the chat shows it.</summary>
internal sealed class ToolLine(int number, ToolCall call, long startedAt)
{
    public int Number { get; } = number;

    public ToolCall Call { get; } = call;

    public long StartedAt { get; } = startedAt;

    public ToolProgress? Progress { get; set; }

    public ToolOutcome? Outcome { get; set; }

    public bool Waits { get; set; }
}

/// <summary>What the chat knows: shown in the status line and by the slash commands.</summary>
internal sealed class ChatState
{
    public string? Session { get; set; }

    public string Model { get; set; } = string.Empty;

    public int? ContextWindow { get; set; }

    public PolicyMode Mode { get; set; }

    public long ContextTokens { get; set; }

    public RunUsage Usage { get; set; } = new(0, 0, 0, null);

    /// <summary>What earlier runs of this chat used; <see cref="Usage"/> is the running one's.</summary>
    public RunUsage Before { get; set; } = new(0, 0, 0, null);

    public List<ToolLine> Tools { get; } = [];

    public IReadOnlyList<PlanStep> Plan { get; set; } = [];

    public List<ApprovalRequest> Pending { get; } = [];

    public RunResult? Last { get; set; }

    public RunUsage Total => new(
        Before.InputTokens + Usage.InputTokens,
        Before.OutputTokens + Usage.OutputTokens,
        Before.CachedInputTokens + Usage.CachedInputTokens,
        Before.CostUsd is null && Usage.CostUsd is null ? null : (Before.CostUsd ?? 0) + (Usage.CostUsd ?? 0));

    public static string ModeName(PolicyMode mode) => mode switch { PolicyMode.Plan => "plan", PolicyMode.AutoEdit => "auto-edit", _ => "ask" };

    /// <summary>The status line's words, most important first.</summary>
    public IEnumerable<string> Status()
    {
        yield return Model;
        yield return ModeName(Mode) + " mode";
        if (ContextTokens > 0)
        {
            yield return ContextWindow is { } window
                ? $"context {Math.Min(100, ContextTokens * 100 / Math.Max(1, window))} %"
                : $"context {Tokens(ContextTokens)}";
        }

        if (Total.CostUsd is { } cost)
        {
            yield return "$" + cost.ToString("0.00##", CultureInfo.InvariantCulture);
        }

        if (Pending.Count > 0)
        {
            yield return Pending.Count == 1 ? "1 approval waits" : $"{Pending.Count} approvals wait";
        }
    }

    public static string Tokens(long count) => count < 1000 ? count.ToString(CultureInfo.InvariantCulture) : (count / 1000.0).ToString("0.#k", CultureInfo.InvariantCulture);
}
