namespace Agent.Mcp.Gateway;

/// <summary>How the gateway serves MCP clients (configuration section <c>gateway</c>).</summary>
public sealed class GatewayOptions
{
    /// <summary>How long a call waits for a person's answer, in seconds.</summary>
    public int ApprovalWaitSeconds { get; set; } = 300;

    /// <summary>Whether approvals are asked inside the client where it can ask; otherwise only <c>agent approvals</c> answers.</summary>
    public bool AskInClient { get; set; } = true;

    /// <summary>
    /// Whether a tool or prompt is named as its server names it where no other server has the name; otherwise every name begins
    /// with its server's.
    /// </summary>
    public bool PlainNames { get; set; }

    /// <summary>Whether the agent itself is offered as the tool <c>ask_agent</c>.</summary>
    public bool AskAgent { get; set; } = true;

    /// <summary>
    /// Whether <c>ask_agent</c> thinks with the client's model (MCP sampling with tools) where the client offers it and no model
    /// is configured here.
    /// </summary>
    public bool UseClientModel { get; set; } = true;

    /// <summary>Calls of one client session that run at once; more wait.</summary>
    public int MaxConcurrentCalls { get; set; } = 32;

    /// <summary>Calls that wait for a client's input at once, over all sessions.</summary>
    public int MaxWaitingCalls { get; set; } = 256;

    /// <summary>Whether HTTP callers must show a token. Without one, the endpoint listens on loopback only.</summary>
    public bool RequireToken { get; set; } = true;

    /// <summary>The OAuth issuer whose tokens are accepted over HTTP; null accepts the token of the state folder.</summary>
    public string? Issuer { get; set; }

    /// <summary>The audience such a token must have; null is the endpoint's own address.</summary>
    public string? Audience { get; set; }

    /// <summary>The scopes such a token must have.</summary>
    public IList<string> RequiredScopes { get; set; } = [];

    /// <summary>Further <c>Host</c> values that are answered.</summary>
    public IList<string> AllowedHosts { get; set; } = [];

    /// <summary>Further origins whose pages may call.</summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Sessions of the older protocol at once.</summary>
    public int MaxSessions { get; set; } = 256;

    /// <summary>The largest HTTP request body, in bytes.</summary>
    public int MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>One sentence that says what is wrong and what would be right; null where nothing is.</summary>
    internal string? Problem() =>
        ApprovalWaitSeconds is < 1 or > 86400 ? "gateway.approvalWaitSeconds must be from 1 to 86400."
        : MaxConcurrentCalls is < 1 or > 10000 ? "gateway.maxConcurrentCalls must be from 1 to 10000."
        : MaxWaitingCalls is < 1 or > 100000 ? "gateway.maxWaitingCalls must be from 1 to 100000."
        : MaxSessions is < 1 or > 100000 ? "gateway.maxSessions must be from 1 to 100000."
        : MaxBodyBytes is < 1024 or > 1024 * 1024 * 1024 ? "gateway.maxBodyBytes must be from 1024 to 1073741824."
        : Issuer is { } issuer && !Uri.TryCreate(issuer, UriKind.Absolute, out _) ? $"gateway.issuer must be an address, not '{issuer}'."
        : null;
}
