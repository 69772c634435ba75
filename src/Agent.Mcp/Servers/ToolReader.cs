using System.Buffers;
using System.Text.Json;
using Agent.Json;

namespace Agent.Mcp.Servers;

/// <summary>Reads MCP <c>Tool</c> objects into definitions.</summary>
internal static class ToolReader
{
    private const int MaxNameLength = 128;

    private static readonly JsonElement AnyObject = Element("""{"type":"object"}"""u8);

    /// <summary>The members that say what a tool is and does: a change of one of them is a change of the tool.</summary>
    private static readonly string[] Hashed = ["name", "title", "description", "inputSchema", "outputSchema", "annotations"];

    /// <summary>Reads one tool. What its texts hide from a person is taken out; its hash is of what the server sent.</summary>
    /// <param name="server">The server.</param>
    /// <param name="tool">The object as the server sent it.</param>
    /// <param name="problem">One clause that says why it is no tool, or what was taken out of it.</param>
    /// <returns>The tool; null where it is none.</returns>
    public static ToolDefinition? Read(string server, JsonElement tool, out string? problem)
    {
        problem = null;
        if (tool.Text("name") is not { Length: > 0 } name)
        {
            problem = "a tool without a name";
            return null;
        }

        if (name.Length > MaxNameLength || name.Any(char.IsControl))
        {
            problem = $"a tool whose name is longer than {MaxNameLength} characters or has control characters";
            return null;
        }

        var hash = Hash(tool);
        tool = HiddenText.Remove(tool, out var hides);
        problem = hides ? $"the tool '{name}' with characters in its definition that nobody sees, which were taken out" : null;
        var schema = tool.Member("inputSchema") ?? AnyObject;
        if (schema.ValueKind != JsonValueKind.Object)
        {
            problem = $"the tool '{name}' without a schema";
            return null;
        }

        var annotations = tool.Member("annotations") ?? default;
        return new ToolDefinition
        {
            Id = new ToolId(server, name),
            Title = tool.Text("title") ?? annotations.Text("title"),
            Description = tool.Text("description") ?? string.Empty,
            InputSchema = schema,
            OutputSchema = tool.Member("outputSchema"),
            Hints = new ToolHints(
                annotations.Flag("readOnlyHint"), annotations.Flag("destructiveHint"), annotations.Flag("idempotentHint"), annotations.Flag("openWorldHint")),
            Meta = tool.Member("_meta"),
            Raw = tool,
            Hash = hash,
        };
    }

    private static string Hash(JsonElement tool)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var member in Hashed)
            {
                if (tool.Member(member) is { } value)
                {
                    writer.WritePropertyName(member);
                    value.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return CanonicalJson.Digest(Element(buffer.WrittenSpan));
    }

    private static JsonElement Element(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
    }
}
