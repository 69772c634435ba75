using System.Text.Json;
using Agent.Json;

namespace Agent.Runtime.Answers;

/// <summary>An answer that must be one JSON value of a given schema.</summary>
internal static class StructuredAnswer
{
    /// <summary>What the model is told where its server does not hold it to the schema.</summary>
    public static string Instruction(JsonElement schema) =>
        $"Answer with one JSON value and nothing else, no code fence. It must satisfy this JSON Schema: {schema.GetRawText()}";

    /// <summary>Finds the JSON value in an answer and checks it.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="value">The value as text; the answer itself where there is none.</param>
    /// <returns>What is wrong, for the model; empty where nothing is.</returns>
    public static IReadOnlyList<string> Check(string answer, JsonSchema schema, out string value)
    {
        value = Unfence(answer.Trim());
        JsonElement parsed;
        try
        {
            using var document = JsonDocument.Parse(value);
            parsed = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            return [$"The answer is not one JSON value ({e.Message.Split('.')[0]})."];
        }

        return [.. schema.Validate(parsed).Select(static e => e.Path.Length == 0 ? e.Message : $"{e.Path}: {e.Message}")];
    }

    /// <summary>Models put JSON between fences or words even where they are told not to.</summary>
    private static string Unfence(string text)
    {
        if (text.StartsWith("```", StringComparison.Ordinal) && text.IndexOf('\n', StringComparison.Ordinal) is var line and > 0
            && text.LastIndexOf("```", StringComparison.Ordinal) is var end && end > line)
        {
            return text[(line + 1)..end].Trim();
        }

        return text;
    }
}
