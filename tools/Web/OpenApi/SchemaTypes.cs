using System.Text.Json;

namespace Agent.Tools.Web.OpenApi;

/// <summary>The JSON types that a schema means, whatever words it uses for them.</summary>
internal static class SchemaTypes
{
    /// <summary>The types of a schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="nullable">Whether null is allowed beside them.</param>
    /// <returns>The types in the words of JSON Schema; empty where anything is allowed.</returns>
    public static string[] Of(SchemaView schema, out bool nullable)
    {
        nullable = schema.Any("nullable") || schema.Any("x-nullable") || schema.HasNullAlternative;
        var types = new List<string>();
        var known = true;
        switch (schema.First("type")?.Value)
        {
            case { ValueKind: JsonValueKind.String } value:
                known = Add(value.GetString()!);
                break;
            case { ValueKind: JsonValueKind.Array } values:
                foreach (var value in values.EnumerateArray())
                {
                    if (value.ValueKind == JsonValueKind.String)
                    {
                        Add(value.GetString()!);
                    }
                }

                break;
        }

        nullable |= types.Remove("null");
        if (types.Count == 0 && known)
        {
            Infer(schema, types);
        }

        return [.. types];

        bool Add(string word)
        {
            if (Standard(word) is { } type)
            {
                if (!types.Contains(type))
                {
                    types.Add(type);
                }

                return true;
            }

            return false;
        }
    }

    private static void Infer(SchemaView schema, List<string> types)
    {
        if (schema.Properties().Any() || schema.First("additionalProperties") is { IsObject: true } || schema.First("patternProperties") is not null)
        {
            types.Add("object");
        }
        else if (schema.First("items") is not null || schema.First("prefixItems") is not null)
        {
            types.Add("array");
        }
        else if (schema.First("enum") is { IsArray: true } values && values.Value.GetArrayLength() > 0)
        {
            var kinds = values.Value.EnumerateArray().Select(v => v.ValueKind).Where(k => k != JsonValueKind.Null).Distinct().ToList();
            if (kinds is [JsonValueKind.String])
            {
                types.Add("string");
            }
            else if (kinds is [JsonValueKind.Number])
            {
                types.Add("number");
            }
        }
    }

    private static string? Standard(string word) => word.Trim().ToLowerInvariant() switch
    {
        "string" or "str" or "text" or "file" or "date" or "datetime" or "date-time" or "uuid" or "uri" or "url" or "email" or "password" or "byte" or "binary" or "time" or "char" => "string",
        "integer" or "int" or "int32" or "int64" or "long" or "short" or "timestamp" => "integer",
        "number" or "float" or "double" or "decimal" or "numeric" => "number",
        "boolean" or "bool" => "boolean",
        "object" or "dict" or "map" or "hash" or "json" => "object",
        "array" or "list" => "array",
        "null" => "null",
        _ => null,
    };
}
