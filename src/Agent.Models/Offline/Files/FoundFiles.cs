using System.Text.Json;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Files;

/// <summary>A file or folder that a tool listed.</summary>
internal sealed record FoundFile(string Path, bool IsFolder, long? Size, string? Modified);

/// <summary>Reads lists of files, structured or as text.</summary>
internal static class FoundFiles
{
    public static IReadOnlyList<FoundFile> Read(ToolOutput output)
    {
        if (output.IsError)
        {
            return [];
        }

        if (output.Structured is { } json)
        {
            var found = new List<FoundFile>();
            Collect(json, found);
            return found;
        }

        return [.. output.Text.Split('\n').Select(static l => l.Trim()).Where(static l => l.Length > 0 && l[0] != '(' && !l.StartsWith("No files", StringComparison.Ordinal)).Select(static l => new FoundFile(l.TrimEnd('/'), l.EndsWith('/'), null, null))];
    }

    /// <summary>How many there are in all, where the tool says.</summary>
    public static long? Total(ToolOutput output) =>
        output.Structured is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("total", out var total) && total.ValueKind == JsonValueKind.Number ? total.GetInt64() : null;

    public static bool IsCut(ToolOutput output) =>
        output.Structured is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("truncated", out var cut) && cut.ValueKind == JsonValueKind.True;

    private static void Collect(JsonElement json, List<FoundFile> found)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    Collect(item, found);
                }

                break;
            case JsonValueKind.String:
                found.Add(new FoundFile(json.GetString()!, false, null, null));
                break;
            case JsonValueKind.Object when Text(json, "path") is { } path:
                found.Add(new FoundFile(path, Text(json, "type") is "folder" or "directory", json.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number ? size.GetInt64() : null, Text(json, "modified")));
                break;
            case JsonValueKind.Object:
                foreach (var property in json.EnumerateObject().Where(static p => p.Value.ValueKind == JsonValueKind.Array))
                {
                    Collect(property.Value, found);
                }

                break;
        }
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
