using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agent.Models.Offline.Conversation;

/// <summary>Arguments as JSON, whatever carried them, and in one form for equal ones.</summary>
internal static class CanonicalArguments
{
    public static JsonObject Read(IDictionary<string, object?>? arguments)
    {
        var result = new JsonObject();
        foreach (var (name, value) in arguments ?? new Dictionary<string, object?>())
        {
            result[name] = ToNode(value);
        }

        return result;
    }

    public static Dictionary<string, object?> ToDictionary(JsonObject arguments)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in arguments)
        {
            using var document = JsonDocument.Parse(value?.ToJsonString() ?? "null");
            result[name] = document.RootElement.Clone();
        }

        return result;
    }

    public static string Write(JsonNode? node) => Sort(node)?.ToJsonString() ?? "null";

    private static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        JsonElement element => JsonNode.Parse(element.GetRawText()),
        JsonNode node => node.DeepClone(),
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        decimal number => JsonValue.Create(number),
        _ => JsonValue.Create(value.ToString()),
    };

    private static JsonNode? Sort(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject source:
                var sorted = new JsonObject();
                foreach (var (name, value) in source.OrderBy(static p => p.Key, StringComparer.Ordinal))
                {
                    sorted[name] = Sort(value);
                }

                return sorted;
            case JsonArray source:
                return new JsonArray([.. source.Select(Sort)]);
            default:
                return node?.DeepClone();
        }
    }
}
