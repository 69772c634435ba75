using System.Text;
using Agent.Runtime.Context;
using Agent.Runtime.Plan;

namespace Agent.Runtime.Loop;

/// <summary>Finds tools by words: which are offered at once, which a search gives, which a wrong name may have meant.</summary>
internal static class ToolSearch
{
    /// <summary>
    /// Most requests ask something, and few name the tool that answers them: one that reads goes before one that changes, unless the
    /// name of the latter is said.
    /// </summary>
    public const double ReadingFirst = 3;

    /// <summary>Words that say nothing about what a tool does.</summary>
    private static readonly HashSet<string> Stop = new(
        ["about", "all", "an", "and", "are", "at", "be", "by", "can", "do", "does", "for", "from", "give", "how", "in", "into", "is", "it", "its", "me", "my", "of", "on", "or", "out", "please", "that", "the", "their", "there", "this", "to", "was", "what", "when", "which", "who", "with", "you", "your"],
        StringComparer.Ordinal);

    /// <summary>The tools that are offered from the start.</summary>
    /// <param name="tools">All that may be offered, ours first.</param>
    /// <param name="profile">How many the model takes.</param>
    /// <param name="request">What the person asks.</param>
    /// <param name="size">The size of a tool's declaration.</param>
    /// <param name="room">The size of all declarations together, at most.</param>
    /// <returns>The chosen, in the order of <paramref name="tools"/>.</returns>
    public static IEnumerable<ToolDefinition> Choose(
        IReadOnlyList<ToolDefinition> tools, ModelProfile profile, string request, Func<ToolDefinition, long> size, long room)
    {
        var own = tools.Where(t => t.Id.Server == LocalTools.Server && IsOffered(t, profile)).ToList();
        var others = tools.Where(static t => t.Id.Server != LocalTools.Server).ToList();
        var most = profile.MaxTools ?? int.MaxValue;
        if (own.Count(static t => t.Id.Name != FindToolsTool.Name) + others.Count <= most && own.Sum(size) + others.Sum(size) <= room)
        {
            // All fit, so there is nothing to search for.
            return tools.Where(t => t.Id.Server != LocalTools.Server || (IsOffered(t, profile) && t.Id.Name != FindToolsTool.Name));
        }

        var chosen = new HashSet<ToolId>();
        var left = room - own.Sum(size);
        foreach (var tool in Rank(profile.Compact ? WithoutUnasked(others, request) : others, request, Math.Max(1, most - own.Count), ReadingFirst))
        {
            // One that is too large leaves its room to those behind it.
            if (size(tool) is var needed && (needed <= left || chosen.Count == 0))
            {
                left -= needed;
                chosen.Add(tool.Id);
            }
        }

        return tools.Where(t => t.Id.Server == LocalTools.Server ? IsOffered(t, profile) : chosen.Contains(t.Id));
    }

    /// <summary>The tools that fit a text best: rare words they share weigh more, those of the name most.</summary>
    /// <param name="tools">The tools.</param>
    /// <param name="query">The text.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="reading">What a tool that only reads is better by.</param>
    public static IReadOnlyList<ToolDefinition> Rank(IEnumerable<ToolDefinition> tools, string query, int limit, double reading = 0)
    {
        var words = TellingWords(query);
        var documents = tools.Select(static t => (Tool: t, Name: Words($"{t.Id.Server} {t.Id.Name} {t.Title}"), Text: Words(t.Description))).ToList();
        var spread = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var document in documents)
        {
            foreach (var word in document.Name.Concat(document.Text).Distinct())
            {
                spread[word] = spread.GetValueOrDefault(word) + 1;
            }
        }

        return
        [
            .. documents
                .Select((document, index) => (document.Tool, Index: index, Score: words.Sum(word =>
                    spread.TryGetValue(word, out var count)
                        ? Math.Log(1 + ((double)documents.Count / count)) * ((document.Name.Contains(word) ? 3 : 0) + (document.Text.Contains(word) ? 1 : 0))
                        : 0) + (document.Tool.Hints.ReadOnly == true ? reading : 0)))
                .OrderByDescending(static d => d.Score)
                .ThenBy(static d => d.Index)
                .Take(limit)
                .Select(static d => d.Tool),
        ];
    }

    /// <summary>The tools whose names are nearest to one that is none.</summary>
    public static IReadOnlyList<ToolDefinition> Nearest(IEnumerable<ToolDefinition> tools, string name, int limit)
    {
        var asked = name.ToLowerInvariant();
        asked = asked.Length <= 64 ? asked : asked[..64];
        var words = Words(asked);
        return
        [
            .. tools
                .Select(t => (Tool: t, Distance: Distance(asked, t.Id.ModelName.ToLowerInvariant()) - (4 * Words(t.Id.ModelName).Count(words.Contains))))
                .OrderBy(static t => t.Distance)
                .ThenBy(static t => t.Tool.Id.ModelName, StringComparer.Ordinal)
                .Take(limit)
                .Select(static t => t.Tool),
        ];
    }

    /// <summary>Words in lower case, split at everything else and at humps, plural s cut.</summary>
    public static HashSet<string> Words(string? text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        var word = new StringBuilder();
        var previous = ' ';
        foreach (var c in text ?? string.Empty)
        {
            if (!char.IsLetterOrDigit(c) || (char.IsUpper(c) && char.IsLower(previous)))
            {
                Flush();
            }

            if (char.IsLetterOrDigit(c))
            {
                word.Append(char.ToLowerInvariant(c));
            }

            previous = c;
        }

        Flush();
        return words;

        void Flush()
        {
            if (word.Length > 1)
            {
                if (word.Length > 3 && word[^1] == 's' && word[^2] != 's')
                {
                    word.Length--;
                }

                words.Add(word.ToString());
            }

            word.Clear();
        }
    }

    /// <summary>The words that say something, as <see cref="Words"/> gives them.</summary>
    public static HashSet<string> TellingWords(string? text)
    {
        var words = Words(text);
        words.ExceptWith(Stop);
        return words;
    }

    /// <summary>A small model that finds nothing to read tries what changes something; it is given what the request speaks of, and all else by a search.</summary>
    private static List<ToolDefinition> WithoutUnasked(List<ToolDefinition> tools, string request)
    {
        var reading = tools.Where(static t => t.Hints.ReadOnly == true).SelectMany(WordsOf).ToHashSet(StringComparer.Ordinal);
        if (reading.Count == 0)
        {
            return tools;
        }

        var asked = TellingWords(request);
        asked.ExceptWith(reading);
        return tools.FindAll(t => t.Hints.ReadOnly == true || WordsOf(t).Overlaps(asked));
    }

    private static HashSet<string> WordsOf(ToolDefinition tool) => TellingWords($"{tool.Id.Name} {tool.Title} {tool.Description}");

    /// <summary>A small model is not given a plan to keep, nor a tool for results that were cut before one was.</summary>
    private static bool IsOffered(ToolDefinition own, ModelProfile profile) => !profile.Compact || own.Id.Name is not (PlanTool.Name or ReadResultTool.Name);

    private static int Distance(string left, string right)
    {
        Span<int> row = stackalloc int[right.Length + 1];
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j < row.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j - 1], above) + 1, corner + (left[i - 1] == right[j - 1] ? 0 : 1));
                corner = above;
            }
        }

        return row[^1];
    }
}
