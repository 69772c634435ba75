using Agent.Cli.Approvals;
using Agent.Governance.Policy;

namespace Agent.Cli.PolicyCommands;

/// <summary>Why a call is decided as it is, in words.</summary>
internal static class PolicyText
{
    public static IEnumerable<string> Explain(ToolDefinition tool, PolicyExplanation why)
    {
        yield return $"{Verb(why.Decision.Kind)}, by {why.Decision.Rule}:";
        foreach (var reason in why.Decision.Reasons)
        {
            yield return "  " + ApprovalCard.Visible(reason);
        }

        yield return $"The tool: {tool.Id} {ApprovalCard.Effects(why.Effects)}{(why.Declared ? string.Empty : "; nothing is declared about it, so the worst is taken")}.";
        yield return $"The context it comes out of: {why.Label}.";
        yield return why.Origins.Count == 0 ? "No argument is critical for it." : "Its critical arguments:";
        foreach (var origin in why.Origins)
        {
            yield return $"  {ApprovalCard.Visible(origin.Path)} = {ApprovalCard.Visible(origin.Value)} — {(origin.Trusted ? "trusted" : "not trusted")}: {ApprovalCard.Visible(origin.Origin)}";
        }

        yield return "The rules, in their order:";
        foreach (var rule in why.Rules)
        {
            yield return rule.Covers ? $"  {rule.Rule}: covers it" : $"  {rule.Rule}: leaves it alone, as it would have to hold that {Short(rule.Because ?? string.Empty)}";
        }

        if (why.Rules.Count == 0 || !why.Rules[^1].Covers)
        {
            yield return "  none covers it, so a person is asked";
        }

        foreach (var warning in why.Warnings)
        {
            yield return "Warning: " + ApprovalCard.Visible(warning);
        }

        yield return $"Policy {why.Decision.PolicyVersion}";
    }

    private static string Short(string text) => text.Length <= 100 ? text : text[..99] + "…";

    private static string Verb(DecisionKind kind) => kind switch
    {
        DecisionKind.Allow => "Allowed",
        DecisionKind.Ask => "A person is asked",
        _ => "Denied",
    };
}
