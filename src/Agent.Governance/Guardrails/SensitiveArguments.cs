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
        var texts = new List<string>();
        foreach (var (place, value) in FieldPath.Leaves(call.Arguments))
        {
            if (Provenance.Scalar(value) is not { Length: >= 3 } text)
            {
                continue;
            }

            all.Append(text);
            texts.Add(text);
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

        if (egress && deny is null && Disguised(texts, all.ToString(), options) is { } kind)
        {
            (deny ??= []).Add($"the arguments hold a {kind.Replace('_', ' ')} in pieces or in another writing, which may not go out");
        }

        return deny is null && ask is null ? None : new SensitiveArguments(deny ?? [], ask ?? []);
    }

    /// <summary>A credential that is split across arguments, or written so that its form does not show; null where there is none.</summary>
    private static string? Disguised(List<string> texts, string joined, GuardrailOptions options)
    {
        const int mostPieces = 12;

        // A piece may follow any other argument, so each is tried as the first; a lone one was looked at already.
        for (var i = 0; i + 1 < Math.Min(texts.Count, mostPieces); i++)
        {
            if (Denied(string.Concat(texts.Skip(i).Take(mostPieces))) is { } split)
            {
                return split;
            }
        }

        return new[] { TextNormalizer.Normalize(joined).Text }.Concat(texts.SelectMany(TextNormalizer.Decodings)).Select(Denied).FirstOrDefault(k => k is not null);

        // What is only called a credential by the word before it would be found by chance where texts are put together.
        string? Denied(string text)
        {
            foreach (var found in SensitiveData.Find(text, SensitiveGroup.Secret))
            {
                if (found.Kind is not ("credential" or "url_password" or "bearer_token") && options.InArguments(found, egress: true) is GuardAction.Deny or GuardAction.Mask)
                {
                    return found.Kind;
                }
            }

            return null;
        }
    }

    public static bool Canary(string text, GuardrailOptions options, string? marker)
    {
        if (marker is null && options.Canaries.Count == 0)
        {
            return false;
        }

        return Holds(text) || Holds(TextNormalizer.Normalize(text).Text) || TextNormalizer.Decodings(text).Any(Holds);

        bool Holds(string where) =>
            (marker is not null && where.Contains(marker, StringComparison.OrdinalIgnoreCase))
            || options.Canaries.Any(c => where.Contains(c, StringComparison.OrdinalIgnoreCase));
    }
}
