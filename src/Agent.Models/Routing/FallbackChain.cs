using Agent.Models.Catalogue;
using Agent.Models.Selection;

namespace Agent.Models.Routing;

/// <summary>The models that answer one request when the first cannot.</summary>
/// <param name="options">The configuration.</param>
/// <param name="catalog">The models.</param>
/// <param name="first">The model that is asked first.</param>
internal sealed class FallbackChain(ModelsOptions options, ModelCatalog catalog, ConfiguredModel first)
{
    private readonly HashSet<string> tried = new(StringComparer.OrdinalIgnoreCase) { first.Spec.Key };
    private int? context = first.Info.ContextWindow;

    /// <summary>The next model for an error: the first of its chain that was not tried, is not left alone, and could do better.</summary>
    /// <param name="error">The error.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>The model; null where there is none.</returns>
    public async ValueTask<ConfiguredModel?> NextAsync(ModelException error, CancellationToken cancellationToken)
    {
        if (error.Kind == ModelErrorKind.ContextTooLong)
        {
            context = error.ContextWindow ?? context;
        }

        ConfiguredModel? leftAlone = null;
        foreach (var key in Keys(error.Kind))
        {
            if (tried.Contains(key))
            {
                continue;
            }

            var model = await catalog.GetAsync(key, $"it stands in for {first.Spec.Key}", cancellationToken);
            if (error.Kind == ModelErrorKind.ContextTooLong && model.Info.ContextWindow is { } size && size <= context)
            {
                continue;
            }

            if (!model.Circuit.TryEnter(out _))
            {
                leftAlone ??= model;
                continue;
            }

            tried.Add(key);
            return model;
        }

        // Better a model that failed of late than none.
        if (leftAlone is not null)
        {
            tried.Add(leftAlone.Spec.Key);
        }

        return leftAlone;
    }

    private IEnumerable<string> Keys(ModelErrorKind kind)
    {
        var own = options.FallbackFor.GetValueOrDefault(kind.ToString()) ?? [];
        return kind is ModelErrorKind.Unauthorized or ModelErrorKind.BadRequest ? own : own.Concat(options.Fallback);
    }
}
