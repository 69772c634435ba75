using System.Security.Cryptography;
using System.Text;

namespace Agent.Tools.Web.OpenApi;

/// <summary>
/// Names of operations: legal for every provider, unique within a document, and the same in every run, because they depend on
/// the document alone.
/// </summary>
internal sealed class OperationNames
{
    /// <summary>So that <c>web__NAME</c> has at most the 64 characters that every provider takes.</summary>
    public const int MaxLength = 59;

    private const int DigestLength = 6;

    private readonly List<(string Name, string Place)> _names = [];

    /// <summary>The name that an operation would like to have.</summary>
    public static string Base(string? operationId, string method, string path)
    {
        var wanted = operationId is null ? string.Empty : Legal(operationId);
        if (wanted.Length > 0)
        {
            return wanted;
        }

        var made = Legal($"{method.ToLowerInvariant()}_{path.Replace("{", "by_", StringComparison.Ordinal)}");
        return made.Length > 0 ? made : method.ToLowerInvariant();
    }

    /// <summary>Letters, digits, <c>_</c> and <c>-</c>; what is between two such is one <c>_</c>; begins with a letter.</summary>
    public static string Legal(string text)
    {
        var name = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c) || c == '-')
            {
                name.Append(c);
            }
            else if (name.Length > 0 && name[^1] != '_')
            {
                name.Append('_');
            }
        }

        var legal = name.ToString().Trim('_', '-');
        return legal.Length > 0 && char.IsAsciiDigit(legal[0]) ? "op_" + legal : legal;
    }

    public void Add(string name, string method, string path) => _names.Add((name, $"{method} {path}"));

    /// <summary>The names as they are, in the order they were added.</summary>
    public IReadOnlyList<string> Resolve()
    {
        // Names that differ in case only are one name to a person, and to some clients.
        var wanted = _names.GroupBy(n => n.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(g => g.Key, g => g.Count(), StringComparer.OrdinalIgnoreCase);
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var final = new List<string>(_names.Count);
        foreach (var (name, place) in _names)
        {
            var chosen = wanted[name] == 1 && name.Length <= MaxLength ? name : Fit(name, place, MaxLength);
            for (var again = 2; !taken.Add(chosen); again++)
            {
                chosen = Fit(name, $"{place} {again}", MaxLength);
            }

            final.Add(chosen);
        }

        return final;
    }

    /// <summary>A name with a prefix, within the length.</summary>
    public static string WithPrefix(string prefix, string name)
    {
        var full = $"{Legal(prefix)}_{name}";
        return full.Length <= MaxLength ? full : Fit(full, full, MaxLength);
    }

    private static string Fit(string name, string place, int length)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(place)))[..DigestLength];
        var room = length - DigestLength - 1;
        return $"{(name.Length <= room ? name : name[..room]).TrimEnd('_', '-')}_{digest}";
    }
}
