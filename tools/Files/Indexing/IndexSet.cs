using System.Globalization;
using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Files.Indexing;

/// <summary>When indexes are built.</summary>
internal enum IndexMode
{
    /// <summary>Once a search has taken long enough that one pays, and from then on.</summary>
    Auto,

    /// <summary>At the start.</summary>
    On,

    /// <summary>Never.</summary>
    Off,
}

/// <summary>The indexes of the roots, and the tool <c>index_status</c>.</summary>
internal sealed class IndexSet : IDisposable
{
    // A scan that takes longer is worth an index.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);

    private readonly Dictionary<Root, RootIndex> indexes;
    private readonly IndexMode mode;

    public IndexSet(IReadOnlyList<Root> roots, FilesContext context, IndexMode mode, ILogger logger)
    {
        this.mode = mode;
        indexes = mode == IndexMode.Off ? [] : roots.ToDictionary(root => root, root => new RootIndex(root, context, logger));
        foreach (var index in indexes.Values)
        {
            if (mode == IndexMode.On || index.IsOnDisk)
            {
                _ = index.EnsureAsync();
            }
        }
    }

    public ServerTool Tool => new()
    {
        Name = "index_status",
        Title = "State of the search index",
        Description = "Tells how far the index is that makes search_text fast. With wait, builds it where there is none and answers when it is ready.",
        About = ToolSubject.State,
        ReadOnly = true,
        Idempotent = true,
        Limit = TimeSpan.FromMinutes(10),
        InputSchema = """{"type": "object", "properties": {"wait": {"type": "boolean"}}, "additionalProperties": false}""",
        OutputSchema =
            """
            {"type": "object", "properties": {"indexes": {"type": "array", "items": {"type": "object", "properties": {
              "root": {"type": "string"}, "state": {"enum": ["off", "none", "building", "ready", "failed"]}, "files": {"type": "integer"},
              "text_bytes": {"type": "integer"}, "index_bytes": {"type": "integer"}}, "required": ["root", "state"]}}}, "required": ["indexes"]}
            """,
        Handler = StatusAsync,
    };

    /// <summary>The index of a root; null where there are none.</summary>
    public RootIndex? Of(Root root) => indexes.GetValueOrDefault(root);

    /// <summary>Tells how long a scan of roots took.</summary>
    public void Scanned(IEnumerable<Root> roots, TimeSpan time)
    {
        if (mode == IndexMode.Auto && time > Patience)
        {
            foreach (var root in roots.Distinct())
            {
                _ = Of(root)?.EnsureAsync();
            }
        }
    }

    public void Dispose()
    {
        foreach (var index in indexes.Values)
        {
            index.Dispose();
        }
    }

    private async ValueTask<ToolReply> StatusAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        if (request.Arguments.Flag("wait"))
        {
            foreach (var index in indexes.Values)
            {
                await WaitAsync(index, request, cancellationToken);
            }
        }

        return ToolReply.Structured(
            indexes.Count == 0 ? "The index is switched off." : string.Join('\n', indexes.Select(pair => Describe(pair.Key, pair.Value))),
            writer =>
            {
                writer.WriteStartArray("indexes"u8);
                foreach (var (root, index) in indexes)
                {
                    var (bytes, textBytes, files) = index.Size;
                    writer.WriteStartObject();
                    writer.WriteString("root"u8, root.Name);
                    writer.WriteString("state"u8, index.State.ToString().ToLowerInvariant());
                    writer.WriteNumber("files"u8, index.State == IndexState.Building ? index.Progress.Files : files);
                    writer.WriteNumber("text_bytes"u8, index.State == IndexState.Building ? index.Progress.Bytes : textBytes);
                    writer.WriteNumber("index_bytes"u8, bytes);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
    }

    private static async Task WaitAsync(RootIndex index, ToolRequest request, CancellationToken cancellationToken)
    {
        var work = index.EnsureAsync();
        while (request.WantsProgress && await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, cancellationToken)) != work)
        {
            await request.ReportAsync(index.Progress.Files, null, $"{index.Progress.Files} files indexed", cancellationToken);
        }

        await work.WaitAsync(cancellationToken);
    }

    private static string Describe(Root root, RootIndex index)
    {
        var (bytes, textBytes, files) = index.Size;
        return index.State switch
        {
            IndexState.Ready => string.Create(CultureInfo.InvariantCulture, $"{root.Name}: ready, {files} files, {textBytes} bytes of text in {bytes} bytes"),
            IndexState.Building => string.Create(CultureInfo.InvariantCulture, $"{root.Name}: building, {index.Progress.Files} files so far"),
            IndexState.Failed => $"{root.Name}: cannot be indexed; searches scan",
            _ => $"{root.Name}: none yet; it is built when a search takes long",
        };
    }
}
