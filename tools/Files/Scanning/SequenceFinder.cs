using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agent.Tools.Files.Scanning;

/// <summary>
/// Finds any of several sequences of byte sets. A window of up to three sets of each sequence, the least likely ones, is spread over eight buckets;
/// two table look-ups for each position (by the low and the high half of a byte) tell for 16 or 32 places at once which buckets
/// may fit there. The idea is that of Teddy in Hyperscan, here with sets in place of bytes.
/// </summary>
internal sealed class SequenceFinder : Finder
{
    private const int Buckets = 8;

    private readonly ByteSet[][] sequences;
    private readonly int[] windows;
    private readonly int width;
    private readonly int[][] buckets;
    private readonly byte[][] low;
    private readonly byte[][] high;
    private readonly byte[][] scalar;

    public SequenceFinder(IReadOnlyList<ByteSet[]> alternatives)
    {
        sequences = [.. alternatives];
        width = Math.Min(3, sequences.Min(sequence => sequence.Length));
        windows = [.. sequences.Select(sequence => BestWindow(sequence, width))];

        var pieces = Pieces();
        low = NewTables(16);
        high = NewTables(16);
        scalar = NewTables(256);
        buckets = new int[Buckets][];
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            // Neighbours in this order have much in common, so that sharing a bucket costs little.
            var share = pieces[(bucket * pieces.Count / Buckets)..((bucket + 1) * pieces.Count / Buckets)];
            buckets[bucket] = [.. share.Select(piece => piece.Sequence).Distinct()];
            foreach (var (_, sets) in share)
            {
                for (var position = 0; position < width; position++)
                {
                    Fill(position, sets[position], (byte)(1 << bucket));
                }
            }
        }

        for (var position = 0; position < width; position++)
        {
            for (var value = 0; value < 256; value++)
            {
                scalar[position][value] = (byte)(low[position][value & 15] & high[position][value >> 4]);
            }
        }
    }

    public override int Find(ReadOnlySpan<byte> text, int from)
    {
        var at = from;
        var last = text.Length - width;
        if (Avx2.IsSupported)
        {
            at = FindWide(text, at, last, out var found);
            if (found >= 0)
            {
                return found;
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            at = FindNarrow(text, at, last, out var found);
            if (found >= 0)
            {
                return found;
            }
        }

        for (; at <= last; at++)
        {
            var fit = scalar[0][text[at]];
            for (var position = 1; position < width; position++)
            {
                fit &= scalar[position][text[at + position]];
            }

            if (fit != 0 && IsAt(text, at, fit))
            {
                return at;
            }
        }

        return -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int FindWide(ReadOnlySpan<byte> text, int at, int last, out int found)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var half = Vector256.Create((byte)15);
        var (low0, high0) = (Twice(low[0]), Twice(high[0]));
        var (low1, high1) = width > 1 ? (Twice(low[1]), Twice(high[1])) : default;
        var (low2, high2) = width > 2 ? (Twice(low[2]), Twice(high[2])) : default;
        for (; at <= last - Vector256<byte>.Count + 1; at += Vector256<byte>.Count)
        {
            var bytes = Vector256.LoadUnsafe(ref start, (nuint)at);
            var fit = Avx2.Shuffle(low0, bytes & half) & Avx2.Shuffle(high0, (bytes.AsUInt16() >> 4).AsByte() & half);
            if (width > 1)
            {
                bytes = Vector256.LoadUnsafe(ref start, (nuint)at + 1);
                fit &= Avx2.Shuffle(low1, bytes & half) & Avx2.Shuffle(high1, (bytes.AsUInt16() >> 4).AsByte() & half);
                if (width > 2)
                {
                    bytes = Vector256.LoadUnsafe(ref start, (nuint)at + 2);
                    fit &= Avx2.Shuffle(low2, bytes & half) & Avx2.Shuffle(high2, (bytes.AsUInt16() >> 4).AsByte() & half);
                }
            }

            if (fit != Vector256<byte>.Zero)
            {
                var mask = ~Vector256.Equals(fit, Vector256<byte>.Zero).ExtractMostSignificantBits();
                while (mask != 0)
                {
                    var bit = BitOperations.TrailingZeroCount(mask);
                    if (IsAt(text, at + bit, fit.GetElement(bit)))
                    {
                        found = at + bit;
                        return at;
                    }

                    mask &= mask - 1;
                }
            }
        }

        found = -1;
        return at;

        static Vector256<byte> Twice(byte[] table)
        {
            var vector = Vector128.Create(table);
            return Vector256.Create(vector, vector);
        }
    }

    private int FindNarrow(ReadOnlySpan<byte> text, int at, int last, out int found)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var half = Vector128.Create((byte)15);
        for (; at <= last - Vector128<byte>.Count + 1; at += Vector128<byte>.Count)
        {
            var fit = Vector128<byte>.AllBitsSet;
            for (var position = 0; position < width; position++)
            {
                var bytes = Vector128.LoadUnsafe(ref start, (nuint)(at + position));
                fit &= Vector128.Shuffle(Vector128.Create(low[position]), bytes & half)
                    & Vector128.Shuffle(Vector128.Create(high[position]), (bytes.AsUInt16() >> 4).AsByte() & half);
            }

            if (fit != Vector128<byte>.Zero)
            {
                var mask = ~Vector128.Equals(fit, Vector128<byte>.Zero).ExtractMostSignificantBits() & 0xffff;
                while (mask != 0)
                {
                    var bit = BitOperations.TrailingZeroCount(mask);
                    if (IsAt(text, at + bit, fit.GetElement(bit)))
                    {
                        found = at + bit;
                        return at;
                    }

                    mask &= mask - 1;
                }
            }
        }

        found = -1;
        return at;
    }

    private bool IsAt(ReadOnlySpan<byte> text, int place, byte fit)
    {
        while (fit != 0)
        {
            foreach (var index in buckets[BitOperations.TrailingZeroCount(fit)])
            {
                var sequence = sequences[index];
                var start = place - windows[index];
                if (start >= 0 && start + sequence.Length <= text.Length && Fits(text[start..], sequence))
                {
                    return true;
                }
            }

            fit &= (byte)(fit - 1);
        }

        return false;
    }

    private static bool Fits(ReadOnlySpan<byte> text, ByteSet[] sequence)
    {
        for (var i = 0; i < sequence.Length; i++)
        {
            if (!sequence[i].Contains(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    // A set is a product of halves only in part: [A-Z] is 4 with 1..15 and 5 with 0..10. Where buckets allow, the first set is cut that way.
    private List<(int Sequence, ByteSet[] Sets)> Pieces()
    {
        var whole = sequences
            .Select((sequence, i) => (Sequence: i, Sets: sequence[windows[i]..(windows[i] + width)]))
            .OrderBy(piece => Lowest(piece.Sets[0]))
            .ToList();
        var cut = whole.SelectMany(piece => Cut(piece.Sets[0]).Select(set => (piece.Sequence, (ByteSet[])[set, .. piece.Sets[1..]]))).ToList();
        return cut.Count <= Buckets ? cut : whole;

        static IEnumerable<ByteSet> Cut(ByteSet set)
        {
            var byLowHalves = new Dictionary<int, ByteSet>();
            for (var high = 0; high < 16; high++)
            {
                var lows = 0;
                var part = default(ByteSet);
                for (var low = 0; low < 16; low++)
                {
                    var value = (byte)((high << 4) | low);
                    if (set.Contains(value))
                    {
                        lows |= 1 << low;
                        part = part.With(value);
                    }
                }

                if (lows != 0)
                {
                    byLowHalves[lows] = byLowHalves.GetValueOrDefault(lows).Union(part);
                }
            }

            return byLowHalves.Values;
        }
    }

    private void Fill(int position, ByteSet set, byte bit)
    {
        for (var value = 0; value < 256; value++)
        {
            if (set.Contains((byte)value))
            {
                low[position][value & 15] |= bit;
                high[position][value >> 4] |= bit;
            }
        }
    }

    private byte[][] NewTables(int size)
    {
        var tables = new byte[width][];
        for (var i = 0; i < width; i++)
        {
            tables[i] = new byte[size];
        }

        return tables;
    }

    private static int BestWindow(ByteSet[] sequence, int width)
    {
        var best = 0;
        var least = double.MaxValue;
        for (var start = 0; start + width <= sequence.Length; start++)
        {
            var product = 1.0;
            foreach (var set in sequence.AsSpan(start, width))
            {
                product *= set.Likelihood;
            }

            if (product < least)
            {
                (best, least) = (start, product);
            }
        }

        return best;
    }

    private static int Lowest(ByteSet set)
    {
        var value = 0;
        while (value < 256 && !set.Contains((byte)value))
        {
            value++;
        }

        return value;
    }
}
