namespace Agent.Tools.Sql.Schema;

/// <summary>Ways to join two tables along their foreign keys.</summary>
internal static class ForeignKeyPaths
{
    private const int MaxPaths = 5;
    private const int MaxSteps = 8;

    /// <summary>The shortest ways, each a list of join conditions; all of the same length.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Find(DatabaseSchema schema, TableInfo from, TableInfo to)
    {
        var edges = Edges(schema);
        var found = new List<IReadOnlyList<string>>();
        var queue = new Queue<(string Table, string[] Visited, string[] Joins)>();
        queue.Enqueue((from.FullName, [from.FullName], []));
        while (queue.TryDequeue(out var at) && found.Count < MaxPaths)
        {
            if (found.Count > 0 && at.Joins.Length >= found[0].Count)
            {
                break;
            }

            foreach (var (table, condition) in edges.GetValueOrDefault(at.Table, []))
            {
                string[] joins = [.. at.Joins, condition];
                if (string.Equals(table, to.FullName, StringComparison.OrdinalIgnoreCase))
                {
                    found.Add(joins);
                }
                else if (joins.Length < MaxSteps && queue.Count < 10_000 && !at.Visited.Contains(table, StringComparer.OrdinalIgnoreCase))
                {
                    queue.Enqueue((table, [.. at.Visited, table], joins));
                }
            }
        }

        return [.. found.Where(path => path.Count == found[0].Count).Take(MaxPaths)];
    }

    private static Dictionary<string, List<(string Table, string Condition)>> Edges(DatabaseSchema schema)
    {
        var edges = new Dictionary<string, List<(string, string)>>(StringComparer.OrdinalIgnoreCase);
        foreach (var table in schema.Tables)
        {
            foreach (var key in table.ForeignKeys)
            {
                if (schema.Find(key.TargetTable) is not { } target)
                {
                    continue;
                }

                var condition = string.Join(" AND ", key.Columns.Zip(key.TargetColumns, (own, other) => $"{table.FullName}.{own} = {target.FullName}.{other}"));
                Add(table.FullName, target.FullName, condition);
                Add(target.FullName, table.FullName, condition);
            }
        }

        return edges;

        void Add(string from, string to, string condition)
        {
            if (!edges.TryGetValue(from, out var list))
            {
                edges.Add(from, list = []);
            }

            list.Add((to, condition));
        }
    }
}
