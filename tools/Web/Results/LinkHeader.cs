using System.Text.RegularExpressions;

namespace Agent.Tools.Web.Results;

/// <summary>The <c>Link</c> header (RFC 8288), as far as paging needs it.</summary>
internal static partial class LinkHeader
{
    /// <summary>Where <c>rel="next"</c> leads.</summary>
    /// <param name="header">The header's value.</param>
    /// <returns>The address as it stands; null where there is none.</returns>
    public static string? Next(string header)
    {
        foreach (Match link in Link().Matches(header))
        {
            if (Relation().Match(link.Groups["parameters"].Value) is { Success: true } relation
                && relation.Groups["rel"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains("next", StringComparer.OrdinalIgnoreCase))
            {
                return link.Groups["target"].Value.Trim();
            }
        }

        return null;
    }

    [GeneratedRegex("""<(?<target>[^<>]{1,4000})>(?<parameters>(\s*;\s*[^\s=;,]+(\s*=\s*("[^"]*"|[^\s;,"]*))?)*)""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex("""(^|[;\s])rel\s*=\s*("(?<rel>[^"]*)"|(?<rel>[^\s;,"]+))""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Relation();
}
