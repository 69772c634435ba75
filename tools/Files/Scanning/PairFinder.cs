using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Agent.Tools.Files.Scanning;

/// <summary>
/// Finds one literal, with or without ASCII case: compares its two rarest bytes at 32 places at once, and the whole of it where both fit.
/// </summary>
internal sealed class PairFinder : Finder
{
    private readonly byte[] needle;
    private readonly byte[] foldMask;
    private readonly int first;
    private readonly int second;

    /// <param name="sets">Each one byte, or both cases of a letter.</param>
    public PairFinder(ByteSet[] sets)
    {
        needle = new byte[sets.Length];
        foldMask = new byte[sets.Length];
        for (var i = 0; i < sets.Length; i++)
        {
            // Or-ing 0x20 makes both cases of a letter the lower one, and nothing else.
            foldMask[i] = (byte)(sets[i].Count == 2 ? 0x20 : 0);
            needle[i] = (byte)(Lowest(sets[i]) | foldMask[i]);
        }

        var byRarity = Enumerable.Range(0, sets.Length).OrderBy(i => sets[i].Likelihood).ToArray();
        first = byRarity[0];
        second = byRarity.Length > 1 ? byRarity[1] : first;
    }

    public static bool Suits(ByteSet[] sets) => sets.All(set => set.Count == 1 || (set.Count == 2 && set == ByteSet.Of(Lowest(set)).FoldCase()));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override int Find(ReadOnlySpan<byte> text, int from)
    {
        var last = text.Length - needle.Length;
        if (last < from)
        {
            return -1;
        }

        ref var start = ref MemoryMarshal.GetReference(text);
        var at = from;
        if (Vector256.IsHardwareAccelerated && last - from >= Vector256<byte>.Count)
        {
            var firstByte = Vector256.Create(needle[first]);
            var secondByte = Vector256.Create(needle[second]);
            var firstMask = Vector256.Create(foldMask[first]);
            var secondMask = Vector256.Create(foldMask[second]);
            ref var atFirst = ref Unsafe.Add(ref start, first);
            ref var atSecond = ref Unsafe.Add(ref start, second);
            var end = last - Vector256<byte>.Count + 1;
            while (true)
            {
                // Two vectors a turn; the end is covered by stepping back, not by a loop of its own.
                if (at <= end - Vector256<byte>.Count)
                {
                    var low = Vector256.Equals(Vector256.LoadUnsafe(ref atFirst, (nuint)at) | firstMask, firstByte)
                        & Vector256.Equals(Vector256.LoadUnsafe(ref atSecond, (nuint)at) | secondMask, secondByte);
                    var high = Vector256.Equals(Vector256.LoadUnsafe(ref atFirst, (nuint)at + 32) | firstMask, firstByte)
                        & Vector256.Equals(Vector256.LoadUnsafe(ref atSecond, (nuint)at + 32) | secondMask, secondByte);
                    if ((low | high) != Vector256<byte>.Zero)
                    {
                        var found = Check(text, low.ExtractMostSignificantBits() | ((ulong)high.ExtractMostSignificantBits() << 32), at);
                        if (found >= 0)
                        {
                            return found;
                        }
                    }

                    at += 2 * Vector256<byte>.Count;
                }
                else
                {
                    var equal = Vector256.Equals(Vector256.LoadUnsafe(ref atFirst, (nuint)at) | firstMask, firstByte)
                        & Vector256.Equals(Vector256.LoadUnsafe(ref atSecond, (nuint)at) | secondMask, secondByte);
                    var found = Check(text, equal.ExtractMostSignificantBits(), at);
                    if (found >= 0)
                    {
                        return found;
                    }

                    at += Vector256<byte>.Count;
                }

                if (at > last)
                {
                    return -1;
                }

                at = Math.Min(at, end);
            }
        }

        for (; at <= last; at++)
        {
            if (IsAt(ref start, at))
            {
                return at;
            }
        }

        return -1;
    }

    private int Check(ReadOnlySpan<byte> text, ulong mask, int at)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        while (mask != 0)
        {
            var place = at + BitOperations.TrailingZeroCount(mask);
            if (IsAt(ref start, place))
            {
                return place;
            }

            mask &= mask - 1;
        }

        return -1;
    }

    private bool IsAt(ref byte start, int place)
    {
        ref var candidate = ref Unsafe.Add(ref start, place);
        for (var i = 0; i < needle.Length; i++)
        {
            if ((Unsafe.Add(ref candidate, i) | foldMask[i]) != needle[i])
            {
                return false;
            }
        }

        return true;
    }

    private static byte Lowest(ByteSet set)
    {
        for (var value = 0; ; value++)
        {
            if (set.Contains((byte)value))
            {
                return (byte)value;
            }
        }
    }
}
