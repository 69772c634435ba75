namespace Agent.Models.Selection;

/// <summary>
/// Decides which models there are and which one answers: what the configuration says; a key in the environment; an Ollama on its
/// default port; else the offline planner.
/// </summary>
/// <param name="options">The configuration.</param>
/// <param name="environment">Reads an environment variable; null where it is not set.</param>
internal sealed class ModelSelector(ModelsOptions options, Func<string, string?> environment)
{
    public const string DefaultKey = "default";

    /// <summary>The model that answers, where that can be said without looking at the machine; else null.</summary>
    public ModelSpec? Configured()
    {
        if (Value(options.Model) is { } model)
        {
            return Resolve(model, "configured as models:model");
        }

        if (Value(options.Provider) is { } provider)
        {
            return FromOptions(DefaultKey, options, Known(provider), "configured as models:provider");
        }

        if (Value(options.Endpoint) is not null)
        {
            return FromOptions(DefaultKey, options, Providers.OpenAI, "configured as models:endpoint");
        }

        if (Value(options.Name) is not null)
        {
            throw new ModelException(ModelErrorKind.BadRequest, $"models:name is '{options.Name}' but models:provider is not set; set it to one of {string.Join(", ", Providers.All)}.");
        }

        if (Value(environment("OPENAI_API_KEY")) is not null)
        {
            return FromOptions(DefaultKey, options, Providers.OpenAI, "OPENAI_API_KEY is set");
        }

        if (Value(environment("ANTHROPIC_API_KEY")) is not null)
        {
            return FromOptions(DefaultKey, options, Providers.Anthropic, "ANTHROPIC_API_KEY is set");
        }

        return null;
    }

    /// <summary>An Ollama found on this machine.</summary>
    /// <param name="name">The model it has.</param>
    /// <param name="endpoint">Where it answers.</param>
    public static ModelSpec FoundOllama(string name, string endpoint) =>
        new(DefaultKey, Providers.Ollama, name, new ModelOptions { Endpoint = endpoint }, $"an Ollama answers at {endpoint}");

    /// <summary>The model of last resort.</summary>
    public static ModelSpec Offline(string reason) => new(Providers.Offline, Providers.Offline, "planner", new ModelOptions(), reason);

    /// <summary>A model by a name of the configuration or <c>provider/name</c>.</summary>
    /// <exception cref="ModelException">It is neither.</exception>
    public ModelSpec Resolve(string key, string reason)
    {
        if (options.Named.TryGetValue(key, out var named))
        {
            return FromOptions(key, named, Known(Value(named.Provider) ?? (Value(named.Endpoint) is null ? "" : Providers.OpenAI)), reason);
        }

        if (string.Equals(key, Providers.Offline, StringComparison.OrdinalIgnoreCase))
        {
            return Offline(reason);
        }

        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var provider = slash < 0 ? key : key[..slash];
        if (!Providers.All.Contains(provider, StringComparer.OrdinalIgnoreCase))
        {
            var names = options.Named.Keys.Concat(Providers.All.Select(p => p + "/NAME"));
            throw new ModelException(ModelErrorKind.BadRequest, $"There is no model '{key}'; write one of {string.Join(", ", names)}.");
        }

        // The section's own address and key belong to its own provider; they are never taken to another one.
        var own = Value(options.Provider) is not { } p || string.Equals(p, provider, StringComparison.OrdinalIgnoreCase);
        var name = slash < 0 ? null : Value(key[(slash + 1)..]);
        return FromOptions(key, own ? options : new ModelOptions { Endpoint = options.Endpoint }, provider.ToLowerInvariant(), reason, name);
    }

    private static string Known(string provider) => Providers.All.Contains(provider, StringComparer.OrdinalIgnoreCase)
        ? provider.ToLowerInvariant()
        : throw new ModelException(ModelErrorKind.BadRequest, $"There is no provider '{provider}'; models:provider is one of {string.Join(", ", Providers.All)}.");

    private static ModelSpec FromOptions(string key, ModelOptions model, string provider, string reason, string? name = null) =>
        new(key, provider, name ?? (provider == Providers.Offline ? "planner" : Value(model.Name)), model, reason);

    private static string? Value(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
