using Agent.Models.Discovery;
using Agent.Models.Wire;

namespace Agent.Models.Selection;

/// <summary>Where each provider is reached, and with what key.</summary>
internal static class Endpoints
{
    private static readonly Uri OpenAI = new("https://api.openai.com/v1/");
    private static readonly Uri Anthropic = new("https://api.anthropic.com/");

    /// <summary>The model that a provider is asked for when none is named; null where its server must be asked, or a person must say.</summary>
    public static string? UsualModel(ModelSpec spec) => spec.Provider switch
    {
        Providers.OpenAI when IsOwnService(spec) => "gpt-5-mini",
        Providers.Anthropic when IsOwnService(spec) => "claude-sonnet-5-5",
        _ => null,
    };

    /// <summary>Whether an address is OpenAI's own.</summary>
    public static bool IsOpenAI(Uri address) => address.Host.EndsWith("openai.com", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a model runs at the provider's own service and not on a server that only speaks its protocol.</summary>
    public static bool IsOwnService(ModelSpec spec) => spec.Provider switch
    {
        Providers.Azure or Providers.Bedrock => true,
        Providers.OpenAI => spec.Options.Endpoint is not { Length: > 0 } endpoint || (Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && IsOpenAI(address)),
        Providers.Anthropic => spec.Options.Endpoint is not { Length: > 0 } endpoint || endpoint.Contains("anthropic.com", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    /// <summary>The endpoint of a model.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <exception cref="ModelException">Something that is needed is not set.</exception>
    public static ModelEndpoint Of(ModelSpec spec, Func<string, string?> environment)
    {
        var model = spec.Options;
        var variable = model.ApiKeyVariable ?? spec.Provider switch
        {
            Providers.OpenAI => "OPENAI_API_KEY",
            Providers.Azure => "AZURE_OPENAI_API_KEY",
            Providers.Anthropic => "ANTHROPIC_API_KEY",
            Providers.Bedrock => "AWS_BEARER_TOKEN_BEDROCK",
            _ => "OLLAMA_API_KEY",
        };
        var key = Value(model.ApiKey) ?? Value(environment(variable));
        var name = spec.Name ?? UsualModel(spec) ?? string.Empty;
        var address = Address(spec, name, environment);
        if (key is null && spec.Provider is Providers.OpenAI or Providers.Anthropic && address.Host is "api.openai.com" or "api.anthropic.com")
        {
            throw new ModelException(ModelErrorKind.Unauthorized, $"{spec.Provider} wants a key and none is set; set {variable}, or models:endpoint to a server of your own.");
        }

        return new ModelEndpoint(address, name, key, model.ApiKeyVariable is null ? $"{variable} or models:apiKey" : variable, model.Headers);
    }

    /// <summary>The AWS region of a model; null where none is set.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public static string? Region(ModelSpec spec, Func<string, string?> environment) =>
        Value(spec.Options.Region) ?? Value(environment("AWS_REGION")) ?? Value(environment("AWS_DEFAULT_REGION"));

    private static Uri Address(ModelSpec spec, string name, Func<string, string?> environment)
    {
        var given = Value(spec.Options.Endpoint);
        switch (spec.Provider)
        {
            case Providers.OpenAI:
                given ??= Value(environment("OPENAI_BASE_URL"));
                return given is null ? OpenAI : WithPath(given, "v1/");
            case Providers.Anthropic:
                given ??= Value(environment("ANTHROPIC_BASE_URL"));
                return given is null ? Anthropic : Root(given, "/v1");
            case Providers.Ollama:
                return given is null ? OllamaFinder.Address(environment) : Root(given, "/v1", "/api");
            case Providers.Azure:
                given ??= Value(environment("AZURE_OPENAI_ENDPOINT"))
                    ?? throw new ModelException(ModelErrorKind.BadRequest, "An Azure OpenAI model needs the address of its resource; set models:endpoint, for example to https://NAME.openai.azure.com.");
                if (name.Length == 0)
                {
                    throw new ModelException(ModelErrorKind.BadRequest, "An Azure OpenAI model is addressed by its deployment; set models:name to the deployment's name.");
                }

                return WithPath(given, spec.Options.ApiVersion is null ? "openai/v1/" : $"openai/deployments/{Uri.EscapeDataString(name)}/");
            default:
                if (name.Length == 0)
                {
                    throw new ModelException(ModelErrorKind.BadRequest, "A Bedrock model has no usual name; set models:name, for example to amazon.nova-lite-v1:0.");
                }

                return given is not null ? Root(given)
                    : Region(spec, environment) is { } region ? new Uri($"https://bedrock-runtime.{region}.amazonaws.com/")
                    : throw new ModelException(ModelErrorKind.BadRequest, "Bedrock needs a region; set models:region or AWS_REGION.");
        }
    }

    /// <summary>An address; where it has no path, the usual one.</summary>
    private static Uri WithPath(string endpoint, string usual)
    {
        var address = Root(endpoint);
        return address.AbsolutePath == "/" ? new Uri(address, usual) : address;
    }

    private static Uri Root(string endpoint, params ReadOnlySpan<string> endings)
    {
        var text = endpoint.TrimEnd('/');
        foreach (var ending in endings)
        {
            if (text.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                text = text[..^ending.Length];
            }
        }

        return Uri.TryCreate(text + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new ModelException(ModelErrorKind.BadRequest, $"The model's endpoint '{endpoint}' is no address; write it like http://127.0.0.1:8080/v1.");
    }

    private static string? Value(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
