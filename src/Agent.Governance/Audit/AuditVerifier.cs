using System.Text;

namespace Agent.Governance.Audit;

/// <summary>What a verification found.</summary>
public sealed record AuditVerification
{
    /// <summary>Whether every record is as it was written.</summary>
    public required bool Ok { get; init; }

    /// <summary>How many whole records there are.</summary>
    public required long Records { get; init; }

    /// <summary>How many of them the checkpoint covers.</summary>
    public long Covered { get; init; }

    /// <summary>The record that is wrong; null where none is, or where it is not a record that is wrong.</summary>
    public long? Record { get; init; }

    /// <summary>One sentence: what was verified, or what is wrong and where.</summary>
    public required string Message { get; init; }

    /// <summary>Bytes of a last line that was being written, or was torn by a crash; repaired at the next start.</summary>
    public int TornBytes { get; init; }

    /// <summary>The key that signed, in the one-line form <c>name+id+key</c>; null where there is none.</summary>
    public string? Key { get; init; }
}

/// <summary>
/// Checks an audit log without trusting the program that wrote it: the form of every line, the link of each to the one
/// before, the tree head, and the signature over it. Reads only.
/// </summary>
public static class AuditVerifier
{
    /// <summary>Checks a log.</summary>
    /// <param name="path">The log's folder.</param>
    /// <param name="checkpoint">A copy of a checkpoint that was kept elsewhere (the note's whole text); null for the log's own.</param>
    /// <param name="key">The key that must have signed, as <c>name+id+key</c>, kept elsewhere; null for the log's own.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>What was found; never throws for what is wrong with the log.</returns>
    public static AuditVerification Verify(string path, string? checkpoint = null, string? key = null, CancellationToken cancellationToken = default)
    {
        var folder = new AuditFolder(path);
        var segments = folder.Segments();
        if (segments.Count == 0 && checkpoint is null && !folder.Exists)
        {
            return new AuditVerification { Ok = true, Records = 0, Message = $"There is no audit log in {path} yet." };
        }

        NoteVerifier verifier;
        Checkpoint? head;
        try
        {
            verifier = key is null ? folder.ReadVerifier() : NoteVerifier.Parse(key);
        }
        catch (Exception e) when (e is IOException or FormatException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            return Bad(0, null, $"The verifier key cannot be read: {e.Message}");
        }

        using (verifier)
        {
            try
            {
                head = ReadHead(folder, verifier, checkpoint);
            }
            catch (Exception e) when (e is IOException or FormatException or UnauthorizedAccessException)
            {
                return Bad(0, null, $"{(checkpoint is null ? "The log's" : "The given")} checkpoint is wrong: {e.Message}") with { Key = verifier.Line };
            }

            return Records(folder, head, checkpoint is not null, cancellationToken) with { Key = verifier.Line };
        }
    }

    private static Checkpoint? ReadHead(AuditFolder folder, NoteVerifier verifier, string? given)
    {
        if (given is null && !File.Exists(folder.Checkpoint))
        {
            return null;
        }

        var note = given ?? File.ReadAllText(folder.Checkpoint, Encoding.UTF8);
        var text = verifier.Open(note) ?? throw new FormatException($"it is not signed by {verifier.Name}, or its text was changed.");
        var head = Checkpoint.Parse(text);
        return head.Origin == verifier.Name ? head : throw new FormatException($"it speaks of the log {head.Origin}, not of {verifier.Name}.");
    }

    private static AuditVerification Records(AuditFolder folder, Checkpoint? head, bool external, CancellationToken cancellationToken)
    {
        var range = new CompactRange();
        var prev = new string('0', 2 * MerkleTree.HashSize);
        byte[]? rootAtHead = head?.Size == 0 ? range.Root() : null;
        var torn = 0;
        string? tornIn = null;
        var before = range;
        using var lines = LogReader.Lines(folder).GetEnumerator();
        while (lines.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (line, ended, path) = lines.Current;
            var number = range.Size;
            if (tornIn is not null)
            {
                return Bad(number, number, $"Record {number} is cut off in the middle of the log ({tornIn}).");
            }

            if (!ended)
            {
                (torn, tornIn) = (line.Length, path);
                continue;
            }

            if (Fault(line, number, prev) is { } fault)
            {
                var next = fault == Unlinked && lines.MoveNext() && lines.Current.Ended ? lines.Current.Line : null;
                return Blame(number, line, next, fault, path, head, before);
            }

            before = new CompactRange(range.Size, range.Hashes);
            var leaf = MerkleTree.Leaf(line);
            prev = Convert.ToHexStringLower(leaf);
            range.Add(leaf);
            if (range.Size == head?.Size)
            {
                rootAtHead = range.Root();
            }
        }

        if (head is null)
        {
            return range.Size <= 1
                ? new AuditVerification { Ok = true, Records = range.Size, TornBytes = torn, Message = "The audit log was only just begun and has no checkpoint yet." }
                : Bad(range.Size, null, "The log's checkpoint is missing.");
        }

        if (rootAtHead is null)
        {
            return Bad(range.Size, range.Size, $"Records are missing from record {range.Size} on: the checkpoint says {head.Size}, the log holds {range.Size}.");
        }

        if (!rootAtHead.AsSpan().SequenceEqual(head.Root))
        {
            var last = head.Size - 1;
            return Bad(range.Size, last, $"Record {last} was changed, or the log up to it was rewritten: its records do not lead to the signed checkpoint.");
        }

        var beyond = range.Size - head.Size;
        var message = $"{range.Size} records verified; the {(external ? "given checkpoint" : "checkpoint")} signed by {head.Origin} covers {head.Size}"
            + (beyond > 0 ? $", and {beyond} after it are linked to them." : ".");
        return new AuditVerification { Ok = true, Records = range.Size, Covered = head.Size, TornBytes = torn, Message = message };
    }

    /// <summary>Of two records that do not fit together, the one that the record after them does not vouch for was changed.</summary>
    private static AuditVerification Blame(long number, byte[] line, byte[]? next, string fault, string path, Checkpoint? head, CompactRange before)
    {
        if (fault != Unlinked)
        {
            return Bad(number, number, $"Record {number} was changed: {fault} ({path}).");
        }

        var vouched = false;
        try
        {
            if (next is not null)
            {
                vouched = AuditRecord.Parse(next).Prev == Convert.ToHexStringLower(MerkleTree.Leaf(line));
            }
            else if (head?.Size == number + 1)
            {
                // The last one: it is whole where the tree head fits it and the hash that it names.
                before.Add(Convert.FromHexString(AuditRecord.Parse(line).Prev));
                before.Add(MerkleTree.Leaf(line));
                vouched = before.Root().AsSpan().SequenceEqual(head.Root);
            }
        }
        catch (FormatException)
        {
            // The next one is no witness.
        }

        return vouched
            ? Bad(number, number - 1, $"Record {number - 1} was changed, or a record was put in or taken out after it: record {number} does not follow from it ({path}).")
            : Bad(number, number, $"Record {number} was changed, or the one before it: it does not follow from record {number - 1} ({path}).");
    }

    private const string Unlinked = "unlinked";

    private static string? Fault(byte[] line, long number, string prev)
    {
        try
        {
            var record = AuditRecord.Parse(line);
            return record.Prev != prev ? (number == 0 ? "it names a record before the first" : Unlinked)
                : record.Seq != number ? $"its number is {record.Seq}"
                : !AuditRecord.IsCanonical(line) ? "it is not in canonical form"
                : null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    private static AuditVerification Bad(long records, long? record, string message) =>
        new() { Ok = false, Records = records, Record = record, Message = message };
}
