using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Agent.Governance.Audit;

/// <summary>Which records to show; what is null does not matter.</summary>
public sealed record AuditFilter
{
    /// <summary>The session, or the beginning of its id.</summary>
    public string? Session { get; init; }

    /// <summary>The tool, <c>server.name</c>, with <c>*</c>.</summary>
    public string? Tool { get; init; }

    /// <summary>The decision: <c>allow</c>, <c>ask</c> or <c>deny</c>. Records of the same call that carry none are left out.</summary>
    public string? Decision { get; init; }

    /// <summary>The type, with <c>*</c>, for example <c>call.*</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Not before.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before.</summary>
    public DateTimeOffset? Until { get; init; }

    internal bool Covers(AuditRecord record) =>
        (Session is null || record.Text("session")?.StartsWith(Session, StringComparison.Ordinal) == true)
        && (Tool is null || (record.Text("tool") is { } tool && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(Tool, tool)))
        && (Decision is null || string.Equals(record.Text("decision"), Decision, StringComparison.OrdinalIgnoreCase))
        && (Type is null || System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(Type, record.Type))
        && (From is null || record.Time >= From)
        && (Until is null || record.Time < Until);
}

/// <summary>Reads an audit log for people and for other programs. It does not verify; <see cref="AuditVerifier"/> does.</summary>
public static class AuditReader
{
    /// <summary>The records that a filter covers, in their order. A line that is no record ends the reading.</summary>
    /// <param name="path">The log's folder.</param>
    /// <param name="filter">Which records; null for all.</param>
    /// <returns>The records.</returns>
    public static IEnumerable<AuditRecord> Read(string path, AuditFilter? filter = null)
    {
        foreach (var (line, ended, _) in LogReader.Lines(new AuditFolder(path)))
        {
            AuditRecord record;
            try
            {
                record = AuditRecord.Parse(line);
            }
            catch (FormatException)
            {
                yield break;
            }

            if (ended && filter?.Covers(record) != false)
            {
                yield return record;
            }
        }
    }

    /// <summary>Writes the records as one JSON array.</summary>
    /// <param name="path">The log's folder.</param>
    /// <param name="output">Receives UTF-8.</param>
    /// <param name="filter">Which records; null for all.</param>
    /// <returns>How many were written.</returns>
    public static int ExportJson(string path, Stream output, AuditFilter? filter = null)
    {
        using var writer = new Utf8JsonWriter(output);
        var count = 0;
        writer.WriteStartArray();
        foreach (var record in Read(path, filter))
        {
            // The line itself, so that what is exported still hashes to what was signed.
            writer.WriteRawValue(record.Line);
            count++;
        }

        writer.WriteEndArray();
        return count;
    }

    /// <summary>
    /// Writes the log up to its checkpoint as static files in the layout of C2SP tlog-tiles: <c>checkpoint</c>,
    /// <c>tile/L/N</c>, <c>tile/entries/N</c>, and the verifier key beside them.
    /// </summary>
    /// <param name="path">The log's folder.</param>
    /// <param name="target">The folder to write to; it is made where it is missing.</param>
    /// <returns>How many records were exported.</returns>
    /// <exception cref="AuditException">There is no checkpoint, or the log is shorter than it says.</exception>
    public static long ExportTiles(string path, string target)
    {
        var (folder, note, head) = Head(path);
        var bundle = new MemoryStream();
        var hashes = new List<byte[]>();
        long count = 0;
        foreach (var (line, ended, _) in LogReader.Lines(folder))
        {
            if (!ended || count == head.Size)
            {
                break;
            }

            bundle.WriteByte((byte)(line.Length >> 8));
            bundle.WriteByte((byte)line.Length);
            bundle.Write(line);
            hashes.Add(MerkleTree.Leaf(line));
            count++;
            if (count % TileWidth == 0 || count == head.Size)
            {
                WriteTile(target, "entries", (count - 1) / TileWidth, (int)((count - 1) % TileWidth) + 1, bundle.ToArray());
                bundle.SetLength(0);
            }
        }

        if (count < head.Size)
        {
            throw new AuditException($"The audit log in {path} holds {count} records and its checkpoint says {head.Size}; see \"agent audit verify\".");
        }

        for (var level = 0; hashes.Count > 0; level++)
        {
            var above = new List<byte[]>();
            foreach (var (tile, index) in hashes.Chunk(TileWidth).Select((t, i) => (t, i)))
            {
                WriteTile(target, level.ToString(CultureInfo.InvariantCulture), index, tile.Length, [.. tile.SelectMany(h => h)]);
                if (tile.Length == TileWidth)
                {
                    above.Add(MerkleTree.Root(tile));
                }
            }

            hashes = above;
        }

        File.WriteAllText(Path.Combine(target, "checkpoint"), note);
        File.Copy(folder.VerifierKey, Path.Combine(target, "public.vkey"), overwrite: true);
        File.Copy(folder.PublicPem, Path.Combine(target, "public.pem"), overwrite: true);
        return count;
    }

    /// <summary>
    /// The proof that a record stands in the log, in the form of C2SP tlog-proof: whoever has the record's line, this text and
    /// the public key can check it offline.
    /// </summary>
    /// <param name="path">The log's folder.</param>
    /// <param name="record">The record's number.</param>
    /// <returns>The proof, and the record's line.</returns>
    /// <exception cref="KeyNotFoundException">There is no such record, or the checkpoint does not cover it yet.</exception>
    /// <exception cref="AuditException">There is no checkpoint, or the log is shorter than it says.</exception>
    public static (string Proof, string Line) Prove(string path, long record)
    {
        var (folder, note, head) = Head(path);
        if (record < 0 || record >= head.Size)
        {
            throw new KeyNotFoundException($"Record {record} is not covered by the checkpoint, which covers {head.Size} records from 0 on.");
        }

        string? line = null;
        var leaves = new List<byte[]>();
        foreach (var (bytes, ended, _) in LogReader.Lines(folder))
        {
            if (!ended || leaves.Count == head.Size)
            {
                break;
            }

            if (leaves.Count == record)
            {
                line = Encoding.UTF8.GetString(bytes);
            }

            leaves.Add(MerkleTree.Leaf(bytes));
        }

        if (leaves.Count < head.Size || line is null)
        {
            throw new AuditException($"The audit log in {path} is shorter than its checkpoint says; see \"agent audit verify\".");
        }

        var proof = new StringBuilder("c2sp.org/tlog-proof@v1\n").Append(CultureInfo.InvariantCulture, $"index {record}\n");
        foreach (var hash in MerkleTree.InclusionProof((int)record, leaves.ToArray()))
        {
            proof.Append(Convert.ToBase64String(hash)).Append('\n');
        }

        return (proof.Append('\n').Append(note).ToString(), line);
    }

    /// <summary>Checks a proof against a record's line and a key, without the log.</summary>
    /// <param name="proof">The proof's text.</param>
    /// <param name="line">The record's line, without its line break.</param>
    /// <param name="key">The key that must have signed, as <c>name+id+key</c>.</param>
    /// <returns>True where the record stands in the log that the key signs.</returns>
    public static bool VerifyProof(string proof, string line, string key)
    {
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(line);
        using var verifier = NoteVerifier.Parse(key);
        var split = proof.IndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || verifier.Open(proof[(split + 2)..]) is not { } text)
        {
            return false;
        }

        try
        {
            var head = Checkpoint.Parse(text);
            var lines = proof[..split].Split('\n').Where(l => !l.StartsWith("extra ", StringComparison.Ordinal)).ToList();
            return lines is ["c2sp.org/tlog-proof@v1", var index, .. var hashes]
                && index.StartsWith("index ", StringComparison.Ordinal)
                && long.TryParse(index.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && MerkleTree.RootFromProof(number, head.Size, MerkleTree.Leaf(Encoding.UTF8.GetBytes(line)), [.. hashes.Select(Convert.FromBase64String)])
                    is { } root && root.AsSpan().SequenceEqual(head.Root);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private const int TileWidth = 256;

    private static (AuditFolder Folder, string Note, Checkpoint Head) Head(string path)
    {
        var folder = new AuditFolder(path);
        if (!File.Exists(folder.Checkpoint))
        {
            throw new AuditException($"The audit log in {path} has no checkpoint yet.");
        }

        var note = File.ReadAllText(folder.Checkpoint);
        using var verifier = folder.ReadVerifier();
        try
        {
            return (folder, note, Checkpoint.Parse(verifier.Open(note) ?? throw new AuditException($"The checkpoint in {path} is not signed by the log's key; see \"agent audit verify\".")));
        }
        catch (FormatException e)
        {
            throw new AuditException(e.Message, e);
        }
    }

    private static void WriteTile(string target, string level, long index, int width, byte[] content)
    {
        var name = (index % 1000).ToString("D3", CultureInfo.InvariantCulture);
        for (var rest = index / 1000; rest > 0; rest /= 1000)
        {
            name = "x" + (rest % 1000).ToString("D3", CultureInfo.InvariantCulture) + "/" + name;
        }

        var path = Path.Combine(target, "tile", level, name + (width == TileWidth ? string.Empty : string.Create(CultureInfo.InvariantCulture, $".p/{width}")));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
    }
}

/// <summary>The audit log of this machine, for commands that need it signed now.</summary>
public interface IAudit
{
    /// <summary>The log's folder.</summary>
    string Folder { get; }

    /// <summary>Records that somebody asked for it, and signs a checkpoint over everything up to then.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>A task that completes when the checkpoint is on the disk.</returns>
    ValueTask CheckpointAsync(CancellationToken cancellationToken);
}
