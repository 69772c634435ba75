using System.Globalization;
using System.Text;
using System.Text.Json;
using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Reading;

/// <summary>The tool <c>read_file</c>.</summary>
internal sealed class ReadFile(FilesContext context)
{
    private const int MaxCharacters = 128 * 1024;
    private const int MaxImageBytes = 8 * 1024 * 1024;

    public ServerTool Tool => new()
    {
        Name = "read_file",
        Title = "Read files",
        Description =
            "Reads a file, or several with paths: a range of lines, the head or the tail. Gives the file's hash, which edit_file and write_file take as "
            + "expected_hash. Images come as images; other binary files are described.",
        ReadOnly = true,
        Idempotent = true,
        InputSchema = Schemas.ReadInput,
        OutputSchema = Schemas.ReadOutput,
        Handler = ReadAsync,
    };

    private readonly record struct Position(int File, int Line);

    private async ValueTask<ToolReply> ReadAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var arguments = request.Arguments;
        var paths = arguments.Texts("paths", 50);
        if ((paths.Count == 0) == (arguments.OptionalText("path") is null))
        {
            throw new ToolException("Give either path or paths.");
        }

        paths = paths.Count > 0 ? paths : [arguments.Text("path")];
        var range = LineRange.Read(arguments);
        var numbers = arguments.Flag("line_numbers", true);
        var limit = arguments.Int("limit", 2000, 1, 20_000);
        var start = Parse(request.OpenCursor());
        var roots = await context.RootsOf(request, cancellationToken);

        var text = new StringBuilder();
        var images = new List<(byte[] Bytes, string Type)>();
        var reply = ToolReply.Structured(text, writer =>
        {
            var room = new Room { Lines = limit, Characters = MaxCharacters };
            Position? next = null;
            writer.WriteStartArray("files"u8);
            for (var i = start.File; i < paths.Count; i++)
            {
                if (room.Lines <= 0 || room.Characters <= 0)
                {
                    next = new Position(i, 0);
                    break;
                }

                var place = new RootPath(roots.Roots[0], string.Empty, paths[i]);
                try
                {
                    place = roots.Resolve(paths[i]);
                    using var folder = Open(place);
                    var from = i == start.File ? start.Line : 0;
                    if (Write(writer, text, place, Content(folder, place, range, from, cancellationToken), range, numbers, from, room, images) is { } line)
                    {
                        next = new Position(i, line);
                        break;
                    }
                }
                catch (Exception e) when (paths.Count > 1 && e is FileProblem or ToolException)
                {
                    // One of several: the others are still wanted.
                    WriteError(writer, text, place, e is FileProblem problem ? FileErrors.Of(place, problem).Message : e.Message);
                }
                catch (FileProblem e) when (e.Kind == FileProblemKind.IsAFolder)
                {
                    throw FileErrors.Of(place, new FileProblem(e.Kind, "is a folder; list_directory lists it"));
                }
                catch (FileProblem e)
                {
                    throw FileErrors.Of(place, e);
                }
            }

            writer.WriteEndArray();
            var cursor = next is { } at ? request.SealCursor($"{at.File}\n{at.Line}") : null;
            Page.Write(writer, paths.Count, cursor is not null, cursor);
            if (cursor is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $"(more; go on with cursor {cursor})\n");
            }
        });
        foreach (var (bytes, type) in images)
        {
            reply.WithImage(bytes, type);
        }

        return reply;
    }

    private Window Content(Folder folder, RootPath place, LineRange range, int from, CancellationToken cancellationToken)
    {
        if (FileContent.TryRead(folder, place.Name, place.Shown, out _, cancellationToken) is not { } content)
        {
            using var large = LargeFile.Open(folder, place.Name);
            return large.Read(place.Shown, range, from, MaxCharacters, cancellationToken);
        }

        context.Seen.Remember(place, content.Hash);
        var read = MediaType.Of(content.Bytes).IsImage ? null : TextFormat.Read(content.Bytes);
        return new Window
        {
            Size = content.Bytes.Length,
            Hash = content.Hash,
            Start = content.Bytes,
            Text = read?.Text,
            Format = read?.Format,
        };
    }

    private sealed class Room
    {
        public int Lines { get; set; }

        public int Characters { get; set; }
    }

    private static LinuxFolder Open(RootPath place) => place.Relative.Length == 0
        ? throw new FileProblem(FileProblemKind.IsAFolder, "is a folder")
        : place.Root.Open(place.Parent);

    private static Position Parse(string? cursor)
    {
        var parts = cursor?.Split('\n');
        return parts is null ? default : new Position(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    // The line to go on with; null where all that was wanted is written.
    private static int? Write(
        Utf8JsonWriter writer, StringBuilder text, RootPath place, Window content, LineRange range, bool numbers, int from, Room room, List<(byte[] Bytes, string Type)> images)
    {
        var shown = FileName.Show(place.Shown);
        writer.WriteStartObject();
        writer.WriteString("path"u8, shown);
        writer.WriteNumber("size"u8, content.Size);
        writer.WriteString("hash"u8, content.Hash);
        if (content is not { Text: { } read, Format: { } format })
        {
            var media = MediaType.Of(content.Start);
            var isShown = media.IsImage && content.Size <= MaxImageBytes;
            writer.WriteString("kind"u8, isShown ? "image"u8 : "binary"u8);
            writer.WriteString("media_type"u8, media.Type);
            writer.WriteEndObject();
            text.Append(CultureInfo.InvariantCulture, $"{shown}: {media.Type}, {Listing.Sizes.Show(content.Size)}, not text\n");
            if (isShown)
            {
                images.Add((content.Start, media.Type));
            }

            return null;
        }

        var lines = new LineIndex(read);
        var total = content.TotalLines ?? lines.Count;
        var (first, last) = range.Within(total);
        first = Math.Max(first, from);
        var end = first - 1;
        int begin = lines.StartOf(first - content.LinesBefore), stop = begin;
        while (end < last && room.Lines > 0 && (room.Characters > 0 || end < first))
        {
            end++;
            room.Lines--;
            var next = lines.StartOf(end + 1 - content.LinesBefore);
            room.Characters -= next - stop;
            stop = next;
        }

        // A single line can be longer than everything that fits.
        var cut = stop - begin > MaxCharacters ? begin + MaxCharacters : stop;
        cut -= cut > begin && cut < read.Length && char.IsLowSurrogate(read[cut]) ? 1 : 0;
        var body = read[begin..cut];
        writer.WriteString("kind"u8, "text"u8);
        writer.WriteNumber("line"u8, first);
        writer.WriteNumber("end_line"u8, end);
        writer.WriteNumber("total_lines"u8, total);
        writer.WriteString("encoding"u8, format.Name);
        writer.WriteString("line_ends"u8, format.LineEndName);
        writer.WriteString("text"u8, body.Replace("\r\n", "\n", StringComparison.Ordinal));
        writer.WriteEndObject();

        text.Append(CultureInfo.InvariantCulture, $"{shown} (lines {first}-{end} of {total}, {content.Hash})\n");
        var number = first;
        foreach (var line in body.AsSpan().TrimEnd("\n").ToString().Split('\n'))
        {
            if (numbers)
            {
                text.Append(CultureInfo.InvariantCulture, $"{number++}\t");
            }

            text.Append(line.AsSpan().TrimEnd('\r')).Append('\n');
        }

        return end < last ? end + 1 : null;
    }

    private static void WriteError(Utf8JsonWriter writer, StringBuilder text, RootPath place, string message)
    {
        writer.WriteStartObject();
        writer.WriteString("path"u8, FileName.Show(place.Shown));
        writer.WriteString("kind"u8, "error"u8);
        writer.WriteString("error"u8, message);
        writer.WriteEndObject();
        text.Append(message).Append('\n');
    }
}
