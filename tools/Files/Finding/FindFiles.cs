using System.Globalization;
using System.Text;
using System.Text.Json;
using Agent.Tools.Files.Roots;
using Agent.Tools.Files.Walking;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Finding;

/// <summary>The tool <c>find_files</c>.</summary>
internal sealed class FindFiles(FilesContext context)
{
    public ServerTool Tool => new()
    {
        Name = "find_files",
        Title = "Find files by name",
        Description =
            "Finds files and folders by a glob or, with fuzzy, by a rough name; by size, age and type. Ignored and hidden files are left out "
            + "unless asked for. Does not look into files: search_text does.",
        ReadOnly = true,
        Idempotent = true,
        InputSchema = Schemas.FindInput,
        OutputSchema = Schemas.FindOutput,
        Handler = FindAsync,
    };

    private async ValueTask<ToolReply> FindAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var arguments = request.Arguments;
        var query = FindQuery.Read(arguments, context.Time);
        var limit = arguments.Int("limit", 200, 1, 10_000);
        var after = FindCursor.Read(request.OpenCursor());
        var path = arguments.OptionalText("path");
        var roots = await context.RootsOf(request, cancellationToken);
        var filter = new FileFilter(arguments.Texts("include"), arguments.Texts("exclude"), arguments.Flag("hidden"), arguments.Flag("ignored"));
        var walk = new TreeWalk(filter, arguments.Int("max_depth", 256, 1, 256), null, roots, cancellationToken);
        var places = roots.ResolveMany(path);
        var visitors = new List<Visitor>();
        try
        {
            await walk.RunAsync(places, context.Workers, () =>
            {
                var visitor = new Visitor(query);
                visitors.Add(visitor);
                return visitor;
            });
        }
        catch (FileProblem e)
        {
            throw places is [var only] ? FileErrors.Of(only, e) : FileErrors.Of(path ?? ".", e);
        }

        var found = visitors.SelectMany(visitor => visitor.Found).ToList();
        found.Sort(FoundFile.Compare);
        var start = after is null ? 0 : ~found.BinarySearch(after.ToFile(), Comparer<FoundFile>.Create(static (x, y) => FoundFile.Compare(x, y) is 0 ? -1 : FoundFile.Compare(x, y)));
        return Render(request, roots, found, start, limit);
    }

    private static ToolReply Render(ToolRequest request, RootSet roots, List<FoundFile> found, int start, int limit)
    {
        var text = new StringBuilder();
        return ToolReply.Structured(text, writer =>
        {
            var end = Math.Min(found.Count, start + limit);
            writer.WriteStartArray("files"u8);
            for (var i = start; i < end; i++)
            {
                var file = found[i].Status is null ? found[i] with { Status = StatusOf(roots, found[i]) } : found[i];
                WriteFile(writer, text, file);
            }

            writer.WriteEndArray();
            var cursor = end < found.Count ? request.SealCursor(new FindCursor(found[end - 1].SortKey, found[end - 1].Shown).ToString()) : null;
            Page.Write(writer, found.Count, end < found.Count, cursor);
            text.Append(found.Count == 0 ? "No files." + Narrowed.By(request.Arguments) : string.Empty);
            if (cursor is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $"({end} of {found.Count}; go on with cursor {cursor})");
            }
        });
    }

    // Only what is shown is asked for its size; most trees hold far more.
    private static FileStatus? StatusOf(RootSet roots, FoundFile file)
    {
        try
        {
            var place = roots.Resolve(file.Shown);
            using var folder = place.Root.Open(place.Parent);
            return folder.Status(place.Name);
        }
        catch (Exception e) when (e is FileProblem or ToolException)
        {
            return null;
        }
    }

    private static void WriteFile(Utf8JsonWriter writer, StringBuilder text, FoundFile file)
    {
        var shown = FileName.Show(file.Shown);
        writer.WriteStartObject();
        writer.WriteString("path"u8, shown);
        writer.WriteString("type"u8, file.Kind switch { EntryKind.Folder => "folder"u8, EntryKind.Link => "link"u8, _ => "file"u8 });
        if (file.Status is { } status && file.Kind == EntryKind.File)
        {
            writer.WriteNumber("size"u8, status.Size);
        }
        else
        {
            writer.WriteNull("size"u8);
        }

        writer.WriteString("modified"u8, file.Status?.Modified.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        writer.WriteEndObject();
        text.Append(shown).Append(file.Kind == EntryKind.Folder ? "/\n" : "\n");
    }

    private sealed class Visitor(FindQuery query) : ITreeVisitor
    {
        public List<FoundFile> Found { get; } = [];

        public void VisitFile(Folder folder, in Entry entry, RootPath place) => Consider(folder, entry, place);

        public bool VisitFolder(Folder folder, in Entry entry, RootPath place)
        {
            Consider(folder, entry, place);
            return true;
        }

        private void Consider(Folder folder, in Entry entry, RootPath place)
        {
            if (query.Match(folder, entry, place.Seen, out var key, out var status))
            {
                Found.Add(new FoundFile(key, place.Shown, entry.Kind, status));
            }
        }
    }
}

/// <summary>A file that was found.</summary>
internal sealed record FoundFile(double SortKey, string Shown, EntryKind Kind, FileStatus? Status)
{
    public static int Compare(FoundFile x, FoundFile y) =>
        x.SortKey != y.SortKey ? x.SortKey.CompareTo(y.SortKey) : PathOrder.Compare(x.Shown, y.Shown);
}

/// <summary>Where a page ended.</summary>
internal sealed record FindCursor(double SortKey, string Path)
{
    public static FindCursor? Read(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var parts = text.Split('\n', 2);
        return new FindCursor(double.Parse(parts[0], CultureInfo.InvariantCulture), FileName.FromCursor(parts[1]));
    }

    public FoundFile ToFile() => new(SortKey, Path, EntryKind.File, null);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SortKey:R}\n{FileName.ToCursor(Path)}");
}
