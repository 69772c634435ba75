using System.Text;
using Agent.Tools.Web.OpenApi;

namespace Agent.Tools.Web.Apis;

/// <summary>An operation of an API.</summary>
internal readonly record struct ApiEntry(Api Api, ApiOperation Operation, string Name);

/// <summary>Ranks operations by the words of a query (BM25 over name, path, tags, summary and description, the nearer fields weighing more).</summary>
internal sealed class OperationSearch
{
    private const double Saturation = 1.2;
    private const double LengthWeight = 0.5;

    private static readonly HashSet<string> Stop = new(StringComparer.Ordinal)
    {
        "a", "an", "the", "of", "for", "to", "in", "on", "by", "with", "and", "or", "is", "are", "be", "from", "that", "this", "all", "my", "me", "api", "which", "what", "how", "do", "i",
    };

    private static readonly Dictionary<string, string[]> Methods = new(StringComparer.Ordinal)
    {
        ["get"] = ["get", "list", "read", "show", "find", "fetch", "retrieve", "search"],
        ["post"] = ["create", "add", "new", "post", "send", "submit", "make"],
        ["put"] = ["update", "replace", "set", "put", "change"],
        ["patch"] = ["update", "change", "edit", "patch", "modify"],
        ["delete"] = ["delete", "remove", "cancel"],
    };

    private readonly IReadOnlyList<ApiEntry> _entries;
    private readonly Dictionary<string, List<(int Entry, double Weight)>> _index = new(StringComparer.Ordinal);
    private readonly double[] _lengths;
    private readonly double _average;

    /// <summary>Indexes operations.</summary>
    public OperationSearch(IReadOnlyList<ApiEntry> entries)
    {
        _entries = entries;
        _lengths = new double[entries.Count];
        for (var i = 0; i < entries.Count; i++)
        {
            var weights = new Dictionary<string, double>(StringComparer.Ordinal);
            var operation = entries[i].Operation;
            Add(weights, operation.Name, 3);
            Add(weights, operation.Path, 2);
            Add(weights, operation.Summary ?? string.Empty, 2.5);
            Add(weights, string.Join(' ', operation.Tags), 1.5);
            Add(weights, Prose.Short(operation.Description ?? string.Empty, 400), 1);
            foreach (var word in Methods.GetValueOrDefault(operation.Method.ToLowerInvariant()) ?? [])
            {
                weights[word] = weights.GetValueOrDefault(word) + 0.8;
            }

            foreach (var (word, weight) in weights)
            {
                if (!_index.TryGetValue(word, out var places))
                {
                    _index[word] = places = [];
                }

                places.Add((i, weight));
                _lengths[i] += weight;
            }
        }

        _average = Math.Max(1, _lengths.DefaultIfEmpty(1).Average());
    }

    /// <summary>The operations that fit a query, best first; all of them, in the order of their documents, where the query has no words.</summary>
    public IReadOnlyList<ApiEntry> Find(string query, Func<ApiEntry, bool> filter)
    {
        var words = Words(query).Where(w => !Stop.Contains(w)).Distinct(StringComparer.Ordinal).ToList();
        if (words.Count == 0)
        {
            return [.. _entries.Where(filter)];
        }

        var scores = new Dictionary<int, double>();
        foreach (var word in words)
        {
            if (!_index.TryGetValue(word, out var places))
            {
                continue;
            }

            var rarity = Math.Log(1 + ((_entries.Count - places.Count + 0.5) / (places.Count + 0.5)));
            foreach (var (entry, weight) in places)
            {
                var length = 1 - LengthWeight + (LengthWeight * _lengths[entry] / _average);
                scores[entry] = scores.GetValueOrDefault(entry) + (rarity * weight * (Saturation + 1) / (weight + (Saturation * length)));
            }
        }

        // The name itself, written out, is the one that is meant.
        var wanted = query.Trim();
        return [.. scores
            .OrderByDescending(s => _entries[s.Key].Name.Equals(wanted, StringComparison.OrdinalIgnoreCase) || _entries[s.Key].Operation.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
            .ThenByDescending(s => s.Value - (_entries[s.Key].Operation.Deprecated ? 1 : 0))
            .ThenBy(s => s.Key)
            .Select(s => _entries[s.Key])
            .Where(filter)];
    }

    private static void Add(Dictionary<string, double> weights, string text, double weight)
    {
        foreach (var word in Words(text))
        {
            if (!Stop.Contains(word))
            {
                weights[word] = weights.GetValueOrDefault(word) + weight;
            }
        }
    }

    /// <summary>Words in lower case, camel case split, simple plurals made singular.</summary>
    public static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : ' ';
            var splits = !char.IsLetterOrDigit(c)
                || (char.IsUpper(c) && word.Length > 0 && (char.IsLower(text[i - 1]) || (i + 1 < text.Length && char.IsLower(text[i + 1]))));
            if (splits && word.Length > 0)
            {
                yield return Singular(word.ToString().ToLowerInvariant());
                word.Clear();
            }

            if (char.IsLetterOrDigit(c))
            {
                word.Append(c);
            }
        }
    }

    private static string Singular(string word) =>
        word.Length > 4 && word.EndsWith("ies", StringComparison.Ordinal) ? word[..^3] + "y"
        : word.Length > 3 && word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i') ? word[..^1]
        : word;
}
