using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Models.Offline.Tools;

/// <summary>One parameter of a tool, as its schema has it.</summary>
internal sealed record ToolParameter(string Name, string Type, string Description, bool Required, IReadOnlyList<string> Values, JsonElement Schema)
{
    public bool IsNumber => Type is "integer" or "number";

    public bool IsList => Type == "array";
}

/// <summary>A tool that the request offers, read from its name, description and schema.</summary>
internal sealed class OfferedTool
{
    private OfferedTool(string name, string description, IReadOnlyList<ToolParameter> parameters)
    {
        Name = name;
        Description = description;
        Parameters = parameters;
        var split = name.IndexOf("__", StringComparison.Ordinal);
        Server = split > 0 ? name[..split] : string.Empty;
        LocalName = split > 0 ? name[(split + 2)..] : name;
    }

    /// <summary>The name to call it by.</summary>
    public string Name { get; }

    /// <summary>The part of the name before the double underscore; empty where there is none.</summary>
    public string Server { get; }

    /// <summary>The part of the name after the double underscore.</summary>
    public string LocalName { get; }

    /// <summary>The name a person reads.</summary>
    public string DisplayName => Server.Length == 0 ? LocalName : $"{Server}.{LocalName}";

    public string Description { get; }

    public IReadOnlyList<ToolParameter> Parameters { get; }

    /// <summary>The schema of what it gives; null where it does not say.</summary>
    public JsonElement? ResultSchema { get; private init; }

    /// <summary>Whether calling it twice does no more than calling it once; taken from what its name says it does.</summary>
    public bool IsReadOnly { get; private init; }

    public static OfferedTool Read(AIFunctionDeclaration declaration)
    {
        var tool = new OfferedTool(declaration.Name, declaration.Description ?? string.Empty, [.. ReadParameters(declaration.JsonSchema)]);
        return new OfferedTool(tool.Name, tool.Description, tool.Parameters) { IsReadOnly = LooksReadOnly(tool.LocalName), ResultSchema = declaration.ReturnJsonSchema };
    }

    /// <summary>The first parameter that bears one of the names; null where none does.</summary>
    public ToolParameter? Parameter(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            foreach (var parameter in Parameters)
            {
                if (string.Equals(parameter.Name.Replace("_", string.Empty, StringComparison.Ordinal), name.Replace("_", string.Empty, StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase))
                {
                    return parameter;
                }
            }
        }

        return null;
    }

    private static bool LooksReadOnly(string name)
    {
        ReadOnlySpan<string> acting =
            ["write", "edit", "move", "delete", "create", "restore", "execute", "update", "insert", "post", "put", "patch", "remove", "add", "cancel", "send", "place", "request", "call"];
        foreach (var word in Language.Identifier.Split(name))
        {
            if (acting.Contains(word))
            {
                return false;
            }
        }

        return true;
    }

    private static IEnumerable<ToolParameter> ReadParameters(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Select(static n => n.GetString()).ToHashSet(StringComparer.Ordinal)
            : [];
        foreach (var property in properties.EnumerateObject())
        {
            var value = property.Value;
            yield return new ToolParameter(
                property.Name,
                ReadType(value),
                Text(value, "description"),
                required.Contains(property.Name),
                value.ValueKind == JsonValueKind.Object && value.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array
                    ? [.. values.EnumerateArray().Where(static v => v.ValueKind == JsonValueKind.String).Select(static v => v.GetString()!)]
                    : [],
                value);
        }
    }

    private static string ReadType(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return "string";
        }

        if (!schema.TryGetProperty("type", out var type))
        {
            foreach (var choice in (ReadOnlySpan<string>)["anyOf", "oneOf"])
            {
                if (schema.TryGetProperty(choice, out var options) && options.ValueKind == JsonValueKind.Array)
                {
                    return options.EnumerateArray().Select(ReadType).FirstOrDefault(static t => t != "null") ?? "string";
                }
            }

            return schema.TryGetProperty("properties", out _) ? "object" : "string";
        }

        return type.ValueKind switch
        {
            JsonValueKind.String => type.GetString()!,
            JsonValueKind.Array => type.EnumerateArray().Select(static t => t.GetString()).FirstOrDefault(static t => t is not null and not "null") ?? "string",
            _ => "string",
        };
    }

    private static string Text(JsonElement schema, string name) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
}
