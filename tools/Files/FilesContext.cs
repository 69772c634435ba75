using Agent.Tools.Files.Reading;
using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files;

/// <summary>What the tools share: the roots, and settings.</summary>
internal sealed class FilesContext
{
    private readonly RootSet roots;

    public FilesContext(ServerOptions options)
    {
        roots = RootSet.Open(options.Roots);
        StateFolder = options.StateFolder;
        Time = options.Time;
    }

    /// <summary>The folder of the server's own, which no tool sees.</summary>
    public string StateFolder { get; }

    public TimeProvider Time { get; }

    /// <summary>What was read.</summary>
    public SeenFiles Seen { get; } = new();

    /// <summary>How many threads a walk uses.</summary>
    public int Workers { get; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>The roots as far as the client of a call may use them.</summary>
    public ValueTask<RootSet> RootsOf(ToolRequest request, CancellationToken cancellationToken)
    {
        _ = request;
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(roots);
    }
}
