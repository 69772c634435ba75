namespace Agent.Mcp.Servers;

/// <summary>Takes one line, without its end; the memory is good only until it returns.</summary>
/// <param name="line">The line.</param>
internal delegate void LineHandler(ReadOnlySpan<byte> line);

/// <summary>
/// Reads a stream of messages, one a line, each up to a limit. It blocks and belongs on a thread of its own: the runtime reads pipes
/// by blocking too, on threads of the pool, and each hand-over between threads that is saved is a tenth of a small call.
/// </summary>
internal static class Lines
{
    private const int FirstBytes = 16 * 1024;
    private const int KeptBytes = 256 * 1024;

    /// <summary>Reads until the end of the stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="maxBytes">The longest line.</param>
    /// <param name="cut">Whether a longer line is given as far as the limit; otherwise it ends the reading.</param>
    /// <param name="deliver">Takes each line that is not empty.</param>
    /// <returns>False where it ended because a line was longer than the limit.</returns>
    public static bool Read(Stream stream, int maxBytes, bool cut, LineHandler deliver)
    {
        var buffer = new byte[FirstBytes];
        var length = 0;
        var dropping = false;
        int read;
        while ((read = stream.Read(buffer, length, buffer.Length - length)) > 0)
        {
            var searched = length;
            length += read;
            var start = 0;
            int at;
            while ((at = buffer.AsSpan(searched, length - searched).IndexOf((byte)'\n')) >= 0)
            {
                var line = buffer.AsSpan(start, searched + at - start);
                start = searched += at + 1;
                if (dropping)
                {
                    dropping = false;
                }
                else if (!Take(line, maxBytes, cut, deliver))
                {
                    return false;
                }
            }

            length -= start;
            if (dropping || length > maxBytes)
            {
                if (!dropping && !Take(buffer.AsSpan(start, length), maxBytes, cut, deliver))
                {
                    return false;
                }

                dropping = true;
                length = 0;
            }
            else if (start > 0)
            {
                buffer.AsSpan(start, length).CopyTo(buffer);
            }

            buffer = Fit(buffer, length);
        }

        return true;
    }

    private static bool Take(ReadOnlySpan<byte> line, int maxBytes, bool cut, LineHandler deliver)
    {
        if (line.Length > maxBytes)
        {
            if (!cut)
            {
                return false;
            }

            line = line[..maxBytes];
        }

        line = line.TrimEnd((byte)'\r');
        if (!line.IsEmpty)
        {
            deliver(line);
        }

        return true;
    }

    private static byte[] Fit(byte[] buffer, int length)
    {
        var size = length == buffer.Length ? buffer.Length * 2 : buffer.Length > KeptBytes && length < FirstBytes ? FirstBytes : buffer.Length;
        if (size != buffer.Length)
        {
            Array.Resize(ref buffer, size);
        }

        return buffer;
    }
}
