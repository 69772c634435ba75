using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Agent.Tools.Files.Indexing;
using Agent.Tools.Files.Roots;
using Agent.Tools.Files.Scanning;
using Agent.Tools.Files.Walking;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Searching;

/// <summary>The tool <c>search_text</c>.</summary>
internal sealed class SearchText(FilesContext context)
{
    private const int MaxLimit = 5000;

    // Opening so many files one by one costs as much as a walk.
    private const int MaxCandidates = 10_000;

    // As long as a page takes to be read; on a tree of usual size all is counted by then.
    private static readonly TimeSpan CountingTime = TimeSpan.FromMilliseconds(60);

    public ServerTool Tool => new()
    {
        Name = "search_text",
        Title = "Search text in files",
        Description =
            "Finds the lines that contain a text or match a regular expression, as ripgrep does: ignored, hidden and binary files are left out. "
            + "Gives path, line number and line. Start narrow with path or include; go on with next_cursor.",
        ReadOnly = true,
        Idempotent = true,
        InputSchema = Schemas.SearchInput,
        OutputSchema = Schemas.SearchOutput,
        Handler = SearchAsync,
    };

    private async ValueTask<ToolReply> SearchAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var arguments = request.Arguments;
        var ignoreCase = arguments.Flag("ignore_case");
        var pattern = Pattern.Parse(arguments.Text("pattern"), arguments.Flag("regex"), ignoreCase, arguments.Flag("whole_word"));
        var output = arguments.Choice("output", "lines", "lines", "files", "counts");
        var newest = arguments.Choice("sort", "path", "path", "newest") == "newest";
        var limit = arguments.Int("limit", 100, 1, MaxLimit);
        var scan = new ScanRequest(
            pattern,
            ignoreCase,
            arguments.Int("context", 0, 0, 20),
            output == "lines" ? arguments.Int("limit_per_file", limit, 1, MaxLimit) : 0,
            arguments.Int("max_line_length", 300, 20, 10_000),
            FirstOnly: output == "files");
        var filter = new FileFilter(arguments.Texts("include"), arguments.Texts("exclude"), arguments.Flag("hidden"), arguments.Flag("ignored"));
        var after = SearchCursor.Read(request.OpenCursor());

        var roots = await context.RootsOf(request, cancellationToken);
        var path = arguments.OptionalText("path");
        var places = roots.ResolveMany(path);
        var collector = new MatchCollector(limit, output != "lines", context.Time, arguments.Flag("count_all") ? TimeSpan.MaxValue : CountingTime);
        var perFile = arguments.Has("limit_per_file") ? scan.MaxPerFile : int.MaxValue;
        var depth = arguments.Int("max_depth", 256, 1, 256);
        var scanners = new ConcurrentBag<FileScanner>();
        try
        {
            await RunAsync(roots, places, filter, depth, TrigramQuery.From(pattern.Required), Skip, NewVisitor, cancellationToken);
        }
        catch (FileProblem e)
        {
            throw places is [var only] ? FileErrors.Of(only, e) : FileErrors.Of(path ?? ".", e);
        }

        finally
        {
            foreach (var scanner in scanners)
            {
                scanner.Dispose();
            }
        }

        return Render(request, collector, limit, perFile, output, after);

        Visitor NewVisitor()
        {
            var scanner = new FileScanner(scan);
            scanners.Add(scanner);
            return new Visitor(collector, scanner, after, newest, cancellationToken);
        }

        bool Skip(string shown, bool isFolder)
        {
            // What earlier pages gave is not looked at again.
            if (after is not null && !newest && !(isFolder && PathOrder.IsWithin(after.Path, shown)) && PathOrder.Compare(shown, after.Path) < 0)
            {
                return true;
            }

            return collector.CanSkip(shown);
        }
    }

    private async Task RunAsync(
        RootSet roots,
        IReadOnlyList<RootPath> places,
        FileFilter filter,
        int depth,
        TrigramQuery? query,
        Func<string, bool, bool> skip,
        Func<ITreeVisitor> createVisitor,
        CancellationToken cancellationToken)
    {
        var toWalk = new List<RootPath>();
        foreach (var place in places)
        {
            if (query is null || !IsFolder(place) || context.Indexes.Of(place.Root) is not { } index
                || await index.FindAsync(query, cancellationToken) is not { } candidates
                || candidates.Files.Count > MaxCandidates
                || candidates.Trees.Any(tree => PathOrder.IsWithin(place.Relative, tree)))
            {
                toWalk.Add(place);
                continue;
            }

            var walk = new CandidateWalk(place, filter, depth, skip, cancellationToken);
            foreach (var tree in walk.SeenTrees(candidates.Trees))
            {
                await WalkAsync([tree], depth - tree.Relative.AsSpan(place.Relative.Length).Count('/') - (place.Relative.Length == 0 ? 1 : 0));
            }

            await walk.RunAsync(candidates, context.Workers, createVisitor);
        }

        if (toWalk.Count > 0)
        {
            var start = context.Time.GetTimestamp();
            await WalkAsync(toWalk, depth);
            context.Indexes.Scanned(toWalk.Select(place => place.Root), context.Time.GetElapsedTime(start));
        }

        async Task WalkAsync(IReadOnlyList<RootPath> from, int levels)
        {
            try
            {
                await new TreeWalk(filter, levels, skip, roots, cancellationToken).RunAsync(from, context.Workers, createVisitor);
            }
            catch (FileProblem) when (from != toWalk)
            {
                // A new folder that is gone again.
            }
        }
    }

    // What is a file, a link or nothing is the walk's to tell.
    private static bool IsFolder(RootPath place)
    {
        using var folder = place.Relative.Length == 0 ? null : place.Root.Open(place.Parent);
        return folder is null || folder.Status(place.Name)?.Kind == EntryKind.Folder;
    }

    private static ToolReply Render(
        ToolRequest request, MatchCollector collector, int limit, int perFile, string output, SearchCursor? after)
    {
        var text = new StringBuilder();
        return ToolReply.Structured(text, writer =>
        {
            var items = 0;
            (FileMatches File, long Line)? end = null;
            writer.WriteStartArray(output == "lines" ? "matches"u8 : "files"u8);
            foreach (var file in collector.InOrder())
            {
                if (items == limit)
                {
                    break;
                }

                if (output != "lines")
                {
                    WriteFile(writer, text, file, output == "counts");
                    items++;
                    end = (file, long.MaxValue);
                    continue;
                }

                text.Append(text.Length > 0 ? "\n" : string.Empty).Append(FileName.Show(file.Shown)).Append('\n');
                var lines = Math.Min(file.Lines.Count, limit - items);
                foreach (var line in file.Lines.Take(lines))
                {
                    WriteLine(writer, text, file, line);
                }

                items += lines;
                end = (file, lines == perFile ? long.MaxValue : file.Lines[lines - 1].Line);
            }

            writer.WriteEndArray();
            var given = (after?.Given ?? 0) + items;
            var left = (output == "lines" ? collector.Total : collector.Files) - items;
            var total = collector.GaveUp ? after?.Total : given + left;
            var truncated = collector.GaveUp || left > 0;
            var cursor = truncated && items == limit && end is { } last
                ? request.SealCursor(new SearchCursor(last.File.SortKey, total, given, last.Line, last.File.Shown).ToString())
                : null;
            Page.Write(writer, total, truncated, cursor);
            if (items == 0)
            {
                text.Append(after is null ? "No matches." + Narrowed.By(request.Arguments) : "No more matches.");
            }
            else if (truncated)
            {
                var all = total is { } known ? known.ToString(CultureInfo.InvariantCulture) : $"more than {given + left}";
                text.Append(CultureInfo.InvariantCulture, $"\n({given} of {all}{(cursor is null ? string.Empty : $"; go on with cursor {cursor}")})");
            }
        });
    }

    private static void WriteFile(Utf8JsonWriter writer, StringBuilder text, FileMatches file, bool counts)
    {
        writer.WriteStartObject();
        writer.WriteString("path"u8, FileName.Show(file.Shown));
        text.Append(FileName.Show(file.Shown));
        if (counts)
        {
            writer.WriteNumber("count"u8, file.Count);
            text.Append(CultureInfo.InvariantCulture, $": {file.Count}");
        }

        writer.WriteEndObject();
        text.Append('\n');
    }

    private static void WriteLine(Utf8JsonWriter writer, StringBuilder text, FileMatches file, LineMatch line)
    {
        writer.WriteStartObject();
        writer.WriteString("path"u8, FileName.Show(file.Shown));
        writer.WriteNumber("line"u8, line.Line);
        writer.WriteNumber("column"u8, line.Column);
        writer.WriteString("text"u8, line.Text);
        WriteContext(writer, "before"u8, line.Before);
        WriteContext(writer, "after"u8, line.After);
        writer.WriteEndObject();

        for (var i = 0; i < line.Before.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{line.Line - line.Before.Count + i}-{line.Before[i]}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{line.Line}:{line.Text}\n");
        for (var i = 0; i < line.After.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{line.Line + 1 + i}-{line.After[i]}\n");
        }
    }

    private static void WriteContext(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<string> lines)
    {
        if (lines.Count > 0)
        {
            writer.WriteStartArray(name);
            foreach (var line in lines)
            {
                writer.WriteStringValue(line);
            }

            writer.WriteEndArray();
        }
    }

    private sealed class Visitor(MatchCollector collector, FileScanner scanner, SearchCursor? after, bool newest, CancellationToken cancellationToken) : ITreeVisitor
    {
        public bool VisitFolder(Folder folder, in Entry entry, RootPath place) => true;

        public void VisitFile(Folder folder, in Entry entry, RootPath place)
        {
            if (entry.Kind != EntryKind.File)
            {
                return;
            }

            var shown = place.Shown;
            var key = newest ? -(folder.Status(entry.Name)?.ModifiedNs ?? 0) : 0;
            var afterLine = 0L;
            if (after is not null)
            {
                var order = MatchCollector.Compare(key, shown, after.SortKey, after.Path);
                if (order < 0 || (order == 0 && after.Line == long.MaxValue))
                {
                    return;
                }

                afterLine = order == 0 ? after.Line : 0;
            }

            var (count, lines) = scanner.Scan(folder, entry.Name, afterLine, collector.IsBeyond(shown), cancellationToken);
            if (count > 0)
            {
                collector.Add(new FileMatches(key, shown, count, lines));
            }
        }
    }
}

/// <summary>Where a page of a search ended.</summary>
internal sealed record SearchCursor(long SortKey, long? Total, long Given, long Line, string Path)
{
    public static SearchCursor? Read(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var parts = text.Split('\n', 5);
        return new SearchCursor(
            long.Parse(parts[0], CultureInfo.InvariantCulture),
            parts[1].Length == 0 ? null : long.Parse(parts[1], CultureInfo.InvariantCulture),
            long.Parse(parts[2], CultureInfo.InvariantCulture),
            long.Parse(parts[3], CultureInfo.InvariantCulture),
            FileName.FromCursor(parts[4]));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SortKey}\n{Total}\n{Given}\n{Line}\n{FileName.ToCursor(Path)}");
}
