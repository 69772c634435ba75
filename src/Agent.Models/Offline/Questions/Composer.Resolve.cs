using System.Globalization;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <content>From what was asked to columns and joins.</content>
internal sealed partial class Composer
{
    private QuerySpec? Resolve()
    {
        if (_rank is null && _topPending && _groups.Count == 0 && _measure is { Target: not null } && _subject is not null && _measure.Target != _subject)
        {
            _rank = new RankRequest(_direction ?? true, _measure, null, Concept.None);
        }

        TakeParticiples();
        if (items is [{ Kind: ItemKind.Ask, Text: "what" }, { Kind: ItemKind.Filler, Text: "did" or "does" or "do" }, ..] && _subject is { IsTable: true } deed && !IsPlural(deed) && Previous(items.IndexOf(deed)) is { Kind: ItemKind.Value })
        {
            // "What did Amy order": the things, not the orders.
            return Fail("I could not tell what is asked for");
        }

        if (_measure is null && _rank is null && _groups.Count > 0)
        {
            // "repair cost per asset" adds up.
            var amount = _subject is { IsTable: false } ? _subject : _projections is [{ Kind: ItemKind.Mention, IsTable: false } only] ? only : null;
            if (amount?.Candidates[0].Column is { Kind: ColumnKind.Number, IsIdentifier: false } && !_groups.Exists(g => g.Item == amount))
            {
                _projections.Remove(amount);
                _measure = new MeasureRequest(Aggregate.Sum, amount);
            }
        }

        var root = RootTable();
        if (root is null)
        {
            return Fail("I could not find a table of the database in the question");
        }

        var subjectColumn = _subject is { IsTable: false } s ? Column(s, root) : null;
        var groups = ResolveGroups(root);
        var measure = ResolveMeasure(root, groups);
        if (measure is { Function: Aggregate.Average or Aggregate.Minimum or Aggregate.Maximum, Value: not null } && groups is [{ Value: null } own] && own.Table == measure.Of)
        {
            // "average number of days per absence": over the rows, not for each.
            groups = [];
        }

        var rank = _rank;
        Ordering? order = null;
        var columns = new List<Term>();
        var keepEmpty = false;

        if (rank is not null)
        {
            var ranked = ResolveRank(rank, root, subjectColumn, ref groups, ref measure);
            if (ranked is null)
            {
                return Fail("I could not tell what to rank by");
            }

            order = ranked;
            keepEmpty = !ranked.Descending && measure is { Function: Aggregate.Count, Value: null } && groups is [{ Value: null }] && _conditions.Count == 0;
        }
        else if (_havingOf is not null && groups.Count == 0)
        {
            // "customers with more than 5 invoices": the subject is what is grouped.
            groups = [GroupOfSubject(root, subjectColumn)];
            measure = Measure(_havingOf, root, groups);
            if (measure is null)
            {
                return Fail("I could not tell what the number is about");
            }

            if (_count && _measure?.Target == _subject)
            {
                return Fail("counting groups by their size takes a query that I do not write");
            }

            keepEmpty = _having is { Operator: "<" or "<=" } or { Operator: "=", Value: 0 } && measure is { Function: Aggregate.Count, Value: null } && groups is [{ Value: null }] && _conditions.Count == 0;
        }
        else if (measure is not null && groups.Count > 0)
        {
            var dates = groups.All(static g => g.Value?.Part is not null);
            order = dates && _direction is null && !_limit.HasValue ? null : new Ordering(null, _direction ?? true);
        }

        if (rank is not null && order?.By is { Column: { IsNullable: true, IsKey: false } unknown, Times: null } && (graph.IsToOne(root, unknown.Table)))
        {
            // What is not known has no rank.
            _where.Add(new Condition.Missing(unknown, Negated: true));
        }

        if (_problem is not null)
        {
            return null;
        }

        if (measure is null && groups.Count > 0)
        {
            // "tracks by genre": how many there are in each.
            measure = new Measure(Aggregate.Count, root);
            order = new Ordering(null, true);
            _confidence *= 0.8;
        }

        var anchor = measure?.Of ?? root;
        AddConditions(anchor, groups);
        AddPlainTables(anchor, groups, columns);
        if (_problem is not null)
        {
            return null;
        }

        if (measure is null)
        {
            ResolveColumns(root, subjectColumn, columns, order);
        }
        else if (_projections.Count > 0 && groups.Count > 0)
        {
            foreach (var projection in _projections)
            {
                if (!projection.IsTable && Column(projection, groups[0].Table) is { } extra && graph.IsToOne(groups[0].Table, extra.Table))
                {
                    groups.Add(new Grouping(extra.Table, new Term(extra)));
                }
            }
        }
        else if (_projections.Count > 0)
        {
            return Fail($"I could not place “{string.Join("”, “", _projections.Select(static p => p.Text))}” in the question");
        }

        var spec = new QuerySpec(measure is null ? root : anchor)
        {
            Measure = measure,
            Columns = columns,
            Groups = groups,
            Where = [.. _where],
            Having = _having,
            Order = order,
            Limit = _limit ?? (rank is not null && _topPending ? 10 : null),
            Offset = _offset,
            Distinct = measure is null && (_distinct || (subjectColumn is { } listed && columns.Count == 1 && order is null && (listed.Kind != ColumnKind.Number || listed.IsIdentifier))),
            WithTies = rank is not null && _limit == 1 && _offset == 0,
            Over = _over,
            KeepEmptyGroups = keepEmpty,
            IsYesNo = _yesNo,
        };
        return Check(spec);
    }

    /// <summary>"How many tickets were refunded", where there is a date or a person of it: those that have one.</summary>
    private void TakeParticiples()
    {
        foreach (var item in _projections.Where(static p => p.Kind == ItemKind.Mention && !p.IsTable).ToList())
        {
            if (_when || item.Text.Contains(' ', StringComparison.Ordinal) || !(item.Text.EndsWith("ed", StringComparison.Ordinal) || Lexicon.Find(item.Text) is { Kind: ItemKind.Verb or ItemKind.Event })
                || item.Candidates[0].Column is not { } column || !(column.Kind == ColumnKind.Date || column.IsReference))
            {
                continue;
            }

            var after = Next(items.IndexOf(item));
            if (after is { Kind: ItemKind.Value } && column.Kind == ColumnKind.Date)
            {
                // "sold through the web": it says no more than that they were.
                _projections.Remove(item);
                item.IsReplaced = true;
                continue;
            }

            if (after is { Kind: ItemKind.Value or ItemKind.Unknown } || graph.Schema.References.Any(r => r.From == r.To && r.FromColumns.Contains(column)))
            {
                continue;
            }

            _projections.Remove(item);
            if (column.IsNullable && after is null or { Kind: ItemKind.And or ItemKind.Per or ItemKind.By })
            {
                _conditions.Add(new ConditionRequest(Bound.Missing, item, Concept.None, "null", []) { Negated = true, At = items.IndexOf(item) });
            }
            else
            {
                item.IsReplaced = true;
            }
        }
    }

    /// <summary>Refuses what would count rows twice or has no way between its tables.</summary>
    private QuerySpec? Check(QuerySpec spec)
    {
        var from = spec.Measure?.Of ?? spec.Root;
        foreach (var table in spec.Tables)
        {
            if (graph.Path(from, table) is null)
            {
                return Fail($"nothing in the schema connects {from.Name} with {table.Name}");
            }
        }

        if (spec is { Measure: null, Order: null, IsYesNo: false } && spec.Columns.Count > 0 && items.Exists(static i => i.Kind == ItemKind.Event)
            && spec.Columns.All(c => spec.Where.OfType<Condition.Compare>().Any(w => w.Operator == "=" && w.Left.Column == c.Column)))
        {
            // "What did Frank Harris buy?" must not be answered with Frank Harris.
            return Fail("I could not tell what is asked for");
        }

        if (spec.Measure is { Function: Aggregate.Sum or Aggregate.Average, Value.Column.Kind: not ColumnKind.Number } odd)
        {
            return Fail($"{odd.Value!.Column.Name} is nothing that can be added up");
        }

        foreach (var group in spec.Groups.Where(g => g.Value?.Via is null && g.Table != from))
        {
            if (Ambiguous(from, group.Table) is { } ways)
            {
                return Fail($"{group.Table.Noun} may be meant by {string.Join(" or by ", ways.Select(static w => w.FromColumns[0].Name))}: say which");
            }
        }

        foreach (var exists in spec.Where.OfType<Condition.Exists>().Where(e => e.Target != from))
        {
            if (Ambiguous(from, exists.Target) is { } ways && exists.Where.All(static w => w.Via is null))
            {
                return Fail($"{exists.Target.Noun} may be meant by {string.Join(" or by ", ways.Select(static w => w.FromColumns[0].Name))}: say which");
            }
        }

        if (spec.Over is not null && spec.Groups.Count == 0)
        {
            return Fail("I could not tell over which groups to compute");
        }

        if (spec.Measure is { Function: Aggregate.Sum or Aggregate.Average, Value: not null } measure)
        {
            foreach (var group in spec.Groups)
            {
                if (!graph.IsToOne(measure.Of, group.Table) && !IsBridge(measure.Of, group.Table))
                {
                    return Fail($"a {measure.Function.ToString().ToLowerInvariant()} over {measure.Of.Name} grouped by {group.Table.Name} would count rows twice");
                }
            }
        }

        return spec;
    }

    /// <summary>The references of a step between two tables that lead the same way in several roles; null where the way is plain.</summary>
    private List<Reference>? Ambiguous(Table from, Table to)
    {
        foreach (var step in graph.Path(from, to) ?? [])
        {
            var ways = graph.Between(step.Reference.From, step.Reference.To).Where(static r => r.FromColumns.Count == 1).ToList();
            // A role that is named in the question is the one that is meant.
            if (ways.Count > 1 && ways.TrueForAll(JoinGraph.IsRole) && !items.Exists(i => i.Kind == ItemKind.Mention && i.Candidates.Any(c => ways.Exists(w => c.Column == w.FromColumns[0]))))
            {
                return ways;
            }
        }

        return null;
    }

    /// <summary>Whether each pair of rows is met once at most: one table between them, keyed by both.</summary>
    private bool IsBridge(Table from, Table to) =>
        graph.Path(from, to) is [{ ToMany: true } first, { ToMany: false } second] && first.To == second.From
        && first.To.PrimaryKey.Count > 0 && first.To.PrimaryKey.All(k => first.Reference.FromColumns.Contains(k) || second.Reference.FromColumns.Contains(k));

    private QuerySpec? Fail(string problem)
    {
        _problem ??= problem;
        return null;
    }

    private Table? RootTable()
    {
        if (_subject is not null)
        {
            return _subject.IsTable ? _subject.Candidates[0].Table : SubjectColumnTable(_subject);
        }

        if (items.Exists(static i => i.Kind == ItemKind.Who) && !items.Exists(static i => i.Kind is ItemKind.Mention or ItemKind.Value))
        {
            Fail("I could not tell who is meant");
            return null;
        }

        var measured = _measure?.Target ?? _rank?.Target ?? _rank?.Measure?.Target;
        if (measured is not null)
        {
            return measured.IsTable ? measured.Candidates[0].Table : SubjectColumnTable(measured);
        }

        var concept = _measure?.Concept ?? _rank?.Concept ?? Concept.None;
        if (concept != Concept.None)
        {
            if (_groups.Count == 0 && TablesOfValues().Find(t => MeasureFinder.Terms(concept, t).Count > 0) is { } own)
            {
                // "cheapest furniture"
                return own;
            }

            var grouped = _groups.Where(static g => g.Part is null).Select(static g => g.Item.Candidates[0].Table).ToList();
            return (_measures.Nearest(concept, grouped) ?? _measures.Nearest(concept, []))?.Column.Table;
        }

        return TablesOfValues() is [{ } held, ..] ? RowsOf(held) : null;
    }

    /// <summary>"How many laptops", where Laptops is a category: the rows that are of it, where one kind of row is.</summary>
    private Table RowsOf(Table named)
    {
        var isName = items.Where(static i => i.Kind == ItemKind.Value).All(i => i.Hits.Any(h => h.Column.Table == named && named.Label.Contains(h.Column)));
        if (!isName || People.Are(named))
        {
            return named;
        }

        var from = graph.Schema.References.Where(r => r.To == named && r.From != named).Select(static r => r.From).Distinct().ToList();
        if (from.Count != 1 && _count)
        {
            Fail($"I could not tell what of {named.Name} to count");
        }

        if (from is not [{ } only])
        {
            return named;
        }

        // "thrillers": through a table that only links, the rows at its other end.
        var others = graph.Schema.References.Where(r => r.From == only && r.To != named).Select(static r => r.To).Distinct().ToList();
        var links = only.PrimaryKey.Count > 1 && only.PrimaryKey.All(static k => k.IsReference);
        return links && others is [{ } end] ? end : only;
    }

    private Table SubjectColumnTable(Item subject)
    {
        // The table that the rest of the question names or whose values it holds, where the column is one of its own.
        var named = items.Where(i => i != subject && i.Kind == ItemKind.Mention && i.IsTable).SelectMany(static i => i.Candidates.Where(static c => c.Column is null).Take(1)).Select(static c => c.Table)
            .Concat(TablesOfValues()).ToList();
        var own = subject.Candidates.Where(static c => c.Column is not null).ToList();
        own.RemoveAll(c => c.Score < own[0].Score - 0.1);
        var best = own.OrderByDescending(c => c.Score - (named.Count == 0 ? 0 : 0.12 * Math.Min(4, named.Min(n => graph.Distance(n, c.Table) ?? 4)))).First();
        return best.Table;
    }

    /// <summary>The tables that hold the values of the question; of several values, those that hold most of them.</summary>
    private List<Table> TablesOfValues()
    {
        var values = items.Where(static i => i.Kind == ItemKind.Value).ToList();
        var counted = values.SelectMany(static v => v.Hits.Select(static h => h.Column.Table).Distinct()).GroupBy(static t => t).Select(static g => (Table: g.Key, Count: g.Count())).ToList();
        return [.. counted.Where(c => c.Count == counted.Max(static o => o.Count)).Select(static c => c.Table)];
    }

    /// <summary>The column an item means, seen from a table: the best fit that is near.</summary>
    private Column? Column(Item item, Table from, Func<Column, bool>? fits = null)
    {
        var ranked = item.Candidates.Where(c => c.Column is { } column && (fits?.Invoke(column) ?? true))
            .Select(c => (c.Column, Score: c.Score - (0.08 * (graph.Distance(from, c.Table) ?? 9)) - (graph.IsToOne(from, c.Table) ? 0 : items.Exists(i => i.IsTable && i.Candidates[0].Table == c.Table) ? 0.05 : 0.2)))
            .OrderByDescending(static c => c.Score).ToList();
        var best = ranked.FirstOrDefault();
        if (ranked.Count > 1 && best.Column is { Kind: ColumnKind.Number, IsIdentifier: false } && best.Score - ranked[1].Score < 0.005 && ranked[1].Column is { Kind: ColumnKind.Number, IsIdentifier: false } other && other.Table == best.Column.Table)
        {
            Fail($"“{item.Text}” may be {best.Column.Name} or {other.Name}: say which");
            return null;
        }

        if (best.Column is not null)
        {
            return best.Score > 0.3 ? best.Column : null;
        }

        return null;
    }

    private Grouping GroupOfSubject(Table root, Column? column) => column is null ? new Grouping(root, null) : Group(column);

    /// <summary>A reference groups by what it refers to, shown by its name.</summary>
    private Grouping Group(Column column) =>
        column.IsReference && graph.Schema.References.FirstOrDefault(r => r.FromColumns is [{ } only] && only == column) is { } reference && reference.To != reference.From
            ? new Grouping(reference.To, null) : new Grouping(column.Table, new Term(column));

    private List<Grouping> ResolveGroups(Table root)
    {
        var groups = new List<Grouping>();
        foreach (var (item, part) in _groups)
        {
            if (part is not null)
            {
                var measured = _measure?.Concept == Concept.Money || (_rank?.Concept == Concept.Money) ? _measures.Nearest(Concept.Money, [])?.Column.Table : null;
                var from = measured ?? root;
                var date = DateColumn(from, items.FirstOrDefault(i => i.Kind == ItemKind.Mention && i != _subject && i.Candidates[0].Column is { Kind: ColumnKind.Date }));
                if (date is null)
                {
                    Fail($"I found no date that belongs to {from.Name}");
                    return groups;
                }

                groups.Add(new Grouping(date.Table, new Term(date) { Part = part }));
                continue;
            }

            var table = item.Candidates.FirstOrDefault(static c => c.Column is null);
            var column = Column(item, root);
            var asTable = table is not null && (column is null || table.Score >= item.Candidates.First(c => c.Column == column).Score);
            if (asTable)
            {
                groups.Add(new Grouping(table!.Table, null));
            }
            else if (column is not null)
            {
                groups.Add(Group(column));
            }
        }

        return groups;
    }

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

            if (request.Target is null || request.Target.IsTable)
            {
                return new Measure(Aggregate.Count, request.Target?.Candidates[0].Table ?? root);
            }

            if (Column(request.Target, root) is not { } counted)
            {
                return null;
            }

            if (counted is { Kind: ColumnKind.Number, IsIdentifier: false } && !request.Distinct)
            {
                return new Measure(Aggregate.Sum, counted.Table, new Term(counted));
            }

            return new Measure(Aggregate.Count, counted.Table, new Term(counted), Distinct: true);
        }

        var context = groups.Select(static g => g.Table).Concat(ValueTables()).ToList();
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
            if (MeasureFinder.Default(of) is { } usual && !(request.Function == Aggregate.Sum && usual.Column.Has("price", "cost") && usual.Times is null))
            {
                return new Measure(request.Function, of, usual);
            }

            // "total tracks" counts them.
            return request.Function == Aggregate.Sum && request.Target is not null ? new Measure(Aggregate.Count, of) : null;
        }

        if (request.Target is { IsTable: true } table && MeasureFinder.Terms(request.Concept, table.Candidates[0].Table) is [{ } own, ..])
        {
            return new Measure(request.Function, table.Candidates[0].Table, WithUnit(own));
        }

        if (request.Concept != Concept.Money && MeasureFinder.Terms(request.Concept, root) is [{ } direct, ..])
        {
            return new Measure(request.Function, root, WithUnit(direct));
        }

        // The money of the rows that were named, before that of any others.
        if (request.Concept == Concept.Money && groups.Count == 0 && _subject is { IsTable: true } && MeasureFinder.Terms(Concept.Money, root) is [{ } ownMoney, ..]
            && (ownMoney.Times is not null || request.Target is null) && _rank is null && !items.Exists(static i => i.Kind == ItemKind.Value))
        {
            return new Measure(request.Function, root, WithUnit(ownMoney));
        }

        context.AddRange(_subject is { IsTable: true } && !context.Contains(root) && (_rank is not null || _havingOf is not null) ? [root] : []);
        // Where the rows that a value names are met by many, the value filters and the sum is of the rows that are.
        return (_measures.Nearest(request.Concept, context) ?? (_rank is null && _havingOf is null ? _measures.Nearest(request.Concept, [.. groups.Select(static g => g.Table)]) : null)) is { } term ? new Measure(request.Function, term.Column.Table, WithUnit(term)) : null;
    }

    /// <summary>"How many tracks were sold": the units of the deeds, not the things that were ever part of one.</summary>
    private Measure? SoldUnits(MeasureRequest request, Table root, List<Grouping> groups)
    {
        if (!items.Exists(static i => i.Kind == ItemKind.Event) || items.Exists(static i => i.Kind == ItemKind.Without) || request.Target is { IsTable: false })
        {
            return null;
        }

        var thing = request.Target?.Candidates[0].Table ?? root;
        if (People.Are(thing))
        {
            return null;
        }

        return _measures.Nearest(Concept.Quantity, [thing, .. groups.Select(static g => g.Table)]) is { } units && units.Column.Table != thing
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

        if (groups.Count > 0 && measure is null)
        {
            var request = new MeasureRequest(Aggregate.Sum, rank.Target, rank.Concept);
            measure = Measure(request, root, groups);
            return measure is null ? null : new Ordering(null, descending);
        }

        if (measure is not null)
        {
            return new Ordering(null, descending);
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
            measure = new Measure(Aggregate.Sum, column.Table, new Term(column));
            return new Ordering(null, descending);
        }

        var concept = rank.Concept;
        if (subjectColumn is null)
        {
            var own = concept == Concept.None ? rank.IsMost ? null : Largest(root) : concept == Concept.Age ? null : OwnTerm(concept, root, ref descending);
            own = own?.Column.IsKey == true && !_firstRows ? null : own;
            if (own is not null)
            {
                return new Ordering(WithUnit(own), descending);
            }
        }

        groups = [GroupOfSubject(root, subjectColumn)];
        var table = groups[0].Table;
        if (concept is Concept.Quantity or Concept.Popularity)
        {
            var units = _measures.Nearest(Concept.Quantity, [table]);
            var deeds = _measures.EventOf(table);
            measure = units is not null ? new Measure(Aggregate.Sum, units.Column.Table, units) : deeds is not null ? new Measure(Aggregate.Count, deeds) : null;
            _confidence *= 0.8;
        }
        else if (concept is Concept.None)
        {
            // "the most common": what there are most rows of.
            var rows = subjectColumn is not null ? [subjectColumn.Table] : graph.Schema.References.Where(r => r.To == table).Select(static r => r.From).Distinct().ToList();
            measure = rows is [{ } only] ? new Measure(Aggregate.Count, only) : null;
        }
        else if (concept is Concept.Money)
        {
            measure = _measures.Nearest(Concept.Money, [table]) is { } money ? new Measure(Aggregate.Sum, money.Column.Table, money) : null;
        }
        else if (_measures.Nearest(concept, [table]) is { } other && concept is not (Concept.Date or Concept.Price))
        {
            measure = new Measure(Aggregate.Sum, other.Column.Table, WithUnit(other));
        }

        return measure is null ? null : new Ordering(null, descending);
    }

    /// <summary>What "the largest" of some rows goes by: their size or total, never the price of one.</summary>
    private static Term? Largest(Table root) =>
        MeasureFinder.Terms(Concept.Size, root) is [{ } size, ..] ? size
        : MeasureFinder.Default(root) is { } usual && !(usual.Times is null && usual.Column.Has("price", "cost", "fee")) ? usual : null;

    private static Term? OwnTerm(Concept concept, Table root, ref bool descending)
    {
        if (concept != Concept.Date)
        {
            return MeasureFinder.Terms(concept, root) is [{ } first, ..] ? first : null;
        }

        // "oldest" and "youngest" of people go by birth; of other things, and "first" and "latest", by date.
        if (MeasureFinder.Terms(Concept.Age, root) is [{ } birth, ..])
        {
            return birth;
        }

        if (MeasureFinder.Dates(root) is [{ } date, ..])
        {
            return date;
        }

        // "the first 3 customers": in the order of their keys, where there is no date. "Born first" is about something else.
        return root.PrimaryKey is [{ Kind: ColumnKind.Number } key] ? new Term(key) : null;
    }

    private void ResolveColumns(Table root, Column? subjectColumn, List<Term> columns, Ordering? order)
    {
        if (subjectColumn is not null)
        {
            columns.InsertRange(0, IsName(_subject!) && subjectColumn.Table.Label.Count == 2 ? subjectColumn.Table.Label.Select(static c => new Term(c)) : Shown(subjectColumn));
        }

        foreach (var projection in _projections)
        {
            if (projection.Kind == ItemKind.Concept)
            {
                if (MeasureFinder.Terms(projection.Concept, root) is not [{ } about, ..])
                {
                    Fail($"I found nothing in {root.Name} that says “{projection.Text}”");
                    return;
                }

                columns.Add(WithUnit(about));
                continue;
            }

            if (projection.IsTable)
            {
                columns.AddRange(projection.Candidates[0].Table.Label.Select(static c => new Term(c)));
            }
            else if (IsName(projection) && root.Label.Count == 2)
            {
                columns.AddRange(root.Label.Select(static c => new Term(c)));
            }
            else if (Column(projection, root) is { } column && graph.Path(root, column.Table) is not null)
            {
                columns.AddRange(Shown(column));
            }
            else
            {
                Fail($"I could not place “{projection.Text}” in the question");
                return;
            }
        }

        if (_when && columns.All(static c => c.Column.Kind != ColumnKind.Date))
        {
            if (DateColumn(root, null) is not { } date)
            {
                Fail($"I found no date in {root.Name}");
                return;
            }

            columns.Add(new Term(date));
        }

        var label = root.Label.Select(static c => new Term(c)).ToList();
        if (subjectColumn is null && columns.Count == 0)
        {
            var named = root.Label.All(static c => c.Kind == ColumnKind.Text && !c.IsKey);
            // A row that was asked for by its name is shown with what is known of it.
            named = named && !root.Label.All(l => _where.OfType<Condition.Compare>().Any(w => w is { Operator: "=", Values.Count: 1, Via: null } && w.Left.Column == l) && !items.Exists(static i => i.Kind is ItemKind.Event or ItemKind.Verb or ItemKind.Concept or ItemKind.Aggregate));
            columns.AddRange(named && (order is not null || _conditions.Count > 0 || root.Columns.Count > 9) ? label : root.Columns.Take(12).Select(static c => new Term(c)));
        }
        else if (subjectColumn is null && columns.Count > 0 && !columns.Exists(c => label.Contains(c)) && _conditions.All(static c => c.Bound != Bound.Value) is var plain && (plain || _projections.Exists(static p => p.IsTable) || items.Exists(static i => i.Kind == ItemKind.Their) || (_subject is { IsTable: true, IsImplied: false } && IsPlural(_subject) && _projections.TrueForAll(p => p.First > _subject.First))))
        {
            columns.InsertRange(0, label);
        }

        if (order?.By is { } by && !columns.Exists(c => c.Column == by.Column && c.Part == by.Part))
        {
            columns.Add(by);
        }
    }

    /// <summary>Whether it says "name" and no more, which for people is both names.</summary>
    private static bool IsName(Item item) => Language.Stemmer.Singular(item.Text) is "name" or "full name";

    /// <summary>A reference is shown by the name of what it refers to.</summary>
    private IEnumerable<Term> Shown(Column column) =>
        column.IsReference && graph.Schema.References.FirstOrDefault(r => r.FromColumns is [{ } only] && only == column) is { } reference
            ? reference.To.Label.Select(l => new Term(l) { Via = reference })
            : [column.Kind == ColumnKind.Number ? WithUnit(new Term(column)) : new Term(column)];

    private void AddPlainTables(Table anchor, List<Grouping> groups, List<Term> columns)
    {
        _ = columns;
        foreach (var item in _plainTables)
        {
            var table = item.Candidates[0].Table;
            if (table == anchor || groups.Exists(g => g.Table == table) || _where.Exists(w => OnTheWay(anchor, w.Table, table)) || groups.Exists(g => OnTheWay(anchor, g.Table, table)))
            {
                continue;
            }

            if (graph.Path(anchor, table) is null)
            {
                Fail($"nothing in the schema connects {anchor.Name} with {table.Name}");
                return;
            }

            if (graph.IsToOne(anchor, table))
            {
                // "tracks of albums": every one that has such a row.
                var first = graph.Path(anchor, table)![0].Reference.FromColumns[0];
                if (first.IsNullable)
                {
                    _where.Add(new Condition.Missing(first, Negated: true));
                }

                continue;
            }

            _where.Add(new Condition.Exists(table, false, []));
        }
    }

    private bool OnTheWay(Table from, Table to, Table via) => to == via || graph.Path(from, to)?.Any(s => s.To == via || s.From == via) == true;

    private Column? DateColumn(Table from, Item? named)
    {
        if (named is not null && Column(named, from, static c => c.Kind == ColumnKind.Date) is { } column)
        {
            return column;
        }

        if (MeasureFinder.Dates(from) is [{ } own, ..])
        {
            return own.Column;
        }

        // "customers who bought something in January": the date is that of the deed.
        if (items.Exists(static i => i.Kind == ItemKind.Event) && _measures.EventOf(from) is { } deed)
        {
            return MeasureFinder.Dates(deed) is [{ } when, ..] ? when.Column : NearestDate(deed);
        }

        return NearestDate(from);
    }

    // When a thing began to be says nothing of when something happened to it.
    private static readonly string[] Beginnings = ["birth", "open", "opened", "founded", "established", "built", "created", "registered", "joined", "since", "published", "release", "released", "hired", "updated", "modified"];

    /// <summary>A date that rows belong to; never when somebody they belong to was born or hired.</summary>
    private Column? NearestDate(Table from)
    {
        return graph.Schema.Tables.Where(t => graph.IsToOne(from, t) && !People.Are(t))
            .Select(t => (Table: t, Dates: MeasureFinder.Dates(t).Where(static d => d.Column.Type.Length == 0 || !d.Column.Has(Beginnings) && d.Column.Words[^1] is not ("year" or "jahr" or "yr")).ToList()))
            .Where(static t => t.Dates.Count > 0).OrderBy(t => graph.Distance(from, t.Table)).Select(static t => t.Dates[0].Column).FirstOrDefault();
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).ToString(CultureInfo.InvariantCulture);
}
