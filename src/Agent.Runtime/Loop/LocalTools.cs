using System.Text.Json;
using Agent.Json;

namespace Agent.Runtime.Loop;

/// <summary>Defines tools of our own process.</summary>
internal static class LocalTools
{
    /// <summary>The server part of their names.</summary>
    public const string Server = "agent";

    public static ToolDefinition Define(string name, string title, string description, string inputSchema)
    {
        using var schema = JsonDocument.Parse(inputSchema);
        using var whole = JsonDocument.Parse($$$"""
            {"name": {{{Quote(name)}}}, "title": {{{Quote(title)}}}, "description": {{{Quote(description)}}}, "inputSchema": {{{inputSchema}}},
             "annotations": {"readOnlyHint": true, "openWorldHint": false}}
            """);
        return new ToolDefinition
        {
            Id = new ToolId(Server, name),
            Title = title,
            Description = description,
            InputSchema = schema.RootElement.Clone(),
            Hints = new ToolHints(ReadOnly: true, Destructive: false, Idempotent: true, OpenWorld: false),
            Hash = CanonicalJson.Digest(whole.RootElement),
        };
    }

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
