using System.IO.Enumeration;

namespace Agent.Models.Selection;

/// <summary>Names with <c>*</c> for any characters.</summary>
internal static class NamePattern
{
    /// <summary>Whether a name fits, whatever its case.</summary>
    public static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);
}
