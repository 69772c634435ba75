using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <content>What is shown, and the tables and dates that belong to it.</content>
internal sealed partial class Composer
{
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
                if (One(projection.Concept, root) is not { } about)
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

        if (columns.Find(c => (c.Via?.From ?? c.Column.Table) is var of && of != root && !graph.IsToOne(root, of) && !items.Exists(i => i.IsTable && i.Candidates[0].Table == of)) is { } many)
        {
            // Of the many rows of a table that nobody named.
            Fail($"each of {root.Noun} has many {many.Column.Name} of {many.Column.Table.Noun}");
            return;
        }

        var label = root.Label.Select(static c => new Term(c)).ToList();
        if (subjectColumn is null && columns.Count == 0)
        {
            var named = root.Label.All(static c => c.Kind == ColumnKind.Text && !c.IsKey);
            // A row that was asked for by its name is shown with what is known of it.
            named = named && !root.Label.All(l => _where.OfType<Condition.Compare>().Any(w => w is { Operator: "=", Values.Count: 1, Via: null } && w.Left.Column == l) && !items.Exists(static i => i.Kind is ItemKind.Event or ItemKind.Verb or ItemKind.Concept or ItemKind.Aggregate));
            named = named && !root.Label.All(Labels.IsCode);
            var isOne = root.Label.All(l => _where.OfType<Condition.Compare>().Any(w => w is { Operator: "=", Values.Count: 1, Via: null } && w.Left.Column == l));
            columns.AddRange(named && (order is not null || _conditions.Count > 0 || root.Columns.Count > 9) ? Numbered(root, label) : root.Columns.Take(12).SelectMany(c => (root.PrimaryKey.Count > 1 && c is { IsKey: true, IsReference: true }) || (isOne && c is { IsReference: true, IsKey: false }) ? Shown(c).Append(new Term(c)) : [new Term(c)]));
        }
        else if (subjectColumn is null && !_isAbove && columns.Count > 0 && !columns.Exists(c => label.Contains(c)) && _conditions.All(static c => c.Bound != Bound.Value) is var plain && (plain || _projections.Exists(static p => p.IsTable) || items.Exists(static i => i.Kind == ItemKind.Their) || _projections.Exists(p => Previous(items.IndexOf(p)) is { Kind: ItemKind.With }) || (_subject is { IsTable: true, IsImplied: false } && IsPlural(_subject) && _projections.TrueForAll(p => p.First > _subject.First))))
        {
            columns.InsertRange(0, label);
        }

        if (order?.By is { } by && !columns.Exists(c => c.Column == by.Column && c.Part == by.Part))
        {
            columns.Add(by);
        }
    }

    /// <summary>The name of a row after the number that people know it by, where it has one: a file number, a stock code.</summary>
    private static IEnumerable<Term> Numbered(Table table, List<Term> label) =>
        table.Columns.Find(c => c is { Kind: ColumnKind.Text, IsKey: false, IsReference: false } && c.Words[^1] is "no" or "nr" or "code" or "number" && !c.Words.Any(static w => w is "phone" or "fax" or "postal" or "zip" or "bank" or "account" or "mobile" or "country" or "currency" or "language")) is { } number
            && !label.Exists(l => l.Column == number) ? label.Prepend(new Term(number)) : label;

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

        var deedOf = People.Are(from) ? items.Find(i => i.Kind == ItemKind.Verb && !Starts.Contains(Language.Stemmer.Root(i.Text)) && !from.Columns.Exists(c => c.Kind == ColumnKind.Date && c.Has(i.Text))) : null;
        if (deedOf is not null && _subject is { IsTable: true } && _subject.Candidates[0].Table == from && items.IndexOf(_subject) < items.IndexOf(deedOf) && MeasureFinder.Dates(from).Count > 0)
        {
            // "which owners came in February": not those who registered then.
            return DeedTable(deedOf.Text, from) is { } done && One(Concept.Date, done) is { } then ? then.Column : null;
        }

        if (One(Concept.Date, from) is { } own && !IsOtherLife(own.Column))
        {
            return own.Column;
        }

        // "customers who bought something in January": the date is that of the deed.
        if (items.Exists(static i => i.Kind == ItemKind.Event) && _measures.EventOf(from) is { } deed)
        {
            return One(Concept.Date, deed) is { } when ? when.Column : NearestDate(deed);
        }

        return NearestDate(from);
    }

    /// <summary>When somebody was born is no day on which they did something, unless that is what is asked.</summary>
    private bool IsOtherLife(Column date) =>
        date.Words.Any(static w => w is "birth" or "dob" or "born" or "birthday" or "geburts" or "geburt" or "died" or "death")
        && !items.Exists(static i => i.Text.Contains("born", StringComparison.Ordinal) || i.Text.Contains("birth", StringComparison.Ordinal) || i.Text.Contains("die", StringComparison.Ordinal) || i.Text.EndsWith("oldest", StringComparison.Ordinal) || i.Text.EndsWith("youngest", StringComparison.Ordinal) || i.Text is "older than" or "younger than" or "eldest" or "the eldest");

    // What people do once, when they come to be what they are.
    private static readonly HashSet<string> Starts = [.. new[] { "start", "started", "begin", "began", "join", "joined", "sign", "signed", "register", "hire", "enrol", "enroll", "enrolled", "add", "create", "created", "apply", "applied", "born", "become", "listed", "work", "live", "do", "run", "have" }.Select(Language.Stemmer.Root)];

    // When a thing began to be says nothing of when something happened to it.
    private static readonly string[] Beginnings = ["birth", "open", "opened", "founded", "established", "built", "created", "registered", "joined", "since", "published", "release", "released", "hired", "updated", "modified"];

    /// <summary>A date that rows belong to; never when somebody they belong to was born or hired.</summary>
    private Column? NearestDate(Table from)
    {
        return graph.Schema.Tables.Where(t => graph.IsToOne(from, t) && !People.Are(t))
            .Select(t => (Table: t, Dates: MeasureFinder.Dates(t).Where(static d => d.Column.Type.Length == 0 || !d.Column.Has(Beginnings) && d.Column.Words[^1] is not ("year" or "jahr" or "yr")).ToList()))
            .Where(static t => t.Dates.Count > 0).OrderBy(t => graph.Distance(from, t.Table)).Select(static t => t.Dates[0].Column).FirstOrDefault();
    }
}
