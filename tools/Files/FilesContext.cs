using Agent.Tools.Files.Changing;
using Agent.Tools.Files.Indexing;
using Agent.Tools.Files.Reading;
using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Tools.Files;

/// <summary>What the tools share: the roots, what was read, the indexes.</summary>
internal sealed class FilesContext : IAsyncDisposable
{
    private readonly RootSet roots;
    private readonly ClientRoots clientRoots;

    public FilesContext(ServerOptions options, ILogger? logger = null)
    {
        var settings = FilesSettings.Read(options.Configuration);
        roots = RootSet.Open(options.Roots, [options.StateFolder, .. options.PrivateFolders], settings.FollowLinks);
        WatchesFiles = settings.Watch;
        clientRoots = new ClientRoots(roots, logger ?? NullLogger.Instance);
        StateFolder = options.StateFolder;
        Time = options.Time;
        var sweep = new TrashSweep(StateFolder, settings.Trash, Time, logger ?? NullLogger.Instance);
        sweep.Request();
        Trash = new Trash(StateFolder, sweep, Time);

        // An index knows files by their places, not by the links that lead to them.
        Indexes = new IndexSet(roots.Roots, this, settings.FollowLinks ? IndexMode.Off : settings.Index, logger ?? NullLogger.Instance);
    }

    /// <summary>The folder of the server's own, which no tool sees.</summary>
    public string StateFolder { get; }

    public TimeProvider Time { get; }

    /// <summary>Whether the kernel is asked what changes; otherwise sizes and times tell, at each search.</summary>
    public bool WatchesFiles { get; }

    /// <summary>Where deleted and replaced files go.</summary>
    public Trash Trash { get; }

    /// <summary>What was read.</summary>
    public SeenFiles Seen { get; } = new();

    /// <summary>The indexes.</summary>
    public IndexSet Indexes { get; }

    /// <summary>How many threads a walk uses.</summary>
    public int Workers { get; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>The roots as far as the client of a call may use them.</summary>
    public ValueTask<RootSet> RootsOf(ToolRequest request, CancellationToken cancellationToken) =>
        clientRoots.OfAsync(request.Server, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Indexes.Dispose();
        await Trash.Swept;
    }
}
