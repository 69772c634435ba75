using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agent.Runtime.Answers;

/// <summary>
/// The words of a result that are about a question: lines of the documents it holds, or the hits of a search. An answer that speaks
/// of a document without saying what stands in it is completed with them, each with its place.
/// </summary>
internal sealed partial class ResultPassage
{
    private const int MostLines = 8;
    private const int MostHits = 20;
    private const int MostCharacters = 240;
    private const int MostText = 400_000;
    private const int MostDepth = 6;

    /// <summary>An answer that has this share of a passage's own words gives it.</summary>
    private const double GivenShare = 0.3;

    private static readonly string[] TextNames = ["text", "content", "markdown", "body"];
    private static readonly string[] SourceNames = ["path", "url", "uri"];

    private readonly List<Line> _lines;
    private readonly string _question;
    private readonly bool _areHits;

    private ResultPassage(List<Line> lines, string question, bool areHits)
    {
        _lines = lines;
        _question = question;
        _areHits = areHits;
    }

    /// <summary>Reads what a result holds for a question.</summary>
    /// <param name="structured">The structured result; null where there is none.</param>
    /// <param name="text">The result as text, for tools that give nothing else.</param>
    /// <param name="tool">The tool, named where the result does not say where a text is from.</param>
    /// <param name="question">The question.</param>
    /// <returns>The passage; null where the result holds no text of its own.</returns>
    public static ResultPassage? Read(JsonElement? structured, string text, string tool, string question)
    {
        var pieces = new List<Piece>();
        if (structured is { } given)
        {
            Collect(given, null, pieces, 0);
        }
        else if (text.Length > 0)
        {
            pieces.Add(new Piece(tool, null, text));
        }

        if (pieces.Count == 0 || pieces.Sum(static p => (long)p.Text.Length) > MostText)
        {
            return null;
        }

        var areHits = structured is not null && pieces.TrueForAll(static p => p.Line is not null && !p.Text.AsSpan().TrimEnd().Contains('\n'));
        var lines = areHits ? pieces.Take(MostHits).Select(static p => new Line(p.Source, p.Line, p.Text)).ToList() : Best(pieces, Words(question));
        return lines.Count == 0 ? null : new ResultPassage(lines, question, areHits);
    }

    /// <summary>Whether an answer says what the passage says: a figure of it, or a share of the words that the question does not have.</summary>
    public bool IsGivenIn(string answer)
    {
        if (_areHits && FilesPattern().IsMatch(_question))
        {
            var places = _lines.Select(static l => l.Source).Distinct(StringComparer.Ordinal).ToList();
            return places.Count(p => answer.Contains(p[(p.LastIndexOf('/') + 1)..], StringComparison.OrdinalIgnoreCase)) * 2 > places.Count;
        }

        var asked = Words(_question);

        // A heading names the subject, which any answer repeats.
        var telling = _lines.Exists(static l => !IsHeading(l)) ? _lines.Where(static l => !IsHeading(l)) : _lines;
        var own = telling.SelectMany(static l => Words(l.Text)).Where(w => !asked.Contains(w)).ToHashSet(StringComparer.Ordinal);
        if (own.Count == 0)
        {
            return answer.Trim().Length > 0;
        }

        var said = Words(answer);
        var figures = own.Where(static w => char.IsAsciiDigit(w[0])).ToList();
        return figures.Exists(said.Contains) || own.Count(said.Contains) >= Math.Ceiling(own.Count * GivenShare);
    }

    /// <summary>The lines as a Markdown list, each with its place.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        foreach (var line in _lines)
        {
            var words = line.Text.Trim();
            text.Append("- ").Append(line.Source);
            if (line.Number is { } number)
            {
                text.Append(CultureInfo.InvariantCulture, $":{number}");
            }

            text.Append(": ").Append(words.Length <= MostCharacters ? words : words[..(MostCharacters - 1)] + "…").Append('\n');
        }

        return text.ToString().TrimEnd();
    }

    private static void Collect(JsonElement value, string? source, List<Piece> pieces, int depth)
    {
        if (depth > MostDepth)
        {
            return;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                Collect(item, source, pieces, depth + 1);
            }

            return;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        source = Array.Find(SourceNames, n => TextOf(value, n) is { Length: > 0 }) is { } name ? TextOf(value, name) : source;
        if (source is not null && Array.Find(TextNames, n => TextOf(value, n) is { Length: > 0 }) is { } holder)
        {
            pieces.Add(new Piece(source, value.TryGetProperty("line", out var line) && line.TryGetInt32(out var number) ? number : null, TextOf(value, holder)!));
        }

        foreach (var property in value.EnumerateObject())
        {
            if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                Collect(property.Value, source, pieces, depth + 1);
            }
        }
    }

    /// <summary>The paragraph whose words are the question's most, with the heading above it; the beginning where no line has any.</summary>
    private static List<Line> Best(List<Piece> pieces, HashSet<string> asked)
    {
        var all = pieces.Select(static p => p.Text.Split('\n').Select((t, i) => new Line(p.Source, p.Line is null ? null : p.Line + i, t)).ToArray()).ToList();
        var words = all.Select(p => p.Select(l => Words(l.Text)).ToArray()).ToList();
        var spread = asked.ToDictionary(static w => w, w => words.Sum(p => p.Count(l => l.Contains(w))), StringComparer.Ordinal);
        var (piece, at, most) = (0, 0, 0.0);
        for (var p = 0; p < all.Count; p++)
        {
            // What a file is called says what it is about.
            var name = Words(all[p][0].Source);
            var bonus = asked.Count(name.Contains) * 0.1;
            for (var i = 0; i < all[p].Length; i++)
            {
                var score = words[p][i].Where(spread.ContainsKey).Sum(w => 1.0 / spread[w]);
                if (score > 0 && score + bonus > most)
                {
                    (piece, at, most) = (p, i, score + bonus);
                }
            }
        }

        var lines = all[piece];
        if (most == 0)
        {
            return [.. lines.Where(static l => l.Text.Trim().Length > 0).Take(MostLines)];
        }

        var first = at;
        while (first > 0 && lines[first - 1].Text.Trim().Length > 0 && at - first < MostLines / 2)
        {
            first--;
        }

        // A heading alone says nothing: what it stands over does.
        var last = IsHeading(lines[at]) ? Next(lines, at + 1) : at;
        while (last + 1 < lines.Length && lines[last + 1].Text.Trim().Length > 0 && last + 1 - first < MostLines)
        {
            last++;
        }

        var heading = Array.FindLastIndex(lines, first, IsHeading);
        return [.. (heading >= 0 && heading < first ? [lines[heading]] : Array.Empty<Line>()), .. lines[first..(last + 1)].Where(static l => l.Text.Trim().Length > 0)];
    }

    private static bool IsHeading(Line line) => line.Text.StartsWith('#');

    private static int Next(Line[] lines, int from)
    {
        var next = Array.FindIndex(lines, Math.Min(from, lines.Length - 1), static l => l.Text.Trim().Length > 0);
        return next < 0 ? lines.Length - 1 : next;
    }

    /// <summary>The words that tell something, in lower case and without the ending of a plural; figures without separators.</summary>
    private static HashSet<string> Words(string text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        foreach (var match in WordPattern().EnumerateMatches(text))
        {
            var word = text.AsSpan(match.Index, match.Length);
            if (char.IsAsciiDigit(word[0]))
            {
                words.Add(word.ToString().Replace(",", string.Empty, StringComparison.Ordinal));
            }
            else if (word.Length > 2 || (word.Length > 1 && char.IsUpper(word[^1])))
            {
                var lower = word.ToString().ToLowerInvariant();
                words.Add(lower.Length > 4 && lower[^1] == 's' ? lower[..^1] : lower);
            }
        }

        words.ExceptWith(Stop);
        return words;
    }

    private static readonly string[] Stop =
        ["the", "and", "for", "are", "was", "has", "not", "you", "can", "its", "all", "any", "who", "how", "but", "our", "about", "does", "from", "have", "into", "that", "their", "there", "these", "they", "this", "what", "when", "where", "which", "will", "with", "your", "tell", "show", "give", "file", "document", "content"];

    private static string? TextOf(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [GeneratedRegex(@"\d+(?:[.,]\d+)*|\p{L}[\p{L}\p{Mn}]*")]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"\b(?:which|what|list|find|how many|in what)\b.{0,40}\b(?:files?|documents?|pages?|folders?)\b|^\s*where\b", RegexOptions.IgnoreCase)]
    private static partial Regex FilesPattern();

    private sealed record Piece(string Source, int? Line, string Text);

    private sealed record Line(string Source, int? Number, string Text);
}
