using System.Buffers.Binary;
using System.Text;
using Agent.Models.Wire;

namespace Agent.Models.BedrockConverse;

/// <summary>A message of AWS's event stream.</summary>
/// <param name="Headers">Its headers that are text, by name.</param>
/// <param name="Payload">Its body.</param>
internal sealed record EventStreamMessage(IReadOnlyDictionary<string, string> Headers, byte[] Payload);

/// <summary>
/// Reads AWS's binary event stream (<c>application/vnd.amazon.eventstream</c>): for each message a length, a length of headers, a
/// checksum of both, headers, a body, and a checksum of all; numbers with the highest byte first, checksums CRC-32 of IEEE 802.3.
/// </summary>
/// <param name="stream">The bytes.</param>
/// <param name="errors">Says what went wrong.</param>
internal sealed class EventStreamReader(Stream stream, ModelErrors errors)
{
    /// <summary>The longest message, in bytes; AWS promises 16 MB for payloads.</summary>
    public const int MaxMessage = 24 * 1024 * 1024;

    private const int PreludeLength = 12;
    private const byte HeaderString = 7;

    /// <summary>Reads the next message.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The message; null at the end of the stream.</returns>
    /// <exception cref="ModelException">The bytes are no message.</exception>
    public async ValueTask<EventStreamMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        var prelude = new byte[PreludeLength];
        var read = await stream.ReadAtLeastAsync(prelude, PreludeLength, throwOnEndOfStream: false, cancellationToken);
        if (read == 0)
        {
            return null;
        }

        if (read < PreludeLength)
        {
            throw errors.BrokenOff();
        }

        var total = BinaryPrimitives.ReadUInt32BigEndian(prelude);
        var headersLength = BinaryPrimitives.ReadUInt32BigEndian(prelude.AsSpan(4));
        if (Crc32.Of(prelude.AsSpan(0, 8)) != BinaryPrimitives.ReadUInt32BigEndian(prelude.AsSpan(8))
            || total is < PreludeLength + 4 or > MaxMessage || headersLength > total - PreludeLength - 4)
        {
            throw errors.Nonsense("bytes that are no event stream");
        }

        var message = new byte[total];
        prelude.CopyTo(message, 0);
        var rest = message.AsMemory(PreludeLength);
        if (await stream.ReadAtLeastAsync(rest, rest.Length, throwOnEndOfStream: false, cancellationToken) < rest.Length)
        {
            throw errors.BrokenOff();
        }

        if (Crc32.Of(message.AsSpan(0, message.Length - 4)) != BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(message.Length - 4)))
        {
            throw errors.Nonsense("an event whose checksum does not fit");
        }

        return new EventStreamMessage(
            Headers(message.AsSpan(PreludeLength, (int)headersLength)),
            message[(PreludeLength + (int)headersLength)..^4]);
    }

    private Dictionary<string, string> Headers(ReadOnlySpan<byte> bytes)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        while (bytes.Length > 0)
        {
            var nameLength = bytes[0];
            if (bytes.Length < nameLength + 2)
            {
                throw errors.Nonsense("an event whose headers are broken");
            }

            var name = Encoding.UTF8.GetString(bytes.Slice(1, nameLength));
            var type = bytes[nameLength + 1];
            bytes = bytes[(nameLength + 2)..];

            // Booleans; byte, short, int, long; bytes and text, which begin with their length; a time; a UUID.
            var length = type switch
            {
                0 or 1 => 0,
                2 => 1,
                3 => 2,
                4 => 4,
                5 or 8 => 8,
                6 or HeaderString when bytes.Length >= 2 => 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes),
                9 => 16,
                _ => int.MaxValue,
            };
            if (length > bytes.Length)
            {
                throw errors.Nonsense("an event whose headers are broken");
            }

            if (type == HeaderString)
            {
                headers[name] = Encoding.UTF8.GetString(bytes[2..length]);
            }

            bytes = bytes[length..];
        }

        return headers;
    }
}

/// <summary>The checksum of IEEE 802.3.</summary>
internal static class Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(i => Enumerable.Range(0, 8).Aggregate((uint)i, (c, _) => (c & 1) == 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1))];

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = Table[(crc ^ b) & 0xFF] ^ (crc >> 8);
        }

        return ~crc;
    }
}
