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

    /// <summary>The digest of a text, as records name it.</summary>
    public static string Digest(string text) =>
        "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    public static string Number(long value) => value.ToString("D20", CultureInfo.InvariantCulture);
}
