using Agent.Tools.Files.Roots;
using Agent.Tools.Files.Walking;

namespace Agent.Tools.Files.Listing;

/// <summary>How much a folder holds in all.</summary>
internal sealed class FolderTotals
{
    private long files;
    private long bytes;

    public long Files => files;

    public long Bytes => bytes;

    public static async ValueTask<FolderTotals> CountAsync(RootPath place, FileFilter filter, FilesContext context, CancellationToken cancellationToken)
    {
        var totals = new FolderTotals();
        try
        {
            var walk = new TreeWalk(filter, 256, null, null, cancellationToken);
            await walk.RunAsync([place], context.Workers, () => new Visitor(totals));
        }
        catch (FileProblem)
        {
            // A folder that cannot be opened holds nothing that can be counted.
        }

        return totals;
    }

    private sealed class Visitor(FolderTotals totals) : ITreeVisitor
    {
        public bool VisitFolder(Folder folder, in Entry entry, RootPath place) => true;

        public void VisitFile(Folder folder, in Entry entry, RootPath place)
        {
            if (folder.Status(entry.Name) is { Kind: EntryKind.File } status)
            {
                Interlocked.Increment(ref totals.files);
                Interlocked.Add(ref totals.bytes, status.Size);
            }
        }
    }
}

/// <summary>Sizes as they are shown.</summary>
internal static class Sizes
{
    /// <summary>In the largest unit that leaves at least one.</summary>
    public static string Show(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 1_000_000 => $"{bytes / 1e3:0.#} kB",
        < 1_000_000_000 => $"{bytes / 1e6:0.#} MB",
        _ => $"{bytes / 1e9:0.##} GB",
    };
}
