using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Agent.Tools.Web.Results;

/// <summary>A JSON value shortened to what a model can bear.</summary>
/// <param name="Json">The value as compact JSON.</param>
/// <param name="Cut">What was shortened, and how much there was.</param>
/// <param name="Total">How many items the main list has; null where there is none.</param>
/// <param name="Next">The first item of the main list that was not shown; null where all were.</param>
internal sealed record Shaped(string Json, IReadOnlyList<string> Cut, int? Total, int? Next);

/// <summary>Shortens JSON: long lists to their first items with the count of all, long strings to their beginning, until all of it fits.</summary>
internal static class AnswerShaper
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 512 };

    private static readonly (int Items, int Characters)[] Steps = [(100, 4000), (50, 2000), (25, 1000), (10, 500), (5, 300), (3, 200), (2, 100), (1, 60)];

    /// <summary>Shortens a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="offset">The first item of its main list to show: the list it is, or the longest among its members.</param>
    /// <param name="mostItems">The most items of a list.</param>
    /// <param name="mostCharacters">The most characters of the whole.</param>
    /// <returns>What is left, and what was taken.</returns>
    public static Shaped Shape(JsonElement value, int offset, int mostItems, int mostCharacters)
    {
        var main = MainList(value);
        foreach (var (items, characters) in Steps)
        {
            var shaped = Write(value, main, offset, Math.Min(items, mostItems), characters, mostCharacters);
            if (shaped is not null)
            {
                return shaped;
            }
        }

        // An object of a thousand members: what it has is told, not shown.
        var names = value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().Select(m => m.Name).Take(100) : [];
        return new Shaped("null", [$"The answer is too large to be shown{(names.Any() ? $"; it has {string.Join(", ", names)}" : string.Empty)}; select a part of it."], null, null);
    }

    /// <summary>The list that a value is about: itself, or its longest member.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The member's name, empty for the value itself; null where there is no list.</returns>
    public static string? MainList(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Empty,
        JsonValueKind.Object => value.EnumerateObject().Where(m => m.Value.ValueKind == JsonValueKind.Array && m.Value.GetArrayLength() > 0)
            .OrderByDescending(m => m.Value.GetArrayLength()).Select(m => m.Name).FirstOrDefault(),
        _ => null,
    };

    private static Shaped? Write(JsonElement value, string? main, int offset, int items, int characters, int most)
    {
        var mainPath = main is null ? null : main.Length == 0 ? "$" : $"$.{main}";
        int? total = null;
        int? next = null;
        var buffer = new ArrayBufferWriter<byte>();
        var cut = new List<string>();
        using var writer = new Utf8JsonWriter(buffer, Compact);
        Copy(value, "$", 0);
        writer.Flush();
        return buffer.WrittenCount <= most ? new Shaped(System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan), cut, total, next) : null;

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
            var isMain = path == mainPath;
            var first = isMain ? Math.Min(offset, part.GetArrayLength()) : 0;
            var shown = 0;
            foreach (var item in part.EnumerateArray().Skip(first))
            {
                if (shown == items || TooMuch())
                {
                    break;
                }

                Copy(item, cut.Count < 20 ? $"{path}[{first + shown}]" : path, depth + 1);
                shown++;
            }

            writer.WriteEndArray();
            var all = part.GetArrayLength();
            if (isMain)
            {
                total = all;
                next = first + shown < all ? first + shown : null;
            }

            if (shown < all)
            {
                Note(first == 0 ? $"{path}: the first {shown} of {all} items" : $"{path}: items {first} to {first + shown} of {all}");
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
