namespace Agent.Tools.Files.Scanning;

/// <summary>A set of bytes.</summary>
internal readonly record struct ByteSet(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>Every byte but the line break, which no match of a line holds.</summary>
    public static ByteSet Any { get; } = new(~(1UL << '\n'), ~0UL, ~0UL, ~0UL);

    /// <summary>Every byte that begins or continues a character beyond ASCII.</summary>
    public static ByteSet NonAscii { get; } = new(0, 0, ~0UL, ~0UL);

    public static ByteSet Of(byte value) => default(ByteSet).With(value);

    public bool Contains(byte value) => (((value >> 6) switch { 0 => A, 1 => B, 2 => C, _ => D }) >> (value & 63) & 1) != 0;

    public ByteSet With(byte value)
    {
        var bit = 1UL << (value & 63);
        return (value >> 6) switch
        {
            0 => this with { A = A | bit },
            1 => this with { B = B | bit },
            2 => this with { C = C | bit },
            _ => this with { D = D | bit },
        };
    }

    public ByteSet Union(ByteSet other) => new(A | other.A, B | other.B, C | other.C, D | other.D);

    public bool IsEmpty => (A | B | C | D) == 0;

    public int Count => System.Numerics.BitOperations.PopCount(A) + System.Numerics.BitOperations.PopCount(B)
        + System.Numerics.BitOperations.PopCount(C) + System.Numerics.BitOperations.PopCount(D);

    /// <summary>With both cases of every ASCII letter in it.</summary>
    public ByteSet FoldCase()
    {
        // 'A' is bit 1 of B, 'a' is bit 33.
        const ulong upper = 0x7fffffeUL;
        return this with { B = B | ((B & upper) << 32) | ((B >> 32) & upper) };
    }

    /// <summary>How likely a byte of source text is in it, from 0 to 1.</summary>
    public double Likelihood
    {
        get
        {
            double sum = 0;
            for (var i = 0; i < 256; i++)
            {
                if (Contains((byte)i))
                {
                    sum += ByteFrequency.Of((byte)i);
                }
            }

            return sum;
        }
    }
}

/// <summary>How often each byte occurs in source text and prose, roughly: what makes one part of a pattern rarer than another.</summary>
internal static class ByteFrequency
{
    // In falling order of frequency; counted over C#, JavaScript, Python, Markdown and XML files.
    private const string Order =
        " etraniosclmudpghyf\n.b_\"v=()/,w;:xk-T0S><IC1P'{}EAR*DqjLMN2ON#FB3zUG4V[]5W68&H97Q\r$@\t!\\KJX|+%?Y`~Z^";

    private static readonly double[] Values = Build();

    public static double Of(byte value) => Values[value];

    private static double[] Build()
    {
        var values = new double[256];
        Array.Fill(values, 0.0001);
        double sum = 0;
        for (var i = 0; i < Order.Length; i++)
        {
            values[Order[i]] = 1.0 / (i + 4);
            sum += values[Order[i]];
        }

        for (var i = 0; i < values.Length; i++)
        {
            values[i] /= sum;
        }

        return values;
    }
}
