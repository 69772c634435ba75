using System.Security.Cryptography;
using System.Text;
using Agent.Tools.Files.Roots;

namespace Agent.Tools.Files.Indexing;

/// <summary>Blocks that follow one another.</summary>
internal readonly record struct BlockRun(int First, int Count);

/// <summary>A file in the index: where, which version, and in which blocks its text is.</summary>
/// <param name="Path">From the root.</param>
/// <param name="Status">As it was before its text was read.</param>
/// <param name="Blocks">The blocks; null where its text is not in the index and is always looked at.</param>
internal sealed record IndexedFile(string Path, FileStatus Status, IReadOnlyList<BlockRun>? Blocks);

/// <summary>Where a segment lies and how many groups of blocks it has, with its check sum.</summary>
internal readonly record struct SegmentPlace(long Offset, int Groups, uint Sum);

/// <summary>The part of an index file that tells what is in its blocks.</summary>
internal sealed class IndexCatalog
{
    private const uint Magic = 0x32525441;

    /// <summary>When the build began; what changed later than shortly before is not trusted to be what was read.</summary>
    public required long StartedNs { get; init; }

    /// <summary>The files, in path order.</summary>
    public required IReadOnlyList<IndexedFile> Files { get; init; }

    /// <summary>The segments.</summary>
    public required IReadOnlyList<SegmentPlace> Segments { get; init; }

    /// <summary>How many bytes of text the blocks stand for.</summary>
    public required long TextBytes { get; init; }

    public byte[] ToBytes()
    {
        var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(StartedNs);
            writer.Write(TextBytes);
            writer.Write(Segments.Count);
            foreach (var segment in Segments)
            {
                writer.Write(segment.Offset);
                writer.Write(segment.Groups);
                writer.Write(segment.Sum);
            }

            writer.Write(Files.Count);
            var previous = string.Empty;
            var name = new byte[16 * 1024];
            foreach (var file in Files)
            {
                // Neighbours share most of their path.
                var common = file.Path.AsSpan().CommonPrefixLength(previous);
                common -= common > 0 && char.IsSurrogate(file.Path[common - 1]) ? 1 : 0;
                writer.Write7BitEncodedInt(common);
                var length = FileName.Encode(file.Path.AsSpan(common), name);
                writer.Write7BitEncodedInt(length);
                writer.Write(name, 0, length);
                writer.Write7BitEncodedInt(file.Blocks is null ? 0 : file.Blocks.Count + 1);
                foreach (var run in file.Blocks ?? [])
                {
                    writer.Write7BitEncodedInt(run.First);
                    writer.Write7BitEncodedInt(run.Count);
                }

                writer.Write(file.Status.Size);
                writer.Write(file.Status.ModifiedNs);
                writer.Write(file.Status.ChangedNs);
                writer.Write(file.Status.Inode);
                writer.Write(file.Status.Device);
                previous = file.Path;
            }
        }

        stream.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <summary>Reads a catalog; null where the bytes are not one, whole.</summary>
    public static IndexCatalog? FromBytes(byte[] bytes)
    {
        if (bytes.Length < 32 || !SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32)).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - 32)))
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(bytes));
        if (reader.ReadUInt32() != Magic)
        {
            return null;
        }

        var started = reader.ReadInt64();
        var textBytes = reader.ReadInt64();
        var segments = new SegmentPlace[reader.ReadInt32()];
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = new SegmentPlace(reader.ReadInt64(), reader.ReadInt32(), reader.ReadUInt32());
        }

        var files = new IndexedFile[reader.ReadInt32()];
        var previous = string.Empty;
        for (var i = 0; i < files.Length; i++)
        {
            var common = reader.Read7BitEncodedInt();
            previous = string.Concat(previous.AsSpan(0, common), FileName.Decode(reader.ReadBytes(reader.Read7BitEncodedInt())));
            var runs = reader.Read7BitEncodedInt();
            var blocks = runs == 0 ? null : new BlockRun[runs - 1];
            for (var run = 0; run < blocks?.Length; run++)
            {
                blocks[run] = new BlockRun(reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt());
            }

            files[i] = new IndexedFile(
                previous,
                new FileStatus
                {
                    Kind = EntryKind.File,
                    Size = reader.ReadInt64(),
                    ModifiedNs = reader.ReadInt64(),
                    ChangedNs = reader.ReadInt64(),
                    Inode = reader.ReadUInt64(),
                    Device = reader.ReadUInt64(),
                },
                blocks);
        }

        return new IndexCatalog { StartedNs = started, Files = files, Segments = segments, TextBytes = textBytes };
    }
}
