using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <content>What is counted and computed.</content>
internal sealed partial class Composer
{
    /// <summary>"The number of orders and the average total" takes two columns of numbers, and one is computed.</summary>
    private bool IsSecond(int i)
    {
        if (_measure is null || _rank is not null || _sortPending || _topPending || Previous(i, skipPrepositions: false) is not { Kind: ItemKind.And or ItemKind.Their })
        {
            return false;
        }

        _problem = "I compute one thing at a time";
        return true;
    }

    private void TakeCount(int i)
    {
        var distinct = false;
        var next = Next(i);
        if (IsSecond(i))
        {
            return;
        }

        if (next is { Kind: ItemKind.Unit } long1 && Units.ConceptOf(long1.Text) is var length and not (Concept.None or Concept.Money) && !items.Exists(static x => x.Kind == ItemKind.Superlative))
        {
            // "how many hours do the tracks of U2 last"
            if (!items.Exists(static x => x.Kind == ItemKind.Mention))
            {
                _problem = $"I could not tell which {long1.Text} are meant";
            }

            _measure = new MeasureRequest(Aggregate.Sum, null, length);
            return;
        }

        if (next is { Kind: ItemKind.Distinct })
        {
            next.Used = distinct = true;
            next = Next(items.IndexOf(next));
        }

        if (next is { Kind: ItemKind.DateWord })
        {
            return;
        }

        if (next is { Kind: ItemKind.Unit, Text: "units" or "pieces" })
        {
            next.Used = true;
            _measure = new MeasureRequest(Aggregate.Sum, null, Concept.Quantity);
            return;
        }

        if (next is null && items[i].Text == "count" && i > 0 && items[i - 1] is { IsTable: true } things && things.Last == items[i].First && things != _subject)
        {
            // "with the project count"
            things.Used = true;
            _plainTables.Remove(things);
            _projections.Remove(things);
            if (_havingOf is null && _groups.Count == 0 && _subject is { IsTable: true })
            {
                _groups.Add((_subject, null));
            }

            _measure = new MeasureRequest(Aggregate.Count, things);
            return;
        }

        _count = true;
        GroupIfWith(i);
        if (next is { Kind: ItemKind.Mention })
        {
            next.Used = true;
            _measure = new MeasureRequest(Aggregate.Count, next, Concept.None, distinct);
            if (_sortPending)
            {
                _rank = new RankRequest(_direction ?? true, _measure, null, Concept.None);
                _sortPending = false;
            }
        }
        else if (next is { Kind: ItemKind.Value or ItemKind.Event or ItemKind.Compare or ItemKind.Unknown or ItemKind.Superlative } or null)
        {
            _measure = new MeasureRequest(Aggregate.Count, _subject, Concept.None, distinct);
        }
    }

    /// <summary>"Albums with the number of tracks": of each of them.</summary>
    private void GroupIfWith(int i)
    {
        if (_groups.Count == 0 && _measure is null && _rank is null && !_sortPending && !_topPending && _subject is { IsTable: true } && items.IndexOf(_subject) < i && Previous(i, skipPrepositions: false) is { Kind: ItemKind.With or ItemKind.Their, Text: not ("have a" or "has a" or "had a") }
            && !items.Exists(static x => x.Kind is ItemKind.Compare or ItemKind.Between or ItemKind.OrMore))
        {
            _groups.Add((_subject, null));
        }
    }

    private void TakeAggregate(int i)
    {
        var item = items[i];
        var next = Next(i);
        if (item.Text == "on average" && next is null && _measure is { Target: { } averaged } && _groups.Count == 0 && _rank is null)
        {
            // "how many pages do the theses have on average"
            if (averaged.IsTable)
            {
                _problem = "I could not tell over which groups to compute";
            }

            _measure = _measure with { Function = item.Aggregate };
            return;
        }

        if (IsSecond(i))
        {
            return;
        }

        GroupIfWith(i);
        switch (next)
        {
            case { Kind: ItemKind.Count }:
                next.Used = true;
                // "average number of pages" is about a column of numbers, not about how many rows there are.
                if (Next(items.IndexOf(next)) is { Kind: ItemKind.Mention, IsTable: false } numbers && numbers.Candidates[0].Column is { Kind: ColumnKind.Number, IsIdentifier: false })
                {
                    numbers.Used = true;
                    _measure = new MeasureRequest(item.Aggregate, numbers);
                    return;
                }

                if (item.Aggregate != Aggregate.Sum)
                {
                    _over = item.Aggregate;
                }

                TakeCount(items.IndexOf(next));
                return;
            case { Kind: ItemKind.Distinct }:
                TakeCount(i);
                return;
            case { Kind: ItemKind.Mention }:
                next.Used = true;
                _measure = new MeasureRequest(item.Aggregate, next);
                // "average invoice total": the column follows its table.
                if (next.IsTable && Next(items.IndexOf(next), skipPrepositions: false) is { Used: false } after && (after.IsColumn && !after.IsTable || after.Kind is ItemKind.Concept || after is { Kind: ItemKind.Aggregate, Aggregate: Aggregate.Sum }))
                {
                    after.Used = true;
                    _subject ??= next;
                    _plainTables.Add(next);
                    if (after.Kind == ItemKind.Mention && after.First == next.Last && after.Candidates.Where(c => c.Column is not null && c.Table == next.Candidates[0].Table).ToList() is { Count: > 0 } ofIt)
                    {
                        // "average rental amount": of the rentals.
                        after = after with { Candidates = ofIt, Used = true };
                    }

                    _measure = after.Kind == ItemKind.Mention ? new MeasureRequest(item.Aggregate, after) : new MeasureRequest(item.Aggregate, next, after.Kind == ItemKind.Concept ? after.Concept : Concept.Money);
                }

                break;
            case { Kind: ItemKind.Concept }:
                next.Used = true;
                _measure = new MeasureRequest(item.Aggregate, null, item.Aggregate == Aggregate.Sum && next.Concept == Concept.Price ? Concept.Money : next.Concept);
                break;
            case { Kind: ItemKind.Unit } when Units.ConceptOf(next.Text) is var counted and not (Concept.None or Concept.Money):
                next.Used = false;
                _measure = new MeasureRequest(item.Aggregate, null, counted);
                break;
            case { Kind: ItemKind.Aggregate }:
                next.Used = true;
                _measure = new MeasureRequest(item.Aggregate, Previous(i) is { Kind: ItemKind.Mention } own ? own : null, Concept.Money);
                break;
            default:
                var previous = Previous(i);
                var ofPrevious = previous is { Kind: ItemKind.Mention } && (!previous.IsTable || MeasureFinder.Default(previous.Candidates[0].Table) is not null) ? previous : null;
                _measure = new MeasureRequest(item.Aggregate, ofPrevious, previous is { Kind: ItemKind.Concept } c ? c.Concept : ofPrevious is null ? Concept.Money : Concept.None);
                break;
        }

        if (_sortPending)
        {
            _rank = new RankRequest(_direction ?? true, _measure, null, Concept.None);
            _sortPending = false;
        }
    }
}
