using System.Text.RegularExpressions;

namespace Agent.Tools.Web.OpenApi;

/// <summary>Regular expressions of documents. Many are of another dialect, or of none; one that a provider would refuse costs the whole tool.</summary>
internal static class Patterns
{
    public static bool IsSound(string pattern)
    {
        // Delimiters and flags of other languages, and what ECMAScript's Unicode mode does not take.
        if (pattern is ['/', .., '/'] || pattern.StartsWith("(?", StringComparison.Ordinal) && !pattern.StartsWith("(?:", StringComparison.Ordinal)
            || pattern.Contains("(?<", StringComparison.Ordinal) || pattern.Contains("\\A", StringComparison.Ordinal)
            || pattern.Contains("\\z", StringComparison.OrdinalIgnoreCase) || pattern.Contains("[:", StringComparison.Ordinal)
            || pattern.Contains("(?i", StringComparison.Ordinal) || pattern.Contains("(?>", StringComparison.Ordinal)
            || pattern.Contains("(?#", StringComparison.Ordinal) || pattern.Contains("*+", StringComparison.Ordinal) || pattern.Contains("++", StringComparison.Ordinal))
        {
            return false;
        }

        try
        {
            _ = new Regex(pattern, RegexOptions.ECMAScript);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
