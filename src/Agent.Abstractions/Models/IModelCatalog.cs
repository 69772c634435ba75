namespace Agent;

/// <summary>What a model and the server in front of it can do.</summary>
[Flags]
public enum ModelCapabilities
{
    /// <summary>Text in, text out.</summary>
    None = 0,

    /// <summary>Tool calls.</summary>
    Tools = 1,

    /// <summary>A tool call can be demanded.</summary>
    ForcedToolChoice = 2,

    /// <summary>Images in a message.</summary>
    Images = 4,

    /// <summary>Answers held to a JSON schema by the server. Without it the answer must be checked, and repaired once.</summary>
    JsonSchema = 8,

    /// <summary>Answers held to a GBNF grammar by the server (<see cref="ModelKeys.Grammar"/>).</summary>
    Grammar = 16,
}

/// <summary>What a trial call showed.</summary>
public sealed record ModelProbe
{
    /// <summary>The model, with the context size it told.</summary>
    public required ModelInfo Model { get; init; }

    /// <summary>Whether it answered at all.</summary>
    public required bool Answered { get; init; }

    /// <summary>Whether it called the one tool it was offered; null where that was not tried.</summary>
    public bool? CalledTool { get; init; }

    /// <summary>Whether it wrote that call as text, out of which it was read.</summary>
    public bool CalledInText { get; init; }

    /// <summary>
    /// Whether it called the tool when it had to, though the request wanted none; null where that was not tried, or cannot be told
    /// since it <see cref="CallsUnasked"/>.
    /// </summary>
    public bool? ForcedChoice { get; init; }

    /// <summary>Whether it called the tool where the request wanted none and nothing demanded it.</summary>
    public bool CallsUnasked { get; init; }

    /// <summary>Whether its answer came in pieces; null where it did not answer.</summary>
    public bool? Streamed { get; init; }

    /// <summary>Time to the first token; null where none came.</summary>
    public TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>Tokens written in a second; null where it cannot be told.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>What went wrong, one sentence with what to do next; null where nothing did.</summary>
    public string? Problem { get; init; }
}

/// <summary>
/// The models that are configured. The registered <see cref="Microsoft.Extensions.AI.IChatClient"/> answers with the first;
/// <see cref="Microsoft.Extensions.AI.ChatOptions.ModelId"/> set to one of <see cref="Names"/> takes another.
/// </summary>
public interface IModelCatalog
{
    /// <summary>The names in the configuration; the one that answers by default first.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>
    /// What is known of a model once its server was asked for its context size (at most some seconds, once for each model; a server
    /// that does not say leaves it unknown). Does not throw where the server is down.
    /// </summary>
    /// <param name="name">One of <see cref="Names"/>, or <c>provider/name</c>; null for the default.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ModelException">Nothing has that name.</exception>
    ValueTask<ModelInfo> DescribeAsync(string? name, CancellationToken cancellationToken);

    /// <summary>Tries a model: a streamed request that wants the one tool offered, and a greeting, where the tool must be called and where it need not.</summary>
    /// <param name="name">One of <see cref="Names"/>, or <c>provider/name</c>; null for the default.</param>
    /// <param name="cancellationToken">Cancels the trial.</param>
    /// <returns>What it showed; failures are in <see cref="ModelProbe.Problem"/>.</returns>
    ValueTask<ModelProbe> ProbeAsync(string? name, CancellationToken cancellationToken);
}
