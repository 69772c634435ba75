using System.Text.RegularExpressions;
using Agent.Models.Offline.Questions;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>
/// Whether a draft's conditions are the question's. A small model that does not know what a word means compares some column with some
/// value it was shown, in every draft the same: that drafts agree says nothing then. So a text that is compared with must be of the
/// question, and a value of the data that the question names must be in the statement.
/// </summary>
/// <param name="question">The question.</param>
/// <param name="items">What was found in it.</param>
internal sealed partial class DraftConditions(string question, IReadOnlyList<Item> items)
{
    /// <summary>A stem this long is the same word: German and Germany.</summary>
    private const int Stem = 4;

    /// <summary>A value this short is a code, which stands for the word that it begins: EN for endangered.</summary>
    private const int Code = 3;

    private readonly string[] words = [.. WordPattern().Matches(question).Select(static m => m.Value)];

    /// <summary>What is wrong with a statement's conditions; null where nothing is.</summary>
    public string? Fault(string statement)
    {
        foreach (Match match in ComparedPattern().Matches(statement))
        {
            var value = match.Groups["value"].Value.Replace("''", "'", StringComparison.Ordinal);
            if (!IsOfTheQuestion(value))
            {
                return $"it compares with '{value}', of which the question says nothing";
            }
        }

        var left = items.FirstOrDefault(i => i is { Kind: ItemKind.Value, IsReplaced: false } && i.Hits.Any(static h => h.Whole)
            && !statement.Contains(i.Text, StringComparison.OrdinalIgnoreCase)
            && !i.Hits.Any(h => statement.Contains(h.Value.Replace("'", "''", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)));
        return left is null ? null : $"it leaves out '{left.Text}'";
    }

    private bool IsOfTheQuestion(string value)
    {
        var parts = WordPattern().Matches(value).Select(static m => m.Value).ToList();
        return parts.Count == 0
            || items.Any(i => i.Hits.Any(h => string.Equals(h.Value, value, StringComparison.OrdinalIgnoreCase)))
            || (value.Length <= Code && Array.Exists(words, word => word.StartsWith(value, StringComparison.OrdinalIgnoreCase)))
            || parts.Exists(part => Array.Exists(words, word => IsSame(part, word)));
    }

    private static bool IsSame(string part, string word)
    {
        var shared = 0;
        while (shared < part.Length && shared < word.Length && char.ToLowerInvariant(part[shared]) == char.ToLowerInvariant(word[shared]))
        {
            shared++;
        }

        return shared >= Stem || (shared == word.Length && shared == part.Length) || (shared > 2 && shared == part.Length && word.Length - shared == 1);
    }

    [GeneratedRegex(@"\p{L}[\p{L}\p{Mn}]*")]
    private static partial Regex WordPattern();

    /// <summary>Texts on the right of a comparison; of a list the last, which is made up no less than the others.</summary>
    [GeneratedRegex(@"(?:=|<>|!=|\bLIKE|\bILIKE|\bIN\s*\((?:\s*'(?:[^']|'')*'\s*,)*)\s*'(?<value>(?:[^']|'')*)'", RegexOptions.IgnoreCase)]
    private static partial Regex ComparedPattern();
}
