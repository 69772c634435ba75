using System.Globalization;
using System.Text;
using System.Text.Json;
using Agent.Tools.Files.Roots;
using Agent.Tools.Files.Walking;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Listing;

/// <summary>The tool <c>list_directory</c>.</summary>
internal sealed class ListDirectory(FilesContext context)
{
    public ServerTool Tool => new()
    {
        Name = "list_directory",
        Title = "List a folder",
        Description = "Lists a folder as a tree of the wanted depth, with sizes and how much each folder holds.",
        About = ToolSubject.Overview,
        ReadOnly = true,
        Idempotent = true,
        InputSchema = Schemas.ListInput,
        OutputSchema = Schemas.ListOutput,
        Handler = ListAsync,
    };

    private async ValueTask<ToolReply> ListAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var arguments = request.Arguments;
        var depth = arguments.Int("depth", 1, 1, 20);
        var limit = arguments.Int("limit", 500, 1, 5000);
        var after = request.OpenCursor() is { } cursor ? FileName.FromCursor(cursor) : null;
        var path = arguments.OptionalText("path");
        var roots = await context.RootsOf(request, cancellationToken);
        var places = roots.ResolveMany(path);
        var filter = new FileFilter([], [], arguments.Flag("hidden", true), arguments.Flag("ignored", true));
        var visitors = new List<Visitor>();
        try
        {
            foreach (var place in places.Where(place => place.Relative.Length > 0))
            {
                using var parent = place.Root.Open(place.Parent);
                if (parent.Status(place.Name) is { Kind: not EntryKind.Folder } status)
                {
                    throw new FileProblem(FileProblemKind.NotAFolder, status.Kind == EntryKind.Link ? "is a symbolic link, which is not followed" : "is not a folder; read_file reads it");
                }
            }

            var walk = new TreeWalk(filter, depth, null, null, cancellationToken);
            await walk.RunAsync(places, context.Workers, () =>
            {
                var visitor = new Visitor();
                visitors.Add(visitor);
                return visitor;
            });
        }
        catch (FileProblem e)
        {
            throw places is [var only] ? FileErrors.Of(only, e) : FileErrors.Of(path ?? ".", e);
        }

        var found = visitors.SelectMany(visitor => visitor.Found).ToList();
        if (places.Count > 1)
        {
            // Several roots: each is a line of its own above what it holds.
            found.AddRange(places.Select(place => (place, new Entry(place.Name, EntryKind.Folder))));
        }

        found.Sort(static (x, y) => PathOrder.Compare(x.Place.Shown, y.Place.Shown));
        var start = after is null ? 0 : found.FindIndex(item => PathOrder.Compare(item.Place.Shown, after) > 0) is >= 0 and var index ? index : found.Count;
        var page = found[start..Math.Min(found.Count, start + limit)];
        var totals = new Dictionary<string, FolderTotals>();
        if (arguments.Flag("totals"))
        {
            foreach (var (place, _) in page.Where(item => item.Entry.Kind == EntryKind.Folder))
            {
                totals[place.Shown] = await FolderTotals.CountAsync(place, filter, context, cancellationToken);
            }
        }

        return Render(request, page, totals, start, found.Count, places.Count > 1 ? string.Empty : places[0].Shown);
    }

    private static ToolReply Render(
        ToolRequest request, List<(RootPath Place, Entry Entry)> page, Dictionary<string, FolderTotals> totals, int start, int total, string top)
    {
        var text = new StringBuilder();
        return ToolReply.Structured(text, writer =>
        {
            writer.WriteStartArray("entries"u8);
            foreach (var (place, entry) in page)
            {
                Write(writer, text, place, entry, totals, top);
            }

            writer.WriteEndArray();
            var end = start + page.Count;
            var cursor = end < total ? request.SealCursor(FileName.ToCursor(page[^1].Place.Shown)) : null;
            Page.Write(writer, total, end < total, cursor);
            text.Append(total == 0 ? "The folder is empty." : string.Empty);
            if (cursor is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $"({end} of {total}; go on with cursor {cursor})");
            }
        });
    }

    private static void Write(
        Utf8JsonWriter writer, StringBuilder text, RootPath place, Entry entry, Dictionary<string, FolderTotals> totals, string top)
    {
        var status = StatusOf(place, out var entries, out var target);
        var kind = status?.Kind ?? entry.Kind;
        writer.WriteStartObject();
        writer.WriteString("path"u8, FileName.Show(place.Shown));
        writer.WriteString("type"u8, kind switch { EntryKind.Folder => "folder"u8, EntryKind.Link => "link"u8, EntryKind.File => "file"u8, _ => "special"u8 });
        var inside = top is "." or "" ? place.Shown : place.Shown[(top.Length + 1)..];
        text.Append(' ', 2 * inside.AsSpan().Count('/')).Append(FileName.Show(inside[(inside.LastIndexOf('/') + 1)..]));
        switch (kind)
        {
            case EntryKind.File:
                writer.WriteNumber("size"u8, status?.Size ?? 0);
                text.Append(CultureInfo.InvariantCulture, $"  {Sizes.Show(status?.Size ?? 0)}");
                break;
            case EntryKind.Folder when totals.TryGetValue(place.Shown, out var all):
                writer.WriteNull("size"u8);
                writer.WriteNumber("entries"u8, entries);
                writer.WriteNumber("total_files"u8, all.Files);
                writer.WriteNumber("total_size"u8, all.Bytes);
                text.Append(CultureInfo.InvariantCulture, $"/  {all.Files} files, {Sizes.Show(all.Bytes)}");
                break;
            case EntryKind.Folder:
                writer.WriteNull("size"u8);
                writer.WriteNumber("entries"u8, entries);
                text.Append(CultureInfo.InvariantCulture, $"/  {entries} {(entries == 1 ? "entry" : "entries")}");
                break;
            case EntryKind.Link:
                writer.WriteNull("size"u8);
                writer.WriteString("target"u8, FileName.Show(target));
                text.Append(" -> ").Append(FileName.Show(target));
                break;
            default:
                writer.WriteNull("size"u8);
                text.Append("  (special)");
                break;
        }

        writer.WriteString("modified"u8, status?.Modified.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        writer.WriteEndObject();
        text.Append('\n');
    }

    private static FileStatus? StatusOf(RootPath place, out int entries, out string target)
    {
        entries = 0;
        target = string.Empty;
        try
        {
            if (place.Relative.Length == 0)
            {
                using var root = place.Root.Open(string.Empty);
                entries = Count(root);
                return null;
            }

            using var folder = place.Root.Open(place.Parent);
            var status = folder.Status(place.Name);
            if (status?.Kind == EntryKind.Folder)
            {
                using var inner = folder.OpenFolder(place.Name);
                entries = Count(inner);
            }
            else if (status?.Kind == EntryKind.Link)
            {
                target = folder.ReadLink(place.Name);
            }

            return status;
        }
        catch (FileProblem)
        {
            return null;
        }

        static int Count(Folder folder)
        {
            var list = new List<Entry>();
            folder.List(list);
            return list.Count;
        }
    }

    private sealed class Visitor : ITreeVisitor
    {
        public List<(RootPath Place, Entry Entry)> Found { get; } = [];

        public void VisitFile(Folder folder, in Entry entry, RootPath place) => Found.Add((place, entry));

        public bool VisitFolder(Folder folder, in Entry entry, RootPath place)
        {
            Found.Add((place, entry));
            return true;
        }
    }
}
