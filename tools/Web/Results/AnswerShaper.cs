using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Agent.Tools.Web.Results;

/// <summary>A JSON value shortened to what a model can bear.</summary>
/// <param name="Json">The value as compact JSON.</param>
/// <param name="Cut">What was shortened, and how much there was.</param>
internal sealed record Shaped(string Json, IReadOnlyList<string> Cut);

/// <summary>Shortens JSON: long lists to their first items with the count of all, long strings to their beginning, until all of it fits.</summary>
internal static class AnswerShaper
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 512 };

    private static readonly (int Items, int Characters)[] Steps = [(100, 4000), (50, 2000), (25, 1000), (10, 500), (5, 300), (3, 200), (2, 100), (1, 60)];

    /// <summary>Shortens a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mostItems">The most items of a list.</param>
    /// <param name="mostCharacters">The most characters of the whole.</param>
    /// <returns>What is left, and what was taken.</returns>
    public static Shaped Shape(JsonElement value, int mostItems, int mostCharacters)
    {
        foreach (var (items, characters) in Steps)
        {
            var shaped = Write(value, Math.Min(items, mostItems), characters, mostCharacters);
            if (shaped is not null)
            {
                return shaped;
            }
        }

        // An object of a thousand members: what it has is told, not shown.
        var names = value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().Select(m => m.Name).Take(100) : [];
        return new Shaped("null", [$"The answer is too large to be shown{(names.Any() ? $"; it has {string.Join(", ", names)}" : string.Empty)}; select a part of it."]);
    }

    private static Shaped? Write(JsonElement value, int items, int characters, int most)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var cut = new List<string>();
        using var writer = new Utf8JsonWriter(buffer, Compact);
        Copy(value, "$", 0);
        writer.Flush();
        return buffer.WrittenCount <= most ? new Shaped(System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan), cut) : null;

        void Copy(JsonElement part, string path, int depth)
        {
            switch (part.ValueKind)
            {
                case JsonValueKind.Object:
                    writer.WriteStartObject();
                    foreach (var member in part.EnumerateObject())
                    {
                        if (TooMuch())
                        {
                            break;
                        }

                        writer.WritePropertyName(member.Name);
                        Copy(member.Value, cut.Count < 20 ? $"{path}.{member.Name}" : path, depth + 1);
                    }

                    writer.WriteEndObject();
                    break;
                case JsonValueKind.Array:
                    CopyArray(part, path, depth);
                    break;
                case JsonValueKind.String when part.GetString() is { } text && text.Length > characters:
                    Note($"{path}: the first {characters} of {text.Length} characters");
                    writer.WriteStringValue(text[..(char.IsHighSurrogate(text[characters - 1]) ? characters - 1 : characters)] + "…");
                    break;
                default:
                    part.WriteTo(writer);
                    break;
            }
        }

        void CopyArray(JsonElement part, string path, int depth)
        {
            writer.WriteStartArray();
            var shown = 0;
            foreach (var item in part.EnumerateArray())
            {
                if (shown == items || TooMuch())
                {
                    break;
                }

                Copy(item, cut.Count < 20 ? $"{path}[{shown}]" : path, depth + 1);
                shown++;
            }

            writer.WriteEndArray();
            if (part.GetArrayLength() > shown)
            {
                Note($"{path}: the first {shown} of {part.GetArrayLength()} items");
            }
        }

        // Beyond the limit this attempt is lost; the rest need not be written.
        bool TooMuch() => writer.BytesCommitted + writer.BytesPending > most;

        void Note(string what)
        {
            if (cut.Count < 20)
            {
                cut.Add(what);
            }
        }
    }
}
