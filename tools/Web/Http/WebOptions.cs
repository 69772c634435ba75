using System.Text.Json.Serialization;

namespace Agent.Tools.Web.Http;

/// <summary>The server's settings: the section <c>web</c> of its configuration file.</summary>
internal sealed record WebOptions
{
    /// <summary>Hosts that pages and requests may go to, <c>*.example.com</c> for all below one; empty for every public host.</summary>
    public IReadOnlyList<string> AllowHosts { get; init; } = [];

    /// <summary>Hosts that nothing goes to.</summary>
    public IReadOnlyList<string> DenyHosts { get; init; } = [];

    /// <summary>Hosts on this machine or a private network (<c>host</c> or <c>host:port</c>) that pages and requests may go to all the same.</summary>
    public IReadOnlyList<string> AllowPrivateHosts { get; init; } = [];

    /// <summary>Ports that may be reached.</summary>
    public IReadOnlyList<int> Ports { get; init; } = [80, 443];

    /// <summary>The largest answer, in bytes after decompression.</summary>
    public int MaxBytes { get; init; } = 10 << 20;

    /// <summary>How long a request may take with all its redirects and repetitions, in seconds.</summary>
    public double TimeoutSeconds { get; init; } = 30;

    /// <summary>How many redirects are followed.</summary>
    public int MaxRedirects { get; init; } = 5;

    /// <summary>How many requests a second go to one host.</summary>
    public double RequestsPerSecond { get; init; } = 5;

    /// <summary>How many requests may go to one host at once before the rate counts.</summary>
    public int Burst { get; init; } = 10;

    /// <summary>How often a request that is safe to repeat is sent again.</summary>
    public int Retries { get; init; } = 2;

    /// <summary>Whether pages are read only where robots.txt allows it.</summary>
    public bool Robots { get; init; } = true;

    /// <summary>Settings of APIs, by the name given with <c>--api</c>.</summary>
    public IReadOnlyDictionary<string, Apis.ApiOptions> Apis { get; init; } = new Dictionary<string, Apis.ApiOptions>();
}

/// <summary>Reads settings.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowTrailingCommas = true, RespectNullableAnnotations = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(WebOptions))]
internal sealed partial class WebOptionsJson : JsonSerializerContext;
