using System.Buffers;
using Agent.Tools.Files.Roots;

namespace Agent.Tools.Files.Scanning;

/// <summary>What a scan is to find in a file.</summary>
/// <param name="Pattern">The pattern.</param>
/// <param name="IgnoreCase">Whether case does not count.</param>
/// <param name="Context">How many lines around each match are wanted.</param>
/// <param name="MaxPerFile">How many lines of one file are wanted; the rest is counted only.</param>
/// <param name="MaxLineLength">How many characters of a line are wanted.</param>
/// <param name="FirstOnly">Whether it is enough to know that there is a match.</param>
internal sealed record ScanRequest(Pattern Pattern, bool IgnoreCase, int Context, int MaxPerFile, int MaxLineLength, bool FirstOnly = false);

/// <summary>A line that matches.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Column">Where the match begins, in characters from 1.</param>
/// <param name="Text">The line, cut around the match where it is long.</param>
/// <param name="Before">The lines before it.</param>
/// <param name="After">The lines after it.</param>
internal sealed record LineMatch(long Line, int Column, string Text, IReadOnlyList<string> Before, IReadOnlyList<string> After);

/// <summary>
/// Scans files one after the other through one buffer, of which a file larger than it passes in pieces of whole lines: no more than
/// one copy of a part of a file is ever in memory. As in ripgrep, a zero byte ends a file's text, and UTF-16 is read where its mark says so.
/// </summary>
internal sealed class FileScanner(ScanRequest request) : IDisposable
{
    private const int StartBuffer = 256 * 1024;
    private const int MaxBuffer = 32 * 1024 * 1024;
    private const int BinaryProbe = 2048;

    private readonly LineScratch scratch = new();
    private readonly byte[] usual = ArrayPool<byte>.Shared.Rent(StartBuffer);
    private byte[] buffer = [];
    private List<LineMatch> found = [];
    private Utf16Reader? utf16;
    private long unread;
    private long count;

    /// <summary>Scans a file.</summary>
    /// <param name="folder">The folder that holds it.</param>
    /// <param name="name">Its name.</param>
    /// <param name="afterLine">Lines up to this one do not count.</param>
    /// <param name="countOnly">Whether no line is wanted.</param>
    /// <param name="cancellationToken">Ends the scan.</param>
    /// <returns>How many lines match, and those that are wanted.</returns>
    public (long Count, IReadOnlyList<LineMatch> Lines) Scan(Folder folder, string name, long afterLine, bool countOnly, CancellationToken cancellationToken)
    {
        var file = folder.OpenForScan(name, out var status);
        if (file < 0)
        {
            return (0, []);
        }

        count = 0;
        utf16 = null;
        unread = status.Size;
        buffer = usual;
        if (found.Count > 0)
        {
            found = [];
        }

        try
        {
            ScanPieces(folder, file, afterLine, countOnly, cancellationToken);
        }
        finally
        {
            folder.Close(file);
        }

        if (count == 0)
        {
            return (0, []);
        }

        return (count, found);
    }

    private void ScanPieces(Folder folder, nint file, long afterLine, bool countOnly, CancellationToken cancellationToken)
    {
        var filled = 0;
        var lineBase = 0L;
        var first = true;

        // A line longer than the buffer comes in several pieces, and counts once.
        var isTold = false;
        while (true)
        {
            var ended = Fill(folder, file, ref filled);
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> text = buffer.AsSpan(0, filled);
            if (first && utf16 is null && (text.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || text.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])))
            {
                utf16 = new Utf16Reader(buffer.AsSpan(0, filled), ended);
                filled = 0;
                continue;
            }

            // Binary files by the hundred megabytes are left after one look at their beginning.
            var zero = first ? text[..Math.Min(filled, BinaryProbe)].IndexOf((byte)0) : -1;
            var end = zero >= 0 ? zero : ended ? filled : PieceEnd(text);
            if (end < 0)
            {
                var larger = GC.AllocateUninitializedArray<byte>(buffer.Length * 2);
                text.CopyTo(larger);
                buffer = larger;
                continue;
            }

            var isWhole = first && ended;
            if (!isWhole && zero < 0)
            {
                zero = text[..end].IndexOf((byte)0);
                end = zero < 0 ? end : zero;
            }

            var piece = text[(first && text.StartsWith("\uFEFF"u8) ? 3 : 0)..end];
            var skipped = isTold ? piece.IndexOf((byte)'\n') + 1 : 0;
            if (!isTold || skipped > 0)
            {
                isTold = ScanText(piece, skipped, lineBase, afterLine, countOnly, mayHoldZero: isWhole && zero < 0) && !piece.EndsWith("\n"u8);
            }

            if (ended || zero >= 0)
            {
                return;
            }

            lineBase += piece.Count((byte)'\n');
            text[end..].CopyTo(buffer);
            filled -= end;
            first = false;
        }
    }

    // -1: the piece must grow first, to hold a whole line or the lines around a match.
    private int PieceEnd(ReadOnlySpan<byte> text)
    {
        var canGrow = buffer.Length < MaxBuffer;
        if (canGrow && request.Context > 0)
        {
            return -1;
        }

        var end = text.LastIndexOf((byte)'\n') + 1;
        return end > 0 ? end : canGrow ? -1 : text.Length;
    }

    private bool Fill(Folder folder, nint file, ref int filled)
    {
        if (utf16 is not null)
        {
            return utf16.Fill(folder, file, buffer, ref filled);
        }

        while (filled < buffer.Length)
        {
            var read = folder.Read(file, buffer.AsSpan(filled));
            if (read <= 0)
            {
                return true;
            }

            filled += read;
            unread -= read;
            if (unread == 0)
            {
                // All that was there when it was opened; asking for the end would be one call more for every file.
                return true;
            }
        }

        return false;
    }

    // Whether the last line of the text matched.
    private bool ScanText(ReadOnlySpan<byte> text, int from, long lineBase, long afterLine, bool countOnly, bool mayHoldZero)
    {
        int counted = 0, zeroChecked = 0;
        var isLast = false;
        while (request.Pattern.TryFindLine(text, ref from, scratch, out var start, out var end))
        {
            if (mayHoldZero)
            {
                // Looked for only as far as there are matches: most files have none.
                var zero = text[zeroChecked..end].IndexOf((byte)0);
                if (zero >= 0)
                {
                    text = text[..(zeroChecked + zero)];
                    from = Math.Min(start, text.Length);
                    mayHoldZero = false;
                    continue;
                }

                zeroChecked = end;
            }

            isLast = end == text.Length;
            if (afterLine > 0 || (!countOnly && found.Count < request.MaxPerFile))
            {
                lineBase += text[counted..start].Count((byte)'\n');
                counted = start;
                if (lineBase + 1 <= afterLine)
                {
                    continue;
                }

                if (!countOnly && found.Count < request.MaxPerFile)
                {
                    found.Add(Take(text, start, end, lineBase + 1));
                }
            }

            count++;
            if (request.FirstOnly)
            {
                return true;
            }
        }

        return isLast;
    }

    private LineMatch Take(ReadOnlySpan<byte> text, int start, int end, long number)
    {
        var line = scratch.Decode(TrimReturn(text[start..end]));
        var (at, length) = request.Pattern.Locate(line, request.IgnoreCase);
        var shown = LineText.CutAround(line, at, length, request.MaxLineLength);
        if (request.Context == 0)
        {
            return new LineMatch(number, at + 1, shown, [], []);
        }

        var before = new List<string>();
        for (var (i, lineEnd) = (0, start - 1); i < request.Context && lineEnd >= 0; i++)
        {
            var lineStart = text[..lineEnd].LastIndexOf((byte)'\n') + 1;
            before.Insert(0, Shorten(text[lineStart..lineEnd]));
            lineEnd = lineStart - 1;
        }

        var after = new List<string>();
        for (var (i, lineStart) = (0, end + 1); i < request.Context && lineStart < text.Length; i++)
        {
            var length2 = text[lineStart..].IndexOf((byte)'\n');
            var lineEnd = length2 < 0 ? text.Length : lineStart + length2;
            after.Add(Shorten(text[lineStart..lineEnd]));
            lineStart = lineEnd + 1;
        }

        return new LineMatch(number, at + 1, shown, before, after);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(usual);

    private string Shorten(ReadOnlySpan<byte> line) => LineText.CutAround(scratch.Decode(TrimReturn(line)), 0, 0, request.MaxLineLength);

    private static ReadOnlySpan<byte> TrimReturn(ReadOnlySpan<byte> line) => line.EndsWith("\r"u8) ? line[..^1] : line;
}

/// <summary>Lines as they are shown.</summary>
internal static class LineText
{
    /// <summary>A line with its match, at most <paramref name="limit"/> characters; <c>…</c> stands for what was cut.</summary>
    public static string CutAround(ReadOnlySpan<char> line, int at, int length, int limit)
    {
        if (line.Length <= limit)
        {
            return line.ToString();
        }

        // A third of the room before the match, the rest for it and what follows.
        var start = Math.Clamp(at - (limit / 3), 0, Math.Max(0, Math.Min(at, line.Length - limit)));
        if (at + length <= limit)
        {
            start = 0;
        }

        var end = Math.Min(line.Length, start + limit);
        start += start > 0 && char.IsLowSurrogate(line[start]) ? 1 : 0;
        end -= end < line.Length && char.IsHighSurrogate(line[end - 1]) ? 1 : 0;
        return string.Concat(start > 0 ? "…" : string.Empty, line[start..end], end < line.Length ? "…" : string.Empty);
    }
}
