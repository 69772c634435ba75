using Agent.Models.AnthropicMessages;
using Agent.Models.BedrockConverse;
using Agent.Models.Catalogue;
using Agent.Models.ChatCompletions;
using Agent.Models.Offline;
using Agent.Models.OllamaChat;
using Agent.Models.Prices;
using Agent.Models.Profiles;
using Agent.Models.Selection;
using Agent.Models.SmallModels;
using Agent.Models.TextCalls;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Agent.Models.Discovery;

/// <summary>Makes the client of a model, after its server was asked what it is.</summary>
/// <param name="options">The configuration.</param>
/// <param name="environment">Reads an environment variable.</param>
/// <param name="http">The connections.</param>
/// <param name="offline">The offline planner.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelConnector(
    IOptions<ModelsOptions> options, Func<string, string?> environment, ModelHttp http, OfflinePlannerClient offline, TimeProvider time)
{
    private readonly ServerDiscovery discovery = new(http);
    private readonly Lazy<ModelTable> table = new(() => ModelTable.Load(options.Value.Prices));
    private readonly ProfileTable profiles = new(options.Value.Profiles);

    /// <summary>What is known of a model without asking its server.</summary>
    /// <param name="spec">The model.</param>
    public ModelInfo Known(ModelSpec spec) => Describe(spec, ServerFacts.None);

    /// <summary>Asks the server of a model what it is, and makes the client.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="known">What was known so far.</param>
    /// <param name="cancellationToken">Cancels the questions.</param>
    public async Task<ConnectedModel> ConnectAsync(ModelSpec spec, ModelInfo known, CancellationToken cancellationToken)
    {
        if (spec.Provider == Providers.Offline)
        {
            return new ConnectedModel(offline, known, true);
        }

        var endpoint = Endpoints.Of(spec, environment);
        var facts = await AskAsync(spec, endpoint, cancellationToken);
        var info = Describe(spec, facts ?? ServerFacts.None);
        if (endpoint.Model.Length == 0 && facts?.Model is { } served)
        {
            endpoint = endpoint with { Model = served };
        }

        IChatClient client = spec.Provider switch
        {
            Providers.OpenAI => new ChatCompletionsClient(http, endpoint, Endpoints.IsOpenAI(endpoint.Address) ? ChatCompletionsDialect.OpenAI : facts?.Program switch
            {
                "llamacpp" => ChatCompletionsDialect.LlamaCpp,
                "vllm" => ChatCompletionsDialect.Vllm,
                _ => ChatCompletionsDialect.Compatible,
            }),
            Providers.Azure => new ChatCompletionsClient(http, endpoint, spec.Options.ApiVersion is { } version
                ? ChatCompletionsDialect.Azure with { Path = "chat/completions?api-version=" + Uri.EscapeDataString(version) }
                : ChatCompletionsDialect.Azure),
            Providers.Anthropic => new MessagesClient(http, endpoint, info.MaxOutput),
            Providers.Ollama => new OllamaClient(http, endpoint, info.ContextWindow),
            _ => new ConverseClient(http, endpoint, Endpoints.Region(spec, environment) ?? "us-east-1", () => AwsCredentials.Find(environment), info.MaxOutput, time),
        };
        client = info.Profile is { ReadCallsFromText: true, Constrained: true } && facts?.Program == "llamacpp" ? new DemandedCallClient(client) : client;
        client = info.Profile.ReadCallsFromText ? new TextCallClient(client) : client;
        return new ConnectedModel(info.Profile.IsHelped ? new AssistedClient(client, info, time) : client, info, facts is not null);
    }

    /// <summary>Asks a server of models on one's own machine; the large providers tell nothing that the table does not.</summary>
    private async Task<ServerFacts?> AskAsync(ModelSpec spec, ModelEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.Value.Timeouts.Discovery, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return spec.Provider switch
            {
                Providers.OpenAI when !Endpoints.IsOpenAI(endpoint.Address) => await discovery.AskChatCompletionsAsync(endpoint, both.Token),
                Providers.Anthropic when !Endpoints.IsOwnService(spec) => await discovery.AskChatCompletionsAsync(endpoint with { Address = new Uri(endpoint.Address, "v1/") }, both.Token),
                Providers.Ollama => await discovery.AskOllamaAsync(endpoint, both.Token),
                _ => ServerFacts.None,
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private ModelInfo Describe(ModelSpec spec, ServerFacts facts)
    {
        var model = spec.Options;
        var name = spec.Name ?? Endpoints.UsualModel(spec) ?? facts.Model ?? string.Empty;
        if (spec.Provider == Providers.Offline)
        {
            return new ModelInfo { Provider = spec.Provider, Name = name, Reason = spec.Reason, Capabilities = ModelCapabilities.Tools | ModelCapabilities.ForcedToolChoice };
        }

        var entry = name.Length == 0 ? null : table.Value.Find(Endpoints.IsOwnService(spec) ? spec.Provider == Providers.Azure ? Providers.OpenAI : spec.Provider : null, name);
        var ownMachine = facts.Program is not null || spec.Provider == Providers.Ollama || !Endpoints.IsOwnService(spec);
        return new ModelInfo
        {
            Provider = spec.Provider,
            Name = name.Length == 0 ? "(the server's own)" : name,
            Reason = spec.Reason,
            ContextWindow = model.ContextWindow ?? facts.Context ?? entry?.Context,
            MaxOutput = model.MaxOutput ?? entry?.MaxOutput,
            Price = model.Price?.ToPrice() ?? entry?.Price,
            Capabilities = Capabilities(spec, name, facts, entry),
            Profile = profiles.Choose(model.Profile, name, facts.Parameters, ownMachine),
        };
    }

    private static ModelCapabilities Capabilities(ModelSpec spec, string name, ServerFacts facts, ModelTableEntry? entry)
    {
        var can = facts.Tools == false ? ModelCapabilities.None : ModelCapabilities.Tools;
        if (spec.Options.Images ?? facts.Images ?? entry?.Images ?? spec.Provider is Providers.Anthropic or Providers.Azure)
        {
            can |= ModelCapabilities.Images;
        }

        return can | spec.Provider switch
        {
            Providers.OpenAI or Providers.Azure => ModelCapabilities.ForcedToolChoice | ModelCapabilities.JsonSchema,
            Providers.Anthropic or Providers.Bedrock => (ClaudeGeneration.TakesForcedChoice(name) ? ModelCapabilities.ForcedToolChoice : ModelCapabilities.None)
                | (spec.Provider == Providers.Anthropic && ClaudeGeneration.TakesSchema(name) ? ModelCapabilities.JsonSchema : ModelCapabilities.None),
            Providers.Ollama => ModelCapabilities.JsonSchema,
            _ => ModelCapabilities.None,
        } | (spec.Provider == Providers.OpenAI && facts.Program is ("llamacpp" or "vllm") ? ModelCapabilities.Grammar : ModelCapabilities.None);
    }
}
