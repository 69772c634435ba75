using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Agent.Json;

/// <summary>Patterns of a schema, which a stranger may have written: matched without backtracking where that is possible.</summary>
internal static class SchemaPattern
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(200);

    /// <exception cref="FormatException">It is no regular expression.</exception>
    public static Regex Compile(string pattern)
    {
        // Look-arounds and back-references cannot run without backtracking; those get a time limit instead.
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Limit);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, Limit);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"The schema's pattern \"{pattern}\" is no regular expression: {e.Message}", e);
        }
    }

    /// <summary>A pattern that takes too long does not match, so that the value is refused.</summary>
    public static bool IsMatch(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}

[JsonSerializable(typeof(string))]
internal sealed partial class SchemaText : JsonSerializerContext;
