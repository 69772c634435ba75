using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <content>Plans that would count twice, that have two ways or that show what was meant to say something.</content>
internal sealed partial class Composer
{
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

            if (graph.Rival(from, table) is var (over, or))
            {
                return Fail($"{from.Noun} and {table.Noun} belong together by {over.Name} or by {or.Name}: say which");
            }
        }

        if (spec.Where.OfType<Condition.Exists>().Any(e => e.Target == from && e.Negated))
        {
            return Fail($"I could not tell what of {from.Noun} must not be there");
        }

        // The rows that are computed with are there: what is asked of them is asked of each.
        spec = spec with { Where = [.. spec.Where.SelectMany(c => c is Condition.Exists own && own.Target == from ? own.Where : [c])] };

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

        if (spec.Measure is { Function: Aggregate.Sum, Value: { Times: null } each } && each.Column.Words.Contains("price") && each.Column.Words.Any(static w => w is "unit" or "each" or "list" or "per") && !items.Exists(static i => i.Kind == ItemKind.Mention && i.Text.Contains("price", StringComparison.Ordinal)))
        {
            return Fail($"{each.Column.Name} is of one piece, and how many there were is not beside it");
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

        foreach (var far in Plain(spec.Where).Where(c => c.Via is null && c.Table != from && graph.Between(from, c.Table).All(static r => r.FromColumns.Count != 1)))
        {
            if (Ambiguous(from, far.Table) is { } ways)
            {
                return Fail($"{far.Table.Noun} may be meant by {string.Join(" or by ", ways.Select(static w => w.FromColumns[0].Name))}: say which");
            }
        }

        if (spec.Groups.FirstOrDefault(g => g.Value is null && g.Table.IsLink && spec.Measure is { Function: Aggregate.Count } counts && g.Table != counts.Of && graph.IsToOne(g.Table, counts.Of)) is { } link)
        {
            // Each row of a link has one of either end.
            return Fail($"I could not tell whose {link.Table.Noun} are meant");
        }

        if (spec is { Measure: { Function: Aggregate.Count, Value: null } each1, Over: null, Having: null } && spec.Groups.Any(g => g.Value is null && g.Table == each1.Of) && !spec.KeepEmptyGroups)
        {
            // Of each row there is one.
            return Fail($"I could not tell what of each {each1.Of.Noun} to count");
        }

        if (spec is { Measure: { Function: Aggregate.Count, Value: null, Of: var counted }, Groups.Count: 0, IsYesNo: false } && counted.Label.All(l => spec.Where.OfType<Condition.Compare>().Any(w => w is { Operator: "=", Values.Count: 1, Via: null } && w.Left.Column == l))
            && !items.Exists(i => i.Kind == ItemKind.Preposition && i.Text is "named" or "called" or "titled" or "under the name" or "with the name" or "by the name of" or "with name" or "with title" || i is { Kind: ItemKind.Mention, IsTable: false } && i.Candidates.Any(c => counted.Label.Contains(c.Column))))
        {
            // "how often was Emma Jones here" must not be answered with the one row that she is.
            return Fail($"I could not tell what of {counted.Noun} to count");
        }

        if (spec is { Having: not null, Measure: null } or { Having: not null, Groups.Count: 0 })
        {
            return Fail("I could not tell what the number is about");
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

    private static IEnumerable<Condition> Plain(IEnumerable<Condition> conditions) =>
        conditions.SelectMany(static c => c switch { Condition.Any any => Plain(any.Of), Condition.Exists => [], _ => [c] });

    /// <summary>The references of a step between two tables that lead the same way in several roles; null where the way is plain.</summary>
    private List<Reference>? Ambiguous(Table from, Table to)
    {
        // The way round by a third table is not what is meant where rows refer to it themselves, if only in a role.
        if (graph.Path(from, to) is { Count: > 1 } && graph.Between(from, to).ToList() is { Count: > 0 } straight)
        {
            return straight;
        }

        foreach (var step in graph.Path(from, to) ?? [])
        {
            var ways = graph.Between(step.Reference.From, step.Reference.To).Where(static r => r.FromColumns.Count == 1).ToList();
            // A role that is named in the question is the one that is meant.
            if (ways.Count > 1 && !ways.Exists(JoinGraph.IsPlain) && !items.Exists(i => i.Kind == ItemKind.Mention && ways.Count(w => i.Candidates.Any(c => c.Column == w.FromColumns[0])) == 1))
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

    /// <summary>
    /// What would be shown as a column though it says something of the rows: before their name ("low stock parts"), or after "are"
    /// ("parts that are out of stock"). And "who", where no people are in the answer.
    /// </summary>
    private string? Misplaced()
    {
        foreach (var shown in _projections.Where(static p => p.Kind == ItemKind.Mention && !p.IsTable))
        {
            var at = items.IndexOf(shown);
            if (_subject is { IsTable: true } && shown.Last == _subject.First && IsPlural(_subject))
            {
                return shown.Text;
            }

            if (_subject is { IsTable: true } && _subject.First < shown.First && Previous(at, skipPrepositions: false) is { Kind: ItemKind.Preposition, Text: "in" or "on" or "at" or "from" or "to" or "within" or "into" or "through" or "under" })
            {
                return shown.Text;
            }

            var before = at - 1;
            while (before > 0 && items[before] is { Kind: ItemKind.Preposition })
            {
                before--;
            }

            if (before > 0 && items[before] is { Kind: ItemKind.Filler, Text: "are" or "were" } && (Previous(before) == _subject || items[before - 1] is { Kind: ItemKind.Filler, Text: "that" }) && !items.Take(before).Any(static i => i is { Kind: ItemKind.Ask, Text: "what" }))
            {
                return shown.Text;
            }
        }

        return items.TakeWhile(static i => i.Kind != ItemKind.Mention).FirstOrDefault(static i => i.Kind == ItemKind.Who) is { } who && Next(items.IndexOf(who), skipPrepositions: false) is not { IsTable: true } && _projections.Count == 0 && _subject is null or { IsTable: true } && RootTable() is { } root && !People.Are(root) ? who.Text : null;
    }

    private static bool IsFraction(string type) =>
        type.Contains("DEC", StringComparison.OrdinalIgnoreCase) || type.Contains("REAL", StringComparison.OrdinalIgnoreCase) || type.Contains("FLOA", StringComparison.OrdinalIgnoreCase) || type.Contains("DOUB", StringComparison.OrdinalIgnoreCase) || type.Contains("MONEY", StringComparison.OrdinalIgnoreCase) || type.Contains("NUMERIC", StringComparison.OrdinalIgnoreCase);
}
