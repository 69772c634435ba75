using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <summary>A reading that differs from the first one in a single choice, and that accounts for every word as well.</summary>
/// <param name="Spec">Its plan.</param>
/// <param name="Took">What the first reading took at that place.</param>
/// <param name="Instead">What this one took.</param>
internal sealed record OtherReading(QuerySpec Spec, string Took, string Instead);

/// <summary>Reads a question in every way that its words leave open.</summary>
internal static class Readings
{
    /// <summary>Most other readings that are looked at; a question that leaves more open is not understood anyway.</summary>
    private const int Most = 8;

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
                others.Add(new OtherReading(spec, other.Took, other.Instead));
            }
        }

        foreach (var word in items.Where(static i => i.Kind == ItemKind.Mention && i.Hits.Any(h => i.Candidates.Any(c => c.Table == h.Column.Table))).Take(Most))
        {
            if (new Composer(graph, [.. items.Select(i => i == word ? i with { Kind = ItemKind.Value, Candidates = [] } : i with { })], today, new Choices()).Compose().Spec is { } spec)
            {
                others.Add(new OtherReading(spec, word.Candidates[0].Column!.ToString(), $"{word.Hits[0].Column} {word.Hits[0].Value}"));
            }
        }

        return (first, others);

        Reading Compose(Choices chosen) => new Composer(graph, [.. items.Select(static i => i with { })], today, chosen).Compose();
    }
}
