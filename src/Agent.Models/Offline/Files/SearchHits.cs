using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Files;

/// <summary>One line that a search found.</summary>
internal sealed record SearchHit(string Path, int Line, string Text);

/// <summary>Reads the lines that a search found, structured or as text.</summary>
internal static partial class SearchHits
{
    public static IReadOnlyList<SearchHit> Read(ToolOutput output)
    {
        var hits = new List<SearchHit>();
        if (output.Structured is { } json)
        {
            Collect(json, null, hits);
            return hits;
        }

        string? path = null;
        foreach (var line in output.Text.Split('\n'))
        {
            if (FullLine().Match(line) is { Success: true } full)
            {
                hits.Add(new SearchHit(full.Groups[1].Value, int.Parse(full.Groups[2].ValueSpan, CultureInfo.InvariantCulture), full.Groups[3].Value));
            }
            else if (path is not null && ShortLine().Match(line) is { Success: true } part)
            {
                hits.Add(new SearchHit(path, int.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture), part.Groups[2].Value));
            }
            else if (line.Length > 0 && !char.IsWhiteSpace(line[0]) && !ContextLine().IsMatch(line))
            {
                path = line.TrimEnd(':', '\r');
            }
        }

        return hits;
    }

    private static void Collect(JsonElement json, string? path, List<SearchHit> hits)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray())
                {
                    Collect(item, path, hits);
                }

                break;
            case JsonValueKind.Object:
                path = Text(json, "path", "file") ?? path;
                if (path is not null && json.TryGetProperty("line", out var line) && line.ValueKind == JsonValueKind.Number)
                {
                    hits.Add(new SearchHit(path, line.GetInt32(), Text(json, "text", "content", "preview", "match") ?? string.Empty));
                    return;
                }

                foreach (var property in json.EnumerateObject())
                {
                    if (property.Value.ValueKind is JsonValueKind.Array)
                    {
                        Collect(property.Value, path, hits);
                    }
                }

                break;
        }
    }

    private static string? Text(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
            {
                return value.GetString();
            }
        }

        return null;
    }

    [GeneratedRegex(@"^([^\s:][^:]*):(\d+):(.*)$")]
    private static partial Regex FullLine();

    [GeneratedRegex(@"^\d+-")]
    private static partial Regex ContextLine();

    [GeneratedRegex(@"^\s*(\d+)[:\t ](.*)$")]
    private static partial Regex ShortLine();
}
