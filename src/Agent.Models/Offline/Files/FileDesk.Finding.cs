using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Files;

/// <content>Finding files by name, kind, size, age and place.</content>
internal sealed partial class FileDesk
{
    private async Task<Answer?> FindAsync(string text)
    {
        if (FolderListPattern().Match(text) is { Success: true } listing && tools.Has(Role.ListDirectory))
        {
            var path = listing.Groups["folder"].Success ? FileWords.Unquote(listing.Groups["folder"].Value).TrimEnd('/') : null;
            if (path is null || !EverywherePattern().IsMatch(path))
            {
                return await ListAsync(path is null or "" ? null : path, text.Contains("tree", StringComparison.OrdinalIgnoreCase) || text.Contains("structure", StringComparison.OrdinalIgnoreCase));
            }
        }

        if (!tools.Has(Role.FindFiles) || FileQuery.Read(text, time) is not { } query)
        {
            return null;
        }

        var output = await CallAsync(
            Role.FindFiles,
            ("pattern", query.Pattern),
            ("path", query.Folder),
            ("type", query.Folders ? "folder" : null),
            ("min_size", query.MinSize is { } min ? JsonValue.Create(min) : null),
            ("max_size", query.MaxSize is { } max ? JsonValue.Create(max) : null),
            ("modified_after", query.ModifiedAfter),
            ("modified_before", query.ModifiedBefore),
            ("sort", query.Sort),
            ("limit", query.Limit is { } limit ? JsonValue.Create(limit) : null));
        if (output.IsError)
        {
            return Refusals.Explain(output, "look for files");
        }

        var files = FoundFiles.Read(output);
        var total = FoundFiles.Total(output) ?? (FoundFiles.IsCut(output) ? null : files.Count);
        var noun = query.Folders ? "folder" : "file";
        if (query.IsCount)
        {
            return new Answer(string.Create(CultureInfo.InvariantCulture, $"There are **{total?.ToString(CultureInfo.InvariantCulture) ?? $"more than {files.Count}"}** {noun}s{query.Description}.")) { Files = [.. files.Select(static f => f.Path)] };
        }

        if (files.Count == 0)
        {
            return new Answer($"There is no {noun}{query.Description}.");
        }

        var shown = files.Take(query.Limit ?? MostShown).ToList();
        var answer = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{(query.Limit is null && total is { } all ? $"{all} " : string.Empty)}{noun}{(shown.Count == 1 ? string.Empty : "s")}{query.Description}:\n\n").Trim(' '));
        foreach (var file in shown)
        {
            answer.Append(CultureInfo.InvariantCulture, $"- `{file.Path}`{(file.Size is { } size ? $" ({size.ToString("N0", CultureInfo.InvariantCulture)} bytes{(query.Sort is "newest" or "oldest" ? ", " + file.Modified : string.Empty)})" : string.Empty)}\n");
        }

        if (shown.Count < files.Count || FoundFiles.IsCut(output) && query.Limit is null)
        {
            answer.Append(CultureInfo.InvariantCulture, $"\nThe first {shown.Count} are shown.");
        }

        return new Answer(answer.ToString()) { Files = [.. shown.Select(static f => f.Path)] };
    }

    private async Task<Answer> ListAsync(string? folder, bool deep)
    {
        var output = await CallAsync(Role.ListDirectory, ("path", folder), ("depth", deep ? JsonValue.Create(3) : null));
        if (output.IsError)
        {
            return Refusals.Explain(output, $"list {folder ?? "the folder"}");
        }

        var entries = FoundFiles.Read(output);
        if (entries.Count == 0)
        {
            return new Answer($"`{folder ?? "."}` is empty.");
        }

        var answer = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"`{folder ?? "."}` holds {entries.Count} {(entries.Count == 1 ? "entry" : "entries")}:\n\n"));
        foreach (var entry in entries.Take(200))
        {
            answer.Append(CultureInfo.InvariantCulture, $"- `{entry.Path}{(entry.IsFolder ? "/" : string.Empty)}`{(entry.Size is { } size && !entry.IsFolder ? $" ({size.ToString("N0", CultureInfo.InvariantCulture)} bytes)" : string.Empty)}\n");
        }

        return new Answer(answer.ToString()) { Files = [.. entries.Where(static e => !e.IsFolder).Select(static e => e.Path)] };
    }

    [GeneratedRegex(@"^(?:(?:list|show|display|print|what(?:'s| is| are))\s+(?:me\s+)?(?:all\s+)?(?:the\s+)?(?:files\s+and\s+folders|contents?|entries|everything|folder tree|directory tree|tree|folder structure|directory structure|structure|files|folders)?\s*(?:is\s+|are\s+)?(?:there\s+)?(?:in|of|inside|under)\s+(?:the\s+)?(?:(?:folder|directory|dir)\s+(?:called\s+|named\s+)?)?(?<folder>[`""'][^`""']+[`""']|[\w.@+~/-]+)(?:\s+(?:folder|directory|dir))?|ls(?:\s+(?<folder>\S+))?|(?:list|show)\s+(?:me\s+)?(?:the\s+)?(?:folder|directory|current folder|current directory|root folder|folder tree|directory tree|working directory)|(?:list|show)\s+(?:me\s+)?(?:the\s+)?(?:folder|directory)\s+(?<folder>[\w.@+~/-]+))$", RegexOptions.IgnoreCase)]
    private static partial Regex FolderListPattern();

    [GeneratedRegex(@"^(?:this|here|total|all|my|our|it|them|files?|database|db|tables?|table|schema|general|sql|stock|store|there|the|each|every)$", RegexOptions.IgnoreCase)]
    private static partial Regex EverywherePattern();
}
