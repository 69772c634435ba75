using Agent.Models.Offline.Language;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <summary>A reading that differs from the first one in a single choice, and that accounts for every word as well.</summary>
/// <param name="Spec">Its plan.</param>
/// <param name="Took">What the first reading took at that place.</param>
/// <param name="Instead">What this one took.</param>
internal sealed record OtherReading(QuerySpec Spec, string Took, string Instead)
{
    /// <summary>The ways between tables that it goes by, where they are others.</summary>
    public JoinGraph? Graph { get; init; }

    /// <summary>Whether it is meant where the first comes to nothing, and only there.</summary>
    public bool IsElse { get; init; }
}

/// <summary>Reads a question in every way that its words leave open.</summary>
internal static class Readings
{
    /// <summary>Most other readings that are looked at; a question that leaves more open is not understood anyway.</summary>
    private const int Most = 8;

    // A table that is named in part only, and one that is so just as much.
    private const double InPart = 0.95;
    private const double AsWell = 0.04;

    public static (Reading First, IReadOnlyList<OtherReading> Others) Of(JoinGraph graph, IReadOnlyList<Item> items, DateOnly today)
    {
        var choices = new Choices();
        var first = Compose(choices);
        if (first.Spec is null)
        {
            return (first, []);
        }

        var others = new List<OtherReading>();
        foreach (var other in choices.Others.Take(Most))
        {
            if (Compose(other).Spec is { } spec)
            {
                others.Add(new OtherReading(spec, other.Took, other.Instead) { IsElse = other.Place is (string and Composer.KnownBy, int) });
            }
        }

        foreach (var word in items.Where(static i => i.Kind == ItemKind.Mention && i.Hits.Any(h => i.Candidates.Any(c => c.Table == h.Column.Table))).Take(Most))
        {
            if (new Composer(graph, [.. items.Select(i => i == word ? i with { Kind = ItemKind.Value, Candidates = [] } : i with { })], today, new Choices()).Compose().Spec is { } spec)
            {
                others.Add(new OtherReading(spec, word.Candidates[0].Column!.ToString(), $"{word.Hits[0].Column} {word.Hits[0].Value}"));
            }
        }

        foreach (var state in items.Where(static i => i is { Kind: ItemKind.Value, Candidates.Count: > 0 }).Take(Most))
        {
            if (new Composer(graph, [.. items.SelectMany(i => i == state ? [new Item(ItemKind.Preposition, i.First, i.First + 1) { Text = i.Text.Split(' ')[0].ToLowerInvariant() }, i with { Kind = ItemKind.Mention, First = i.First + 1, Text = i.Text.Split(' ')[^1], Hits = [] }] : (Item[])[i with { }])], today, new Choices()).Compose().Spec is { } spec)
            {
                others.Add(new OtherReading(spec, $"{state.Hits[0].Column} {state.Hits[0].Value}", state.Candidates[0].Table.Name));
            }
        }

        // "plugs", where there are PlugTypes and ChargerPlugs.
        foreach (var part in items.Where(static i => i is { IsTable: true, IsImplied: false } && i.Candidates[0].Score < InPart).Take(Most))
        {
            foreach (var rival in part.Candidates.Where(c => c.Column is null && c.Table != part.Candidates[0].Table && part.Candidates[0].Score - c.Score < AsWell && !(first.Spec.Measure is null && c.Table.IsLink)))
            {
                if (new Composer(graph, [.. items.Select(i => i == part ? i with { Candidates = [rival, .. i.Candidates.Where(c => c != rival)] } : i with { })], today, new Choices()).Compose().Spec is { } spec)
                {
                    others.Add(new OtherReading(spec, part.Candidates[0].Table.Name, rival.Table.Name));
                }
            }
        }

        foreach (var (role, link) in RolesWithLinks(graph, items, first.Spec).Take(Most))
        {
            var around = graph.Without(role);
            var other = Compose(new Choices(), around);
            if (other.Spec is { } spec)
            {
                others.Add(new OtherReading(spec, role.FromColumns[0].ToString(), link.Name) { Graph = around });
            }
            else if (other.Problem?.EndsWith("say which", StringComparison.Ordinal) == true)
            {
                return (first with { Spec = null, Problem = $"{role.From.Noun} and {role.To.Noun} belong together by {role.FromColumns[0].Name} or by {link.Name}: say which" }, []);
            }
        }

        return (first, others);

        Reading Compose(Choices chosen, JoinGraph? over = null) => new Composer(over ?? graph, [.. items.Select(static i => i with { })], today, chosen).Compose();
    }

    /// <summary>
    /// The references that a plan goes by though they have a role that the question does not name (a project's lead), where a table
    /// links the same rows plainly (its staff): "who works on Atlas" may mean the one or the other.
    /// </summary>
    private static IEnumerable<(Reference Role, Table Link)> RolesWithLinks(JoinGraph graph, IReadOnlyList<Item> items, QuerySpec spec)
    {
        var from = spec.Measure?.Of ?? spec.Root;
        var steps = spec.Tables.SelectMany(t => graph.Path(from, t) ?? []).Select(static s => s.Reference).Distinct();
        foreach (var reference in steps.Where(static r => r.FromColumns.Count == 1 && r.From != r.To && !JoinGraph.IsPlain(r)))
        {
            var role = reference.FromColumns[0];
            var words = role.Words.Where(w => !reference.To.Words.Any(t => WordMatch.Score(t, w) >= WordMatch.Abbreviation)).ToList();
            var isNamed = items.Any(i => i.Kind == ItemKind.Mention && i.Candidates.Any(c => c.Column == role)) || items.Any(i => i.Text.Split(' ').Any(said => words.Exists(w => WordMatch.Score(said.ToLowerInvariant(), w) >= WordMatch.Abbreviation)));
            if (!isNamed && graph.Without(reference).Path(reference.From, reference.To) is [{ ToMany: true } first, { ToMany: false } second] && JoinGraph.IsPlain(first.Reference) && JoinGraph.IsPlain(second.Reference))
            {
                yield return (reference, first.To);
            }
        }
    }
}
