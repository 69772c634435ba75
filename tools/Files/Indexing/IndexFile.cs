using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Agent.Tools.Hosting;
using Microsoft.Win32.SafeHandles;

namespace Agent.Tools.Files.Indexing;

/// <summary>
/// An index on disk. A block stands for about 14 kB of text and is one bit of a word; 32 blocks are a group, up to 16 groups a segment. A segment has
/// <see cref="Trigram.Rows"/> rows, and in each a word for each of its groups, so that one read tells of 512 blocks whether they may hold a trigram.
/// After the segments comes the catalog, and at the end its place and length. A file is written under another name and then renamed: what
/// bears the name is whole, whenever the process was killed.
/// </summary>
internal sealed class IndexFile : IDisposable
{
    /// <summary>How many blocks a group holds.</summary>
    public const int GroupBlocks = 32;

    /// <summary>How many groups a segment holds at most.</summary>
    public const int SegmentGroups = 16;

    /// <summary>How many blocks a segment holds at most.</summary>
    public const int SegmentBlocks = GroupBlocks * SegmentGroups;

    /// <summary>How many bytes of a file, behind a block's own, are in the block too: no sequence of so many is cut by a block's end.</summary>
    public const int Overlap = 64;

    private const int TrailerBytes = 24;
    private static ReadOnlySpan<byte> TrailerMagic => "agenttri"u8;

    private readonly SafeFileHandle file;
    private readonly IReadOnlyList<SegmentPlace> segments;

    private IndexFile(SafeFileHandle file, IReadOnlyList<SegmentPlace> segments, long bytes)
    {
        this.file = file;
        this.segments = segments;
        Bytes = bytes;
    }

    /// <summary>How many bytes it takes on disk.</summary>
    public long Bytes { get; }

    /// <summary>Opens an index; null where there is none that is whole.</summary>
    public static (IndexFile File, IndexCatalog Catalog)? Open(string path, CancellationToken cancellationToken)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            var buffer = new byte[SegmentGroups * Trigram.Rows * sizeof(uint)];
            if (ReadCatalog(file, out var length) is { } catalog && catalog.Segments.All(segment => IsWhole(file, segment, buffer, cancellationToken)))
            {
                return (new IndexFile(file, catalog.Segments, length), catalog);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Built again, like one that is not whole.
        }

        file?.Dispose();
        return null;
    }

    private static IndexCatalog? ReadCatalog(SafeFileHandle file, out long length)
    {
        length = RandomAccess.GetLength(file);
        var trailer = new byte[TrailerBytes];
        if (length < TrailerBytes || RandomAccess.Read(file, trailer, length - TrailerBytes) != TrailerBytes || !trailer.AsSpan(16).SequenceEqual(TrailerMagic))
        {
            return null;
        }

        var start = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        var size = BinaryPrimitives.ReadInt64LittleEndian(trailer.AsSpan(8));
        if (start < 0 || size is < 0 or > int.MaxValue || start + size + TrailerBytes != length)
        {
            return null;
        }

        var bytes = new byte[size];
        return RandomAccess.Read(file, bytes, start) == size ? IndexCatalog.FromBytes(bytes) : null;
    }

    private static bool IsWhole(SafeFileHandle file, SegmentPlace segment, byte[] buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var bytes = buffer.AsSpan(0, Trigram.Rows * segment.Groups * sizeof(uint));
        return RandomAccess.Read(file, bytes, segment.Offset) == bytes.Length && Sum(bytes) == segment.Sum;
    }

    /// <summary>The blocks that may hold what is asked for: a bit for each, 16 words for each segment.</summary>
    public uint[] Find(TrigramQuery query)
    {
        var found = new uint[segments.Count * SegmentGroups];
        Span<uint> row = stackalloc uint[SegmentGroups];
        Span<uint> all = stackalloc uint[SegmentGroups];
        for (var i = 0; i < segments.Count; i++)
        {
            var segment = segments[i];
            var result = found.AsSpan(i * SegmentGroups, segment.Groups);
            var words = row[..segment.Groups];
            var fit = all[..segment.Groups];
            foreach (var alternative in query.Alternatives)
            {
                // Read in place: the rarest rows alone empty most segments, and nothing stays in our memory.
                fit.Fill(uint.MaxValue);
                foreach (var number in alternative)
                {
                    _ = RandomAccess.Read(file, MemoryMarshal.AsBytes(words), segment.Offset + ((long)number * segment.Groups * sizeof(uint)));
                    var any = 0u;
                    for (var word = 0; word < fit.Length; word++)
                    {
                        any |= fit[word] &= words[word];
                    }

                    if (any == 0)
                    {
                        break;
                    }
                }

                for (var word = 0; word < fit.Length; word++)
                {
                    result[word] |= fit[word];
                }
            }
        }

        return found;
    }

    public void Dispose() => file.Dispose();

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0xFFFFFFFFu;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            sum = BitOperations.Crc32C(sum, word);
        }

        return sum;
    }

    /// <summary>Writes an index segment by segment.</summary>
    public sealed class Writer : IDisposable
    {
        private readonly string path;
        private readonly string temporary;
        private readonly Lock gate = new();
        private readonly List<SegmentPlace> segments = [];
        private SafeFileHandle? file;
        private long end;

        public Writer(string path)
        {
            this.path = path;
            var folder = Path.GetDirectoryName(path)!;
            PrivateFolder.Create(folder);
            foreach (var left in Directory.EnumerateFiles(folder, Path.GetFileName(path) + ".*.tmp"))
            {
                RemoveLeft(left);
            }

            temporary = $"{path}.{Guid.NewGuid():N}.tmp";
            using (new FileStream(temporary, PrivateFolder.NewFile))
            {
                // Created with its mode; opened again for random access, with a shared lock as long as this process lives.
            }

            file = File.OpenHandle(temporary, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        }

        /// <summary>Takes the number of the next segment.</summary>
        public int NextSegment()
        {
            lock (gate)
            {
                segments.Add(default);
                return segments.Count - 1;
            }
        }

        public void Write(int segment, ReadOnlySpan<uint> words)
        {
            var bytes = MemoryMarshal.AsBytes(words);
            long offset;
            lock (gate)
            {
                offset = end;
                end += bytes.Length;
            }

            RandomAccess.Write(file!, bytes, offset);
            var place = new SegmentPlace(offset, words.Length / Trigram.Rows, Sum(bytes));
            lock (gate)
            {
                segments[segment] = place;
            }
        }

        /// <summary>Writes the catalog and gives the file its name.</summary>
        public (IndexFile File, IndexCatalog Catalog) Finish(long startedNs, IReadOnlyList<IndexedFile> files, long textBytes, CancellationToken cancellationToken)
        {
            var catalog = new IndexCatalog { StartedNs = startedNs, Files = files, Segments = segments, TextBytes = textBytes };
            var bytes = catalog.ToBytes();
            RandomAccess.Write(file!, bytes, end);
            var trailer = new byte[TrailerBytes];
            BinaryPrimitives.WriteInt64LittleEndian(trailer, end);
            BinaryPrimitives.WriteInt64LittleEndian(trailer.AsSpan(8), bytes.Length);
            TrailerMagic.CopyTo(trailer.AsSpan(16));
            RandomAccess.Write(file!, trailer, end + bytes.Length);

            // Not fsynced: what a power cut tears, the check sums find when it is opened, and it is built again.
            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, path, overwrite: true);
            var finished = file!;
            file = null;
            return (new IndexFile(finished, segments, end + bytes.Length + TrailerBytes), catalog);
        }

        public void Dispose()
        {
            file?.Dispose();
            File.Delete(temporary);
        }

        // Of a build that was killed; one that goes on in another process holds a lock.
        private static void RemoveLeft(string left)
        {
            try
            {
                using (File.OpenHandle(left, FileMode.Open, FileAccess.Write, FileShare.None))
                {
                    File.Delete(left);
                }
            }
            catch (IOException)
            {
                // In use, or removed by another process just now.
            }
        }
    }
}
