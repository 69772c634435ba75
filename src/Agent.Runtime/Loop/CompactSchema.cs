using System.Buffers;
using System.Text.Json;

namespace Agent.Runtime.Loop;

/// <summary>
/// A schema for a model with a small window: what constrains stays, words are shortened. Arguments are checked against the whole
/// schema all the same.
/// </summary>
internal static class CompactSchema
{
    private const int MaxDescription = 60;

    public static JsonElement Write(JsonElement schema)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, schema, isNames: false);
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <param name="writer">Receives the short form.</param>
    /// <param name="value">A part of the schema.</param>
    /// <param name="isNames">Whether the keys are names of properties, where a property may be called <c>title</c>.</param>
    private static void Write(Utf8JsonWriter writer, JsonElement value, bool isNames)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject())
                {
                    if (!isNames && property.Name is ("title" or "examples" or "$schema" or "$comment" or "default" or "format" or "maxLength" or "minLength" or "maximum"))
                    {
                        continue;
                    }

                    writer.WritePropertyName(property.Name);
                    if (!isNames && property.Name == "description" && property.Value.ValueKind == JsonValueKind.String)
                    {
                        writer.WriteStringValue(Shorten(property.Value.GetString()!));
                        continue;
                    }

                    Write(writer, property.Value, isNames: !isNames && property.Name is ("properties" or "$defs" or "definitions"));
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item, isNames: false);
                }

                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static string Shorten(string text)
    {
        var end = text.IndexOf(". ", StringComparison.Ordinal);
        var first = end > 0 ? text[..end] : text;
        return first.Length <= MaxDescription ? first : first[..(MaxDescription - 1)] + "…";
    }
}
