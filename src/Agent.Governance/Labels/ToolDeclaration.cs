using System.IO.Enumeration;

namespace Agent.Governance.Labels;

/// <summary>What the operator says of a tool. Everything left out takes the careful value.</summary>
internal sealed record ToolDeclaration
{
    /// <summary>A tool nobody declared: it writes, carries data out, and every argument matters.</summary>
    public static ToolDeclaration Undeclared { get; } = new() { Pattern = "*" };

    /// <summary>The tools it speaks of: <c>server.name</c>, with <c>*</c> and <c>?</c>.</summary>
    public required string Pattern { get; init; }

    /// <summary>The members that were written, by their names in the configuration.</summary>
    public IReadOnlySet<string> Written { get; init; } = new HashSet<string>();

    /// <summary>What a call may do; null where the server's hints say it (only for servers the operator vouches for).</summary>
    public ToolEffects? Effects { get; init; }

    /// <summary>Whether the server's hints are believed where <see cref="Effects"/> is left out.</summary>
    public bool TrustHints { get; init; }

    /// <summary>The arguments that decide what is affected; null for every one.</summary>
    public IReadOnlyList<FieldPath>? Critical { get; init; }

    /// <summary>The most confidential thing it may carry out to where the operator configured it to go.</summary>
    public Confidentiality Carries { get; init; } = Confidentiality.Public;

    /// <summary>How far its results may be believed.</summary>
    public Integrity Integrity { get; init; } = Integrity.Untrusted;

    /// <summary>How closely its results must be kept.</summary>
    public Confidentiality Confidentiality { get; init; } = Confidentiality.Private;

    /// <summary>Its results are computed from its arguments alone: their label is the join of what went in.</summary>
    public bool Transforms { get; init; }

    /// <summary>Fields of its results that are believed otherwise than the rest.</summary>
    public IReadOnlyList<FieldLabel> Fields { get; init; } = [];

    /// <summary>Whether it can be asked what it would do (<c>agent/preview</c>).</summary>
    public bool Preview { get; init; }

    /// <summary>Whether it can be asked what a call of it is (<c>agent/classify</c>), and its answer is believed.</summary>
    public bool Classify { get; init; }

    /// <summary>Arguments that are paths.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Arguments that are addresses.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>The argument that is an HTTP method; null where there is none.</summary>
    public string? Method { get; init; }

    /// <summary>Where SQL statements stand in the arguments.</summary>
    public IReadOnlyList<FieldPath> Statement { get; init; } = [];

    /// <summary>Arguments that name something which keeps what is written to it (a file, a table), so that a later read gets its label.</summary>
    public IReadOnlyList<string> Stores { get; init; } = [];

    /// <summary>Places in the arguments or the result that name what was read.</summary>
    public IReadOnlyList<FieldPath> Loads { get; init; } = [];

    /// <summary>The space that <see cref="Stores"/> and <see cref="Loads"/> share, for example <c>files</c>.</summary>
    public string Space { get; init; } = string.Empty;

    /// <summary>This declaration, with what it leaves out taken from another.</summary>
    public ToolDeclaration Over(ToolDeclaration below) => this with
    {
        Written = new HashSet<string>(Written.Concat(below.Written), StringComparer.OrdinalIgnoreCase),
        Effects = Written.Contains("effects") || Written.Contains("trustHints") ? Effects : below.Effects,
        TrustHints = Written.Contains("effects") || Written.Contains("trustHints") ? TrustHints : below.TrustHints,
        Critical = Written.Contains("critical") ? Critical : below.Critical,
        Carries = Written.Contains("carries") ? Carries : below.Carries,
        Integrity = Written.Contains("integrity") ? Integrity : below.Integrity,
        Confidentiality = Written.Contains("confidentiality") ? Confidentiality : below.Confidentiality,
        Transforms = Written.Contains("transforms") ? Transforms : below.Transforms,
        Fields = Written.Contains("fields") ? Fields : below.Fields,
        Preview = Written.Contains("preview") ? Preview : below.Preview,
        Classify = Written.Contains("classify") ? Classify : below.Classify,
        Paths = Written.Contains("paths") ? Paths : below.Paths,
        Urls = Written.Contains("urls") ? Urls : below.Urls,
        Method = Written.Contains("method") ? Method : below.Method,
        Statement = Written.Contains("statement") ? Statement : below.Statement,
        Stores = Written.Contains("stores") ? Stores : below.Stores,
        Loads = Written.Contains("loads") ? Loads : below.Loads,
        Space = Written.Contains("space") ? Space : below.Space,
    };

    public bool Covers(ToolId tool) => FileSystemName.MatchesSimpleExpression(Pattern, tool.ToString(), ignoreCase: false);

    public bool IsCritical(IReadOnlyList<string> place) => Critical is null || Critical.Any(c => c.Names(place));
}

/// <summary>How far one field of a result may be believed.</summary>
/// <param name="Path">The field.</param>
/// <param name="Integrity">How far its text may be believed; null for as far as the rest of the result.</param>
/// <param name="Issued">
/// Whether the server issues the values (ids, account numbers, names of what exists), so that one of them may be named again to the
/// same server. Its text may still hold anything.
/// </param>
internal sealed record FieldLabel(FieldPath Path, Integrity? Integrity, bool Issued);
