using Agent.Tools.Files.Roots;

namespace Agent.Tools.Files.Walking;

/// <summary>
/// Which files a walk sees. As ripgrep: globs given by the caller go before ignore rules, these before the rule that hides
/// names that begin with a dot.
/// </summary>
internal sealed class FileFilter
{
    private readonly IReadOnlyList<Glob> include;
    private readonly IReadOnlyList<Glob> exclude;

    public FileFilter(IReadOnlyList<string> include, IReadOnlyList<string> exclude, bool hidden, bool ignored)
    {
        this.include = [.. include.SelectMany(Glob.ParseArgument)];
        this.exclude = [.. exclude.SelectMany(Glob.ParseArgument)];
        Hidden = hidden;
        Ignored = ignored;
    }

    /// <summary>Whether names that begin with a dot are seen.</summary>
    public bool Hidden { get; }

    /// <summary>Whether ignored files are seen.</summary>
    public bool Ignored { get; }

    /// <summary>Whether nothing can be left out, so that paths need not be looked at.</summary>
    public bool SeesEverything => Hidden && Ignored && include.Count == 0 && exclude.Count == 0;

    public bool Sees(string path, ReadOnlySpan<char> name, bool isFolder, IgnoreScope? scope)
    {
        foreach (var glob in exclude)
        {
            if (glob.IsMatch(path))
            {
                return false;
            }
        }

        if (include.Count > 0)
        {
            foreach (var glob in include)
            {
                if (glob.IsMatch(path))
                {
                    return true;
                }
            }

            if (!isFolder)
            {
                return false;
            }
        }

        var verdict = scope?.Match(path, isFolder) ?? Verdict.None;
        return verdict switch
        {
            Verdict.Ignore => false,
            Verdict.Include => true,
            _ => Hidden || name[0] != '.',
        };
    }
}
