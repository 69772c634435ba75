namespace Agent.Tools.Hosting;

/// <summary>
/// Passes lines on and drops what a line has beyond a limit, so that a message that is too long arrives broken and is answered
/// with a parse error instead of filling the memory.
/// </summary>
internal sealed class LineLimitStream(Stream inner, int limit) : Stream
{
    private int length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                return 0;
            }

            var kept = Cut(buffer.Span[..read]);
            if (kept > 0)
            {
                return kept;
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (true)
        {
            var read = inner.Read(buffer, offset, count);
            if (read == 0)
            {
                return 0;
            }

            var kept = Cut(buffer.AsSpan(offset, read));
            if (kept > 0)
            {
                return kept;
            }
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Cut(Span<byte> bytes)
    {
        var kept = 0;
        while (bytes.Length > 0)
        {
            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            var pass = Math.Min(line.Length, limit - length);
            kept += pass;
            length += pass;
            if (end < 0)
            {
                // Only the last line of a block can be cut without moving what follows.
                break;
            }

            if (pass < line.Length)
            {
                bytes[end..].CopyTo(bytes[pass..]);
                bytes = bytes[..(bytes.Length - (line.Length - pass))];
                end = pass;
            }

            length = 0;
            kept++;
            bytes = bytes[(end + 1)..];
        }

        return kept;
    }
}
