using System.Text.Json;
using Agent.Models.Wire;

namespace Agent.Models.ChatCompletions;

/// <summary>
/// What OpenAI demands of a schema before it holds an answer to it: every object lists all its properties as required and allows no
/// others (Structured Outputs, "supported schemas"). A schema that does not is sent as advice only.
/// </summary>
internal static class StrictSchema
{
    private static readonly string[] Unsupported = ["oneOf", "allOf", "not", "if", "dependentRequired", "dependentSchemas", "patternProperties", "unevaluatedProperties"];

    public static bool Fits(JsonElement schema) => schema.Text("type") == "object" && FitsAll(schema, 0);

    private static bool FitsAll(JsonElement element, int depth)
    {
        if (depth > 64)
        {
            return false;
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                return element.EnumerateArray().All(item => FitsAll(item, depth + 1));
            case JsonValueKind.Object:
                if (Array.Exists(Unsupported, keyword => element.TryGetProperty(keyword, out _)))
                {
                    return false;
                }

                if (element.Text("type") == "object" || element.TryGetProperty("properties", out _))
                {
                    var required = element.Items("required").Select(r => r.GetString()).ToHashSet();
                    if (element.Get("additionalProperties") is not { ValueKind: JsonValueKind.False }
                        || element.Get("properties") is not { ValueKind: JsonValueKind.Object } properties
                        || !properties.EnumerateObject().All(p => required.Contains(p.Name) && FitsAll(p.Value, depth + 1)))
                    {
                        return false;
                    }
                }

                return element.EnumerateObject().Where(p => p.Name is "items" or "anyOf" or "$defs" or "definitions").All(p => p.Name is "$defs" or "definitions"
                    ? p.Value.ValueKind == JsonValueKind.Object && p.Value.EnumerateObject().All(d => FitsAll(d.Value, depth + 1))
                    : FitsAll(p.Value, depth + 1));
            default:
                return true;
        }
    }
}
