using System.Collections.Frozen;

namespace Agent.Models.Offline.Language;

/// <summary>Codes that data hold in place of words that everybody says: countries (ISO 3166), sexes, currencies (ISO 4217).</summary>
internal static class KnownCodes
{
    private static readonly string[] Lands = ["country", "nation", "land", "ctry", "nationality", "origin"];
    private static readonly string[] Sexes = ["sex", "gender", "geschlecht"];
    private static readonly string[] Moneys = ["currency", "ccy", "waehrung"];

    private static readonly FrozenDictionary<string, (string Code, string[] Of)> Words = new (string Words, string Code, string[] Of)[]
    {
        ("female|females|woman|women|girl|girls", "F", Sexes), ("male|males|man|men|boy|boys", "M", Sexes),
        ("euros|euro", "EUR", Moneys), ("dollars|dollar|us dollars", "USD", Moneys), ("pounds|sterling|british pounds", "GBP", Moneys), ("yen", "JPY", Moneys), ("swiss francs|francs", "CHF", Moneys),
    }.SelectMany(static e => e.Words.Split('|').Select(w => (Word: w, e.Code, e.Of))).ToFrozenDictionary(static e => e.Word, static e => (e.Code, e.Of), StringComparer.OrdinalIgnoreCase);

    /// <summary>How else a word may be written in data, as a code or by another name; none where nothing is known of it.</summary>
    public static IEnumerable<string> Of(string word) => Words.TryGetValue(word, out var known) ? [known.Code] : word.Length > 3 || word.All(char.IsUpper) ? Countries.Others(word) : [];

    /// <summary>Whether a column with a name of these words holds such codes.</summary>
    public static bool Suits(string word, IReadOnlyList<string> name) =>
        (Words.TryGetValue(word, out var known) ? known.Of : Lands).Any(name.Contains);
}
