using System.Text.Json;

namespace Agent.Json;

/// <summary>Where and how a value breaks a schema.</summary>
/// <param name="Path">The place in the value as a JSON Pointer; empty for the value itself.</param>
/// <param name="Message">One sentence that says what is wrong and what would be right.</param>
public sealed record JsonSchemaError(string Path, string Message);

/// <summary>A JSON Schema (2020-12; the keywords of draft 4 to 2019-09 are understood where they differ).</summary>
public sealed class JsonSchema
{
    private JsonSchema()
    {
    }

    /// <summary>Reads a schema. <c>$ref</c> reaches only into the same document; nothing is ever fetched.</summary>
    /// <param name="schema">The schema: an object or a boolean.</param>
    /// <returns>The schema, ready to check values; safe for use by several threads.</returns>
    /// <exception cref="FormatException">The schema is no schema; the message says where.</exception>
    public static JsonSchema Parse(JsonElement schema) => throw new NotImplementedException();

    /// <summary>Checks a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>What is wrong, at most 20 errors; empty where nothing is.</returns>
    public IReadOnlyList<JsonSchemaError> Validate(JsonElement value) => throw new NotImplementedException();
}
