namespace Agent.Tools.Web.Apis;

/// <summary>How the operations of an API are offered.</summary>
internal enum OfferMode
{
    /// <summary>As tools of their own where there are few, else by search.</summary>
    Auto,

    /// <summary>One tool for each.</summary>
    Tools,

    /// <summary><c>search_operations</c> and <c>call_operation</c>.</summary>
    Search,
}

/// <summary>Settings of one API.</summary>
internal sealed record ApiOptions
{
    /// <summary>The base address to call instead of the one that the document names.</summary>
    public string? Server { get; init; }

    /// <summary>Values of server variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>How operations are offered.</summary>
    public OfferMode Mode { get; init; } = OfferMode.Auto;

    /// <summary>Up to how many operations each is a tool of its own.</summary>
    public int MaxTools { get; init; } = 40;

    /// <summary>Only operations with one of these tags; empty for all.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Only operations with one of these methods; empty for all.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Only operations whose path matches one of these, <c>*</c> for anything within a segment and <c>**</c> for anything; empty for all.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Other hosts that the document's references may be loaded from.</summary>
    public IReadOnlyList<string> ReferenceHosts { get; init; } = [];

    /// <summary>Headers sent with every call, for example a version; nothing secret.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Secrets by the name of their security scheme.</summary>
    public IReadOnlyDictionary<string, SecretOptions> Security { get; init; } = new Dictionary<string, SecretOptions>();

    /// <summary>Corrections of what the methods say about operations, by operation name.</summary>
    public IReadOnlyDictionary<string, AnnotationOptions> Annotations { get; init; } = new Dictionary<string, AnnotationOptions>();

    /// <summary>The most items of a list that one answer shows.</summary>
    public int MaxItems { get; init; } = 100;

    /// <summary>The most characters that one answer shows.</summary>
    public int MaxCharacters { get; init; } = 30_000;
}

/// <summary>Where a secret is kept. Exactly one of the two places is named for each part.</summary>
internal sealed record SecretOptions
{
    /// <summary>The environment variable that holds the key or token.</summary>
    public string? Env { get; init; }

    /// <summary>The file that holds the key or token.</summary>
    public string? File { get; init; }

    /// <summary>The environment variable that holds the user name or client id.</summary>
    public string? UserEnv { get; init; }

    /// <summary>The user name or client id itself, which is no secret.</summary>
    public string? User { get; init; }

    /// <summary>The environment variable that holds an OAuth refresh token.</summary>
    public string? RefreshEnv { get; init; }

    /// <summary>The file that holds an OAuth refresh token.</summary>
    public string? RefreshFile { get; init; }

    /// <summary>Where tokens are got, instead of where the document says.</summary>
    public string? TokenUrl { get; init; }

    /// <summary>OAuth scopes, instead of those that the operation names.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];
}

/// <summary>What an operation really is, where its method misleads.</summary>
internal sealed record AnnotationOptions
{
    public bool? ReadOnly { get; init; }

    public bool? Destructive { get; init; }

    public bool? Idempotent { get; init; }
}
