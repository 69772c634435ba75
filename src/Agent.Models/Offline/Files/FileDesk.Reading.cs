using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Files;

/// <content>Reading: whole files, lines of them, their headings and sizes.</content>
internal sealed partial class FileDesk
{
    private async Task<Answer?> ReadAsync(string text, Answer? last)
    {
        if (!tools.Has(Role.ReadFile))
        {
            return null;
        }

        if (OrdinalPattern().Match(text) is { Success: true } nth && last is { Files.Count: > 0 })
        {
            var files = last.Files;
            var at = nth.Groups["n"].Value.ToLowerInvariant() switch { "first" or "1st" or "top" or "" => 0, "second" or "2nd" => 1, "third" or "3rd" => 2, "fourth" or "4th" => 3, "fifth" or "5th" => 4, "last" => files.Count - 1, _ => 0 };
            return at < files.Count ? await ShowAsync(files[at]) : Answer.Unable(string.Create(CultureInfo.InvariantCulture, $"The last answer named {files.Count} files."));
        }

        if (LinesPattern().Match(text) is { Success: true } lines)
        {
            var path = PathOf(lines);
            var from = int.Parse(lines.Groups["from"].ValueSpan, CultureInfo.InvariantCulture);
            var to = lines.Groups["to"].Success ? int.Parse(lines.Groups["to"].ValueSpan, CultureInfo.InvariantCulture) : from;
            return await ShowAsync(path, ("start_line", JsonValue.Create(from)), ("end_line", JsonValue.Create(to)));
        }

        if (EndsPattern().Match(text) is { Success: true } ends)
        {
            var count = ends.Groups["n"].Success ? WordNumber(ends.Groups["n"].Value) : 1;
            var isHead = ends.Groups["end"].Value.ToLowerInvariant() is "first" or "top" or "head";
            return await ShowAsync(PathOf(ends), (isHead ? "head" : "tail", JsonValue.Create(count)));
        }

        if (LineCountPattern().Match(text) is { Success: true } counted)
        {
            return await CountAsync(PathOf(counted), counted.Groups["what"].Value.ToLowerInvariant());
        }

        if (OutlinePattern().Match(text) is { Success: true } outline)
        {
            return await OutlineAsync(PathOf(outline), isSummary: text.StartsWith("summar", StringComparison.OrdinalIgnoreCase));
        }

        // "what is in config/prod" is about a folder; so is what has no ending and cannot be read.
        return ShowPattern().Match(text) is not { Success: true } show ? null
            : text.StartsWith("what", StringComparison.OrdinalIgnoreCase) && !PathOf(show).Split('/')[^1].Contains('.', StringComparison.Ordinal) && tools.Has(Role.ListDirectory) ? await ListAsync(PathOf(show), deep: false)
            : await ShowAsync(PathOf(show));
    }

    private async Task<Answer> ShowAsync(string path, params (string Name, JsonNode? Value)[] part)
    {
        var (file, failed) = await OpenAsync(path, part);
        if (file is null)
        {
            return failed!;
        }

        var shown = file.Lines.Count > 400 ? file.Lines.Take(400).ToList() : file.Lines;
        var last = file.FirstLine + Math.Max(0, shown.Count - 1);
        var answer = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"`{file.Path}`, lines {file.FirstLine}–{last}{(file.TotalLines is { } total ? $" of {total}" : string.Empty)}:\n\n"));
        var fence = file.Text.Contains("```", StringComparison.Ordinal) ? "````" : "```";
        answer.Append(fence).Append('\n').AppendJoin('\n', shown).Append('\n').Append(fence);
        answer.Append(CultureInfo.InvariantCulture, $"\n\nSource: {file.Path}:{file.FirstLine}");
        return new Answer(answer.ToString()) { Files = [file.Path], Plain = string.Join('\n', shown) };
    }

    /// <summary>Reads a file; one that is not at the path as it was written is looked for by its name.</summary>
    private async Task<(FileText? File, Answer? Failed)> OpenAsync(string path, params (string Name, JsonNode? Value)[] part)
    {
        var output = await CallAsync(Role.ReadFile, [("path", path), .. part]);
        if (!output.IsError && FileText.Read(output) is [{ } file, ..])
        {
            return (file.Path.Length > 0 ? file : file with { Path = path }, null);
        }

        if (!output.IsRefused && tools.Has(Role.FindFiles) && !path.Contains("..", StringComparison.Ordinal) && !path.StartsWith('/'))
        {
            var name = path[(path.LastIndexOf('/') + 1)..];
            var listed = FoundFiles.Read(await CallAsync(Role.FindFiles, ("pattern", name.Contains('.', StringComparison.Ordinal) ? name : name + "*")));
            var near = listed.Where(f => f.Path.EndsWith(path, StringComparison.OrdinalIgnoreCase) || !path.Contains('/', StringComparison.Ordinal)).OrderBy(static f => f.Path.Count(static c => c == '/')).ToList();
            if (near.Count == 1 || (near.Count > 1 && near[0].Path.Count(static c => c == '/') < near[1].Path.Count(static c => c == '/')))
            {
                output = await CallAsync(Role.ReadFile, [("path", near[0].Path), .. part]);
                if (!output.IsError && FileText.Read(output) is [{ } found, ..])
                {
                    return (found, null);
                }
            }
            else if (near.Count > 1)
            {
                return (null, Answer.Unable($"There are several files called {name}: {string.Join(", ", near.Take(10).Select(static f => f.Path))}. Name one with its folder."));
            }
        }

        return (null, output.IsError ? Refusals.Explain(output, $"read {path}") with { IsAnswered = true } : new Answer($"{path} is not a text file.\n\n{output.Text}"));
    }

    private async Task<Answer> CountAsync(string path, string what)
    {
        var (file, failed) = await OpenAsync(path);
        if (file is null)
        {
            return failed!;
        }

        if (what.StartsWith("line", StringComparison.Ordinal))
        {
            return new Answer(string.Create(CultureInfo.InvariantCulture, $"`{file.Path}` has **{file.TotalLines ?? file.Lines.Count}** lines.\n\nSource: {file.Path}")) { Files = [file.Path] };
        }

        if (!file.IsWhole)
        {
            return Answer.Unable($"{file.Path} is too long for me to count its {what} in one reading.");
        }

        var count = what.StartsWith("word", StringComparison.Ordinal) ? file.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length
            : what.StartsWith("heading", StringComparison.Ordinal) ? Headings(file).Count : file.Text.Length;
        return new Answer(string.Create(CultureInfo.InvariantCulture, $"`{file.Path}` has **{count}** {what}.\n\nSource: {file.Path}")) { Files = [file.Path] };
    }

    private async Task<Answer> OutlineAsync(string path, bool isSummary)
    {
        var (file, failed) = await OpenAsync(path);
        if (file is null)
        {
            return failed!;
        }

        var headings = Headings(file);
        if (headings.Count == 0 && !isSummary)
        {
            return new Answer($"`{file.Path}` has no headings.") { Files = [file.Path] };
        }

        var answer = new StringBuilder();
        if (isSummary)
        {
            var first = file.Lines.Select(static (l, i) => (Line: l.Trim(), At: i)).FirstOrDefault(static l => l.Line.Length > 30 && l.Line[0] is not ('#' or '|' or '-' or '`' or '<'));
            answer.Append(CultureInfo.InvariantCulture, $"I cannot put a text into other words; this is the outline of `{file.Path}` ({file.TotalLines ?? file.Lines.Count} lines)");
            answer.Append(first.Line is null ? ".\n\n" : string.Create(CultureInfo.InvariantCulture, $", which begins:\n\n> {first.Line} ({file.Path}:{file.FirstLine + first.At})\n\n"));
        }
        else
        {
            answer.Append(CultureInfo.InvariantCulture, $"`{file.Path}` has {headings.Count} headings:\n\n");
        }

        foreach (var (line, number) in headings)
        {
            var depth = line.TakeWhile(static c => c == '#').Count();
            answer.Append(' ', 2 * (depth - 1)).Append(CultureInfo.InvariantCulture, $"- {line[depth..].Trim()} ({file.Path}:{number})\n");
        }

        return new Answer(answer.ToString()) { Files = [file.Path] };
    }

    private static List<(string Line, int Number)> Headings(FileText file)
    {
        var found = new List<(string, int)>();
        var fenced = false;
        for (var i = 0; i < file.Lines.Count; i++)
        {
            var line = file.Lines[i];
            fenced ^= line.TrimStart().StartsWith("```", StringComparison.Ordinal);
            if (!fenced && HeadingPattern().IsMatch(line))
            {
                found.Add((line.Trim(), file.FirstLine + i));
            }
        }

        return found;
    }

    private static int WordNumber(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : Math.Max(1, Array.IndexOf(["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], text.ToLowerInvariant()));

    [GeneratedRegex(@"^(?:show|read|open|print|display|view|give me|see)\s+(?:me\s+)?(?:the\s+)?(?<n>first|second|third|fourth|fifth|last|1st|2nd|3rd|4th|5th|top)\s+(?:file|one|document|result|match)?(?:\s+of (?:them|these|those))?$|^(?:show|read|open|print|display|view)\s+(?:me\s+)?(?:it|that file|this file|the file)$", RegexOptions.IgnoreCase)]
    private static partial Regex OrdinalPattern();

    [GeneratedRegex(@"^(?:show|read|print|display|view|give|get|open|what is|what's|what are|what does|cat)\s*(?:me\s+)?(?:(?:is\s+)?(?:on|in)\s+)?(?:the\s+)?(?:text\s+(?:on|of|in)\s+)?lines?\s+(?<from>\d+)(?:\s*(?:-|–|to|through|until|and)\s*(?<to>\d+))?\s+(?:of|in|from)\s+(?:the\s+)?(?:file\s+)?" + FileWords.Path + "(?:\\s+say)?$", RegexOptions.IgnoreCase)]
    private static partial Regex LinesPattern();

    [GeneratedRegex(@"^(?:(?:show|read|print|display|view|give|get|what is|what's|what are)\s*(?:me\s+)?)?(?:the\s+)?(?<end>first|last|top|bottom|head|tail)\s+(?:(?<n>\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s+)?lines?\s+(?:of|in|from)\s+(?:the\s+)?(?:file\s+)?" + FileWords.Path + "$", RegexOptions.IgnoreCase)]
    private static partial Regex EndsPattern();

    [GeneratedRegex(@"^(?:how many|count the|number of|count)\s+(?<what>lines|words|characters|headings)\s*(?:(?:of text\s+)?(?:does|are|are there|is|has|do|there are)?\s*(?:in|of|does)?\s*)(?:the\s+)?(?:file\s+)?" + FileWords.Path + @"\s*(?:have|has|contain|contains|long)?$|^how long is (?:the\s+)?(?:file\s+)?(?<what>lines?)?" + FileWords.Path + "$", RegexOptions.IgnoreCase)]
    private static partial Regex LineCountPattern();

    [GeneratedRegex(@"^(?:(?:show|list|give|get|what are|print|which|what)\s*(?:me\s+)?(?:all\s+)?(?:the\s+)?(?:headings?|outline|sections?|table of contents|toc|chapters?)(?:\s+(?:are|does))?\s*(?:of|in|from|does)?|outline|summari[sz]e(?:\s+the\s+headings\s+(?:of|in))?|give me a summary of|summary of)\s+(?:the\s+)?(?:file\s+)?" + FileWords.Path + @"(?:\s+(?:have|has|contain))?$", RegexOptions.IgnoreCase)]
    private static partial Regex OutlinePattern();

    [GeneratedRegex(@"^(?:(?:show|read|open|cat|print|display|view|output)\s+(?:me\s+)?(?:the\s+)?(?:(?:whole|full|entire)\s+)?(?:contents?\s+of\s+)?(?:the\s+)?(?:file\s+|document\s+)?|what(?:'s| is| does| are)?\s+(?:is\s+)?(?:the\s+)?(?:contents?\s+(?:of|in)|in|inside|written in|does)?\s*(?:the\s+)?(?:file\s+|document\s+)?|contents? of (?:the\s+)?(?:file\s+)?)" + FileWords.Path + @"(?:\s+(?:say|contain|says|contains|hold|look like|file))?$", RegexOptions.IgnoreCase)]
    private static partial Regex ShowPattern();

    [GeneratedRegex(@"^\s{0,3}#{1,6}\s+\S")]
    private static partial Regex HeadingPattern();
}
