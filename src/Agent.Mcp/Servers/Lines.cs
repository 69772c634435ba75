using System.Buffers;
using System.IO.Pipelines;

namespace Agent.Mcp.Servers;

/// <summary>Reads a stream of messages, one a line, each up to a limit.</summary>
internal static class Lines
{
    /// <summary>Reads until the end of the stream.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="maxBytes">The longest line.</param>
    /// <param name="deliver">Takes each line, without its end; the memory is good only until it returns.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>False where it ended because a line was longer than the limit.</returns>
    public static async Task<bool> ReadAsync(Stream stream, int maxBytes, Action<ReadOnlySequence<byte>> deliver, CancellationToken cancellationToken)
    {
        var input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, minimumReadSize: 4 * 1024));
        long searched = 0;
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (TryTake(ref buffer, ref searched, out var line))
            {
                deliver(line);
            }

            if (buffer.Length > maxBytes)
            {
                return false;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                return true;
            }
        }
    }

    /// <summary>Takes the next line; what was searched in vain is not searched again when more of a long line has come.</summary>
    private static bool TryTake(ref ReadOnlySequence<byte> buffer, ref long searched, out ReadOnlySequence<byte> line)
    {
        while (buffer.Slice(searched).PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            searched = 0;
            if (!line.IsEmpty && !(line.Length == 1 && line.FirstSpan[0] == (byte)'\r'))
            {
                return true;
            }
        }

        searched = buffer.Length;
        line = default;
        return false;
    }
}
