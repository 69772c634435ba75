namespace Agent;

/// <summary>Prices in US dollars for one million tokens.</summary>
/// <param name="Input">Tokens sent.</param>
/// <param name="Output">Tokens received.</param>
/// <param name="CachedInput">Tokens sent that the provider had cached; null where they cost as much as others.</param>
/// <param name="CacheWrite">Tokens written to the provider's cache; null where they cost as much as others.</param>
public sealed record ModelPrice(decimal Input, decimal Output, decimal? CachedInput = null, decimal? CacheWrite = null)
{
    /// <summary>What a use costs. Cached tokens are a part of those sent, as <see cref="Microsoft.Extensions.AI.UsageDetails"/> counts them.</summary>
    /// <param name="usage">The use; a missing count counts as 0.</param>
    /// <returns>US dollars.</returns>
    public decimal Cost(Microsoft.Extensions.AI.UsageDetails usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        var cached = usage.CachedInputTokenCount ?? 0;
        var written = usage.AdditionalCounts is { } more && more.TryGetValue(CacheWriteTokens, out var count) ? count : 0;
        var plain = Math.Max(0, (usage.InputTokenCount ?? 0) - cached - written);
        return ((plain * Input) + (cached * (CachedInput ?? Input)) + (written * (CacheWrite ?? Input))
            + ((usage.OutputTokenCount ?? 0) * Output)) / 1_000_000m;
    }

    /// <summary>The key in <see cref="Microsoft.Extensions.AI.UsageDetails.AdditionalCounts"/> of tokens written to the provider's cache.</summary>
    public const string CacheWriteTokens = "cache_write_input_tokens";
}

/// <summary>
/// What is known of the model that answers. A chat client gives it by
/// <see cref="Microsoft.Extensions.AI.IChatClient.GetService(Type, object?)"/> where it knows without asking anybody;
/// <see cref="IModelCatalog.DescribeAsync"/> asks.
/// </summary>
public sealed record ModelInfo
{
    /// <summary>The provider: <c>openai</c>, <c>anthropic</c>, <c>bedrock</c>, <c>ollama</c>, <c>offline</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>The model's name there.</summary>
    public required string Name { get; init; }

    /// <summary>Why this one was chosen, in words for the person.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>The context window in tokens; null where unknown.</summary>
    public int? ContextWindow { get; init; }

    /// <summary>The most tokens it may answer with; null where unknown.</summary>
    public int? MaxOutput { get; init; }

    /// <summary>What it costs; null where unknown or nothing.</summary>
    public ModelPrice? Price { get; init; }

    /// <summary>What the model and its server can do, as far as is known.</summary>
    public ModelCapabilities Capabilities { get; init; } = ModelCapabilities.Tools | ModelCapabilities.ForcedToolChoice;

    /// <summary>The profile: how the loop treats it. <see cref="ModelProfile.Default"/> for a large model.</summary>
    public ModelProfile Profile { get; init; } = ModelProfile.Default;

    /// <inheritdoc/>
    public override string ToString() => $"{Provider}/{Name}";
}

/// <summary>What is done for a model that needs help; a large model gets none of it.</summary>
public sealed record ModelProfile
{
    /// <summary>A model that needs no help.</summary>
    public static ModelProfile Default { get; } = new();

    /// <summary>The profile's name in the configuration.</summary>
    public string Name { get; init; } = "default";

    /// <summary>How many tools are offered at once before the rest is found by search; null for no limit.</summary>
    public int? MaxTools { get; init; } = 40;

    /// <summary>The first step must call a tool.</summary>
    public bool ForceFirstCall { get; init; }

    /// <summary>Calls written as text are read as calls.</summary>
    public bool ReadCallsFromText { get; init; }

    /// <summary>Tools are withheld once data is there, so that the model answers.</summary>
    public bool WithholdToolsAfterData { get; init; }

    /// <summary>Sampling temperature; null leaves it to the provider.</summary>
    public float? Temperature { get; init; }

    /// <summary>Prompt and results are kept short.</summary>
    public bool Compact { get; init; }

    /// <summary>What the offline planner reads without doubt it answers; what it doubts is voted on with the model's drafts.</summary>
    public bool Planner { get; init; }

    /// <summary>How many drafts of a statement are written and voted on for a question over a database; 0 leaves it to the model's own calls.</summary>
    public int Drafts { get; init; }

    /// <summary>Sampling temperature of the drafts after the first, which is written at <see cref="Temperature"/>.</summary>
    public float DraftTemperature { get; init; } = 0.8f;

    /// <summary>A draft can only name what exists: it is written under a grammar, or a JSON schema, made from the database's schema.</summary>
    public bool Constrained { get; init; }

    /// <summary>A draft is asked for after worked examples over another schema.</summary>
    public bool WorkedExamples { get; init; }

    /// <summary>A draft is asked for with the tables and values that the question names, and not with the whole schema.</summary>
    public bool LinkedSchema { get; init; }

    /// <summary>Whether drafts of a statement are held to the form of the question: a count for "how many", an order for "the most", what it names.</summary>
    public bool QuestionForm { get; init; }

    /// <summary>Whether anything is done on the model's behalf in this process.</summary>
    public bool IsHelped => Planner || Drafts > 0;
}
