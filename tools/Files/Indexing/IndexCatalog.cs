using System.Security.Cryptography;
using System.Text;
using Agent.Tools.Files.Roots;

namespace Agent.Tools.Files.Indexing;

/// <summary>A file in the index: where, which version, and in which block its text is.</summary>
/// <param name="Path">From the root.</param>
/// <param name="Status">As it was before its text was read.</param>
/// <param name="Block">The block; -1 where its text is not in the index and is always looked at.</param>
internal sealed record IndexedFile(string Path, FileStatus Status, int Block);

/// <summary>The part of an index file that tells what is in its blocks.</summary>
internal sealed class IndexCatalog
{
    private const uint Magic = 0x31525441;

    /// <summary>When the build began; what changed later than shortly before is not trusted to be what was read.</summary>
    public required long StartedNs { get; init; }

    /// <summary>The files.</summary>
    public required IReadOnlyList<IndexedFile> Files { get; init; }

    /// <summary>The check sum of each group of blocks.</summary>
    public required IReadOnlyList<uint> GroupSums { get; init; }

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
            writer.Write(GroupSums.Count);
            foreach (var sum in GroupSums)
            {
                writer.Write(sum);
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
                writer.Write(file.Block);
                writer.Write(file.Status.Size);
                writer.Write(file.Status.ModifiedNs);
                writer.Write(file.Status.ChangedNs);
                writer.Write(file.Status.Inode);
                writer.Write(file.Status.Device);
                previous = file.Path;
            }
        }

        var bytes = stream.ToArray();
        return [.. bytes, .. SHA256.HashData(bytes)];
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
        var sums = new uint[reader.ReadInt32()];
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = reader.ReadUInt32();
        }

        var files = new IndexedFile[reader.ReadInt32()];
        var previous = string.Empty;
        for (var i = 0; i < files.Length; i++)
        {
            var common = reader.Read7BitEncodedInt();
            previous = string.Concat(previous.AsSpan(0, common), FileName.Decode(reader.ReadBytes(reader.Read7BitEncodedInt())));
            var block = reader.ReadInt32();
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
                block);
        }

        return new IndexCatalog { StartedNs = started, Files = files, GroupSums = sums, TextBytes = textBytes };
    }
}
