using System.Security.Cryptography;
using System.Text.Json;
using Agent.Json;

namespace Agent.Governance.Audit;

/// <summary>How far a record has to be before who appends it may go on.</summary>
internal enum Durability
{
    /// <summary>The system has it: it outlives this process.</summary>
    Written,

    /// <summary>The disk has it: it outlives the machine's failure.</summary>
    Flushed,

    /// <summary>A signed checkpoint covers it.</summary>
    Checkpointed,
}

/// <summary>A record that waits to be written.</summary>
internal sealed class PendingRecord
{
    /// <summary>What a line holds beside its data, at most.</summary>
    private const int Overhead = 512;

    public PendingRecord(string type, JsonElement data, Durability durability)
        : this(type, data, Fit(CanonicalJson.GetBytes(data)), durability)
    {
    }

    private PendingRecord(string type, JsonElement data, byte[] canonical, Durability durability) =>
        (Type, Data, Canonical, Durability) = (type, data, canonical, durability);

    public string Type { get; }

    public JsonElement Data { get; }

    public byte[] Canonical { get; }

    public Durability Durability { get; }

    /// <summary>Whether it is no record, but asks that those before it be flushed. Nobody waits for it.</summary>
    public bool IsFlush => Canonical.Length == 0;

    /// <summary>Its number, once it is written.</summary>
    public long Seq { get; set; }

    /// <summary>Completes when it is as durable as it has to be.</summary>
    public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static PendingRecord Flush() => new(string.Empty, default, [], Durability.Flushed);

    /// <summary>A record that would not fit in a line keeps its digest, its length and what names the call.</summary>
    private static byte[] Fit(byte[] canonical)
    {
        if (canonical.Length <= AuditRecord.MaxBytes - Overhead)
        {
            return canonical;
        }

        using var document = JsonDocument.Parse(canonical);
        return CanonicalJson.GetBytes(AuditData.Object(w =>
        {
            w.WriteString("digest", "sha256:" + Convert.ToHexStringLower(SHA256.HashData(canonical)));
            w.WriteNumber("length", canonical.Length);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name is not ("digest" or "length") && member.Value.GetRawText().Length <= 1024)
                {
                    member.WriteTo(w);
                }
            }
        }));
    }
}
