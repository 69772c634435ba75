using System.Text;

namespace Agent.Tools.Files.Scanning;

/// <summary>
/// What every match of a pattern must contain: at least one of some short sequences of byte sets. From a literal it is the literal,
/// from <c>(readOnly|destructive)Hint</c> two literals, from <c>[A-Z][0-9]{3}</c> one sequence of four sets.
/// It is what a vector search and the index look for before the regular expression is asked.
/// </summary>
internal sealed partial class RequiredBytes
{
    private const int MaxAlternatives = 64;
    private const int MaxLength = 32;

    /// <summary>The sequences; at least one, none empty.</summary>
    public required IReadOnlyList<ByteSet[]> Sequences { get; init; }

    /// <summary>Whether finding a sequence is a match, so that nothing else need be asked.</summary>
    public bool IsWholePattern { get; init; }

    /// <summary>How likely a place in a text is a false candidate; the smaller, the better the filter.</summary>
    public double Likelihood { get; init; }

    /// <summary>Of a literal.</summary>
    public static RequiredBytes? FromLiteral(string literal, bool ignoreCase)
    {
        var sets = new List<ByteSet>();
        foreach (var value in Encoding.UTF8.GetBytes(literal))
        {
            if (ignoreCase && value >= 0x80)
            {
                return null;
            }

            sets.Add(ignoreCase ? ByteSet.Of(value).FoldCase() : ByteSet.Of(value));
        }

        return new RequiredBytes { Sequences = [[.. sets]], IsWholePattern = true, Likelihood = Score([[.. sets]]) };
    }

    /// <summary>Of a regular expression in .NET's syntax; null where nothing can be said.</summary>
    public static RequiredBytes? FromRegex(string pattern, bool ignoreCase)
    {
        var part = new Reader(pattern, ignoreCase).ReadAll();
        if (part is null)
        {
            return null;
        }

        var best = part.Best;
        return best is null ? null : new RequiredBytes
        {
            Sequences = best,
            IsWholePattern = part.Exact == best && !part.HasAssertions && part.Sequences.All(sequence => !sequence.Open),
            Likelihood = Score(best),
        };
    }

    private static double Score(IReadOnlyList<ByteSet[]> sequences) => sequences.Sum(WindowLikelihood);

    private static double WindowLikelihood(ByteSet[] sets)
    {
        var best = 1.0;
        for (var start = 0; start == 0 || start + 3 <= sets.Length; start++)
        {
            var product = 1.0;
            for (var i = start; i < Math.Min(start + 3, sets.Length); i++)
            {
                product *= sets[i].Likelihood;
            }

            best = Math.Min(best, product);
        }

        return best;
    }

    // Open: the match goes on after it in a way not told here.
    private readonly record struct Sequence(ByteSet[] Sets, bool Open);

    private sealed class Part
    {
        /// <summary>All the texts it can match, cut where open; null where there are too many.</summary>
        public List<Sequence>? All { get; init; }

        public IReadOnlyList<Sequence> Sequences => All ?? [];

        public IReadOnlyList<ByteSet[]>? Exact { get; init; }

        public IReadOnlyList<ByteSet[]>? Best { get; init; }

        public bool HasAssertions { get; init; }

        public static Part Unknown(bool assertions = false) => new() { HasAssertions = assertions };

        public static Part Of(List<Sequence> all, bool assertions, IReadOnlyList<ByteSet[]>? inner = null)
        {
            IReadOnlyList<ByteSet[]>? exact = all.Count > 0 && all.All(sequence => sequence.Sets.Length > 0)
                ? [.. all.Select(sequence => sequence.Sets)]
                : null;
            return new Part { All = all, Exact = exact, Best = Better(exact, inner), HasAssertions = assertions };
        }

        public static IReadOnlyList<ByteSet[]>? Better(IReadOnlyList<ByteSet[]>? x, IReadOnlyList<ByteSet[]>? y) =>
            x is null ? y : y is null || Score(x) <= Score(y) ? x : y;
    }
}
