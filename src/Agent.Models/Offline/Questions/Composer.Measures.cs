using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <content>What is computed and what is ranked by.</content>
internal sealed partial class Composer
{
    private Measure? ResolveMeasure(Table root, List<Grouping> groups)
    {
        if (_measure is null)
        {
            return null;
        }

        var measure = Measure(_measure, root, groups);
        if (measure is null)
        {
            Fail("I could not tell which column to compute with");
        }

        return measure;
    }

    private Measure? Measure(MeasureRequest request, Table root, List<Grouping> groups)
    {
        if (request.Function == Aggregate.Count)
        {
            if (SoldUnits(request, root, groups) is { } units)
            {
                return units;
            }

            if ((request.Target?.Candidates[0].Table ?? root) is { Words: [.., "stock" or "inventory"] } store && !request.Distinct && MeasureFinder.Terms(Concept.Quantity, store) is [{ } held, ..] && items.Exists(static i => i.Kind == ItemKind.Value))
            {
                // "how many bolts are in stock": pieces, not entries.
                return new Measure(Aggregate.Sum, store, held);
            }

            if (request.Target is null || request.Target.IsTable)
            {
                return new Measure(Aggregate.Count, request.Target?.Candidates[0].Table ?? root);
            }

            if (Column(request.Target, root) is not { } counted)
            {
                return null;
            }

            if (!Linker.NamesHead(request.Target.Text.Split(' '), counted))
            {
                // "bookings" are no booking channels.
                return null;
            }

            if (counted is { Kind: ColumnKind.Number, IsIdentifier: false } && !request.Distinct)
            {
                return new Measure(Aggregate.Sum, counted.Table, new Term(counted));
            }

            return new Measure(Aggregate.Count, counted.Table, new Term(counted), Distinct: true);
        }

        var context = groups.Select(static g => g.Table).Concat(ValueTables())
            .Concat(_conditions.Where(static c => c is { Bound: Bound.Missing or Bound.Flag, Target.IsTable: false } && c.Target.Candidates.Count(static o => o.Column is not null) == 1).Select(static c => c.Target!.Candidates[0].Table)).Distinct().ToList();
        if (request.Target is { IsTable: false } target)
        {
            var fits = request.Function is Aggregate.Minimum or Aggregate.Maximum
                ? (Func<Column, bool>)(static c => c.Kind is ColumnKind.Number or ColumnKind.Date)
                : static c => c is { Kind: ColumnKind.Number, IsKey: false, IsReference: false };
            if (Column(target, root, fits) is not { } column)
            {
                return null;
            }

            // The sum of a price that is for one piece is the price times the pieces, unless the price of one was named.
            if (request.Function == Aggregate.Sum && MeasureFinder.Terms(Concept.Money, column.Table) is [{ Times: not null } amount] && amount.Column == column && target.Candidates.First(c => c.Column == column).Score < 0.95)
            {
                return new Measure(request.Function, column.Table, amount);
            }

            return new Measure(request.Function, column.Table, WithUnit(new Term(column)));
        }

        if (request.Concept == Concept.None)
        {
            var of = request.Target?.Candidates[0].Table ?? root;
            if (Usual(of) is { } usual && !(request.Function == Aggregate.Sum && usual.Column.Has("price", "cost") && usual.Times is null))
            {
                return new Measure(request.Function, of, usual);
            }

            // "total tracks" counts them.
            return request.Function == Aggregate.Sum && request.Target is { } pieces && IsPlural(pieces) ? new Measure(Aggregate.Count, of) : null;
        }

        if (request.Target is { IsTable: true } table && One(request.Concept, table.Candidates[0].Table) is { } own)
        {
            return new Measure(request.Function, table.Candidates[0].Table, WithUnit(own));
        }

        if (request.Concept != Concept.Money && One(request.Concept, root) is { } direct)
        {
            return new Measure(request.Function, root, WithUnit(direct));
        }

        // The money of the rows that were named, before that of any others.
        if (request.Concept == Concept.Money && groups.Count == 0 && _subject is { IsTable: true } && One(Concept.Money, root) is { } ownMoney
            && (ownMoney.Times is not null || request.Target is null) && _rank is null && !items.Exists(static i => i.Kind == ItemKind.Value))
        {
            return new Measure(request.Function, root, WithUnit(ownMoney));
        }

        context.AddRange(_subject is { IsTable: true } && !context.Contains(root) && (_rank is not null || _havingOf is not null) ? [root] : []);
        // Where the rows that a value names are met by many, the value filters and the sum is of the rows that are.
        var adds = request.Function == Aggregate.Sum;
        return (Nearest(request.Concept, context, adds) ?? (_rank is null && _havingOf is null ? Nearest(request.Concept, [.. groups.Select(static g => g.Table)], adds) : null)) is { } term ? new Measure(request.Function, term.Column.Table, WithUnit(term)) : null;
    }

    /// <summary>"How many tracks were sold": the units of the deeds, not the things that were ever part of one.</summary>
    private Measure? SoldUnits(MeasureRequest request, Table root, List<Grouping> groups)
    {
        if (!items.Exists(static i => i.Kind == ItemKind.Event) || items.Exists(IsHowManyTimes) || items.Exists(static i => i.Kind == ItemKind.Without) || request.Target is { IsTable: false })
        {
            return null;
        }

        var thing = request.Target?.Candidates[0].Table ?? root;
        if (People.Are(thing))
        {
            return null;
        }

        return Nearest(Concept.Quantity, [thing, .. groups.Select(static g => g.Table)]) is { } units && units.Column.Table != thing
            ? new Measure(Aggregate.Sum, units.Column.Table, units) : null;
    }

    private IEnumerable<Table> ValueTables() =>
        _conditions.Where(static c => c.Value?.Hits.Count > 0).Select(static c => c.Value!.Hits.Select(static h => h.Column.Table).Distinct().ToList()).Where(static t => t.Count == 1).Select(static t => t[0]);

    /// <summary>The unit that the question names ("in minutes"), where the column says what its own is.</summary>
    private Term WithUnit(Term term)
    {
        foreach (var item in items)
        {
            if (item.Kind == ItemKind.Unit && Units.Factor(term.Column, item.Text) is { } factor && !_conditions.Exists(c => c.Unit == item.Text))
            {
                item.Used = true;
                return factor == 1 ? term : term with { DivideBy = factor, Unit = item.Text };
            }
        }

        return term;
    }

    private Ordering? ResolveRank(RankRequest rank, Table root, Column? subjectColumn, ref List<Grouping> groups, ref Measure? measure)
    {
        var descending = _direction is { } set && rank.Measure is null && rank.Concept == Concept.None ? set : rank.Descending;
        if (rank.Measure is { } asked)
        {
            if (groups.Count == 0)
            {
                groups = [GroupOfSubject(root, subjectColumn)];
            }

            measure = Measure(asked, root, groups);
            return measure is null ? null : new Ordering(null, descending);
        }

        if (groups.Count > 0 && measure is null && _subject is { IsTable: true } && _groups.Exists(static g => g.Part is null) && groups.TrueForAll(g => g.Table != root) && !rank.IsSort)
        {
            Fail($"the first {root.Noun} of each takes a query that I do not write");
            return null;
        }

        if (groups.Count > 0 && measure is null)
        {
            var request = new MeasureRequest(Aggregate.Sum, rank.Target, rank.Concept);
            measure = Measure(request, root, groups);
            return measure is null ? null : new Ordering(null, descending);
        }

        if (measure is not null)
        {
            if (groups.Count == 0 && measure.Function != Aggregate.Count && !rank.IsSort)
            {
                // "who paid the most and how much was it"
                groups = [GroupOfSubject(root, subjectColumn)];
            }

            return groups.Count == 0 ? null : new Ordering(null, descending);
        }

        if (rank.Target is { } target)
        {
            var column = Column(target, root, static c => c.Kind is ColumnKind.Number or ColumnKind.Date) ?? (rank.IsSort ? Column(target, root) : null);
            if (column is null)
            {
                return null;
            }

            if (column.Table == root || graph.IsToOne(root, column.Table))
            {
                return new Ordering(WithUnit(new Term(column)), descending);
            }

            if (column.IsIdentifier || column.Kind != ColumnKind.Number)
            {
                return null;
            }

            groups = [GroupOfSubject(root, subjectColumn)];
            measure = new Measure(Together(column, rank), column.Table, WithUnit(new Term(column)));
            return new Ordering(null, descending);
        }

        var concept = rank.Concept;
        if (subjectColumn is null)
        {
            var own = concept == Concept.None ? rank.IsMost || rank.IsOften ? null : Largest(root) : concept == Concept.Age ? null : OwnTerm(concept, root, rank.IsOfAge);
            own = own?.Column.IsKey == true && !_firstRows || concept is Concept.Quantity or Concept.Popularity ? null : own;
            if (own is not null)
            {
                return new Ordering(WithUnit(own), descending);
            }
        }

        groups = [GroupOfSubject(root, subjectColumn)];
        var table = groups[0].Table;
        if (concept is Concept.Quantity or Concept.Popularity)
        {
            // How much of it there is says nothing of how much of it was sold or used.
            var units = rank.IsOften && choices.Take(nameof(RankRequest.IsOften), Often) == Often[0] ? null : UnitsOf(table);
            var deeds = _measures.EventOf(table);
            measure = units is not null ? new Measure(Aggregate.Sum, units.Column.Table, units) : deeds is not null ? new Measure(Aggregate.Count, deeds) : null;
            _confidence *= 0.8;
        }
        else if (concept is Concept.None)
        {
            // "the most common": what there are most rows of.
            var rows = subjectColumn is not null ? [subjectColumn.Table] : graph.Schema.References.Where(r => r.To == table).Select(static r => r.From).Distinct().ToList();
            measure = rows is [{ } only] && !(rank.IsMost && subjectColumn is null && MeasureFinder.Terms(Concept.Money, only).Count > 0) ? new Measure(Aggregate.Count, only) : null;
        }
        else if (concept is Concept.Money)
        {
            measure = Nearest(Concept.Money, [table]) is { } money ? new Measure(Aggregate.Sum, money.Column.Table, money) : null;
        }
        else if (concept == Concept.Duration && People.Are(table))
        {
            // "our client the longest": since when; what they did has a length of its own.
            return MeasureFinder.Dates(table).FirstOrDefault(static d => d.Column.Words.Any(static w => w is "since" or "joined" or "hired" or "registered" or "started")) is { } since && subjectColumn is null && groups.Count == 1
                ? Since(since, ref groups, rank) : null;
        }
        else if (Nearest(concept, [table]) is { } other && concept is not (Concept.Date or Concept.Price))
        {
            measure = new Measure(Together(other.Column, rank), other.Column.Table, WithUnit(other));
        }

        return measure is null ? null : new Ordering(null, descending);
    }

    private static Ordering Since(Term date, ref List<Grouping> groups, RankRequest rank)
    {
        groups = [];
        return new Ordering(date, !rank.Descending);
    }

    // What rows have each for themselves: it cannot be added up.
    private static readonly HashSet<string> Single = new(StringComparer.Ordinal) { "price", "rate", "speed", "temperature", "temp", "percent", "pct", "age", "power", "voltage", "altitude", "elevation", "max", "min", "year", "level" };

    /// <summary>How the values of many rows come to one of what they belong to: marks by their average, what cannot be added up by the furthest of them.</summary>
    private static Aggregate Together(Column column, RankRequest rank) =>
        column.Words.Any(static w => w is "rating" or "score" or "stars" or "grade" or "mark") ? Aggregate.Average
        : (rank.IsOfOne || column.Words.Any(Single.Contains)) && !rank.IsMost ? rank.Descending ? Aggregate.Maximum : Aggregate.Minimum
        : Aggregate.Sum;

    /// <summary>The pieces that its deeds were of; null where they have no number of pieces, or where there are none.</summary>
    private Term? UnitsOf(Table table) =>
        _measures.EventOf(table) is not { } deed ? null : MeasureFinder.Terms(Concept.Quantity, deed) is [{ } own, ..] ? own : Nearest(Concept.Quantity, [table]) is { } near && near.Column.Table != table ? near : null;

    private static readonly string[] Often = ["how many times", "how many pieces"];

    private static readonly string[] Paid = ["what has been paid", "what was charged, paid or not"];

    /// <summary>"Which client paid the most", where what was charged may be unpaid.</summary>
    private void AddPaid(Measure? measure)
    {
        if (measure is { Function: Aggregate.Sum, Value: not null } && items.Exists(static i => i.Kind is ItemKind.Concept or ItemKind.Superlative or ItemKind.Verb && i.Text.Split(' ')[0] is "paid" or "pay" or "pays")
            && measure.Of.Columns.Find(static c => c.Words is ["paid"] or ["paid", "on" or "at" or "date"] or ["payment", "date"] && c is { Kind: ColumnKind.Date, IsNullable: true }) is { } paid && choices.Take(nameof(AddPaid), Paid) == Paid[0])
        {
            _where.Add(new Condition.Missing(paid, Negated: true));
        }
    }

    /// <summary>What "the largest" of some rows goes by: their size or total, never the price of one.</summary>
    private Term? Largest(Table root) =>
        One(Concept.Size, root) is { } size ? size
        : Usual(root) is { } usual && !(usual.Times is null && usual.Column.Has("price", "cost", "fee")) ? usual : null;

    private Term? OwnTerm(Concept concept, Table root, bool isOfAge)
    {
        if (concept != Concept.Date)
        {
            return One(concept, root);
        }

        // "oldest" and "youngest" of people go by birth; of other things, and "first" and "latest", by date.
        if (isOfAge && One(Concept.Age, root) is { } birth)
        {
            return birth;
        }

        if (One(Concept.Date, root) is { } date && !IsOtherLife(date.Column))
        {
            return date;
        }

        // "the first 3 customers": in the order of their keys, where there is no date. "Born first" is about something else.
        return root.PrimaryKey is [{ Kind: ColumnKind.Number } key] ? new Term(key) : null;
    }
}
