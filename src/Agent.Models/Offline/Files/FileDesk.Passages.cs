using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Language;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Files;

/// <content>Questions on what documents say: the lines in which the words of the question stand together.</content>
internal sealed partial class FileDesk
{
    private const int Window = 2;

    /// <summary>Orders to make something new: no document holds the answer to one.</summary>
    private static readonly HashSet<string> Making = new(StringComparer.OrdinalIgnoreCase)
    {
        "write", "compose", "draft", "translate", "invent", "imagine", "generate", "suggest", "recommend", "predict", "rewrite", "paraphrase", "rhyme", "sing", "tell",
    };

    /// <summary>Passages that hold every word that matters; null where there are none.</summary>
    public async Task<Answer?> PassagesAsync(string text)
    {
        if (Tokenizer.Read(text).FirstOrDefault(static t => t.Kind == TokenKind.Word && t.Lower is not ("please" or "can" or "could" or "you")) is { } first && Making.Contains(first.Lower))
        {
            return null;
        }

        var words = Tokenizer.Read(text).Where(static t => t.Kind is TokenKind.Quoted || (t.Kind == TokenKind.Word && t.Lower.Length > 2 && t.Lower is not ("how" or "why" or "long" or "much" or "many" or "when" or "where" or "file" or "files") && Lexicon.Find(t.Lower)?.Kind is null or ItemKind.Event or ItemKind.Verb or ItemKind.Concept or ItemKind.Unit or ItemKind.DateWord))
            .Select(static t => Stemmer.Singular(t.Lower)).Distinct(StringComparer.Ordinal).ToList();
        if (words.Count is < 2 or > 8 || !tools.Has(Role.SearchText) || tools.Find(Role.SearchText)!.Parameter("regex") is null)
        {
            return null;
        }

        var pattern = string.Join('|', words.Select(static w => Regex.Escape(Stem(w))));
        var output = await CallAsync(Role.SearchText, ("pattern", pattern), ("regex", JsonValue.Create(true)), ("ignore_case", JsonValue.Create(true)),
            ("include", new JsonArray(JsonValue.Create("*.md"), JsonValue.Create("*.txt"), JsonValue.Create("*.rst"), JsonValue.Create("*.adoc"), JsonValue.Create("*.csv"), JsonValue.Create("*.tsv"))), ("limit", JsonValue.Create(2000)));
        if (output.IsError)
        {
            return null;
        }

        var best = SearchHits.Read(output).GroupBy(static h => h.Path, StringComparer.Ordinal).SelectMany(file =>
        {
            var hits = file.ToList();
            return hits.Select(h => (Hit: h, Around: hits.Where(o => Math.Abs(o.Line - h.Line) <= Window || (o.Line == 1 && IsTable(o.Path))).ToList()));
        }).Select(p => (p.Hit, p.Around, Score: words.Count(w => p.Around.Exists(a => a.Text.Contains(Stem(w), StringComparison.OrdinalIgnoreCase)) || p.Hit.Path.Contains(Stem(w), StringComparison.OrdinalIgnoreCase)), Own: words.Count(w => p.Hit.Text.Contains(Stem(w), StringComparison.OrdinalIgnoreCase))))
            .Where(static p => !(p.Hit.Line == 1 && IsTable(p.Hit.Path))).Where(p => p.Score == words.Count || (words.Count >= 4 && p.Score >= words.Count - 1)).OrderByDescending(static p => p.Score).ThenByDescending(static p => p.Own).ThenBy(static p => p.Hit.Path, StringComparer.Ordinal).Take(3).ToList();
        if (best.Count == 0)
        {
            return null;
        }

        var answer = new StringBuilder("These lines hold the words of the question; I quote them and do not judge what follows from them:\n\n");
        foreach (var line in best.SelectMany(static p => p.Around).DistinctBy(static h => (h.Path, h.Line)).OrderBy(static h => h.Path, StringComparer.Ordinal).ThenBy(static h => h.Line))
        {
            answer.Append(CultureInfo.InvariantCulture, $"- {line.Path}:{line.Line}: {line.Text.Trim()}\n");
        }

        return new Answer(answer.ToString()) { Files = [.. best.Select(static p => p.Hit.Path).Distinct(StringComparer.Ordinal)], Confidence = 0.6 };
    }

    /// <summary>Whether the first line names the columns of all others.</summary>
    private static bool IsTable(string path) => path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase);

    /// <summary>What all forms of the word begin with.</summary>
    private static string Stem(string word)
    {
        var root = Stemmer.Root(word);
        return root.Length >= 3 && word.StartsWith(root, StringComparison.Ordinal) ? root : word.Length > 3 && word[^1] == 'y' ? word[..^1] : word;
    }
}
