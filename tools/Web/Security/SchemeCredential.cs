using System.Net.Http.Headers;
using System.Text;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Security;

/// <summary>Adds the secrets of security schemes to a request.</summary>
internal sealed class SchemeCredential(IReadOnlyList<SchemePart> parts) : ICredential
{
    /// <summary>The names of the schemes, which may be shown.</summary>
    public IEnumerable<string> Names => parts.Select(p => p.Scheme.Name);

    /// <inheritdoc/>
    public IEnumerable<string> Secrets
    {
        get
        {
            foreach (var part in parts)
            {
                foreach (var secret in SecretsOf(part))
                {
                    yield return secret;
                    yield return Uri.EscapeDataString(secret);
                }
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask ApplyAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        foreach (var part in parts)
        {
            switch (part.Scheme.Kind)
            {
                case SecurityKind.ApiKey:
                    AddKey(message, part.Scheme, SecretSource.Key(part.Scheme.Name, part.Options));
                    break;
                case SecurityKind.Basic:
                    message.Headers.Authorization = new AuthenticationHeaderValue("Basic", BasicValue(part));
                    break;
                case SecurityKind.OAuth2 when part.Token is not null:
                    message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await part.Token.GetAsync(cancellationToken));
                    break;
                default:
                    message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", SecretSource.Key(part.Scheme.Name, part.Options));
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public bool Renew()
    {
        var renewed = false;
        foreach (var part in parts)
        {
            renewed |= part.Token?.Forget() ?? false;
        }

        return renewed;
    }

    private static void AddKey(HttpRequestMessage message, SecurityScheme scheme, string key)
    {
        if (key.Any(char.IsControl))
        {
            throw new RequestException($"The secret for {scheme.Name} is not on one line; an operator has to mend it.", refused: true);
        }

        switch (scheme.Place)
        {
            case ParameterPlace.Query:
                var url = message.RequestUri!;
                var query = url.Query.Length > 1 ? url.Query[1..] + "&" : string.Empty;
                message.RequestUri = new UriBuilder(url) { Query = $"{query}{Uri.EscapeDataString(scheme.KeyName)}={Uri.EscapeDataString(key)}" }.Uri;
                break;
            case ParameterPlace.Cookie:
                var cookies = message.Headers.TryGetValues("Cookie", out var values) ? string.Join("; ", values) + "; " : string.Empty;
                message.Headers.Remove("Cookie");
                message.Headers.TryAddWithoutValidation("Cookie", $"{cookies}{scheme.KeyName}={key}");
                break;
            default:
                message.Headers.Remove(scheme.KeyName);
                message.Headers.TryAddWithoutValidation(scheme.KeyName, key);
                break;
        }
    }

    private static string BasicValue(SchemePart part) => Convert.ToBase64String(Encoding.UTF8.GetBytes(
        $"{SecretSource.User(part.Scheme.Name, part.Options)}:{SecretSource.Key(part.Scheme.Name, part.Options)}"));

    private static IEnumerable<string> SecretsOf(SchemePart part)
    {
        if (part.Token is { } token)
        {
            return token.Secrets;
        }

        try
        {
            var main = SecretSource.Key(part.Scheme.Name, part.Options);
            return part.Scheme.Kind == SecurityKind.Basic ? [main, BasicValue(part)] : [main];
        }
        catch (RequestException)
        {
            // What is not there cannot come back.
            return [];
        }
    }
}
