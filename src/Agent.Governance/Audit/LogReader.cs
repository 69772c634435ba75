using System.Buffers;

namespace Agent.Governance.Audit;

/// <summary>Reads the lines of a log, segment after segment, without judging them.</summary>
internal static class LogReader
{
    /// <summary>The lines without their line breaks. A last line that is not ended is given with <c>Ended</c> false.</summary>
    public static IEnumerable<(byte[] Line, bool Ended, string Path)> Lines(AuditFolder folder)
    {
        foreach (var (_, path) in folder.Segments())
        {
            using var stream = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 1 << 16,
                Options = FileOptions.SequentialScan,
            });
            var line = new ArrayBufferWriter<byte>(1024);
            var buffer = new byte[1 << 16];
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                var from = 0;
                while (from < read)
                {
                    var end = Array.IndexOf(buffer, (byte)'\n', from, read - from);
                    line.Write(buffer.AsSpan(from, (end < 0 ? read : end) - from));
                    if (end < 0)
                    {
                        break;
                    }

                    yield return (line.WrittenSpan.ToArray(), true, path);
                    line.ResetWrittenCount();
                    from = end + 1;
                }
            }

            if (line.WrittenCount > 0)
            {
                yield return (line.WrittenSpan.ToArray(), false, path);
            }
        }
    }

    /// <summary>The hashes of the ended lines.</summary>
    public static IEnumerable<byte[]> Leaves(AuditFolder folder) =>
        Lines(folder).Where(l => l.Ended).Select(l => MerkleTree.Leaf(l.Line));
}
