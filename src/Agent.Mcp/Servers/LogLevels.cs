namespace Agent.Mcp.Servers;

/// <summary>MCP's words for how much a log message matters.</summary>
internal static class LogLevels
{
    private static readonly string[] All = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

    /// <summary>Whether a client that wants messages from <paramref name="least"/> on wants this one; one without a level is <c>info</c>.</summary>
    public static bool Wants(string? least, string? level) => least is not null && Array.IndexOf(All, level ?? "info") >= Array.IndexOf(All, least);

    /// <summary>The one that lets more through.</summary>
    public static string? Lower(string? one, string? other) =>
        one is null ? other : other is null || Array.IndexOf(All, one) <= Array.IndexOf(All, other) ? one : other;

    /// <summary>Whether it is one of them.</summary>
    public static bool IsKnown(string? level) => Array.IndexOf(All, level) >= 0;
}
