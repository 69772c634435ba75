using System.Text;
using System.Text.Json;
using Agent.Governance.Labels;
using Agent.Governance.Policy;

namespace Agent.Governance.Guardrails;

/// <summary>What in a call's arguments must not go out, and what a person must be asked about.</summary>
internal sealed record SensitiveArguments(IReadOnlyList<string> Deny, IReadOnlyList<string> Ask)
{
    private static readonly SensitiveArguments None = new([], []);

    public static SensitiveArguments Find(CallFacts call, GuardrailOptions options, string? marker)
    {
        var egress = call.Has(ToolEffects.Egress);
        if (!egress && !call.Has(ToolEffects.Write | ToolEffects.Destructive))
        {
            return None;
        }

        List<string>? deny = null;
        List<string>? ask = null;
        var all = new StringBuilder();
        foreach (var (place, value) in FieldPath.Leaves(call.Arguments))
        {
            if (Provenance.Scalar(value) is not { Length: >= 3 } text)
            {
                continue;
            }

            all.Append(text);
            if (text.Length < 6)
            {
                continue;
            }

            foreach (var found in SensitiveData.Find(text))
            {
                var words = $"{FieldPath.Format(place)} holds a {found.Kind.Replace('_', ' ')}";
                switch (options.InArguments(found, egress))
                {
                    case GuardAction.Deny or GuardAction.Mask:
                        (deny ??= []).Add($"{words}, which may not {(egress ? "go out" : "be written")}");
                        break;
                    case GuardAction.Ask:
                        (ask ??= []).Add(words);
                        break;
                    default:
                        break;
                }
            }
        }

        // A canary is looked for across arguments too, and in what they hide, because that is how it would be carried past.
        if (egress && Canary(all.ToString(), options, marker))
        {
            (deny ??= []).Add("the arguments hold a text that must never leave, so something is carrying the context out");
        }

        return deny is null && ask is null ? None : new SensitiveArguments(deny ?? [], ask ?? []);
    }

    public static bool Canary(string text, GuardrailOptions options, string? marker)
    {
        if (marker is null && options.Canaries.Count == 0)
        {
            return false;
        }

        return Holds(text) || Holds(TextNormalizer.Normalize(text).Text);

        bool Holds(string where) =>
            (marker is not null && where.Contains(marker, StringComparison.OrdinalIgnoreCase))
            || options.Canaries.Any(c => where.Contains(c, StringComparison.OrdinalIgnoreCase));
    }
}
