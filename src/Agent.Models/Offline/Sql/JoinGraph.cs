using Agent.Models.Offline.Language;

namespace Agent.Models.Offline.Sql;

/// <summary>One step from a table to the next. <see cref="ToMany"/> says whether a row may meet several there.</summary>
internal sealed record JoinStep(Reference Reference, bool ToMany)
{
    public Table From => ToMany ? Reference.To : Reference.From;

    public Table To => ToMany ? Reference.From : Reference.To;
}

/// <summary>The shortest ways between tables along their references.</summary>
/// <param name="schema">The schema.</param>
/// <param name="named">Tables that a question names: of two ways that are as short, the one over them is meant.</param>
/// <param name="without">A reference that no way leads over.</param>
internal sealed class JoinGraph(Schema schema, IReadOnlySet<Table>? named = null, Reference? without = null)
{
    private const double Named = 0.02;

    private readonly Dictionary<(Table, Table), IReadOnlyList<JoinStep>?> _paths = [];

    public Schema Schema => schema;

    /// <summary>The shortest way; null where there is none, empty from a table to itself.</summary>
    public IReadOnlyList<JoinStep>? Path(Table from, Table to)
    {
        if (!_paths.TryGetValue((from, to), out var path))
        {
            _paths.Add((from, to), path = Search(from, to));
        }

        return path;
    }

    /// <summary>The tables that two ways as short as each other lead over (students and modules, by enrolments or by tutors); null where the way is plain.</summary>
    public (Table Over, Table Or)? Rival(Table from, Table to)
    {
        if (Path(from, to) is not { Count: > 1 } path)
        {
            return null;
        }

        var cost = Total(path);
        foreach (var over in path.Take(path.Count - 1).Select(static s => s.To))
        {
            if (Search(from, to, over) is { } other && Total(other) - cost < Named / 2)
            {
                return (over, other.Select(static s => s.To).First(t => path.All(s => s.To != t)));
            }
        }

        return null;

        double Total(IReadOnlyList<JoinStep> steps) => steps.Sum(s => Cost(s) - (named?.Contains(s.To) == true ? Named : 0));
    }

    /// <summary>How far a table is: the number of steps, those to many rows counting a little more; null where it is out of reach.</summary>
    public double? Distance(Table from, Table to) => Path(from, to)?.Sum(Cost);

    /// <summary>Whether each row of <paramref name="from"/> meets at most one of <paramref name="to"/>.</summary>
    public bool IsToOne(Table from, Table to) => Path(from, to)?.All(static s => !s.ToMany) == true;

    /// <summary>The references that lead from one table straight to another, one for each role.</summary>
    public IEnumerable<Reference> Between(Table from, Table to) => schema.References.Where(r => r.From == from && r.To == to && r != without);

    private static double Cost(JoinStep step) => (step.ToMany ? 1.25 : 1.0) + (step.Reference.IsDeclared ? 0 : 0.1) + (IsRole(step.Reference) ? 1.5 : 0) - (IsNamedLink(step.Reference.From) ? Linked : 0);

    private const double Linked = 0.1;

    /// <summary>Whether a table only links others and is called by both: instructors and categories belong together by <c>instructor_category</c>.</summary>
    private static bool IsNamedLink(Table table) =>
        table.IsLink && table.PrimaryKey.Count == 2 && table.PrimaryKey.TrueForAll(k => k.Words.Any(w => table.Words.Any(t => t == w)));

    /// <summary>Whether it is called by a role (a project's lead) and not by what it refers to: rows belong together by it only where the role is meant.</summary>
    public static bool IsRole(Reference reference)
    {
        if (reference.FromColumns.Count != 1 || string.Equals(reference.FromColumns[0].Name, reference.ToColumns[0].Name, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var words = reference.FromColumns[0].Words;
        return reference.To == reference.From || !reference.To.Words.Any(t => words.Any(w => WordMatch.Score(t, w) >= WordMatch.Abbreviation || WordMatch.Score(w, t) >= WordMatch.Abbreviation));
    }

    /// <summary>Whether it is called by what it refers to and by nothing more: of a voyage's <c>from_port</c> and <c>to_port</c> neither is.</summary>
    public static bool IsPlain(Reference reference) =>
        reference.FromColumns.Count != 1 || string.Equals(reference.FromColumns[0].Name, reference.ToColumns[0].Name, StringComparison.OrdinalIgnoreCase)
        || reference.FromColumns[0].Words.All(w => w is "id" or "no" or "nr" or "code" or "key" or "fk" or "ref" or "pk" or "number" || reference.To.Words.Any(t => WordMatch.Score(t, w) >= WordMatch.Abbreviation || WordMatch.Score(w, t) >= WordMatch.Abbreviation));

    /// <summary>The same, with no way over a reference.</summary>
    public JoinGraph Without(Reference reference) => new(schema, named, reference);

    private List<JoinStep>? Search(Table from, Table to, Table? around = null)
    {
        if (from == to)
        {
            return [];
        }

        var best = new Dictionary<Table, (double Cost, JoinStep? Last)> { [from] = (0, null) };
        var open = new PriorityQueue<Table, double>();
        open.Enqueue(from, 0);
        var done = new HashSet<Table>();
        while (open.TryDequeue(out var table, out var cost))
        {
            if (!done.Add(table))
            {
                continue;
            }

            if (table == to)
            {
                break;
            }

            foreach (var reference in schema.References.Where(r => r != without))
            {
                foreach (var step in (ReadOnlySpan<JoinStep>)[new(reference, false), new(reference, true)])
                {
                    if (step.From != table || step.To == table || step.To == around)
                    {
                        continue;
                    }

                    var total = cost + Cost(step) - (named?.Contains(step.To) == true ? Named : 0);
                    if (!best.TryGetValue(step.To, out var known) || total < known.Cost - 0.001)
                    {
                        best[step.To] = (total, step);
                        open.Enqueue(step.To, total);
                    }
                }
            }
        }

        if (!best.ContainsKey(to))
        {
            return null;
        }

        var path = new List<JoinStep>();
        for (var table = to; best[table].Last is { } step; table = step.From)
        {
            path.Insert(0, step);
        }

        return path;
    }
}
