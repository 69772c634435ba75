using System.Text;

namespace Agent.Models.Offline.Sql;

/// <summary>The FROM clause of one SELECT as it grows: each table once, or once for each role.</summary>
internal sealed class JoinTree
{
    private readonly JoinGraph _graph;
    private readonly SqlText _text;
    private readonly HashSet<string> _aliases;
    private readonly List<Joined> _joined = [];

    public JoinTree(JoinGraph graph, Table root, SqlText text, JoinTree? outer = null)
    {
        _graph = graph;
        _text = text;
        _aliases = outer?._aliases ?? new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        Root = root;
        _joined.Add(new Joined(root, NewAlias(root), null, null, IsLeft: false));
    }

    private sealed record Joined(Table Table, string Alias, JoinStep? Step, string? From, bool IsLeft);

    public Table Root { get; }

    public string RootAlias => _joined[0].Alias;

    public bool Holds(Table table, Reference? via) => _joined.Exists(j => j.Table == table && (via is null || j.Step?.Reference == via));

    /// <summary>Whether rows of the table repeat, because a join to many was made from it or before it.</summary>
    public bool IsFannedOut(Table table) => _joined.Exists(j => j.Step is { ToMany: true } && j.Table != table) || (Root != table && _joined.Exists(j => j.Step is { ToMany: true } step && step.From != Root && j.Table == table));

    /// <summary>The alias of a table, joined along the shortest way if it is not there yet.</summary>
    public string Reach(Table table, bool left, Reference? via = null)
    {
        var known = via is null ? _joined.Find(j => j.Table == table) : _joined.Find(j => j.Step?.Reference == via && !j.Step.ToMany);
        if (known is not null)
        {
            return known.Alias;
        }

        if (via is not null)
        {
            var owner = Reach(via.From, left);
            return Add(new JoinStep(via, ToMany: false), owner, left);
        }

        var path = _joined.Select(j => (From: j, Path: _graph.Path(j.Table, table))).Where(static p => p.Path is { Count: > 0 })
            .OrderBy(static p => p.Path!.Sum(static s => s.ToMany ? 1.25 : 1)).ThenBy(static p => p.Path!.Count(static s => s.ToMany)).FirstOrDefault();
        if (path.Path is null)
        {
            throw new InvalidOperationException($"No reference leads from {Root.Name} to {table.Name}.");
        }

        var alias = path.From.Alias;
        foreach (var step in path.Path)
        {
            alias = Add(step, alias, left);
        }

        return alias;
    }

    public string From()
    {
        var sql = new StringBuilder(Named(_joined[0]));
        foreach (var joined in _joined.Skip(1))
        {
            sql.Append(joined.IsLeft ? "\nLEFT JOIN " : "\nJOIN ").Append(Named(joined)).Append(" ON ").Append(_text.On(joined.Step!, joined.From!, joined.Alias));
        }

        return sql.ToString();
    }

    private string Add(JoinStep step, string from, bool left)
    {
        var alias = NewAlias(step.To);
        _joined.Add(new Joined(step.To, alias, step, from, left));
        return alias;
    }

    private string Named(Joined joined)
    {
        var name = _text.Table(joined.Table);
        return joined.Alias == _text.Name(joined.Table.Name) && name == joined.Alias ? name : $"{name} AS {joined.Alias}";
    }

    private string NewAlias(Table table)
    {
        var name = table.Name;
        for (var n = 2; !_aliases.Add(name); n++)
        {
            name = $"{table.Name}_{n}";
        }

        return _text.Name(name);
    }
}
