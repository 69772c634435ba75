using System.Buffers;

namespace Agent.Tools.Sql.Results;

/// <summary>Bytes that grow piece by piece, each from the shared pool: growing copies nothing, and a large result needs no large block.</summary>
internal sealed class ByteBuffer : IDisposable
{
    private const int FirstBytes = 4 * 1024;
    private const int PieceBytes = 64 * 1024;

    private readonly List<byte[]> full = [];
    private byte[] piece = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int used;
    private long before;

    public long Length => before + used;

    public void Write(ReadOnlySpan<byte> value)
    {
        while (value.Length > piece.Length - used)
        {
            var fits = piece.Length - used;
            value[..fits].CopyTo(piece.AsSpan(used));
            value = value[fits..];
            used = piece.Length;
            Next();
        }

        value.CopyTo(piece.AsSpan(used));
        used += value.Length;
    }

    public void WriteByte(byte value)
    {
        if (used == piece.Length)
        {
            Next();
        }

        piece[used++] = value;
    }

    /// <summary>All of it, good until the next write.</summary>
    public ReadOnlySequence<byte> ToSequence()
    {
        if (full.Count == 0)
        {
            return new ReadOnlySequence<byte>(piece, 0, used);
        }

        var first = new Segment(full[0], null);
        var last = first;
        foreach (var next in full.Skip(1))
        {
            last = new Segment(next, last);
        }

        last = new Segment(piece.AsMemory(0, used), last);
        return new ReadOnlySequence<byte>(first, 0, last, used);
    }

    public void Clear()
    {
        foreach (var old in full)
        {
            ArrayPool<byte>.Shared.Return(old);
        }

        full.Clear();
        (used, before) = (0, 0);
    }

    public void Dispose()
    {
        Clear();
        if (piece.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(piece);
            piece = [];
        }
    }

    private void Next()
    {
        full.Add(piece);
        before += piece.Length;
        piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        used = 0;
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                previous.Next = this;
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
            }
        }
    }
}
