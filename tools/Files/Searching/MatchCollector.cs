using Agent.Tools.Files.Roots;
using Agent.Tools.Files.Scanning;

namespace Agent.Tools.Files.Searching;

/// <summary>What was found in one file.</summary>
/// <param name="SortKey">The first thing results are sorted by, smallest first; 0 where that is the path.</param>
/// <param name="Shown">The path as the client reads it.</param>
/// <param name="Count">How many lines match.</param>
/// <param name="Lines">Those that are wanted.</param>
internal sealed record FileMatches(long SortKey, string Shown, long Count, IReadOnlyList<LineMatch> Lines);

/// <summary>
/// Keeps the first matches in the order of the results, whatever order they are found in, and tells which files can no longer matter.
/// Safe for use by several threads.
/// </summary>
internal sealed class MatchCollector(int limit, bool wholeFiles, TimeProvider time, TimeSpan countingTime)
{
    private readonly Lock gate = new();

    // The file that comes last is the first to go.
    private readonly PriorityQueue<FileMatches, FileMatches> kept = new(Comparer<FileMatches>.Create(static (x, y) => Compare(y, x)));
    private long keptItems;
    private volatile FileMatches? last;
    private long fullSince;
    private volatile bool gaveUp;

    /// <summary>How many lines matched.</summary>
    public long Total { get; private set; }

    /// <summary>How many files hold them.</summary>
    public long Files { get; private set; }

    /// <summary>Whether counting was given up, so that the totals are only what was seen.</summary>
    public bool GaveUp => gaveUp;

    /// <summary>Whether the lines of a file cannot be part of the result any more; they may still be counted.</summary>
    public bool IsBeyond(string shown) => last is { SortKey: 0 } end && PathOrder.Compare(shown, end.Shown) > 0;

    /// <summary>Whether a path, and for a folder all in it, can be passed over.</summary>
    public bool CanSkip(string shown)
    {
        if (!IsBeyond(shown))
        {
            return false;
        }

        // The page is full. What follows is counted as long as that is cheap.
        if (!gaveUp && time.GetElapsedTime(fullSince) > countingTime)
        {
            gaveUp = true;
        }

        return gaveUp;
    }

    /// <summary>Adds what was found in a file.</summary>
    public void Add(FileMatches matches)
    {
        lock (gate)
        {
            Total += matches.Count;
            Files++;
            var items = wholeFiles ? 1 : matches.Lines.Count;
            if (items == 0 || (last is { } end && Compare(matches, end) > 0))
            {
                return;
            }

            kept.Enqueue(matches, matches);
            keptItems += items;
            while (kept.TryPeek(out var worst, out _) && keptItems - Items(worst) >= limit)
            {
                kept.Dequeue();
                keptItems -= Items(worst);
            }

            if (keptItems >= limit)
            {
                if (last is null)
                {
                    fullSince = time.GetTimestamp();
                }

                last = kept.Peek();
            }
        }
    }

    /// <summary>The files kept, in the order of the results; the last may hold more lines than the limit leaves room for.</summary>
    public List<FileMatches> InOrder()
    {
        lock (gate)
        {
            var files = kept.UnorderedItems.Select(item => item.Element).ToList();
            files.Sort(Compare);
            return files;
        }
    }

    private int Items(FileMatches matches) => wholeFiles ? 1 : matches.Lines.Count;

    public static int Compare(FileMatches x, FileMatches y) =>
        Compare(x.SortKey, x.Shown, y.SortKey, y.Shown);

    public static int Compare(long key, string shown, long otherKey, string otherShown) =>
        key != otherKey ? key.CompareTo(otherKey) : PathOrder.Compare(shown, otherShown);
}
