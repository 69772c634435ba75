using System.Collections.Concurrent;
using Agent.Tools.Web.Apis;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Security;

/// <summary>The secrets of one API, and which of them an operation needs.</summary>
internal sealed class CredentialStore(
    IReadOnlyDictionary<string, SecurityScheme> schemes, IReadOnlyDictionary<string, SecretOptions> secrets, Func<WebRequest, CancellationToken, Task<WebResponse>> send, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, OAuthToken> _tokens = new(StringComparer.Ordinal);

    /// <summary>What an operation needs, as far as it is configured.</summary>
    /// <param name="operation">The operation.</param>
    /// <returns>The credential; null where nothing is needed or nothing is configured.</returns>
    public ICredential? For(ApiOperation operation)
    {
        foreach (var alternative in operation.Security)
        {
            if (alternative.Count > 0 && alternative.All(need => secrets.ContainsKey(need.Scheme)))
            {
                return new SchemeCredential([.. alternative.Select(Part)]);
            }
        }

        // Many documents describe their schemes and forget to say which operation needs them.
        return operation.Security.Count == 0 && secrets.Keys.FirstOrDefault(schemes.ContainsKey) is { } only && secrets.Count == 1
            ? new SchemeCredential([Part(new SecurityNeed(only, []))])
            : null;
    }

    /// <summary>The schemes that an operation could use and that are not configured, for a person to read.</summary>
    public IReadOnlyList<string> Missing(ApiOperation operation) =>
        [.. operation.Security.SelectMany(alternative => alternative).Select(need => need.Scheme).Distinct().Where(scheme => !secrets.ContainsKey(scheme))];

    private SchemePart Part(SecurityNeed need)
    {
        var options = secrets[need.Scheme];
        var scheme = schemes.GetValueOrDefault(need.Scheme) ?? new SecurityScheme(need.Scheme, SecurityKind.Bearer);
        var token = scheme.Kind == SecurityKind.OAuth2 && (options.UserEnv ?? options.User ?? options.RefreshEnv ?? options.RefreshFile) is not null
            ? _tokens.GetOrAdd(need.Scheme, _ => new OAuthToken(scheme, options, need.Scopes, send, time))
            : null;
        return new SchemePart(scheme, options, token);
    }
}

/// <summary>One scheme with its secret.</summary>
internal sealed record SchemePart(SecurityScheme Scheme, SecretOptions Options, OAuthToken? Token);
