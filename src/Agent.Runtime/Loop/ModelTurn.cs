using Microsoft.Extensions.AI;

namespace Agent.Runtime.Loop;

/// <summary>What one model call came to.</summary>
internal sealed record ModelTurn
{
    public required IReadOnlyList<AIContent> Contents { get; init; }

    public required IReadOnlyList<FunctionCallContent> Calls { get; init; }

    public required string Text { get; init; }

    /// <summary>The text as the person saw it, screened.</summary>
    public required string Shown { get; init; }

    public UsageDetails? Usage { get; init; }

    public required ModelInfo Model { get; init; }

    public DamagedCall? Damaged { get; init; }

    /// <summary>Who wrote it, where it was not the model alone.</summary>
    public HelpGiven? Help { get; init; }

    public ChatFinishReason? FinishReason { get; init; }
}
