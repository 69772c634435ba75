using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agent.StreamableHttp.Authentication;

/// <summary>Which issuer's tokens are accepted, and for what.</summary>
public sealed record IssuerOptions
{
    /// <summary>The authorization server, for example <c>https://login.example.com/</c>.</summary>
    public required Uri Issuer { get; init; }

    /// <summary>What a token's audience must be; null takes the endpoint's own address.</summary>
    public string? Audience { get; init; }

    /// <summary>Scopes a token must have, each of them.</summary>
    public IReadOnlyList<string> RequiredScopes { get; init; } = [];
}

/// <summary>
/// Accepts signed tokens (JWT, RFC 9068) of one issuer. Its keys are read from its metadata (RFC 8414 or OpenID discovery) and
/// kept for a while. Only asymmetric algorithms are understood, so that neither <c>none</c> nor a key used as a secret passes.
/// </summary>
public sealed class IssuerTokens : IBearerAuthenticator, IDisposable
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan RefetchPause = TimeSpan.FromSeconds(30);
    private const int MaxTokenLength = 16 * 1024;
    private const int MaxDocument = 256 * 1024;

    private readonly IssuerOptions options;
    private readonly HttpClient http;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim fetching = new(1, 1);
    private FrozenDictionary<string, VerificationKey> keys = FrozenDictionary<string, VerificationKey>.Empty;
    private DateTimeOffset fetchedAt = DateTimeOffset.MinValue;

    /// <summary>Makes the authenticator; the issuer is asked when the first token comes.</summary>
    /// <param name="options">The issuer.</param>
    /// <param name="http">Fetches its documents; owned by the caller.</param>
    /// <param name="time">The clock.</param>
    public IssuerTokens(IssuerOptions options, HttpClient http, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Issuer.Scheme != Uri.UriSchemeHttps && !options.Issuer.IsLoopback)
        {
            throw new ArgumentException($"The issuer must begin with https://, not '{options.Issuer}'.", nameof(options));
        }

        this.options = options;
        this.http = http;
        this.time = time;
    }

    /// <inheritdoc/>
    public JsonObject? Metadata(Uri resource) => new()
    {
        ["resource"] = options.Audience ?? resource?.AbsoluteUri,
        ["authorization_servers"] = new JsonArray(JsonValue.Create(options.Issuer.AbsoluteUri)),
        ["bearer_methods_supported"] = new JsonArray(JsonValue.Create("header")),
        ["scopes_supported"] = new JsonArray([.. options.RequiredScopes.Select(scope => JsonValue.Create(scope))]),
    };

    /// <inheritdoc/>
    public async ValueTask<BearerResult> AuthenticateAsync(string? token, Uri resource, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (token is null)
        {
            return BearerResult.Refuse(null, "Sign in at the authorization server that the resource metadata names.");
        }

        try
        {
            return await CheckAsync(token, resource, cancellationToken);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or CryptographicException or InvalidOperationException or KeyNotFoundException)
        {
            return Invalid("The token is malformed.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Without the keys nothing can be checked, so nobody is let in.
            return Invalid("The token cannot be checked, because its issuer does not answer.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => fetching.Dispose();

    private async ValueTask<BearerResult> CheckAsync(string token, Uri resource, CancellationToken cancellationToken)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || token.Length > MaxTokenLength)
        {
            return Invalid("The token is malformed.");
        }

        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
        var algorithm = header.RootElement.GetProperty("alg").GetString() ?? string.Empty;
        var kid = header.RootElement.TryGetProperty("kid", out var id) ? id.GetString() ?? string.Empty : string.Empty;
        if (await KeyAsync(kid, cancellationToken) is not { } key
            || !key.Verifies(algorithm, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2])))
        {
            return Invalid("The token's signature is not the issuer's.");
        }

        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        var claims = payload.RootElement;
        var now = time.GetUtcNow();
        if (Text(claims, "iss")?.TrimEnd('/') != options.Issuer.AbsoluteUri.TrimEnd('/'))
        {
            return Invalid("The token is another issuer's.");
        }

        var audience = options.Audience ?? resource.AbsoluteUri;
        if (!Values(claims, "aud").Any(value => value.TrimEnd('/') == audience.TrimEnd('/')))
        {
            return Invalid("The token is for another audience.");
        }

        if (!claims.TryGetProperty("exp", out var expiry) || DateTimeOffset.FromUnixTimeSeconds(expiry.GetInt64()) + Skew < now)
        {
            return Invalid("The token has expired.");
        }

        if (claims.TryGetProperty("nbf", out var begin) && DateTimeOffset.FromUnixTimeSeconds(begin.GetInt64()) - Skew > now)
        {
            return Invalid("The token is not valid yet.");
        }

        if (Text(claims, "sub") is not { Length: > 0 } subject)
        {
            return Invalid("The token names nobody.");
        }

        var scopes = (Text(claims, "scope") ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries).Concat(Values(claims, "scp")).ToHashSet(StringComparer.Ordinal);
        return options.RequiredScopes.All(scopes.Contains)
            ? BearerResult.Accept(subject)
            : BearerResult.Refuse("insufficient_scope", $"The token lacks a scope; needed are: {string.Join(' ', options.RequiredScopes)}.");
    }

    private async ValueTask<VerificationKey?> KeyAsync(string kid, CancellationToken cancellationToken)
    {
        var age = time.GetUtcNow() - fetchedAt;
        if (age < KeyLifetime && (keys.TryGetValue(kid, out var known) || age < RefetchPause))
        {
            return known;
        }

        await fetching.WaitAsync(cancellationToken);
        try
        {
            age = time.GetUtcNow() - fetchedAt;
            if (age >= KeyLifetime || (!keys.ContainsKey(kid) && age >= RefetchPause))
            {
                keys = await FetchKeysAsync(cancellationToken);
                fetchedAt = time.GetUtcNow();
            }
        }
        finally
        {
            fetching.Release();
        }

        return keys.GetValueOrDefault(kid);
    }

    private async Task<FrozenDictionary<string, VerificationKey>> FetchKeysAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        var root = options.Issuer.GetLeftPart(UriPartial.Authority);
        var path = options.Issuer.AbsolutePath.TrimEnd('/');
        foreach (var address in new[] { $"{root}/.well-known/oauth-authorization-server{path}", $"{root}{path}/.well-known/openid-configuration" })
        {
            if (await ReadAsync(address, patience.Token) is not { } metadata)
            {
                continue;
            }

            if (Text(metadata, "issuer")?.TrimEnd('/') == options.Issuer.AbsoluteUri.TrimEnd('/') && Text(metadata, "jwks_uri") is { } keySet
                && await ReadAsync(keySet, patience.Token) is { } set && set.TryGetProperty("keys", out var list))
            {
                return list.EnumerateArray()
                    .Select(VerificationKey.Read)
                    .OfType<VerificationKey>()
                    .DistinctBy(key => key.Id)
                    .ToFrozenDictionary(key => key.Id, StringComparer.Ordinal);
            }
        }

        throw new HttpRequestException("The issuer publishes no keys.");
    }

    private async Task<JsonElement?> ReadAsync(string address, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(new Uri(address), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentLength > MaxDocument)
        {
            return null;
        }

        await response.Content.LoadIntoBufferAsync(MaxDocument, cancellationToken);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return document.RootElement.Clone();
    }

    private static BearerResult Invalid(string message) => BearerResult.Refuse("invalid_token", message);

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<string> Values(JsonElement claims, string name) =>
        !claims.TryGetProperty(name, out var value) ? []
        : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : [];
}
