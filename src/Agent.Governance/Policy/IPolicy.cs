namespace Agent.Governance.Policy;

/// <summary>One rule, as it stands in the order.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Decision">What it decides.</param>
/// <param name="Conditions">When, in words; empty for every call.</param>
/// <param name="Reason">Why, in the operator's words.</param>
public sealed record PolicyRuleInfo(string Name, DecisionKind Decision, IReadOnlyList<string> Conditions, string? Reason);

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
}
