using System.Text.Json;

namespace Agent.Tools.Hosting;

/// <summary>The end that every list, search and query result has: <c>total</c>, <c>truncated</c>, <c>next_cursor</c>.</summary>
public static class Page
{
    /// <summary>The members of an output schema's <c>properties</c>, without braces, to be put after the items.</summary>
    public const string SchemaProperties =
        """
        "total": {"type": ["integer", "null"], "description": "How many there are in all; null where that was not counted."},
        "truncated": {"type": "boolean", "description": "Whether there is more than this."},
        "next_cursor": {"type": ["string", "null"], "description": "Give it as cursor to go on; null at the end."}
        """;

    /// <summary>The names in <see cref="SchemaProperties"/>, for <c>required</c>.</summary>
    public const string SchemaRequired = """ "total", "truncated", "next_cursor" """;

    /// <summary>Writes the three members.</summary>
    /// <param name="writer">Stands inside the structured object.</param>
    /// <param name="total">How many there are in all; null where not counted.</param>
    /// <param name="truncated">Whether there is more than this.</param>
    /// <param name="nextCursor">How to go on; null at the end.</param>
    public static void Write(Utf8JsonWriter writer, long? total, bool truncated, string? nextCursor)
    {
        if (total is { } count)
        {
            writer.WriteNumber("total"u8, count);
        }
        else
        {
            writer.WriteNull("total"u8);
        }

        writer.WriteBoolean("truncated"u8, truncated);
        writer.WriteString("next_cursor"u8, nextCursor);
    }
}
