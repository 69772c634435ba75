using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Sql;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>Values of a column.</summary>
/// <param name="Values">The values.</param>
/// <param name="IsComplete">Whether the column holds no others.</param>
internal sealed record LinkedValues(IReadOnlyList<string> Values, bool IsComplete)
{
    /// <summary>Those of them that the question names.</summary>
    public IReadOnlyList<string> Named { get; init; } = [];
}

/// <summary>What of a schema a question is asked over.</summary>
/// <param name="Schema">The schema.</param>
/// <param name="Tables">The tables, the nearest to the question first.</param>
/// <param name="Joins">The references between them.</param>
/// <param name="Values">What is known of columns' values.</param>
internal sealed record LinkedSchema(Schema Schema, IReadOnlyList<Table> Tables, IReadOnlyList<Reference> Joins, IReadOnlyDictionary<Column, LinkedValues> Values)
{
    /// <summary>What the question's notions of measure (money, length, weight) are computed from.</summary>
    public IReadOnlyList<Term> Measures { get; init; } = [];

    /// <summary>The columns of those tables.</summary>
    public IEnumerable<Column> Columns => Tables.SelectMany(static t => t.Columns);

    /// <summary>How dates are written in it.</summary>
    public DateFormats Dates { get; init; } = new();

    /// <summary>All of a schema, and nothing of its values.</summary>
    public static LinkedSchema Whole(Schema schema) => Of(schema, schema.Tables, new Dictionary<Column, LinkedValues>());

    /// <summary>Some tables with the references between them.</summary>
    public static LinkedSchema Of(Schema schema, IReadOnlyList<Table> tables, IReadOnlyDictionary<Column, LinkedValues> values) =>
        new(schema, tables, [.. schema.References.Where(r => r.From != r.To && tables.Contains(r.From) && tables.Contains(r.To))], values);
}

/// <summary>Finds the tables and values that a question names, and the tables on the ways between them.</summary>
internal static class SchemaLinking
{
    private const int MostTables = 6;

    /// <summary>Of several columns that a word may mean, those this near to the best.</summary>
    private const double Near = 0.1;

    public static LinkedSchema Link(Schema schema, IReadOnlyList<Item> items)
    {
        var graph = new JoinGraph(schema);
        var named = new List<Table>();
        var values = new Dictionary<Column, LinkedValues>();

        // First what is certain: tables by name, and columns and values that only one table has.
        foreach (var item in items.Where(static i => i.IsTable))
        {
            Add(item.Candidates[0].Table);
        }

        foreach (var item in items.Where(static i => i is { Kind: ItemKind.Value, Hits.Count: > 0 }))
        {
            var whole = item.Hits.Any(static h => h.Whole) ? item.Hits.Where(static h => h.Whole).ToList() : [.. item.Hits];
            var near = whole.Where(h => named.Contains(h.Column.Table)).ToList();
            if ((near.Count > 0 ? near : whole).MinBy(h => Distance(h.Column.Table)) is { } nearest)
            {
                Add(nearest.Column.Table);
            }

            foreach (var column in whole.Where(h => named.Contains(h.Column.Table)).GroupBy(static h => h.Column))
            {
                var found = column.Select(static h => h.Value).Distinct().Take(5).ToList();
                values[column.Key] = new LinkedValues([.. values.GetValueOrDefault(column.Key)?.Values ?? [], .. found], IsComplete: false)
                {
                    Named = [.. values.GetValueOrDefault(column.Key)?.Named ?? [], .. found],
                };
            }
        }

        foreach (var item in items.Where(static i => i is { Kind: ItemKind.Mention, IsTable: false }))
        {
            var best = item.Candidates.Where(c => c.Score >= item.Candidates[0].Score - Near).ToList();
            if (!best.Exists(c => named.Contains(c.Table)) && best.MinBy(c => Distance(c.Table)) is { } nearest)
            {
                Add(nearest.Table);
            }
        }

        // What is computed: the nearest column of that notion, and the deeds that it is recorded with.
        var finder = new MeasureFinder(graph);
        var measures = new List<Term>();
        foreach (var concept in items.Select(static i => i.Concept).Where(static c => c is not (Concept.None or Concept.Date or Concept.Age)).Distinct())
        {
            if (named.Count > 0 && finder.Nearest(concept, named.Count > 2 ? named[..2] : named) is [{ } measure, ..])
            {
                measures.Add(measure);
                Add(measure.Column.Table);
            }
        }

        if (named.Count == 1 && items.Any(static i => i.Kind is ItemKind.Event) && finder.EventOf(named[0]) is { } deeds)
        {
            Add(deeds);
        }

        // Then the tables on the ways between them.
        foreach (var table in named.ToList())
        {
            foreach (var step in graph.Path(named[0], table) ?? [])
            {
                Add(step.To);
            }
        }

        // One table alone says little on what its rows belong to: those it refers to are near.
        if (named.Count == 1)
        {
            foreach (var reference in schema.References.Where(r => r.From == named[0]).Take(2))
            {
                Add(reference.To);
            }
        }

        return named.Count == 0 ? LinkedSchema.Whole(schema) : LinkedSchema.Of(schema, named, values) with { Measures = measures };

        void Add(Table table)
        {
            if (named.Count < MostTables && !named.Contains(table))
            {
                named.Add(table);
            }
        }

        double Distance(Table table) => named.Count == 0 ? 0 : named.Min(n => graph.Distance(n, table) ?? 100);
    }
}
