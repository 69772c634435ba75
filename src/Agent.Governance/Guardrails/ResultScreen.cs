using System.Text.Json;
using Agent.Governance.Labels;
using Agent.Governance.Policy;

namespace Agent.Governance.Guardrails;

/// <summary>Labels a result and takes out of it what may not go on.</summary>
internal sealed class ResultScreen(PolicyStore policies)
{
    public ToolResult Screen(ToolId tool, ToolResult result, CallFacts call, StoredLabels stored)
    {
        var policy = policies.Current;
        var declaration = call.Declaration;
        var label = declaration.Transforms
            ? call.Context.Join(Label.From(Integrity.Trusted, Confidentiality.Public, tool.ToString()))
            : Label.From(IntegrityOf(result, declaration), declaration.Confidentiality, tool.ToString());
        if (StoredLabels.Read(call, result.Structured, policy) is { Count: > 0 } names && stored.Find(declaration.Space, names) is { } written)
        {
            label = label.Join(written);
        }

        if (call.Has(ToolEffects.Write) && !result.IsError && StoredLabels.Written(call, policy) is { Count: > 0 } targets)
        {
            // What was written can be as bad as anything that was known when it was.
            var carried = label.Join(call.Context);
            if (carried.Integrity > declaration.Integrity || carried.Confidentiality > declaration.Confidentiality)
            {
                stored.Store(declaration.Space, targets, carried);
            }
        }

        return result with { Label = label };
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
                var field = declaration.Fields.FirstOrDefault(f => f.Path.Names(place));
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
