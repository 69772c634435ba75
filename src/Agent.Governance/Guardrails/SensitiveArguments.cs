using Agent.Governance.Policy;

namespace Agent.Governance.Guardrails;

/// <summary>What in a call's arguments must not go out.</summary>
internal sealed record SensitiveArguments(IReadOnlyList<string> Deny, IReadOnlyList<string> Ask)
{
    private static readonly SensitiveArguments None = new([], []);

    public static SensitiveArguments Find(CallFacts call, GuardrailOptions options) => None;
}
