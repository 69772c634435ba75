using System.Buffers.Binary;
using System.Text;
using Agent.Models.BedrockConverse;

namespace Agent.Models.Tests.Support;

/// <summary>Writes AWS's binary event stream.</summary>
public static class EventStream
{
    public static byte[] Of(params (string Type, string Json)[] events) => [.. events.SelectMany(e => Message([(":message-type", "event"), (":event-type", e.Type), (":content-type", "application/json")], e.Json))];

    public static byte[] Exception(string type, string json) => Message([(":message-type", "exception"), (":exception-type", type)], json);

    public static byte[] Message(IEnumerable<(string Name, string Value)> headers, string json)
    {
        var head = headers.SelectMany(h => (byte[])[(byte)h.Name.Length, .. Encoding.UTF8.GetBytes(h.Name), 7, (byte)(h.Value.Length >> 8), (byte)h.Value.Length, .. Encoding.UTF8.GetBytes(h.Value)]).ToArray();
        var body = Encoding.UTF8.GetBytes(json);
        var message = new byte[12 + head.Length + body.Length + 4];
        BinaryPrimitives.WriteUInt32BigEndian(message, (uint)message.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), (uint)head.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), Crc32.Of(message.AsSpan(0, 8)));
        head.CopyTo(message, 12);
        body.CopyTo(message, 12 + head.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(message.Length - 4), Crc32.Of(message.AsSpan(0, message.Length - 4)));
        return message;
    }
}
