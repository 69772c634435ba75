using System.Text.Json;

namespace Agent;

/// <summary>What a server says of the nature of one of its tools. Hints of a server nobody vouched for may only make a decision worse.</summary>
/// <param name="ReadOnly">MCP <c>readOnlyHint</c>.</param>
/// <param name="Destructive">MCP <c>destructiveHint</c>.</param>
/// <param name="Idempotent">MCP <c>idempotentHint</c>.</param>
/// <param name="OpenWorld">MCP <c>openWorldHint</c>.</param>
public sealed record ToolHints(bool? ReadOnly = null, bool? Destructive = null, bool? Idempotent = null, bool? OpenWorld = null);

/// <summary>A tool as its server defines it.</summary>
public sealed record ToolDefinition
{
    /// <summary>Server and name.</summary>
    public required ToolId Id { get; init; }

    /// <summary>A short name for people; null where the server gives none.</summary>
    public string? Title { get; init; }

    /// <summary>What the tool does, in the server's words.</summary>
    public required string Description { get; init; }

    /// <summary>JSON Schema of the arguments: an object.</summary>
    public required JsonElement InputSchema { get; init; }

    /// <summary>JSON Schema of the structured result; null where the server gives none.</summary>
    public JsonElement? OutputSchema { get; init; }

    /// <summary>The server's hints.</summary>
    public ToolHints Hints { get; init; } = new();

    /// <summary>The tool's <c>_meta</c>, as the server sent it.</summary>
    public JsonElement? Meta { get; init; }

    /// <summary>
    /// The whole MCP <c>Tool</c> object as the server sent it, for a gateway that passes it on; null for a tool of our own process.
    /// </summary>
    public JsonElement? Raw { get; init; }

    /// <summary>
    /// Whether its server is part of this program. Such a definition changes with the configuration and with every release, so it is
    /// not pinned; only who starts the servers may say so, never a server.
    /// </summary>
    public bool BuiltIn { get; init; }

    /// <summary>
    /// <c>sha256:</c> and the hexadecimal digest of the canonical JSON of name, title, description, schemas and annotations:
    /// what a pin and an approval are bound to.
    /// </summary>
    public required string Hash { get; init; }
}
