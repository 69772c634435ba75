using System.Text;
using Agent.Tools.Files.Roots;

namespace Agent.Tools.Files.Scanning;

/// <summary>Reads a file in UTF-16 as UTF-8, a piece at a time; what is no UTF-16 becomes U+FFFD.</summary>
internal sealed class Utf16Reader
{
    private const int Piece = 32 * 1024;

    private readonly Decoder decoder;
    private readonly Encoder encoder = Encoding.UTF8.GetEncoder();
    private readonly byte[] begun;
    private readonly byte[] raw = new byte[Piece];

    // One left over from the piece before may come to those of a piece.
    private readonly char[] characters = new char[(Piece / 2) + 1];
    private readonly bool isWhole;
    private int at = 2;

    /// <param name="begun">What was read of the file already, with its mark.</param>
    /// <param name="isWhole">Whether that is all of it.</param>
    public Utf16Reader(ReadOnlySpan<byte> begun, bool isWhole)
    {
        this.begun = begun.ToArray();
        this.isWhole = isWhole;
        decoder = (begun[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode).GetDecoder();
    }

    /// <summary>Fills a buffer, as far as whole pieces fit; true at the end of the file.</summary>
    public bool Fill(Folder folder, nint file, byte[] buffer, ref int filled)
    {
        // A character of UTF-16 takes three bytes at most.
        while (buffer.Length - filled >= characters.Length * 3)
        {
            var bytes = Next(folder, file);
            var ended = bytes.IsEmpty;
            var used = decoder.GetChars(bytes, characters, ended);
            filled += encoder.GetBytes(characters.AsSpan(0, used), buffer.AsSpan(filled), ended);
            if (ended)
            {
                return true;
            }
        }

        return false;
    }

    private ReadOnlySpan<byte> Next(Folder folder, nint file)
    {
        if (at < begun.Length)
        {
            var piece = begun.AsSpan(at, Math.Min(Piece, begun.Length - at));
            at += piece.Length;
            return piece;
        }

        return isWhole ? [] : raw.AsSpan(0, Math.Max(0, folder.Read(file, raw)));
    }
}
