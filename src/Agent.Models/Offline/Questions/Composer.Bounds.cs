using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <content>What numbers in a question bound, and of what.</content>
internal sealed partial class Composer
{
    private void AddBound(int i, string op, decimal number, string? unit, Concept concept, Item? after)
    {
        if (unit == "times" || Next(i) is { Kind: ItemKind.Number, Text: "once" or "twice" })
        {
            _problem = "I do not count how often something happened to a row";
            return;
        }

        if (after is { Kind: ItemKind.OrMore } more)
        {
            more.Used = true;
            op = more.Operator;
            after = Next(items.IndexOf(more), skipPrepositions: false);
        }

        var previous = Previous(i);
        if (after is { Kind: ItemKind.Mention, IsTable: false } && after.Candidates[0] is { Column: { Kind: ColumnKind.Number, IsIdentifier: false }, Score: >= 0.9 } && concept == Concept.None && unit is null)
        {
            // "scored more than 50 points": what the number counts, whatever the verb.
            if (previous is { Kind: ItemKind.Mention, IsTable: false } && previous != _subject)
            {
                _projections.Remove(previous);
                previous.IsReplaced = true;
            }

            after.Used = true;
            _conditions.Add(new ConditionRequest(Bound.Number, after, Concept.None, op, [number]));
            return;
        }

        if (after is { Kind: ItemKind.Mention } && after != _subject && concept == Concept.None && unit is null && !(previous is { Kind: ItemKind.Mention } && IsMeasurable(previous) && previous.Candidates[0].Column is not { Kind: ColumnKind.Date } && previous != _subject))
        {
            after.Used = true;
            if (after.IsTable)
            {
                _having = (op, number);
                _havingOf = new MeasureRequest(Aggregate.Count, after);
            }
            else
            {
                _conditions.Add(new ConditionRequest(Bound.Number, after, Concept.None, op, [number]));
            }

            return;
        }

        if (unit is not null && Units.ConceptOf(unit) is var said2 && said2 != Concept.None && (concept == Concept.Duration || concept == Concept.Size))
        {
            // "longer than 100 km"
            concept = said2;
        }

        if (_groups.Count > 0 && _measure is not null && concept == Concept.None && (unit is null || Units.ConceptOf(unit) == Concept.Money) && previous is { Kind: ItemKind.Mention } each && _groups.Exists(g => g.Item.Candidates.Count > 0 && g.Item.Candidates[0].Equals(each.Candidates[0]) || Language.Stemmer.Singular(g.Item.Text) == Language.Stemmer.Singular(each.Text)))
        {
            // "sales by country, only countries above 40 dollars"
            each.Used = each.IsReplaced = true;
            _projections.Remove(each);
            _plainTables.Remove(each);
            _having = (op, number);
            _havingOf = _measure;
            return;
        }

        if (concept == Concept.Money || previous is { Kind: ItemKind.Concept, Concept: Concept.Money })
        {
            _having = (op, number);
            _havingOf = new MeasureRequest(Aggregate.Sum, null, Concept.Money);
            return;
        }

        if (concept == Concept.None && unit is null && (_groups.Count > 0 || previous is { Kind: ItemKind.Aggregate or ItemKind.Count } or { Text: "," }) && _measure is not null)
        {
            _having = (op, number);
            _havingOf = _measure;
            return;
        }

        if (previous is { Kind: ItemKind.Concept } said && concept == Concept.None)
        {
            concept = said.Concept;
            said.Used = true;
            _projections.Remove(said);
        }

        var target = concept == Concept.None && previous is { Kind: ItemKind.Mention } && IsMeasurable(previous) ? previous : null;
        if (target is not null)
        {
            _projections.Remove(target);
            target.Used = true;
        }

        _conditions.Add(new ConditionRequest(Bound.Number, target, concept, op, [number]) { Unit = unit });
    }

    private static bool IsMeasurable(Item item) => !item.IsTable && item.Candidates.Any(static c => c.Column is { Kind: ColumnKind.Number or ColumnKind.Date });

    private void TakeBetween(int i)
    {
        var low = Next(i);
        var and = low is null ? null : Next(items.IndexOf(low));
        if (low is { Kind: ItemKind.Number } && and is { Kind: ItemKind.Unit })
        {
            and.Used = true;
            and = Next(items.IndexOf(and));
        }

        var high = and is { Kind: ItemKind.And or ItemKind.Preposition or ItemKind.Compare } ? Next(items.IndexOf(and)) : and;
        if (low is null || high is null || low.Kind is not (ItemKind.Number or ItemKind.Date) || high.Kind is not (ItemKind.Number or ItemKind.Date))
        {
            _problem = "I could not tell the two ends of “between”";
            return;
        }

        low.Used = high.Used = true;
        if (and is not null)
        {
            and.Used = true;
        }

        var unit = Next(items.IndexOf(high), skipPrepositions: false) is { Kind: ItemKind.Unit } u ? Consume(u).Text : null;
        var previous = Previous(i);
        if (low.Kind == ItemKind.Date || (IsYear(low) && IsYear(high) && unit is null && previous is not { IsColumn: true, IsTable: false } or { Candidates: [{ Column.Kind: ColumnKind.Date }, ..] }))
        {
            var from = Range(low);
            var to = Range(high);
            _conditions.Add(new ConditionRequest(Bound.Date, DateTarget(i), Concept.Date, "range", [from.From, to.To]));
            return;
        }

        var concept = previous is { Kind: ItemKind.Concept or ItemKind.Compare } said ? Consume(said).Concept : Concept.None;
        var target = previous is { IsColumn: true, IsTable: false } ? Consume(previous) : null;
        _projections.RemoveAll(p => p == target || p == previous);
        _conditions.Add(new ConditionRequest(Bound.Number, target, concept, "between", [low.Number, high.Number]) { Unit = unit });
    }

    private void TakeNumber(int i)
    {
        var item = items[i];
        var next = Next(i, skipPrepositions: false);
        if (next is { Kind: ItemKind.OrMore } orLater && IsYear(item) && (orLater.Text is "or later" or "or earlier" || Previous(i, skipPrepositions: false) is { Kind: ItemKind.Preposition or ItemKind.DateWord }))
        {
            item.Used = orLater.Used = true;
            _conditions.Add(DateBound(orLater.Operator, item, DateTarget(i)));
            return;
        }

        if (next is { Kind: ItemKind.OrMore })
        {
            item.Used = true;
            AddBound(i, "=", item.Number, null, Concept.None, next);
            return;
        }

        if (next is { Kind: ItemKind.Unit } unit)
        {
            item.Used = unit.Used = true;
            AddBound(i, "=", item.Number, unit.Text, Concept.None, Next(items.IndexOf(unit), skipPrepositions: false));
            return;
        }

        if (IsYear(item) && (Previous(i, skipPrepositions: false) is { Kind: ItemKind.Preposition or ItemKind.DateWord or ItemKind.And or ItemKind.Or } or { Candidates: [{ Column.Kind: ColumnKind.Date }, ..] } || next is { Kind: ItemKind.Mention }))
        {
            item.Used = true;
            if (TakeUntil(i, item) is { } until)
            {
                _conditions.Add(until);
                return;
            }

            var or = Previous(i, skipPrepositions: false) is { Kind: ItemKind.Or or ItemKind.And } && _conditions.Count > 0 && _conditions[^1].Bound == Bound.Date;
            _conditions.Add(DateBound("=", item, DateTarget(i)) with { Or = or });
            return;
        }

        if (next is { Kind: ItemKind.Superlative or ItemKind.Top })
        {
            return;
        }

        if (Previous(i, skipPrepositions: false) is { Kind: ItemKind.Concept, Concept: not Concept.Money } about)
        {
            // "tracks that cost 1.99"
            item.Used = about.Used = true;
            _projections.Remove(about);
            _conditions.Add(new ConditionRequest(Bound.Number, null, about.Concept, "=", [item.Number]));
            return;
        }

        if (next is { Kind: ItemKind.Mention, IsTable: false } counted && counted != _subject && !(i > 0 && items[i - 1] is { IsTable: true } thing && thing.Last == item.First && !IsPlural(thing)) && counted.Candidates[0].Column is { Kind: ColumnKind.Number, IsIdentifier: false })
        {
            // "have 5 stars"
            item.Used = counted.Used = true;
            _conditions.Add(new ConditionRequest(Bound.Number, counted, Concept.None, "=", [item.Number]));
            return;
        }

        var previous = Previous(i);
        if (previous is { IsTable: true } && items.Skip(items.IndexOf(previous) + 1).TakeWhile(x => x != item).Any(static x => !(x.Kind == ItemKind.Filler && x.Text is "is" or "s" or ":" or "'" or "id" or "." or "the" || x.Kind == ItemKind.Mention || x.Text is "number" or "no" or "#")))
        {
            previous = null;
        }

        if (previous is { Kind: ItemKind.Mention } && !(next is { IsTable: true } && next != _subject && previous.Last < item.First))
        {
            // "invoice 98", "with quantity 3"
            item.Used = previous.Used = true;
            _projections.Remove(previous);
            _conditions.Add(new ConditionRequest(Bound.Number, previous, Concept.None, "=", [item.Number]));
            return;
        }

        if (next is { Kind: ItemKind.Mention } && next == _subject)
        {
            item.Used = true;
            _limit = (int)item.Number;
        }
        else if (next is { Kind: ItemKind.Mention, IsTable: true })
        {
            // "have 7 invoices"
            item.Used = next.Used = true;
            _having = ("=", item.Number);
            _havingOf = new MeasureRequest(Aggregate.Count, next);
        }
    }
}
