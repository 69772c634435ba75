using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Agent.Tools.Hosting;

/// <summary>Says in words what a schema of arguments takes, for who called with others.</summary>
public static class ArgumentList
{
    private const int MostArguments = 16;
    private const int MostValues = 10;

    /// <summary>Says it.</summary>
    /// <param name="schema">A JSON schema of an object.</param>
    /// <returns>For example <c>path (string, required), mode (one of full, short)</c>; <c>no arguments</c> where there are none.</returns>
    public static string Of(JsonElement schema)
    {
        if (!schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object || !properties.EnumerateObject().Any())
        {
            return "no arguments";
        }

        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Select(static name => name.GetString()).ToHashSet()
            : [];

        // What must be given first; names with an underscore only shape the answer.
        var shown = properties.EnumerateObject().Where(static property => !property.Name.StartsWith('_')).OrderByDescending(property => required.Contains(property.Name)).ToList();
        var text = new StringBuilder();
        foreach (var property in shown.Take(MostArguments))
        {
            text.Append(text.Length > 0 ? ", " : string.Empty).Append(property.Name);
            string[] words = [.. Kind(property.Value) is { } kind ? [kind] : Array.Empty<string>(), .. required.Contains(property.Name) ? ["required"] : Array.Empty<string>()];
            if (words.Length > 0)
            {
                text.Append(" (").AppendJoin(", ", words).Append(')');
            }
        }

        return shown.Count > MostArguments ? text.Append(CultureInfo.InvariantCulture, $" and {shown.Count - MostArguments} more").ToString() : text.ToString();
    }

    private static string? Kind(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (schema.TryGetProperty("enum", out var values) && values.ValueKind == JsonValueKind.Array)
        {
            return $"one of {string.Join(", ", values.EnumerateArray().Take(MostValues))}{(values.GetArrayLength() > MostValues ? ", …" : string.Empty)}";
        }

        if (schema.TryGetProperty("properties", out var members) && members.ValueKind == JsonValueKind.Object && members.EnumerateObject().Any())
        {
            return $"object of {string.Join(", ", members.EnumerateObject().Take(MostValues).Select(static member => member.Name))}";
        }

        return !schema.TryGetProperty("type", out var type) ? null
            : type.ValueKind == JsonValueKind.Array ? string.Join(" or ", type.EnumerateArray())
            : type.ToString();
    }
}
