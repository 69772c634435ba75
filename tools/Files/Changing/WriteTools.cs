using System.Text;
using Agent.Tools.Files.Reading;
using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Changing;

/// <summary>The tools <c>write_file</c> and <c>edit_file</c>.</summary>
internal sealed class WriteTools(FilesContext context)
{
    private readonly Trash trash = context.Trash;

    public IEnumerable<ServerTool> Tools =>
    [
        new()
        {
            Name = "write_file",
            Title = "Write a file",
            Description = "Writes a whole file, new or replacing what it held. To change parts of a file use edit_file.",
            Destructive = true,
            Idempotent = true,
            InputSchema = Schemas.WriteInput,
            OutputSchema = Schemas.ChangeOutput,
            Previews = true,
            Handler = WriteAsync,
        },
        new()
        {
            Name = "edit_file",
            Title = "Edit a file",
            Description = "Replaces exact pieces of a text file; several edits are applied in order, all or none. Read the file first.",
            Destructive = true,
            InputSchema = Schemas.EditInput,
            OutputSchema = Schemas.ChangeOutput,
            Previews = true,
            Handler = EditAsync,
        },
    ];

    private async ValueTask<ToolReply> WriteAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var arguments = request.Arguments;
        var content = arguments.Text("content");
        var expected = arguments.OptionalText("expected_hash");
        var place = ChangePlace.Resolve(await context.RootsOf(request, cancellationToken), arguments.Text("path"), last: true);
        try
        {
            if (!ChangePlace.ParentExists(place))
            {
                return expected is not null
                    ? throw new FileProblem(FileProblemKind.Missing, "does not exist")
                    : Create(request, place, content);
            }

            using var folder = place.Root.Open(place.Parent);
            if (folder.Status(place.Name) is null)
            {
                return expected is not null
                    ? throw new FileProblem(FileProblemKind.Missing, "does not exist")
                    : Create(request, place, content);
            }

            if (arguments.Flag("create_only"))
            {
                throw new FileProblem(FileProblemKind.Exists, "exists already; leave create_only out to replace it");
            }

            var old = FileContent.Read(folder, place.Name, place.Shown, cancellationToken);
            context.Seen.Check(place, expected, old.Hash);
            return TextFormat.Read(old.Bytes) is { } text
                ? Replace(request, folder, place, old, text.Format, text.Text, Adapt(content, text.Format), "wrote")
                : Replace(request, folder, place, old, TextFormat.Default, string.Empty, content, "wrote");
        }
        catch (FileProblem e)
        {
            throw FileErrors.Of(place, e);
        }
    }

    private async ValueTask<ToolReply> EditAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var arguments = request.Arguments;
        var edits = arguments.Objects("edits", 200);
        if (edits.Count == 0)
        {
            throw arguments.Wrong("edits", "a list of at least one edit");
        }

        var place = ChangePlace.Resolve(await context.RootsOf(request, cancellationToken), arguments.Text("path"), last: true);
        try
        {
            using var folder = place.Root.Open(place.Parent);
            var old = FileContent.Read(folder, place.Name, place.Shown, cancellationToken);
            context.Seen.Check(place, arguments.OptionalText("expected_hash"), old.Hash);
            if (TextFormat.Read(old.Bytes) is not { } text)
            {
                throw new ToolException($"'{FileName.Show(place.Shown)}' is not text ({MediaType.Of(old.Bytes).Type}) and cannot be edited; write_file replaces it whole.");
            }

            var edited = TextEdit.Apply(text.Text, text.Format, edits, place.Shown);
            return Replace(request, folder, place, old, text.Format, text.Text, edited, "edited");
        }
        catch (FileProblem e)
        {
            throw FileErrors.Of(place, e);
        }
    }

    private ToolReply Create(ToolRequest request, RootPath place, string content)
    {
        ChangePlace.CheckName(place.Name);
        var diff = UnifiedDiff.Of(null, FileName.Show(place.Shown), string.Empty, content);
        if (request.Preview)
        {
            return ToolReply.Preview("diff", content.Length == 0 ? $"new empty file {FileName.Show(place.Shown)}" : diff.Text);
        }

        var bytes = Encode(TextFormat.Default, content, place);
        using var folder = ChangePlace.OpenParent(place, create: true);
        AtomicFile.Write(folder, place.Name, bytes, null, place.Shown);
        return Done(place, bytes, diff, "created");
    }

    private ToolReply Replace(
        ToolRequest request, Folder folder, RootPath place, FileContent old, TextFormat format, string oldText, string newText, string action)
    {
        var bytes = Encode(format, newText, place);
        var shown = FileName.Show(place.Shown);
        var diff = UnifiedDiff.Of(shown, shown, oldText, newText);
        if (request.Preview)
        {
            return ToolReply.Preview("diff", diff.Text.Length == 0 ? $"{shown} stays as it is" : diff.Text);
        }

        if (bytes.AsSpan().SequenceEqual(old.Bytes))
        {
            context.Seen.Remember(place, old.Hash);
            return new ChangeReply("unchanged", place.Shown) { Hash = old.Hash, Size = bytes.Length, Diff = diff }.ToReply();
        }

        var id = trash.Keep(place, old);
        try
        {
            AtomicFile.Write(folder, place.Name, bytes, old.Status, place.Shown);
        }
        catch
        {
            trash.Remove(id);
            throw;
        }

        return Done(place, bytes, diff, action, id);
    }

    private ToolReply Done(RootPath place, byte[] bytes, UnifiedDiff diff, string action, string? id = null)
    {
        var hash = FileContent.HashOf(bytes);
        context.Seen.Remember(place, hash);
        return new ChangeReply(action, place.Shown) { Hash = hash, Size = bytes.Length, Diff = diff, TrashId = id }.ToReply();
    }

    // A whole new text keeps the line ends of the old one, unless it brings its own.
    private static string Adapt(string content, TextFormat format) =>
        format is { LineEnd: "\r\n", IsUniform: true } && !content.Contains('\r', StringComparison.Ordinal)
            ? content.Replace("\n", "\r\n", StringComparison.Ordinal)
            : content;

    private static byte[] Encode(TextFormat format, string text, RootPath place)
    {
        try
        {
            return format.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ToolException($"'{FileName.Show(place.Shown)}' is kept in {format.Name}, which cannot hold all characters of the new text; leave them out.", e);
        }
    }
}
