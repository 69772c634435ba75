namespace Agent.Models.Selection;

/// <summary>
/// The section <c>models</c>. What stands in it directly describes the model that answers; <see cref="Named"/> describes others.
/// With nothing in it, the model is chosen from what the machine has (see <c>docs/models.md</c>).
/// </summary>
public sealed class ModelsOptions : ModelOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "models";

    /// <summary>
    /// The model that answers: a key of <see cref="Named"/>, or <c>provider/name</c>. It goes before <see cref="ModelOptions.Provider"/>
    /// and <see cref="ModelOptions.Name"/>; null leaves it to those.
    /// </summary>
    public string? Model { get; set; }

    /// <summary>Models by name.</summary>
    public Dictionary<string, ModelOptions> Named { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Who answers when the model cannot, in order: keys of <see cref="Named"/>, or <c>provider/name</c>. Empty for nobody. It serves
    /// every <see cref="ModelErrorKind"/> but those that a person must mend: <see cref="ModelErrorKind.Unauthorized"/> and
    /// <see cref="ModelErrorKind.BadRequest"/>.
    /// </summary>
    public List<string> Fallback { get; set; } = [];

    /// <summary>Who answers instead for one kind of error, by its name (<c>contextTooLong</c>): goes before <see cref="Fallback"/>.</summary>
    public Dictionary<string, List<string>> FallbackFor { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Profiles by name; they go before the built-in ones of the same name.</summary>
    public Dictionary<string, ProfileOptions> Profiles { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A price file that replaces the built-in one; null for the built-in one.</summary>
    public string? Prices { get; set; }

    /// <summary>Retries.</summary>
    public RetryOptions Retry { get; set; } = new();

    /// <summary>Time limits of one attempt.</summary>
    public TimeoutOptions Timeouts { get; set; } = new();

    /// <summary>When a model that keeps failing is left alone for a while.</summary>
    public CircuitOptions Circuit { get; set; } = new();

    /// <summary>The cache of answers.</summary>
    public CacheOptions Cache { get; set; } = new();
}

/// <summary>One model.</summary>
public class ModelOptions
{
    /// <summary><c>openai</c> (and every compatible server), <c>azure</c>, <c>anthropic</c>, <c>bedrock</c>, <c>ollama</c> or <c>offline</c>.</summary>
    public string? Provider { get; set; }

    /// <summary>The model's name there; null takes the provider's usual one, or the first that the server lists.</summary>
    public string? Name { get; set; }

    /// <summary>The address of the server, for example <c>http://127.0.0.1:8080/v1</c>; null for the provider's own.</summary>
    public string? Endpoint { get; set; }

    /// <summary>The key. Better left to <see cref="ApiKeyVariable"/> or the provider's usual environment variable.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The environment variable that holds the key.</summary>
    public string? ApiKeyVariable { get; set; }

    /// <summary>The AWS region, for <c>bedrock</c>; null takes <c>AWS_REGION</c>.</summary>
    public string? Region { get; set; }

    /// <summary>The <c>api-version</c> of an Azure OpenAI resource addressed by deployment; null uses its version-free address.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>Headers sent with every request, for gateways that want some.</summary>
    public Dictionary<string, string> Headers { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The context window in tokens; null asks the server, then a table.</summary>
    public int? ContextWindow { get; set; }

    /// <summary>The most tokens of an answer; null leaves it to the provider, or to the table where a number must be sent.</summary>
    public int? MaxOutput { get; set; }

    /// <summary>The profile's name; null chooses by what the server says the model is.</summary>
    public string? Profile { get; set; }

    /// <summary>How hard the model thinks: <c>none</c>, <c>low</c>, <c>medium</c>, <c>high</c>; null leaves it to the provider.</summary>
    public string? Reasoning { get; set; }

    /// <summary>What the model costs; null takes the price file's entry.</summary>
    public PriceOptions? Price { get; set; }

    /// <summary>Whether the model reads images; null takes what the provider is known for.</summary>
    public bool? Images { get; set; }
}

/// <summary>Prices in US dollars for one million tokens.</summary>
public sealed class PriceOptions
{
    /// <summary>Tokens sent.</summary>
    public decimal Input { get; set; }

    /// <summary>Tokens received.</summary>
    public decimal Output { get; set; }

    /// <summary>Tokens sent that the provider had cached; null where they cost as much as others.</summary>
    public decimal? CachedInput { get; set; }

    /// <summary>Tokens written to the provider's cache; null where they cost as much as others.</summary>
    public decimal? CacheWrite { get; set; }

    internal ModelPrice ToPrice() => new(Input, Output, CachedInput, CacheWrite);
}

/// <summary>A profile as configured. What is null is as in the built-in profile of that name, else as in the default one.</summary>
public sealed class ProfileOptions
{
    /// <summary>How many tools are offered at once.</summary>
    public int? MaxTools { get; set; }

    /// <summary>The first step must call a tool.</summary>
    public bool? ForceFirstCall { get; set; }

    /// <summary>Calls written as text are read as calls.</summary>
    public bool? ReadCallsFromText { get; set; }

    /// <summary>Tools are withheld once data is there.</summary>
    public bool? WithholdToolsAfterData { get; set; }

    /// <summary>Sampling temperature.</summary>
    public float? Temperature { get; set; }

    /// <summary>Prompt and results are kept short.</summary>
    public bool? Compact { get; set; }

    /// <summary>The offline planner answers what it reads without doubt.</summary>
    public bool? Planner { get; set; }

    /// <summary>Drafts of a statement that are voted on, from 0 to 16.</summary>
    public int? Drafts { get; set; }

    /// <summary>Sampling temperature of the drafts after the first, from 0 to 2.</summary>
    public float? DraftTemperature { get; set; }

    /// <summary>Drafts are written under a grammar made from the schema.</summary>
    public bool? Constrained { get; set; }

    /// <summary>Drafts are asked for after worked examples.</summary>
    public bool? WorkedExamples { get; set; }

    /// <summary>Drafts are asked for with what of the schema the question names.</summary>
    public bool? LinkedSchema { get; set; }

    /// <summary>Whether drafts of a statement are held to the form of the question.</summary>
    public bool? QuestionForm { get; set; }

    /// <summary>Models it is chosen for: patterns over the model's name with <c>*</c>, in lower case.</summary>
    public List<string> Models { get; set; } = [];
}

/// <summary>Retries of one model before the next one is tried.</summary>
public sealed class RetryOptions
{
    /// <summary>Tries in all, from 1.</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>The first wait; each further one is twice as long, with a random part.</summary>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait, also where the provider asks for more: then the next model is tried, or the request ends.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Time limits of one attempt.</summary>
public sealed class TimeoutOptions
{
    /// <summary>Until the connection stands.</summary>
    public TimeSpan Connect { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>From sending to the first token. A model on one's own machine reads a long prompt for minutes.</summary>
    public TimeSpan FirstToken { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>From one token to the next.</summary>
    public TimeSpan BetweenTokens { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>For a look at what a server is (context size, list of models).</summary>
    public TimeSpan Discovery { get; set; } = TimeSpan.FromSeconds(10);
}

/// <summary>When a model that keeps failing is left alone.</summary>
public sealed class CircuitOptions
{
    /// <summary>Failures in a row after which it is left alone.</summary>
    public int Failures { get; set; } = 5;

    /// <summary>For how long.</summary>
    public TimeSpan BreakFor { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>The cache of answers: for tests and evaluations, where the same request must give the same answer.</summary>
public sealed class CacheOptions
{
    /// <summary>Whether answers are kept and given again.</summary>
    public bool Enabled { get; set; }

    /// <summary>Where; null for a folder below the state folder.</summary>
    public string? Folder { get; set; }
}
