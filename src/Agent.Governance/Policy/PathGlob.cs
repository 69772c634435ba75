using System.Text.RegularExpressions;

namespace Agent.Governance.Policy;

/// <summary>Globs over paths: <c>*</c> within a name, <c>**</c> across folders; case does not matter, since some disks ignore it.</summary>
internal static class PathGlob
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Regex> Compiled = new(StringComparer.Ordinal);

    public static bool IsMatch(string glob, string path) =>
        Compiled.GetOrAdd(glob, Compile).IsMatch(Normalize(path));

    /// <summary>One form for a path: forward slashes, no empty or <c>.</c> parts, <c>..</c> taken together where possible.</summary>
    public static string Normalize(string path)
    {
        var rooted = path.StartsWith('/') || path.StartsWith('\\');
        var parts = new List<string>();
        foreach (var part in path.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0 && parts[^1] != "..")
                {
                    parts.RemoveAt(parts.Count - 1);
                }
                else if (!rooted)
                {
                    parts.Add(part);
                }
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return (rooted ? "/" : string.Empty) + string.Join('/', parts);
    }

    /// <summary>One test for any of several globs, of a path that is in its one form already.</summary>
    public static Func<string, bool> Any(IReadOnlyList<string> globs) =>
        new Regex(string.Join('|', globs.Select(Pattern)), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline).IsMatch;

    private static Regex Compile(string glob) =>
        new(Pattern(glob), RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline);

    private static string Pattern(string glob)
    {
        var pattern = new System.Text.StringBuilder("^");
        var text = Normalize(glob);
        if (!text.StartsWith('/') && !text.StartsWith("**", StringComparison.Ordinal))
        {
            // A glob without a beginning is looked for in every folder, as in .gitignore.
            pattern.Append("(?:.*/)?");
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '*' && i + 1 < text.Length && text[i + 1] == '*')
            {
                i++;
                if (i + 1 < text.Length && text[i + 1] == '/')
                {
                    i++;
                    pattern.Append("(?:.*/)?");
                }
                else
                {
                    pattern.Append(".*");
                }
            }
            else
            {
                pattern.Append(text[i] switch
                {
                    '*' => "[^/]*",
                    '?' => "[^/]",
                    _ => Regex.Escape(text[i].ToString()),
                });
            }
        }

        return pattern.Append("(?:/.*)?$").ToString();
    }
}
