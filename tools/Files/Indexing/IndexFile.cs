using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Agent.Tools.Hosting;
using Microsoft.Win32.SafeHandles;

namespace Agent.Tools.Files.Indexing;

/// <summary>
/// An index on disk. Blocks of about 24 kB of text lie in groups of 32: a group is an array of <see cref="Trigram.Rows"/> words of 32 bits, one bit for
/// each block, then comes the catalog, and at the end its place and length. A file is written under another name and then renamed: what bears
/// the name is whole, whenever the process was killed.
/// </summary>
internal sealed class IndexFile : IDisposable
{
    /// <summary>How many blocks a group holds.</summary>
    public const int GroupBlocks = 32;

    /// <summary>How many bytes a group takes.</summary>
    public const int GroupBytes = Trigram.Rows * sizeof(uint);

    private const int TrailerBytes = 24;
    private static ReadOnlySpan<byte> TrailerMagic => "agenttri"u8;

    private readonly SafeFileHandle file;

    private IndexFile(SafeFileHandle file, IndexCatalog catalog, long bytes)
    {
        this.file = file;
        Catalog = catalog;
        Bytes = bytes;
    }

    public IndexCatalog Catalog { get; }

    /// <summary>How many bytes it takes on disk.</summary>
    public long Bytes { get; }

    /// <summary>Opens an index; null where there is none that is whole.</summary>
    public static IndexFile? Open(string path, CancellationToken cancellationToken)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            var trailer = new byte[TrailerBytes];
            if (length < TrailerBytes || RandomAccess.Read(file, trailer, length - TrailerBytes) != TrailerBytes || !trailer.AsSpan(16).SequenceEqual(TrailerMagic))
            {
                return Fail();
            }

            var start = BinaryPrimitives.ReadInt64LittleEndian(trailer);
            var size = BinaryPrimitives.ReadInt64LittleEndian(trailer.AsSpan(8));
            if (start < 0 || size is < 0 or > int.MaxValue || start + size + TrailerBytes != length)
            {
                return Fail();
            }

            var bytes = new byte[size];
            if (RandomAccess.Read(file, bytes, start) != size || IndexCatalog.FromBytes(bytes) is not { } catalog || catalog.GroupSums.Count * (long)GroupBytes != start)
            {
                return Fail();
            }

            var group = new uint[Trigram.Rows];
            for (var i = 0; i < catalog.GroupSums.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (RandomAccess.Read(file, MemoryMarshal.AsBytes(group.AsSpan()), i * (long)GroupBytes) != GroupBytes || Sum(group) != catalog.GroupSums[i])
                {
                    return Fail();
                }
            }

            return new IndexFile(file, catalog, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            return null;
        }

        IndexFile? Fail()
        {
            file.Dispose();
            return null;
        }
    }

    /// <summary>The blocks that may hold what is asked for, as a bit for each.</summary>
    public uint[] Find(TrigramQuery query)
    {
        var groups = new uint[Catalog.GroupSums.Count];
        Span<byte> word = stackalloc byte[sizeof(uint)];
        for (var group = 0; group < groups.Length; group++)
        {
            foreach (var rows in query.Alternatives)
            {
                // Read in place, a word at a time: the rarest row alone empties most groups, and nothing stays in our memory.
                var bits = ~groups[group];
                foreach (var row in rows)
                {
                    _ = RandomAccess.Read(file, word, (group * (long)GroupBytes) + (row * sizeof(uint)));
                    bits &= BinaryPrimitives.ReadUInt32LittleEndian(word);
                    if (bits == 0)
                    {
                        break;
                    }
                }

                groups[group] |= bits;
            }
        }

        return groups;
    }

    public void Dispose() => file.Dispose();

    /// <summary>The check sum of a group.</summary>
    public static uint Sum(ReadOnlySpan<uint> group)
    {
        var sum = 0xFFFFFFFFu;
        foreach (var word in MemoryMarshal.Cast<uint, ulong>(group))
        {
            sum = BitOperations.Crc32C(sum, word);
        }

        return sum;
    }

    /// <summary>Writes an index group by group.</summary>
    public sealed class Writer : IDisposable
    {
        private readonly string path;
        private readonly string temporary;
        private readonly SafeFileHandle file;
        private readonly Lock gate = new();
        private readonly List<uint> sums = [];

        public Writer(string path)
        {
            this.path = path;
            PrivateFolder.Create(Path.GetDirectoryName(path)!);
            foreach (var left in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".*.tmp"))
            {
                // Of a build that was killed.
                File.Delete(left);
            }

            temporary = $"{path}.{Environment.ProcessId}.tmp";
            using (new FileStream(temporary, PrivateFolder.NewFile))
            {
                // Created with its mode; opened again for random access.
            }

            file = File.OpenHandle(temporary, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        }

        /// <summary>Takes the place of the next group.</summary>
        public int NextGroup()
        {
            lock (gate)
            {
                sums.Add(0);
                return sums.Count - 1;
            }
        }

        public void Write(int group, uint[] rows)
        {
            RandomAccess.Write(file, MemoryMarshal.AsBytes(rows.AsSpan()), group * (long)GroupBytes);
            var sum = Sum(rows);
            lock (gate)
            {
                sums[group] = sum;
            }
        }

        /// <summary>Writes the catalog and gives the file its name.</summary>
        public IndexFile Finish(long startedNs, IReadOnlyList<IndexedFile> files, long textBytes, CancellationToken cancellationToken)
        {
            var catalog = new IndexCatalog { StartedNs = startedNs, Files = files, GroupSums = sums, TextBytes = textBytes };
            var bytes = catalog.ToBytes();
            var start = sums.Count * (long)GroupBytes;
            RandomAccess.Write(file, bytes, start);
            var trailer = new byte[TrailerBytes];
            BinaryPrimitives.WriteInt64LittleEndian(trailer, start);
            BinaryPrimitives.WriteInt64LittleEndian(trailer.AsSpan(8), bytes.Length);
            TrailerMagic.CopyTo(trailer.AsSpan(16));
            RandomAccess.Write(file, trailer, start + bytes.Length);

            // Not fsynced: what a power cut tears, the check sums find when it is opened, and it is built again.
            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, path, overwrite: true);
            return new IndexFile(File.OpenHandle(path), catalog, start + bytes.Length + TrailerBytes);
        }

        public void Dispose()
        {
            file.Dispose();
            File.Delete(temporary);
        }
    }
}
