using System.Buffers.Binary;
using System.Text;

namespace Agent.Runtime.Tests.Otlp;

/// <summary>The fields of one protobuf message, by their numbers. protobuf.dev/programming-guides/encoding.</summary>
internal sealed class Protobuf
{
    private readonly List<(int Field, long Number, ReadOnlyMemory<byte> Bytes)> _fields = [];

    public Protobuf(ReadOnlyMemory<byte> message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint();
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((field, Varint(), default));
                    break;
                case 1:
                    _fields.Add((field, BinaryPrimitives.ReadInt64LittleEndian(message.Span[at..]), default));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint();
                    _fields.Add((field, 0, message.Slice(at, length)));
                    at += length;
                    break;
                case 5:
                    _fields.Add((field, BinaryPrimitives.ReadInt32LittleEndian(message.Span[at..]), default));
                    at += 4;
                    break;
                default:
                    throw new FormatException($"Wire type {tag & 7} is none of protobuf's.");
            }
        }

        long Varint()
        {
            var value = 0L;
            for (var shift = 0; ; shift += 7)
            {
                var part = message.Span[at++];
                value |= (long)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    return value;
                }
            }
        }
    }

    public bool Has(int field) => _fields.Exists(f => f.Field == field);

    public long Number(int field) => _fields.LastOrDefault(f => f.Field == field).Number;

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field).Span);

    public string Hex(int field) => Convert.ToHexStringLower(Bytes(field).Span);

    public Protobuf Message(int field) => new(Bytes(field));

    public IEnumerable<Protobuf> Messages(int field) => _fields.Where(f => f.Field == field).Select(static f => new Protobuf(f.Bytes));

    private ReadOnlyMemory<byte> Bytes(int field) => _fields.LastOrDefault(f => f.Field == field).Bytes;
}
