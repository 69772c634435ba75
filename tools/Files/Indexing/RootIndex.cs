using System.Security.Cryptography;
using System.Text;
using Agent.Tools.Files.Roots;
using Agent.Tools.Files.Walking;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Files.Indexing;

/// <summary>How far the index of a root is.</summary>
internal enum IndexState
{
    /// <summary>There is none, and none is being built.</summary>
    None,

    /// <summary>It is being checked against the files, or built.</summary>
    Building,

    /// <summary>It answers.</summary>
    Ready,

    /// <summary>It cannot be kept; every search scans.</summary>
    Failed,
}

/// <summary>The paths that a search has to look at, and the new folders it has to walk.</summary>
internal sealed record IndexCandidates(IReadOnlyList<string> Files, IReadOnlyList<string> Trees);

/// <summary>
/// The index of one root. It only ever says where a match cannot be: candidates are read and searched like every other file, and what is not known to be
/// the version that was indexed is a candidate.
/// </summary>
internal sealed partial class RootIndex : IDisposable
{
    // Beyond this many changed files, each looked at in every search, a new build pays.
    private const int MaxChanges = 2000;
    private static readonly TimeSpan DrainEvery = TimeSpan.FromSeconds(1);
    private const long ClockSlackNs = 2_000_000_000;

    private readonly Root root;
    private readonly FilesContext context;
    private readonly ILogger logger;
    private readonly string path;
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private ITimer? timer;
    private Task? work;
    private Snapshot? current;
    private IndexProgress progress = new();

    public RootIndex(Root root, FilesContext context, ILogger logger)
    {
        this.root = root;
        this.context = context;
        this.logger = logger;
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root.FullPath)).AsSpan(0, 12));
        path = System.IO.Path.Combine(context.StateFolder, "index", digest + ".trigrams");
    }

    // What answers queries: a file, the files in it by block, those always looked at, and the watch over them all.
    private sealed record Snapshot(IndexFile File, List<string>[] Blocks, IReadOnlyList<string> Always, TreeWatch Watch);

    public IndexState State { get; private set; }

    /// <summary>How many files the build has read.</summary>
    public IndexProgress Progress => progress;

    /// <summary>How many bytes the index takes on disk, and for how many bytes of files.</summary>
    public (long Bytes, long TextBytes, int Files) Size => current is { } snapshot
        ? (snapshot.File.Bytes, snapshot.File.Catalog.TextBytes, snapshot.File.Catalog.Files.Count)
        : default;

    /// <summary>Whether an index was left by an earlier process.</summary>
    public bool IsOnDisk => File.Exists(path);

    /// <summary>Begins to build, or to check what is on disk, unless that is done or going on.</summary>
    /// <returns>Completes when the index is ready or has failed.</returns>
    public Task EnsureAsync()
    {
        lock (gate)
        {
            if (stop.IsCancellationRequested)
            {
                return Task.CompletedTask;
            }

            timer ??= context.Time.CreateTimer(_ => current?.Watch.Drain(), null, DrainEvery, DrainEvery);
            if (work is null || (work.IsCompleted && State != IndexState.Failed && NeedsBuild()))
            {
                State = current is null ? IndexState.Building : State;
                work = Task.Run(() => BuildAsync(stop.Token));
            }

            return work;
        }
    }

    /// <summary>Where a pattern may match; null where the index cannot tell.</summary>
    public IndexCandidates? Find(TrigramQuery query)
    {
        var snapshot = current;
        if (snapshot is null)
        {
            return null;
        }

        var changed = new List<string>();
        var trees = new List<string>();
        if (!snapshot.Watch.TryRead(changed, trees))
        {
            lock (gate)
            {
                current = null;
            }

            _ = EnsureAsync();
            return null;
        }

        if (snapshot.Watch.Count > MaxChanges)
        {
            _ = EnsureAsync();
        }

        var files = new HashSet<string>(changed, StringComparer.Ordinal);
        files.UnionWith(snapshot.Always);
        var groups = snapshot.File.Find(query);
        for (var group = 0; group < groups.Length; group++)
        {
            for (var bits = groups[group]; bits != 0; bits &= bits - 1)
            {
                files.UnionWith(snapshot.Blocks[(group * IndexFile.GroupBlocks) + System.Numerics.BitOperations.TrailingZeroCount(bits)]);
            }
        }

        return new IndexCandidates([.. files], trees);
    }

    public void Dispose()
    {
        stop.Cancel();
        timer?.Dispose();
        try
        {
            work?.Wait(TimeSpan.FromSeconds(5));
        }
        catch (AggregateException)
        {
            // Cancelled, or logged where it failed.
        }

        current?.File.Dispose();
        current?.Watch.Dispose();
        stop.Dispose();
    }

    private bool NeedsBuild() => current is null || current.Watch.IsLost || current.Watch.Count > MaxChanges;

    private async Task BuildAsync(CancellationToken cancellationToken)
    {
        try
        {
            progress = new IndexProgress();
            if (current is null && IndexFile.Open(path, cancellationToken) is { } left)
            {
                if (await CheckAsync(left, cancellationToken) is { } checkedIndex)
                {
                    Replace(checkedIndex);
                    return;
                }

                left.Dispose();
            }

            var watch = new TreeWatch();
            var started = (context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
            using var writer = new IndexFile.Writer(path);
            var builder = new IndexBuilder(writer, progress, watch, cancellationToken);
            await WalkAsync(watch, builder.CreateVisitor, cancellationToken);
            var files = builder.Finish();
            if (watch.IsLost)
            {
                watch.Dispose();
                State = IndexState.Failed;
                LogUnwatched(logger, root.Name);
                return;
            }

            Replace(ToSnapshot(writer.Finish(started, files, progress.Bytes, cancellationToken), [], watch));
        }
        catch (OperationCanceledException)
        {
            // The server ends.
        }
        catch (Exception e)
        {
            // Searches go on without an index.
            State = IndexState.Failed;
            LogFailed(logger, e, root.Name);
        }
    }

    private void Replace(Snapshot snapshot)
    {
        lock (gate)
        {
            // The old file stays open until nobody reads it; the finalizer of the handle closes it.
            current?.Watch.Dispose();
            current = snapshot;
            State = IndexState.Ready;
        }

        // What the build needed is not needed again; the machine is its user's.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
    }

    private async Task WalkAsync(TreeWatch watch, Func<ITreeVisitor> visitor, CancellationToken cancellationToken)
    {
        using (var top = root.Open(string.Empty))
        {
            watch.Add(top, string.Empty, string.Empty);
        }

        var everything = new FileFilter([], [], hidden: true, ignored: true);
        var walk = new TreeWalk(everything, 256, null, context.StateFolder, cancellationToken);
        await walk.RunAsync([new RootPath(root, string.Empty, ".")], context.Workers, visitor);
    }

    // After a restart: what is there now, against what was indexed.
    private async Task<Snapshot?> CheckAsync(IndexFile file, CancellationToken cancellationToken)
    {
        var watch = new TreeWatch();
        var known = file.Catalog.Files.ToDictionary(indexed => indexed.Path, StringComparer.Ordinal);
        var visitors = new List<CheckVisitor>();
        await WalkAsync(
            watch,
            () =>
            {
                var visitor = new CheckVisitor(known, file.Catalog.StartedNs - ClockSlackNs, watch, progress, cancellationToken);
                visitors.Add(visitor);
                return visitor;
            },
            cancellationToken);
        var changed = visitors.SelectMany(visitor => visitor.Changed).ToList();
        if (watch.IsLost || changed.Count > MaxChanges)
        {
            watch.Dispose();
            return null;
        }

        return ToSnapshot(file, changed, watch);
    }

    private static Snapshot ToSnapshot(IndexFile file, List<string> changed, TreeWatch watch)
    {
        var blocks = new List<string>[file.Catalog.GroupSums.Count * IndexFile.GroupBlocks];
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] = [];
        }

        foreach (var indexed in file.Catalog.Files)
        {
            if (indexed.Block >= 0)
            {
                blocks[indexed.Block].Add(indexed.Path);
            }
            else
            {
                changed.Add(indexed.Path);
            }
        }

        return new Snapshot(file, blocks, changed, watch);
    }

    private sealed class CheckVisitor(
        Dictionary<string, IndexedFile> known, long trustedBeforeNs, TreeWatch watch, IndexProgress progress, CancellationToken cancellationToken) : ITreeVisitor
    {
        public List<string> Changed { get; } = [];

        public bool VisitFolder(Folder folder, in Entry entry, RootPath place)
        {
            watch.Add(folder, entry.Name, place.Relative);
            return true;
        }

        public void VisitFile(Folder folder, in Entry entry, RootPath place)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.Kind != EntryKind.File)
            {
                return;
            }

            FileStatus? status = null;
            try
            {
                status = folder.Status(entry.Name);
            }
            catch (FileProblem)
            {
                // Looked at in every search, which will say nothing of it either.
            }

            // A change within the clock's grain of the build could have left the times as they were.
            if (status is not { Links: 1 } now
                || !known.TryGetValue(place.Relative, out var indexed)
                || !now.SameVersion(indexed.Status)
                || now.ChangedNs > trustedBeforeNs)
            {
                Changed.Add(place.Relative);
            }

            progress.Add(status?.Size ?? 0);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No index for {Root}: the kernel watches fewer folders than it has; raise fs.inotify.max_user_watches")]
    private static partial void LogUnwatched(ILogger logger, string root);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No index for {Root}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string root);
}
