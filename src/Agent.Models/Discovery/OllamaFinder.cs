using Agent.Models.Wire;

namespace Agent.Models.Discovery;

/// <summary>An Ollama that answers.</summary>
/// <param name="Endpoint">Where.</param>
/// <param name="Model">A model of it that calls tools; null where it has none.</param>
internal sealed record FoundOllama(string Endpoint, string? Model);

/// <summary>Looks for an Ollama on this machine, for at most a second, and only when nothing else was configured.</summary>
/// <param name="discovery">Asks servers.</param>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="time">The clock.</param>
internal sealed class OllamaFinder(ServerDiscovery discovery, Func<string, string?> environment, TimeProvider time)
{
    private const int MostAsked = 8;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>The address: <c>OLLAMA_HOST</c> as Ollama reads it, or its default port.</summary>
    public static Uri Address(Func<string, string?> environment)
    {
        var host = environment("OLLAMA_HOST")?.Trim();
        if (string.IsNullOrEmpty(host))
        {
            return new Uri("http://127.0.0.1:11434/");
        }

        if (!host.Contains("://", StringComparison.Ordinal))
        {
            host = "http://" + (host.Contains(':', StringComparison.Ordinal) ? host : host + ":11434");
        }

        // A server is told to listen on every address; a client cannot dial that.
        return Uri.TryCreate(host.Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal).TrimEnd('/') + "/", UriKind.Absolute, out var address)
            ? address
            : new Uri("http://127.0.0.1:11434/");
    }

    /// <summary>Looks.</summary>
    /// <returns>What answers; null for nothing.</returns>
    public async Task<FoundOllama?> FindAsync()
    {
        using var limit = new CancellationTokenSource(Limit, time);
        var address = Address(environment);
        var endpoint = new ModelEndpoint(address, string.Empty, null, string.Empty, new Dictionary<string, string>());
        try
        {
            if (await discovery.GetAsync(endpoint, new Uri(address, "api/tags"), limit.Token) is not { } tags)
            {
                return null;
            }

            foreach (var name in tags.Items("models").Select(m => m.Text("model") ?? m.Text("name")).OfType<string>().Take(MostAsked))
            {
                if (await discovery.AskOllamaAsync(endpoint with { Model = name }, limit.Token) is { Tools: not false })
                {
                    return new FoundOllama(endpoint.Shown, name);
                }
            }

            return new FoundOllama(endpoint.Shown, null);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
