using System.Runtime.CompilerServices;
using Agent.Models.Offline;
using Agent.Models.Selection;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Agent.Models.Routing;

/// <summary>The chat client that everybody uses: chooses the model and answers with it.</summary>
internal sealed class ModelRouter(IOptions<ModelsOptions> options, OfflinePlannerClient offline) : IChatClient, IModelCatalog
{
    private readonly ModelSelector selector = new(options.Value, Environment.GetEnvironmentVariable);

    public IReadOnlyList<string> Names => [ModelSelector.DefaultKey, .. options.Value.Named.Keys];

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in Client(Spec()).GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        if (serviceKey is not null)
        {
            return null;
        }

        return serviceType == typeof(ModelInfo) ? Describe(Spec()) : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public ValueTask<ModelInfo> DescribeAsync(string? name, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Describe(name is null ? Spec() : selector.Resolve(name, "asked for")));

    public async ValueTask<ModelProbe> ProbeAsync(string? name, CancellationToken cancellationToken) =>
        new() { Model = await DescribeAsync(name, cancellationToken), Answered = true };

    public void Dispose()
    {
    }

    private static ModelInfo Describe(ModelSpec spec) => new() { Provider = spec.Provider, Name = spec.Name ?? "?", Reason = spec.Reason };

    private ModelSpec Spec() => selector.Configured() ?? ModelSelector.Offline("no model is configured and no key is set");

    private OfflinePlannerClient Client(ModelSpec spec) => spec.Provider == Providers.Offline
        ? offline
        : throw new ModelException(ModelErrorKind.BadRequest, $"The provider '{spec.Provider}' cannot be used yet.");
}
