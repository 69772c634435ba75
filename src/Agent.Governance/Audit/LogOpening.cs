using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Agent.Governance.Audit;

/// <summary>The end of a segment beyond what a process knows already.</summary>
internal readonly record struct LogTail(int Torn, string TornDigest, bool EndsRotated)
{
    /// <summary>Reads the lines from where the state stands to the end of the segment, checking each link.</summary>
    /// <exception cref="AuditException">A line that is not the last is not what a process of ours writes.</exception>
    public static LogTail Read(SafeFileHandle file, LogState state, string path)
    {
        var length = RandomAccess.GetLength(file) - state.Offset;
        if (length > Array.MaxLength)
        {
            throw new AuditException($"The audit segment {path} is larger than can be read at once; move the folder aside to begin a new log.");
        }

        var bytes = new byte[length];
        var read = 0;
        while (read < bytes.Length)
        {
            var n = RandomAccess.Read(file, bytes.AsSpan(read), state.Offset + read);
            if (n == 0)
            {
                break;
            }

            read += n;
        }

        var rest = bytes.AsSpan(0, read);
        var rotated = false;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            if (end < 0)
            {
                return new LogTail(rest.Length, "sha256:" + Convert.ToHexStringLower(SHA256.HashData(rest)), rotated);
            }

            var line = rest[..end];
            AuditRecord record;
            try
            {
                record = AuditRecord.Parse(line);
                if (record.Seq != state.Range.Size)
                {
                    throw new FormatException($"its number is {record.Seq}");
                }

                if (record.Prev != Convert.ToHexStringLower(state.Prev))
                {
                    throw new FormatException("it does not follow from the record before it");
                }
            }
            catch (FormatException e)
            {
                throw new AuditException(
                    $"Record {state.Range.Size} of the audit log is damaged: {e.Message} ({path}). Nothing runs; see \"agent audit verify\", or move the folder aside to begin a new log.", e);
            }

            state.Apply(record, line);
            rotated = record.Type == AuditTypes.Rotated;
            rest = rest[(end + 1)..];
        }

        return new LogTail(0, string.Empty, rotated);
    }
}

/// <summary>Reads a log at its opening: from the last checkpoint where that is possible, else from its beginning.</summary>
internal sealed class LogOpening(AuditFolder folder, NoteVerifier verifier)
{
    public long CheckpointSize { get; private set; }

    public int Torn { get; private set; }

    public string TornDigest { get; private set; } = string.Empty;

    public bool EndsRotated { get; private set; }

    public LogState Read()
    {
        var checkpoint = ReadCheckpoint();
        CheckpointSize = checkpoint?.Size ?? 0;
        var segments = folder.Segments();
        if (segments.Count == 0)
        {
            return checkpoint is null ? new LogState() : throw Refuse("its files are missing although a checkpoint was signed");
        }

        var state = checkpoint is null ? null : LogState.Load(folder.Resume, checkpoint);
        var full = state is null;
        state ??= new LogState();
        foreach (var (first, path) in segments.Where(s => s.First >= state.Segment))
        {
            if (Torn > 0)
            {
                throw Refuse($"a line before {path} is torn");
            }

            if (first != state.Segment || state.Offset == 0)
            {
                if (first != state.Range.Size)
                {
                    throw Refuse($"{path} does not begin where the segment before it ends");
                }

                state.Segment = first;
                state.Offset = 0;
            }

            using var file = Disk.Open(path, FileMode.Open);
            if (RandomAccess.GetLength(file) < state.Offset)
            {
                throw Refuse($"{path} is shorter than the last checkpoint says");
            }

            var tail = LogTail.Read(file, state, path);
            (Torn, TornDigest, EndsRotated) = (tail.Torn, tail.TornDigest, tail.EndsRotated);
        }

        if (state.Range.Size < CheckpointSize)
        {
            throw Refuse($"it holds {state.Range.Size} records, and the last checkpoint says {CheckpointSize}");
        }

        if (checkpoint is null && state.Range.Size > 1)
        {
            throw Refuse("its checkpoint is missing");
        }

        if (full && checkpoint is not null && !RootMatches(checkpoint))
        {
            throw Refuse("its records do not lead to the last checkpoint");
        }

        return state;
    }

    private Checkpoint? ReadCheckpoint()
    {
        if (!File.Exists(folder.Checkpoint))
        {
            return null;
        }

        var text = verifier.Open(File.ReadAllText(folder.Checkpoint, Encoding.UTF8)) ?? throw Refuse("the signature of its checkpoint is wrong");
        try
        {
            return Checkpoint.Parse(text);
        }
        catch (FormatException e)
        {
            throw Refuse(e.Message);
        }
    }

    private bool RootMatches(Checkpoint checkpoint)
    {
        var range = new CompactRange();
        foreach (var leaf in LogReader.Leaves(folder).Take((int)checkpoint.Size))
        {
            range.Add(leaf);
        }

        return range.Root().AsSpan().SequenceEqual(checkpoint.Root);
    }

    private AuditException Refuse(string what) =>
        new($"The audit log in {folder.Path} is not what was written: {what}. Nothing runs; see \"agent audit verify\", or move the folder aside to begin a new log.");
}
