using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Conversation;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Files;

/// <summary>Answers requests about files.</summary>
internal sealed partial class FileDesk(OfferedTools tools, Replay replay, TimeProvider time)
{
    public async Task<Answer?> AnswerAsync(string text, Answer? last)
    {
        _ = (last, time);
        if (MentionPattern().Match(text) is { Success: true } mention && tools.Find(Role.SearchText) is { } search)
        {
            return await SearchAsync(search, Clean(mention.Groups["what"].Value));
        }

        if (DeletePattern().Match(text) is { Success: true } delete && tools.Find(Role.DeleteFile) is { } remove)
        {
            var path = Clean(delete.Groups["path"].Value);
            var output = await replay.CallAsync(remove, new JsonObject { [remove.Parameter("path", "file")?.Name ?? "path"] = path });
            return output.IsError ? Refusals.Explain(output, $"delete {path}") : new Answer($"Deleted `{path}`.\n\n{output.Text}");
        }

        return null;
    }

    private async Task<Answer> SearchAsync(OfferedTool tool, string what)
    {
        var arguments = new JsonObject { [tool.Parameter("pattern", "query", "text", "literal")?.Name ?? "pattern"] = what };
        var output = await replay.CallAsync(tool, arguments);
        if (output.IsError)
        {
            return Refusals.Explain(output, "search the files");
        }

        var hits = SearchHits.Read(output);
        if (hits.Count == 0)
        {
            return new Answer($"No file mentions “{what}”.");
        }

        var files = hits.GroupBy(static h => h.Path, StringComparer.Ordinal).ToList();
        var answer = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{files.Count} file{(files.Count == 1 ? string.Empty : "s")} mention{(files.Count == 1 ? "s" : string.Empty)} “{what}”:\n\n"));
        foreach (var file in files)
        {
            answer.Append(CultureInfo.InvariantCulture, $"- `{file.Key}`\n");
            foreach (var hit in file.Take(3))
            {
                answer.Append(CultureInfo.InvariantCulture, $"  - {hit.Path}:{hit.Line}: {hit.Text.Trim()}\n");
            }
        }

        return new Answer(answer.ToString()) { Files = [.. files.Select(static f => f.Key)] };
    }

    private static string Clean(string text) => text.Trim().TrimEnd('?', '!').Trim('"', '\'', '`', '“', '”', ' ').TrimEnd('.');

    [GeneratedRegex(@"^\s*(?:which|what)\s+files\s+(?:mention|contain|use|reference|include)s?\s+(?<what>.+)$", RegexOptions.IgnoreCase)]
    private static partial Regex MentionPattern();

    [GeneratedRegex(@"^\s*(?:please\s+)?(?:delete|remove)\s+(?:the\s+)?(?:file\s+)?(?<path>[\w./\\-]+\.\w+)\s*[.!]?\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex DeletePattern();
}
