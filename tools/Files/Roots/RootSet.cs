using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Roots;

/// <summary>
/// The folders the server may touch, and the only way from a client's path to a place: no path leads above a root, because
/// <c>..</c> is resolved by name before anything is opened, and what is opened is opened beneath the root's descriptor.
/// </summary>
internal sealed class RootSet
{
    private RootSet(IReadOnlyList<Root> roots, IReadOnlyList<RootPath> scopes, bool followsLinks)
    {
        Roots = roots;
        Scopes = scopes;
        FollowsLinks = followsLinks;
    }

    /// <summary>The roots.</summary>
    public IReadOnlyList<Root> Roots { get; }

    /// <summary>Whether links are followed, as far as they stay within the roots.</summary>
    public bool FollowsLinks { get; }

    /// <summary>The places that may be touched: the roots, or what a client's own roots leave of them.</summary>
    public IReadOnlyList<RootPath> Scopes { get; }

    /// <summary>Opens the roots.</summary>
    /// <param name="paths">The folders.</param>
    /// <param name="privateFolders">Folders that no tool sees, even where they lie in a root.</param>
    /// <param name="followLinks">Whether links are followed, as far as they stay within the roots.</param>
    /// <exception cref="ToolException">One cannot be opened.</exception>
    public static RootSet Open(IReadOnlyList<string> paths, IReadOnlyList<string> privateFolders, bool followLinks)
    {
        var hidden = privateFolders.Select(RealPathOf).ToList();
        var roots = new List<Root>();
        foreach (var path in paths.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))).Distinct(StringComparer.Ordinal))
        {
            var leaf = Path.GetFileName(path) is { Length: > 0 } last ? last : "root";
            var name = leaf;
            for (var i = 2; roots.Any(root => root.Name == name); i++)
            {
                name = $"{leaf}-{i}";
            }

            try
            {
                roots.Add(OpenRoot(name, path, hidden));
            }
            catch (FileProblem e)
            {
                throw new ToolException($"The root {path} {e.Message}; give an existing folder with --root.", e);
            }
        }

        return new RootSet(roots, [.. roots.Select(root => new RootPath(root, string.Empty, roots.Count == 1 ? "." : root.Name))], followLinks);
    }

    private static Root OpenRoot(string name, string path, List<string> hidden)
    {
        var root = new Root(name, path);
        var real = root.RealPath.TrimEnd('/');
        if (hidden.Any(folder => PathOrder.IsWithin(real, folder)))
        {
            throw new ToolException($"The root {path} lies in a folder where this program keeps its state; give another with --root.");
        }

        root.Private = [.. hidden.Where(folder => PathOrder.IsWithin(folder, real)).Select(folder => folder[(real.Length + 1)..])];
        return root;
    }

    // It need not be there yet.
    private static string RealPathOf(string path)
    {
        var above = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        while (above.Length > 1 && !Directory.Exists(above))
        {
            above = Path.GetDirectoryName(above)!;
        }

        using var folder = LinuxFolder.OpenRoot(above);
        return folder.RealPath.TrimEnd('/') + Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))[above.TrimEnd('/').Length..];
    }

    /// <summary>
    /// What is left of the roots where a client declares its own: the intersection, never more than was configured.
    /// </summary>
    public RootSet Intersect(IEnumerable<string> clientFolders)
    {
        var scopes = new List<RootPath>();
        foreach (var client in clientFolders.Select(Path.TrimEndingDirectorySeparator))
        {
            foreach (var scope in Scopes)
            {
                var full = scope.Relative.Length == 0 ? scope.Root.FullPath : $"{scope.Root.FullPath.TrimEnd('/')}/{scope.Relative}";
                if (PathOrder.IsWithin(full, client.TrimEnd('/')))
                {
                    scopes.Add(scope);
                }
                else if (PathOrder.IsWithin(client, full.TrimEnd('/')))
                {
                    var rest = client[(full.TrimEnd('/').Length + 1)..];
                    scopes.Add(rest.Split('/').Aggregate(scope, (at, name) => at.Child(name)));
                }
            }
        }

        // A scope within another would list its files twice.
        var distinct = scopes
            .DistinctBy(scope => scope.Shown)
            .Where(scope => !scopes.Any(other => other.Root == scope.Root && other.Relative != scope.Relative && PathOrder.IsWithin(scope.Relative, other.Relative)))
            .OrderBy(scope => scope.Shown, PathOrder.Instance);
        return new RootSet(Roots, [.. distinct], FollowsLinks);
    }

    /// <summary>The place a client's path names.</summary>
    /// <param name="path">The path.</param>
    /// <param name="last">Whether a link at its end is followed, where links are.</param>
    /// <exception cref="ToolException">It lies outside.</exception>
    public RootPath Resolve(string path, bool last = true)
    {
        var place = ResolveInRoots(path, last);
        return IsInScope(place) ? place : throw Outside(path);
    }

    /// <summary>Where a link leads that a walk came upon; null where links are not followed, or it leads out of the roots or to nothing.</summary>
    public RootPath? Follow(RootPath link)
    {
        try
        {
            return FollowsLinks && LinkFollower.Follow(Roots, link, last: true) is { } place && IsInScope(place) && !place.Root.IsPrivate(place.Relative) ? place : null;
        }
        catch (FileProblem)
        {
            return null;
        }
    }

    private bool IsInScope(RootPath place)
    {
        foreach (var scope in Scopes)
        {
            if (scope.Root == place.Root && PathOrder.IsWithin(place.Relative, scope.Relative))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The places a client's path stands for: every scope for an empty path, else one.</summary>
    public IReadOnlyList<RootPath> ResolveMany(string? path)
    {
        if (IsEverything(path))
        {
            return Scopes.Count > 0 ? Scopes : throw Outside(".");
        }

        var place = ResolveInRoots(path!, last: true);
        RootPath[] within =
        [
            .. IsInScope(place)
                ? [place]
                : Scopes.Where(scope => scope.Root == place.Root && PathOrder.IsWithin(scope.Relative, place.Relative)),
        ];
        return within.Length > 0 ? within : throw Outside(path!);
    }

    /// <summary>Whether a path stands for all there is.</summary>
    public static bool IsEverything(string? path) => path is null or "" or "." or "./";

    private RootPath ResolveInRoots(string path, bool last)
    {
        var place = Locate(path);
        if (ShownNames.MayHold(place.Relative) && ShownNames.Read(place.Root, place.Relative) is { } meant && meant != place.Relative)
        {
            place = new RootPath(place.Root, meant, Show(place.Root, meant));
        }

        try
        {
            place = FollowsLinks ? LinkFollower.Follow(Roots, place, last) ?? throw Outside(path) : place;
        }
        catch (FileProblem)
        {
            // Opening it tells what is wrong.
        }

        return place.Root.IsPrivate(place.Relative)
            ? throw new ToolException($"'{FileName.Show(place.Shown)}' is where this program keeps its state; no tool reads or changes it.")
            : place;
    }

    private RootPath Locate(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ToolException("A path cannot contain a zero character; leave it out.");
        }

        if (path.StartsWith("file:///", StringComparison.Ordinal) && Uri.TryCreate(path, UriKind.Absolute, out var uri))
        {
            // What editors call a file.
            path = uri.LocalPath;
        }

        if (path.StartsWith('/'))
        {
            foreach (var root in Roots)
            {
                if (PathOrder.IsWithin(path, root.FullPath.TrimEnd('/')))
                {
                    return Descend(root, path[root.FullPath.TrimEnd('/').Length..], path);
                }
            }

            throw Outside(path);
        }

        if (Roots.Count == 1)
        {
            return Descend(Roots[0], path, path);
        }

        var trimmed = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
        var end = trimmed.IndexOf('/', StringComparison.Ordinal);
        var first = end < 0 ? trimmed : trimmed[..end];
        var named = Roots.FirstOrDefault(root => root.Name == first)
            ?? throw new ToolException($"'{FileName.Show(path)}' does not begin with a root's name; the roots are {string.Join(", ", Roots.Select(root => root.Name))}.");
        return Descend(named, end < 0 ? string.Empty : trimmed[end..], path);
    }

    private RootPath Descend(Root root, string rest, string given)
    {
        var names = new List<string>();
        foreach (var name in rest.Split('/'))
        {
            switch (name)
            {
                case "" or ".":
                    break;
                case ".." when names.Count == 0:
                    throw Outside(given);
                case "..":
                    names.RemoveAt(names.Count - 1);
                    break;
                default:
                    names.Add(name);
                    break;
            }
        }

        var relative = string.Join('/', names);
        if (relative.Length > 4000 || names.Count > 256)
        {
            throw new ToolException("The path is too long; paths have at most 4,000 characters and 256 names.");
        }

        return new RootPath(root, relative, Show(root, relative));
    }

    /// <summary>A path as the client reads it.</summary>
    public string Show(Root root, string relative) => Roots.Count == 1
        ? (relative.Length == 0 ? "." : relative)
        : (relative.Length == 0 ? root.Name : $"{root.Name}/{relative}");

    private ToolException Outside(string path) => new(
        Scopes.Count == 0
            ? $"'{FileName.Show(path)}' cannot be used: none of the client's roots lies in a root of this server."
            : $"'{FileName.Show(path)}' lies outside the roots; use a path in {string.Join(", ", Scopes.Select(scope => scope.Shown == "." ? scope.Root.FullPath : scope.Shown))}.");
}
