using Agent.Models.Offline.Language;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <content>The walk along the question: what each item asks for.</content>
internal sealed partial class Composer
{
    private readonly List<ConditionRequest> _conditions = [];
    private readonly List<Item> _plainTables = [];
    private bool _sortPending;
    private bool _topPending;
    private bool _yesNo;
    private bool _when;
    private bool _firstRows;
    private bool _alphabetical;

    private enum Bound
    {
        Number,
        Date,
        Text,
        Value,
        Missing,
        Exists,
        Flag,
    }

    /// <summary>A condition before its column is chosen.</summary>
    private sealed record ConditionRequest(Bound Bound, Item? Target, Concept Concept, string Operator, IReadOnlyList<object> Values)
    {
        public Item? Value { get; init; }

        public string? Unit { get; init; }

        public bool Negated { get; init; }

        /// <summary>Where in the question it was asked for.</summary>
        public int At { get; init; } = -1;

        /// <summary>Whether it is joined to the condition before it by "or", or by "and" where both are of one column.</summary>
        public bool Or { get; init; }

        /// <summary>Whether "and" was said.</summary>
        public bool IsAnd { get; init; }
    }

    private void Walk()
    {
        for (var i = 0; i < items.Count && _problem is null; i++)
        {
            var item = items[i];
            if (item.Used)
            {
                continue;
            }

            TakeItem(i, item);
            for (var c = 0; c < _conditions.Count; c++)
            {
                _conditions[c] = _conditions[c].At < 0 ? _conditions[c] with { At = i } : _conditions[c];
            }
        }
    }

    private void TakeItem(int i, Item item)
    {
        switch (item.Kind)
        {
            case ItemKind.Count:
                item.Used = true;
                TakeCount(i);
                break;
            case ItemKind.HowMuch:
                item.Used = true;
                if (_measure is not null && items.Take(i).Any(static x => x.Kind is ItemKind.Count or ItemKind.Aggregate))
                {
                    _problem = "I compute one thing at a time";
                    break;
                }

                _measure ??= Next(i) is { Kind: ItemKind.Mention, IsTable: false } sum && sum.Candidates[0].Column is { Kind: ColumnKind.Number, IsIdentifier: false }
                    ? Use(sum, new MeasureRequest(Aggregate.Sum, sum))
                    : Next(i) is { Kind: ItemKind.Concept } much
                    ? Use(much, new MeasureRequest(Aggregate.Sum, null, much.Concept))
                    : new MeasureRequest(Aggregate.Sum, null, Concept.Money);
                break;
            case ItemKind.Who or ItemKind.And or ItemKind.Or or ItemKind.Their or ItemKind.Unit:
                item.Used = true;
                break;
            case ItemKind.YesNo:
                item.Used = _yesNo = true;
                break;
            case ItemKind.When:
                item.Used = _when = true;
                break;
            case ItemKind.Distinct:
                item.Used = _distinct = true;
                break;
            case ItemKind.Aggregate:
                item.Used = true;
                TakeAggregate(i);
                break;
            case ItemKind.Superlative:
                item.Used = true;
                TakeSuperlative(i);
                break;
            case ItemKind.Top:
                item.Used = true;
                TakeTop(i);
                break;
            case ItemKind.Per:
                item.Used = true;
                TakeGroups(i);
                break;
            case ItemKind.By:
                item.Used = true;
                TakeBy(i);
                break;
            case ItemKind.Sort:
                item.Used = true;
                _sortPending = true;
                TakeOrder(i);
                break;
            case ItemKind.Direction:
                item.Used = true;
                _direction = item.Descending;
                _alphabetical |= item.Text.Contains("alphabet", StringComparison.Ordinal);
                break;
            case ItemKind.Without:
                item.Used = true;
                TakeWithout(i);
                break;
            case ItemKind.Not:
                item.Used = true;
                TakeNot(i);
                break;
            case ItemKind.Compare:
                item.Used = true;
                TakeCompare(i);
                break;
            case ItemKind.Between:
                item.Used = true;
                TakeBetween(i);
                break;
            case ItemKind.Like:
                item.Used = true;
                TakeLike(i);
                break;
            case ItemKind.Missing or ItemKind.Present:
                item.Used = true;
                if ((Previous(i) is { Kind: ItemKind.Mention } before && !(before.IsTable && Next(i) is { Kind: ItemKind.Mention, IsTable: false }) ? before : Next(i)) is { Kind: ItemKind.Mention } column)
                {
                    if (column.IsTable)
                    {
                        TakeEmpty(item, column);
                        break;
                    }

                    column.Used = true;
                    _projections.Remove(column);
                    _conditions.Add(new ConditionRequest(Bound.Missing, column, Concept.None, "null", []) { Negated = item.Kind == ItemKind.Present });
                }

                break;
            case ItemKind.With:
                item.Used = true;
                TakeWith(i);
                break;
            case ItemKind.DateWord:
                TakeDateWord(i);
                break;
            case ItemKind.Relative:
                item.Used = true;
                TakeRelative(item);
                break;
            case ItemKind.Number:
                TakeNumber(i);
                break;
            case ItemKind.Date:
                item.Used = true;
                _conditions.Add(TakeUntil(i, item) ?? DateBound("=", item, DateTarget(i)));
                break;
            case ItemKind.Concept:
                TakeConcept(i);
                break;
            case ItemKind.Event:
                item.Used = true;
                break;
            case ItemKind.Value:
                item.Used = true;
                TakeValue(i, negated: false);
                break;
            case ItemKind.Mention:
                TakeMention(i);
                break;
            case ItemKind.Unknown:
                TakeUnknown(i);
                break;
        }
    }

    private static MeasureRequest Use(Item item, MeasureRequest request)
    {
        item.Used = true;
        return request;
    }

    private static Item Consume(Item item)
    {
        item.Used = true;
        return item;
    }

    private void TakeGroups(int i)
    {
        var at = i;
        if (i > 0 && items[i - 1] is { Kind: ItemKind.Number or ItemKind.Unit } && _conditions is [.., { Bound: Bound.Number, Target: null } bound] && Next(i) is { Kind: ItemKind.Mention } piece)
        {
            // "less than 0.15 per word": of what has a rate for that, and nothing to group by.
            var rates = (_subject is { IsTable: true } rows ? rows.Candidates[0].Table.Columns : []).Where(c => c is { Kind: ColumnKind.Number, IsIdentifier: false } && c.Words.Any(w => WordMatch.Score(piece.Text, w) >= WordMatch.Plural) && MeasureFinder.IsPrice(c)).ToList();
            if (rates is not [{ } rate])
            {
                _problem = $"I could not tell what is measured per {piece.Text}";
                return;
            }

            piece.Used = piece.IsReplaced = true;
            _conditions[^1] = bound with { Target = new Item(ItemKind.Mention, piece.First, piece.Last) { Text = rate.Name, Candidates = [new Candidate(rate.Table, rate, 1)] }, Concept = Concept.None, Unit = null };
            return;
        }

        if (Next(i) is { IsTable: true } whole && items.IndexOf(whole) + 1 < items.Count && items[items.IndexOf(whole) + 1] is { Kind: ItemKind.Mention, IsTable: false } part && part.First == whole.Last && part.Candidates.Where(c => c.Column is not null && c.Table == whole.Candidates[0].Table).ToList() is { Count: > 0 } own && !IsPlural(whole))
        {
            // "in each billing period": the periods of bills.
            whole.Used = part.Used = part.IsReplaced = true;
            _groups.Add((part with { Candidates = own }, null));
            return;
        }

        if (Next(i) is { Kind: ItemKind.Value, Hits: [{ Whole: true } kind, ..] } value && Next(items.IndexOf(value), skipPrepositions: false) is not { IsTable: true } && value.Hits.All(h => h.Column == kind.Column) && !kind.Column.Table.Label.Contains(kind.Column) && People.Are(kind.Column.Table))
        {
            // "each sales agent": the people of that title.
            _groups.Add((new Item(ItemKind.Mention, value.First, value.Last) { Text = kind.Column.Table.Noun, Candidates = [new Candidate(kind.Column.Table, null, 1)], IsImplied = true }, null));
            return;
        }

        while (Next(at) is { } next && (next.Kind is ItemKind.Mention or ItemKind.DateWord))
        {
            next.Used = true;
            at = items.IndexOf(next);
            if (next is { Kind: ItemKind.Mention, Text: "type" or "kind" or "sort" or "category" } && at + 2 < items.Count && items[at + 1] is { Kind: ItemKind.Preposition, Text: "of" } && items[at + 2] is { IsTable: true } typed)
            {
                // "by type of problem": their types where they have some, else the problems themselves.
                typed.Used = next.IsReplaced = true;
                var types = next.Candidates.Where(c => c.Column is not null && c.Table == typed.Candidates[0].Table).ToList();
                _groups.Add((types.Count > 0 ? next with { Candidates = types } : typed, null));
                at += 2;
            }
            else
            {
                _groups.Add((next, next.Kind == ItemKind.DateWord ? next.Part : null));
            }

            // "per year of the invoice date"
            if (Next(at, skipPrepositions: false) is not { Kind: ItemKind.And or ItemKind.Per } joint || Next(items.IndexOf(joint)) is not { Kind: ItemKind.Mention or ItemKind.DateWord } more
                || (joint.Text is "," && Next(items.IndexOf(more)) is { Kind: ItemKind.Compare or ItemKind.Number }))
            {
                break;
            }

            joint.Used = true;
            at = items.IndexOf(joint);
        }

        if (_groups.Count == 0)
        {
            _problem = $"I could not tell what “{items[i].Text}” refers to";
        }
    }

    private void TakeMention(int i)
    {
        var item = items[i];
        if (item == _subject)
        {
            item.Used = true;
            return;
        }

        // "invoice 98", "track number 12": the row with that key.
        if (Next(i, skipPrepositions: false) is { Kind: ItemKind.Value or ItemKind.Unknown } value && Fits(item, value.Hits))
        {
            return;
        }

        if (item.Candidates[0].Column is { Kind: ColumnKind.Flag } && item.Candidates[0].Score >= 0.75)
        {
            item.Used = true;
            _conditions.Add(new ConditionRequest(Bound.Flag, item, Concept.None, "=", []) { Negated = IsOpposite(item, item.Candidates[0].Column!) });
            return;
        }

        if (!item.IsTable && i > 0 && items[i - 1].IsImplied && !item.Candidates[0].Column!.IsReference && item.Text[^1] == 's' && Stemmer.Singular(item.Text) != item.Text && Next(i) is { Kind: ItemKind.Value or ItemKind.Mention })
        {
            // "who rents Dock 4": a verb.
            item.Used = item.IsReplaced = true;
            return;
        }

        if (!item.IsTable && i > 1 && items[i - 1] is { Kind: ItemKind.Filler, Text: "have" or "has" or "had" } && Previous(i) == _subject && _subject is { IsTable: true } && Next(i) is not { Kind: ItemKind.Superlative })
        {
            // "which reservations have children"; not "which has cost the most".
            item.Used = true;
            _conditions.Add(new ConditionRequest(Bound.Missing, item, Concept.None, Some, []) { Negated = true });
            return;
        }

        if (!item.IsTable && IsOpposite(item, item.Candidates[0].Column!))
        {
            item.Used = true;
            _conditions.Add(new ConditionRequest(Bound.Missing, item, Concept.None, Some, []));
            return;
        }

        if (item.IsTable)
        {
            item.Used = true;
            if (item.First > 0 && Stemmer.Singular(item.Text) is "member" or "person" or "people" && Previous(i, skipPrepositions: false) is { IsTable: true } whole && whole.Last == item.First)
            {
                // "staff members"
                item.IsReplaced = true;
                return;
            }

            if (i > 0 && items[i - 1] is { Kind: ItemKind.Filler, Text: "s" or "'" } && _subject is { IsTable: true } && items.IndexOf(_subject) < i && items.Take(i - 1).LastOrDefault(static x => x.Kind is not (ItemKind.Value or ItemKind.Filler)) is { Kind: ItemKind.Preposition or ItemKind.By })
            {
                // "booked for Ruth's lessons": what they were booked for, not what is asked for.
                _plainTables.Add(item);
                return;
            }

            if ((i > 0 && items[i - 1] is { Kind: ItemKind.Filler, Text: "s" or "'" }) || Previous(i, skipPrepositions: false) is { Kind: ItemKind.Their } || (Previous(i, skipPrepositions: false) is { Kind: ItemKind.And } && !_count))
            {
                _projections.Add(item);
            }
            else
            {
                _plainTables.Add(item);
            }

            return;
        }

        item.Used = true;
        if (_measure is { Function: Aggregate.Sum, Target: null, Concept: Concept.Money } && !item.IsTable && items.Exists(static x => x.Kind == ItemKind.HowMuch) && item.Candidates[0].Column is { Kind: ColumnKind.Number, IsIdentifier: false })
        {
            // "how much did all repairs cost"
            _measure = _measure with { Target = item, Concept = Concept.None };
            return;
        }

        _projections.Add(item);
    }

    private static bool Fits(Item mention, IReadOnlyList<ValueHit> hits) =>
        hits.Count == 0 || hits.Any(h => mention.Candidates.Any(c => c.Column == h.Column || (c.Column is null && c.Table == h.Column.Table)));

    private void TakeConcept(int i)
    {
        var item = items[i];
        item.Used = true;
        if (item.Text == "paid" && _subject is { IsTable: true } && Previous(i) == _subject && Next(i, skipPrepositions: false) is { Kind: ItemKind.By or ItemKind.With or ItemKind.Value } && !items.Exists(static x => x.Kind is ItemKind.Count or ItemKind.HowMuch or ItemKind.Aggregate))
        {
            // "bookings paid by card": how, and not how much.
            return;
        }

        // "spent the most", "how much did … spend": taken by those already. Alone it is a total, or a value of one row.
        if (_measure is null && _rank is null)
        {
            if (items.Exists(x => !x.Used && (x.Kind is ItemKind.Superlative || (x.Kind is ItemKind.Top && (items.IndexOf(x) < i || x == Next(i))))))
            {
                return;
            }

            if (item.Concept == Concept.Money || _groups.Count > 0)
            {
                // "rental revenue": what the rentals come to, where they come to something.
                var of = i > 0 && items[i - 1] is { IsTable: true } rows && rows.Last == item.First && MeasureFinder.Terms(item.Concept, rows.Candidates[0].Table) is [{ Times: null } own, ..] && own.Column.Has("total", "amount", "revenue") ? items[i - 1] : null;
                _measure = new MeasureRequest(Aggregate.Sum, of, item.Concept);
            }
            else
            {
                _projections.Add(item);
            }
        }
    }
}
