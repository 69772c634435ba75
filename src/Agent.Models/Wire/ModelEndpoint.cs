namespace Agent.Models.Wire;

/// <summary>Where a model is reached, and how it is spoken of to a person.</summary>
/// <param name="Address">The base address, ending in <c>/</c>.</param>
/// <param name="Model">The model's name; empty where the server has only one.</param>
/// <param name="ApiKey">The key; null where none is sent.</param>
/// <param name="KeyName">Where a person sets the key, for messages: <c>OPENAI_API_KEY</c>.</param>
/// <param name="Headers">Further headers.</param>
internal sealed record ModelEndpoint(Uri Address, string Model, string? ApiKey, string KeyName, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The address without anything secret, for messages.</summary>
    public string Shown { get; } = Address.GetComponents(UriComponents.Scheme | UriComponents.HostAndPort | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');

    /// <summary>Takes out what must not be read: the key and the values of the headers.</summary>
    public string Redact(string text)
    {
        foreach (var secret in Headers.Values.Append(ApiKey))
        {
            if (secret is { Length: >= 4 })
            {
                text = text.Replace(secret, "[key]", StringComparison.Ordinal);
            }
        }

        return text;
    }

    /// <summary>Puts the headers and the key on a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="keyHeader">The header that carries the key as it is; null sends it as a bearer token.</param>
    public void Sign(HttpRequestMessage request, string? keyHeader = null)
    {
        if (ApiKey is { } key)
        {
            request.Headers.TryAddWithoutValidation(keyHeader ?? "Authorization", keyHeader is null ? "Bearer " + key : key);
        }

        foreach (var (name, value) in Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>Never the key.</summary>
    public override string ToString() => $"{Model} at {Shown}";
}
