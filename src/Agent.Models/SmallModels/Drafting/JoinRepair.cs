using System.Text.RegularExpressions;
using Agent.Models.Offline.Sql;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>
/// Joins the tables that a statement uses and does not join, along the references, in an order in which each meets what is there; and
/// leaves out those that it joins and neither uses nor the question names: they lose rows, or count them more than once.
/// </summary>
/// <param name="graph">The ways between the tables.</param>
/// <param name="sql">Names in the database's dialect.</param>
/// <param name="written">Finds them in a statement.</param>
/// <param name="form">What the question asks for.</param>
internal sealed partial class JoinRepair(JoinGraph graph, SqlText sql, WrittenNames written, QuestionForm form)
{
    /// <summary>The statement with its tables joined.</summary>
    /// <param name="statement">As it is written.</param>
    /// <returns>The statement; null where no reference leads to a table that it uses.</returns>
    public string? Mend(string statement)
    {
        var from = Regex.Match(statement, $@"(?<=\sFROM\s)(?<root>{written.AnyTable})(?<joins>(?:\s(?:LEFT\s)?JOIN\s(?:{written.AnyTable})\sON\s\S+\s=\s\S+(?:\sAND\s\S+\.\S+\s=\s\S+\.\S+)*)*)(?=\s|$)", RegexOptions.IgnoreCase);
        if (!from.Success || written.Table(from.Groups["root"].Value) is not { } root)
        {
            return statement;
        }

        var rest = string.Concat(statement.AsSpan(0, from.Index), " ", SubselectPattern().Replace(statement[(from.Index + from.Length)..], " "));
        var joins = Regex.Matches(from.Groups["joins"].Value, $@"\s(?<left>LEFT\s)?JOIN\s(?<table>{written.AnyTable})\sON\s(?<on>\S+\s=\s\S+(?:\sAND\s\S+\.\S+\s=\s\S+\.\S+)*)", RegexOptions.IgnoreCase)
            .Select(m => new Join(written.Table(m.Groups["table"].Value)!, written.Used(m.Groups["on"].Value).ToList(), m.Groups["left"].Success, m.Value)).ToList();
        var count = joins.Count;
        while (joins.FindLastIndex(j => !form.IsFree && !form.Names(j.Table) && !written.Used(rest).Contains(j.Table) && !joins.Exists(o => o != j && (o.Table == j.Table || o.Meets.Contains(j.Table)))) is >= 0 and var idle)
        {
            joins.RemoveAt(idle);
        }

        var there = new List<Table> { root };
        var whole = true;
        foreach (var join in joins)
        {
            whole &= !there.Contains(join.Table) && join.Meets.TrueForAll(t => t == join.Table || there.Contains(t));
            if (!there.Contains(join.Table))
            {
                there.Add(join.Table);
            }
        }

        var missing = written.Used(rest).Where(t => !there.Contains(t)).ToList();
        if (whole && missing.Count == 0)
        {
            return joins.Count == count ? statement
                : string.Concat(statement.AsSpan(0, from.Index), sql.Table(root), string.Concat(joins.Select(static j => j.Text)), statement.AsSpan(from.Index + from.Length));
        }

        var tree = new JoinTree(graph, root, sql);
        try
        {
            foreach (var table in there.Skip(1).Concat(missing))
            {
                tree.Reach(table, joins.Exists(j => j.Table == table && j.IsLeft));
            }
        }
        catch (InvalidOperationException)
        {
            return null;
        }

        return string.Concat(statement.AsSpan(0, from.Index), tree.From(), statement.AsSpan(from.Index + from.Length));
    }

    /// <summary>A join as it is written.</summary>
    private sealed record Join(Table Table, List<Table> Meets, bool IsLeft, string Text);

    [GeneratedRegex(@"\(\s*SELECT\b[^()]*(?:\([^()]*\)[^()]*)*\)", RegexOptions.IgnoreCase)]
    private static partial Regex SubselectPattern();
}
