using System.Text;
using Agent.Mcp.Servers;
using FsCheck.Xunit;

namespace Agent.Mcp.Tests.Servers;

public sealed class LinesTests
{
    private const int Limit = 6;

    [Property(MaxTest = 500)]
    public bool Read_AnyBytesInAnyPieces_GivesTheLines(byte[][] pieces)
    {
        var text = pieces.Select(piece => piece.Select(b => (byte)"\n\rabc"[b % 5]).ToArray()).ToArray();
        var expected = new List<string>();
        var whole = Encoding.ASCII.GetString([.. text.SelectMany(piece => piece)]).Split('\n');
        // What follows the last end of a line is no line, but is seen once it is too long for one.
        foreach (var line in whole[^1].Length > Limit ? whole : whole[..^1])
        {
            var kept = (line.Length > Limit ? line[..Limit] : line).TrimEnd('\r');
            if (kept.Length > 0)
            {
                expected.Add(kept);
            }
        }

        var found = new List<string>();
        Assert.True(Lines.Read(new Pieces(text), Limit, cut: true, line => found.Add(Encoding.ASCII.GetString(line))));
        Assert.Equal(expected, found);
        return true;
    }

    [Fact]
    public void Read_LineLongerThanTheLimit_EndsTheReading()
    {
        var found = new List<string>();
        void Find(ReadOnlySpan<byte> line) => found.Add(Encoding.ASCII.GetString(line));

        Assert.False(Lines.Read(new Pieces([[.. "short\nlonger than"u8], [.. " that"u8]]), Limit, cut: false, Find));
        Assert.False(Lines.Read(new Pieces([[.. "other\nlonger than that\nmore\n"u8]]), Limit, cut: false, Find));
        Assert.Equal(["short", "other"], found);
    }

    [Fact]
    public void Read_LongLines_AreGivenWhole()
    {
        var line = Encoding.ASCII.GetBytes(new string('x', 3_000_000));
        var found = new List<int>();

        Assert.True(Lines.Read(new Pieces([[.. line, (byte)'\n', (byte)'y', (byte)'\n', .. line, (byte)'\n']]), 4_000_000, cut: false, one => found.Add(one.Length)));
        Assert.Equal([3_000_000, 1, 3_000_000], found);
    }

    /// <summary>Gives each piece on its own, as a pipe does, as far as there is room.</summary>
    private sealed class Pieces(IReadOnlyList<byte[]> pieces) : MemoryStream
    {
        private int piece;
        private int at;

        public override int Read(byte[] buffer, int offset, int count)
        {
            while (piece < pieces.Count && at == pieces[piece].Length)
            {
                (piece, at) = (piece + 1, 0);
            }

            if (piece == pieces.Count)
            {
                return 0;
            }

            var taken = Math.Min(count, pieces[piece].Length - at);
            pieces[piece].AsSpan(at, taken).CopyTo(buffer.AsSpan(offset));
            at += taken;
            return taken;
        }
    }
}
