using System.Text.RegularExpressions;
using Agent.Models.Offline.Language;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <summary>Reads a request that goes on from the one before it: "and for Germany?", "only the top 3", "per year?".</summary>
internal static partial class FollowUp
{
    /// <summary>Whether it begins as one that goes on, or is too short to stand alone.</summary>
    public static bool IsOne(string text) => LeadPattern().IsMatch(text.Trim()) || FragmentPattern().IsMatch(text.Trim());

    /// <summary>"How many of them are in Portugal?": the count of those among the rows before.</summary>
    public static string OfThem(string text) => OfThemPattern().Replace(text.Trim(), "and how many ");

    /// <summary>Whether it cannot stand without the question before it.</summary>
    public static bool NeedsBefore(string text) => DependentPattern().IsMatch(text.Trim());

    /// <summary>"How many are there?" after a list.</summary>
    public static bool AsksForCount(string text) => CountPattern().IsMatch(text.Trim());

    public static string Strip(string text) => LeadPattern().Replace(text.Trim(), string.Empty).Trim().TrimEnd('?', '.', '!').Trim();

    /// <summary>How many rows a list has.</summary>
    public static QuerySpec Counted(QuerySpec listed) =>
        listed with { Measure = new Measure(Aggregate.Count, listed.Root), Columns = [], Order = null, Limit = null, Distinct = false, WithTies = false, IsYesNo = false };

    /// <summary>"And how many are from France?" after a list, "and which are from France?" after a number: the one is asked as the other.</summary>
    public static QuerySpec Turn(QuerySpec spec, List<Item> old, List<Item> fresh)
    {
        var (counted, counts) = (old.Exists(static i => i.Kind == ItemKind.Count), fresh.Exists(static i => i.Kind == ItemKind.Count));
        if (counts && !counted && spec is { Measure: null, Limit: null })
        {
            return Counted(spec);
        }

        return counted && !counts && fresh is [{ Kind: ItemKind.Ask or ItemKind.Who, Text: not ("what" or "see") }, ..] && spec is { Measure: { Function: Aggregate.Count, Value: null } measure, Groups.Count: 0, Over: null }
            ? spec with { Measure = null, Root = measure.Of, Columns = [.. measure.Of.Label.Select(static l => new Term(l))] }
            : spec;
    }

    /// <summary>Whether it asks for what the rows shown before belong to: "who are the artists?" after some albums.</summary>
    public static bool AsksForOthers(string text) => OthersPattern().IsMatch(text.Trim());

    /// <summary>Those of the rows that a list was of; null where they are not what is asked for.</summary>
    public static QuerySpec? Others(List<Item> items, QuerySpec listed, JoinGraph graph)
    {
        var said = items.Where(static i => i.Kind is not (ItemKind.Filler or ItemKind.Ask or ItemKind.Who or ItemKind.Their or ItemKind.And)).ToList();
        return said is [{ IsTable: true } only] && only.Candidates[0].Table is var table && listed is { Measure: null, Where.Count: > 0, Limit: null } && table != listed.Root && graph.IsToOne(listed.Root, table)
            ? listed with { Columns = [.. table.Label.Select(static l => new Term(l))], Order = null, Distinct = true, IsYesNo = false } : null;
    }

    /// <summary>Whether a rewritten question no longer says something that the request that goes on said beside the words put in their place.</summary>
    private static bool Loses(string attempt, List<Item> fresh, Item said) =>
        fresh.Exists(i => i != said && i.Kind is ItemKind.Without or ItemKind.Not or ItemKind.Aggregate or ItemKind.Compare or ItemKind.Like or ItemKind.Missing or ItemKind.Present or ItemKind.Superlative or ItemKind.Per
            && !attempt.Contains(i.Text, StringComparison.OrdinalIgnoreCase));

    /// <summary>The earlier question with the new words in the place of what they are about, else at its end; the likeliest first.</summary>
    public static IEnumerable<string> Rewrite(
        string before, List<Item> old, IReadOnlyList<Token> oldTokens, string text, List<Item> fresh, IReadOnlyList<Token> freshTokens)
    {
        if (fresh.Count == 0)
        {
            yield break;
        }

        var plain = before.TrimEnd().TrimEnd('?', '.', '!');
        var said = fresh.Find(static i => i.Kind is ItemKind.Value) ?? fresh.Find(static i => i.Kind is not (ItemKind.Filler or ItemKind.Preposition or ItemKind.Ask or ItemKind.And));
        if (said is null)
        {
            yield break;
        }

        if (said.Kind == ItemKind.Count && fresh.Where(static i => i.Kind is not (ItemKind.Filler or ItemKind.Preposition or ItemKind.And)).ToList() is [_, { IsTable: true } other] && old.Find(static o => o.IsTable) is { } counted && old.Exists(static o => o.Kind == ItemKind.Count))
        {
            // "and how many albums?" counts these with what was asked of the others.
            yield return plain[..oldTokens[counted.First].Start] + text[freshTokens[other.First].Start..freshTokens[other.Last - 1].End] + plain[Math.Min(oldTokens[counted.Last - 1].End, plain.Length)..];
            yield break;
        }

        if (Place(old, fresh, said) is { } place)
        {
            var from = freshTokens[said.First].Start;
            var to = freshTokens[Run(fresh, said).Last - 1].End;
            var start = oldTokens[Run(old, place).First].Start;
            var end = oldTokens[Run(old, place).Last - 1].End;
            var rest = to < text.Length ? text[to..] : string.Empty;
            var placed = plain[..start] + text[from..to] + plain[Math.Min(end, plain.Length)..] + rest;
            if (!Loses(placed, fresh, said))
            {
                yield return placed;
            }
        }

        yield return $"{plain} {text}";
        yield return $"{plain}, {text}";
        if (said.Kind is ItemKind.Number or ItemKind.Superlative)
        {
            yield return $"{plain}, top {text}";
        }
    }

    /// <summary>A name of several words may be several values: first and last name change together.</summary>
    private static (int First, int Last) Run(List<Item> items, Item item)
    {
        var (first, last) = (item.First, item.Last);
        if (item.Kind == ItemKind.Value)
        {
            while (items.Find(i => i.Kind == ItemKind.Value && i.First == last) is { } next)
            {
                last = next.Last;
            }

            while (items.Find(i => i.Kind == ItemKind.Value && i.Last == first) is { } before)
            {
                first = before.First;
            }
        }

        return (first, last);
    }

    /// <summary>The item of the earlier question that the new one stands for.</summary>
    private static Item? Place(List<Item> old, List<Item> fresh, Item said)
    {
        switch (said.Kind)
        {
            case ItemKind.Value:
                return old.FindLast(o => o.Kind == ItemKind.Value && o.Hits.Any(h => said.Hits.Any(s => s.Column == h.Column)));
            case ItemKind.Date or ItemKind.Relative:
                return old.FindLast(static o => o.Kind is ItemKind.Date or ItemKind.Relative || IsYear(o));
            case ItemKind.Number when IsYear(said):
                return old.FindLast(static o => o.Kind is ItemKind.Date or ItemKind.Relative || IsYear(o));
            case ItemKind.Number:
                return old.FindLast(static o => o.Kind == ItemKind.Number && !IsYear(o));
            case ItemKind.Top or ItemKind.Superlative:
                // "only the top 3": the number alone changes.
                return fresh.Exists(static f => f.Kind == ItemKind.Number) ? old.Find(static o => o.Kind == ItemKind.Top && false) : old.FindLast(static o => o.Kind is ItemKind.Superlative);
            case ItemKind.Aggregate:
                return old.Find(static o => o.Kind is ItemKind.Aggregate or ItemKind.Count);
            case ItemKind.Per or ItemKind.By:
                return null;
            case ItemKind.Mention when fresh.Count(static f => f.Kind is not (ItemKind.Filler or ItemKind.Preposition or ItemKind.And)) == 1:
                var at = old.FindIndex(static o => o.Kind is ItemKind.Per or ItemKind.By);
                return said.IsTable ? old.Find(static o => o.IsTable) : at >= 0 && at + 1 < old.Count && old[at + 1].Kind == ItemKind.Mention ? old[at + 1] : null;
            default:
                return null;
        }
    }

    private static bool IsYear(Item item) => item.Kind == ItemKind.Number && item.Text.Length == 4 && item.Number is >= 1800 and <= 2199;

    [GeneratedRegex(@"^(?:and\s+(?:what\s+about|how\s+about|now|only|just|also|then)?|what\s+about|how\s+about|now\s+(?:only\s+|just\s+)?|only|just|but\s+(?:only\s+|just\s+)?|same\s+(?:for|but)|the\s+same\s+(?:for|but)|or|ok(?:ay)?,?\s+and|sort\s+(?:them|it|these)|order\s+(?:them|it|these))\s*,?\s*", RegexOptions.IgnoreCase)]
    private static partial Regex LeadPattern();

    [GeneratedRegex(@"^(?:and\s+)?(?:who|what|which|show|list|name)(?:\s+(?:are|is|was|were|me))?\s+(?:the|their|these|those)\s+(?:\S+\s*){1,3}$", RegexOptions.IgnoreCase)]
    private static partial Regex OthersPattern();

    [GeneratedRegex(@"^(?:and\s+)?how\s+many\s+of\s+(?:them|those|these)\s+(?=(?:are|were|have|had|is|was|come|live|cost|do)\s+\w)", RegexOptions.IgnoreCase)]
    private static partial Regex OfThemPattern();

    [GeneratedRegex(@"^(?:and|what\s+about|how\s+about|same|the\s+same)\b", RegexOptions.IgnoreCase)]
    private static partial Regex DependentPattern();

    [GeneratedRegex(@"^(?:for|in|per|by|from|of|top|since|after|before|between|without|with)\s+(?:\S+\s*){1,5}$", RegexOptions.IgnoreCase)]
    private static partial Regex FragmentPattern();

    [GeneratedRegex(@"^(?:and\s+)?how\s+many\s+(?:(?:of\s+(?:them|those|these))|are\s+(?:there|they|those|these)|is\s+that|rows|results|in\s+total)(?:\s+(?:are\s+there|in\s+(?:total|all)))?\s*\??$", RegexOptions.IgnoreCase)]
    private static partial Regex CountPattern();
}
