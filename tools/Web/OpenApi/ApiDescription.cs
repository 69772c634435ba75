namespace Agent.Tools.Web.OpenApi;

/// <summary>What an OpenAPI document says, in one form for all versions.</summary>
internal sealed record ApiDescription
{
    public required string Title { get; init; }

    public string? Description { get; init; }

    /// <summary>The operations that are sound, in the order of the document.</summary>
    public required IReadOnlyList<ApiOperation> Operations { get; init; }

    /// <summary>Security schemes by name.</summary>
    public required IReadOnlyDictionary<string, SecurityScheme> SecuritySchemes { get; init; }

    /// <summary>What was left out or mended, and why: one sentence each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}

/// <summary>One operation.</summary>
internal sealed record ApiOperation
{
    /// <summary>Its name within the document: unique, of letters, digits, <c>_</c> and <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Upper case.</summary>
    public required string Method { get; init; }

    /// <summary>The path template, with a leading slash.</summary>
    public required string Path { get; init; }

    public string? Summary { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool Deprecated { get; init; }

    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    public ApiBody? Body { get; init; }

    /// <summary>The schema of a successful answer in JSON; null where the document has none. Looked for when it is needed: a large document has thousands.</summary>
    public SpecNode? Result => LazyResult?.Value;

    /// <summary>Looks for <see cref="Result"/>.</summary>
    public Lazy<SpecNode?>? LazyResult { get; init; }

    /// <summary>Where it can be called, the document's first choice first; relative addresses are resolved already.</summary>
    public IReadOnlyList<ApiServer> Servers { get; init; } = [];

    /// <summary>Alternatives, each a set of schemes that are all needed; empty where nothing is needed.</summary>
    public IReadOnlyList<IReadOnlyList<SecurityNeed>> Security { get; init; } = [];

    public bool IsSafe => Method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "QUERY";

    public bool IsIdempotent => IsSafe || Method is "PUT" or "DELETE";
}

/// <summary>A base address, its variables not filled in yet.</summary>
/// <param name="Template">The address, with <c>{variables}</c>.</param>
/// <param name="Variables">The variables' defaults.</param>
internal sealed record ApiServer(string Template, IReadOnlyDictionary<string, string> Variables);

/// <summary>A scheme that an operation needs.</summary>
/// <param name="Scheme">Its name in the document.</param>
/// <param name="Scopes">OAuth scopes.</param>
internal sealed record SecurityNeed(string Scheme, IReadOnlyList<string> Scopes);

internal enum ParameterPlace
{
    Path,
    Query,
    Header,
    Cookie,
}

internal enum ParameterStyle
{
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    TabDelimited,
    DeepObject,

    /// <summary>The value is written as JSON, because the document gives the parameter a media type and no style.</summary>
    Json,
}

/// <summary>A parameter.</summary>
internal sealed record ApiParameter
{
    /// <summary>Its name on the wire.</summary>
    public required string Name { get; init; }

    /// <summary>Its name as an argument: unique within the operation and legal for every model provider.</summary>
    public required string Argument { get; init; }

    public required ParameterPlace Place { get; init; }

    public bool Required { get; init; }

    public ParameterStyle Style { get; init; }

    public bool Explode { get; init; }

    public bool AllowReserved { get; init; }

    public string? Description { get; init; }

    public required SpecNode? Schema { get; init; }
}

/// <summary>A request body.</summary>
internal sealed record ApiBody
{
    /// <summary>Its name as an argument.</summary>
    public required string Argument { get; init; }

    public bool Required { get; init; }

    public string? Description { get; init; }

    /// <summary>The media type that is sent.</summary>
    public required string ContentType { get; init; }

    public SpecNode? Schema { get; init; }

    /// <summary>The <c>encoding</c> object of OpenAPI 3 for forms; null where there is none.</summary>
    public SpecNode? Encoding { get; init; }

    /// <summary>The fields of a Swagger 2.0 form, which are parameters there; empty otherwise.</summary>
    public IReadOnlyList<ApiParameter> Fields { get; init; } = [];

    public bool IsJson => MediaTypes.IsJson(ContentType);

    public bool IsForm => MediaTypes.Is(ContentType, "application/x-www-form-urlencoded");

    public bool IsMultipart => ContentType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase);
}

internal enum SecurityKind
{
    ApiKey,
    Bearer,
    Basic,
    OAuth2,

    /// <summary>Something that we cannot do, such as mutual TLS.</summary>
    Other,
}

/// <summary>A way to authenticate.</summary>
/// <param name="Name">Its name in the document.</param>
/// <param name="Kind">What it is.</param>
internal sealed record SecurityScheme(string Name, SecurityKind Kind)
{
    /// <summary>Where an API key goes.</summary>
    public ParameterPlace Place { get; init; } = ParameterPlace.Header;

    /// <summary>What the API key's header, query parameter or cookie is called.</summary>
    public string KeyName { get; init; } = "Authorization";

    /// <summary>Where a client gets a token, for OAuth 2.0; null where the document gives no flow that needs no person.</summary>
    public string? TokenUrl { get; init; }

    /// <summary>Where a token is refreshed; null where that is the token's address.</summary>
    public string? RefreshUrl { get; init; }
}
