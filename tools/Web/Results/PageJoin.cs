using System.Buffers;
using System.Text.Json;

namespace Agent.Tools.Web.Results;

/// <summary>Puts the pages of an answer together: the first one, with the main lists of all.</summary>
internal static class PageJoin
{
    /// <summary>Joins pages.</summary>
    /// <param name="pages">At least one.</param>
    /// <returns>One value.</returns>
    public static JsonElement Join(IReadOnlyList<JsonElement> pages)
    {
        var main = pages.Select(AnswerShaper.MainList).FirstOrDefault(m => m is not null);
        if (main is null)
        {
            return pages[0];
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            if (main.Length == 0)
            {
                Items(writer, pages, main);
            }
            else
            {
                writer.WriteStartObject();
                foreach (var member in pages[0].EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    if (member.Name == main)
                    {
                        Items(writer, pages, main);
                    }
                    else
                    {
                        member.Value.WriteTo(writer);
                    }
                }

                writer.WriteEndObject();
            }
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void Items(Utf8JsonWriter writer, IReadOnlyList<JsonElement> pages, string main)
    {
        writer.WriteStartArray();
        foreach (var page in pages)
        {
            var list = main.Length == 0 ? page : page.ValueKind == JsonValueKind.Object && page.TryGetProperty(main, out var member) ? member : default;
            if (list.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in list.EnumerateArray())
                {
                    item.WriteTo(writer);
                }
            }
        }

        writer.WriteEndArray();
    }
}
