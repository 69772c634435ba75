using System.Text.RegularExpressions;

namespace Agent.Models.AnthropicMessages;

/// <summary>
/// What the generations of Claude take (platform.claude.com, the models' overviews): up to 4.5 a budget for thinking, from 4.6 on an
/// effort, without sampling parameters; from 5.5 on no forced tool choice.
/// </summary>
internal static partial class ClaudeGeneration
{
    /// <summary>Whether the model thinks by effort and takes no sampling parameters.</summary>
    /// <param name="model">The model's name, also with a region or date.</param>
    public static bool ThinksByEffort(string model) => model.Contains("claude", StringComparison.OrdinalIgnoreCase) && !BudgetPattern().IsMatch(model);

    /// <summary>Whether a tool call can be demanded of the model.</summary>
    /// <param name="model">The model's name.</param>
    public static bool TakesForcedChoice(string model) => !UnforcedPattern().IsMatch(model);

    /// <summary>Whether the model's answers can be held to a schema (from 4.5 on).</summary>
    /// <param name="model">The model's name.</param>
    public static bool TakesSchema(string model) => model.Contains("claude", StringComparison.OrdinalIgnoreCase) && (ThinksByEffort(model) || model.Contains("-4-5", StringComparison.Ordinal));

    [GeneratedRegex(@"claude-(?:v?[123]|instant|(?:opus|sonnet|haiku)-4(?:$|[@:]|-[0125]))", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex BudgetPattern();

    [GeneratedRegex("claude-(?:fable|mythos|[a-z]+-5-5)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex UnforcedPattern();
}
