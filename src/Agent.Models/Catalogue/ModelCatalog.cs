using System.Collections.Concurrent;
using Agent.Models.Discovery;
using Agent.Models.Routing;
using Agent.Models.Selection;
using Microsoft.Extensions.Options;

namespace Agent.Models.Catalogue;

/// <summary>The models that are configured or found, each made once.</summary>
/// <param name="options">The configuration.</param>
/// <param name="selector">Says which models there are.</param>
/// <param name="connector">Makes their clients.</param>
/// <param name="ollama">Looks for an Ollama.</param>
/// <param name="time">The clock.</param>
internal sealed class ModelCatalog(
    IOptions<ModelsOptions> options, ModelSelector selector, ModelConnector connector, OllamaFinder ollama, TimeProvider time) : IModelCatalog, IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<ConfiguredModel>> models = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock gate = new();
    private Task<ModelSpec>? found;

    /// <summary>The names in the configuration; the default first.</summary>
    public IReadOnlyList<string> Names => [ModelSelector.DefaultKey, .. options.Value.Named.Keys];

    /// <summary>The model that answers. Where nothing is configured, an Ollama is looked for, once.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async ValueTask<ConfiguredModel> DefaultAsync(CancellationToken cancellationToken) =>
        Model(selector.Configured() ?? await FindAsync().WaitAsync(cancellationToken));

    /// <summary>The same for those who cannot wait; null while nothing is configured and nobody has looked for an Ollama yet.</summary>
    public ConfiguredModel? Known() =>
        selector.Configured() is { } configured ? Model(configured)
        : Volatile.Read(ref found) is { IsCompletedSuccessfully: true } looked ? Model(looked.Result)
        : null;

    /// <summary>A model by name.</summary>
    /// <param name="key">A name of the configuration, or <c>provider/name</c>.</param>
    /// <param name="reason">Why it is wanted.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ModelException">Nothing has that name.</exception>
    public ValueTask<ConfiguredModel> GetAsync(string? key, string reason, CancellationToken cancellationToken) =>
        key is null || string.Equals(key, ModelSelector.DefaultKey, StringComparison.OrdinalIgnoreCase)
            ? DefaultAsync(cancellationToken)
            : ValueTask.FromResult(Model(selector.Resolve(key, reason)));

    /// <inheritdoc/>
    public async ValueTask<ModelInfo> DescribeAsync(string? name, CancellationToken cancellationToken)
    {
        var model = await GetAsync(name, "asked for", cancellationToken);
        try
        {
            await model.ClientAsync(cancellationToken);
        }
        catch (ModelException)
        {
            // What is wrong (a missing key, say) is told by the first request; what is known does not depend on it.
        }

        return model.Info;
    }

    /// <inheritdoc/>
    public async ValueTask<ModelProbe> ProbeAsync(string? name, CancellationToken cancellationToken) =>
        await new ModelProber(time).ProbeAsync(await GetAsync(name, "asked for", cancellationToken), cancellationToken);

    public void Dispose()
    {
        foreach (var model in models.Values.Where(m => m.IsValueCreated))
        {
            model.Value.Dispose();
        }
    }

    private ConfiguredModel Model(ModelSpec spec) =>
        models.GetOrAdd(spec.Key, _ => new Lazy<ConfiguredModel>(() => new ConfiguredModel(
            spec, connector.Known(spec), connector.ConnectAsync, new CircuitBreaker(options.Value.Circuit, time), time))).Value;

    private Task<ModelSpec> FindAsync()
    {
        lock (gate)
        {
            return found ??= Task.Run(async () => await ollama.FindAsync() switch
            {
                { Model: { } name } there => ModelSelector.FoundOllama(name, there.Endpoint),
                { } empty => ModelSelector.Offline($"no model is configured, and the Ollama at {empty.Endpoint} has none that can call tools"),
                null => ModelSelector.Offline("no model is configured, no key is set and no Ollama answers on its port"),
            });
        }
    }
}
