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
        if (items is [{ Kind: ItemKind.Ask, Text: "what" }, { Kind: ItemKind.Filler, Text: "did" or "does" or "do" }, ..] && _subject is { IsTable: true } deed && !IsPlural(deed) && Previous(items.IndexOf(deed)) is { Kind: ItemKind.Value }
            || items is [{ Kind: ItemKind.Ask, Text: "what" }, { Kind: ItemKind.Filler, Text: "did" or "does" or "do" }, ..] && _subject is { IsTable: false } when && when.Candidates[0].Column is { Kind: ColumnKind.Date })
        {
            // "What did Amy order": the things, not the orders.
            return Fail("I could not tell what is asked for");
        }

        if (_measure is null && _rank is null && _groups.Count > 0)
        {
            // "repair cost per asset" adds up.
            var amount = _subject is { IsTable: false } ? _subject : _projections is [{ Kind: ItemKind.Mention, IsTable: false } only] ? only : null;
            if (amount?.Candidates[0].Column is { Kind: ColumnKind.Number, IsIdentifier: false } own && _groups is [{ Part: null, Item: { IsTable: true } each }] && each.Candidates[0].Table == own.Table)
            {
                // "the minimum age for each category": each has one.
                _projections.Remove(amount);
                _projections.Insert(0, amount);
                _subject = each;
                _groups.Clear();
            }
            else if (amount?.Candidates[0].Column is { Kind: ColumnKind.Number, IsIdentifier: false } && !_groups.Exists(g => g.Item == amount))
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

        if (_measure is null && _rank is null && _groups.Count == 0 && _projections is [{ Kind: ItemKind.Concept, Concept: Concept.Duration or Concept.Size or Concept.Weight } whole] && !People.Are(root) && One(whole.Concept, root) is null && items.Exists(i => i.Kind == ItemKind.Value && i.Hits.Any(h => root.Label.Contains(h.Column))))
        {
            // "how long is the album X", whose tracks are long.
            _projections.Clear();
            _measure = new MeasureRequest(Aggregate.Sum, null, whole.Concept);
        }

        var subjectColumn = _subject is { IsTable: false } s ? Column(s, root) : null;
        var groups = ResolveGroups(root);
        var measure = ResolveMeasure(root, groups);
        if (measure is { Function: Aggregate.Average or Aggregate.Minimum or Aggregate.Maximum, Value: not null } && groups.Exists(g => g.Value is null && g.Table == measure.Of))
        {
            // "average number of days per absence": over the rows, not for each.
            groups = [.. groups.Where(g => g.Value is not null || g.Table != measure.Of)];
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
            keepEmpty = !ranked.Descending && _subject is not { IsTable: false } && measure is { Function: Aggregate.Count, Value: null } && groups is [{ Value: null }] && _conditions.Count == 0;
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
                // "how many artists have one album": the groups are counted.
                _over = Aggregate.Count;
            }

            keepEmpty = _having is { Operator: "<" or "<=" } or { Operator: "=", Value: 0 } && measure is { Function: Aggregate.Count, Value: null } && groups is [{ Value: null }] && _conditions.Count == 0;
        }
        else if (measure is not null && groups.Count > 0)
        {
            var dates = groups.All(static g => g.Value?.Part is not null);
            order = dates && _direction is null && !_limit.HasValue ? null : new Ordering(null, _direction ?? true);
        }

        if (_alphabetical)
        {
            if (measure is not null || (rank is not null && !_firstRows) || (subjectColumn ?? root.Label[0]) is not { Kind: ColumnKind.Text } name)
            {
                return Fail("I could not tell what to sort alphabetically");
            }

            order = new Ordering(new Term(name), false);
        }

        if (order is null && rank is null && measure is null && items.Find(static i => i.Kind == ItemKind.Direction) is { } sorted && Lexicon.SortedBy(sorted.Text) is var sortedBy && sortedBy != Concept.None)
        {
            // "joined in 2021, oldest first"
            var dated = sortedBy == Concept.Date ? _conditions.Find(static c => c is { Bound: Bound.Date, Target: not null })?.Target : null;
            var by = dated is not null ? Column(dated, root, static c => c.Kind == ColumnKind.Date) : One(sortedBy, root)?.Column;
            if (by is null || !graph.IsToOne(root, by.Table))
            {
                return Fail($"I could not tell what “{sorted.Text}” goes by");
            }

            order = new Ordering(new Term(by), _direction ?? true);
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
        AddPaid(measure);
        AddConditions(anchor, groups);
        AddPlainTables(anchor, groups, columns);
        if (_problem is not null)
        {
            return null;
        }

        if (measure is null && Misplaced() is { } misplaced)
        {
            return Fail($"I could not tell what “{misplaced}” says of {root.Noun}");
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
                    if (groups.Exists(g => g.Value?.Column == extra))
                    {
                        continue;
                    }

                    if (!groups.Exists(g => g.Value is null && graph.IsToOne(g.Table, extra.Table)))
                    {
                        // It would split the groups that were asked for.
                        return Fail($"I could not place “{projection.Text}” in the question");
                    }

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
            WithTies = rank is not null && !_alphabetical && _limit == 1 && _offset == 0,
            AsksValue = rank is not null && measure is null && order?.By is not null && items is [{ Kind: ItemKind.Ask, Text: "what" or "what is" or "what's" or "what was" } or { Kind: ItemKind.Concept }, ..] && (items.Exists(i => i.Kind == ItemKind.Concept && i.Concept == rank.Concept) || _projections.Exists(p => p.Candidates.Any(c => c.Column == order.By.Column))),
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
            if (_when || Previous(items.IndexOf(item), skipPrepositions: false) is { Kind: ItemKind.Their } || item.Text.Contains(' ', StringComparison.Ordinal) || !(item.Text.EndsWith("ed", StringComparison.Ordinal) || item.Candidates[0].Column!.Words[0] == item.Text || Lexicon.Find(item.Text) is { Kind: ItemKind.Verb or ItemKind.Event })
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
            if (column.IsNullable && after is not null && after == _subject && after.First == item.Last)
            {
                // "discontinued parts"
                _conditions.Add(new ConditionRequest(Bound.Missing, item, Concept.None, "null", []) { Negated = true, At = items.IndexOf(item) });
            }
            else if (column.IsNullable && after is null or { Kind: ItemKind.And or ItemKind.Per or ItemKind.By })
            {
                _conditions.Add(new ConditionRequest(Bound.Missing, item, Concept.None, "null", []) { Negated = true, At = items.IndexOf(item) });
            }
            else
            {
                item.IsReplaced = true;
            }
        }
    }

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
            if (concept == Concept.Date && grouped.Count == 0 && TablesOfValues() is { Count: > 0 } holders)
            {
                // "when did Amy last buy": the nearest of what has a date and belongs to her.
                grouped = [items.Exists(static i => i.Kind == ItemKind.Event) && _measures.EventOf(holders[0]) is { } deed ? deed : holders[0]];
            }

            return (_measures.Nearest(concept, grouped) is [{ } near, ..] ? near : _measures.Nearest(concept, []) is [{ } any, ..] ? any : null)?.Column.Table;
        }

        // "what does a suite cost": the kind of room does, not the room.
        return TablesOfValues() is { Count: > 0 } tables && choices.Take(nameof(TablesOfValues), tables) is var held ? _projections.Exists(p => p.Kind == ItemKind.Concept && MeasureFinder.Terms(p.Concept, held).Count > 0) || _conditions.Exists(c => c.Target is { Kind: ItemKind.Mention or ItemKind.Flag } of && of.Candidates[0].Column?.Table == held) ? held : RowsOf(held) : null;
    }

    /// <summary>"How many laptops", where Laptops is a category: the rows that are of it, where one kind of row is.</summary>
    private Table RowsOf(Table named)
    {
        if (_count && items.Exists(IsHowManyTimes) && items.Exists(static i => i.Kind == ItemKind.Event) && _measures.EventOf(named) is { } deed)
        {
            // "how many times has Emma Jones placed an order"
            return deed;
        }

        var isName = items.Where(static i => i.Kind == ItemKind.Value).All(i => i.Hits.Any(h => h.Column.Table == named && named.Label.Contains(h.Column)));
        if (!isName || People.Are(named))
        {
            return named;
        }

        var from = graph.Schema.References.Where(r => r.To == named && r.From != named).Select(static r => r.From).Distinct().ToList();
        if (_count && (from.Count != 1 || items.Exists(static i => i.Kind == ItemKind.Event)))
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
            .Select(c => (c.Column, Fit: c.Score, Score: c.Score - (0.08 * (graph.Distance(from, c.Table) ?? 9)) - (graph.IsToOne(from, c.Table) ? 0 : items.Exists(i => i.IsTable && i.Candidates[0].Table == c.Table) ? 0.05 : 0.2)))
            .OrderByDescending(static c => c.Score).ToList();
        return ranked.Count > 0 && ranked[0].Score > 0.3
            ? choices.Take(item.First, [.. ranked.Where(r => ranked[0].Score - r.Score < AsWell || (r.Fit >= Exact && ranked[0].Fit < Partial)).Select(static r => r.Column!)], [.. ranked.Select(static r => r.Column!)]) : null;
    }

    /// <summary>What fits worse than the best by less than this fits as well.</summary>
    private const double AsWell = 0.03;

    // A name in part may be meant less than the whole name of something further off.
    private const double Exact = 0.97;
    private const double Partial = 0.78;

    private Term? One(Concept concept, Table table) => MeasureFinder.Ties(concept, table) is { Count: > 0 } ties ? choices.Take((concept, table), ties) : null;

    private Term? Usual(Table table) => MeasureFinder.Defaults(table) is { Count: > 0 } ties ? choices.Take((Concept.None, table), ties) : null;

    /// <summary>Sums of what is charged and of what is paid should agree; their averages are over different rows anyway.</summary>
    private Term? Nearest(Concept concept, IReadOnlyCollection<Table> context, bool adds = true) =>
        _measures.Nearest(concept, context) is { Count: > 0 } near ? choices.Take(concept, adds ? near : [.. near.Where(t => t.Column.Table == near[0].Column.Table)]) : null;

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
                if (items.IndexOf(item) is var word && word + 2 < items.Count && items[word + 1] is { Kind: ItemKind.Preposition, Text: "of" } && items.Skip(word + 2).FirstOrDefault(static i => i.Kind is not ItemKind.Filler) is { Kind: ItemKind.Mention or ItemKind.Unknown } dated
                    && !dated.IsTable && !dated.Candidates.Any(static c => c.Column is { Kind: ColumnKind.Date }))
                {
                    // "by year of pickup"
                    Fail($"I found no date that “{dated.Text}” is");
                    return groups;
                }

                _projections.RemoveAll(p => items.IndexOf(p) == word + 2);

                var measured = (_measure?.Concept == Concept.Money || _rank?.Concept == Concept.Money) && _measures.Nearest(Concept.Money, []) is [{ } money, ..] ? money.Column.Table : null;
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
            else if (column is { Kind: ColumnKind.Number, IsIdentifier: false } && IsFraction(column.Type))
            {
                Fail($"{column.Name} is an amount, and nothing that rows can be grouped by");
                return groups;
            }
            else if (column is not null)
            {
                groups.Add(Group(column));
            }
        }

        return groups;
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).ToString(CultureInfo.InvariantCulture);
}
