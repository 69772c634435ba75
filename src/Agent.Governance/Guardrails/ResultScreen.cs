using System.Text.Json;
using Agent.Governance.Labels;
using Agent.Governance.Policy;

namespace Agent.Governance.Guardrails;

/// <summary>Labels a result and takes out of it what may not go on.</summary>
internal sealed class ResultScreen(PolicyStore policies)
{
    /// <summary>Marks a source that a detector added, so that it lasts as long as the label does.</summary>
    private const string Suspect = "suspicious ";

    public ToolResult Screen(ToolId tool, ToolResult result, CallFacts call, StoredLabels stored)
    {
        var policy = policies.Known;
        var declaration = call.Declaration;
        var label = declaration.Transforms
            ? call.Context.Join(Label.From(Integrity.Trusted, Confidentiality.Public, tool.ToString()))
            : Label.From(IntegrityOf(result, declaration), declaration.Confidentiality, tool.ToString());
        var text = result.Text;
        if (label.Integrity != Integrity.Trusted && InjectionDetector.Find(text) is { Count: > 0 } signs)
        {
            label = label.Join(Label.From(Integrity.Untrusted, Confidentiality.Public, $"{Suspect}{tool}: {signs[0]}"));
        }

        if (StoredLabels.Read(call, result.Structured, policy) is { Count: > 0 } names)
        {
            label = stored.Find(declaration.Space, names) is { } written ? label.Join(written) : label;

            // What is moved or copied takes along what stands below it.
            foreach (var name in declaration.Stores.Count > 0 ? names : [])
            {
                label = stored.FindBelow(declaration.Space, name) is { } below ? label.Join(below) : label;
            }
        }

        if (call.Has(ToolEffects.Write) && !result.IsError && StoredLabels.Written(call, result.Structured, policy) is { Count: > 0 } targets)
        {
            // What was written can be as bad as anything that was known when it was.
            var carried = label.Join(call.Context);
            if (carried.Integrity == Integrity.Untrusted || carried.Confidentiality == Confidentiality.Secret
                || carried.Integrity > declaration.Integrity || carried.Confidentiality > declaration.Confidentiality)
            {
                stored.Store(declaration.Space, targets, carried);
            }
        }

        return Mask(tool, result, policy.Guardrails) with { Label = label };
    }

    /// <summary>What detectors noticed in what was read, for the card.</summary>
    public static IReadOnlyList<string> Warnings(Label context) =>
        [.. context.Sources.Where(s => s.StartsWith(Suspect, StringComparison.Ordinal)).Select(s => $"{s[Suspect.Length..].Replace(": ", " gave a text that ", StringComparison.Ordinal)}")];

    private static ToolResult Mask(ToolId tool, ToolResult result, GuardrailOptions options)
    {
        var withheld = new SortedSet<string>(StringComparer.Ordinal);
        var raw = Redactor.Rewrite(result.Raw, text =>
        {
            var found = SensitiveData.Find(text);
            if (found.Count == 0)
            {
                return text;
            }

            withheld.UnionWith(found.Where(f => options.InResults(f) is GuardAction.Deny or GuardAction.Ask).Select(f => f.Kind.Replace('_', ' ')));
            return SensitiveData.Mask(text, [.. found.Where(f => options.InResults(f) != GuardAction.Allow)]);
        });

        // Nobody can be asked about a result in the middle of a run; what is set to ask or deny is withheld as a whole.
        return withheld.Count > 0
            ? ToolResult.FromText($"{tool} ran; its result is withheld because it holds a {string.Join(", ", withheld)}.", isError: true)
            : result with { Raw = raw };
    }

    /// <summary>The worst of the fields that hold anything; a result without a field map is as a whole what its tool is.</summary>
    private static Integrity IntegrityOf(ToolResult result, ToolDeclaration declaration)
    {
        if (declaration.Fields.Count == 0 || (result.Structured ?? Parse(result.Text)) is not { } value)
        {
            return declaration.Integrity;
        }

        var worst = Integrity.Trusted;
        foreach (var (place, leaf) in FieldPath.Leaves(value))
        {
            if (leaf.ValueKind == JsonValueKind.String && leaf.GetString()!.Length > 0)
            {
                var field = declaration.Fields.FirstOrDefault(f => f.Integrity is not null && f.Path.Names(place));
                worst = (Integrity)Math.Max((int)worst, (int)(field?.Integrity ?? declaration.Integrity));
            }
        }

        return worst;
    }

    private static JsonElement? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
