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

/// <summary>The paths that a search has to look at, in path order, and the new folders it has to walk.</summary>
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

    // What answers queries: an index, what is in its blocks, those always looked at, and how changes are known: by a watch, or by a check of every file.
    private sealed record Snapshot(IndexFile File, BlockFiles Blocks, IReadOnlyList<string> Always, long TextBytes, int Files, TreeWatch? Watch, IndexCheck? Check)
    {
        public bool IsStale { get; set; }

        public bool NeedsBuild => IsStale || Watch is { IsLost: true } or { Count: > MaxChanges };
    }

    public IndexState State { get; private set; }

    /// <summary>How many files the build has read.</summary>
    public IndexProgress Progress => progress;

    /// <summary>How many bytes the index takes on disk, and for how many bytes of files.</summary>
    public (long Bytes, long TextBytes, int Files) Size => current is { } snapshot
        ? (snapshot.File.Bytes, snapshot.TextBytes, snapshot.Files)
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

            timer ??= context.Time.CreateTimer(_ => current?.Watch?.Drain(), null, DrainEvery, DrainEvery);
            if (work is null || (work.IsCompleted && State != IndexState.Failed && current is not { NeedsBuild: false }))
            {
                State = current is null ? IndexState.Building : State;
                work = Task.Run(() => BuildAsync(stop.Token));
            }

            return work;
        }
    }

    /// <summary>Where a pattern may match; null where the index cannot tell.</summary>
    public async ValueTask<IndexCandidates?> FindAsync(TrigramQuery query, CancellationToken cancellationToken)
    {
        if (current is not { } snapshot)
        {
            return null;
        }

        var changed = new List<string>();
        var trees = new List<string>();
        if (snapshot.Check is not null)
        {
            changed = await snapshot.Check.RunAsync(visitor => WalkAsync(null, visitor, cancellationToken), null, new IndexProgress());
            snapshot.IsStale = changed.Count > MaxChanges;
        }
        else if (!snapshot.Watch!.TryRead(changed, trees))
        {
            lock (gate)
            {
                current = current == snapshot ? null : current;
            }

            _ = EnsureAsync();
            return null;
        }

        if (snapshot.NeedsBuild)
        {
            _ = EnsureAsync();
        }

        var always = new HashSet<string>(changed, StringComparer.Ordinal);
        always.UnionWith(snapshot.Always);
        var files = snapshot.Blocks.FilesOf(snapshot.File.Find(query), always);
        files.AddRange(always);
        if (always.Count > 0)
        {
            files.Sort(PathOrder.Instance);
        }

        return new IndexCandidates(files, trees);
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
        current?.Watch?.Dispose();
        stop.Dispose();
    }

    private async Task BuildAsync(CancellationToken cancellationToken)
    {
        try
        {
            progress = new IndexProgress();
            var isWatched = context.WatchesFiles && !IsRemote();
            if (current is null && IndexFile.Open(path, cancellationToken) is { } left)
            {
                if (await CheckAsync(left.File, left.Catalog, isWatched, cancellationToken) is { } checkedIndex)
                {
                    Replace(checkedIndex);
                    return;
                }

                left.File.Dispose();
            }

            var watch = isWatched ? new TreeWatch() : null;
            var started = (context.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
            using var writer = new IndexFile.Writer(path);
            var builder = new IndexBuilder(writer, progress, watch, cancellationToken);
            await WalkAsync(watch, builder.CreateVisitor, cancellationToken);
            var files = builder.Finish();
            var (file, catalog) = writer.Finish(started, files, progress.Bytes, cancellationToken);
            Replace(ToSnapshot(file, catalog, [], watch));
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

    // Other machines change files there, of which this kernel tells nothing.
    private bool IsRemote()
    {
        using var top = root.Open(string.Empty);
        return top.IsRemote;
    }

    private void Replace(Snapshot snapshot)
    {
        lock (gate)
        {
            // The old file stays open until nobody reads it; the finalizer of the handle closes it.
            current?.Watch?.Dispose();
            current = snapshot;
            State = IndexState.Ready;
        }

        // What the build needed is not needed again; the machine is its user's.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
    }

    private async Task WalkAsync(TreeWatch? watch, Func<ITreeVisitor> visitor, CancellationToken cancellationToken)
    {
        if (watch is not null)
        {
            using var top = root.Open(string.Empty);
            watch.Add(top, string.Empty, string.Empty);
        }

        var everything = new FileFilter([], [], hidden: true, ignored: true);
        var walk = new TreeWalk(everything, 256, null, null, cancellationToken);
        await walk.RunAsync([new RootPath(root, string.Empty, ".")], context.Workers, visitor);
    }

    // After a restart: what is there now, against what was indexed; null where too much has changed.
    private async Task<Snapshot?> CheckAsync(IndexFile file, IndexCatalog catalog, bool isWatched, CancellationToken cancellationToken)
    {
        var watch = isWatched ? new TreeWatch() : null;
        var changed = await new IndexCheck(catalog).RunAsync(visitor => WalkAsync(watch, visitor, cancellationToken), watch, progress);
        if (changed.Count <= MaxChanges)
        {
            return ToSnapshot(file, catalog, changed, watch);
        }

        watch?.Dispose();
        return null;
    }

    private Snapshot ToSnapshot(IndexFile file, IndexCatalog catalog, List<string> changed, TreeWatch? watch)
    {
        if (watch is { IsLost: true })
        {
            // Every file is looked at in every search then, which still is far less than reading it.
            LogUnwatched(logger, root.Name);
            watch.Dispose();
            watch = null;
        }

        changed.AddRange(catalog.Files.Where(indexed => indexed.Blocks is null).Select(indexed => indexed.Path));
        return new Snapshot(file, new BlockFiles(catalog), changed, catalog.TextBytes, catalog.Files.Count, watch, watch is null ? new IndexCheck(catalog) : null);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Root} has more folders than the kernel watches, so each search looks at every file's size and time; raise fs.inotify.max_user_watches")]
    private static partial void LogUnwatched(ILogger logger, string root);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No index for {Root}")]
    private static partial void LogFailed(ILogger logger, Exception exception, string root);
}
