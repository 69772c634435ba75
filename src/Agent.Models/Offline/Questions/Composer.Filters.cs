using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <content>From conditions asked for to conditions on columns.</content>
internal sealed partial class Composer
{
    private void AddConditions(Table anchor, List<Grouping> groups)
    {
        var subject = _subject is { IsTable: true } ? _subject.Candidates[0].Table : anchor;
        var reversed = ReversedReference(subject);
        foreach (var request in _conditions)
        {
            if (Nest(request))
            {
                continue;
            }

            if (_problem is not null)
            {
                return;
            }

            var condition = request.Bound switch
            {
                Bound.Value => ValueCondition(request, anchor, subject),
                Bound.Number => NumberCondition(request, anchor, subject),
                Bound.Date => DateCondition(request, anchor),
                Bound.Text => TextCondition(request, anchor, subject),
                Bound.Missing => MissingCondition(request, subject),
                Bound.Flag => FlagCondition(request, subject),
                _ => ExistsCondition(request, subject),
            };
            if (reversed is not null && request.Bound == Bound.Value && condition?.Table == subject)
            {
                condition = condition with { Via = reversed };
            }

            if (condition is null)
            {
                Fail($"I could not place “{request.Value?.Text ?? request.Target?.Text ?? request.Operator}” in the question");
                return;
            }

            if (condition is Condition.Compare { Operator: "<>", Via: null } not && request.Bound == Bound.Value && request.Negated && !graph.IsToOne(anchor, condition.Table) && graph.Path(anchor, condition.Table) is not null)
            {
                // "bought Jazz but not Rock": none of the many may be it.
                condition = new Condition.Exists(condition.Table, true, [not with { Operator = "=" }]);
            }

            if (request is { Or: true, IsAnd: true, Negated: false } && _where.Count > 0 && condition is Condition.Compare { Operator: "=", Via: null } another && _where[^1] is Condition.Compare { Operator: "=", Via: null } one && one.Left == another.Left && !graph.IsToOne(anchor, one.Table)
                && choices.Take((nameof(AddConditions), request.At), Joint) == Joint[0])
            {
                // "candidates with Python and SQL": each has both.
                _where[^1] = new Condition.Exists(one.Table, false, [one]);
                _where.Add(new Condition.Exists(one.Table, false, [another]));
            }
            else if (request.Or && _where.Count > 0 && !(request.IsAnd && IsOther(_where[^1], condition)) && MergeOr(_where[^1], condition) is { } merged)
            {
                _where[^1] = merged;
            }
            else
            {
                _where.Add(condition);
                _open = request.Bound == Bound.Exists && condition is Condition.Exists ? (_where.Count - 1, request.At) : _open;
            }
        }

        if (groups.Count > 0 && _rank is not null && groups is [{ Value: { Column.IsNullable: true, Part: null } ranked }])
        {
            _where.Add(new Condition.Missing(ranked.Column, Negated: true));
        }
    }

    /// <summary>"Customers without invoices in 2024": what follows the rows that are or are not there is asked of them.</summary>
    private bool Nest(ConditionRequest request)
    {
        if (_open is not { } open || _where[open.Index] is not Condition.Exists exists || request.At <= open.At || request.Or
            || request.Bound is not (Bound.Value or Bound.Date or Bound.Number or Bound.Text or Bound.Flag)
            || items.Skip(open.At + 1).Take(request.At - open.At - 1).Any(static i => i.Kind is ItemKind.And or ItemKind.Or && i.Text is not ","))
        {
            return false;
        }

        var target = exists.Target;
        if (exists is { Negated: true, Where.Count: 0 } && request is { Bound: Bound.Value, Value: { } named1, Negated: false, Target: null } && !named1.Hits.Any(h => graph.IsToOne(target, h.Column.Table)) && named1.Hits.Any(h => graph.Path(target, h.Column.Table) is not null))
        {
            // "never bought Rock": of the deeds, those each of which has one of it.
            var subject = _subject is { IsTable: true } ? _subject.Candidates[0].Table : target;
            var deeper = graph.Schema.Tables.Where(t => t != subject && graph.IsToOne(t, subject) && graph.IsToOne(t, target) && named1.Hits.Any(h => graph.IsToOne(t, h.Column.Table))).OrderBy(t => graph.Distance(t, target)).FirstOrDefault();
            if (deeper is null)
            {
                _problem ??= $"I could not tell how “{named1.Text}” belongs to what is not there";
                return false;
            }

            target = deeper;
            exists = exists with { Target = deeper };
        }

        var condition = request.Bound switch
        {
            Bound.Value => request.Value is null || request.Value.Hits.Any(h => graph.IsToOne(target, h.Column.Table)) ? ValueCondition(request, target, target) : null,
            Bound.Number => NumberCondition(request, target, target),
            Bound.Date => DateCondition(request, target),
            Bound.Text => TextCondition(request, target, target),
            _ => FlagCondition(request, target),
        };
        if (condition is null || !graph.IsToOne(target, condition.Table) || (request.Target is { } named && !named.Candidates.Any(c => c.Table == condition.Table)))
        {
            return false;
        }

        // "artists without albums that begin with M": the one or the other.
        if (request is { Bound: Bound.Text, Target: null } && choices.Take((nameof(Nest), request.At), Attached) == Attached[1])
        {
            return false;
        }

        _where[open.Index] = exists with { Where = [.. exists.Where, condition] };
        return true;
    }

    private static readonly string[] Attached = ["what is or is not there", "what is asked for"];

    private (int Index, int At)? _open;

    /// <summary>"Employees who report to Nancy": the name is that of the row referred to, not of the rows asked for.</summary>
    private Reference? ReversedReference(Table subject)
    {
        if (_subject is not { IsTable: true } || _projections.Find(p => p.Candidates.Any(c => c.Table == subject && c.Column is { IsReference: true })) is not { } item
            || (items.FindIndex(static i => i.Kind == ItemKind.Value) < items.IndexOf(item) && !IsDoneTo(item)))
        {
            return null;
        }

        var at = items.IndexOf(item);
        if (at > 0 && items[at - 1] == _subject && at + 1 < items.Count && items[at + 1].Kind == ItemKind.Value && !item.Text.Contains(' ', StringComparison.Ordinal))
        {
            // "which pump replaced P-7", "the employee who manages Nancy": the row that hers refers to.
            _isAbove = true;
            return null;
        }

        if (items.Skip(items.IndexOf(item) + 1).FirstOrDefault(static i => i.Kind is not ItemKind.Filler) is { Kind: ItemKind.Preposition, Text: "of" })
        {
            // "the boss of Nancy" is above her.
            return null;
        }

        var reference = graph.Schema.References.FirstOrDefault(r => r.From == r.To && r.From == subject && item.Candidates.Any(c => c.Column == r.FromColumns[0]));
        if (reference is not null)
        {
            _projections.Remove(item);
        }

        return reference;
    }

    /// <summary>"Whom does Nancy manage": those below her; not "to whom does Nancy report".</summary>
    private bool IsDoneTo(Item deed) =>
        (_isWhom || IsRelative(deed)) && Next(items.IndexOf(deed), skipPrepositions: false) is not { Kind: ItemKind.Preposition or ItemKind.By } && !deed.Text.StartsWith("report", StringComparison.Ordinal);

    /// <summary>"The people Nancy manages": the verb stands right after the name, and the name after those asked for.</summary>
    private bool IsRelative(Item deed) =>
        _subject is not null && items.FindLastIndex(items.IndexOf(deed), static i => i.Kind == ItemKind.Value) is var named && named > items.IndexOf(_subject) && items[named].Last == deed.First && items[items.IndexOf(_subject)..named].TrueForAll(static i => i.Kind is ItemKind.Mention or ItemKind.Value or ItemKind.Filler)
        && deed.Text[^1] == 's' && !deed.Text.EndsWith("rs", StringComparison.Ordinal);

    private static readonly string[] Joint = ["both at once", "either of them"];

    /// <summary>"From Ulm and on the Fleet tariff" asks for both; "from Ulm and Augsburg" for either.</summary>
    private static bool IsOther(Condition first, Condition second) => (first, second) switch
    {
        (Condition.Compare a, Condition.Compare b) => a.Left.Column != b.Left.Column,
        (Condition.Any any, _) => any.Of.All(a => IsOther(a, second)),
        _ => false,
    };

    private static Condition? MergeOr(Condition first, Condition second) => (first, second) switch
    {
        (Condition.Compare { Operator: "=" or "<>" } a, Condition.Compare b) when a.Left == b.Left && a.Operator == b.Operator => a with { Values = [.. a.Values, .. b.Values] },
        (Condition.Any any, _) => new Condition.Any([.. any.Of, second]),
        _ => new Condition.Any([first, second]),
    };

    private Condition? ValueCondition(ConditionRequest request, Table anchor, Table subject)
    {
        var op = request.Negated ? "<>" : "=";
        if (request.Value is null)
        {
            return Column(request.Target!, subject) is { } named ? new Condition.Compare(new Term(named), op, request.Values) : null;
        }

        var hits = request.Value.Hits;
        var by = Previous(items.IndexOf(request.Value), skipPrepositions: false) is { Kind: ItemKind.By };
        var best = hits.Select(h => (Hit: h, Score: Nearness(h, request.Target, anchor, subject) + (by && IsDoer(h.Column.Table) ? 0.6 : 0)
            // An album named like its artist: the one that the other belongs to is the more general answer.
            + (request.Target is null && h.Column.Table.Label.Contains(h.Column) ? 0.3 * hits.Where(o => o.Column.Table != h.Column.Table && o.Value == h.Value && graph.IsToOne(o.Column.Table, h.Column.Table)).Select(static o => o.Column.Table).Distinct().Count() : 0)))
            .OrderByDescending(static h => h.Score).ToList();
        best.RemoveAll(b => b.Score < -5 || (request.Target is null && (IsFarFetched(b.Hit.Column, anchor) || IsCommonWord(request.Value, b.Hit.Column, anchor))));
        if (best.Count == 0)
        {
            return null;
        }

        var hit = choices.Take((nameof(ValueHit), request.Value.First), [.. best.Where(b => best[0].Score - b.Score < AsWell).Select(static b => b.Hit).DistinctBy(static h => h.Column)], [.. best.Select(static b => b.Hit)]);
        if (!Role(request.Value, hit.Column.Table, anchor, out var via))
        {
            return null;
        }

        var at = items.IndexOf(request.Value);
        if (via is null && request.Target is null && hit.Column.Table == subject && (subject.Label.Contains(hit.Column) || hit.Column.IsKey) && at > 1 && items[at - 1] is { Kind: ItemKind.Preposition, Text: "to" or "of" or "from" or "under" or "within" or "inside" or "into" } && _subject is { IsTable: true } && Previous(at) == _subject && _measure is null)
        {
            // "companies that belong to Kestrel": not Kestrel itself, but those that refer to it as theirs.
            if (graph.Schema.References.Where(r => r.From == subject && r.To == subject).ToList() is not [{ } parent])
            {
                return null;
            }

            via = parent;
        }

        if (hit.Whole && via is null && !hit.Column.Table.Label.Contains(hit.Column) && hit.Column.Words[^1] is var plural && Language.Stemmer.Singular(plural) != plural)
        {
            // "languages" holds several.
            return new Condition.Like(hit.Column, "%" + Escape(hit.Value) + "%", request.Negated);
        }

        if (hit.Whole)
        {
            return new Condition.Compare(new Term(hit.Column), op, [hit.Value]) { Via = via };
        }

        var same = hits.Where(h => h.Column == hit.Column).Select(static h => h.Value).Distinct(StringComparer.Ordinal).ToList();
        _confidence *= 0.85;
        return same.Count == 1
            ? new Condition.Compare(new Term(hit.Column), op, [same[0]])
            : new Condition.Like(hit.Column, "%" + Escape(same.TrueForAll(s => s.Contains(request.Value.Text, StringComparison.OrdinalIgnoreCase)) ? request.Value.Text : Language.Stemmer.Singular(request.Value.Text.ToLowerInvariant())) + "%", request.Negated);
    }

    /// <summary>
    /// Which of several references leads to the row that a value names: the one that is named beside it, else the one that "to"
    /// and "from" mean, else the one without a role. Where all have one, the question does not say which.
    /// </summary>
    private bool Role(Item value, Table table, Table anchor, out Reference? via)
    {
        via = null;
        var at = items.IndexOf(value);
        var ways = graph.Between(anchor, table).Where(r => r.FromColumns.Count == 1 && r.To != r.From).ToList();
        if (ways.Count == 0)
        {
            return true;
        }

        foreach (var near in items.Skip(Math.Max(0, at - 4)).Take(9).Where(static i => i is { Kind: ItemKind.Mention, IsTable: false }))
        {
            if (ways.FindAll(w => near.Candidates.Any(c => c.Column == w.FromColumns[0])) is [{ } named])
            {
                via = named;
                near.Used = true;
                _projections.Remove(near);
                return true;
            }
        }

        if (ways.Count == 1)
        {
            return true;
        }

        // "shipped to Berlin", where there are a shipping and a billing address.
        foreach (var near in items.Take(at).Reverse().Take(3).Where(static i => i.Kind is ItemKind.Verb or ItemKind.Mention or ItemKind.Event or ItemKind.Preposition))
        {
            var meant = ways.Where(w => w.FromColumns[0].Words.Any(own => Language.WordMatch.Score(near.Text.Split(' ')[0], own) >= Language.WordMatch.SameRoot)).ToList();
            if (meant is [{ } one])
            {
                via = one;
                return true;
            }
        }

        var word = at > 0 && items[at - 1] is { Kind: ItemKind.Preposition } preposition ? preposition.Text : string.Empty;
        string[] says = word is "to" or "into" ? ["to", "dest", "destination", "target", "arrival", "arr", "end", "ziel"]
            : word is "from" or "out of" ? ["from", "origin", "source", "src", "departure", "dep", "start"] : [];
        via = ways.Find(w => w.FromColumns[0].Words.Any(says.Contains));
        return via is not null || (word is not ("to" or "into") && ways.Count(JoinGraph.IsPlain) == 1);
    }

    /// <summary>"Artists from Sweden", where only those who bought their records are from somewhere: the rows on the way must be named, or what was done.</summary>
    private bool IsFarFetched(Column column, Table anchor)
    {
        if (graph.Path(anchor, column.Table) is not { } path || path.Count(static s => s.ToMany) is var many && many == 0
            || items.Exists(i => (i.Kind == ItemKind.Event && graph.Schema.Tables.Any(t => graph.IsToOne(t, anchor) && graph.IsToOne(t, column.Table))) || i is { Kind: ItemKind.Mention, IsImplied: false } && i.Candidates[0].Table is var named && named != anchor && path.Any(s => s.From == named || s.To == named)))
        {
            return false;
        }

        return !items.Exists(static i => i.Kind == ItemKind.Verb) && ((many > 1 && !column.Table.Label.Contains(column)) || column.Words.Any(static w => w is "city" or "country" or "state" or "town" or "region" or "nationality" or "province" or "county"));
    }

    /// <summary>A plain word that some far row happens to be called by ("which kind of music sells best", where a playlist is called Music): no row has one of each.</summary>
    private bool IsCommonWord(Item value, Column column, Table anchor) =>
        value is { Quoted: false } && char.IsLower(value.Text[0]) && column.Table.Label.Contains(column) && !graph.IsToOne(anchor, column.Table)
        && !items.Exists(i => i.IsTable && i.Candidates[0].Table == column.Table) && !graph.Schema.Tables.Any(t => graph.IsToOne(t, anchor) && graph.IsToOne(t, column.Table));

    private static bool IsDoer(Table table) =>
        table.Label.Any(Labels.IsFirstName) || table.Words.Any(static w => Doers.Any(d => Language.WordMatch.Score(d, w) >= Language.WordMatch.Abbreviation));

    private static readonly string[] Doers = ["artist", "author", "composer", "writer", "customer", "employee", "user", "director", "publisher", "doctor", "supplier", "maker", "manufacturer", "brand", "company", "teacher", "driver", "member", "person"];

    private double Nearness(ValueHit hit, Item? target, Table anchor, Table subject)
    {
        var column = hit.Column;
        if (graph.Distance(anchor, column.Table) is not { } distance)
        {
            return -10;
        }

        var score = (hit.Whole ? 0.5 : 0) - (0.2 * Math.Min(distance, graph.Distance(subject, column.Table) ?? 9));
        if (target is not null && target.Candidates.FirstOrDefault(c => c.Column == column || (c.Column is null && c.Table == column.Table)) is { } named)
        {
            score += 1.5 * named.Score;
        }

        // A value that names the rows asked for would leave one of them; what they belong to is meant more often.
        if (column.Table == subject && subject.Label.Contains(column) && target is null)
        {
            score -= 0.35;
        }

        // What bears the name is meant before a note of it elsewhere: the artist U2, not the composer written "U2".
        score += column.Table.Label is [{ } label] && label == column ? column.Table == subject ? 0.1 : 0.5 : 0;
        return score + (graph.IsToOne(anchor, column.Table) ? 0.1 : 0);
    }

    /// <summary>The place where a row's number may be its key or what it is known by: the one that is there is meant.</summary>
    public const string KnownBy = "known by";

    private Condition? NumberCondition(ConditionRequest request, Table anchor, Table subject)
    {
        Term? term = null;
        var op = request.Operator;
        if (request.Target is { } target)
        {
            if (target.IsTable)
            {
                // "flight 5": its own number where it has one besides the key, else the key; never a column of another table.
                var table = target.Candidates[0].Table;
                var number = target.Candidates.FirstOrDefault(c => c.Table == table && c.Score > 0.9 && c.Column is { Kind: ColumnKind.Number, IsIdentifier: true, IsKey: false })?.Column;
                var written = number is null ? table.Columns.Find(static c => c is { Kind: ColumnKind.Text, IsKey: false, IsReference: false } && c.Words[^1] is "number" or "no" or "nr") : null;
                if (written is not null && op == "=" && request.Values is [decimal said] && table.PrimaryKey is [{ Kind: ColumnKind.Number } id] && choices.Take((KnownBy, items.IndexOf(target)), [written, id]) == written)
                {
                    // "room 101": by the number on its door, not by its key.
                    return new Condition.Compare(new Term(written), op, [said.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture)]);
                }

                term = number is not null ? new Term(number) : table.PrimaryKey is [{ Kind: ColumnKind.Number } key] ? new Term(key) : null;
            }

            term ??= Column(target, subject, static c => c.Kind is ColumnKind.Number) is { } column ? new Term(column) : null;
            if (term is null && Column(target, subject) is { Kind: ColumnKind.Text or ColumnKind.Date } text && op is "=" or "<>" && !(text.Kind == ColumnKind.Date && request.Values is [decimal day] && day is < 1800 or (> 2199 and < 18000101)))
            {
                term = new Term(text!);
            }
        }
        else if (request.Concept != Concept.None)
        {
            if (request.Concept == Concept.Date)
            {
                return null;
            }

            term = One(request.Concept, subject) ?? One(request.Concept, anchor);
        }
        else
        {
            term = request.Unit is { } said && Units.ConceptOf(said) is var concept && concept != Concept.None
                ? One(concept, subject) ?? (concept == Concept.Distance ? One(Concept.Height, subject) : null)
                : Largest(subject);
        }

        if (term is null)
        {
            return null;
        }

        if (request.Value is { Kind: ItemKind.Aggregate } average)
        {
            return new Condition.CompareWithAll(term, op, average.Aggregate);
        }

        if (request.Unit is not { } unit)
        {
            return new Condition.Compare(term, op, request.Values);
        }

        if (Units.Factor(term.Column, unit) is not { } factor)
        {
            _problem = $"I do not know the unit of {term.Column}";
            return null;
        }

        return new Condition.Compare(term, op, [.. request.Values.Select(v => (object)((decimal)v * factor / 1.0000000000000000000m))]);
    }

    private Condition.Compare? DateCondition(ConditionRequest request, Table anchor)
    {
        var date = DateColumn(anchor, request.Target);
        return date is null ? null : new Condition.Compare(new Term(date), request.Operator, [.. request.Values]);
    }

    private Condition.Like? TextCondition(ConditionRequest request, Table anchor, Table subject)
    {
        var label = subject.Label is [{ Kind: ColumnKind.Text } named] ? named : null;
        var word = request.Target is null ? string.Empty : Language.Stemmer.Singular(request.Target.Text);
        var isLabel = label is not null && word is "name" or "title"
            && !items.Exists(m => m.IsTable && m != _subject && m.Candidates[0].Table.Columns.Exists(c => c.Words is [{ } only] && only == word));
        var column = isLabel ? label
            : request.Target is { } target ? Column(target, subject, static c => c.Kind == ColumnKind.Text) : subject.Label.FirstOrDefault(static c => c.Kind == ColumnKind.Text);
        _ = anchor;
        return column is null ? null : new Condition.Like(column, request.Operator, request.Negated);
    }

    /// <summary>"Never been booked", where bookings have a date: there is none of them.</summary>
    private Condition? MissingCondition(ConditionRequest request, Table subject)
    {
        if (Column(request.Target!, subject) is not { } column)
        {
            return null;
        }

        if (request.Operator == Some && column is { Kind: ColumnKind.Number, IsIdentifier: false } && graph.IsToOne(subject, column.Table))
        {
            return request.Negated ? new Condition.Compare(new Term(column), ">", [0m])
                : new Condition.Any([new Condition.Missing(column, false), new Condition.Compare(new Term(column), "=", [0m])]);
        }

        if (request is { Operator: Some, Negated: true } && graph.Path(subject, column.Table) is not null && !graph.IsToOne(subject, column.Table) && !items.Exists(i => i.IsTable && i.Candidates[0].Table == column.Table))
        {
            // "with the date": of the many rows of a table that nobody named.
            return null;
        }

        return graph.IsToOne(subject, column.Table) || graph.Path(subject, column.Table) is null
            ? new Condition.Missing(column, request.Negated)
            : new Condition.Exists(column.Table, !request.Negated, column.IsNullable && !column.IsKey ? [new Condition.Missing(column, Negated: true)] : []);
    }

    private Condition.Compare? FlagCondition(ConditionRequest request, Table subject) =>
        Column(request.Target!, subject, static c => c.Kind == ColumnKind.Flag) is not { } column ? null
        : column.Flags is { } written ? new Condition.Compare(new Term(column), "=", [request.Negated ? written.No : written.Yes])
        : new Condition.Compare(new Term(column), "=", [graph.Schema.IsPostgres && column.Type.Contains("bool", StringComparison.OrdinalIgnoreCase) ? !request.Negated : (object)(request.Negated ? 0 : 1)]);

    private Condition? ExistsCondition(ConditionRequest request, Table subject)
    {
        if (_subject is { IsTable: false } && request.Target is not null)
        {
            // "countries without employees": which rows of which table have none, the question does not say.
            return null;
        }

        var table = request.Target?.Candidates[0].Table ?? _measures.EventOf(subject)
            // "labels that are not used": by the one table that refers to them.
            ?? (items.Exists(static i => i is { Kind: ItemKind.Event, Text: "used" }) && graph.Schema.References.Where(r => r.To == subject && r.From != subject).Select(static r => r.From).Distinct().ToList() is [{ } user] ? user : null);
        if (table is null || graph.Path(subject, table) is not { Count: > 0 } path)
        {
            return null;
        }

        if (path.All(static s => !s.ToMany))
        {
            // Belongs to none: the reference is empty.
            return new Condition.Missing(path[0].Reference.FromColumns[0], Negated: !request.Negated);
        }

        return new Condition.Exists(table, request.Negated, []);
    }
}
