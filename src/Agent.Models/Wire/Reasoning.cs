using Microsoft.Extensions.AI;

namespace Agent.Models.Wire;

/// <summary>
/// Reasoning that must go back remembers the field it came in, and goes back only to a server of the same protocol: another provider
/// would refuse it.
/// </summary>
internal static class Reasoning
{
    private const string FieldKey = "agent.reasoning_field";

    /// <summary>A piece of reasoning.</summary>
    /// <param name="field">The field it came in.</param>
    /// <param name="text">What may be shown.</param>
    /// <param name="protectedData">What must come back unchanged: a signature, an encrypted block.</param>
    public static TextReasoningContent Create(string field, string? text, string? protectedData = null) => new(text)
    {
        ProtectedData = protectedData,
        AdditionalProperties = new AdditionalPropertiesDictionary { [FieldKey] = field },
    };

    /// <summary>The field a piece came in; null where it is not known.</summary>
    public static string? FieldOf(AIContent content) =>
        content is TextReasoningContent && content.AdditionalProperties is { } more && more.TryGetValue(FieldKey, out var field) ? field?.ToString() : null;
}
