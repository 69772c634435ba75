namespace Agent.Models.Selection;

/// <summary>The providers, by the names they have in configuration.</summary>
internal static class Providers
{
    public const string OpenAI = "openai";
    public const string Azure = "azure";
    public const string Anthropic = "anthropic";
    public const string Bedrock = "bedrock";
    public const string Ollama = "ollama";
    public const string Offline = "offline";

    public static readonly string[] All = [OpenAI, Azure, Anthropic, Bedrock, Ollama, Offline];
}

/// <summary>A model that was chosen, with everything needed to reach it. Never logged: it holds the key.</summary>
/// <param name="Key">What it is called: a name of the configuration, or <c>provider/name</c>.</param>
/// <param name="Provider">One of <see cref="Providers"/>.</param>
/// <param name="Name">The model's name; null where the server must be asked.</param>
/// <param name="Options">The rest of its configuration.</param>
/// <param name="Reason">Why it was chosen, for the person.</param>
internal sealed record ModelSpec(string Key, string Provider, string? Name, ModelOptions Options, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => Key;
}
