using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Agent.Tools.Files.Scanning;

namespace Agent.Tools.Files.Indexing;

/// <summary>
/// A trigram is three bytes of text, ASCII letters in lower case, hashed to one of 32,768 rows. A text that holds a pattern's sequence has a bit in
/// every row of the sequence's trigrams.
/// </summary>
internal static class Trigram
{
    /// <summary>How many rows there are.</summary>
    public const int Rows = 1 << 15;

    /// <summary>A byte as it counts: ASCII letters in lower case.</summary>
    public static byte Fold(byte value) => (byte)(value is >= (byte)'A' and <= (byte)'Z' ? value | 0x20 : value);

    /// <summary>Folds a text in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fold(Span<byte> text)
    {
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            ref var start = ref MemoryMarshal.GetReference(text);
            var first = Vector256.Create((byte)'A');
            var count = Vector256.Create((byte)25);
            var bit = Vector256.Create((byte)0x20);
            for (; i <= text.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
            {
                var bytes = Vector256.LoadUnsafe(ref start, (nuint)i);
                (bytes | (Vector256.LessThanOrEqual(bytes - first, count) & bit)).StoreUnsafe(ref start, (nuint)i);
            }
        }

        for (; i < text.Length; i++)
        {
            text[i] = Fold(text[i]);
        }
    }

    /// <summary>The row of a trigram: its bytes from the lowest of 32 bits on; the highest eight do not count.</summary>
    public static int Row(uint trigram) => (int)(((trigram << 8) * 0x9E3779B1u) >> 17);
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

    // Only the beginning of a long sequence is asked for: all of it must lie in one block.
    private static int[] RowsOf(ByteSet[] sequence)
    {
        var rows = new Dictionary<int, double>();
        for (var i = 0; i + 3 <= Math.Min(sequence.Length, IndexFile.Overlap); i++)
        {
            uint trigram = 0;
            var likelihood = 1.0;
            var single = true;
            for (var j = 0; j < 3; j++)
            {
                single &= TryFold(sequence[i + j], out var folded);
                trigram |= (uint)folded << (8 * j);
                likelihood *= sequence[i + j].Likelihood;
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
                var fold = Trigram.Fold((byte)value);
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
