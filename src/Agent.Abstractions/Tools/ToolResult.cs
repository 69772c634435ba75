using System.Text;
using System.Text.Json;

namespace Agent;

/// <summary>
/// What a tool answered: an MCP <c>CallToolResult</c> kept as the JSON it is, so that nothing is lost between a server and a
/// client behind the gateway, with the label it carries.
/// </summary>
public sealed record ToolResult
{
    /// <summary>The MCP <c>CallToolResult</c>: <c>content</c>, and <c>structuredContent</c>, <c>isError</c>, <c>_meta</c> where present.</summary>
    public required JsonElement Raw { get; init; }

    /// <summary>The label of the result; <see cref="Label.Missing"/> until the pipeline set it.</summary>
    public Label Label { get; init; } = Label.Missing;

    /// <summary>Whether the tool says that it failed.</summary>
    public bool IsError => Raw.TryGetProperty("isError", out var flag) && flag.ValueKind == JsonValueKind.True;

    /// <summary>The structured result; null where there is none.</summary>
    public JsonElement? Structured =>
        Raw.TryGetProperty("structuredContent", out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The text blocks, joined by line breaks; other blocks are named in brackets, never dropped silently.</summary>
    public string Text
    {
        get
        {
            if (!Raw.TryGetProperty("content", out var blocks) || blocks.ValueKind != JsonValueKind.Array)
            {
                return Structured?.GetRawText() ?? string.Empty;
            }

            var text = new StringBuilder();
            foreach (var block in blocks.EnumerateArray())
            {
                if (text.Length > 0)
                {
                    text.Append('\n');
                }

                var type = block.TryGetProperty("type", out var t) ? t.GetString() : null;
                switch (type)
                {
                    case "text":
                        text.Append(block.TryGetProperty("text", out var value) ? value.GetString() : null);
                        break;
                    case "resource" when block.TryGetProperty("resource", out var resource) && resource.TryGetProperty("text", out var body):
                        text.Append(body.GetString());
                        break;
                    case "resource_link":
                        text.Append('[').Append(block.TryGetProperty("uri", out var uri) ? uri.GetString() : "link").Append(']');
                        break;
                    default:
                        text.Append('[').Append(type ?? "content");
                        if (block.TryGetProperty("mimeType", out var mime))
                        {
                            text.Append(' ').Append(mime.GetString());
                        }

                        text.Append(']');
                        break;
                }
            }

            return text.Length == 0 && Structured is { } structured ? structured.GetRawText() : text.ToString();
        }
    }

    /// <summary>A result of one text block.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isError">Whether it says that the call failed.</param>
    /// <param name="label">Its label; <see cref="Label.Missing"/> where null.</param>
    /// <returns>The result.</returns>
    public static ToolResult FromText(string text, bool isError = false, Label? label = null)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("content");
            writer.WriteStartObject();
            writer.WriteString("type", "text");
            writer.WriteString("text", text);
            writer.WriteEndObject();
            writer.WriteEndArray();
            if (isError)
            {
                writer.WriteBoolean("isError", true);
            }

            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        return new ToolResult { Raw = document.RootElement.Clone(), Label = label ?? Label.Missing };
    }
}
