using System.Runtime.CompilerServices;
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

/// <summary>Fills blocks with the trigrams of files; each worker of the walk fills a group of its own.</summary>
internal sealed class IndexBuilder(IndexFile.Writer writer, IndexProgress progress, TreeWatch watch, CancellationToken cancellationToken)
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

    private sealed class Visitor(IndexBuilder builder) : ITreeVisitor
    {
        // Smaller blocks tell more and take more; at this size the index takes about a quarter of the text.
        private const int BlockText = 24 * 1024;
        private const int BinaryProbe = 2048;

        private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(256 * 1024);
        private readonly uint[] rows = new uint[Trigram.Rows];
        private int group = -1;
        private int block;
        private long text;

        public List<IndexedFile> Files { get; } = [];

        public bool VisitFolder(Folder folder, in Entry entry, RootPath place)
        {
            builder.Watch.Add(folder, entry.Name, place.Relative);
            return true;
        }

        public void VisitFile(Folder folder, in Entry entry, RootPath place)
        {
            builder.Cancellation.ThrowIfCancellationRequested();
            if (entry.Kind != EntryKind.File || Status(folder, entry.Name) is not { } status)
            {
                return;
            }

            // A file with several names can change under one that is not watched.
            var indexed = status.Links == 1 && Index(folder, entry.Name);
            Files.Add(new IndexedFile(place.Relative, status, indexed ? (group * IndexFile.GroupBlocks) + block : -1));
            builder.Report.Add(status.Size);
        }

        public void Flush()
        {
            if (group >= 0)
            {
                builder.Output.Write(group, rows);
                Array.Clear(rows);
                group = -1;
            }
        }

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

        private bool Index(Folder folder, string name)
        {
            var file = folder.OpenForScan(name);
            if (file < 0)
            {
                return false;
            }

            try
            {
                var read = folder.Read(file, buffer);
                var first = buffer.AsSpan(0, Math.Max(0, read));
                if (first.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || first.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
                {
                    return false;
                }

                StartBlock();
                var zero = first[..Math.Min(first.Length, BinaryProbe)].IndexOf((byte)0);
                if (zero >= 0)
                {
                    AddText(first[..zero], 0, 0);
                    return true;
                }

                uint carry = 0;
                for (var known = 0L; read > 0; read = folder.Read(file, buffer))
                {
                    carry = AddText(buffer.AsSpan(0, read), carry, known);
                    known += read;
                }

                return read == 0;
            }
            finally
            {
                folder.Close(file);
            }
        }

        private void StartBlock()
        {
            if (group >= 0 && text >= BlockText)
            {
                text = 0;
                if (++block == IndexFile.GroupBlocks)
                {
                    Flush();
                }
            }

            if (group < 0)
            {
                group = builder.Output.NextGroup();
                (block, text) = (0, 0);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private uint AddText(ReadOnlySpan<byte> bytes, uint carry, long known)
        {
            text += bytes.Length;
            var bit = 1u << block;
            var fold = Trigram.Fold;
            var table = rows.AsSpan(0, Trigram.Rows);
            var i = 0;
            for (; known + i < 2 && i < bytes.Length; i++)
            {
                carry = (carry << 8) | fold[bytes[i]];
            }

            for (; i < bytes.Length; i++)
            {
                carry = ((carry << 8) | fold[bytes[i]]) & 0xFFFFFF;
                table[Trigram.Row(carry)] |= bit;
            }

            return carry;
        }
    }

    private IndexFile.Writer Output => writer;

    private IndexProgress Report => progress;

    private TreeWatch Watch => watch;

    private CancellationToken Cancellation => cancellationToken;
}
