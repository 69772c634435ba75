using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Conversation;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Files;

/// <summary>Answers requests about files: what mentions a text, which files there are, what stands in one, and changes as written.</summary>
internal sealed partial class FileDesk(OfferedTools tools, Replay replay, TimeProvider time)
{
    private const int MostShown = 50;

    public bool IsOpen => tools.Has(Role.SearchText) || tools.Has(Role.FindFiles) || tools.Has(Role.ReadFile);

    /// <summary>The answer; null where the request is not about files.</summary>
    /// <param name="text">The request, in one line or several.</param>
    /// <param name="last">What the request before it came to.</param>
    public async Task<Answer?> AnswerAsync(string text, Answer? last)
    {
        if (!IsOpen)
        {
            return null;
        }

        // "with phone in the name" looks for a name; "in the name" is no folder.
        var asked = InNamePattern().Replace(FileWords.Clean(text), "named *${name}*");
        if (ReadsPattern().IsMatch(asked))
        {
            asked = SpacedPattern().Replace(asked, "\"$0\"");
        }

        if (last is { Files.Count: > 0 } && AndPattern().Match(asked) is { Success: true } other && tools.Has(Role.ReadFile))
        {
            // "and contracts/b.txt": read as the one before.
            return await ShowAsync(PathOf(other));
        }

        return await ChangeAsync(asked, last)
            ?? await ReadAsync(asked, last)
            ?? await SearchAsync(asked)
            ?? await FindAsync(asked);
    }

    [GeneratedRegex(@"\b(?:with|having|containing|that (?:have|contain))\s+(?<name>\S+)\s+in\s+(?:the|its|their)\s+(?:file\s*)?names?\b", RegexOptions.IgnoreCase)]
    private static partial Regex InNamePattern();

    [GeneratedRegex(@"^(?:and|what about|how about|now|then)\s+(?:the\s+)?(?:file\s+)?" + FileWords.Path + "$", RegexOptions.IgnoreCase)]
    private static partial Regex AndPattern();

    [GeneratedRegex(@"^(?:show|read|open|print|display|view|cat|give me|what|how many (?:lines|words))\b", RegexOptions.IgnoreCase)]
    private static partial Regex ReadsPattern();

    /// <summary>A path whose last name has several words: <c>letters/Letter to Ann.txt</c>.</summary>
    [GeneratedRegex(@"(?<![\w""'`/])(?:[\w@+~-]+/)+[\w@+~-]+(?: [\w@+~-]+)+\.\w{1,5}$")]
    private static partial Regex SpacedPattern();

    /// <summary>The tool for a role, called with the arguments that it knows.</summary>
    private Task<ToolOutput> CallAsync(Role role, params ReadOnlySpan<(string Name, JsonNode? Value)> arguments)
    {
        var tool = tools.Find(role)!;
        var named = new JsonObject();
        foreach (var (name, value) in arguments)
        {
            if (value is not null && Parameter(tool, name) is { } parameter)
            {
                named[parameter] = value;
            }
        }

        return replay.CallAsync(tool, named);
    }

    private static string? Parameter(OfferedTool tool, string name) => (name switch
    {
        "pattern" => tool.Parameter("pattern", "query", "text", "glob", "name"),
        "path" => tool.Parameter("path", "file", "file_path", "directory"),
        "from" => tool.Parameter("from", "source", "source_path", "path"),
        "to" => tool.Parameter("to", "destination", "destination_path", "new_path"),
        "content" => tool.Parameter("content", "text", "contents"),
        _ => tool.Parameter(name),
    })?.Name;
}
