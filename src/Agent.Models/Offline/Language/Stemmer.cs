using System.Collections.Frozen;

namespace Agent.Models.Offline.Language;

/// <summary>Brings English words to a common form: <see cref="Singular"/> for plurals, <see cref="Root"/> across word classes.</summary>
internal static class Stemmer
{
    private static readonly FrozenDictionary<string, string> Irregular = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["people"] = "person", ["persons"] = "person", ["children"] = "child", ["men"] = "man", ["women"] = "woman", ["feet"] = "foot",
        ["mice"] = "mouse", ["indices"] = "index", ["media"] = "media", ["data"] = "data", ["series"] = "series", ["staff"] = "staff",
        ["bought"] = "buy", ["sold"] = "sell", ["spent"] = "spend", ["paid"] = "pay", ["wrote"] = "write", ["written"] = "write",
        ["made"] = "make", ["born"] = "birth", ["sent"] = "send", ["held"] = "hold", ["lent"] = "lend", ["left"] = "leave",
        ["took"] = "take", ["taken"] = "take", ["given"] = "give", ["gave"] = "give", ["began"] = "begin", ["begun"] = "begin",
        ["sung"] = "sing", ["sang"] = "sing", ["drove"] = "drive", ["driven"] = "drive", ["built"] = "build", ["taught"] = "teach",
        ["sales"] = "sale", ["movies"] = "movie", ["cookies"] = "cookie", ["leaves"] = "leave", ["lives"] = "live", ["wives"] = "wife",
        ["shelves"] = "shelf", ["address"] = "address", ["status"] = "status", ["bus"] = "bus", ["gas"] = "gas", ["this"] = "this",
        ["always"] = "always", ["news"] = "news", ["analyses"] = "analysis", ["theses"] = "thesis", ["hypotheses"] = "hypothesis", ["crises"] = "crisis", ["prognoses"] = "prognosis", ["synopses"] = "synopsis", ["diagnoses"] = "diagnosis", ["species"] = "species",
        ["criteria"] = "criterion", ["statuses"] = "status", ["matrices"] = "matrix", ["vertices"] = "vertex", ["dies"] = "die", ["ties"] = "tie",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The singular of a lower-case noun; the word itself where it has no plural ending.</summary>
    public static string Singular(string word)
    {
        if (Irregular.TryGetValue(word, out var known))
        {
            return known;
        }

        if (word.Length < 4)
        {
            return word;
        }

        if (word.EndsWith("'s", StringComparison.Ordinal) || word.EndsWith("’s", StringComparison.Ordinal))
        {
            return word[..^2];
        }

        if (word.EndsWith("ies", StringComparison.Ordinal) && word.Length > 4)
        {
            return word[..^3] + "y";
        }

        if (EndsWithAny(word, "sses", "shes", "ches", "xes", "zzes"))
        {
            return word[..^2];
        }

        return word[^1] == 's' && !EndsWithAny(word, "ss", "us", "is", "ous") ? word[..^1] : word;
    }

    /// <summary>A cruder common form for verb, doer and deed: <c>hired</c>, <c>hires</c>, <c>HireDate</c>; <c>composed</c>, <c>composer</c>.</summary>
    public static string Root(string word)
    {
        var root = Singular(word);
        foreach (var ending in (ReadOnlySpan<string>)["ly", "ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ed", "ers", "er", "ors", "or", "al"])
        {
            if (root.Length >= ending.Length + 4 - (ending is "ed" or "ing" ? 1 : 0) && root.EndsWith(ending, StringComparison.Ordinal))
            {
                root = root[..^ending.Length];
                break;
            }
        }

        if (root.Length > 3 && root[^1] == root[^2] && root[^1] is not ('l' or 's' or 'e'))
        {
            root = root[..^1];
        }

        if (root.Length > 3 && root[^1] is 'e')
        {
            root = root[..^1];
        }

        return root.Length > 3 && root[^1] == 'y' ? root[..^1] + "i" : root;
    }

    private static bool EndsWithAny(string word, params ReadOnlySpan<string> endings)
    {
        foreach (var ending in endings)
        {
            if (word.EndsWith(ending, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
