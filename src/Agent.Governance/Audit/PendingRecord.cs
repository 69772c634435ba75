using System.Text.Json;

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
internal sealed class PendingRecord(string type, JsonElement data, byte[] canonical, Durability durability)
{
    public string Type => type;

    public JsonElement Data => data;

    public byte[] Canonical => canonical;

    public Durability Durability => durability;

    /// <summary>Whether it is no record, but asks that those before it be flushed. Nobody waits for it.</summary>
    public bool IsFlush => canonical.Length == 0;

    /// <summary>Its number, once it is written.</summary>
    public long Seq { get; set; }

    /// <summary>Completes when it is as durable as it has to be.</summary>
    public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static PendingRecord Flush() => new(string.Empty, default, [], Durability.Flushed);
}
