using Agent.Models.Offline.Language;

namespace Agent.Models.Offline.Questions;

/// <summary>Words of the language written wrongly ("diffrent", "averge"), where neither the schema nor the data know them.</summary>
internal static class Misspelt
{
    private const int Shortest = 5;

    /// <summary>The words with those mended; null where there are none.</summary>
    public static IReadOnlyList<Token>? Mend(IReadOnlyList<Token> tokens, List<Item> items)
    {
        List<Token>? mended = null;
        foreach (var item in items.Where(static i => i is { Kind: ItemKind.Unknown, Quoted: false } && i.Last - i.First == 1))
        {
            var token = tokens[item.First];
            if (token.Kind == TokenKind.Word && !(token.IsCapitalised && item.First > 0) && token.Lower.Length >= (item.First == 0 ? Shortest - 1 : Shortest) && !IsForm(token.Lower) && Lexicon.Nearest(token.Lower) is { } word)
            {
                mended ??= [.. tokens];
                mended[item.First] = token with { Text = word, Lower = word };
            }
        }

        return mended;
    }

    /// <summary>Whether it is a form of a word that is known: "listed" is not a misspelt "lasted".</summary>
    private static bool IsForm(string word)
    {
        foreach (var ending in (ReadOnlySpan<string>)["s", "es", "ed", "d", "ing", "er", "ers", "ly"])
        {
            if (word.EndsWith(ending, StringComparison.Ordinal) && word.Length - ending.Length >= 3 && Lexicon.Find(word[..^ending.Length]) is not null)
            {
                return true;
            }
        }

        return false;
    }
}
