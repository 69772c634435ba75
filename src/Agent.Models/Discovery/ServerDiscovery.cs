using System.Text.Json;
using Agent.Models.Wire;

namespace Agent.Models.Discovery;

/// <summary>What a server said of itself and a model.</summary>
internal sealed record ServerFacts
{
    /// <summary>Nothing.</summary>
    public static ServerFacts None { get; } = new();

    /// <summary>Which program it is: <c>llamacpp</c>, <c>vllm</c>, <c>ollama</c>, <c>lmstudio</c>; null where it does not say.</summary>
    public string? Program { get; init; }

    /// <summary>The model it would answer with; null where it does not say.</summary>
    public string? Model { get; init; }

    /// <summary>The context it was started with, in tokens.</summary>
    public int? Context { get; init; }

    /// <summary>How many parameters the model has.</summary>
    public double? Parameters { get; init; }

    /// <summary>Whether the model reads images.</summary>
    public bool? Images { get; init; }

    /// <summary>Whether the model calls tools.</summary>
    public bool? Tools { get; init; }
}

/// <summary>Asks a server what it is. Every question may fail; then nothing is known.</summary>
/// <param name="http">The connections.</param>
internal sealed class ServerDiscovery(ModelHttp http)
{
    /// <summary>The context asked of an Ollama where nothing else is configured, in tokens: room for tools and results, and little memory.</summary>
    public const int UsualOllamaContext = 16_384;

    /// <summary>Asks a server of the chat completions protocol: its list of models, then llama.cpp's properties or LM Studio's list.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="cancellationToken">Cancels the questions.</param>
    /// <returns>What it said; null where it did not answer.</returns>
    public async Task<ServerFacts?> AskChatCompletionsAsync(ModelEndpoint endpoint, CancellationToken cancellationToken)
    {
        var list = await GetAsync(endpoint, new Uri(endpoint.Address, "models"), cancellationToken);
        if (list is not { } models)
        {
            return null;
        }

        var entries = models.Items("data").ToList();
        var entry = endpoint.Model.Length > 0
            ? entries.Find(m => m.Text("id") == endpoint.Model || m.Items("aliases").Any(a => a.ValueKind == JsonValueKind.String && a.GetString() == endpoint.Model))
            : entries.FirstOrDefault();
        if (entry.ValueKind != JsonValueKind.Object)
        {
            // A llama.cpp serves its one model under any name.
            entry = entries is [var only] && only.Text("owned_by") == "llamacpp" ? only : default;
        }

        var facts = new ServerFacts
        {
            Program = (entry.ValueKind == JsonValueKind.Object ? entry : entries.FirstOrDefault()).Text("owned_by") switch
            {
                "llamacpp" => "llamacpp",
                "vllm" => "vllm",
                "library" => "ollama",
                "organization_owner" => "lmstudio",
                _ => null,
            },
            Model = entry.Text("id"),

            // vLLM; OpenRouter; Groq; llama.cpp.
            Context = (int?)(entry.Count("max_model_len") ?? entry.Count("context_length") ?? entry.Count("context_window") ?? entry.Get("meta")?.Count("n_ctx")),
            Parameters = entry.Get("meta")?.Count("n_params"),
            Images = entry.Get("architecture")?.Items("input_modalities").Any(m => m.GetString() == "image"),
        };
        return facts.Program switch
        {
            "llamacpp" => await AskLlamaCppAsync(endpoint, facts, cancellationToken),
            "lmstudio" => await AskLmStudioAsync(endpoint, facts, cancellationToken),
            _ => facts,
        };
    }

    /// <summary>Asks an Ollama about a model.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <returns>What it said; null where it did not answer.</returns>
    public async Task<ServerFacts?> AskOllamaAsync(ModelEndpoint endpoint, CancellationToken cancellationToken)
    {
        var model = endpoint.Model;
        if (model.Length == 0)
        {
            var tags = await GetAsync(endpoint, new Uri(endpoint.Address, "api/tags"), cancellationToken);
            if (tags is not { } list)
            {
                return null;
            }

            model = list.Items("models").Select(m => m.Text("model") ?? m.Text("name")).FirstOrDefault(m => m is not null) ?? string.Empty;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint.Address, "api/show")) { Content = Body("model", model) };
        if (await SendAsync(endpoint, request, cancellationToken) is not { } shown)
        {
            return null;
        }

        var capabilities = shown.Items("capabilities").Select(c => c.GetString()).ToHashSet();
        var info = shown.Get("model_info");
        var trained = info?.EnumerateObject().Where(p => p.Name.EndsWith(".context_length", StringComparison.Ordinal) && p.Value.ValueKind == JsonValueKind.Number).Select(p => (int?)p.Value.GetDouble()).FirstOrDefault();
        return new ServerFacts
        {
            Program = "ollama",
            Model = model,

            // What it was trained for is not what it is started with: that is what we ask for with each request.
            Context = ParameterIn(shown.Text("parameters"), "num_ctx") ?? (trained is { } most ? Math.Min(most, UsualOllamaContext) : null),
            Parameters = info?.Count("general.parameter_count") ?? (shown.Get("details")?.Text("parameter_size") is { } size ? Profiles.ProfileTable.SizeIn(size) : null),
            Images = capabilities.Count > 0 ? capabilities.Contains("vision") : null,
            Tools = capabilities.Count > 0 ? capabilities.Contains("tools") : null,
        };
    }

    /// <summary>A JSON body of one text.</summary>
    public static ByteArrayContent Body(string name, string value)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString(name, value);
            json.WriteEndObject();
        }

        var content = new ByteArrayContent(buffer.ToArray());
        content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/json");
        return content;
    }

    /// <summary>A GET whose answer is JSON; null for anything else.</summary>
    public async Task<JsonElement?> GetAsync(ModelEndpoint endpoint, Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await SendAsync(endpoint, request, cancellationToken);
    }

    private async Task<ServerFacts> AskLlamaCppAsync(ModelEndpoint endpoint, ServerFacts facts, CancellationToken cancellationToken)
    {
        if (await GetAsync(endpoint, new Uri(endpoint.Address, "/props"), cancellationToken) is not { } props)
        {
            return facts;
        }

        // What one slot has, which is what a request may fill; the list tells the same or the whole.
        return facts with
        {
            Context = (int?)props.Get("default_generation_settings")?.Count("n_ctx") ?? facts.Context,
            Images = props.Get("modalities")?.Get("vision") is { ValueKind: JsonValueKind.True },
        };
    }

    private async Task<ServerFacts> AskLmStudioAsync(ModelEndpoint endpoint, ServerFacts facts, CancellationToken cancellationToken)
    {
        if (await GetAsync(endpoint, new Uri(endpoint.Address, "/api/v0/models"), cancellationToken) is not { } list)
        {
            return facts;
        }

        var entry = list.Items("data").FirstOrDefault(m => m.Text("id") == facts.Model);
        return facts with
        {
            Context = (int?)(entry.Count("loaded_context_length") ?? entry.Count("max_context_length")),
            Images = entry.Text("type") is { } type ? type == "vlm" : null,
        };
    }

    private async Task<JsonElement?> SendAsync(ModelEndpoint endpoint, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        endpoint.Sign(request);
        try
        {
            using var response = await http.SendAsync(request, new ModelErrors(endpoint), cancellationToken);
            await using var body = new SizeLimitedStream(await response.Content.ReadAsStreamAsync(cancellationToken), 16 * 1024 * 1024, () => new IOException("too long"));
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
            return document.RootElement.Clone();
        }
        catch (Exception exception) when (exception is ModelException or HttpRequestException or IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>A line such as <c>num_ctx    8192</c> of a model file.</summary>
    private static int? ParameterIn(string? parameters, string name)
    {
        foreach (var line in (parameters ?? string.Empty).Split('\n'))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words is [var key, var value] && key == name && int.TryParse(value, out var number))
            {
                return number;
            }
        }

        return null;
    }
}
