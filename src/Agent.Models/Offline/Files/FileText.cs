using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Files;

/// <summary>A file, or a part of one, as a tool read it.</summary>
/// <param name="Path">Its path.</param>
/// <param name="FirstLine">The number of the first line of the text.</param>
/// <param name="Text">The text, without line numbers.</param>
/// <param name="TotalLines">How many lines the file has; null where the tool does not say.</param>
/// <param name="Hash">Its hash; null where the tool does not say.</param>
internal sealed partial record FileText(string Path, int FirstLine, string Text, int? TotalLines, string? Hash)
{
    /// <summary>Whether it is the whole file.</summary>
    public bool IsWhole => FirstLine == 1 && (TotalLines is null || Lines.Count >= TotalLines);

    public IReadOnlyList<string> Lines
    {
        get
        {
            var lines = Text.Split('\n');
            return lines.Length > 0 && lines[^1].Length == 0 ? lines[..^1] : lines;
        }
    }

    public int LastLine => FirstLine + Math.Max(0, Lines.Count - 1);

    public static IReadOnlyList<FileText> Read(ToolOutput output)
    {
        if (output.IsError)
        {
            return [];
        }

        if (output.Structured is { ValueKind: JsonValueKind.Object } json)
        {
            if (json.TryGetProperty("files", out var files) && files.ValueKind == JsonValueKind.Array)
            {
                return [.. files.EnumerateArray().Select(ReadFile).OfType<FileText>()];
            }

            return ReadFile(json) is { } single ? [single] : [];
        }

        return FromText(output.Text);
    }

    private static FileText? ReadFile(JsonElement file)
    {
        if (file.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var text = String(file, "text") ?? String(file, "content");
        return text is null ? null : new FileText(String(file, "path") ?? string.Empty, Number(file, "line") ?? Number(file, "start_line") ?? 1, text, Number(file, "total_lines"), String(file, "hash"));
    }

    private static List<FileText> FromText(string text)
    {
        var lines = text.Split('\n');
        var header = HeaderPattern().Match(lines[0]);
        if (!header.Success)
        {
            return [new FileText(string.Empty, 1, text, null, null)];
        }

        var body = new StringBuilder();
        foreach (var line in lines.Skip(1))
        {
            var numbered = NumberedPattern().Match(line);
            if (numbered.Success)
            {
                body.Append(numbered.Groups[1].Value).Append('\n');
            }
        }

        return
        [
            new FileText(
                header.Groups["path"].Value,
                int.Parse(header.Groups["first"].ValueSpan, CultureInfo.InvariantCulture),
                body.ToString(),
                int.Parse(header.Groups["total"].ValueSpan, CultureInfo.InvariantCulture),
                header.Groups["hash"].Value),
        ];
    }

    private static string? String(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt32() : null;

    [GeneratedRegex(@"^(?<path>.+) \(lines (?<first>\d+)-\d+ of (?<total>\d+), (?<hash>\S+)\)$")]
    private static partial Regex HeaderPattern();

    [GeneratedRegex(@"^\s*\d+\t(.*)$")]
    private static partial Regex NumberedPattern();
}
