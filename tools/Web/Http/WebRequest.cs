using System.Net.Http.Headers;

namespace Agent.Tools.Web.Http;

/// <summary>Adds what must stay secret to a request, at the last moment.</summary>
internal interface ICredential
{
    /// <summary>Adds the secrets.</summary>
    /// <param name="message">The request, about to be sent to the host the secrets are for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>A task that completes when they are added.</returns>
    /// <exception cref="RequestException">They are missing or cannot be had.</exception>
    ValueTask ApplyAsync(HttpRequestMessage message, CancellationToken cancellationToken);

    /// <summary>The secrets in every form in which they may come back, to be taken out of answers.</summary>
    IEnumerable<string> Secrets { get; }

    /// <summary>Forgets what was got for the secrets, such as a token, because a service refused it.</summary>
    /// <returns>Whether there is something new to try.</returns>
    bool Renew();
}

/// <summary>A request as it may be shown to anybody; secrets are added when it is sent.</summary>
internal sealed record WebRequest
{
    public required HttpMethod Method { get; init; }

    public required Uri Url { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body; null for none.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    public string? ContentType { get; init; }

    public ICredential? Credential { get; init; }

    /// <summary>How much of the answer is read, in bytes; null takes the client's limit.</summary>
    public int? MaxBytes { get; init; }

    /// <summary>Asked before a redirect is followed; refuses by throwing. Null follows all that the rules allow.</summary>
    public Func<Uri, CancellationToken, Task>? Robots { get; init; }

    public bool IsSafe => Method == HttpMethod.Get || Method == HttpMethod.Head || Method == HttpMethod.Options || Method.Method == "QUERY";

    public HttpRequestMessage ToMessage(HttpMethod method, Uri url, bool withBody)
    {
        var message = new HttpRequestMessage(method, url);
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("agent-web", "0.1"));
        if (withBody && Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            if (ContentType is not null)
            {
                message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
            }
        }

        foreach (var (name, value) in Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value) && message.Content is not null)
            {
                message.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return message;
    }
}
