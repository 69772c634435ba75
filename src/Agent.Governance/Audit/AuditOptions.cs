namespace Agent.Governance.Audit;

/// <summary>The <c>audit</c> section of the configuration.</summary>
public sealed class AuditOptions
{
    /// <summary>A checkpoint is signed after this many records at the latest.</summary>
    public int CheckpointRecords { get; set; } = 1000;

    /// <summary>A checkpoint is signed with the first record after this many seconds at the latest.</summary>
    public int CheckpointSeconds { get; set; } = 60;

    /// <summary>A segment of the log is closed and the next begun beyond this many bytes.</summary>
    public long SegmentBytes { get; set; } = 64L << 20;

    /// <summary>How long one append may wait for other processes that write to the same log, in seconds.</summary>
    public int LockSeconds { get; set; } = 10;

    /// <summary>
    /// A folder, best on another machine, that receives a copy of every checkpoint; null for none. Whoever has root here can
    /// rewrite what was never copied out.
    /// </summary>
    public string? CopyCheckpointsTo { get; set; }

    internal IEnumerable<string> Validate()
    {
        if (CheckpointRecords < 1)
        {
            yield return "audit:checkpointRecords must be at least 1.";
        }

        if (CheckpointSeconds < 1)
        {
            yield return "audit:checkpointSeconds must be at least 1.";
        }

        if (SegmentBytes < 1 << 16)
        {
            yield return "audit:segmentBytes must be at least 65536.";
        }

        if (LockSeconds < 1)
        {
            yield return "audit:lockSeconds must be at least 1.";
        }

        if (CopyCheckpointsTo is { } folder && !Directory.Exists(folder))
        {
            yield return $"audit:copyCheckpointsTo names a folder that does not exist: {folder}";
        }
    }
}

/// <summary>The audit log cannot be written or is not what was written; nothing may run. The message is one sentence.</summary>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="innerException">What lies beneath.</param>
public sealed class AuditException(string message, Exception? innerException = null) : Exception(message, innerException);
