using System.Text.Json;

namespace Agent.Json;

/// <summary>
/// A JSON Schema: draft 2020-12 (json-schema.org/draft/2020-12), and where earlier drafts differ (<c>definitions</c>, arrays in
/// <c>items</c>, booleans in <c>exclusiveMinimum</c>, <c>dependencies</c>) their keywords too, because servers in use send them.
/// <c>format</c> and <c>content…</c> are annotations and check nothing; <c>$dynamicRef</c> is resolved within the document.
/// </summary>
public sealed class JsonSchema
{
    /// <summary>At most this many errors are reported for a value.</summary>
    public const int MaxErrors = 20;

    private readonly SchemaNode root;

    private JsonSchema(SchemaNode root) => this.root = root;

    /// <summary>Reads a schema. <c>$ref</c> reaches only into the same document; nothing is ever fetched.</summary>
    /// <param name="schema">The schema: an object or a boolean.</param>
    /// <returns>The schema, ready to check values; safe for use by several threads.</returns>
    /// <exception cref="FormatException">The schema is no schema, or refers outside itself; the message says where.</exception>
    public static JsonSchema Parse(JsonElement schema) => new(new SchemaCompiler(schema.Clone()).Compile());

    /// <summary>Checks a value.</summary>
    /// <param name="value">The value.</param>
    /// <returns>What is wrong, at most <see cref="MaxErrors"/> errors; empty where nothing is.</returns>
    public IReadOnlyList<JsonSchemaError> Validate(JsonElement value)
    {
        var errors = new List<JsonSchemaError>();
        root.Check(value, new Location(null, string.Empty, 0), errors, null);
        return errors.Count <= MaxErrors ? errors : errors[..MaxErrors];
    }

    /// <summary>Whether a value satisfies the schema.</summary>
    /// <param name="value">The value.</param>
    /// <returns>True where nothing is wrong.</returns>
    public bool IsValid(JsonElement value) => root.Check(value, new Location(null, string.Empty, 0), null, null);
}
