using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <content>What the question asks of the rows: bounds, values, dates, what must or must not be there.</content>
internal sealed partial class Composer
{
    /// <summary>"With children" and "without": where there are numbers, none is also 0.</summary>
    private const string Some = "some";

    private void TakeWithout(int i)
    {
        var next = Next(i);
        while (next is { Kind: ItemKind.Number or ItemKind.With or ItemKind.And })
        {
            next.Used = true;
            next = Next(items.IndexOf(next));
        }

        switch (next)
        {
            case { Kind: ItemKind.Event }:
                next.Used = true;
                // "never bought a track": the thing is the other end of the deed.
                var thing = Next(items.IndexOf(next));
                if (thing is { Kind: ItemKind.Mention } && thing != _subject)
                {
                    thing.Used = true;
                    _plainTables.Add(thing);
                }
                _conditions.Add(new ConditionRequest(Bound.Exists, null, Concept.Quantity, "event", []) { Negated = true });
                break;
            case { Kind: ItemKind.Mention, IsTable: false } when Lexicon.Find(next.Text) is { Kind: ItemKind.Verb or ItemKind.Event } && Next(items.IndexOf(next)) is { IsTable: true, Used: false } done:
                // "never drove a trip": the verb is the driver's, the trips are what there are none of.
                next.Used = next.IsReplaced = done.Used = true;
                _conditions.Add(new ConditionRequest(Bound.Exists, done, Concept.None, "row", []) { Negated = true });
                break;
            case { Kind: ItemKind.Mention }:
                next.Used = true;
                _conditions.Add(next.Candidates[0].Column is { Kind: ColumnKind.Flag } ? new ConditionRequest(Bound.Flag, next, Concept.None, "=", []) { Negated = true }
                    : next.IsTable
                    ? new ConditionRequest(Bound.Exists, next, Concept.None, "row", []) { Negated = true }
                    : new ConditionRequest(Bound.Missing, next, Concept.None, Some, []));
                break;
            case { Kind: ItemKind.Value }:
                next.Used = true;
                TakeValue(items.IndexOf(next), negated: true);
                break;
            case { Kind: ItemKind.Concept }:
                next.Used = true;
                _conditions.Add(new ConditionRequest(Bound.Exists, null, Concept.Quantity, "event", []) { Negated = true });
                break;
            default:
                _problem = $"I could not tell what “{items[i].Text}” refers to";
                break;
        }
    }

    /// <summary>"Which playlists are empty": those without rows of the one table that refers to them.</summary>
    private void TakeEmpty(Item said, Item rows)
    {
        rows.Used = true;
        var table = rows.Candidates[0].Table;
        var inside = graph.Schema.References.Where(r => r.To == table && r.From != table).Select(static r => r.From).Distinct().ToList();
        if (!said.Text.Contains("empty", StringComparison.Ordinal) || inside is not [{ } only])
        {
            _problem = $"I could not tell what of {table.Noun} is {said.Text}";
            return;
        }

        var held = new Item(ItemKind.Mention, said.First, said.Last) { Text = only.Noun, Candidates = [new Candidate(only, null, 1)], IsImplied = true };
        _conditions.Add(new ConditionRequest(Bound.Exists, held, Concept.None, "row", []) { Negated = said.Kind == ItemKind.Missing });
    }

    private void TakeNot(int i)
    {
        var next = Next(i);
        switch (next)
        {
            case { Kind: ItemKind.Value }:
                next.Used = true;
                TakeValue(items.IndexOf(next), negated: true);
                break;
            case { Kind: ItemKind.Mention, IsTable: true }:
                if (Next(items.IndexOf(next)) is { Kind: ItemKind.Value } value)
                {
                    next.Used = value.Used = true;
                    TakeValue(items.IndexOf(value), negated: true);
                    break;
                }

                next.Used = true;
                _conditions.Add(new ConditionRequest(Bound.Exists, next, Concept.None, "row", []) { Negated = true });
                break;
            case { Kind: ItemKind.Mention }:
                next.Used = true;
                _conditions.Add(next.Candidates[0].Column!.Kind == ColumnKind.Flag
                    ? new ConditionRequest(Bound.Flag, next, Concept.None, "=", []) { Negated = true }
                    : new ConditionRequest(Bound.Missing, next, Concept.None, "null", []));
                break;
            case { Kind: ItemKind.Event }:
                next.Used = true;
                _conditions.Add(new ConditionRequest(Bound.Exists, null, Concept.Quantity, "event", []) { Negated = true });
                break;
            default:
                _problem = $"I could not tell what “{items[i].Text}” refers to";
                break;
        }
    }

    private static readonly string[] ShownWith = ["all of them, with what they have of it", "only those that have it"];

    private void TakeWith(int i)
    {
        var next = Next(i);
        if (next is null && _measure is null && items[0] is { Kind: ItemKind.Ask } && !items.Exists(static x => x.Kind == ItemKind.Without) && items[i].Text is "contain" or "contains" or "include" or "includes" or "offer" or "offers")
        {
            _problem = $"I could not tell what is meant by “{items[i].Text}”";
            return;
        }

        if (items[i].Text.StartsWith("contain", StringComparison.Ordinal) && Previous(i) is { Kind: ItemKind.Mention, IsTable: false } text && text.Candidates[0].Column is { Kind: ColumnKind.Text, IsReference: false })
        {
            // "whose title contains …"
            TakeLike(i);
            return;
        }

        if (next is { Kind: ItemKind.Value or ItemKind.Unknown } && items.IndexOf(next) is var word && word + 1 < items.Count && items[word + 1] is { Kind: ItemKind.Preposition, Text: "in" or "inside" or "within" }
            && InText(word + 1) is { } holder)
        {
            // "with "Live" in the title"
            next.Used = next.IsReplaced = holder.Used = true;
            _conditions.Add(new ConditionRequest(Bound.Text, holder, Concept.None, "%" + Escape(next.Text) + "%", []));
            return;
        }

        if (next is { IsTable: true } && items.Take(i).Any(static x => x is { Kind: ItemKind.HowMuch } or { Kind: ItemKind.Concept, Concept: Concept.Money }) && _conditions.Count == 0)
        {
            // "revenue with rentals": what it is made with.
            return;
        }

        if (next is { Kind: ItemKind.Mention } && next != _subject && Next(items.IndexOf(next), skipPrepositions: false) is not { Kind: ItemKind.Value or ItemKind.Compare or ItemKind.Unknown or ItemKind.Like or ItemKind.Number or ItemKind.Superlative or ItemKind.Missing or ItemKind.Between or ItemKind.Present })
        {
            next.Used = true;
            if (items[i].Text == "with" && items[0] is { Kind: ItemKind.Ask, Text: not ("which" or "what") } && next is { IsTable: false } && next.Candidates[0].Column is { Kind: not ColumnKind.Flag, IsReference: false } && Next(items.IndexOf(next)) is null)
            {
                // "list the customers with phone number": it is shown; of those who have one, or of all.
                _projections.Add(next);
                if (choices.Take((nameof(TakeWith), i), ShownWith) == ShownWith[0])
                {
                    return;
                }
            }

            _conditions.Add(next.Candidates[0].Column is { Kind: ColumnKind.Flag } ? new ConditionRequest(Bound.Flag, next, Concept.None, "=", [])
                : next.IsTable
                ? new ConditionRequest(Bound.Exists, next, Concept.None, "row", [])
                : new ConditionRequest(Bound.Missing, next, Concept.None, Some, []) { Negated = true });
        }
    }

    /// <summary>The column of text after "in the", "in its" and the like.</summary>
    private Item? InText(int preposition)
    {
        var next = Next(preposition);
        next = next is { Kind: ItemKind.Their } ? Next(items.IndexOf(next)) : next;
        return next is { Kind: ItemKind.Mention, IsTable: false } && next.Candidates[0].Column is { Kind: ColumnKind.Text, IsReference: false } ? next : null;
    }

    private void TakeCompare(int i)
    {
        var item = items[i];
        var next = Next(i);
        if (item.Operator is ">" or "<" or ">=" or "<=" && Previous(i) is { Kind: ItemKind.Mention, IsTable: false } words && words != _subject && words.Candidates.All(static c => c.Column is null or { Kind: ColumnKind.Text }))
        {
            _problem = $"“{words.Text}” is text, and I do not know how “{item.Text}” compares it";
            return;
        }

        if (item.Number > 0)
        {
            // "only one"
            AddBound(i, item.Operator, item.Number, null, item.Concept, Next(i, skipPrepositions: false));
            return;
        }

        if (next is { Kind: ItemKind.Between } && item.Operator == "=")
        {
            // "costing between": the ends follow.
            return;
        }

        if (next is { Kind: ItemKind.Number } number)
        {
            number.Used = true;
            var after = Next(items.IndexOf(number), skipPrepositions: false);
            var unit = after is { Kind: ItemKind.Unit } ? Consume(after).Text
                : after is { Kind: ItemKind.Mention } && Previous(i) is { Kind: ItemKind.Mention, IsTable: false } of && of.Candidates.Any(c => c.Column is { } own && Units.Factor(own, after.Text) is not null) ? Consume(after).Text
                : after is { Kind: ItemKind.Mention } && item.Concept != Concept.None && Units.ConceptOf(after.Text) == item.Concept ? Consume(after).Text : null;
            if (unit is not null)
            {
                after = Next(items.IndexOf(after!), skipPrepositions: false);
            }

            if (IsYear(number) && (item.Concept == Concept.Date || (unit is null && DateTarget(i) is not null && Previous(i) is { IsColumn: true })))
            {
                _conditions.Add(DateBound(item.Operator, number, DateTarget(i)));
                return;
            }

            AddBound(i, item.Operator, number.Number, unit, item.Concept, after);
            return;
        }

        if (next is { Kind: ItemKind.Date or ItemKind.Relative } date)
        {
            date.Used = true;
            _conditions.Add(DateBound(item.Operator, date, DateTarget(i)));
            return;
        }

        if (next is { Kind: ItemKind.Aggregate, Aggregate: Aggregate.Average } average)
        {
            average.Used = true;
            var column = Next(items.IndexOf(average));
            var target = column is { Kind: ItemKind.Mention } && IsMeasurable(column) ? Consume(column) : Previous(i) is { Kind: ItemKind.Mention } p && IsMeasurable(p) ? p : null;
            _conditions.Add(new ConditionRequest(Bound.Number, target, item.Concept, item.Operator, []) { Value = average });
            return;
        }

        if (next is { Kind: ItemKind.Value or ItemKind.Unknown } text && item.Operator is "=" or "<>")
        {
            return;
        }

        _problem = $"I could not tell what “{item.Text}” is compared with";
    }

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

    private void TakeLike(int i)
    {
        var item = items[i];
        var at = i + 1;
        while (at < items.Count && items[at].Kind is ItemKind.Filler or ItemKind.Preposition && items.Count > at + 1 && !items[at].Quoted && items[at + 1].Text.Any(char.IsLetterOrDigit))
        {
            at++;
        }

        if (at >= items.Count)
        {
            _problem = $"I could not tell what the text after “{item.Text}” is";
            return;
        }

        var text = items[at];
        if (item.Operator == "contains" && item.Text is "that contain" or "that contains" or "which contain" or "containing" && text is { IsTable: true } or { Kind: ItemKind.Value, Quoted: false } && Previous(i) is not { Kind: ItemKind.Mention, IsTable: false })
        {
            // "playlists that contain the track …" is about rows.
            return;
        }

        text.Used = text.IsReplaced = true;
        var pattern = item.Operator switch { "begins" => text.Text + "%", "ends" => "%" + text.Text, _ => "%" + text.Text + "%" };
        // The column: "whose name starts with", or "… in their name".
        var previous = Previous(i);
        var target = previous is { IsColumn: true, IsTable: false } ? previous : null;
        if (target is null)
        {
            var later = Next(at);
            later = later is { Kind: ItemKind.Their } ? Next(items.IndexOf(later)) : later;
            target = later is { IsColumn: true, IsTable: false } && items.IndexOf(later) - at <= 4 ? later : null;
        }

        if (target is not null)
        {
            target.Used = true;
            _projections.Remove(target);
        }

        _conditions.Add(new ConditionRequest(Bound.Text, target, Concept.None, pattern, []));
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

    private void TakeValue(int i, bool negated)
    {
        var item = items[i];
        var before = Previous(i, skipPrepositions: false);
        var or = before is { Kind: ItemKind.Or or ItemKind.And } && _conditions.Count > 0 && _conditions[^1].Bound == Bound.Value;
        Item? target = null;
        Item?[] neighbours = [Previous(i) is { Kind: ItemKind.By } by ? Previous(items.IndexOf(by)) : Previous(i), Next(i, skipPrepositions: false)];
        foreach (var near in neighbours.OrderBy(static n => n is { IsTable: true } ? 1 : 0))
        {
            // "customer Frank Harris" names the subject's row; in "how many tracks does U2 have" the two only share a sentence.
            if (near is { IsTable: true } && near == _subject && near.Last != item.First)
            {
                continue;
            }

            if ((target is null || target.IsTable || target == near) && near is { Kind: ItemKind.Mention } && item.Hits.Any(h => near.Candidates.Any(c => c.Column == h.Column || (c.Column is null && c.Table == h.Column.Table))))
            {
                target ??= near;
                if (near != _subject)
                {
                    near.Used = true;
                    if (!(items.IndexOf(near) < i && items.Skip(items.IndexOf(near) + 1).Take(i - items.IndexOf(near) - 1).Any(static x => x is { Kind: ItemKind.Preposition, Text: "for" or "from" or "in" })
                        && Previous(items.IndexOf(near), skipPrepositions: false) is { Kind: ItemKind.And or ItemKind.Their }))
                    {
                        _projections.Remove(near);
                    }

                    _plainTables.Remove(near);
                }
            }
        }

        _conditions.Add(new ConditionRequest(Bound.Value, target ?? (or ? _conditions[^1].Target : null), Concept.None, "=", []) { Value = item, Negated = negated || (or && _conditions[^1].Negated), Or = or, IsAnd = before is { Kind: ItemKind.And } });
    }

    private void TakeUnknown(int i)
    {
        var item = items[i];
        // "country is Narnia", "title 'Boss'": a column was named, so the text is a value of it, found or not.
        var previous = Previous(i);
        var op = previous is { Kind: ItemKind.Compare, Operator: "=" or "<>" } ? previous : null;
        if (op is not null)
        {
            previous = Previous(items.IndexOf(op));
        }

        if (previous is { IsColumn: true, IsTable: false } && previous.Candidates[0].Column is { Kind: ColumnKind.Text }
            && (item.Quoted || op is not null || i > 0 && items[i - 1] is { Kind: ItemKind.Filler, Text: "is" or "are" or "was" or "were" or ":" } or { Kind: ItemKind.Preposition, Text: "named" or "called" }))
        {
            item.Used = previous.Used = true;
            _projections.Remove(previous);
            _conditions.Add(new ConditionRequest(Bound.Value, previous, Concept.None, "=", [item.Text]));
        }
    }
}
