using Agent.Models.Offline.Language;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <content>Phrases whose words say another thing together than each for itself: they are rewritten before the question is walked along.</content>
internal sealed partial class Composer
{
    private void Rewrite()
    {
        FindValueOf();
        FindOrder();
        FindLasting();
        FindDateOf();
        FindCompanions();
        FindRate();
        FindSingle();
        if (items.FindLastIndex(static i => i is { Kind: ItemKind.Preposition, Text: "whose" }) is var whose and >= 0 && Next(whose) is null or { Kind: ItemKind.And })
        {
            _problem = "I could not tell whose is meant";
        }
    }

    /// <summary>"With the date they left": the date that is named after it, shown.</summary>
    private void FindDateOf()
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is { Kind: ItemKind.Mention, IsTable: false, Text: "date" or "dates" or "day" } && items.Skip(i + 1).FirstOrDefault(static x => x.Kind is not ItemKind.Filler) is { Kind: ItemKind.Mention, IsTable: false } named && named.First > items[i].Last && named.Candidates[0].Column is { Kind: ColumnKind.Date })
            {
                var with = items.FindLastIndex(i, static x => x.Kind is ItemKind.With);
                if (with >= 0 && Next(with) == items[i])
                {
                    items[with] = Lexicon.Find("with their")! with { First = items[with].First, Last = items[with].Last };
                }

                items[i] = Lexicon.Find("the")! with { First = items[i].First, Last = items[i].Last };
            }
        }
    }

    /// <summary>Words that only go along with others: "signed up", "staff members", "left the company", "new customers per year".</summary>
    private void FindCompanions()
    {
        for (var i = 1; i < items.Count; i++)
        {
            if (items[i] is not { Kind: ItemKind.Unknown, Quoted: false } item)
            {
                continue;
            }

            var before = items[i - 1];
            var isParticle = item.Text is "up" or "off" or "along" && before.Kind is ItemKind.Verb or ItemKind.Event or ItemKind.Concept;
            var isMember = item.Text is "member" or "members" && before is { IsTable: true } && before.Last == item.First && People.Are(before.Candidates[0].Table);
            var isOurs = item.Text is "company" or "firm" or "business" or "organisation" or "organization" && before is { Kind: ItemKind.Filler, Text: "the" or "our" } && Previous(i) is { Kind: ItemKind.Mention } left && left.Candidates[0].Column is { Kind: ColumnKind.Date };
            if (Stemmer.Singular(item.Text.ToLowerInvariant()) is "member" or "person" or "client" or "customer" or "user" && graph.Schema.Tables.Where(People.Are).ToList() is [{ } people])
            {
                // The only people there are.
                items[i] = item with { Kind = ItemKind.Mention, Candidates = [new Candidate(people, null, WordMatch.Least)] };
                continue;
            }

            var isNew = item.Text is "new" && i + 1 < items.Count && items[i + 1] is { IsTable: true } rows && MeasureFinder.Dates(rows.Candidates[0].Table).Count > 0 && items.Exists(static x => x.Kind is ItemKind.DateWord or ItemKind.Date or ItemKind.Relative || IsYear(x));
            if (isParticle || isMember || isOurs || isNew)
            {
                items[i] = Lexicon.Find("the")! with { First = item.First, Last = item.Last };
            }
        }
    }

    /// <summary>"The priciest category per day", where there is a daily rate: what is ranked by, and nothing to group by.</summary>
    private void FindRate()
    {
        var at = items.FindIndex(static i => i is { Kind: ItemKind.Per, Text: "per" or "each" or "a" });
        if (at < 0 || at + 1 >= items.Count || items[at + 1] is not { Kind: ItemKind.Unit or ItemKind.DateWord or ItemKind.Unknown } period || items.FindIndex(static i => i is { Kind: ItemKind.Superlative, Concept: Concept.Price or Concept.Money }) is var most && most < 0
            || items.Find(static i => i.IsTable) is not { } rows)
        {
            return;
        }

        var rates = rows.Candidates[0].Table.Columns.Where(c => c is { Kind: ColumnKind.Number, IsIdentifier: false } && c.Words.Any(w => WordMatch.Score(Stemmer.Singular(period.Text.ToLowerInvariant()), w) >= WordMatch.Abbreviation) && MeasureFinder.IsPrice(c)).ToList();
        if (rates is [{ } rate])
        {
            items[at] = items[at] with { Kind = ItemKind.By, Text = "by" };
            items[at + 1] = period with { Kind = ItemKind.Mention, Candidates = [new Candidate(rate.Table, rate, 1)] };
            items[most] = items[most] with { Concept = Concept.None };
        }
    }

    /// <summary>"In a single rental" bounds nothing.</summary>
    private void FindSingle()
    {
        for (var i = 1; i < items.Count; i++)
        {
            if (items[i] is { Kind: ItemKind.Compare, Text: "a single" or "only a single" } single && (items[i - 1] is { Kind: ItemKind.Preposition or ItemKind.Without or ItemKind.Verb } || items.Take(i).Any(static x => x.Kind == ItemKind.Without)))
            {
                items[i] = Lexicon.Find("a")! with { First = single.First, Last = single.Last };
            }
        }
    }

    /// <summary>"The value of the orders" is a sum of what they come to, where they come to something.</summary>
    private void FindValueOf()
    {
        if (items.FindIndex(static i => i is { Kind: ItemKind.Filler, Text: "value of" or "values of" }) is var at and >= 0 && Next(at) is { IsTable: true } things)
        {
            var isOwn = MeasureFinder.Terms(Concept.Money, things.Candidates[0].Table) is [{ Times: null } money, ..] && money.Column.Has("total", "amount", "value");
            if (!isOwn || items.Exists(static i => i.Kind == ItemKind.Event))
            {
                _problem = $"I could not tell what “{items[at].Text}” {things.Text} is";
                return;
            }

            items[at] = Lexicon.Find("total")! with { First = items[at].First, Last = items[at].Last };
        }
    }

    /// <summary>"Songs that last between 3 and 4 minutes": a verb.</summary>
    private void FindLasting()
    {
        for (var i = 1; i < items.Count; i++)
        {
            if (items[i] is { Kind: ItemKind.Superlative, Text: "last" } && (Next(i, skipPrepositions: false) is { Kind: ItemKind.Between } or { Kind: ItemKind.Compare } || Next(i) is { Kind: ItemKind.Number } number && Next(items.IndexOf(number), skipPrepositions: false) is { Kind: ItemKind.Unit } && items[i - 1].Kind == ItemKind.Mention))
            {
                items[i] = Lexicon.Find("lasts")! with { First = items[i].First, Last = items[i].Last };
            }
        }
    }

    /// <summary>"…, biggest group first": an order, and not a first place.</summary>
    private void FindOrder()
    {
        var end = items.FindLastIndex(static i => i.Kind is not ItemKind.Filler);
        if (end < 2 || items[end] is not { Kind: ItemKind.Superlative, Text: "first" })
        {
            return;
        }

        var from = items.FindLastIndex(end - 1, 2, static i => i.Kind is ItemKind.Superlative or ItemKind.Top);
        if (from > 0 && (from == end - 1 || items[from + 1].Kind is ItemKind.Filler or ItemKind.Unknown or ItemKind.Mention) && Previous(from, skipPrepositions: false) is not null
            && (items[from - 1] is { Kind: ItemKind.And } or { Kind: ItemKind.With } or { Kind: ItemKind.Sort }))
        {
            var order = Lexicon.Find(items[from].Descending ? "descending" : "ascending")! with { First = items[from].First, Last = items[end].Last };
            items.RemoveRange(from, end - from + 1);
            items.Insert(from, order);
        }
    }
}
