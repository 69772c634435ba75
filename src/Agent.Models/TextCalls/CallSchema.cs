using System.Buffers;
using System.Text.Json;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.TextCalls;

/// <summary>
/// A JSON schema of one call of the tools there are: their names, their parameters, the values that a parameter can have. It bounds
/// every text and list, since a small model does not find their end. Of each tool's own schema it keeps what a server can hold an answer
/// to; the arguments are checked against the whole all the same.
/// </summary>
internal static class CallSchema
{
    private const int LongestText = 400;
    private const int LongestList = 8;
    private const int MaxDepth = 6;

    /// <summary>Writes it.</summary>
    /// <param name="tools">The tools that were offered.</param>
    /// <param name="only">The only one that may be called; null for any.</param>
    /// <returns>The schema; null where there is nothing to call.</returns>
    public static JsonElement? Of(IEnumerable<AITool> tools, string? only)
    {
        var functions = tools.OfType<AIFunctionDeclaration>().Where(t => only is null || t.Name == only).ToList();
        if (functions.Count == 0)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(4_096);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("anyOf");
            foreach (var function in functions)
            {
                json.WriteStartObject();
                json.WriteString("type", "object");
                json.WriteStartObject("properties");
                json.WriteStartObject("name");
                json.WriteString("const", function.Name);
                json.WriteEndObject();
                json.WritePropertyName("arguments");
                WriteObject(json, function.JsonSchema, 0);
                json.WriteEndObject();
                json.WriteStartArray("required");
                json.WriteStringValue("name");
                json.WriteStringValue("arguments");
                json.WriteEndArray();
                json.WriteBoolean("additionalProperties", false);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return JsonReading.TryParse(buffer.WrittenSpan.ToArray());
    }

    private static void WriteObject(Utf8JsonWriter json, JsonElement schema, int depth)
    {
        json.WriteStartObject();
        json.WriteString("type", "object");
        if (schema.Get("properties") is { ValueKind: JsonValueKind.Object } properties)
        {
            json.WriteStartObject("properties");
            foreach (var property in properties.EnumerateObject())
            {
                json.WritePropertyName(property.Name);
                WriteValue(json, property.Value, depth + 1);
            }

            json.WriteEndObject();
            if (schema.Get("required") is { ValueKind: JsonValueKind.Array } required)
            {
                json.WritePropertyName("required");
                required.WriteTo(json);
            }

            json.WriteBoolean("additionalProperties", false);
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, JsonElement schema, int depth)
    {
        var type = schema.ValueKind == JsonValueKind.Object ? schema.Text("type") : null;
        if (type == "object" && depth < MaxDepth)
        {
            WriteObject(json, schema, depth);
            return;
        }

        json.WriteStartObject();
        if (schema.ValueKind == JsonValueKind.Object && (schema.Get("enum") ?? schema.Get("const")) is { } given)
        {
            json.WritePropertyName(given.ValueKind == JsonValueKind.Array ? "enum" : "const");
            given.WriteTo(json);
        }
        else if (type == "array" && depth < MaxDepth)
        {
            json.WriteString("type", type);
            json.WritePropertyName("items");
            WriteValue(json, schema.Get("items") ?? default, depth + 1);
            json.WriteNumber("maxItems", LongestList);
        }
        else if (type is not null)
        {
            json.WriteString("type", type);
            if (type == "string")
            {
                json.WriteNumber("maxLength", LongestText);
            }
        }
        else if (depth < MaxDepth && schema.ValueKind == JsonValueKind.Object && schema.Items("type").Where(static t => t.ValueKind == JsonValueKind.String).ToList() is { Count: > 0 } types)
        {
            json.WriteStartArray("type");
            types.ForEach(t => t.WriteTo(json));
            json.WriteEndArray();
        }
        else
        {
            // Anything simple: what else it may be the tool says where it is wrong.
            json.WriteStartArray("type");
            json.WriteStringValue("string");
            json.WriteStringValue("number");
            json.WriteStringValue("boolean");
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
