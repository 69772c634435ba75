using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agent.Tools.Web.OpenApi;

/// <summary>
/// Turns a schema of Swagger 2.0, OpenAPI 3.0 or 3.1 into a JSON Schema that model providers take: no <c>$ref</c>, no keyword
/// of OpenAPI's own, property names they allow, and no larger than a model's context can bear.
/// </summary>
/// <remarks>
/// References are written out where they stand; one that leads back into itself ends in a short note. What would grow beyond
/// <see cref="MostSize"/> is tried again, less deep each time.
/// </remarks>
internal sealed class SchemaConverter
{
    /// <summary>How large one schema may become, in characters, roughly.</summary>
    public const int MostSize = 16_000;

    private const int MostEnumValues = 100;
    private static readonly int[] Depths = [12, 7, 5, 4, 3, 2, 1];

    private readonly bool _forResult;
    private readonly Dictionary<string, string> _renamed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _kept = new(StringComparer.Ordinal);
    private readonly List<(SpecFile File, string Reference)> _open = [];
    private int _size;
    private int _mostSize;
    private int _mostDepth;
    private int _descriptionLength;

    private SchemaConverter(bool forResult) => _forResult = forResult;

    /// <summary>A schema for arguments.</summary>
    /// <param name="schema">The document's schema; null for one that says nothing.</param>
    /// <param name="mostSize">How large it may become.</param>
    /// <returns>The schema, and the wire names of properties that had to be renamed, by their new name.</returns>
    public static (JsonObject Schema, IReadOnlyDictionary<string, string> Renamed) ForArgument(SpecNode? schema, int mostSize = MostSize) =>
        Convert(schema, forResult: false, mostSize);

    /// <summary>A schema that describes a result's shape. It states nothing that a service which breaks its own document would fail.</summary>
    /// <param name="schema">The document's schema.</param>
    /// <param name="mostSize">How large it may become.</param>
    /// <returns>The schema.</returns>
    public static JsonObject ForResult(SpecNode? schema, int mostSize = MostSize) => Convert(schema, forResult: true, mostSize).Schema;

    private static (JsonObject Schema, IReadOnlyDictionary<string, string> Renamed) Convert(SpecNode? schema, bool forResult, int mostSize)
    {
        var converter = new SchemaConverter(forResult);
        foreach (var depth in Depths)
        {
            converter.Reset(depth, mostSize, descriptionLength: depth > 3 ? 240 : depth > 1 ? 120 : 0);
            var converted = converter.Node(schema, 0);
            if (converter._size <= mostSize)
            {
                return (converted, converter._renamed);
            }
        }

        // A flat object of a thousand properties: its names are what matters, and they are kept as far as they fit.
        converter.Reset(1, mostSize, 0);
        return (converter.Node(schema, 0), converter._renamed);
    }

    private void Reset(int depth, int mostSize, int descriptionLength)
    {
        _mostDepth = depth;
        _mostSize = mostSize;
        _descriptionLength = descriptionLength;
        _size = 0;
        _open.Clear();
        _renamed.Clear();
        _kept.Clear();
    }

    private bool Full => _size > _mostSize;

    private JsonObject Node(SpecNode? given, int depth)
    {
        _size += 12;
        if (given is not { IsObject: true } node || Full)
        {
            return [];
        }

        if (node.Reference is { } reference)
        {
            return Referenced(node, reference, depth);
        }

        var result = new JsonObject();
        var schema = new SchemaView(node, this);
        var types = SchemaTypes.Of(schema, out var nullable);
        Describe(result, schema);
        if (depth >= _mostDepth && (types.Contains("object") || types.Contains("array") || schema.HasAlternatives))
        {
            Types(result, types.Length > 0 ? types : [], nullable);
            if (types is ["array"])
            {
                result["items"] = new JsonObject();
            }

            return result;
        }

        Types(result, types, nullable);
        Values(result, schema, types, nullable);
        if (types.Contains("object"))
        {
            Properties(result, schema, depth);
        }

        if (types.Contains("array"))
        {
            result["items"] = Node(schema.First("items"), depth + 1);
            Counts(result, schema, "minItems", "maxItems");
        }

        Alternatives(result, schema, depth);
        return result;
    }

    private JsonObject Referenced(SpecNode node, string reference, int depth)
    {
        var here = (node.File, reference);
        if (_open.Contains(here) || _open.Count > 40)
        {
            // The shape is already being described further out.
            var name = reference[(reference.LastIndexOf('/') + 1)..];
            var again = new JsonObject { ["description"] = $"Again a {Uri.UnescapeDataString(name)}, as described above." };
            if (node.Resolve() is { } known)
            {
                var types = SchemaTypes.Of(new SchemaView(known, this, parts: false), out var nullable);
                Types(again, types, nullable);
                if (types is ["array"])
                {
                    again["items"] = new JsonObject();
                }
            }

            return again;
        }

        _open.Add(here);
        var target = node.File.Find(reference);
        var result = target is null ? [] : Node(target, depth);
        _open.RemoveAt(_open.Count - 1);
        if (node.Text("description") is { } own && Text(own) is { Length: > 0 } description)
        {
            result["description"] = description;
        }

        return result;
    }

    /// <summary>Whether a reference is being written out already; merging <c>allOf</c> must not follow it again.</summary>
    internal bool IsOpen(SpecNode node) => node.Reference is { } reference && _open.Contains((node.File, reference));

    private void Describe(JsonObject result, SchemaView schema)
    {
        if (schema.Text("description") is { } description && Text(description) is { Length: > 0 } text)
        {
            result["description"] = text;
            _size += text.Length;
        }
    }

    private string? Text(string text) => _descriptionLength == 0 ? null : Prose.Short(text, _descriptionLength);

    private static void Types(JsonObject result, string[] types, bool nullable)
    {
        if (types.Length == 0)
        {
            return;
        }

        if (nullable && !types.Contains("null"))
        {
            types = [.. types, "null"];
        }

        result["type"] = types.Length == 1 ? types[0] : new JsonArray([.. types.Select(t => (JsonNode?)t)]);
    }

    private void Values(JsonObject result, SchemaView schema, string[] types, bool nullable)
    {
        if (_forResult)
        {
            return;
        }

        var scalar = types.Length == 1 ? types[0] : null;
        if (schema.First("const") is { } constant && Scalar(constant.Value, scalar) is { } only)
        {
            result["enum"] = new JsonArray(only);
        }
        else if (schema.First("enum") is { IsArray: true } values && scalar is not ("object" or "array"))
        {
            Enum(result, values, scalar, nullable);
        }

        if (schema.Text("format") is { Length: > 0 and <= 40 } format)
        {
            result["format"] = format;
        }

        if (schema.First("default") is { } standard && Scalar(standard.Value, scalar) is { } value && (value.ToJsonString().Length <= 100))
        {
            result["default"] = value;
        }

        if (scalar is "integer" or "number")
        {
            Bound(result, schema, "minimum", "exclusiveMinimum");
            Bound(result, schema, "maximum", "exclusiveMaximum");
        }
        else if (scalar is "string")
        {
            Counts(result, schema, "minLength", "maxLength");
            if (schema.Text("pattern") is { Length: > 0 and <= 200 } pattern && Patterns.IsSound(pattern))
            {
                result["pattern"] = pattern;
                _size += pattern.Length;
            }
        }
    }

    private void Enum(JsonObject result, SpecNode values, string? scalar, bool nullable)
    {
        var list = new JsonArray();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in values.Value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Null && Scalar(item, scalar) is { } value && seen.Add(value.ToJsonString()))
            {
                list.Add((JsonNode?)value);
            }
        }

        if (list.Count is 0 or > MostEnumValues)
        {
            return;
        }

        if (nullable)
        {
            list.Add((JsonNode?)null);
        }

        _size += seen.Sum(s => s.Length + 1);
        result["enum"] = list;
    }

    private void Properties(JsonObject result, SchemaView schema, int depth)
    {
        var properties = new JsonObject();
        var required = new HashSet<string>(StringComparer.Ordinal);
        var wanted = schema.Required();
        var members = schema.Properties().ToList();
        _kept.UnionWith(members.Select(m => m.Name).Where(name => !_renamed.ContainsKey(name) && ParameterReader.LegalArgument(name) == name));
        foreach (var (name, property) in members)
        {
            var target = property.Resolve();
            if (target?.Flag(_forResult ? "writeOnly" : "readOnly") == true)
            {
                continue;
            }

            if (Full)
            {
                result["additionalProperties"] = true;
                break;
            }

            var legal = _forResult ? name : Rename(name);
            _size += legal.Length + 6;
            properties[legal] = Node(property, depth + 1);
            // Draft 3 wrote "required": true into the property itself.
            if (wanted.Contains(name) || (target?.Raw("required")?.Value.ValueKind == JsonValueKind.True))
            {
                required.Add(legal);
            }
        }

        result["properties"] = properties;
        if (_forResult)
        {
            return;
        }

        if (required.Count > 0)
        {
            result["required"] = new JsonArray([.. required.Select(r => (JsonNode?)r)]);
        }

        if (!result.ContainsKey("additionalProperties") && schema.First("additionalProperties") is { } more)
        {
            if (more.IsObject)
            {
                result["additionalProperties"] = Node(more, depth + 1);
            }
            else if (more.Value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                // A closed schema behind allOf closes nothing that its brothers opened.
                result["additionalProperties"] = more.Value.ValueKind == JsonValueKind.True || schema.IsMerged;
            }
        }
    }

    // Renamed names are found again by name alone, wherever they stand in the body: none of them may be anybody's own name.
    private string Rename(string name)
    {
        var legal = ParameterReader.LegalArgument(name);
        if (legal == name && !_renamed.ContainsKey(name))
        {
            _kept.Add(name);
            return name;
        }

        if (legal.Length == 0)
        {
            legal = "property";
        }

        for (var again = 1; ; again++)
        {
            var chosen = again == 1 ? legal : $"{legal[..Math.Min(legal.Length, 60)]}_{again}";
            if (!_kept.Contains(chosen) && (!_renamed.TryGetValue(chosen, out var wire) || wire == name))
            {
                _renamed[chosen] = name;
                return chosen;
            }
        }
    }

    private void Alternatives(JsonObject result, SchemaView schema, int depth)
    {
        var nodes = new JsonArray();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var alternative in schema.Alternatives())
        {
            if (nodes.Count == 12 || Full)
            {
                // What is not listed must still be allowed.
                nodes = [];
                break;
            }

            var converted = Node(alternative, depth + 1);
            if (seen.Add(converted.ToJsonString()))
            {
                nodes.Add((JsonNode)converted);
            }
        }

        if (nodes.Count == 1 && nodes[0] is JsonObject single)
        {
            nodes.Clear();
            if (result["properties"] is JsonObject mine && single["properties"] is JsonObject more)
            {
                foreach (var (name, property) in more.ToList())
                {
                    more.Remove(name);
                    mine.TryAdd(name, property);
                }
            }

            foreach (var (key, value) in single.ToList())
            {
                single.Remove(key);
                result.TryAdd(key, value);
            }
        }
        else if (nodes.Count > 1 && !nodes.Any(n => n is JsonObject { Count: 0 }))
        {
            result["anyOf"] = nodes;
        }
    }

    private static void Counts(JsonObject result, SchemaView schema, string least, string most)
    {
        foreach (var name in (ReadOnlySpan<string>)[least, most])
        {
            if (schema.First(name)?.Value is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var count) && count >= 0)
            {
                result[name] = count;
            }
        }
    }

    private static void Bound(JsonObject result, SchemaView schema, string inclusive, string exclusive)
    {
        var bound = Number(schema.First(inclusive));
        var other = schema.First(exclusive);
        if (other?.Value.ValueKind == JsonValueKind.True && bound is not null)
        {
            result[exclusive] = bound;
        }
        else if (Number(other) is { } strict)
        {
            result[exclusive] = strict;
        }
        else if (bound is not null)
        {
            result[inclusive] = bound;
        }
    }

    private static JsonValue? Number(SpecNode? node) => node?.Value switch
    {
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt64(out var whole) => JsonValue.Create(whole),
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out var real) && double.IsFinite(real) => JsonValue.Create(real),
        { ValueKind: JsonValueKind.String } value when long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ => null,
    };

    /// <summary>A value in the type that its schema names, because YAML turns "1.0" into a number and people write "true" for true; null where it cannot be.</summary>
    private static JsonValue? Scalar(JsonElement value, string? type) => (type, value.ValueKind) switch
    {
        (null or "string", JsonValueKind.String) => JsonValue.Create(value.GetString()),
        (null or "boolean", JsonValueKind.True or JsonValueKind.False) => JsonValue.Create(value.GetBoolean()),
        ("string", JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) => JsonValue.Create(value.GetRawText()),
        ("boolean", JsonValueKind.String) when bool.TryParse(value.GetString(), out var flag) => JsonValue.Create(flag),
        ("integer", JsonValueKind.Number) when value.TryGetInt64(out var whole) => JsonValue.Create(whole),
        (null or "number", JsonValueKind.Number) when value.TryGetInt64(out var whole) => JsonValue.Create(whole),
        (null or "number", JsonValueKind.Number) when value.TryGetDouble(out var real) && double.IsFinite(real) => JsonValue.Create(real),
        ("integer" or "number", JsonValueKind.String) when long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ => null,
    };
}
