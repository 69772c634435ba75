namespace Agent.Mcp.Servers;

/// <summary>
/// One MCP server as every client's configuration declares it: a command to start, or an address to connect to.
/// </summary>
public sealed class McpServerDefinition
{
    /// <summary>The program to start (stdio); null for a server behind <see cref="Url"/>.</summary>
    public string? Command { get; set; }

    /// <summary>The program's arguments, each passed as it is: no shell reads them.</summary>
    public IList<string> Args { get; set; } = [];

    /// <summary>
    /// The program's environment, beside the few variables every program needs (<c>PATH</c>, <c>HOME</c>…). Nothing else of our
    /// own environment reaches it.
    /// </summary>
    public IDictionary<string, string> Env { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The program's working folder; null for ours.</summary>
    public string? Cwd { get; set; }

    /// <summary>The address of a server that speaks Streamable HTTP (or the older SSE); null for a command.</summary>
    public string? Url { get; set; }

    /// <summary>Headers sent with every request to <see cref="Url"/>, for example <c>Authorization</c>.</summary>
    public IDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary><c>sse</c> forces the older HTTP transport; anything else is found out by asking.</summary>
    public string? Type { get; set; }

    /// <summary>A server that the program brings along; its command needs no look. Never read from a configuration.</summary>
    public bool BuiltIn { get; set; }

    /// <summary>Switches the server off without removing it.</summary>
    public bool Disabled { get; set; }

    /// <summary>How long the server may take until its tools are known, in seconds.</summary>
    public int StartTimeoutSeconds { get; set; } = 30;

    /// <summary>How long a call may go without an answer or a sign of progress, in seconds.</summary>
    public int CallTimeoutSeconds { get; set; } = 300;

    /// <summary>The longest message the server may send, in bytes; a longer one ends the connection.</summary>
    public int MaxMessageBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>
    /// Whether the server may have the calling client's model write for it (MCP sampling). Off unless configured: the words go
    /// to another's model, and its answer to the server.
    /// </summary>
    public bool Sampling { get; set; }

    /// <summary>Whether the server may learn which folders the calling client works in (MCP roots). Off unless configured.</summary>
    public bool Roots { get; set; }

    /// <summary>OAuth settings for <see cref="Url"/>; null finds everything out from the server when it asks for a token.</summary>
    public McpOAuthDefinition? OAuth { get; set; }
}

/// <summary>What the server's authorization needs to be told, where it cannot be found out.</summary>
public sealed class McpOAuthDefinition
{
    /// <summary>A client id issued beforehand; null registers dynamically (RFC 7591).</summary>
    public string? ClientId { get; set; }

    /// <summary>
    /// The address of a published client id metadata document, used as the client id where the authorization server takes one;
    /// null registers dynamically there too.
    /// </summary>
    public string? ClientMetadataUrl { get; set; }

    /// <summary>The client's secret, where it has one.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>The scopes to ask for; none takes what the server names.</summary>
    public IList<string> Scopes { get; set; } = [];

    /// <summary>The loopback port of the redirect address; 0 takes a free one.</summary>
    public int RedirectPort { get; set; }
}
