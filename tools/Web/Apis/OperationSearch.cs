using System.Buffers;
using System.Text;
using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Apis;

/// <summary>An operation of an API.</summary>
internal readonly record struct ApiEntry(Api Api, ApiOperation Operation, string Name)
{
    /// <summary>Refuses arguments that the operation does not have, before something is sent without them.</summary>
    /// <exception cref="ToolException">There is one; the message says which there are.</exception>
    public void RefuseUnknown(ToolArguments arguments)
    {
        var known = Api.Schema(Operation).Input["properties"]!.AsObject();
        if (arguments.Members.Keys.FirstOrDefault(k => !known.ContainsKey(k)) is { } unknown)
        {
            throw Told(new ToolException($"There is no argument '{unknown}'."));
        }
    }

    /// <summary>The error of a wrong argument, with what the operation takes.</summary>
    public ToolException Told(ToolException error) =>
        new($"{error.Message} {Name} takes {ArgumentList.Of(JsonElement.Parse(Api.Schema(Operation).InputJson))}.", error);
}

/// <summary>
/// Ranks operations by the words of a query: BM25F (Robertson, Zaragoza, Taylor 2004) over name, path, summary, tags, parameters and
/// description, the nearer fields weighing more; then what speaks for one of several that share those words. How well it does is
/// measured by <c>tests/Agent.Benchmarks web</c>.
/// </summary>
internal sealed class OperationSearch
{
    private const double Saturation = 1.2;
    private const double LengthWeight = 0.3;

    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouy");
    private static readonly double[] FieldWeights = [3, 2, 2.5, 1, 0.5, 1];

    private static readonly HashSet<string> Stop = Set(
        "a an the of for to in on by with and or is are be was were am from that this these those it its all any my me i we our you your api "
        + "which what who how do does did can could should would will please about into at as there has have had much many some");

    // What people say for a method; words such as these tell the operations of one path apart.
    private static readonly (string Method, HashSet<string> Words)[] Verbs =
    [
        ("GET", Set("get list read show find fetch retrieve search view see look check count available")),
        ("POST", Set("create add new post send submit make register start invite upload run")),
        ("PUT", Set("update replace set change edit modify put rename turn")),
        ("PATCH", Set("update change edit patch modify set rename")),
        ("DELETE", Set("delete remove cancel destroy drop unset erase")),
    ];

    private readonly IReadOnlyList<ApiEntry> _entries;
    private readonly Dictionary<string, List<(int Entry, double Weight)>> _index = new(StringComparer.Ordinal);
    private readonly HashSet<string>[] _own;

    /// <summary>Indexes operations.</summary>
    public OperationSearch(IReadOnlyList<ApiEntry> entries)
    {
        _entries = entries;
        _own = new HashSet<string>[entries.Count];
        var fields = entries.Select(e => Fields(e.Operation)).ToArray();
        var averages = FieldWeights.Select((_, field) => Math.Max(1, fields.Select(f => f[field].Count).DefaultIfEmpty().Average())).ToArray();
        for (var entry = 0; entry < entries.Count; entry++)
        {
            var weights = new Dictionary<string, double>(StringComparer.Ordinal);
            for (var field = 0; field < FieldWeights.Length; field++)
            {
                var words = fields[entry][field];
                var weight = FieldWeights[field] / (1 - LengthWeight + (LengthWeight * words.Count / averages[field]));
                foreach (var word in words)
                {
                    weights[word] = weights.GetValueOrDefault(word) + weight;
                }
            }

            foreach (var (word, weight) in weights)
            {
                if (!_index.TryGetValue(word, out var places))
                {
                    _index[word] = places = [];
                }

                places.Add((entry, weight));
            }

            _own[entry] = [.. fields[entry][0].Where(w => !Array.Exists(Verbs, v => v.Words.Contains(w))), .. fields[entry][1]];
        }
    }

    /// <summary>The operations that fit a query, best first; all of them, in the order of their documents, where the query has no words.</summary>
    public IReadOnlyList<ApiEntry> Find(string query, Func<ApiEntry, bool> filter)
    {
        var words = Telling(query).Distinct(StringComparer.Ordinal).ToList();
        if (words.Count == 0)
        {
            return [.. _entries.Where(filter)];
        }

        var scores = new Dictionary<int, (double Sum, int Hits)>();
        foreach (var word in words)
        {
            if (!_index.TryGetValue(word, out var places))
            {
                continue;
            }

            var rarity = Math.Log(1 + ((_entries.Count - places.Count + 0.5) / (places.Count + 0.5)));
            foreach (var (entry, weight) in places)
            {
                var (sum, hits) = scores.GetValueOrDefault(entry);
                scores[entry] = (sum + (rarity * weight * (Saturation + 1) / (weight + Saturation)), hits + 1);
            }
        }

        // Nobody says a verb for looking something up: "open invoices", "who is in the channel".
        var methods = Verbs.Where(v => words.Exists(v.Words.Contains)).Select(v => v.Method).DefaultIfEmpty("GET").ToHashSet(StringComparer.Ordinal);
        // The name itself, written out, is the one that is meant.
        var wanted = query.Trim();
        return [.. scores
            .OrderByDescending(s => _entries[s.Key].Name.Equals(wanted, StringComparison.OrdinalIgnoreCase) || _entries[s.Key].Operation.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
            .ThenByDescending(s => s.Value.Sum * Fit(s.Key, s.Value.Hits, words, methods))
            .ThenBy(s => s.Key)
            .Select(s => _entries[s.Key])
            .Where(filter)];
    }

    // Between operations that share the query's words: more of the query said, less that the query does not say, the method that its
    // verb means, the list before the single item, the plain path before one that must be given more.
    private double Fit(int entry, int hits, List<string> words, HashSet<string> methods)
    {
        var operation = _entries[entry].Operation;
        var own = _own[entry];
        var said = own.Count == 0 ? 1 : (double)own.Count(words.Contains) / own.Count;
        return (0.5 + (0.5 * hits / words.Count))
            * (0.5 + (0.5 * said))
            * (methods.Contains(operation.Method) ? 1 : 0.85)
            * (operation.Method == "GET" && operation.Path.EndsWith('}') ? 0.9 : 1)
            * Math.Pow(0.95, operation.Path.Count(c => c == '{'))
            * (operation.Deprecated ? 0.7 : 1);
    }

    private static List<string>[] Fields(ApiOperation operation) =>
    [
        [.. Telling(operation.Name)],
        [.. Telling(PathWords(operation.Path))],
        [.. Telling(operation.Summary ?? string.Empty)],
        [.. Telling(string.Join(' ', operation.Tags))],
        [.. Telling(string.Join(' ', operation.Parameters.Select(p => p.Name)))],
        [.. Telling(Prose.Short(operation.Description ?? string.Empty, 400))],
    ];

    private static string PathWords(string path) => string.Join(' ', path.Split('/').Where(segment => !segment.StartsWith('{')));

    private static HashSet<string> Set(string words) => [.. Words(words)];

    private static IEnumerable<string> Telling(string text) => Words(text).Where(w => !Stop.Contains(w));

    /// <summary>Words in lower case, camel case split, with common English endings taken off.</summary>
    private static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : ' ';
            var splits = !char.IsLetterOrDigit(c)
                || (char.IsUpper(c) && word.Length > 0 && (char.IsLower(text[i - 1]) || (i + 1 < text.Length && char.IsLower(text[i + 1]))));
            if (splits && word.Length > 0)
            {
                yield return Stem(word.ToString().ToLowerInvariant());
                word.Clear();
            }

            if (char.IsLetterOrDigit(c))
            {
                word.Append(c);
            }
        }
    }

    // As much of Porter's stemmer as names of operations need: plurals, -ing and -ed, and the silent e that they hide.
    private static string Stem(string word)
    {
        word = word switch
        {
            { Length: > 4 } when word.EndsWith("ies", StringComparison.Ordinal) => word[..^3] + "y",
            { Length: > 4 } when word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("shes", StringComparison.Ordinal)
                || word.EndsWith("ches", StringComparison.Ordinal) || word.EndsWith("xes", StringComparison.Ordinal) => word[..^2],
            { Length: > 3 } when word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i') => word[..^1],
            _ => word,
        };
        word = word switch
        {
            { Length: > 5 } when word.EndsWith("ing", StringComparison.Ordinal) && HasVowel(word[..^3]) => Undouble(word[..^3]),
            { Length: > 4 } when word.EndsWith("ed", StringComparison.Ordinal) && HasVowel(word[..^2]) => Undouble(word[..^2]),
            _ => word,
        };
        return word.Length > 3 && word[^1] == 'e' ? word[..^1] : word;
    }

    private static bool HasVowel(string stem) => stem.AsSpan().ContainsAny(Vowels);

    private static string Undouble(string stem) =>
        stem.Length > 3 && stem[^1] == stem[^2] && stem[^1] is not ('l' or 's' or 'z') ? stem[..^1] : stem;
}
