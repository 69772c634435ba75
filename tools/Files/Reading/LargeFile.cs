using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;
using Microsoft.Win32.SafeHandles;

namespace Agent.Tools.Files.Reading;

/// <summary>
/// A file that is too large to be held. It is passed over once, for its hash and to count its lines, and only the lines that are wanted are
/// read again.
/// </summary>
internal sealed class LargeFile : IDisposable
{
    /// <summary>The largest file that lines are read from, in bytes.</summary>
    public const long MaxBytes = 4L * 1024 * 1024 * 1024;

    private const int BlockBytes = 1024 * 1024;
    private const int ProbeBytes = 64 * 1024;

    private readonly SafeFileHandle file;
    private readonly FileStatus status;

    // The lines that end before each block.
    private readonly List<int> ends = [];

    private LargeFile(SafeFileHandle file, FileStatus status)
    {
        this.file = file;
        this.status = status;
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileProblem">It cannot be opened.</exception>
    public static LargeFile Open(Folder folder, string name) => new(folder.OpenFile(name, out var status), status);

    public void Dispose() => file.Dispose();

    /// <summary>The lines of a range from its beginning on, as many as some characters hold.</summary>
    /// <exception cref="ToolException">It is larger than that, or holds no text in lines of bytes.</exception>
    public Window Read(string shown, LineRange range, int from, int characters, CancellationToken cancellationToken)
    {
        if (status.Size > MaxBytes)
        {
            throw new ToolException($"'{FileName.Show(shown)}' has {status.Size / 1_000_000:N0} MB, more than the {MaxBytes / 1_000_000:N0} that lines are read from; search_text finds lines in it.");
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var start = new byte[ProbeBytes];
            Array.Resize(ref start, ReadAt(0, start));
            var (hash, total) = Pass(buffer, cancellationToken);
            var window = new Window { Size = status.Size, Hash = hash, Start = start };
            var text = start.AsSpan(0, start.AsSpan().LastIndexOf((byte)'\n') + 1);
            if (TextFormat.Read(text.IsEmpty ? start : text) is not { } read)
            {
                return window;
            }

            if (read.Format.Encoding is UnicodeEncoding or UTF32Encoding)
            {
                throw new ToolException($"'{FileName.Show(shown)}' has {status.Size / 1_000_000:N0} MB in {read.Format.Name}; lines of so large a file are read where a line feed is one byte, as in UTF-8. search_text finds lines in it.");
            }

            var first = Math.Max(range.Within(total).First, from);
            var at = StartOf(first, buffer, cancellationToken);
            var wanted = (int)Math.Min(read.Format.Encoding.GetMaxByteCount(characters + 1), status.Size - at);
            var bytes = new byte[Math.Max(wanted, 0)];
            Array.Resize(ref bytes, ReadAt(at, bytes));

            // What follows the beginning was not looked at: what is no text there is shown as such.
            var lenient = (Encoding)read.Format.Encoding.Clone();
            lenient.DecoderFallback = DecoderFallback.ReplacementFallback;
            var skip = at == 0 ? read.Format.Mark.Length : 0;
            return window with
            {
                Text = lenient.GetString(bytes.AsSpan(skip)),
                Format = read.Format,
                LinesBefore = first - 1,
                TotalLines = total,
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private (string Hash, int Lines) Pass(byte[] buffer, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var lines = 0;
        var last = (byte)'\n';
        long at = 0;
        ends.Clear();
        for (int read; (read = ReadAt(at, buffer.AsSpan(0, BlockBytes))) > 0; at += read)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ends.Add(lines);
            var block = buffer.AsSpan(0, read);
            hash.AppendData(block);
            lines += block.Count((byte)'\n');
            last = block[^1];
        }

        return (FileContent.ShowDigest(hash.GetHashAndReset()), last == '\n' ? lines : lines + 1);
    }

    // Where a line, from 1, begins.
    private long StartOf(int line, byte[] buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var before = line - 1;
        if (before == 0)
        {
            return 0;
        }

        // The last block before which fewer lines end than stand before the line: the last of them ends in it.
        var block = ends.BinarySearch(before);
        block = block >= 0 ? block : ~block;
        while (block == ends.Count || ends[block] >= before)
        {
            block--;
        }

        var at = (long)block * BlockBytes;
        var read = buffer.AsSpan(0, ReadAt(at, buffer.AsSpan(0, BlockBytes)));
        var place = 0;
        for (var count = ends[block]; count < before; count++)
        {
            var next = read[place..].IndexOf((byte)'\n');
            if (next < 0)
            {
                break;
            }

            place += next + 1;
        }

        return at + place;
    }

    private int ReadAt(long offset, Span<byte> bytes)
    {
        var length = 0;
        for (int read; length < bytes.Length && (read = RandomAccess.Read(file, bytes[length..], offset + length)) > 0; length += read)
        {
        }

        return length;
    }
}
