using System.Collections.Frozen;

namespace Agent.Models.Offline.Language;

/// <summary>Codes that data hold in place of words that everybody says: countries (ISO 3166), sexes, currencies (ISO 4217), the Red List's categories.</summary>
internal static class KnownCodes
{
    private static readonly string[] Lands = ["country", "nation", "land", "ctry", "nationality", "origin"];
    private static readonly string[] Sexes = ["sex", "gender", "geschlecht"];
    private static readonly string[] Moneys = ["currency", "ccy", "waehrung"];
    private static readonly string[] RedList = ["red", "list", "iucn", "conservation", "status", "category"];

    private static readonly FrozenDictionary<string, (string Code, string[] Of)> Words = new (string Words, string Code, string[] Of)[]
    {
        ("female|females|woman|women|girl|girls", "F", Sexes), ("male|males|man|men|boy|boys", "M", Sexes),
        ("euros|euro", "EUR", Moneys), ("dollars|dollar|us dollars", "USD", Moneys), ("pounds|sterling|british pounds", "GBP", Moneys), ("yen", "JPY", Moneys), ("swiss francs|francs", "CHF", Moneys),
        ("critically endangered", "CR", RedList), ("endangered", "EN", RedList), ("vulnerable", "VU", RedList), ("near threatened", "NT", RedList), ("least concern", "LC", RedList), ("extinct", "EX", RedList),
    }.SelectMany(static e => e.Words.Split('|').Select(w => (Word: w, e.Code, e.Of))).ToFrozenDictionary(static e => e.Word, static e => (e.Code, e.Of), StringComparer.OrdinalIgnoreCase);

    /// <summary>The code that a word may be written as; null where none is known.</summary>
    public static string? Of(string word) => Words.TryGetValue(word, out var known) ? known.Code : Countries.Code(word) is { } country && !string.Equals(country, word, StringComparison.OrdinalIgnoreCase) ? country : null;

    /// <summary>Whether a column with a name of these words holds such codes.</summary>
    public static bool Suits(string word, IReadOnlyList<string> name) =>
        (Words.TryGetValue(word, out var known) ? known.Of : Lands).Any(name.Contains);
}
