using Agent.Tools.Files.Roots;

namespace Agent.Tools.Files.Walking;

/// <summary>Receives what a walk sees. Each worker of a walk has its own.</summary>
internal interface ITreeVisitor
{
    /// <summary>A file, or a link that is not followed.</summary>
    void VisitFile(Folder folder, in Entry entry, RootPath place);

    /// <summary>A folder, before what it holds; false passes it over.</summary>
    bool VisitFolder(Folder folder, in Entry entry, RootPath place);
}

/// <summary>
/// Walks trees on several threads, in path order as nearly as that allows: work is taken from the top of one stack, onto which a
/// folder's contents are put in reverse order, so that a caller who needs the first matches only gets them first.
/// </summary>
internal sealed class TreeWalk
{
    private const int BatchSize = 24;

    private readonly FileFilter filter;
    private readonly int maxDepth;
    private readonly Func<string, bool, bool>? skip;
    private readonly RootSet? links;
    private readonly Stack<Work> stack = new();
    private readonly CancellationToken cancellationToken;
    private int busy;
    private Exception? failure;

    /// <param name="filter">Which files are seen.</param>
    /// <param name="maxDepth">How deep; 1 is what the starting folder itself holds.</param>
    /// <param name="skip">Whether a shown path (and, for a folder, all in it) may be passed over; asked again and again.</param>
    /// <param name="links">Tells where links lead; null where none is followed.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public TreeWalk(FileFilter filter, int maxDepth, Func<string, bool, bool>? skip, RootSet? links, CancellationToken cancellationToken)
    {
        this.filter = filter;
        this.maxDepth = maxDepth;
        this.skip = skip;
        this.links = links is { FollowsLinks: true } ? links : null;
        this.cancellationToken = cancellationToken;
    }

    // A folder to open (Files is null), or files of an open folder.
    private sealed record Work(RootPath Place, IgnoreScope? Scope, int Depth, Way Way, Folder? Folder = null, Entry[]? Files = null);

    // How a walk came to a place: down from a folder, to which it came by a link in a place of another way.
    private sealed record Way(Root Root, string Start, Way? Before = null, string LeftAt = "")
    {
        /// <summary>Whether a folder is one of those that the walk came through, so that it would go in a circle.</summary>
        public bool CameThrough(RootPath folder, string at)
        {
            for (Way? way = this; way is not null; way = way.Before)
            {
                if (way.Root == folder.Root && PathOrder.IsWithin(folder.Relative, way.Start) && PathOrder.IsWithin(at, folder.Relative))
                {
                    return true;
                }

                at = way.LeftAt;
            }

            return false;
        }
    }

    /// <summary>Walks from each place. A place that is a file is visited as one.</summary>
    /// <returns>A task that completes when all has been visited.</returns>
    /// <exception cref="FileProblem">A place itself cannot be opened; what cannot be opened further down is passed over.</exception>
    public async Task RunAsync(IReadOnlyList<RootPath> places, int workers, Func<ITreeVisitor> createVisitor)
    {
        var first = createVisitor();
        foreach (var place in places.OrderByDescending(place => place.Shown, PathOrder.Instance))
        {
            Start(place, first);
        }

        var others = new Task[workers - 1];
        for (var i = 0; i < others.Length; i++)
        {
            var visitor = createVisitor();
            others[i] = Task.Run(() => Drain(visitor), CancellationToken.None);
        }

        await Task.Run(() => Drain(first), CancellationToken.None);
        await Task.WhenAll(others);
        while (stack.TryPop(out var left))
        {
            left.Folder?.Dispose();
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private void Start(RootPath place, ITreeVisitor visitor)
    {
        if (place.Relative.Length > 0)
        {
            using var parent = place.Root.Open(place.Parent);
            var status = parent.Status(place.Name) ?? throw new FileProblem(FileProblemKind.Missing, "does not exist");
            if (status.Kind == EntryKind.Link)
            {
                throw new FileProblem(FileProblemKind.Link, "is or passes through a symbolic link, which is not followed");
            }

            if (status.Kind == EntryKind.Special)
            {
                throw new FileProblem(FileProblemKind.Special, "is not a regular file");
            }

            if (status.Kind != EntryKind.Folder)
            {
                visitor.VisitFile(parent, new Entry(place.Name, status.Kind), place);
                return;
            }
        }

        using (place.Root.Open(place.Relative))
        {
            // Opened to learn now whether it can be; the worker opens it again.
        }

        stack.Push(new Work(place, filter.Ignored ? null : ScopeAbove(place), 0, new Way(place.Root, place.Relative)));
    }

    // The rules of the folders between the root and the place count too.
    internal static IgnoreScope ScopeAbove(RootPath place)
    {
        var scope = IgnoreScope.ForRoot(place.Root.FullPath);
        var at = new RootPath(place.Root, string.Empty, string.Empty);
        var entries = new List<Entry>();
        foreach (var name in place.Relative.Length == 0 ? [] : place.Relative.Split('/'))
        {
            using var folder = place.Root.Open(at.Relative);
            entries.Clear();
            folder.List(entries);
            scope = scope.Enter(folder, entries, at.Relative);
            at = at.Child(name);
        }

        return scope;
    }

    private void Drain(ITreeVisitor visitor)
    {
        var entries = new List<Entry>();
        var pushed = new List<Work>();
        try
        {
            while (Take() is { } work)
            {
                try
                {
                    if (work.Files is not null)
                    {
                        VisitFiles(work, visitor);
                    }
                    else if (work.Depth == 0 || skip is null || !skip(work.Place.Shown, true))
                    {
                        Expand(work, visitor, entries, pushed);
                    }
                }
                finally
                {
                    work.Folder?.Dispose();
                    Done(pushed);
                }
            }
        }
        catch (Exception e)
        {
            // Carried to the caller by RunAsync; the others must not wait for a worker that is gone.
            lock (stack)
            {
                failure ??= e;
                Monitor.PulseAll(stack);
            }
        }
    }

    private Work? Take()
    {
        lock (stack)
        {
            while (true)
            {
                if (failure is not null || cancellationToken.IsCancellationRequested)
                {
                    return null;
                }

                if (stack.TryPop(out var work))
                {
                    busy++;
                    return work;
                }

                if (busy == 0)
                {
                    return null;
                }

                Monitor.Wait(stack);
            }
        }
    }

    private void Done(List<Work> pushed)
    {
        lock (stack)
        {
            for (var i = pushed.Count - 1; i >= 0; i--)
            {
                stack.Push(pushed[i]);
            }

            busy--;
            Monitor.PulseAll(stack);
        }

        pushed.Clear();
    }

    private void VisitFiles(Work work, ITreeVisitor visitor)
    {
        foreach (ref readonly var entry in work.Files.AsSpan())
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            var place = work.Place.Child(entry.Name);
            if (skip is null || !skip(place.Shown, false))
            {
                visitor.VisitFile(work.Folder!, entry, place);
            }
        }
    }

    private void Expand(Work work, ITreeVisitor visitor, List<Entry> entries, List<Work> pushed)
    {
        LinuxFolder folder;
        entries.Clear();
        try
        {
            folder = work.Place.Root.Open(work.Place.Relative);
        }
        catch (FileProblem)
        {
            // Gone, or closed to this user: like every search tool, go on with the rest.
            return;
        }

        using (folder)
        {
            try
            {
                folder.List(entries);
            }
            catch (FileProblem)
            {
                return;
            }

            var scope = filter.Ignored ? null : work.Scope!.Enter(folder, entries, work.Place.Seen);
            entries.Sort(static (x, y) => string.CompareOrdinal(x.Name, y.Name));
            var files = new List<Entry>(BatchSize);
            foreach (var entry in entries)
            {
                if (entry.Kind is EntryKind.Special or EntryKind.Unknown)
                {
                    continue;
                }

                if (links is not null && entry.Kind == EntryKind.Link)
                {
                    Follow(work, folder, entry, scope, visitor, pushed);
                    continue;
                }

                var isFolder = entry.Kind == EntryKind.Folder;
                if (filter.SeesEverything && !isFolder)
                {
                    Batch(entry);
                    continue;
                }

                var place = work.Place.Child(entry.Name);
                if (!filter.Sees(place.Seen, entry.Name, isFolder, scope))
                {
                    continue;
                }

                if (!isFolder)
                {
                    Batch(entry);
                }
                else if (!place.Root.IsPrivate(place.Relative) && visitor.VisitFolder(folder, entry, place) && work.Depth + 1 < maxDepth)
                {
                    Flush();
                    pushed.Add(new Work(place, scope, work.Depth + 1, work.Way));
                }
            }

            Flush();

            void Batch(in Entry entry)
            {
                files.Add(entry);
                if (files.Count == BatchSize)
                {
                    Flush();
                }
            }

            void Flush()
            {
                if (files.Count > 0)
                {
                    pushed.Add(new Work(work.Place, scope, work.Depth, work.Way, folder.Share(), [.. files]));
                    files.Clear();
                }
            }
        }
    }

    // What a link leads to is seen under the link's own path.
    private void Follow(Work work, Folder folder, in Entry entry, IgnoreScope? scope, ITreeVisitor visitor, List<Work> pushed)
    {
        var link = work.Place.Child(entry.Name);
        if (links!.Follow(link) is not { } target || KindOf(target) is not { } kind || kind is not (EntryKind.File or EntryKind.Folder))
        {
            // It stays what it is.
            if (filter.Sees(link.Seen, entry.Name, false, scope))
            {
                visitor.VisitFile(folder, entry, link);
            }

            return;
        }

        if (!filter.Sees(link.Seen, entry.Name, kind == EntryKind.Folder, scope) || skip?.Invoke(link.Shown, kind == EntryKind.Folder) == true)
        {
            return;
        }

        try
        {
            if (kind == EntryKind.File)
            {
                using var parent = target.Root.Open(target.Parent);
                visitor.VisitFile(parent, new Entry(target.Name, kind), target);
            }
            else if (!work.Way.CameThrough(target, work.Place.Relative) && visitor.VisitFolder(folder, new Entry(entry.Name, kind), target) && work.Depth + 1 < maxDepth)
            {
                pushed.Add(new Work(target, scope, work.Depth + 1, new Way(target.Root, target.Relative, work.Way, work.Place.Relative)));
            }
        }
        catch (FileProblem)
        {
            // Gone in this moment.
        }
    }

    private static EntryKind? KindOf(RootPath place)
    {
        if (place.Relative.Length == 0)
        {
            return EntryKind.Folder;
        }

        try
        {
            using var parent = place.Root.Open(place.Parent);
            return parent.Status(place.Name)?.Kind;
        }
        catch (FileProblem)
        {
            return null;
        }
    }
}
