using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Agent.Models.Tests.Offline.Bench;

/// <summary>Real files in a folder behind tools that have the shape of the <c>files</c> server's.</summary>
internal sealed class FileTools(string root)
{
    private const string Glob = """{"type":"object","properties":{"pattern":{"type":"string"},"path":{"type":"string"},"type":{"enum":["file","folder","any"]},"min_size":{"type":"integer"},"max_size":{"type":"integer"},"modified_after":{"type":"string"},"modified_before":{"type":"string"},"sort":{"enum":["path","newest","oldest","largest","smallest"]},"limit":{"type":"integer"}}}""";
    private const string Search = """{"type":"object","properties":{"pattern":{"type":"string"},"regex":{"type":"boolean"},"ignore_case":{"type":"boolean"},"path":{"type":"string"},"include":{"type":"array","items":{"type":"string"}},"context":{"type":"integer"},"limit":{"type":"integer"},"count_all":{"type":"boolean"}},"required":["pattern"]}""";

    public IReadOnlyList<BenchTool> Tools =>
    [
        new("files__find_files", "Finds files by glob or name.", Glob, Find),
        new("files__search_text", "Searches the text of files.", Search, SearchText),
        new("files__read_file", "Reads files by lines.", """{"type":"object","properties":{"path":{"type":"string"},"start_line":{"type":"integer"},"end_line":{"type":"integer"},"head":{"type":"integer"},"tail":{"type":"integer"}}}""", Read),
        new("files__list_directory", "Lists a folder.", """{"type":"object","properties":{"path":{"type":"string"},"depth":{"type":"integer"}}}""", List),
        new("files__write_file", "Writes a file.", """{"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"},"expected_hash":{"type":"string"}},"required":["path","content"]}""", Write),
        new("files__edit_file", "Replaces exact pieces of a text file.", """{"type":"object","properties":{"path":{"type":"string"},"edits":{"type":"array"}},"required":["path","edits"]}""", Edit),
        new("files__move_file", "Moves or renames.", """{"type":"object","properties":{"from":{"type":"string"},"to":{"type":"string"}},"required":["from","to"]}""", Move),
        new("files__delete_file", "Moves a file to the trash.", """{"type":"object","properties":{"path":{"type":"string"},"recursive":{"type":"boolean"}},"required":["path"]}""", Delete),
        new("files__create_directory", "Creates a folder.", """{"type":"object","properties":{"path":{"type":"string"}},"required":["path"]}""", a => Done(Directory.CreateDirectory(Full(a)).Name)),
    ];

    private IEnumerable<FileInfo> All(string? below) =>
        new DirectoryInfo(below is null ? root : Path.Combine(root, below)).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(static f => f.FullName, StringComparer.Ordinal);

    private string Shown(FileSystemInfo file) => Path.GetRelativePath(root, file.FullName).Replace('\\', '/');

    private string Full(JsonObject arguments, string name = "path") => Path.Combine(root, arguments[name]!.ToString());

    private static bool Matches(string path, string glob)
    {
        var pattern = Regex.Escape(glob).Replace(@"\*\*/", "(?:.*/)?", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal).Replace(@"\{", "(?:", StringComparison.Ordinal).Replace("}", ")", StringComparison.Ordinal).Replace(",", "|", StringComparison.Ordinal);
        return Regex.IsMatch(glob.Contains('/', StringComparison.Ordinal) ? path : Path.GetFileName(path), $"^{pattern}$", RegexOptions.IgnoreCase);
    }

    private BenchResult Find(JsonObject arguments)
    {
        if (arguments["path"] is { } below && !Directory.Exists(Path.Combine(root, below.ToString())))
        {
            return BenchResult.Error($"There is no folder '{below}'.");
        }

        var found = All(arguments["path"]?.ToString()).Where(f => arguments["pattern"] is not { } p || Matches(Shown(f), p.ToString()))
            .Where(f => arguments["min_size"] is not { } min || f.Length >= (long)min).Where(f => arguments["max_size"] is not { } max || f.Length <= (long)max).ToList();
        found = arguments["sort"]?.ToString() switch { "largest" => [.. found.OrderByDescending(static f => f.Length)], "smallest" => [.. found.OrderBy(static f => f.Length)], "newest" => [.. found.OrderByDescending(static f => f.LastWriteTimeUtc)], _ => found };
        var limit = arguments["limit"] is { } l ? (int)l : 200;
        var shown = found.Take(limit).ToList();
        return new BenchResult(
            string.Join('\n', shown.Select(Shown)),
            new JsonObject { ["files"] = new JsonArray([.. shown.Select(f => new JsonObject { ["path"] = Shown(f), ["type"] = "file", ["size"] = f.Length, ["modified"] = null })]), ["total"] = found.Count, ["truncated"] = found.Count > limit, ["next_cursor"] = null });
    }

    private BenchResult SearchText(JsonObject arguments)
    {
        var options = arguments["ignore_case"]?.GetValue<bool>() == true ? RegexOptions.IgnoreCase : RegexOptions.None;
        var pattern = new Regex(arguments["regex"]?.GetValue<bool>() == true ? arguments["pattern"]!.ToString() : Regex.Escape(arguments["pattern"]!.ToString()), options);
        var path = arguments["path"]?.ToString();
        if (path is not null && !File.Exists(Path.Combine(root, path)) && !Directory.Exists(Path.Combine(root, path)))
        {
            return BenchResult.Error($"'{path}' does not exist.");
        }

        var files = path is not null && File.Exists(Path.Combine(root, path)) ? [new FileInfo(Path.Combine(root, path))] : All(path);
        var matches = new JsonArray();
        var text = new StringBuilder();
        foreach (var file in files.Where(f => arguments["include"] is not JsonArray globs || globs.Any(g => Matches(Shown(f), g!.ToString()))))
        {
            var lines = File.ReadAllLines(file.FullName);
            var any = false;
            for (var i = 0; i < lines.Length; i++)
            {
                if (pattern.Match(lines[i]) is { Success: true } match)
                {
                    text.Append(any ? string.Empty : (text.Length > 0 ? "\n" : string.Empty) + Shown(file) + "\n").Append(CultureInfo.InvariantCulture, $"{i + 1}:{lines[i]}\n");
                    any = true;
                    matches.Add(new JsonObject { ["path"] = Shown(file), ["line"] = i + 1, ["column"] = match.Index + 1, ["text"] = lines[i] });
                }
            }
        }

        return new BenchResult(text.Length == 0 ? "No matches." : text.ToString(), new JsonObject { ["matches"] = matches, ["total"] = matches.Count, ["truncated"] = false, ["next_cursor"] = null });
    }

    private BenchResult Read(JsonObject arguments)
    {
        var path = Full(arguments);
        if (!File.Exists(path))
        {
            return BenchResult.Error($"'{arguments["path"]}' does not exist.");
        }

        var content = File.ReadAllText(path);
        var lines = content.Split('\n');
        var total = content.EndsWith('\n') ? lines.Length - 1 : lines.Length;
        var first = arguments["start_line"] is { } s ? (int)s : arguments["tail"] is { } tail ? Math.Max(1, total - (int)tail + 1) : 1;
        var last = Math.Min(total, arguments["end_line"] is { } e ? (int)e : arguments["head"] is { } head ? (int)head : total);
        var shown = lines[(first - 1)..last];
        var text = $"{arguments["path"]} (lines {first}-{last} of {total}, sha256:0)\n" + string.Concat(shown.Select((l, i) => $"{first + i}\t{l}\n"));
        return new BenchResult(text, new JsonObject
        {
            ["files"] = new JsonArray(new JsonObject { ["path"] = arguments["path"]!.ToString(), ["kind"] = "text", ["line"] = first, ["end_line"] = last, ["total_lines"] = total, ["text"] = string.Join('\n', shown) + "\n", ["hash"] = "sha256:0" }),
            ["total"] = 1, ["truncated"] = false, ["next_cursor"] = null,
        });
    }

    private BenchResult List(JsonObject arguments)
    {
        var folder = new DirectoryInfo(arguments["path"] is { } path ? Path.Combine(root, path.ToString()) : root);
        if (!folder.Exists)
        {
            return BenchResult.Error($"'{arguments["path"]}' does not exist.");
        }

        var entries = folder.EnumerateFileSystemInfos().OrderBy(static f => f.Name, StringComparer.Ordinal).ToList();
        return new BenchResult(
            string.Join('\n', entries.Select(Shown)),
            new JsonObject { ["entries"] = new JsonArray([.. entries.Select(f => new JsonObject { ["path"] = Shown(f), ["type"] = f is DirectoryInfo ? "folder" : "file", ["size"] = (f as FileInfo)?.Length })]), ["total"] = entries.Count, ["truncated"] = false, ["next_cursor"] = null });
    }

    private BenchResult Write(JsonObject arguments)
    {
        File.WriteAllText(Full(arguments), arguments["content"]!.ToString());
        return Done("written");
    }

    private BenchResult Edit(JsonObject arguments)
    {
        var text = File.ReadAllText(Full(arguments));
        foreach (var edit in arguments["edits"]!.AsArray())
        {
            if (!text.Contains(edit!["old_text"]!.ToString(), StringComparison.Ordinal))
            {
                return BenchResult.Error($"'{edit["old_text"]}' does not occur.");
            }

            text = text.Replace(edit["old_text"]!.ToString(), edit["new_text"]!.ToString(), StringComparison.Ordinal);
        }

        File.WriteAllText(Full(arguments), text);
        return Done("edited");
    }

    private BenchResult Move(JsonObject arguments)
    {
        File.Move(Full(arguments, "from"), Full(arguments, "to"));
        return Done("moved");
    }

    private BenchResult Delete(JsonObject arguments)
    {
        if (!File.Exists(Full(arguments)))
        {
            return BenchResult.Error($"'{arguments["path"]}' does not exist.");
        }

        File.Delete(Full(arguments));
        return Done("deleted");
    }

    private static BenchResult Done(string text) => new(text, new JsonObject { ["action"] = text });
}
