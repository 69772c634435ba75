using System.Globalization;
using System.Text;

namespace Agent.Models.Offline.Sql;

/// <summary>Writes a <see cref="QuerySpec"/> as one SELECT in the dialect of the database.</summary>
internal sealed class SqlWriter(JoinGraph graph, DateFormats dates)
{
    private readonly SqlText _text = new(graph.Schema.IsPostgres, dates);

    public string Write(QuerySpec spec)
    {
        if (spec.Over is { } over)
        {
            var inner = WriteSelect(spec with { Over = null, Order = null, Limit = null }, measureOnly: true);
            return $"SELECT {SqlText.Function(over)}(groups.n) AS {SqlText.Heading(over)} FROM (\n  {inner.Replace("\n", "\n  ", StringComparison.Ordinal)}\n) AS groups";
        }

        return WriteSelect(spec, measureOnly: false);
    }

    private string WriteSelect(QuerySpec spec, bool measureOnly)
    {
        var root = spec.KeepEmptyGroups && spec.Groups is [{ } only] ? only.Table : spec.Measure?.Of ?? spec.Root;
        var tree = new JoinTree(graph, root, _text);
        var left = spec.KeepEmptyGroups || spec.Measure is null;
        var groups = spec.Groups.SelectMany(g => GroupTerms(g).Select(t => (Shown: t.Shown, Sql: Render(tree, t.Term, left && !spec.KeepEmptyGroups), Name: HeadingOf(t.Term)))).ToList();
        var shown = spec.Columns.Select(c => (Sql: Render(tree, c, left: true), Name: HeadingOf(c))).ToList();
        if (spec.Measure is not null)
        {
            tree.Reach(spec.Measure.Of, spec.KeepEmptyGroups);
        }

        var order = spec.Order?.By is { } by ? Sortable(by, Render(tree, by, left)) : null;
        var where = WriteConditions(tree, spec.Where);
        var measure = spec.Measure is { } m ? WriteMeasure(tree, m, spec, root) : null;

        var list = new List<string>();
        if (!measureOnly)
        {
            list.AddRange(groups.Where(static g => g.Shown).Select(static g => g.Name is null ? g.Sql : $"{g.Sql} AS {g.Name}"));
            list.AddRange(shown.Select(static c => c.Name is null ? c.Sql : $"{c.Sql} AS {c.Name}"));
        }

        if (measure is not null)
        {
            list.Add($"{measure} AS {(measureOnly ? "n" : SqlText.HeadingOf(spec.Measure!))}");
        }

        var sql = new StringBuilder("SELECT ").Append(spec.Distinct ? "DISTINCT " : string.Empty).AppendJoin(", ", list.Distinct(StringComparer.Ordinal));
        sql.Append("\nFROM ").Append(tree.From());
        if (where.Count > 0)
        {
            sql.Append("\nWHERE ").AppendJoin("\n  AND ", where);
        }

        if (groups.Count > 0)
        {
            sql.Append("\nGROUP BY ").AppendJoin(", ", groups.Select(static g => g.Sql).Distinct(StringComparer.Ordinal));
        }

        if (spec.Having is { } having)
        {
            sql.Append("\nHAVING ").Append(measure).Append(' ').Append(having.Operator).Append(' ').Append(SqlText.Literal(having.Value));
        }

        if (!measureOnly)
        {
            WriteOrder(sql, spec, order, measure, groups.Where(static g => g.Shown).Select(static g => g.Sql).ToList());
        }

        return sql.ToString();
    }

    private static void WriteOrder(StringBuilder sql, QuerySpec spec, string? order, string? measure, List<string> groups)
    {
        var keys = new List<string>();
        if (spec.Order is { } ordering && (order ?? measure) is { } key)
        {
            keys.Add(key + (ordering.Descending ? " DESC" : string.Empty));
        }

        keys.AddRange(groups.Where(g => g != order));
        if (keys.Count > 0)
        {
            sql.Append("\nORDER BY ").AppendJoin(", ", keys);
        }

        // A few more than the one asked for, so that those who share its rank are seen.
        var limit = spec.WithTies && spec.Limit is { } wanted ? wanted + 19 : spec.Limit;
        if (limit is { } most)
        {
            sql.Append(CultureInfo.InvariantCulture, $"\nLIMIT {most}");
        }

        if (spec.Offset > 0)
        {
            sql.Append(CultureInfo.InvariantCulture, $" OFFSET {spec.Offset}");
        }
    }

    private string Sortable(Term term, string sql) =>
        term is { Part: null, Column.Kind: ColumnKind.Date } ? dates.Sortable(sql, term.Column, graph.Schema.IsPostgres) : sql;

    private static IEnumerable<(bool Shown, Term Term)> GroupTerms(Grouping group)
    {
        if (group.Value is { } value)
        {
            return [(true, value)];
        }

        // Two rows may bear the same name: they are kept apart by their key, which is not shown.
        var keys = group.Table.PrimaryKey.Where(k => !group.Table.Label.Contains(k)).Select(static k => (false, new Term(k)));
        return keys.Concat(group.Table.Label.Select(static l => (true, new Term(l))));
    }

    private string Render(JoinTree tree, Term term, bool left)
    {
        var sql = _text.Term(term, tree.Reach(term.Column.Table, left, term.Via));
        return term.Times is { } times ? $"{sql} * {_text.Column(times, tree.Reach(times.Table, left))}" : sql;
    }

    private string WriteMeasure(JoinTree tree, Measure measure, QuerySpec spec, Table root)
    {
        var alias = tree.Reach(measure.Of, left: false);
        if (measure.Function == Aggregate.Count)
        {
            if (measure.Value is { } counted)
            {
                return $"COUNT({(measure.Distinct ? "DISTINCT " : string.Empty)}{Render(tree, counted, left: false)})";
            }

            if (measure.Of.PrimaryKey is [{ } key])
            {
                return spec.KeepEmptyGroups || tree.IsFannedOut(measure.Of) ? $"COUNT({(tree.IsFannedOut(measure.Of) ? "DISTINCT " : string.Empty)}{_text.Column(key, alias)})" : "COUNT(*)";
            }

            return spec.KeepEmptyGroups && root != measure.Of ? $"COUNT({_text.Column(measure.Of.PrimaryKey.Count > 0 ? measure.Of.PrimaryKey[0] : measure.Of.Columns[0], alias)})" : "COUNT(*)";
        }

        return $"{SqlText.Function(measure.Function)}({(measure.Distinct ? "DISTINCT " : string.Empty)}{Sortable(measure.Value!, Render(tree, measure.Value!, left: false))})";
    }

    private List<string> WriteConditions(JoinTree tree, IReadOnlyList<Condition> conditions)
    {
        var written = new List<string>();
        var nested = new Dictionary<Table, List<Condition>>();
        foreach (var condition in conditions)
        {
            if (condition is Condition.Exists exists)
            {
                written.Add(WriteExists(tree, exists));
            }
            else if (tree.Holds(condition.Table, condition.Via) || graph.IsToOne(tree.Root, condition.Table) || condition.Via is not null)
            {
                written.Add(WriteCondition(tree, condition));
            }
            else
            {
                // Through a table with many rows: one of them must fulfil all that is asked of it.
                var first = graph.Path(tree.Root, condition.Table)!.First(static s => s.ToMany).To;
                (nested.TryGetValue(first, out var list) ? list : nested[first] = []).Add(condition);
            }
        }

        written.AddRange(nested.Select(n => WriteExists(tree, new Condition.Exists(n.Key, false, n.Value))));
        return written;
    }

    private string WriteCondition(JoinTree tree, Condition condition)
    {
        switch (condition)
        {
            case Condition.Compare compare:
                return _text.Compare(compare, TermSql(tree, compare.Left, condition.Via));
            case Condition.CompareWithAll all:
                var column = _text.Term(all.Left, _text.Name(all.Left.Column.Table.Name));
                return $"{TermSql(tree, all.Left, null)} {all.Operator} (SELECT {SqlText.Function(all.Function)}({column}) FROM {_text.Table(all.Left.Column.Table)})";
            case Condition.Like like:
                return $"{SqlText.Fold(_text.Column(like.Column, tree.Reach(like.Table, false, like.Via)))}{(like.Negated ? " NOT" : string.Empty)} LIKE {SqlText.Literal(like.Pattern.ToLowerInvariant())}{(like.Pattern.Contains('\\', StringComparison.Ordinal) ? " ESCAPE '\\'" : string.Empty)}";
            case Condition.Missing missing:
                return SqlText.Missing(missing, _text.Column(missing.Column, tree.Reach(missing.Table, false, missing.Via)));
            case Condition.Any any:
                return $"({string.Join(" OR ", any.Of.Select(c => WriteCondition(tree, c)))})";
            default:
                return WriteExists(tree, (Condition.Exists)condition);
        }
    }

    private string TermSql(JoinTree tree, Term term, Reference? via)
    {
        var sql = _text.Term(term, tree.Reach(term.Column.Table, false, via ?? term.Via));
        return term.Times is { } times ? $"{sql} * {_text.Column(times, tree.Reach(times.Table, false))}" : sql;
    }

    private string WriteExists(JoinTree tree, Condition.Exists exists)
    {
        var path = graph.Path(tree.Root, exists.Target) is { Count: > 0 } way ? way : graph.Path(exists.Where[0].Table, exists.Target)!;
        var split = path.ToList().FindIndex(static s => s.ToMany);
        split = split < 0 ? 0 : split;
        // The steps before the first one to many are plain joins; from there on everything is inside.
        foreach (var step in path.Take(split))
        {
            tree.Reach(step.To, left: false);
        }

        var entry = path[split];
        var outer = tree.Reach(entry.From, left: false);
        var inner = new JoinTree(graph, entry.To, _text, tree);
        foreach (var step in path.Skip(split + 1))
        {
            inner.Reach(step.To, left: false);
        }

        var conditions = WriteConditions(inner, exists.Where);
        conditions.Insert(0, _text.On(entry, outer, inner.RootAlias));
        return $"{(exists.Negated ? "NOT " : string.Empty)}EXISTS (SELECT 1 FROM {inner.From().Replace("\n", " ", StringComparison.Ordinal)} WHERE {string.Join(" AND ", conditions)})";
    }

    private static string? HeadingOf(Term term) =>
        term.Part is { } part ? part.ToString().ToLowerInvariant() : term.Unit is { } unit ? SqlText.Heading(term.Column.Name + "_" + unit) : term.Times is not null ? "amount" : null;
}
