using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agent.Governance.Audit;

/// <summary>A call that was started and whose outcome is not recorded yet.</summary>
/// <param name="Writer">The process that started it.</param>
/// <param name="Call">The caller's id of it.</param>
/// <param name="Session">The session.</param>
/// <param name="Run">The run.</param>
/// <param name="Tool">The tool.</param>
internal sealed record OpenCall(string Writer, string? Session, string? Run, string? Call, string? Tool);

/// <summary>Where the log stands: everything needed to append to it.</summary>
internal sealed class LogState
{
    public CompactRange Range { get; init; } = new();

    public byte[] Prev { get; set; } = new byte[MerkleTree.HashSize];

    /// <summary>The number of the first record of the segment written to.</summary>
    public long Segment { get; set; }

    /// <summary>The length of that segment.</summary>
    public long Offset { get; set; }

    /// <summary>Calls started without an outcome, by the number of their intent.</summary>
    public Dictionary<long, OpenCall> Open { get; init; } = [];

    /// <summary>Takes in a record that stands in the log.</summary>
    public void Apply(AuditRecord record, ReadOnlySpan<byte> line)
    {
        Advance(line);
        Track(record.Type, record.Seq, record.Writer, record.Data);
    }

    public void Advance(ReadOnlySpan<byte> line)
    {
        Prev = MerkleTree.Leaf(line);
        Range.Add(Prev);
        Offset += line.Length + 1;
    }

    public void Track(string type, long seq, string writer, JsonElement data)
    {
        switch (type)
        {
            case AuditTypes.Intent when Text(data, "decision") == "allow":
                Open[seq] = new OpenCall(writer, Text(data, "session"), Text(data, "run"), Text(data, "call"), Text(data, "tool"));
                break;
            case AuditTypes.Started when Number(data, "intent") is { } intent:
                Open[intent] = new OpenCall(writer, Text(data, "session"), Text(data, "run"), Text(data, "call"), Text(data, "tool"));
                break;
            case AuditTypes.Outcome when Number(data, "intent") is { } intent:
                Open.Remove(intent);
                break;
            default:
                break;
        }
    }

    public byte[] Save(string writer) => JsonSerializer.SerializeToUtf8Bytes(
        new ResumeFile(Range.Size, [.. Range.Hashes.Select(Convert.ToBase64String)], Convert.ToHexStringLower(Prev), Segment, Offset, writer, Open),
        AuditJson.Default.ResumeFile);

    /// <summary>Reads what <see cref="Save"/> wrote; null where it is not whole or does not lead to the checkpoint.</summary>
    public static LogState? Load(string path, Checkpoint checkpoint)
    {
        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), AuditJson.Default.ResumeFile);
            if (file is null || file.Size != checkpoint.Size)
            {
                return null;
            }

            var range = new CompactRange(file.Size, file.Hashes.Select(Convert.FromBase64String));
            return range.Root().AsSpan().SequenceEqual(checkpoint.Root)
                ? new LogState { Range = range, Prev = Convert.FromHexString(file.Prev), Segment = file.Segment, Offset = file.Offset, Open = file.Open }
                : null;
        }
        catch (Exception e) when (e is IOException or JsonException or FormatException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) && value.TryGetInt64(out var number) ? number : null;
}

internal sealed record ResumeFile(
    long Size, IReadOnlyList<string> Hashes, string Prev, long Segment, long Offset, string Writer, Dictionary<long, OpenCall> Open);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ResumeFile))]
internal sealed partial class AuditJson : JsonSerializerContext;

/// <summary>The vocabulary of the log.</summary>
internal static class AuditTypes
{
    public const string Opened = "log.opened";
    public const string Repaired = "log.repaired";
    public const string Rotated = "log.rotated";
    public const string Checkpoint = "log.checkpoint";
    public const string Closed = "log.closed";
    public const string Intent = "call.intent";
    public const string Started = "call.started";
    public const string Outcome = "call.outcome";
    public const string Rejected = "call.rejected";
    public const string Answered = "approval.answered";
    public const string Withdrawn = "approval.withdrawn";
    public const string GrantGiven = "grant.given";
    public const string GrantRevoked = "grant.revoked";
    public const string Pinned = "pin.added";
    public const string PinChanged = "pin.changed";
    public const string PinAccepted = "pin.accepted";
    public const string PolicyLoaded = "policy.loaded";
    public const string PolicyBroken = "policy.broken";
}
