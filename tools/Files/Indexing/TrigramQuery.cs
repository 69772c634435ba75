using Agent.Tools.Files.Scanning;

namespace Agent.Tools.Files.Indexing;

/// <summary>
/// A trigram is three bytes of text, ASCII letters in lower case, hashed to one of 65,536 rows. A text that holds a pattern's sequence has a bit in
/// every row of the sequence's trigrams.
/// </summary>
internal static class Trigram
{
    /// <summary>How many rows there are.</summary>
    public const int Rows = 1 << 16;

    /// <summary>Each byte as it counts: ASCII letters in lower case.</summary>
    public static ReadOnlySpan<byte> Fold => FoldTable;

    private static readonly byte[] FoldTable = [.. Enumerable.Range(0, 256).Select(value => (byte)(value is >= 'A' and <= 'Z' ? value + 32 : value))];

    /// <summary>The row of a trigram, its bytes from the highest to the lowest of 24 bits.</summary>
    public static int Row(uint trigram) => (int)((trigram * 0x9E3779B1u) >> 16);
}

/// <summary>What the index is asked: any of several lists of rows, all of a list.</summary>
internal sealed class TrigramQuery
{
    private TrigramQuery(int[][] alternatives) => Alternatives = alternatives;

    /// <summary>The lists, each with its rarest rows first.</summary>
    public int[][] Alternatives { get; }

    /// <summary>The question a pattern puts; null where the index cannot help.</summary>
    public static TrigramQuery? From(RequiredBytes? required)
    {
        if (required is null)
        {
            return null;
        }

        var alternatives = required.Sequences.Select(RowsOf).ToArray();
        return alternatives.All(rows => rows.Length > 0) ? new TrigramQuery(alternatives) : null;
    }

    private static int[] RowsOf(ByteSet[] sequence)
    {
        var rows = new Dictionary<int, double>();
        for (var i = 0; i + 3 <= sequence.Length; i++)
        {
            uint trigram = 0;
            var likelihood = 1.0;
            var single = true;
            foreach (var set in sequence.AsSpan(i, 3))
            {
                single &= TryFold(set, out var folded);
                trigram = (trigram << 8) | folded;
                likelihood *= set.Likelihood;
            }

            if (single)
            {
                rows.TryAdd(Trigram.Row(trigram), likelihood);
            }
        }

        return [.. rows.OrderBy(row => row.Value).Select(row => row.Key)];
    }

    // One byte, or both cases of a letter.
    private static bool TryFold(ByteSet set, out byte folded)
    {
        folded = 0;
        var found = false;
        for (var value = 0; value < 256; value++)
        {
            if (set.Contains((byte)value))
            {
                var fold = Trigram.Fold[value];
                if (found && fold != folded)
                {
                    return false;
                }

                (folded, found) = (fold, true);
            }
        }

        return found;
    }
}
