using System.Buffers;
using System.Text.Json;

namespace Agent.Runtime.Loop;

/// <summary>Arguments that pass a tool's schema, for a model whose own did not: the required ones, each with a value of its kind.</summary>
internal static class SchemaExample
{
    private const int MostDepth = 4;

    /// <summary>Writes the example; null for a schema without properties.</summary>
    public static string? Write(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            Object(json, schema, properties, 0);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Object(Utf8JsonWriter json, JsonElement schema, JsonElement properties, int depth)
    {
        json.WriteStartObject();
        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array ? names.EnumerateArray().Select(static n => n.GetString()).ToHashSet() : [];
        foreach (var property in properties.EnumerateObject().Where(p => required.Contains(p.Name)))
        {
            json.WritePropertyName(property.Name);
            Value(json, property.Value, depth);
        }

        json.WriteEndObject();
    }

    private static void Value(Utf8JsonWriter json, JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            json.WriteStringValue("…");
            return;
        }

        foreach (var name in (ReadOnlySpan<string>)["const", "default"])
        {
            if (schema.TryGetProperty(name, out var value))
            {
                value.WriteTo(json);
                return;
            }
        }

        foreach (var name in (ReadOnlySpan<string>)["enum", "examples"])
        {
            if (schema.TryGetProperty(name, out var values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0)
            {
                values[0].WriteTo(json);
                return;
            }
        }

        var kind = schema.TryGetProperty("type", out var type) ? type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 0 ? type[0].GetString() : type.ValueKind == JsonValueKind.String ? type.GetString() : null : null;
        switch (kind)
        {
            case "integer" or "number":
                json.WriteNumberValue(schema.TryGetProperty("minimum", out var least) && least.TryGetDecimal(out var number) ? Math.Max(1, number) : 1);
                break;
            case "boolean":
                json.WriteBooleanValue(true);
                break;
            case "array":
                json.WriteStartArray();
                if (depth < MostDepth && schema.TryGetProperty("items", out var items))
                {
                    Value(json, items, depth + 1);
                }

                json.WriteEndArray();
                break;
            case "object" when depth < MostDepth && schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object:
                Object(json, schema, properties, depth + 1);
                break;
            case "object":
                json.WriteStartObject();
                json.WriteEndObject();
                break;
            default:
                json.WriteStringValue("…");
                break;
        }
    }
}
