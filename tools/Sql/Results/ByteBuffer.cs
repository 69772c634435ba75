using System.Buffers;

namespace Agent.Tools.Sql.Results;

/// <summary>Bytes that grow, from the shared pool.</summary>
internal sealed class ByteBuffer : IDisposable
{
    private byte[] bytes;

    public ByteBuffer(int capacity) => bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => bytes.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => bytes.AsMemory(0, Length);

    public void Write(ReadOnlySpan<byte> value)
    {
        if (bytes.Length - Length < value.Length)
        {
            Grow(value.Length);
        }

        value.CopyTo(bytes.AsSpan(Length));
        Length += value.Length;
    }

    public void WriteByte(byte value)
    {
        if (bytes.Length == Length)
        {
            Grow(1);
        }

        bytes[Length++] = value;
    }

    public void Clear() => Length = 0;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
        Length = 0;
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(bytes.Length * 2, Length + more)));
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
