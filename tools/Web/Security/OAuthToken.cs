using System.Text;
using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Web.Apis;
using Agent.Tools.Web.Http;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Security;

/// <summary>An OAuth 2.0 access token, got with client credentials or a refresh token (RFC 6749, 4.4 and 6) and kept until it expires.</summary>
internal sealed class OAuthToken(
    SecurityScheme scheme, SecretOptions options, IReadOnlyList<string> scopes, Func<WebRequest, CancellationToken, Task<WebResponse>> send, TimeProvider time) : IDisposable
{
    // A token that is about to expire would do so on its way.
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _one = new(1, 1);
    private string? _token;
    private string? _refresh;
    private DateTimeOffset _expires;

    /// <summary>Everything secret about it.</summary>
    public IEnumerable<string> Secrets
    {
        get
        {
            string?[] all = [_token, _refresh, SecretSource.Refresh(options), ClientSecret()];
            return all.OfType<string>();
        }
    }

    /// <summary>The token.</summary>
    /// <exception cref="RequestException">It cannot be had.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_token is null || time.GetUtcNow() >= _expires)
            {
                await FetchAsync(cancellationToken);
            }

            return _token!;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Drops the token, because it was refused.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Forget()
    {
        var had = _token is not null;
        _token = null;
        return had;
    }

    public void Dispose() => _one.Dispose();

    private async Task FetchAsync(CancellationToken cancellationToken)
    {
        var refresh = _refresh ?? SecretSource.Refresh(options);
        var address = options.TokenUrl ?? (refresh is not null ? scheme.RefreshUrl : null) ?? scheme.TokenUrl
            ?? throw Problem("the document names no address for tokens; an operator sets tokenUrl");
        var form = new List<KeyValuePair<string, string>>();
        if (refresh is not null)
        {
            form.Add(new("grant_type", "refresh_token"));
            form.Add(new("refresh_token", refresh));
        }
        else
        {
            form.Add(new("grant_type", "client_credentials"));
        }

        var wanted = options.Scopes.Count > 0 ? options.Scopes : scopes;
        if (wanted.Count > 0)
        {
            form.Add(new("scope", string.Join(' ', wanted)));
        }

        var headers = new List<KeyValuePair<string, string>> { new("Accept", "application/json") };
        if ((options.User ?? options.UserEnv) is not null)
        {
            var id = Uri.EscapeDataString(SecretSource.User(scheme.Name, options));
            var secret = ClientSecret();
            if (secret is null)
            {
                form.Add(new("client_id", SecretSource.User(scheme.Name, options)));
            }
            else
            {
                headers.Add(new("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{Uri.EscapeDataString(secret)}"))));
            }
        }

        using var content = new FormUrlEncodedContent(form);
        var answer = await send(
            new WebRequest
            {
                Method = HttpMethod.Post,
                Url = new Uri(address),
                Headers = headers,
                Body = await content.ReadAsByteArrayAsync(cancellationToken),
                ContentType = "application/x-www-form-urlencoded",
                MaxBytes = 256 * 1024,
            },
            cancellationToken);
        Take(answer, refresh);
    }

    private void Take(WebResponse answer, string? refresh)
    {
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            var root = document.RootElement;
            if (answer.IsSuccess && root.TryGetProperty("access_token", out var token) && token.GetString() is { Length: > 0 } value)
            {
                _token = value;
                var seconds = root.TryGetProperty("expires_in", out var expires) && expires.TryGetDouble(out var given) ? given : 300;
                _expires = time.GetUtcNow() + TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86400 * 30)) - Early;
                if (root.TryGetProperty("refresh_token", out var next) && next.GetString() is { Length: > 0 } rotated && rotated != refresh)
                {
                    _refresh = rotated;
                    Keep(rotated);
                }

                return;
            }

            var error = root.TryGetProperty("error", out var word) && word.ValueKind == JsonValueKind.String ? word.GetString() : null;
            throw Problem($"the token service answered {(int)answer.Status}{(error is { Length: < 60 } ? $" ({error})" : string.Empty)}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Problem($"the token service answered {(int)answer.Status} with something that is no token");
        }
    }

    // A rotated refresh token is the only one that works from now on: lost, a person has to sign in again.
    private void Keep(string token)
    {
        if (options.RefreshFile is not { } file)
        {
            return;
        }

        try
        {
            var temporary = $"{file}.{Guid.NewGuid():N}";
            using (var stream = new FileStream(temporary, PrivateFolder.NewFile))
            {
                stream.Write(Encoding.UTF8.GetBytes(token));
            }

            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Problem("the new refresh token cannot be written to its file");
        }
    }

    private string? ClientSecret() => (options.Env ?? options.File) is null ? null : SecretSource.Key(scheme.Name, options);

    private RequestException Problem(string what) => new($"No access token for {scheme.Name}: {what}.", refused: true);
}
