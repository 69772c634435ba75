using System.Collections.Immutable;

namespace Agent;

/// <summary>How far the content of a value may be believed to serve the person, from best to worst.</summary>
public enum Integrity
{
    /// <summary>Said by the person, configured by the operator, or issued by a server the operator trusts for it.</summary>
    Trusted,

    /// <summary>From inside the person's own systems, where others may have written.</summary>
    Internal,

    /// <summary>Anybody may have written it.</summary>
    Untrusted,
}

/// <summary>How closely a value must be kept, from least to most.</summary>
public enum Confidentiality
{
    /// <summary>Anybody may read it.</summary>
    Public,

    /// <summary>For the person's organisation.</summary>
    Internal,

    /// <summary>For the person alone.</summary>
    Private,

    /// <summary>A credential or the like; leaves for nowhere.</summary>
    Secret,
}

/// <summary>
/// What is known of where a value came from and how closely it must be kept. Labels form a lattice;
/// <see cref="Join"/> takes the worse of each part and unites the sources.
/// </summary>
/// <param name="Integrity">How far the content may be believed.</param>
/// <param name="Confidentiality">How closely it must be kept.</param>
/// <param name="Sources">Where it came from, for example <c>user</c>, <c>files.read_file</c>; ordered, without duplicates.</param>
public sealed record Label(Integrity Integrity, Confidentiality Confidentiality, ImmutableSortedSet<string> Sources)
{
    /// <summary>More sources than this are kept as the first ones and the word <c>…</c>, so that a label stays small.</summary>
    public const int MaxSources = 64;

    /// <summary>The label of nothing: trusted, public, from nowhere. Neutral in a join.</summary>
    public static Label Bottom { get; } = new(Integrity.Trusted, Confidentiality.Public, []);

    /// <summary>The label of a value that carries none: untrusted and private, never a pass.</summary>
    public static Label Missing { get; } = new(Integrity.Untrusted, Confidentiality.Private, ["unlabelled"]);

    /// <summary>What the person typed: trusted, and private to them.</summary>
    public static Label User { get; } = new(Integrity.Trusted, Confidentiality.Private, ["user"]);

    /// <summary>Makes a label with one source.</summary>
    /// <param name="integrity">How far the content may be believed.</param>
    /// <param name="confidentiality">How closely it must be kept.</param>
    /// <param name="source">Where it came from.</param>
    /// <returns>The label.</returns>
    public static Label From(Integrity integrity, Confidentiality confidentiality, string source) =>
        new(integrity, confidentiality, [source]);

    /// <summary>The least label that is at least as bad as both.</summary>
    /// <param name="other">The other label; null counts as <see cref="Missing"/>.</param>
    /// <returns>The join.</returns>
    public Label Join(Label? other)
    {
        other ??= Missing;
        if (ReferenceEquals(other, this))
        {
            return this;
        }

        var sources = Sources.Union(other.Sources);
        if (sources.Count > MaxSources)
        {
            sources = [.. sources.Take(MaxSources), "…"];
        }

        return new Label(
            (Integrity)Math.Max((int)Integrity, (int)other.Integrity),
            (Confidentiality)Math.Max((int)Confidentiality, (int)other.Confidentiality),
            sources);
    }

    /// <summary>Whether this label is no worse than <paramref name="other"/> in integrity and confidentiality.</summary>
    /// <param name="other">The label to compare with.</param>
    /// <returns>True where no part is worse.</returns>
    public bool IsAtMost(Label other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Integrity <= other.Integrity && Confidentiality <= other.Confidentiality;
    }

    /// <inheritdoc/>
    public bool Equals(Label? other) =>
        other is not null && Integrity == other.Integrity && Confidentiality == other.Confidentiality && Sources.SetEquals(other.Sources);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Integrity, Confidentiality, Sources.Count);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Integrity.ToString().ToLowerInvariant()}/{Confidentiality.ToString().ToLowerInvariant()} from {string.Join(", ", Sources)}";
}
