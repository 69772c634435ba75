using System.Collections.Concurrent;

namespace Agent.Runtime.Context;

/// <summary>One estimator for each model: what one vocabulary teaches does not hold for another.</summary>
internal sealed class TokenEstimators
{
    private readonly ConcurrentDictionary<string, TokenEstimator> _byModel = new(StringComparer.Ordinal);

    public TokenEstimator For(string model) => _byModel.GetOrAdd(model, static _ => new TokenEstimator());
}
