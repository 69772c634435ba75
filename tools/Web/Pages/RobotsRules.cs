using System.Text;

namespace Agent.Tools.Web.Pages;

/// <summary>What a robots.txt (RFC 9309) allows us.</summary>
internal sealed class RobotsRules
{
    /// <summary>How we are called in robots.txt.</summary>
    public const string Agent = "agent-web";

    private readonly List<(string Pattern, bool Allow)> _rules;

    private RobotsRules(List<(string Pattern, bool Allow)> rules) => _rules = rules;

    /// <summary>Everything is allowed.</summary>
    public static RobotsRules AllowAll { get; } = new([]);

    /// <summary>Nothing is allowed: the rules could not be had (RFC 9309, 2.3.1.4).</summary>
    public static RobotsRules DenyAll { get; } = new([("/", false)]);

    /// <summary>Reads a robots.txt.</summary>
    /// <param name="text">Its text.</param>
    /// <returns>The rules of the group for us, else of the group for everybody.</returns>
    public static RobotsRules Parse(string text)
    {
        var groups = new Dictionary<string, List<(string Pattern, bool Allow)>>(StringComparer.OrdinalIgnoreCase);
        var names = new List<string>();
        var inRules = false;
        foreach (var raw in text.Split('\n', 20_000))
        {
            var line = raw.Split('#')[0].Trim();
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                continue;
            }

            var (key, value) = (line[..colon].Trim().ToLowerInvariant(), line[(colon + 1)..].Trim());
            if (key == "user-agent")
            {
                if (inRules)
                {
                    names.Clear();
                    inRules = false;
                }

                // Only the product's name counts: "agent-web/1.0" means agent-web.
                names.Add(value.Split('/', ' ')[0]);
            }
            else if (key is "allow" or "disallow")
            {
                inRules = true;
                foreach (var name in names)
                {
                    if (!groups.TryGetValue(name, out var rules))
                    {
                        groups[name] = rules = [];
                    }

                    if (value.Length > 0)
                    {
                        rules.Add((value, key == "allow"));
                    }
                }
            }
        }

        return new RobotsRules(groups.GetValueOrDefault(Agent) ?? groups.GetValueOrDefault("*") ?? []);
    }

    /// <summary>Whether a page may be read: the longest rule that fits decides, and allows where two are equally long.</summary>
    /// <param name="url">The page.</param>
    public bool Allows(Uri url)
    {
        if (url.AbsolutePath == "/robots.txt")
        {
            return true;
        }

        var path = Normal(url.PathAndQuery);
        var (longest, allowed) = (-1, true);
        foreach (var (pattern, allow) in _rules)
        {
            if ((pattern.Length > longest || (pattern.Length == longest && allow)) && Matches(Normal(pattern), path))
            {
                (longest, allowed) = (pattern.Length, allow);
            }
        }

        return allowed;
    }

    // '*' is anything, '$' at the end is the end; greedy with one way back, so that no pattern takes long.
    private static bool Matches(string pattern, string path)
    {
        var anchored = pattern.EndsWith('$');
        pattern = anchored ? pattern[..^1] : pattern + "*";
        var (p, s, star, mark) = (0, 0, -1, 0);
        while (s < path.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, mark) = (p++, s);
            }
            else if (p < pattern.Length && pattern[p] == path[s])
            {
                p++;
                s++;
            }
            else if (star >= 0)
            {
                (p, s) = (star + 1, ++mark);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').Length == 0;
    }

    // %41 and A are one; %2F and / are not.
    private static string Normal(string path)
    {
        if (!path.Contains('%', StringComparison.Ordinal))
        {
            return path;
        }

        var normal = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '%' && i + 2 < path.Length && byte.TryParse(path.AsSpan(i + 1, 2), System.Globalization.NumberStyles.HexNumber, null, out var code))
            {
                var c = (char)code;
                normal.Append(char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' ? c.ToString() : $"%{code:X2}");
                i += 2;
            }
            else
            {
                normal.Append(path[i]);
            }
        }

        return normal.ToString();
    }
}
