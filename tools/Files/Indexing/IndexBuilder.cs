using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Agent.Tools.Files.Roots;
using Agent.Tools.Files.Walking;

namespace Agent.Tools.Files.Indexing;

/// <summary>How far a build is.</summary>
internal sealed class IndexProgress
{
    private long files;
    private long bytes;

    public long Files => Interlocked.Read(ref files);

    public long Bytes => Interlocked.Read(ref bytes);

    public void Add(long length)
    {
        Interlocked.Increment(ref files);
        Interlocked.Add(ref bytes, length);
    }
}

/// <summary>Fills blocks with the trigrams of files; each worker of the walk fills a segment of its own.</summary>
internal sealed class IndexBuilder(IndexFile.Writer writer, IndexProgress progress, TreeWatch? watch, CancellationToken cancellationToken)
{
    private readonly List<Visitor> visitors = [];

    public ITreeVisitor CreateVisitor()
    {
        var visitor = new Visitor(this);
        visitors.Add(visitor);
        return visitor;
    }

    /// <summary>Writes what is left and gives the files in path order.</summary>
    public List<IndexedFile> Finish()
    {
        foreach (var visitor in visitors)
        {
            visitor.Flush();
        }

        var files = visitors.SelectMany(visitor => visitor.Files).ToList();
        files.Sort(static (x, y) => PathOrder.Compare(x.Path, y.Path));
        return files;
    }

    private IndexFile.Writer Output => writer;

    private IndexProgress Report => progress;

    private TreeWatch? Watch => watch;

    private CancellationToken Cancellation => cancellationToken;

    private sealed class Visitor(IndexBuilder builder) : ITreeVisitor
    {
        private const int BinaryProbe = 2048;

        private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(256 * 1024);
        private readonly SegmentBuilder segment = new(builder.Output);
        private readonly List<BlockRun> runs = [];

        public List<IndexedFile> Files { get; } = [];

        public bool VisitFolder(Folder folder, in Entry entry, RootPath place)
        {
            builder.Watch?.Add(folder, entry.Name, place.Relative);
            return true;
        }

        public void VisitFile(Folder folder, in Entry entry, RootPath place)
        {
            builder.Cancellation.ThrowIfCancellationRequested();
            if (entry.Kind != EntryKind.File)
            {
                return;
            }

            var file = folder.OpenForScan(entry.Name, out var status);
            if (file < 0)
            {
                // Gone, or no regular file: its folder's queue tells what comes of it. One that may not be read now may be later.
                if (Status(folder, entry.Name) is { } closed)
                {
                    Files.Add(new IndexedFile(place.Relative, closed, null));
                }

                return;
            }

            try
            {
                // A file with several names can change under one that is not watched.
                var indexed = status.Links == 1 && Index(folder, file);
                Files.Add(new IndexedFile(place.Relative, status, indexed ? [.. runs] : null));
            }
            finally
            {
                folder.Close(file);
            }

            builder.Report.Add(status.Size);
        }

        public void Flush() => segment.Flush();

        private static FileStatus? Status(Folder folder, string name)
        {
            try
            {
                return folder.Status(name) is { Kind: EntryKind.File } status ? status : null;
            }
            catch (FileProblem)
            {
                return null;
            }
        }

        private bool Index(Folder folder, nint file)
        {
            runs.Clear();
            var filled = folder.Read(file, buffer);
            if (filled < 0)
            {
                return false;
            }

            var first = buffer.AsSpan(0, filled);
            if (first.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || first.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            {
                return false;
            }

            // A search reads no further than to the first zero.
            var zero = first[..Math.Min(filled, BinaryProbe)].IndexOf((byte)0);
            if (zero >= 0)
            {
                Trigram.Fold(first[..zero]);
                segment.Add(first[..zero], ended: true, runs);
                return true;
            }

            Trigram.Fold(first);
            while (true)
            {
                var read = filled < buffer.Length ? folder.Read(file, buffer.AsSpan(filled)) : 0;
                if (read < 0)
                {
                    return false;
                }

                Trigram.Fold(buffer.AsSpan(filled, read));
                filled += read;
                if (read > 0 && filled < buffer.Length)
                {
                    continue;
                }

                var ended = filled < buffer.Length;
                var used = segment.Add(buffer.AsSpan(0, filled), ended, runs);
                if (ended)
                {
                    return true;
                }

                buffer.AsSpan(used, filled - used).CopyTo(buffer);
                filled -= used;
            }
        }
    }
}

/// <summary>Gathers the blocks of a segment and writes it when it is full.</summary>
internal sealed class SegmentBuilder(IndexFile.Writer writer)
{
    // Smaller blocks tell more and take more; at this size the index takes about 0.3 of the text.
    private const int BlockText = 14 * 1024;

    private readonly List<uint[]> groups = [];
    private uint[] words = [];
    private int number = -1;
    private int block;
    private int text;

    /// <summary>Adds text of a file, which goes on from what was used of it before.</summary>
    /// <param name="folded">The text, folded.</param>
    /// <param name="ended">Whether it is the last of the file; otherwise some of its end is left for the next time.</param>
    /// <param name="runs">Receives the blocks.</param>
    /// <returns>How much was used.</returns>
    public int Add(ReadOnlySpan<byte> folded, bool ended, List<BlockRun> runs)
    {
        var at = 0;
        var limit = ended ? folded.Length : folded.Length - IndexFile.Overlap;
        while (at < limit)
        {
            Ready();
            var own = Math.Min(BlockText - text, limit - at);
            Note(runs);
            Set(groups[block / IndexFile.GroupBlocks], folded[at..Math.Min(at + own + IndexFile.Overlap, folded.Length)], 1u << (block % IndexFile.GroupBlocks));
            at += own;
            text += own;
        }

        return at;
    }

    /// <summary>Writes what there is.</summary>
    public void Flush()
    {
        if (number < 0)
        {
            return;
        }

        var count = (block / IndexFile.GroupBlocks) + 1;
        if (words.Length != count * Trigram.Rows)
        {
            words = GC.AllocateUninitializedArray<uint>(count * Trigram.Rows);
        }

        Transpose(count);
        writer.Write(number, words);
        groups.ForEach(Array.Clear);
        number = -1;
    }

    private void Ready()
    {
        if (number >= 0 && text >= BlockText)
        {
            text = 0;
            if (++block == IndexFile.SegmentBlocks)
            {
                block--;
                Flush();
            }
        }

        if (number < 0)
        {
            number = writer.NextSegment();
            (block, text) = (0, 0);
        }

        if (block / IndexFile.GroupBlocks == groups.Count)
        {
            groups.Add(new uint[Trigram.Rows]);
        }
    }

    private void Note(List<BlockRun> runs)
    {
        var id = (number * IndexFile.SegmentBlocks) + block;
        if (runs is [.., var last] && last.First + last.Count >= id && last.First <= id)
        {
            runs[^1] = last with { Count = id - last.First + 1 };
        }
        else
        {
            runs.Add(new BlockRun(id, 1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Set(uint[] table, ReadOnlySpan<byte> folded, uint bit)
    {
        ref var row = ref MemoryMarshal.GetArrayDataReference(table);
        ref var start = ref MemoryMarshal.GetReference(folded);
        var i = 0;
        for (; i + 4 <= folded.Length; i++)
        {
            // Row is less than Rows, whatever it is given.
            Unsafe.Add(ref row, Trigram.Row(Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, i)))) |= bit;
        }

        if (folded.Length >= 3)
        {
            Unsafe.Add(ref row, Trigram.Row(folded[^3] | ((uint)folded[^2] << 8) | ((uint)folded[^1] << 16))) |= bit;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transpose(int count)
    {
        // In pieces that stay in the nearest cache.
        const int piece = 512;
        for (var start = 0; start < Trigram.Rows; start += piece)
        {
            for (var group = 0; group < count; group++)
            {
                var to = (start * count) + group;
                foreach (var word in groups[group].AsSpan(start, piece))
                {
                    words[to] = word;
                    to += count;
                }
            }
        }
    }
}
