using Agent.Tools.Files.Roots;
using Agent.Tools.Files.Walking;

namespace Agent.Tools.Files.Indexing;

/// <summary>Visits the candidates of an index as a walk of the whole tree would: the same files seen, in the same order.</summary>
internal sealed class CandidateWalk(RootPath place, FileFilter filter, int maxDepth, Func<string, bool, bool> skip, CancellationToken cancellationToken)
{
    private readonly Dictionary<string, (bool IsSeen, IgnoreScope? Scope)> folders = new(StringComparer.Ordinal);

    /// <summary>The new folders that a walk would see, to be walked.</summary>
    public IReadOnlyList<RootPath> SeenTrees(IReadOnlyList<string> trees) =>
    [
        .. trees
            .Where(tree => PathOrder.IsWithin(tree, place.Relative) && DepthOf(tree) < maxDepth && !place.Root.IsPrivate(tree))
            .Where(tree => !trees.Any(other => other.Length < tree.Length && PathOrder.IsWithin(tree, other)))
            .Where(tree => Look(tree).IsSeen)
            .Select(Place),
    ];

    /// <summary>Visits files.</summary>
    public async Task RunAsync(IndexCandidates candidates, int workers, Func<ITreeVisitor> createVisitor)
    {
        var seen = new List<RootPath>();
        foreach (var file in candidates.Files)
        {
            if (!PathOrder.IsWithin(file, place.Relative) || DepthOf(file) > maxDepth || candidates.Trees.Any(tree => PathOrder.IsWithin(file, tree)))
            {
                continue;
            }

            var (isSeen, scope) = Look(ParentOf(file));
            if (isSeen && (filter.SeesEverything || filter.Sees(file, file.AsSpan(file.LastIndexOf('/') + 1), false, scope)))
            {
                seen.Add(Place(file));
            }
        }

        // Neighbours share their folder, which is opened once for a run of them.
        var runs = Runs(seen);
        var next = -1;
        void Drain()
        {
            var visitor = createVisitor();
            for (int i; (i = Interlocked.Increment(ref next)) < runs.Count;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Visit(visitor, seen, runs[i].Start, runs[i].End);
            }
        }

        if (seen.Count < 8)
        {
            Drain();
            return;
        }

        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(Drain, CancellationToken.None)));
    }

    private static List<(int Start, int End)> Runs(List<RootPath> files)
    {
        var runs = new List<(int, int)>();
        for (var start = 0; start < files.Count;)
        {
            var folder = files[start].Parent;
            var end = start + 1;
            while (end < files.Count && end - start < 32 && files[end].Parent == folder)
            {
                end++;
            }

            runs.Add((start, end));
            start = end;
        }

        return runs;
    }

    private void Visit(ITreeVisitor visitor, List<RootPath> files, int start, int end)
    {
        try
        {
            using var folder = files[start].Root.Open(files[start].Parent);
            foreach (var file in files[start..end])
            {
                if (!skip(file.Shown, false))
                {
                    visitor.VisitFile(folder, new Entry(file.Name, EntryKind.File), file);
                }
            }
        }
        catch (FileProblem)
        {
            // Gone, or out of reach: a walk would not have seen it.
        }
    }

    private (bool IsSeen, IgnoreScope? Scope) Look(string folder)
    {
        if (folders.TryGetValue(folder, out var known))
        {
            return known;
        }

        var seen = folder == place.Relative
            ? (true, filter.Ignored ? null : Enter(TreeWalk.ScopeAbove(place), folder))
            : LookBelow(folder);
        folders[folder] = seen;
        return seen;
    }

    private (bool IsSeen, IgnoreScope? Scope) LookBelow(string folder)
    {
        var (isSeen, above) = Look(ParentOf(folder));
        if (!isSeen || (!filter.SeesEverything && !filter.Sees(folder, folder.AsSpan(folder.LastIndexOf('/') + 1), true, above)))
        {
            return (false, null);
        }

        return (true, filter.Ignored ? null : Enter(above!, folder));
    }

    private IgnoreScope Enter(IgnoreScope above, string folder)
    {
        try
        {
            using var opened = place.Root.Open(folder);
            return above.Enter(opened, folder);
        }
        catch (FileProblem)
        {
            return above;
        }
    }

    private RootPath Place(string path) => place.Child(path[(place.Relative.Length == 0 ? 0 : place.Relative.Length + 1)..]);

    private int DepthOf(string path) => path.AsSpan(place.Relative.Length == 0 ? 0 : place.Relative.Length + 1).Count('/') + 1;

    private static string ParentOf(string path) => path.LastIndexOf('/') is > 0 and var end ? path[..end] : string.Empty;
}
