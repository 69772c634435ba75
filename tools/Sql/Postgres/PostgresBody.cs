using System.Buffers.Binary;
using System.Text;

namespace Agent.Tools.Sql.Postgres;

/// <summary>Reads the parts of a message's body.</summary>
internal ref struct PostgresBody(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public byte Byte()
    {
        var value = rest[0];
        rest = rest[1..];
        return value;
    }

    public short Short()
    {
        var value = BinaryPrimitives.ReadInt16BigEndian(rest);
        rest = rest[2..];
        return value;
    }

    public int Int()
    {
        var value = BinaryPrimitives.ReadInt32BigEndian(rest);
        rest = rest[4..];
        return value;
    }

    public string Text()
    {
        var end = rest.IndexOf((byte)0);
        var value = Encoding.UTF8.GetString(rest[..end]);
        rest = rest[(end + 1)..];
        return value;
    }

    public ReadOnlySpan<byte> Bytes(int length)
    {
        var value = rest[..length];
        rest = rest[length..];
        return value;
    }
}
