using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Agent.Governance.Audit;

/// <summary>Builds the objects that records carry.</summary>
internal static class AuditData
{
    public static JsonElement Object(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        var reader = new Utf8JsonReader(buffer.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }

    public static string Number(long value) => value.ToString("D20", CultureInfo.InvariantCulture);
}
