using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Files;

/// <content>Changes, exactly as they were asked for: no path and no text is guessed.</content>
internal sealed partial class FileDesk
{
    private async Task<Answer?> ChangeAsync(string text, Answer? last)
    {
        if (FolderPattern().Match(text) is { Success: true } folder && tools.Has(Role.CreateDirectory))
        {
            var path = PathOf(folder);
            return Done(await CallAsync(Role.CreateDirectory, ("path", path)), $"create the folder {path}", $"Created the folder `{path}`.", path);
        }

        if (DeletePattern().Match(text) is { Success: true } delete && tools.Has(Role.DeleteFile))
        {
            var path = PathOf(delete);
            var whole = delete.Groups["folder"].Success ? JsonValue.Create(true) : null;
            return Done(await CallAsync(Role.DeleteFile, ("path", path), ("recursive", whole)), $"delete {path}", $"Deleted `{path}`.", path);
        }

        if (RestorePattern().Match(text) is { Success: true } restore && tools.Has(Role.RestoreFile))
        {
            var path = PathOf(restore);
            return Done(await CallAsync(Role.RestoreFile, ("path", path)), $"restore {path}", $"Restored `{path}`.", path);
        }

        if (MovePattern().Match(text) is { Success: true } move && tools.Has(Role.MoveFile))
        {
            var (from, to) = (FileWords.Unquote(move.Groups["from"].Value), FileWords.Unquote(move.Groups["to"].Value));
            if (move.Groups["verb"].Value.StartsWith("ren", StringComparison.OrdinalIgnoreCase) && !to.Contains('/', StringComparison.Ordinal) && from.Contains('/', StringComparison.Ordinal))
            {
                to = from[..(from.LastIndexOf('/') + 1)] + to;
            }
            else if (to.EndsWith('/') || move.Groups["into"].Success)
            {
                to = $"{to.TrimEnd('/')}/{from[(from.LastIndexOf('/') + 1)..]}";
            }

            return Done(await CallAsync(Role.MoveFile, ("from", from), ("to", to)), $"move {from}", $"Moved `{from}` to `{to}`.", to);
        }

        if (CopyPattern().Match(text) is { Success: true } copy && tools.Has(Role.ReadFile) && tools.Has(Role.WriteFile))
        {
            var (from, to) = (FileWords.Unquote(copy.Groups["from"].Value), FileWords.Unquote(copy.Groups["to"].Value));
            var output = await CallAsync(Role.ReadFile, ("path", from));
            return FileText.Read(output) is [{ IsWhole: true } file]
                ? Done(await CallAsync(Role.WriteFile, ("path", to), ("content", file.Text)), $"write {to}", $"Copied `{from}` to `{to}`.", to)
                : Refusals.Explain(output, $"read {from}");
        }

        if (ReplacePattern().Match(text) is { Success: true } replace && replace.Groups["path"].Success && tools.Has(Role.EditFile))
        {
            return await EditAsync(PathOf(replace), FileWords.Unquote(replace.Groups["old"].Value), FileWords.Unquote(replace.Groups["new"].Value));
        }

        if (AppendPattern().Match(text) is { Success: true } append && tools.Has(Role.ReadFile) && tools.Has(Role.WriteFile))
        {
            return await AppendAsync(PathOf(append), FileWords.Unquote(append.Groups["what"].Value));
        }

        if ((CreatePattern().Match(text) is { Success: true } m ? m : WritePattern().Match(text)) is { Success: true } write && tools.Has(Role.WriteFile))
        {
            var path = PathOf(write);
            var content = Content(write.Groups["what"].Value, last);
            return content is null
                ? null
                : Done(await CallAsync(Role.WriteFile, ("path", path), ("content", content)), $"write {path}", $"Wrote `{path}`.", path);
        }

        return null;
    }

    private async Task<Answer> EditAsync(string path, string old, string fresh)
    {
        var edit = new JsonObject { ["old_text"] = old, ["new_text"] = fresh, ["replace_all"] = true };
        var output = await CallAsync(Role.EditFile, ("path", path), ("edits", new JsonArray(edit)));
        return Done(output, $"edit {path}", $"Replaced “{old}” by “{fresh}” in `{path}`.", path);
    }

    private async Task<Answer> AppendAsync(string path, string line)
    {
        var output = await CallAsync(Role.ReadFile, ("path", path));
        if (FileText.Read(output) is not [{ IsWhole: true } file])
        {
            return output.IsError ? Refusals.Explain(output, $"read {path}") : Answer.Unable($"I can add only to a text file that I can read as a whole, and {path} is none.");
        }

        var text = file.Text.Length == 0 || file.Text.EndsWith('\n') ? file.Text + line + "\n" : file.Text + "\n" + line + "\n";
        return Done(await CallAsync(Role.WriteFile, ("path", path), ("content", text), ("expected_hash", file.Hash)), $"write {path}", $"Added a line to `{path}`.", path);
    }

    /// <summary>The text to write: what was quoted or said, or the answer before ("it", "the result").</summary>
    private static string? Content(string said, Answer? last)
    {
        if (ItPattern().IsMatch(said.Trim()))
        {
            if (last is { Rows: { } rows } && said.Contains("name", StringComparison.OrdinalIgnoreCase))
            {
                var names = Enumerable.Range(0, rows.Columns.Count).Where(c => rows.Columns[c].Contains("name", StringComparison.OrdinalIgnoreCase)).ToList();
                return names.Count == 0 ? null : string.Concat(rows.Rows.Select(r => string.Join(' ', names.Select(n => r[n])) + "\n"));
            }

            return last is null ? null : (last.Plain ?? last.Text) + "\n";
        }

        var text = FileWords.Unquote(said);
        return text.Length == 0 ? null : text.Replace("\\n", "\n", StringComparison.Ordinal) + (text.Contains('\n', StringComparison.Ordinal) ? string.Empty : "\n");
    }

    private static string PathOf(Match match) => match.Groups["path"].Value.TrimEnd('.', ',');

    private static Answer Done(ToolOutput output, string what, string done, string path)
    {
        if (output.IsError)
        {
            return Refusals.Explain(output, what);
        }

        return new Answer($"{done}\n\nSource: {path}") { Files = [path] };
    }

    [GeneratedRegex(@"^(?:(?:create|make|add)\s+(?:a\s+|the\s+)?(?:new\s+)?(?:folder|directory)|mkdir)\s+(?:named\s+|called\s+)?[`""']?(?<path>[^\s`""']+)[`""']?$", RegexOptions.IgnoreCase)]
    private static partial Regex FolderPattern();

    [GeneratedRegex(@"^(?:delete|remove|erase|trash|rm)\s+(?:the\s+)?(?:file\s+|(?<folder>folder\s+|directory\s+))?(?:named\s+|called\s+)?" + FileWords.Path + "$", RegexOptions.IgnoreCase)]
    private static partial Regex DeletePattern();

    [GeneratedRegex(@"^(?:restore|undelete|bring back|recover)\s+(?:the\s+)?(?:deleted\s+)?(?:file\s+)?" + FileWords.Path + "$", RegexOptions.IgnoreCase)]
    private static partial Regex RestorePattern();

    [GeneratedRegex(@"^(?<verb>move|rename|mv)\s+(?:the\s+)?(?:file\s+|folder\s+)?(?<from>[`""'][^`""']+[`""']|\S+)\s+(?:to|as|(?<into>into))\s+(?:the\s+)?(?<into>folder\s+|directory\s+)?(?<to>[`""'][^`""']+[`""']|\S+)$", RegexOptions.IgnoreCase)]
    private static partial Regex MovePattern();

    [GeneratedRegex(@"^(?:copy|cp|duplicate)\s+(?:the\s+)?(?:file\s+)?(?<from>[`""'][^`""']+[`""']|\S+)\s+(?:to|as|into)\s+(?<to>[`""'][^`""']+[`""']|\S+)$", RegexOptions.IgnoreCase)]
    private static partial Regex CopyPattern();

    [GeneratedRegex(@"^(?:(?:in|inside)\s+(?:the\s+)?(?:file\s+)?" + FileWords.Path + @"[,:]?\s+)?(?:replace|change|substitute)\s+(?:all\s+)?(?:occurrences\s+of\s+)?(?<old>""[^""]+""|'[^']+'|`[^`]+`|“[^”]+”|.+?)\s+(?:by|with|to|into)\s+(?<new>""[^""]*""|'[^']*'|`[^`]*`|“[^”]*”|.+?)(?:\s+(?:in|inside|within)\s+(?:the\s+)?(?:file\s+)?" + FileWords.Path + ")?$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex ReplacePattern();

    [GeneratedRegex(@"^(?:append|add)\s+(?:(?:the|a)\s+)?(?:line\s+|text\s+)?(?<what>""[^""]+""|'[^']+'|`[^`]+`|“[^”]+”|.+?)\s+(?:to|at the end of)\s+(?:the\s+)?(?:end\s+of\s+)?(?:the\s+)?(?:file\s+)?" + FileWords.Path + "$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex AppendPattern();

    [GeneratedRegex(@"^(?:create|write|make|save|add)\s+(?:a\s+|the\s+)?(?:new\s+)?(?:text\s+)?(?:file\s+)?(?:named\s+|called\s+|at\s+)?" + FileWords.Path + @"\s+(?:with|containing|that (?:says|contains|reads)|saying|which (?:says|contains))\s+(?:the\s+)?(?:text\s+|content\s+|contents\s+|line\s+|words?\s+)?(?:of\s+)?(?<what>.+)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex CreatePattern();

    [GeneratedRegex(@"^(?:write|save|put|store|export)\s+(?<what>""[^""]+""|'[^']+'|`[^`]+`|“[^”]+”|it|that|this|them|(?:the|this|that)\s+(?:result|answer|list|table|output|rows|names?)(?:s)?|.+?)\s+(?:to|into|in|as)\s+(?:a\s+|the\s+)?(?:new\s+)?(?:file\s+)?(?:named\s+|called\s+)?" + FileWords.Path + "$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex WritePattern();

    [GeneratedRegex(@"^(?:it|that|this|them|their names?|its name|the names?|(?:the|this|that)\s+(?:result|answer|list|table|output|row|number|value|total|count)s?)$", RegexOptions.IgnoreCase)]
    private static partial Regex ItPattern();
}
