using Agent.Tools.Files.Roots;
using Agent.Tools.Files.Walking;

namespace Agent.Tools.Files.Indexing;

/// <summary>Finds the files that are not, by size, times and inode, the versions that an index knows.</summary>
internal sealed class IndexCheck
{
    private const long ClockSlackNs = 2_000_000_000;

    private readonly Dictionary<string, FileStatus> known;
    private readonly long trustedBeforeNs;

    public IndexCheck(IndexCatalog catalog)
    {
        known = catalog.Files.ToDictionary(indexed => indexed.Path, indexed => indexed.Status, StringComparer.Ordinal);

        // A change within the clock's grain of the build could have left the times as they were.
        trustedBeforeNs = catalog.StartedNs - ClockSlackNs;
    }

    /// <summary>Walks the root.</summary>
    /// <param name="walk">Walks with visitors that it is given.</param>
    /// <param name="watch">Is told every folder; null where none is watched.</param>
    /// <param name="progress">Counts the files.</param>
    /// <returns>The files that changed or are new.</returns>
    public async Task<List<string>> RunAsync(Func<Func<ITreeVisitor>, Task> walk, TreeWatch? watch, IndexProgress progress)
    {
        var visitors = new List<Visitor>();
        await walk(() =>
        {
            var visitor = new Visitor(this, watch, progress);
            visitors.Add(visitor);
            return visitor;
        });
        return [.. visitors.SelectMany(visitor => visitor.Changed)];
    }

    private bool IsKnown(string path, FileStatus now) =>
        now.Links == 1 && known.TryGetValue(path, out var indexed) && now.SameVersion(indexed) && now.ChangedNs <= trustedBeforeNs;

    private sealed class Visitor(IndexCheck check, TreeWatch? watch, IndexProgress progress) : ITreeVisitor
    {
        public List<string> Changed { get; } = [];

        public bool VisitFolder(Folder folder, in Entry entry, RootPath place)
        {
            watch?.Add(folder, entry.Name, place.Relative);
            return true;
        }

        public void VisitFile(Folder folder, in Entry entry, RootPath place)
        {
            if (entry.Kind != EntryKind.File)
            {
                return;
            }

            FileStatus? status = null;
            try
            {
                status = folder.Status(entry.Name);
            }
            catch (FileProblem)
            {
                // Looked at in every search, which will say nothing of it either.
            }

            if (status is not { } now || !check.IsKnown(place.Relative, now))
            {
                Changed.Add(place.Relative);
            }

            progress.Add(status?.Size ?? 0);
        }
    }
}
