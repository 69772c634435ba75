using System.Text.RegularExpressions;

namespace Agent.Governance.Guardrails;

/// <summary>Addresses in free text: where something could be sent or fetched.</summary>
internal static partial class AddressPatterns
{
    /// <summary>URLs, bare host names with a path or a common ending, and e-mail addresses.</summary>
    [GeneratedRegex(
        @"\b[a-z][a-z0-9+.-]{1,20}://[^\s<>""'`\])}]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\bwww\.[^\s<>""'`\])}]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    public static partial Regex Any();
}
