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

    /// <summary>The model that answers, <c>provider/name</c>.</summary>
    public string Model { get; set; } = string.Empty;

    /// <summary>The model that <c>/model</c> chose; null for the configuration's.</summary>
    public string? ChosenModel { get; set; }

    public int? ContextWindow { get; set; }

    public PolicyMode Mode { get; set; }

    public long ContextTokens { get; set; }

    public RunUsage Usage { get; set; } = new(0, 0, 0, null);

    /// <summary>What earlier runs of this chat used; <see cref="Usage"/> is the running one's.</summary>
    public RunUsage Before { get; set; } = new(0, 0, 0, null);

    public List<ToolLine> Tools { get; } = [];

    public int NextNumber => Tools.Count == 0 ? 1 : Tools[^1].Number + 1;

    public IReadOnlyList<PlanStep> Plan { get; set; } = [];

    public List<ApprovalRequest> Pending { get; } = [];

    public RunResult? Last { get; set; }

    /// <summary>The runs whose changes <c>/undo</c> took back.</summary>
    public HashSet<string> Undone { get; } = new(StringComparer.Ordinal);

    /// <summary>What the model should know of what the person did since it last answered; sent with the next request.</summary>
    public List<string> Notes { get; } = [];

    public RunUsage Total => new(
        Before.InputTokens + Usage.InputTokens,
        Before.OutputTokens + Usage.OutputTokens,
        Before.CachedInputTokens + Usage.CachedInputTokens,
        Before.CostUsd is null && Usage.CostUsd is null ? null : (Before.CostUsd ?? 0) + (Usage.CostUsd ?? 0));

    /// <summary>Forgets the conversation; what was used stays counted.</summary>
    public void StartAnew()
    {
        Session = null;
        Tools.Clear();
        Plan = [];
        Notes.Clear();
        Undone.Clear();
        Last = null;
        ContextTokens = 0;
    }

    public static string ModeName(PolicyMode mode) => mode switch { PolicyMode.Plan => "plan", PolicyMode.AutoEdit => "auto-edit", _ => "ask" };

    /// <summary>The status line's words after the model, always the same ones in the same order, so that an eye finds them.</summary>
    /// <param name="brief">For a screen that is too narrow for all of them.</param>
    public IEnumerable<string> Status(bool brief)
    {
        yield return brief ? ModeName(Mode) : ModeName(Mode) + " mode";
        yield return ContextWindow is { } window
            ? $"context {Math.Min(100, ContextTokens * 100 / Math.Max(1, window))} %"
            : $"context {Tokens(ContextTokens)}";
        yield return Total.CostUsd is { } cost
            ? "$" + cost.ToString("0.00##", CultureInfo.InvariantCulture)
            : Tokens(Total.InputTokens + Total.OutputTokens) + " tokens";
        yield return brief ? $"{Pending.Count} to approve" : Pending.Count == 1 ? "1 approval waits" : $"{Pending.Count} approvals wait";
    }

    public static string Tokens(long count) => count < 1000 ? count.ToString(CultureInfo.InvariantCulture) : (count / 1000.0).ToString("0.#k", CultureInfo.InvariantCulture);
}
