using System.Buffers;
using System.Text.Json;

namespace Agent.Runtime.Loop;

/// <summary>
/// A schema for a model with a small window: what constrains stays, words are shortened. Of a tool with many parameters those stay that
/// it must have and those that the request speaks of: a small model fills in whatever it is shown, and makes it up. Arguments are
/// checked against the whole schema all the same.
/// </summary>
internal static class CompactSchema
{
    private const int MaxDescription = 60;

    /// <summary>Up to this many parameters are shown whatever they are.</summary>
    private const int FewParameters = 6;

    /// <param name="schema">The schema of a tool's arguments.</param>
    /// <param name="request">The words of the request; null where it is not known.</param>
    public static JsonElement Write(JsonElement schema, IReadOnlySet<string>? request = null)
    {
        var left = request is null ? null : LeftOut(schema, request);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, schema, isNames: false, left);
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <param name="writer">Receives the short form.</param>
    /// <param name="value">A part of the schema.</param>
    /// <param name="isNames">Whether the keys are names of properties, where a property may be called <c>title</c>.</param>
    /// <param name="left">The properties of this part that are left out; null for none.</param>
    private static void Write(Utf8JsonWriter writer, JsonElement value, bool isNames, HashSet<string>? left = null)
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

                    if (isNames && left?.Contains(property.Name) == true)
                    {
                        continue;
                    }

                    writer.WritePropertyName(property.Name);
                    if (!isNames && property.Name == "description" && property.Value.ValueKind == JsonValueKind.String)
                    {
                        writer.WriteStringValue(Shorten(property.Value.GetString()!));
                        continue;
                    }

                    Write(writer, property.Value, isNames: !isNames && property.Name is ("properties" or "$defs" or "definitions"), isNames || property.Name != "properties" ? null : left);
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

    private static HashSet<string>? LeftOut(JsonElement schema, IReadOnlySet<string> request)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object
            || properties.EnumerateObject().Count() <= FewParameters)
        {
            return null;
        }

        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Select(static n => n.ToString()).ToHashSet(StringComparer.Ordinal)
            : [];
        var left = properties.EnumerateObject()
            .Where(p => !required.Contains(p.Name) && !ToolSearch.Words(p.Name).Overlaps(request)
                && !(p.Value.ValueKind == JsonValueKind.Object && p.Value.TryGetProperty("description", out var words) && ToolSearch.TellingWords(words.ToString()).Overlaps(request)))
            .Select(static p => p.Name)
            .ToHashSet(StringComparer.Ordinal);
        if (required.Count == 0)
        {
            // A server names first what is given most.
            left.Remove(properties.EnumerateObject().First().Name);
        }

        return left;
    }

    private static string Shorten(string text)
    {
        var end = text.IndexOf(". ", StringComparison.Ordinal);
        var first = end > 0 ? text[..end] : text;
        return first.Length <= MaxDescription ? first : first[..(MaxDescription - 1)] + "…";
    }
}
