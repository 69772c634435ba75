using System.Text;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Walking;

/// <summary>What ignore rules say of a path.</summary>
internal enum Verdict
{
    None,
    Ignore,
    Include,
}

/// <summary>The rules of one ignore file, in the format of gitignore(5). The last rule that matches decides.</summary>
internal sealed class IgnoreRules
{
    private readonly record struct Rule(IReadOnlyList<Glob> Globs, bool Negated, bool FoldersOnly);

    private readonly List<Rule> rules = [];

    private IgnoreRules()
    {
    }

    /// <summary>Reads rules; a line that is no rule is passed over, as git does.</summary>
    /// <returns>The rules; null where there are none.</returns>
    public static IgnoreRules? Parse(ReadOnlySpan<byte> text)
    {
        var rules = new IgnoreRules();
        foreach (var line in Encoding.UTF8.GetString(text.StartsWith("\uFEFF"u8) ? text[3..] : text).Split('\n'))
        {
            rules.AddLine(line.TrimEnd('\r'));
        }

        return rules.rules.Count > 0 ? rules : null;
    }

    /// <summary>What the rules say of a path from the folder of the file.</summary>
    public Verdict Match(ReadOnlySpan<char> path, bool isFolder)
    {
        for (var i = rules.Count - 1; i >= 0; i--)
        {
            var rule = rules[i];
            if (rule.FoldersOnly && !isFolder)
            {
                continue;
            }

            foreach (var glob in rule.Globs)
            {
                if (glob.IsMatch(path))
                {
                    return rule.Negated ? Verdict.Include : Verdict.Ignore;
                }
            }
        }

        return Verdict.None;
    }

    private void AddLine(string line)
    {
        if (line.StartsWith('#'))
        {
            return;
        }

        while (line.EndsWith(' ') && !line.EndsWith("\\ ", StringComparison.Ordinal))
        {
            line = line[..^1];
        }

        var negated = line.StartsWith('!');
        line = negated ? line[1..] : line;
        var foldersOnly = line.EndsWith('/');
        line = foldersOnly ? line[..^1] : line;
        if (line.Length == 0)
        {
            return;
        }

        if (line.StartsWith('/'))
        {
            line = line[1..];
        }
        else if (!line.Contains('/', StringComparison.Ordinal))
        {
            line = "**/" + line;
        }

        try
        {
            rules.Add(new Rule(Glob.Parse(EscapeBraces(line)), negated, foldersOnly));
        }
        catch (ToolException)
        {
            // Not a glob: git ignores such a line too.
        }
    }

    // Braces are ordinary characters in gitignore.
    private static string EscapeBraces(string line) => line.Contains('{', StringComparison.Ordinal)
        ? line.Replace("{", "\\{", StringComparison.Ordinal)
        : line;
}
