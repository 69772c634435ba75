using System.ComponentModel.DataAnnotations;

namespace Agent.Runtime.Context;

/// <summary>What of a conversation is sent, and how it is kept within the model's context. Section <c>context</c>.</summary>
public sealed class ContextOptions
{
    /// <summary>The context window in tokens where the model does not tell its own.</summary>
    [Range(1_024, 100_000_000)]
    public int DefaultWindow { get; set; } = 128_000;

    /// <summary>The most of one tool result that is sent, in characters; the rest is read with <c>agent.read_result</c>.</summary>
    [Range(200, 10_000_000)]
    public int MaxResultCharacters { get; set; } = 24_000;

    /// <summary>The share of the window one step's results may take together; what goes beyond is cut.</summary>
    [Range(0.05, 0.9)]
    public double ResultShare { get; set; } = 0.3;

    /// <summary>The share of the window at which old results are dropped from what is sent.</summary>
    [Range(0.1, 0.95)]
    public double DropResultsAt { get; set; } = 0.6;

    /// <summary>The share of the window at which the beginning of the conversation is replaced by a summary.</summary>
    [Range(0.2, 0.98)]
    public double CompactAt { get; set; } = 0.75;

    /// <summary>The most tools of one step that run side by side.</summary>
    [Range(1, 64)]
    public int MaxParallelCalls { get; set; } = 8;

    /// <summary>How long a run waits for servers that are still starting before it begins without them.</summary>
    public TimeSpan ServerWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Words added to the system prompt, for example on the person's field; empty for none.</summary>
    [MaxLength(20_000)]
    public string Instructions { get; set; } = string.Empty;
}
