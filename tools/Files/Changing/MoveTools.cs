using System.Globalization;
using Agent.Tools.Files.Listing;
using Agent.Tools.Files.Reading;
using Agent.Tools.Files.Roots;
using Agent.Tools.Files.Walking;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Changing;

/// <summary>The tools <c>move_file</c>, <c>delete_file</c>, <c>restore_file</c> and <c>create_directory</c>.</summary>
internal sealed class MoveTools(FilesContext context)
{
    private readonly Trash trash = context.Trash;

    public IEnumerable<ServerTool> Tools =>
    [
        new()
        {
            Name = "move_file",
            Title = "Move or rename",
            Description = "Moves or renames a file or folder. Refuses to overwrite unless asked to.",
            Destructive = true,
            InputSchema = Schemas.MoveInput,
            OutputSchema = Schemas.ChangeOutput,
            Previews = true,
            Handler = MoveAsync,
        },
        new()
        {
            Name = "delete_file",
            Title = "Delete",
            Description = "Moves a file, or with recursive a folder, to the trash; restore_file brings it back.",
            Destructive = true,
            Idempotent = true,
            InputSchema = Schemas.DeleteInput,
            OutputSchema = Schemas.ChangeOutput,
            Previews = true,
            Handler = DeleteAsync,
        },
        new()
        {
            Name = "restore_file",
            Title = "Restore from the trash",
            Description = "Brings back what delete_file, or an overwriting move_file, put into the trash, and what a file held before write_file or edit_file changed it. Overwrites only the version that expected_hash names.",
            InputSchema = Schemas.RestoreInput,
            OutputSchema = Schemas.ChangeOutput,
            Previews = true,
            Handler = RestoreAsync,
        },
        new()
        {
            Name = "create_directory",
            Title = "Create a folder",
            Description = "Creates a folder, with those above it that are missing.",
            Idempotent = true,
            InputSchema = Schemas.CreateInput,
            OutputSchema = Schemas.ChangeOutput,
            Previews = true,
            Handler = CreateAsync,
        },
    ];

    private async ValueTask<ToolReply> MoveAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var arguments = request.Arguments;
        var roots = await context.RootsOf(request, cancellationToken);
        var from = ChangePlace.Resolve(roots, arguments.Text("from"), last: false);
        var to = ChangePlace.Resolve(roots, arguments.Text("to"), last: false);
        var current = from;
        try
        {
            using var source = from.Root.Open(from.Parent);
            var status = Existing(source, from);
            CheckHash(source, from, status, arguments, cancellationToken);
            if (from.Root == to.Root && from.Relative == to.Relative)
            {
                throw new ToolException("from and to are the same place; nothing to move.");
            }

            if (status.Kind == EntryKind.Folder && from.Root == to.Root && PathOrder.IsWithin(to.Relative, from.Relative))
            {
                throw new ToolException("A folder cannot be moved into itself.");
            }

            current = to;
            ChangePlace.CheckName(to.Name);
            var taken = false;
            if (ChangePlace.ParentExists(to))
            {
                using var target = to.Root.Open(to.Parent);
                taken = target.Status(to.Name) is not null;
            }

            if (taken && !arguments.Flag("overwrite"))
            {
                throw new FileProblem(FileProblemKind.Exists, "exists already; set overwrite to replace it, or choose another name");
            }

            if (request.Preview)
            {
                return ToolReply.Preview("text", $"move {FileName.Show(from.Shown)}\n  to {FileName.Show(to.Shown)}{(taken ? "\n  what is there goes to the trash" : string.Empty)}");
            }

            using var folder = ChangePlace.OpenParent(to, create: true);
            string? id = null;
            if (folder.Status(to.Name) is { } replaced)
            {
                id = taken ? trash.Put(folder, to, replaced.Kind, cancellationToken) : throw new FileProblem(FileProblemKind.Exists, "exists already");
            }

            Transfer.Move(source, from.Name, folder, to.Name, status.Kind, cancellationToken);
            folder.Sync();
            source.Sync();
            context.Seen.Forget(from);
            context.Seen.Forget(to);
            return new ChangeReply("moved", to.Shown) { From = from.Shown, TrashId = id }.ToReply();
        }
        catch (FileProblem e)
        {
            throw FileErrors.Of(current, e);
        }
    }

    private async ValueTask<ToolReply> DeleteAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var arguments = request.Arguments;
        var place = ChangePlace.Resolve(await context.RootsOf(request, cancellationToken), arguments.Text("path"), last: false);
        try
        {
            using var folder = place.Root.Open(place.Parent);
            var status = Existing(folder, place);
            if (status.Kind == EntryKind.Folder && !arguments.Flag("recursive") && !IsEmpty(folder, place.Name))
            {
                throw new FileProblem(FileProblemKind.NotEmpty, "is a folder that is not empty; set recursive to delete it with all it holds");
            }

            CheckHash(folder, place, status, arguments, cancellationToken);
            if (request.Preview)
            {
                return await PreviewDelete(folder, place, status, cancellationToken);
            }

            var id = trash.Put(folder, place, status.Kind, cancellationToken);
            context.Seen.Forget(place);
            return new ChangeReply("deleted", place.Shown) { TrashId = id }.ToReply();
        }
        catch (FileProblem e)
        {
            throw FileErrors.Of(place, e);
        }
    }

    private async ValueTask<ToolReply> PreviewDelete(Folder folder, RootPath place, FileStatus status, CancellationToken cancellationToken)
    {
        var shown = FileName.Show(place.Shown);
        if (status.Kind == EntryKind.Folder)
        {
            var totals = await FolderTotals.CountAsync(place, new FileFilter([], [], hidden: true, ignored: true), context, cancellationToken);
            return ToolReply.Preview("text", string.Create(CultureInfo.InvariantCulture, $"delete the folder {shown} with {totals.Files} files, {Sizes.Show(totals.Bytes)} (to the trash)"));
        }

        if (status.Kind == EntryKind.File && status.Size < FileContent.MaxBytes && TextFormat.Read(FileContent.Read(folder, place.Name, place.Shown, cancellationToken).Bytes) is { Text.Length: > 0 } text)
        {
            return ToolReply.Preview("diff", UnifiedDiff.Of(shown, null, text.Text, string.Empty).Text);
        }

        return ToolReply.Preview("text", $"delete {shown}, {Sizes.Show(status.Size)} (to the trash)");
    }

    private async ValueTask<ToolReply> RestoreAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var arguments = request.Arguments;
        var roots = await context.RootsOf(request, cancellationToken);
        var id = arguments.OptionalText("trash_id");
        var path = arguments.OptionalText("path");
        if (id is null && path is null)
        {
            throw new ToolException("Give trash_id, or the path that was deleted.");
        }

        id ??= trash.FindLast(ChangePlace.Resolve(roots, path!, last: false))
            ?? throw new ToolException($"Nothing in the trash was deleted from '{FileName.Show(path!)}'.");
        var info = trash.Get(id);
        if (path is null)
        {
            var root = roots.Roots.FirstOrDefault(root => root.FullPath == info.Root)
                ?? throw new ToolException("It was deleted from a folder that is no root now; give a path to put it.");
            path = roots.Show(root, info.Path);
        }

        var place = ChangePlace.Resolve(roots, path, last: false);
        try
        {
            ChangePlace.CheckName(place.Name);
            if (arguments.OptionalText("expected_hash") is { } expected)
            {
                return RestoreOver(request, id, info, place, expected, cancellationToken);
            }

            if (request.Preview)
            {
                return ToolReply.Preview("text", $"restore {FileName.Show(place.Shown)}, deleted {info.Deleted:yyyy-MM-dd HH:mm:ss} UTC");
            }

            using var folder = ChangePlace.OpenParent(place, create: true);
            trash.Restore(id, info, folder, place.Name, cancellationToken);
            return new ChangeReply("restored", place.Shown).ToReply();
        }
        catch (FileProblem e)
        {
            throw FileErrors.Of(place, e);
        }
    }

    /// <summary>Puts an earlier version in the place of the one that is there, which goes to the trash in turn.</summary>
    private ToolReply RestoreOver(ToolRequest request, string id, TrashInfo info, RootPath place, string expected, CancellationToken cancellationToken)
    {
        if (info.Kind != EntryKind.File)
        {
            throw new ToolException("expected_hash is for files; leave it out to restore a folder or a link.");
        }

        using var folder = place.Root.Open(place.Parent);
        var current = FileContent.Read(folder, place.Name, place.Shown, cancellationToken);
        context.Seen.Check(place, expected, current.Hash);
        var earlier = trash.Open(id, info, cancellationToken);
        if (request.Preview)
        {
            var shown = FileName.Show(place.Shown);
            return TextFormat.Read(current.Bytes) is { } now && TextFormat.Read(earlier.Bytes) is { } then
                ? ToolReply.Preview("diff", UnifiedDiff.Of(shown, shown, now.Text, then.Text).Text)
                : ToolReply.Preview("text", $"restore what {shown} held before {info.Deleted:yyyy-MM-dd HH:mm:ss} UTC");
        }

        var kept = trash.Keep(place, current);
        AtomicFile.Write(folder, place.Name, earlier.Bytes, current.Status, place.Shown);
        trash.Remove(id);
        context.Seen.Remember(place, earlier.Hash);
        return new ChangeReply("restored", place.Shown) { Hash = earlier.Hash, Size = earlier.Bytes.Length, TrashId = kept }.ToReply();
    }

    private async ValueTask<ToolReply> CreateAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var roots = await context.RootsOf(request, cancellationToken);
        var place = ChangePlace.Resolve(roots, request.Arguments.Text("path"), last: false);
        try
        {
            var exists = ChangePlace.ParentExists(place.Child("x"));
            if (request.Preview)
            {
                return ToolReply.Preview("text", exists ? $"the folder {FileName.Show(place.Shown)} is there already" : $"new folder {FileName.Show(place.Shown)}");
            }

            if (!exists)
            {
                ChangePlace.MakeFolders(place.Root, place.Relative).Dispose();
            }

            return new ChangeReply(exists ? "unchanged" : "created", place.Shown).ToReply();
        }
        catch (FileProblem e)
        {
            throw FileErrors.Of(place, e);
        }
    }

    private static FileStatus Existing(Folder folder, RootPath place) =>
        folder.Status(place.Name) ?? throw new FileProblem(FileProblemKind.Missing, "does not exist");

    private static bool IsEmpty(Folder folder, string name)
    {
        using var inner = folder.OpenFolder(name);
        var entries = new List<Entry>();
        inner.List(entries);
        return entries.Count == 0;
    }

    private void CheckHash(Folder folder, RootPath place, FileStatus status, ToolArguments arguments, CancellationToken cancellationToken)
    {
        var expected = arguments.OptionalText("expected_hash");
        if (status.Kind == EntryKind.File && (expected is not null || status.Size <= FileContent.MaxBytes))
        {
            context.Seen.Check(place, expected, FileContent.Read(folder, place.Name, place.Shown, cancellationToken).Hash);
        }
    }
}
