using Agent.Models.Offline.Language;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <content>What a question asks for: its subject, and whom "who" means.</content>
internal sealed partial class Composer
{
    /// <summary>"Who earns the most?": where no person is named, "who" is the name of the table of people that the rest is about.</summary>
    private void FindWho()
    {
        var at = items.FindIndex(static i => i.Kind == ItemKind.Who || i is { Kind: ItemKind.Filler, Text: "people" });
        if (at < 0 || items.Take(at).Any(i => i.Kind == ItemKind.Mention || (i.Kind == ItemKind.Count && items[at].Kind == ItemKind.Who)) || (items[at].Kind == ItemKind.Filler && items.Exists(static i => i.IsTable)))
        {
            return;
        }

        var named = Next(at);
        if (named is { Kind: ItemKind.Mention } && (named.IsTable ? People.Are(named.Candidates[0].Table) : IsPerson(named, at)))
        {
            return;
        }

        if (items[at].Text is "who is" or "who are" or "who's" && Next(at, skipPrepositions: false) is { IsTable: true } said && items[items.IndexOf(said) - 1] is { Kind: ItemKind.Filler, Text: "the" })
        {
            // "who is the broker of …": whatever is called so.
            return;
        }

        if (items[at].Text is "who is" or "who are" or "who's" && named is { Kind: ItemKind.Mention, IsTable: false } && named.Candidates[0] is { Column.IsReference: true, Score: >= 0.9 })
        {
            // "who is the main supplier of …": a company may be a who.
            return;
        }

        if (named is { Kind: ItemKind.Superlative or ItemKind.Top or ItemKind.Number or ItemKind.Distinct } && items.Skip(at).FirstOrDefault(static i => i.Kind == ItemKind.Mention) is { IsTable: true } ranked && (People.Are(ranked.Candidates[0].Table) || items[at].Text is "who is" or "who are" or "who's") && ranked.First - named.Last <= 3)
        {
            return;
        }

        if (named is { Kind: ItemKind.Mention, IsTable: false } other && other.Text.EndsWith(" by", StringComparison.Ordinal) && graph.Schema.References.FirstOrDefault(r => r.From == r.To && r.FromColumns is [{ } only] && only == other.Candidates[0].Column) is { } own)
        {
            // "who was referred by anna77": rows that refer to their own kind.
            items[at] = items[at] with { Kind = ItemKind.Mention, Candidates = [new Candidate(own.From, null, 1)], Text = own.From.Noun, IsImplied = true };
            return;
        }

        var about = items.Where(static i => i.Kind == ItemKind.Mention).Select(static i => i.Candidates[0].Table).Distinct().ToList();
        if (!about.Exists(t => items.Exists(i => i.Kind == ItemKind.Value && i.Hits.Any(h => h.Column.Table == t))))
        {
            about = [.. about.Concat(TablesOfValues()).Distinct()];
        }
        else
        {
            // "who leads the project Atlas", where leading is a role that a table holds.
            about = [.. about.Concat(items.Where(i => i is { Kind: ItemKind.Value, Quoted: false } && char.IsLower(i.Text[0]) && i.First == at + 1 && !i.Hits.Any(h => about.Contains(h.Column.Table))).SelectMany(static i => i.Hits.Select(static h => h.Column.Table)).Distinct())];
        }

        var deed = items.Exists(static i => i.Kind == ItemKind.Event || i is { Concept: Concept.Money, Text: var t } && (t.StartsWith("sp", StringComparison.Ordinal) || t.StartsWith("paid", StringComparison.Ordinal)));
        var earns = !deed && items.Exists(static i => i.Concept == Concept.Money);
        // "who performs": the performers.
        var verbs = items.Where(static i => i.Kind is ItemKind.Verb or ItemKind.Mention or ItemKind.Event).Select(static i => i.Text).ToList();
        var people = graph.Schema.Tables.Where(People.Are)
            .Select(t => (Table: t, Far: Far(t, about) + (deed ? Far(t, DeedsOf(t)) : 0) + (verbs.Exists(v => Stemmer.Root(v) == Stemmer.Root(t.Words[^1]) || People.Do(v, t)) ? -3 : 0) + (earns && !t.Columns.Exists(static c => c.Has("salary", "wage")) ? 5 : 0)))
            .Where(static c => c.Far < 50).OrderBy(static c => c.Far).ToList();
        if (people.Count == 0 || (people.Count > 1 && people[1].Far - people[0].Far < 0.2))
        {
            return;
        }

        var near = people.Where(c => c.Far - people[0].Far < NearlyAsNear).Select(static c => c.Table).ToList();
        if (deed)
        {
            // Of the buyer and the artist of what was bought, the one whose deed it was.
            near.RemoveAll(t => Far(t, DeedsOf(t)) > near.Min(n => Far(n, DeedsOf(n))));
        }

        var table = choices.Take(nameof(FindWho), near);
        if (!deed && items.Find(static i => i.Kind is ItemKind.Verb) is { } did && items.Find(static i => i.IsTable) is { } of && items.Exists(static i => i.Kind == ItemKind.Superlative) && !People.Do(did.Text, table)
            && graph.Schema.References.Where(r => r.From == of.Candidates[0].Table && People.Are(r.To)).ToList() is { Count: > 1 } whose && whose.Select(static r => r.To).Distinct().Count() > 1 && whose.Find(r => r.FromColumns[0].Has(did.Text))?.To != table)
        {
            // "who opened the most orders", which customers and employees have a part in.
            _problem = $"I could not tell who “{did.Text}” {of.Text}";
            return;
        }

        var isEmployed = items.FindIndex(static i => i is { Kind: ItemKind.Verb or ItemKind.Mention } && i.Text.StartsWith("work", StringComparison.Ordinal)) is var work and >= 0 && work + 1 < items.Count && items[work + 1] is { Kind: ItemKind.Preposition, Text: "at" or "for" };
        if ((isEmployed || items[at].Kind == ItemKind.Filler) && items.Exists(i => i.Kind == ItemKind.Value && !i.Hits.Any(h => graph.IsToOne(table, h.Column.Table))))
        {
            // "who works at Acme": nobody whom Acme once met by way of something else.
            _problem = "I could not tell which people are meant";
            return;
        }

        items[at] = items[at] with { Kind = ItemKind.Mention, Candidates = [new Candidate(table, null, 1)], Text = table.Noun, IsImplied = true };
    }

    /// <summary>Whether the column itself says who: a composer's name, a manager's number; but not of those who report to one.</summary>
    private bool IsPerson(Item column, int who)
    {
        var best = column.Candidates[0].Column!;
        if (best.Kind == ColumnKind.Text && !best.IsReference)
        {
            return items.IndexOf(column) - who <= 3 && !(best.Kind == ColumnKind.Flag);
        }

        if (graph.Schema.References.FirstOrDefault(r => r.FromColumns is [{ } only] && only == best) is not { } reference || (!People.Are(reference.To) && !(reference.From == reference.To && items.Exists(i => i.Kind == ItemKind.Value && i.Hits.Any(h => h.Column.Table == reference.To)))))
        {
            return false;
        }

        // "who reports to Boris", "who is managed by Boris": those below; "who is the manager of Boris", "who manages Boris": the one above.
        var value = items.FindIndex(static i => i.Kind == ItemKind.Value);
        var mention = items.IndexOf(column);
        return reference.From != reference.To || value < mention || !column.Text.EndsWith(" by", StringComparison.Ordinal) && !column.Text.EndsWith(" to", StringComparison.Ordinal) && !items.Skip(mention + 1).Take(value - mention - 1).Any(static i => i is { Kind: ItemKind.Preposition, Text: "to" or "under" } or { Kind: ItemKind.By });
    }

    private const double NearlyAsNear = 0.3;

    private IReadOnlyList<Table> DeedsOf(Table table) => _measures.EventOf(table) is { } deed ? [deed] : [];

    private double Far(Table from, IReadOnlyList<Table> to) => to.Sum(t => graph.Distance(from, t) ?? 100) + (to.Count == 0 ? 0.0 : 0);

    /// <summary>What the question asks for: what follows "which" or "how many", else the first name of a table.</summary>
    private void FindSubject()
    {
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            if (item.Kind is ItemKind.Per or ItemKind.By or ItemKind.Without or ItemKind.Sort)
            {
                i += Next(i) is { Kind: ItemKind.Mention } ? items.IndexOf(Next(i)!) - i : 0;
                continue;
            }

            if (item.Kind == ItemKind.Superlative && item.Concept == Concept.None && IsMost(item) && Next(i) is { IsTable: true } counted && items.Exists(m => m != counted && m.Kind == ItemKind.Mention))
            {
                i = items.IndexOf(counted);
                continue;
            }

            if (item is { Kind: ItemKind.Mention, IsTable: false } && IsOpposite(item, item.Candidates[0].Column!) && items.Take(i).Any(static x => x.Kind == ItemKind.HowMuch))
            {
                // "how much is unpaid"
                continue;
            }

            if (item.Kind == ItemKind.Mention && (item.IsTable ? !IsCounted(i) : Previous(i) is not { Kind: ItemKind.Compare or ItemKind.Aggregate } && !IsCounted(i)))
            {
                // "the highest paid doctor": the column that ranks is not what is asked for.
                if (!item.IsTable && (Previous(i) is { Kind: ItemKind.Number } some ? Previous(items.IndexOf(some)) : Previous(i)) is { Kind: ItemKind.Superlative, Concept: Concept.None or Concept.Date } && items.Skip(i + 1).FirstOrDefault(static m => m.Kind is not ItemKind.Filler) is { IsTable: true } ranked)
                {
                    _subject = ranked;
                    return;
                }

                // "unpaid bills": what is said of the rows that are asked for.
                if (!item.IsTable && i + 1 < items.Count && items[i + 1] is { IsTable: true } said && said.First == item.Last && (IsOpposite(item, item.Candidates[0].Column!) || i > 0 && items[i - 1] is { Kind: ItemKind.Number or ItemKind.Value } much && much.Last == item.First))
                {
                    _subject = said;
                    return;
                }

                // "remote vacancies", where a column is called so: it says something of the rows, and what it says is not known.
                if (item is { IsTable: false } && (item.Candidates[0].Column!.Kind is ColumnKind.Text || item.Candidates[0].Column is { Kind: ColumnKind.Date } && item.Text.EndsWith("ed", StringComparison.Ordinal)) && i + 1 < items.Count && items[i + 1] is { IsTable: true } rows && rows.First == item.Last && rows.Candidates[0].Table == item.Candidates[0].Table && IsPlural(rows) && !IsPlural(item))
                {
                    _subject = rows;
                    return;
                }

                // "order lines": the lines, of an order.
                if (item.IsTable && !IsPlural(item) && i + 1 < items.Count && items[i + 1] is { IsTable: true } parts && parts.First == item.Last && IsPlural(parts) && parts.Candidates[0].Table != item.Candidates[0].Table && Stemmer.Singular(parts.Text) is not ("member" or "person") && graph.IsToOne(parts.Candidates[0].Table, item.Candidates[0].Table))
                {
                    _subject = parts;
                    return;
                }

                // "the names of the customers": the table that the columns are of.
                if (!item.IsTable && OwnerAfter(i) is { } owner)
                {
                    _subject = owner;
                    return;
                }

                if (item is { IsTable: false } && item.Candidates[0].Column is { IsReference: false, Words: [_, "no" or "nr" or "number" or "id" or "code"] } known && People.Are(known.Table) && People.IsNoun(item.Text))
                {
                    // "staff", where instructors have a staff_no: they themselves.
                    items[i] = _subject = item with { Candidates = [new Candidate(known.Table, null, item.Candidates[0].Score)] };
                    return;
                }

                _subject = item;
                if (item is { IsTable: false } && item.Candidates[0] is { Column: { IsKey: true, IsReference: false } } named && named.Table.PrimaryKey.Count == 1 && !item.Text.Split(' ').Any(static w => Stemmer.Singular(w) is "id" or "number" or "no" or "code" or "key" or "nr"))
                {
                    // "line items", where lines have a key of that name: the rows are meant.
                    items[i] = _subject = item with { Candidates = [new Candidate(named.Table, null, named.Score)] };
                }

                return;
            }
        }
    }

    /// <summary>Whether it is what a bound is about: "more than 5 customers".</summary>
    private bool IsCounted(int i) =>
        Previous(i) is { Kind: ItemKind.Number } number && Previous(items.IndexOf(number)) is { Kind: ItemKind.Compare or ItemKind.Between or ItemKind.And };

    private Item? OwnerAfter(int index)
    {
        var of = false;
        for (var i = index + 1; i < items.Count; i++)
        {
            var item = items[i];
            of |= item is { Kind: ItemKind.Preposition, Text: "of" or "for" or "from" } or { Kind: ItemKind.Filler, Text: "of the" };
            if (!of && item.Kind is ItemKind.Superlative)
            {
                return null;
            }

            if (of && IsName(items[index]) && item.Kind is ItemKind.Value or ItemKind.Flag && i + 1 < items.Count && items[i + 1] is { IsTable: true } described && described.First == item.Last && !items.Skip(index + 1).Take(i - index - 1).Any(static x => x.IsTable))
            {
                // "the names of our Brazilian customers"
                return described;
            }

            if (item.IsTable && items[i - 1] is { Kind: ItemKind.Preposition, Text: "of" or "for" } or { Kind: ItemKind.Superlative } or { Kind: ItemKind.Filler, Text: "of the" or "the" or "all" or "each of" or "our" })
            {
                return item;
            }

            if (item.Kind is not (ItemKind.Filler or ItemKind.Preposition or ItemKind.And or ItemKind.Mention or ItemKind.Superlative) || item.IsTable)
            {
                return null;
            }
        }

        return null;
    }
}
