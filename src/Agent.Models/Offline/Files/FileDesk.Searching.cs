using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Language;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Files;

/// <content>Searching text, in all files or in one.</content>
internal sealed partial class FileDesk
{
    private enum Wanted
    {
        Files,
        FileCount,
        Lines,
        LineCount,
        Whether,
    }

    private async Task<Answer?> SearchAsync(string text)
    {
        if (!tools.Has(Role.SearchText))
        {
            return null;
        }

        if (AboutPattern().Match(text) is { Success: true } about)
        {
            return await AboutAsync(PathOf(about), FileWords.Unquote(about.Groups["what"].Value));
        }

        if (AboutNamePattern().Match(text) is { Success: true } named && tools.Has(Role.FindFiles)
            && FoundFiles.Read(await CallAsync(Role.FindFiles, ("pattern", named.Groups["path"].Value + ".*"))) is [{ } only])
        {
            return await AboutAsync(only.Path, FileWords.Unquote(named.Groups["what"].Value));
        }

        foreach (var (pattern, wanted) in (ReadOnlySpan<(Regex, Wanted)>)[
            (FileCountPattern(), Wanted.FileCount),
            (WhichPattern(), Wanted.Files),
            (WherePattern(), Wanted.Lines),
            (TimesPattern(), Wanted.LineCount),
            (AnyPattern(), Wanted.Whether),
            (InsidePattern(), Wanted.Lines),
            (GrepPattern(), Wanted.Lines)])
        {
            if (pattern.Match(text) is { Success: true } match)
            {
                return await LookAsync(match, wanted);
            }
        }

        return null;
    }

    private async Task<Answer?> LookAsync(Match match, Wanted wanted)
    {
        var what = match.Groups["what"].Value;
        var folder = match.Groups["path"].Success ? await WholeAsync(PathOf(match)) : null;
        string? glob = null;
        if (match.Groups["kind"].Success)
        {
            glob = FileWords.Glob(match.Groups["kind"].Value);
            if (glob is null && !SmallKindPattern().IsMatch(match.Groups["kind"].Value))
            {
                return null;
            }
        }

        if (folder is null && PlacePattern().Match(what) is { Success: true } place)
        {
            var named = FileWords.Unquote(place.Groups["place"].Value);
            what = what[..place.Index];
            glob = FileWords.Glob(named) ?? glob;
            folder = FileWords.Glob(named) is null && !HerePattern().IsMatch(named) ? named.TrimEnd('/') : null;
        }

        what = FileWords.Unquote(what);
        if (what.Length == 0)
        {
            return null;
        }

        var output = await CallAsync(
            Role.SearchText,
            ("pattern", what),
            ("path", folder),
            ("include", glob is null ? null : new JsonArray(JsonValue.Create(glob))),
            ("count_all", wanted is Wanted.LineCount ? JsonValue.Create(true) : null),
            // What is written in lower case is a word, in whatever case it stands.
            ("ignore_case", what.Any(char.IsUpper) || !what.All(static c => char.IsLetter(c) || c == ' ') ? null : JsonValue.Create(true)),
            ("limit", wanted is Wanted.Lines ? null : JsonValue.Create(1000)));
        if (output.IsError)
        {
            return Refusals.Explain(output, "search the files");
        }

        var hits = SearchHits.Read(output);
        var inside = folder is null ? string.Empty : $" in `{folder}`";
        if (hits.Count == 0)
        {
            // Case is the most common reason for finding nothing.
            output = await CallAsync(Role.SearchText, ("pattern", what), ("path", folder), ("include", glob is null ? null : new JsonArray(JsonValue.Create(glob))), ("ignore_case", JsonValue.Create(true)), ("limit", wanted is Wanted.Lines ? null : JsonValue.Create(1000)));
            hits = output.IsError ? [] : SearchHits.Read(output);
            if (hits.Count == 0)
            {
                return new Answer($"{(wanted == Wanted.Whether ? "No: no" : wanted is Wanted.FileCount or Wanted.LineCount ? "**0**: no" : "No")} file{inside} mentions “{what}”.");
            }
        }

        return Tell(what, inside, wanted, hits, output);
    }

    private static Answer Tell(string what, string inside, Wanted wanted, IReadOnlyList<SearchHit> hits, ToolOutput output)
    {
        var files = hits.GroupBy(static h => h.Path, StringComparer.Ordinal).ToList();
        var total = FoundFiles.Total(output) ?? hits.Count;
        var isCut = FoundFiles.IsCut(output);
        var answer = new StringBuilder(wanted switch
        {
            Wanted.FileCount => string.Create(CultureInfo.InvariantCulture, $"**{(isCut ? "More than " : string.Empty)}{files.Count}** file{(files.Count == 1 ? " mentions" : "s mention")} “{what}”{inside}"),
            Wanted.LineCount => string.Create(CultureInfo.InvariantCulture, $"“{what}” stands in **{total}** line{(total == 1 ? string.Empty : "s")}{inside}, of {files.Count} file{(files.Count == 1 ? string.Empty : "s")}"),
            Wanted.Whether => string.Create(CultureInfo.InvariantCulture, $"Yes: {files.Count} file{(files.Count == 1 ? " mentions" : "s mention")} “{what}”{inside}"),
            Wanted.Lines => string.Create(CultureInfo.InvariantCulture, $"“{what}” stands in {total} line{(total == 1 ? string.Empty : "s")}{inside}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{files.Count} file{(files.Count == 1 ? " mentions" : "s mention")} “{what}”{inside}"),
        });
        answer.Append(":\n\n");
        var perFile = wanted == Wanted.Lines || files.Count <= 5 ? 10 : 3;
        foreach (var file in files.Take(MostShown))
        {
            answer.Append(CultureInfo.InvariantCulture, $"- `{file.Key}`\n");
            foreach (var hit in file.Take(perFile))
            {
                answer.Append(CultureInfo.InvariantCulture, $"  - {hit.Path}:{hit.Line}: {hit.Text.Trim()}\n");
            }

            if (file.Count() > perFile)
            {
                answer.Append(CultureInfo.InvariantCulture, $"  - and {file.Count() - perFile} more lines\n");
            }
        }

        if (files.Count > MostShown || isCut)
        {
            answer.Append(CultureInfo.InvariantCulture, $"\nNot all are shown: {total} lines in all.\n");
        }

        return new Answer(answer.ToString()) { Files = [.. files.Select(static f => f.Key)], Plain = string.Join('\n', files.Select(static f => f.Key)) };
    }

    /// <summary>"README" is README.md, where that is the file there is.</summary>
    private async Task<string> WholeAsync(string path)
    {
        if (path.Contains('.', StringComparison.Ordinal) || path.Contains('/', StringComparison.Ordinal) || !tools.Has(Role.FindFiles))
        {
            return path;
        }

        return FoundFiles.Read(await CallAsync(Role.FindFiles, ("pattern", path + "*"))).OrderBy(static f => f.Path.Count(static c => c == '/')).FirstOrDefault()?.Path ?? path;
    }

    /// <summary>"What does the README say about approvals": the lines with the words, each with what stands around it.</summary>
    private async Task<Answer> AboutAsync(string path, string what)
    {
        path = await WholeAsync(path);

        foreach (var words in Forms(what))
        {
            var output = await CallAsync(Role.SearchText, ("pattern", words), ("path", path), ("ignore_case", JsonValue.Create(true)), ("context", JsonValue.Create(1)));
            if (output.IsError)
            {
                return Refusals.Explain(output, $"search {path}");
            }

            var hits = SearchHits.Read(output);
            if (hits.Count > 0)
            {
                var answer = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"`{path}` on “{what}”:\n\n"));
                foreach (var hit in hits.Take(20))
                {
                    answer.Append(CultureInfo.InvariantCulture, $"- {hit.Path}:{hit.Line}: {hit.Text.Trim()}\n");
                    if (hit.Text.StartsWith('#') && tools.Has(Role.ReadFile))
                    {
                        await SectionAsync(answer, path, hit.Line);
                    }
                }

                return new Answer(answer.ToString()) { Files = [path] };
            }
        }

        return new Answer($"`{path}` says nothing about “{what}”.") { Files = [path] };
    }

    /// <summary>A heading alone says little: the lines below it, up to the next one.</summary>
    private async Task SectionAsync(StringBuilder answer, string path, int heading)
    {
        const int MostLines = 12;
        var output = await CallAsync(Role.ReadFile, ("path", path), ("start_line", JsonValue.Create(heading + 1)), ("end_line", JsonValue.Create(heading + MostLines)));
        if (output.IsError)
        {
            return;
        }

        var line = heading;
        foreach (var text in FileText.Read(output).SelectMany(static f => f.Lines).TakeWhile(static l => !l.StartsWith('#')))
        {
            line++;
            if (text.Trim().Length > 0)
            {
                answer.Append(CultureInfo.InvariantCulture, $"  - {path}:{line}: {text.Trim()}\n");
            }
        }
    }

    private static IEnumerable<string> Forms(string what)
    {
        yield return what;
        var singular = Stemmer.Singular(what.ToLowerInvariant());
        if (singular != what)
        {
            yield return singular;
        }

        foreach (var word in what.Split(' ').Where(w => w.Length > 3 && w != what && Lexicon.Find(w.ToLowerInvariant()) is null).OrderByDescending(static w => w.Length))
        {
            yield return word;
        }
    }

    private const string Mentions = @"(?:mention|contain|use|reference|include|say|have|discuss|import|define|declare|call|talk about|refer to|match|speak of|deal with|describe)s?(?:ing)?";

    [GeneratedRegex(@"^(?:what\s+(?:does|do)|tell me what|where\s+(?:does|do))\s+(?:the\s+)?(?:file\s+)?" + FileWords.Path + @"(?:\s+file)?\s+(?:say|tell|state|write|mention|explain)s?(?:\s+us)?\s+(?:about|on|of|regarding)\s+(?<what>.+)$", RegexOptions.IgnoreCase)]
    private static partial Regex AboutPattern();

    [GeneratedRegex(@"^(?:what\s+(?:does|do)|tell me what)\s+(?:the\s+)?(?<path>[A-Za-z][\w-]+)\s+(?:say|tell|state|write|mention)s?(?:\s+us)?\s+(?:about|on|of|regarding)\s+(?<what>.+)$", RegexOptions.IgnoreCase)]
    private static partial Regex AboutNamePattern();

    [GeneratedRegex(@"^(?:how many|count(?: the)?|number of)\s+(?:of the\s+)?(?<kind>[\w#.*]+\s+)?files\s+(?:(?:that|which)\s+)?" + Mentions + @"\s+(?<what>.+)$", RegexOptions.IgnoreCase)]
    private static partial Regex FileCountPattern();

    [GeneratedRegex(@"^(?:(?:which|what|find|list|show|give me|search for|name|show me|list me|find me)\s+)?(?:all\s+)?(?:of\s+)?(?:the\s+)?(?:(?<kind>[\w#.*]+)\s+)?(?:files?|documents?)\s+(?:(?:in\s+(?<place>[\w./-]+)\s+)?(?:that|which|where)\s+)?(?:" + Mentions + @"|mentioning|containing|with(?: the (?:text|word|string|phrase))?)\s+(?<what>.+)$|^in\s+(?:which|what)\s+(?:files?|documents?)\s+(?:is|are|does|do|can|was)\s+(?:i find\s+)?(?<what>.+?)(?:\s+(?:mentioned|used|defined|referenced|appear|appears|occur|occurs|found|contained|declared|described|written))?$", RegexOptions.IgnoreCase)]
    private static partial Regex WhichPattern();

    [GeneratedRegex(@"^where\s+(?:is|are|do we|does|do i)\s+(?:the\s+)?(?<what>.+?)\s+(?:mentioned|used|defined|referenced|declared|implemented|configured|set|called|described|documented|written|appear|occur)(?:\s+in\s+" + FileWords.Path + @")?$", RegexOptions.IgnoreCase)]
    private static partial Regex WherePattern();

    [GeneratedRegex(@"^(?:how\s+(?:often|many\s+times)\s+(?:is|does|are|do)\s+(?<what>.+?)\s+(?:mentioned|used|appear|occur|referenced|found|stand|written)s?|how many (?:lines|occurrences|mentions)\s+(?:of|contain|mention|have|include|use|are there of)\s+(?<what>.+?)(?:\s+are there)?|how many (?<what>[""'\w-]+) (?:lines|entries|messages)(?:\s+are(?:\s+there)?)?|count\s+(?:the\s+)?(?:occurrences|mentions|lines)\s+(?:of|with|containing)\s+(?<what>.+?))(?:\s+in\s+(?:the\s+)?(?:file\s+)?" + FileWords.Path + @")?$", RegexOptions.IgnoreCase)]
    private static partial Regex TimesPattern();

    [GeneratedRegex(@"^(?:(?:is there|do we have)\s+(?:anything|something)\s+(?:about|on)\s+(?:the\s+)?(?<what>.+)|(?:does|do|is there|are there)\s+(?:any|a)\s+(?:(?<kind>[\w#.*]+)\s+)?(?:files?|documents?)\s+(?:(?:(?:that|which)\s+)?" + Mentions + @"|about|on)\s+(?<what>.+)|(?:does|do)\s+(?:the\s+)?(?:file\s+)?" + FileWords.Path + @"\s+(?:mention|contain|use|reference|include|define|have|import|call)\s+(?<what>.+)|is\s+(?<what>.+?)\s+(?:mentioned|used|defined|referenced)\s+(?:in\s+(?:any|a|the)\s+files?|anywhere)(?:.*)?)$", RegexOptions.IgnoreCase)]
    private static partial Regex AnyPattern();

    [GeneratedRegex(@"^(?:(?:find|search|look|grep)\s+(?:for\s+)?(?<what>.+?)\s+in\s+(?:the\s+)?(?:file\s+)?" + FileWords.Path + @"|(?:search|grep|look in|look through)\s+(?:the\s+)?(?:file\s+)?" + FileWords.Path + @"\s+for\s+(?<what>.+)|(?:which|what|show(?: me)?|list|print)\s+(?:the\s+)?(?:all\s+)?(?:the\s+)?lines?\s+(?:of|in|from)\s+(?:the\s+)?(?:file\s+)?" + FileWords.Path + @"\s+(?:that\s+|which\s+)?(?:contain|mention|have|include|with|match|containing|mentioning)s?\s+(?<what>.+)|where\s+in\s+(?:the\s+)?(?:file\s+)?" + FileWords.Path + @"\s+is\s+(?<what>.+?)(?:\s+mentioned|\s+defined|\s+used)?)$", RegexOptions.IgnoreCase)]
    private static partial Regex InsidePattern();

    [GeneratedRegex(@"^(?:(?:search|grep|look)\s+(?:(?:all\s+)?(?:the\s+)?(?:files|documents|code|text|folder|repository|repo|project)\s+)?for\s+(?!(?:the\s+)?(?:file|files|folder)\b)(?<what>.+)|grep\s+(?<what>.+)|(?:find|show|list)\s+(?:me\s+)?(?:all\s+)?(?:the\s+)?(?:occurrences|mentions|usages|uses|references|lines|places|TODOs?\s+comments)\s+(?:of|to|containing|with|that contain|that mention|where)\s+(?<what>.+)|(?:find|show|list|search)\s+(?:me\s+)?(?:everything|anything|all)\s+(?:about|on)\s+(?:the\s+)?(?<what>.+)|(?:find|search|look up|locate)\s+(?<what>""[^""]+""|`[^`]+`|“[^”]+”)(?:\s+in\s+(?:the\s+)?files)?|(?:find|list|show)\s+(?:me\s+)?(?:all\s+)?(?:the\s+)?(?<what>TODO|FIXME|HACK)s?(?:\s+comments)?)$", RegexOptions.IgnoreCase)]
    private static partial Regex GrepPattern();

    [GeneratedRegex(@"\s+(?:in|inside|under|within)\s+(?:the\s+)?(?:(?:folder|directory|files of)\s+)?(?<place>""[^""]+""|`[^`]+`|[\w.*@+~/#-]+)(?:\s+(?:folder|directory|files|repository|repo|project))?$", RegexOptions.IgnoreCase)]
    private static partial Regex PlacePattern();

    [GeneratedRegex(@"^(?:this|here|the|my|our|it|repository|repo|project|workspace|root|folder|directory|files|any|all|them|total|code|documents)$", RegexOptions.IgnoreCase)]
    private static partial Regex HerePattern();

    [GeneratedRegex(@"^(?:the|all|of|other|my|our|any|source|these|those|different)\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex SmallKindPattern();
}
