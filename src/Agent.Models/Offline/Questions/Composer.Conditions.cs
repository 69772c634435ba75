using Agent.Models.Offline.Language;
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
                if (next is null && items.Skip(i + 1).FirstOrDefault(static x => x.Kind == ItemKind.Verb) is { } deed && _subject is { IsTable: true } && DeedTable(deed.Text, _subject.Candidates[0].Table) is { } done1)
                {
                    // "faults that have never occurred", "cars nobody has ever booked": without rows of that deed.
                    _conditions.Add(new ConditionRequest(Bound.Exists, new Item(ItemKind.Mention, deed.First, deed.Last) { Text = done1.Noun, Candidates = [new Candidate(done1, null, 1)], IsImplied = true }, Concept.None, "row", []) { Negated = true });
                    break;
                }

                _problem = $"I could not tell what “{items[i].Text}” refers to";
                break;
        }
    }

    /// <summary>The table of what a verb says was done to rows: the one that is called so, else the only one that refers to them.</summary>
    private Table? DeedTable(string verb, Table subject)
    {
        var from = graph.Schema.References.Where(r => r.To == subject && r.From != subject).Select(static r => r.From).Distinct().ToList();
        return from.Where(t => t.Words.Any(w => WordMatch.Score(verb, w) >= WordMatch.Synonym || WordMatch.Score(Stemmer.Root(verb) + "ing", w) >= WordMatch.Synonym)).ToList() is [{ } named] ? named
            : from is [{ IsLink: false } only] && verb is "occur" or "occurs" or "occurred" or "happen" or "happened" or "use" or "used" ? only : null;
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
            if (items[i].Text == "with" && next is { IsTable: false } && _conditions.Exists(c => c.Target is { Kind: ItemKind.Mention, IsTable: false } bounded && bounded.Candidates[0].Column == next.Candidates[0].Column))
            {
                // "hired in 2022 or later, with hire dates": that there is one was said already.
                _projections.Add(next);
                return;
            }

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
