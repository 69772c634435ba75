using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <content>Superlatives, firsts and orders.</content>
internal sealed partial class Composer
{
    private void TakeSuperlative(int i)
    {
        var item = items[i];
        if (item.Text is "first" or "the first" && Next(i, skipPrepositions: false) is { Kind: ItemKind.Mention, IsTable: false } level && level.First == item.Last && level.Candidates[0].Column is { Kind: ColumnKind.Number, IsIdentifier: false } && i > 0 && items[i - 1] is { Kind: ItemKind.Preposition } && _subject is { IsTable: true } && items.IndexOf(_subject) < i)
        {
            // "rooms on the first floor"
            level.Used = item.IsReplaced = true;
            _conditions.Add(new ConditionRequest(Bound.Number, level, Concept.None, "=", [1m]));
            return;
        }

        if (_rank is not null && item.Concept == Concept.Date && items.Take(i).LastOrDefault(static x => x.Kind == ItemKind.Superlative) is { Concept: Concept.Date } other && other.Descending != item.Descending)
        {
            _problem = $"I look for one of “{other.Text}” and “{item.Text}” at a time";
            return;
        }

        var limit = 1;
        if (Previous(i) is { Kind: ItemKind.Number, Used: false } number)
        {
            number.Used = true;
            limit = (int)number.Number;
        }
        else if (Next(i) is { Kind: ItemKind.Number } count && Next(items.IndexOf(count)) is { Kind: ItemKind.Mention })
        {
            count.Used = true;
            limit = (int)count.Number;
        }
        else if (_topPending)
        {
            limit = _limit ?? 1;
        }

        if (Next(i) is { Kind: ItemKind.Number } span && Next(items.IndexOf(span), skipPrepositions: false) is { } unit && (unit.Kind == ItemKind.Unit || unit.Kind == ItemKind.Mention && Units.ConceptOf(unit.Text) != Concept.None))
        {
            _problem = $"I do not know what “{item.Text} {span.Text} {unit.Text}” are";
            return;
        }

        _topPending = false;
        _limit = _limit is { } set && limit == 1 ? set : limit;
        var next = Next(i);
        while (next is { Kind: ItemKind.Number or ItemKind.Distinct } || (next is { Kind: ItemKind.Value } && Next(items.IndexOf(next), skipPrepositions: false) is { Kind: ItemKind.Mention }))
        {
            next = Next(items.IndexOf(next));
        }

        if (item.Concept is not (Concept.None or Concept.Date) && next is { Kind: ItemKind.Mention, IsTable: false } && (next.Candidates[0].Column is { Kind: ColumnKind.Text, IsReference: false } || next.Candidates.All(static c => c.Column is null or { Kind: ColumnKind.Text })))
        {
            _problem = $"I do not know how “{item.Text}” ranks {next.Text}";
            return;
        }

        if (item.Concept is not (Concept.None or Concept.Date) && next is { Kind: ItemKind.Mention, IsTable: false } && next.Candidates[0].Column is { Kind: ColumnKind.Number, IsIdentifier: false })
        {
            // "cheapest ticket price"
            next.Used = true;
            _rank = new RankRequest(item.Descending, null, next, Concept.None) { IsOfOne = true };
            return;
        }

        if (item.Concept is not (Concept.None or Concept.Money or Concept.Quantity or Concept.Popularity or Concept.Rating) && next is { IsTable: true } own && own.First == item.Last && _subject is { IsTable: true } && own != _subject && items.IndexOf(_subject) < i && own.Candidates[0].Table is var holder && One(item.Concept, holder) is not null
            && graph.Path(_subject.Candidates[0].Table, holder) is { Count: > 0 } way && way.Any(static s => s.ToMany))
        {
            // "which artist has the longest track": of all the tracks, that one's artist.
            next.Used = true;
            _rank = new RankRequest(item.Descending, new MeasureRequest(item.Descending ? Aggregate.Maximum : Aggregate.Minimum, next, item.Concept), null, Concept.None);
            return;
        }

        // "the longest average track length" ranks by what is computed.
        if (item.Concept != Concept.None && next is not { Kind: ItemKind.Aggregate })
        {
            _firstRows = next is not null && next == _subject && item.Text is "first" or "the first" or "last" or "the last";
            var target = item.Concept == Concept.Date && next is { Kind: ItemKind.Mention, IsTable: false } && next.Candidates.Any(static c => c.Column is { Kind: ColumnKind.Date or ColumnKind.Number }) ? next
                : item.Concept == Concept.Date && Previous(i) is { Kind: ItemKind.Mention, IsTable: false } done && done != _subject && done.Candidates.Any(static c => c.Column is { Kind: ColumnKind.Date }) ? done : null;
            if (target is not null)
            {
                target.Used = true;
                _projections.Remove(target);
            }

            _rank = new RankRequest(item.Descending, null, target, item.Concept) { IsOfAge = item.Text.EndsWith("oldest", StringComparison.Ordinal) || item.Text.EndsWith("eldest", StringComparison.Ordinal) || item.Text.EndsWith("youngest", StringComparison.Ordinal) };
            return;
        }

        if (IsMost(item) && next is { IsTable: true } && next == _subject && _groups.Exists(static g => g.Part is not null))
        {
            // "which year had the fewest invoices"
            next.Used = true;
            _rank = new RankRequest(item.Descending, new MeasureRequest(Aggregate.Count, next), null, Concept.None);
            return;
        }

        if (IsMost(item) && next is { IsTable: true } && next == _subject)
        {
            _problem = $"I could not tell what has {item.Text} {next.Text}";
            return;
        }

        switch (next)
        {
            case { Kind: ItemKind.Count }:
                next.Used = true;
                TakeCount(items.IndexOf(next));
                _rank = new RankRequest(item.Descending, _measure, null, Concept.None);
                break;
            case { Kind: ItemKind.Aggregate } when item.Concept is not (Concept.None or Concept.Date) && Next(items.IndexOf(next)) is null:
                // "which genre is the longest on average"
                next.Used = true;
                _rank = new RankRequest(item.Descending, new MeasureRequest(next.Aggregate, null, item.Concept), null, Concept.None);
                break;
            case { Kind: ItemKind.Aggregate }:
                next.Used = true;
                TakeAggregate(items.IndexOf(next));
                _rank = new RankRequest(item.Descending, _measure, null, Concept.None);
                break;
            case { Kind: ItemKind.Concept }:
                next.Used = true;
                _rank = new RankRequest(item.Descending, null, null, next.Concept);
                break;
            case { Kind: ItemKind.Event }:
                next.Used = true;
                _rank = new RankRequest(item.Descending, null, null, Concept.Quantity);
                break;
            case { Kind: ItemKind.Mention, IsTable: false } when IsHowOften(item):
                // "the most common city": how often each is there.
                _rank = new RankRequest(item.Descending, null, null, Concept.None);
                break;
            case { Kind: ItemKind.Mention, IsTable: false }:
                next.Used = true;
                _rank = new RankRequest(item.Descending, null, next, Concept.None);
                break;
            case { Kind: ItemKind.Mention, IsTable: true } when next.First > item.Last && items[i + 1] is { Kind: ItemKind.Preposition } && Previous(i) is { Kind: ItemKind.Mention, IsTable: false } spent && spent != _subject && spent.Candidates[0].Column is { Kind: ColumnKind.Number, IsIdentifier: false }:
                // "which van has cost the most in repairs"
                _projections.Remove(spent);
                _rank = new RankRequest(item.Descending, null, Consume(spent), Concept.None);
                break;
            case { Kind: ItemKind.Mention } when next != _subject && !IsMost(item) && !IsHowOften(item) && Next(items.IndexOf(next), skipPrepositions: false) is not ({ Kind: ItemKind.Concept or ItemKind.Count } or { IsColumn: true, IsTable: false }):
                // "which farm had the biggest harvest": of one, or of all together.
                _problem = $"I could not tell by what {next.Text} are {item.Text}";
                break;
            case { Kind: ItemKind.Mention } when next != _subject && (IsMost(item) || _subject is { Used: true } || items.IndexOf(_subject!) < i):
                next.Used = true;
                var after = Next(items.IndexOf(next), skipPrepositions: false);
                _rank = after is { Used: false, IsColumn: true, IsTable: false }
                    ? new RankRequest(item.Descending, null, Consume(after), Concept.None)
                    : after is { Used: false, Kind: ItemKind.Concept }
                        ? new RankRequest(item.Descending, null, next, Consume(after).Concept)
                        : new RankRequest(item.Descending, new MeasureRequest(Aggregate.Count, next), null, Concept.None);
                break;
            default:
                if (Previous(i) is { Kind: ItemKind.Mention, IsTable: false } costs && costs != _subject && costs.Candidates.Any(static c => c.Column is { Kind: ColumnKind.Number, IsIdentifier: false }))
                {
                    // "which project costs the most"
                    _projections.Remove(costs);
                    _rank = new RankRequest(item.Descending, null, Consume(costs), Concept.None);
                    break;
                }

                var said = Previous(i) is { Kind: ItemKind.Concept or ItemKind.Event } before ? Consume(before) : null;
                _rank = new RankRequest(item.Descending, null, null, said is null ? Concept.None : said.Kind == ItemKind.Event ? Concept.Quantity : said.Concept) { IsMost = IsMost(item), IsOften = IsHowOften(item) };
                break;
        }
    }

    private void TakeTop(int i)
    {
        var item = items[i];
        var next = Next(i);
        if (item.Operator == "ordinal" && next is { Kind: ItemKind.Mention, IsTable: false } numbered && numbered.First == item.Last && numbered.Candidates[0].Column is { Kind: ColumnKind.Number } && _subject is { IsTable: true } && items.IndexOf(_subject) < i)
        {
            // "rooms on the second floor"
            numbered.Used = true;
            _conditions.Add(new ConditionRequest(Bound.Number, numbered, Concept.None, "=", [item.Number + 1]));
            return;
        }

        if (item.Operator == "ordinal")
        {
            _offset = (int)item.Number;
            _limit = 1;
            return;
        }

        if (item.Text is "best" or "the best" or "worst" or "the worst" && next is { Kind: ItemKind.Mention, IsTable: false } rated && rated.Candidates[0].Column is { Kind: ColumnKind.Number } points && points.Words.Any(static w => w is "rating" or "score" or "stars" or "points"))
        {
            rated.Used = true;
            _limit = 1;
            _rank = new RankRequest(item.Operator == "top", null, rated, Concept.None);
            return;
        }

        _topPending = item.Operator is "top" or "bottom";
        _direction = item.Operator == "bottom" ? false : item.Operator == "top" ? true : _direction;
        if (next is { Kind: ItemKind.Number })
        {
            next.Used = true;
            _limit = (int)next.Number;
        }
        else if (item.Operator is "top" or "bottom" && Previous(i, skipPrepositions: false) is { Kind: ItemKind.Number, Used: false } before && before.Last == item.First)
        {
            // "3 best countries"
            before.Used = true;
            _limit = (int)before.Number;
        }
        else
        {
            _limit = next is { Kind: ItemKind.Mention } && IsPlural(next) ? 10 : 1;
        }
    }

    private void TakeBy(int i)
    {
        var next = Next(i);
        var ranks = _topPending || _sortPending;
        switch (next)
        {
            case { Kind: ItemKind.Count or ItemKind.Aggregate or ItemKind.Superlative or ItemKind.Concept } or { Kind: ItemKind.Mention } when ranks || (_rank is not null && next.Kind != ItemKind.Mention):
                TakeOrder(i);
                break;
            case { Kind: ItemKind.Mention, IsTable: false } when _groups.Exists(static g => g.Part is not null) && next.Candidates[0].Column is { Kind: ColumnKind.Date }:
                // "per month in 2024 by pickup date": what the months are of.
                next.Used = true;
                for (var c = 0; c < _conditions.Count; c++)
                {
                    _conditions[c] = _conditions[c] is { Bound: Bound.Date, Target: null } ? _conditions[c] with { Target = next } : _conditions[c];
                }

                break;
            case { Kind: ItemKind.Mention, IsTable: false } when _rank is { Target: null, Measure: null, Concept: Concept.None, IsMost: true } && items.Exists(static x => x.Kind is ItemKind.Verb or ItemKind.Event) && next.Candidates.Any(static c => c.Column is { } pieces && MeasureFinder.IsQuantity(pieces)):
                // "which parts do we use the most, by quantity": of what was done with them.
                next.Used = next.IsReplaced = true;
                _rank = _rank with { Concept = Concept.Quantity };
                break;
            case { Kind: ItemKind.Mention, IsTable: false } when _rank is { Target: null, Measure: null, Concept: Concept.None or Concept.Size } && next.Candidates[0].Column is { Kind: ColumnKind.Number, IsIdentifier: false }:
                // "the biggest project by budget"
                next.Used = true;
                _rank = _rank with { Target = next, Concept = Concept.None };
                break;
            case { Kind: ItemKind.Mention } when next.IsTable && _rank is { Target: null, Measure: null, Concept: Concept.None or Concept.Size } && next != _subject:
                // "the biggest office by employees"
                next.Used = true;
                _rank = _rank with { Measure = new MeasureRequest(Aggregate.Count, next), Concept = Concept.None };
                break;
            case { Kind: ItemKind.DateWord or ItemKind.Mention }:
                // "albums by artist" groups; "albums by the artist AC/DC" does not.
                if (next.Kind == ItemKind.Mention && Next(items.IndexOf(next), skipPrepositions: false) is { Kind: ItemKind.Value or ItemKind.Unknown })
                {
                    break;
                }

                TakeGroups(i);
                break;
            case null or { Kind: ItemKind.Ask }:
                _problem = $"I could not tell what “{items[i].Text}” refers to";
                break;
        }
    }

    /// <summary>What follows "sorted by" or "top 5 … by".</summary>
    private void TakeOrder(int i)
    {
        var next = Next(i);
        var descending = _direction ?? _topPending;
        _sortPending = _topPending = false;
        switch (next)
        {
            case { Kind: ItemKind.Count }:
                next.Used = true;
                TakeCount(items.IndexOf(next));
                _rank = new RankRequest(descending || _direction is null, _measure, null, Concept.None);
                break;
            case { Kind: ItemKind.Aggregate }:
                next.Used = true;
                TakeAggregate(items.IndexOf(next));
                _rank = new RankRequest(descending || _direction is null, _measure, null, Concept.None);
                break;
            case { Kind: ItemKind.Concept }:
                next.Used = true;
                _rank = new RankRequest(descending, null, null, next.Concept);
                break;
            case { Kind: ItemKind.Mention }:
                next.Used = true;
                if (next.IsTable && Next(items.IndexOf(next)) is { Kind: ItemKind.Count })
                {
                    // "by track count"
                    Next(items.IndexOf(next))!.Used = true;
                    _rank = new RankRequest(descending || _direction is null, new MeasureRequest(Aggregate.Count, next), null, Concept.None);
                    break;
                }

                _rank = new RankRequest(descending, null, next, Concept.None) { IsSort = true };
                break;
            default:
                _sortPending = true;
                break;
        }
    }
}
