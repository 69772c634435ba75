using System.Text.Json;

namespace Agent.Models.Wire;

/// <summary>Reads JSON of servers that may leave out, or get wrong, any field.</summary>
internal static class JsonReading
{
    public static JsonElement? Get(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static long? Count(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && number is >= 0 and < 1e15 ? (long)number : null;

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.Get(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    /// <summary>Parses a whole document; null where it is none.</summary>
    public static JsonElement? TryParse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            if (!JsonDocument.TryParseValue(ref reader, out var document))
            {
                return null;
            }

            using (document)
            {
                return reader.Read() ? null : document.RootElement.Clone();
            }
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Parses a whole document; null where it is none.</summary>
    public static JsonElement? TryParse(string text) => TryParse(System.Text.Encoding.UTF8.GetBytes(text));
}
