using System.Text.RegularExpressions;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Sql;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>
/// Whether a draft's conditions are the question's. A small model that does not know what a word means compares some column with some
/// value it was shown, in every draft the same: that drafts agree says nothing then. So a text that is compared with must be of the
/// question, and a value of the data that the question names must be in the statement.
/// </summary>
/// <param name="question">The question.</param>
/// <param name="items">What was found in it.</param>
/// <param name="schema">The schema.</param>
internal sealed partial class DraftConditions(string question, IReadOnlyList<Item> items, Schema schema)
{
    /// <summary>A stem this long is the same word: German and Germany.</summary>
    private const int Stem = 4;

    /// <summary>A value this short is a code, which stands for the word that it begins: EN for endangered.</summary>
    private const int Code = 3;

    private readonly string[] words = [.. WordPattern().Matches(question).Select(static m => m.Value)];

    // "No" is no code N, nor is "are" one that begins with A.
    private readonly string[] spoken = [.. items.Where(static i => i.Kind is ItemKind.Unknown or ItemKind.Mention or ItemKind.Flag or ItemKind.Value or ItemKind.Verb or ItemKind.Event or ItemKind.Concept)
        .SelectMany(static i => WordPattern().Matches(i.Text)).Select(static m => m.Value)];

    /// <summary>What is wrong with a statement's conditions; null where nothing is.</summary>
    public string? Fault(string statement)
    {
        foreach (Match match in ComparedPattern().Matches(statement))
        {
            var value = match.Groups["value"].Value.Replace("''", "'", StringComparison.Ordinal);
            if (!IsOfTheQuestion(value) && !IsOfAFlag(match.Groups["column"].Value, value))
            {
                return $"it compares with '{value}', of which the question says nothing";
            }
        }

        var left = items.FirstOrDefault(i => i is { Kind: ItemKind.Value, IsReplaced: false } && i.Hits.Any(static h => h.Whole)
            && !statement.Contains(i.Text, StringComparison.OrdinalIgnoreCase)
            && !i.Hits.Any(h => statement.Contains(h.Value.Replace("'", "''", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)));
        return left is null ? null : $"it leaves out '{left.Text}'";
    }

    /// <summary>Whether a text is of the question: one of its words, a stem or a code of one, or a value that it names.</summary>
    public bool IsOfTheQuestion(string value)
    {
        var parts = WordPattern().Matches(value).Select(static m => m.Value).ToList();
        return parts.Count == 0
            || items.Any(i => i.Hits.Any(h => string.Equals(h.Value, value, StringComparison.OrdinalIgnoreCase)))
            || (value.Length <= Code && Array.Exists(items.Count == 0 ? words : spoken, word => word.StartsWith(value, StringComparison.OrdinalIgnoreCase)))
            || parts.Exists(part => Array.Exists(words, word => IsSame(part, word)));
    }

    /// <summary>Whether a value is how a column says yes or no.</summary>
    private bool IsOfAFlag(string name, string value) => schema.Tables.Any(t => t.Columns.Exists(c =>
        c.Flags is { } flags && string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase) && (Equals(flags.Yes, value) || Equals(flags.No, value))));

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
    [GeneratedRegex(@"(?<column>\w*)""?\s*(?:=|<>|!=|\bLIKE|\bILIKE|\bIN\s*\((?:\s*'(?:[^']|'')*'\s*,)*)\s*'(?<value>(?:[^']|'')*)'", RegexOptions.IgnoreCase)]
    private static partial Regex ComparedPattern();
}
