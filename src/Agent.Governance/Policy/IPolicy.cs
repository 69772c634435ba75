using System.Text.Json;

namespace Agent.Governance.Policy;

/// <summary>One rule, as it stands in the order.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Decision">What it decides.</param>
/// <param name="Conditions">When, in words; empty for every call.</param>
/// <param name="Reason">Why, in the operator's words.</param>
public sealed record PolicyRuleInfo(string Name, DecisionKind Decision, IReadOnlyList<string> Conditions, string? Reason);

/// <summary>How one rule stands to a call.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Covers">Whether it covers the call.</param>
/// <param name="Because">The first condition that does not hold; null where it covers.</param>
public sealed record PolicyRuleTrace(string Rule, bool Covers, string? Because);

/// <summary>Why a call is decided as it is.</summary>
public sealed record PolicyExplanation
{
    /// <summary>The decision, with its rule and reasons.</summary>
    public required Decision Decision { get; init; }

    /// <summary>What the call may do.</summary>
    public required ToolEffects Effects { get; init; }

    /// <summary>Whether anything is declared about the tool.</summary>
    public required bool Declared { get; init; }

    /// <summary>The label of the context the call comes out of.</summary>
    public required Label Label { get; init; }

    /// <summary>Where each critical value, and each address in free text that is not trusted, came from.</summary>
    public required IReadOnlyList<ArgumentOrigin> Origins { get; init; }

    /// <summary>The rules in their order, up to the first that covers the call.</summary>
    public required IReadOnlyList<PolicyRuleTrace> Rules { get; init; }

    /// <summary>What detectors noticed; it never decides.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>The policy in force, for the commands that look at it.</summary>
public interface IPolicy
{
    /// <summary>The digest of the rules, declarations and switches in force.</summary>
    string Version { get; }

    /// <summary>Why a changed configuration is not in force; null where it is.</summary>
    string? Problem { get; }

    /// <summary>The rules in their order; the first that covers a call decides.</summary>
    IReadOnlyList<PolicyRuleInfo> Rules { get; }

    /// <summary>Raised after the rules were replaced, or a change was found broken.</summary>
    event EventHandler? Changed;

    /// <summary>Reads the configuration again and says what is wrong with it, without putting it in force.</summary>
    /// <returns>The problems, one sentence each; empty where there are none.</returns>
    IReadOnlyList<string> Check();

    /// <summary>Runs the rules' own examples.</summary>
    /// <returns>What each came to.</returns>
    IReadOnlyList<PolicyTestResult> Test();

    /// <summary>Says what is decided for a call and by what, without storing, asking or running anything.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">The arguments: a JSON object.</param>
    /// <param name="context">Who would call.</param>
    /// <returns>The decision and everything that led to it.</returns>
    PolicyExplanation Explain(ToolDefinition tool, JsonElement arguments, CallContext context);
}
