using System.Text.RegularExpressions;

namespace Agent.Governance.Guardrails;

/// <summary>Addresses in free text: where something could be sent or fetched.</summary>
internal static partial class AddressPatterns
{
    /// <summary>The addresses in a text, without the punctuation after them.</summary>
    public static IEnumerable<string> Find(string text) =>
        text.AsSpan().IndexOfAny("@/") < 0 && !text.Contains("www.", StringComparison.OrdinalIgnoreCase)
            ? []
            : Any().Matches(text).Select(m => m.Value.TrimEnd('.', ',', ';', ':', '!', '?', ')', '\'', '"'));

    /// <summary>URLs, bare host names with a path or a common ending, and e-mail addresses.</summary>
    [GeneratedRegex(
        @"\b[a-z][a-z0-9+.-]{1,20}://[^\s<>""'`\])}]+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\bwww\.[^\s<>""'`\])}]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    public static partial Regex Any();
}
