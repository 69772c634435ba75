namespace Agent.Tools.Files.Scanning;

/// <summary>Finds places in bytes where a pattern may match, many bytes at a time.</summary>
internal abstract class Finder
{
    /// <summary>
    /// The first place, at or after <paramref name="from"/>, that lies inside an occurrence of a required sequence; -1 where there is none.
    /// Places come in the order of their lines.
    /// </summary>
    public abstract int Find(ReadOnlySpan<byte> text, int from);

    /// <summary>The best finder for what a pattern requires; null where looking for it would stop at every other byte.</summary>
    public static Finder? Create(RequiredBytes? required)
    {
        const double worthwhile = 0.02;
        if (required is null || (!required.IsWholePattern && required.Likelihood > worthwhile))
        {
            return null;
        }

        return required.Sequences is [var only] && PairFinder.Suits(only) ? new PairFinder(only) : new SequenceFinder(required.Sequences);
    }
}
