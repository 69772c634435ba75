using System.Text.Json;
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
        roots = RootSet.Open(options.Roots);
        clientRoots = new ClientRoots(roots, logger ?? NullLogger.Instance);
        StateFolder = options.StateFolder;
        Time = options.Time;
        Indexes = new IndexSet(roots.Roots, this, ReadMode(options.Configuration), logger ?? NullLogger.Instance);
    }

    /// <summary>The folder of the server's own, which no tool sees.</summary>
    public string StateFolder { get; }

    public TimeProvider Time { get; }

    /// <summary>What was read.</summary>
    public SeenFiles Seen { get; } = new();

    /// <summary>The indexes.</summary>
    public IndexSet Indexes { get; }

    /// <summary>How many threads a walk uses.</summary>
    public int Workers { get; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>The roots as far as the client of a call may use them.</summary>
    public ValueTask<RootSet> RootsOf(ToolRequest request, CancellationToken cancellationToken) =>
        clientRoots.OfAsync(request.Server, cancellationToken);

    public ValueTask DisposeAsync()
    {
        Indexes.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IndexMode ReadMode(JsonElement? configuration)
    {
        if (configuration is not { ValueKind: JsonValueKind.Object } section || !section.TryGetProperty("index", out var value))
        {
            return IndexMode.Auto;
        }

        return value.ValueKind == JsonValueKind.String && Enum.TryParse<IndexMode>(value.GetString(), ignoreCase: true, out var mode)
            ? mode
            : throw new ToolException("The setting files.index must be auto, on or off.");
    }
}
