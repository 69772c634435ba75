using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agent.Tools.Web.Apis;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Tests.OpenApi;

/// <summary>What every provider and client asks of a tool, written down apart from the code that makes them.</summary>
internal static partial class ValidTools
{
    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    /// <summary>The first fault of the tools that a document yields; null where there is none.</summary>
    public static string? Fault(ApiDescription description)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var operation in description.Operations)
        {
            // Room for the API's name before it: 64 characters in all.
            if (!LegalName().IsMatch(operation.Name) || !names.Add(operation.Name))
            {
                return $"name {operation.Name}";
            }

            var schema = OperationSchema.For(operation);
            var fault = OperationSchema.Description(operation, "api").Length is < 1 or > 1024 ? "length of the description"
                : schema.Input["type"]?.ToString() != "object" ? "arguments are no object"
                : schema.InputJson.Length > 40_000 ? "size of the schema"
                : Fault(schema.Input, argument: true) ?? Fault(OperationSchema.Output(operation), argument: false);
            if (fault is not null)
            {
                return $"{operation.Name}: {fault}";
            }
        }

        return null;
    }

    private static string? Fault(JsonNode? node, bool argument)
    {
        if (node is not JsonObject schema)
        {
            return null;
        }

        string[] types = schema["type"] switch
        {
            null => [],
            JsonArray list => [.. list.Select(t => t!.ToString())],
            var one => [one.ToString()],
        };
        var properties = schema["properties"] as JsonObject ?? [];
        var fault = schema.ContainsKey("$ref") ? "a reference"
            : types.Except(Types).Any() || types.Distinct().Count() != types.Length ? $"type {schema["type"]!.ToJsonString()}"
            : argument && types.Contains("array") && schema["items"] is not JsonObject ? "an array without items"
            : schema["enum"] is JsonArray { Count: 0 } ? "an empty enumeration"
            : argument && properties.FirstOrDefault(p => !LegalKey().IsMatch(p.Key)) is { Key: { } key } ? $"key {key}"
            : properties.Any(p => p.Value is not JsonObject) ? "a property that is no schema"
            : (schema["required"] as JsonArray ?? []).Any(name => !properties.ContainsKey(name!.ToString())) ? "a required property that is not there"
            : null;
        return fault
            ?? properties.Select(p => Fault(p.Value, argument)).FirstOrDefault(f => f is not null)
            ?? Fault(schema["items"], argument)
            ?? Fault(schema["additionalProperties"], argument)
            ?? (schema["anyOf"] as JsonArray ?? []).Select(alternative => Fault(alternative, argument)).FirstOrDefault(f => f is not null);
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,58}$")]
    private static partial Regex LegalName();

    [GeneratedRegex("^[a-zA-Z0-9_.-]{1,64}$")]
    private static partial Regex LegalKey();
}
