using Agent.Governance.Labels;

namespace Agent.Governance.Policy;

/// <summary>What one example of a rule came to.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Example">The call, in words.</param>
/// <param name="Passed">Whether the rule did with it what it says.</param>
/// <param name="Message">One sentence.</param>
public sealed record PolicyTestResult(string Rule, string Example, bool Passed, string Message);

/// <summary>Runs the rules' own examples: <c>match</c> must be covered by the rule, <c>not_match</c> must not.</summary>
internal static class PolicyTests
{
    public static IReadOnlyList<PolicyTestResult> Run(PolicySet policy) =>
        [.. policy.Rules.SelectMany(rule => rule.Match.Select(e => One(policy, rule, e, true)).Concat(rule.NotMatch.Select(e => One(policy, rule, e, false))))];

    public static CallFacts Facts(PolicySet policy, RuleExample example)
    {
        var tool = new ToolDefinition { Id = example.Tool, Description = string.Empty, InputSchema = default, Hash = string.Empty, Hints = Hints(example.Effects) };
        var provenance = new Provenance(() => policy.Declarations);
        if (example.Tainted)
        {
            provenance.AddText("text from elsewhere", Label.From(Integrity.Untrusted, Confidentiality.Public, "example"));
        }

        var facts = CallFactsReader.Read(tool, example.Arguments, new CallContext
        {
            SessionId = "example", RunId = "example", Client = example.Client, Mode = example.Mode, Provenance = provenance,
        }, policy);
        return example.Effects is { } effects ? facts with { Effects = effects } : facts;
    }

    private static PolicyTestResult One(PolicySet policy, PolicyRule rule, RuleExample example, bool expected)
    {
        var facts = Facts(policy, example);
        var words = $"{example.Tool} {(example.Arguments.ValueKind == System.Text.Json.JsonValueKind.Undefined ? "{}" : example.Arguments.GetRawText())}";
        var covers = rule.Covers(facts);
        return covers == expected
            ? new PolicyTestResult(rule.Name, words, true, $"Rule \"{rule.Name}\" {(covers ? "covers" : "leaves alone")} {words}, as it should.")
            : new PolicyTestResult(rule.Name, words, false, covers
                ? $"Rule \"{rule.Name}\" covers {words}, which its not_match says it must not."
                : $"Rule \"{rule.Name}\" does not cover {words}, which its match says it must: {rule.FirstFailing(facts)} does not hold.");
    }

    private static ToolHints Hints(ToolEffects? effects) => effects is { } e
        ? new ToolHints(ReadOnly: (e & (ToolEffects.Write | ToolEffects.Destructive)) == 0, Destructive: (e & ToolEffects.Destructive) != 0)
        : new ToolHints();
}
