namespace Agent.Tools.Files.Roots;

/// <summary>
/// Finds where links lead, name by name. What comes out is a place without links, which is opened beneath its root like every other: a link that is
/// swapped in afterwards still leads nowhere, and one that leads out of the roots is no place at all.
/// </summary>
internal static class LinkFollower
{
    // As the kernel.
    private const int MaxLinks = 40;

    /// <summary>The place that a path leads to.</summary>
    /// <param name="roots">Where links may lead.</param>
    /// <param name="place">The path.</param>
    /// <param name="last">Whether the last name is followed too; false where the link itself is meant.</param>
    /// <returns>The place, shown as before; null where it lies outside, or links lead in a circle.</returns>
    /// <exception cref="FileProblem">A folder on the way cannot be opened.</exception>
    public static RootPath? Follow(IReadOnlyList<Root> roots, RootPath place, bool last)
    {
        var root = place.Root;
        var names = new List<string>();
        var ahead = new Stack<string>();
        Push(ahead, place.Relative);
        for (var links = 0; ahead.TryPop(out var name);)
        {
            if (name == "..")
            {
                if (names.Count == 0)
                {
                    return null;
                }

                names.RemoveAt(names.Count - 1);
                continue;
            }

            var target = ahead.Count == 0 && !last ? null : TargetOf(root, names, name);
            if (target is null)
            {
                names.Add(name);
                continue;
            }

            if (++links > MaxLinks)
            {
                return null;
            }

            if (target.StartsWith('/'))
            {
                names.Clear();
                if (!TryEnter(roots, target, out root, out target))
                {
                    return null;
                }
            }

            Push(ahead, target);
        }

        var relative = string.Join('/', names);
        return root == place.Root && relative == place.Relative ? place : place with { Root = root, Relative = relative, Walked = place.Seen };
    }

    private static string? TargetOf(Root root, List<string> names, string name)
    {
        using var folder = root.Open(string.Join('/', names));
        return folder.Status(name)?.Kind == EntryKind.Link ? folder.ReadLink(name) : null;
    }

    private static bool TryEnter(IReadOnlyList<Root> roots, string target, out Root root, out string rest)
    {
        Root? found = null;
        var length = 0;
        foreach (var candidate in roots)
        {
            foreach (var path in (ReadOnlySpan<string>)[candidate.FullPath.TrimEnd('/'), candidate.RealPath.TrimEnd('/')])
            {
                if (PathOrder.IsWithin(target, path) && (found is null || path.Length > length))
                {
                    (found, length) = (candidate, path.Length);
                }
            }
        }

        (root, rest) = (found ?? roots[0], target[length..]);
        return found is not null;
    }

    private static void Push(Stack<string> ahead, string path)
    {
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            if (name != ".")
            {
                ahead.Push(name);
            }
        }
    }
}
