namespace Agent.Models.ChatCompletions;

/// <summary>How a server of the chat completions protocol departs from the others.</summary>
internal sealed record ChatCompletionsDialect
{
    /// <summary>The path below the endpoint.</summary>
    public string Path { get; init; } = "chat/completions";

    /// <summary>The header that carries the key as it is; null sends it as a bearer token.</summary>
    public string? KeyHeader { get; init; }

    /// <summary>The field for the most tokens of an answer; OpenAI's own models take only the newer one.</summary>
    public string MaxTokensField { get; init; } = "max_tokens";

    /// <summary>The field for a grammar; null where there is none.</summary>
    public string? GrammarField { get; init; }

    /// <summary>Whether the server checks that a strict schema is written as OpenAI wants it.</summary>
    public bool StrictSchemas { get; init; }

    /// <summary>Whether a prompt is cached under a key (<c>prompt_cache_key</c>).</summary>
    public bool PromptCacheKey { get; init; }

    /// <summary>OpenAI itself.</summary>
    public static ChatCompletionsDialect OpenAI { get; } = new() { MaxTokensField = "max_completion_tokens", StrictSchemas = true, PromptCacheKey = true };

    /// <summary>Azure OpenAI.</summary>
    public static ChatCompletionsDialect Azure { get; } = new() { KeyHeader = "api-key", MaxTokensField = "max_completion_tokens", StrictSchemas = true };

    /// <summary>Every other server.</summary>
    public static ChatCompletionsDialect Compatible { get; } = new();

    /// <summary>llama.cpp's server.</summary>
    public static ChatCompletionsDialect LlamaCpp { get; } = new() { GrammarField = "grammar" };

    /// <summary>vLLM.</summary>
    public static ChatCompletionsDialect Vllm { get; } = new() { GrammarField = "guided_grammar" };
}
