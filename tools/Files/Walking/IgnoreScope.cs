using Agent.Tools.Files.Roots;

namespace Agent.Tools.Files.Walking;

/// <summary>
/// The ignore rules in force in a folder: its own and those above it, with ripgrep's precedence. A rule of <c>.rgignore</c> goes before one
/// of <c>.ignore</c>, that before <c>.gitignore</c>, that before <c>.git/info/exclude</c>, and that before the user's own; among
/// files of one kind the deepest decides. Git's rules count inside a repository only, up to its top.
/// </summary>
internal sealed class IgnoreScope
{
    private const int MaxRulesBytes = 4 * 1024 * 1024;

    private readonly IgnoreScope? parent;
    private readonly string prefix;
    private readonly int pathLength;
    private readonly bool isRepository;
    private readonly IgnoreRules? ripgrep;
    private readonly IgnoreRules? plain;
    private readonly IgnoreRules? git;
    private readonly IgnoreRules? exclude;
    private readonly IgnoreRules? user;
    private readonly bool insideRepository;

    private IgnoreScope(
        IgnoreScope? parent, string prefix, int pathLength, bool isRepository, IgnoreRules? ripgrep, IgnoreRules? plain, IgnoreRules? git, IgnoreRules? exclude)
    {
        this.parent = parent;
        this.prefix = prefix;
        this.pathLength = pathLength;
        this.isRepository = isRepository;
        this.ripgrep = ripgrep;
        this.plain = plain;
        this.git = git;
        this.exclude = exclude;
        insideRepository = isRepository || (parent?.insideRepository ?? false);
        user = parent?.user;
    }

    private IgnoreScope(IgnoreRules? user)
    {
        prefix = string.Empty;
        this.user = user;
    }

    /// <summary>What is in force in a root because of the folders above it, which belong to the operator.</summary>
    public static IgnoreScope ForRoot(string rootPath)
    {
        var scope = new IgnoreScope(UserRules());
        var above = new List<string>();
        for (var folder = Path.GetDirectoryName(rootPath); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            above.Add(folder);
        }

        above.Reverse();
        foreach (var folder in above)
        {
            var isRepository = Path.Exists(Path.Combine(folder, ".git"));
            var ripgrep = ReadAbove(Path.Combine(folder, ".rgignore"));
            var plain = ReadAbove(Path.Combine(folder, ".ignore"));
            var git = ReadAbove(Path.Combine(folder, ".gitignore"));
            var exclude = isRepository ? ReadAbove(Path.Combine(folder, ".git", "info", "exclude")) : null;
            if (isRepository || ripgrep is not null || plain is not null || git is not null)
            {
                var prefix = rootPath[(folder.TrimEnd('/').Length + 1)..] + "/";
                scope = new IgnoreScope(scope, prefix, 0, isRepository, ripgrep, plain, git, exclude);
            }
        }

        return scope;
    }

    /// <summary>What is in force in a folder that was not listed.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="path">Its path from the root, as it is walked.</param>
    public IgnoreScope Enter(Folder folder, string path)
    {
        var entries = new List<Entry>();
        foreach (var name in (ReadOnlySpan<string>)[".git", ".gitignore", ".ignore", ".rgignore"])
        {
            if (folder.Status(name) is { } status)
            {
                entries.Add(new Entry(name, status.Kind));
            }
        }

        return Enter(folder, entries, path);
    }

    /// <summary>What is in force in a folder, given what it holds.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="entries">The names in it.</param>
    /// <param name="path">Its path from the root, as it is walked.</param>
    public IgnoreScope Enter(Folder folder, List<Entry> entries, string path)
    {
        bool hasGit = false, hasGitRules = false, hasPlain = false, hasRipgrep = false;
        foreach (var entry in entries)
        {
            if (entry.Name.Length > 3 && entry.Name[0] == '.')
            {
                hasGit |= entry.Name == ".git";
                hasGitRules |= entry.Name == ".gitignore";
                hasPlain |= entry.Name == ".ignore";
                hasRipgrep |= entry.Name == ".rgignore";
            }
        }

        if (!hasGit && !hasGitRules && !hasPlain && !hasRipgrep)
        {
            return this;
        }

        IgnoreRules? exclude = null;
        if (hasGit)
        {
            try
            {
                using var top = folder.OpenFolder(".git");
                using var info = top.OpenFolder("info");
                exclude = Read(info, "exclude");
            }
            catch (FileProblem)
            {
                // A worktree's .git is a file, and info need not exist.
            }
        }

        return new IgnoreScope(
            this,
            string.Empty,
            path.Length == 0 ? 0 : path.Length + 1,
            hasGit,
            hasRipgrep ? Read(folder, ".rgignore") : null,
            hasPlain ? Read(folder, ".ignore") : null,
            hasGitRules ? Read(folder, ".gitignore") : null,
            exclude);
    }

    /// <summary>What the rules say of a path from the root.</summary>
    public Verdict Match(string path, bool isFolder)
    {
        Verdict fromRipgrep = Verdict.None, fromPlain = Verdict.None, fromGit = Verdict.None, fromExclude = Verdict.None;
        var git = insideRepository;
        for (var scope = this; scope is not null; scope = scope.parent)
        {
            var relative = scope.prefix.Length > 0 ? scope.prefix + path : path.AsSpan(scope.pathLength);
            Consider(scope.ripgrep, relative, isFolder, ref fromRipgrep);
            Consider(scope.plain, relative, isFolder, ref fromPlain);
            if (git)
            {
                Consider(scope.git, relative, isFolder, ref fromGit);
                Consider(scope.exclude, relative, isFolder, ref fromExclude);
            }

            git &= !scope.isRepository;
        }

        if (fromRipgrep != Verdict.None)
        {
            return fromRipgrep;
        }

        if (fromPlain != Verdict.None)
        {
            return fromPlain;
        }

        if (fromGit != Verdict.None)
        {
            return fromGit;
        }

        return fromExclude != Verdict.None || !insideRepository || user is null ? fromExclude : user.Match(path, isFolder);
    }

    private static void Consider(IgnoreRules? rules, ReadOnlySpan<char> path, bool isFolder, ref Verdict verdict)
    {
        if (verdict == Verdict.None && rules is not null)
        {
            verdict = rules.Match(path, isFolder);
        }
    }

    private static IgnoreRules? Read(Folder folder, string name)
    {
        try
        {
            using var file = folder.OpenFile(name, out var status);
            if (status.Size is 0 or > MaxRulesBytes)
            {
                return null;
            }

            var bytes = new byte[status.Size];
            var read = RandomAccess.Read(file, bytes, 0);
            return IgnoreRules.Parse(bytes.AsSpan(0, read));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static IgnoreRules? ReadAbove(string path)
    {
        try
        {
            return File.Exists(path) && new FileInfo(path).Length <= MaxRulesBytes ? IgnoreRules.Parse(File.ReadAllBytes(path)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IgnoreRules? UserRules()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var configuration = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } set ? set : Path.Combine(home, ".config");
        return ReadAbove(Path.Combine(configuration, "git", "ignore"));
    }
}
