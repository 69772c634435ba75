using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Agent.Json;

namespace Agent.Governance.Audit;

/// <summary>One line of the log, as read back.</summary>
public sealed record AuditRecord
{
    /// <summary>The longest line, in bytes without its line break: what one entry of a C2SP tile may hold.</summary>
    public const int MaxBytes = 65535;

    internal const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>Its number, from 0: its index in the tree.</summary>
    public required long Seq { get; init; }

    /// <summary>When it was written.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What it records, for example <c>call.intent</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The process that wrote it.</summary>
    public required string Writer { get; init; }

    /// <summary>The hash of the record before it, hexadecimal; zeros for the first.</summary>
    public required string Prev { get; init; }

    /// <summary>What happened.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>The line as it stands in the file, without its line break.</summary>
    public required string Line { get; init; }

    /// <summary>A string of <see cref="Data"/>; null where there is none.</summary>
    /// <param name="name">The member.</param>
    /// <returns>The value.</returns>
    public string? Text(string name) =>
        Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>Writes a line; <paramref name="data"/> is canonical already, and the members stand in canonical order.</summary>
    internal static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> data, byte[] prev, long seq, DateTimeOffset time, string type, string writer)
    {
        output.Write("{\"data\":"u8);
        output.Write(data);
        var rest = string.Create(
            CultureInfo.InvariantCulture,
            $",\"prev\":\"{Convert.ToHexStringLower(prev)}\",\"seq\":{seq},\"time\":\"{time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}\",\"type\":\"{type}\",\"v\":1,\"writer\":\"{writer}\"}}");
        Encoding.ASCII.GetBytes(rest, output);
    }

    /// <summary>Reads a line and insists on its form.</summary>
    /// <exception cref="FormatException">It is not what this log writes; the message says why.</exception>
    internal static AuditRecord Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length > MaxBytes)
        {
            throw new FormatException($"it is longer than {MaxBytes} bytes");
        }

        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(line.ToArray());
            root = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new FormatException("it is not JSON");
        }

        if (root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("v", out var version) || !version.TryGetInt32(out var v) || v != 1
            || !root.TryGetProperty("seq", out var seq) || !seq.TryGetInt64(out var number)
            || !root.TryGetProperty("prev", out var prev) || prev.GetString() is not { Length: 64 } prevHash
            || !root.TryGetProperty("type", out var type) || type.GetString() is not { Length: > 0 } typeName
            || !root.TryGetProperty("writer", out var writer) || writer.GetString() is not { } writerName
            || !root.TryGetProperty("time", out var time)
            || !DateTimeOffset.TryParseExact(time.GetString(), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var when)
            || !root.TryGetProperty("data", out var data))
        {
            throw new FormatException("a member is missing or has the wrong type");
        }

        return new AuditRecord
        {
            Seq = number,
            Time = when,
            Type = typeName,
            Writer = writerName,
            Prev = prevHash,
            Data = data,
            Line = Encoding.UTF8.GetString(line),
        };
    }

    /// <summary>Whether the line is the canonical form of itself.</summary>
    internal static bool IsCanonical(ReadOnlySpan<byte> line)
    {
        using var document = JsonDocument.Parse(line.ToArray());
        return CanonicalJson.GetBytes(document.RootElement).AsSpan().SequenceEqual(line);
    }
}
