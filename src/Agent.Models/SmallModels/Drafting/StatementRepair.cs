using System.Text;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Sql;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>
/// Makes whole what a small model leaves out of a statement that otherwise names what exists: tables whose columns are used are
/// joined along the references, and groups are named beside what is computed for them. It changes nothing else.
/// </summary>
/// <param name="schema">The schema.</param>
/// <param name="names">Names in the database's dialect.</param>
internal sealed partial class StatementRepair(Schema schema, SqlText names)
{
    private const int MostLength = 4_000;

    private readonly string tables = string.Join('|', schema.Tables.Select(names.Table).OrderByDescending(static n => n.Length).Select(Regex.Escape));

    /// <summary>The statement in a text: bare, or the first fenced block.</summary>
    public static string Extract(string text)
    {
        var fenced = FencePattern().Match(text);
        var found = fenced.Success ? fenced.Groups[1].Value : text;
        return found.Trim().TrimEnd(';').Trim();
    }

    /// <summary>The statement made whole.</summary>
    /// <param name="statement">As the model wrote it.</param>
    /// <returns>The statement; null where it is none, or where no reference leads to a table that it uses.</returns>
    public string? Mend(string statement)
    {
        if (statement.Length is 0 or > MostLength || !SelectPattern().IsMatch(statement) || statement.Contains(';', StringComparison.Ordinal))
        {
            return null;
        }

        return Joined(Grouped(statement));
    }

    /// <summary>Joins the tables that are used and not joined, and puts joins into an order in which each meets what is there.</summary>
    private string? Joined(string statement)
    {
        var from = Regex.Match(statement, $@"(?<=\sFROM\s)(?<root>{tables})(?<joins>(?:\s(?:LEFT\s)?JOIN\s(?:{tables})\sON\s\S+\s=\s\S+(?:\sAND\s\S+\.\S+\s=\s\S+\.\S+)*)*)(?=\s|$)", RegexOptions.IgnoreCase);
        if (!from.Success || Find(from.Groups["root"].Value) is not { } root)
        {
            return statement;
        }

        var joins = Regex.Matches(from.Groups["joins"].Value, $@"(?<left>LEFT\s)?JOIN\s(?<table>{tables})\sON\s(?<on>\S+\s=\s\S+)", RegexOptions.IgnoreCase);
        var there = new List<Table> { root };
        var left = new HashSet<Table>();
        var whole = true;
        foreach (Match join in joins)
        {
            var table = Find(join.Groups["table"].Value)!;
            var meets = Used(join.Groups["on"].Value).Where(t => t != table).ToList();
            whole &= !there.Contains(table) && meets.TrueForAll(there.Contains);
            if (!there.Contains(table))
            {
                there.Add(table);
            }

            if (join.Groups["left"].Success)
            {
                left.Add(table);
            }
        }

        var rest = string.Concat(statement.AsSpan(0, from.Index), " ", SubselectPattern().Replace(statement[(from.Index + from.Length)..], " "));
        var missing = Used(rest).Where(t => !there.Contains(t)).ToList();
        if (whole && missing.Count == 0)
        {
            return statement;
        }

        var tree = new JoinTree(new JoinGraph(schema), root, names);
        try
        {
            foreach (var table in there.Skip(1).Concat(missing))
            {
                tree.Reach(table, left.Contains(table));
            }
        }
        catch (InvalidOperationException)
        {
            return null;
        }

        return string.Concat(statement.AsSpan(0, from.Index), tree.From(), statement.AsSpan(from.Index + from.Length));
    }

    /// <summary>"SELECT COUNT(*) … GROUP BY x" says how many, and not of what.</summary>
    private string Grouped(string statement)
    {
        var match = GroupPattern().Match(statement);
        if (!match.Success || !match.Groups["items"].Value.Split(", ").All(static i => AggregatePattern().IsMatch(i)))
        {
            return statement;
        }

        var shown = new StringBuilder();
        foreach (var part in match.Groups["groups"].Value.Split(", "))
        {
            var column = schema.Tables.SelectMany(static t => t.Columns).FirstOrDefault(c => string.Equals(names.Column(c, names.Table(c.Table)), part.Trim(), StringComparison.OrdinalIgnoreCase));
            if (column is null)
            {
                return statement;
            }

            // A key says nothing to a person; what the row is called by does.
            var named = column.IsKey && column.Table.PrimaryKey.Count == 1 ? column.Table.Label : [column];
            shown.AppendJoin(", ", named.Select(c => names.Column(c, names.Table(c.Table)))).Append(", ");
        }

        return statement.Insert(match.Groups["items"].Index, shown.ToString());
    }

    private Table? Find(string name) => schema.Tables.FirstOrDefault(t => string.Equals(names.Table(t), name, StringComparison.OrdinalIgnoreCase));

    private IEnumerable<Table> Used(string text) =>
        Regex.Matches(LiteralPattern().Replace(text, "''"), $@"(?<![\w.""])(?<table>{tables})\.", RegexOptions.IgnoreCase).Select(m => Find(m.Groups["table"].Value)).OfType<Table>().Distinct();

    [GeneratedRegex(@"```(?:sql)?\s*(.+?)```", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex FencePattern();

    [GeneratedRegex(@"^\s*(?:SELECT|WITH)\s", RegexOptions.IgnoreCase)]
    private static partial Regex SelectPattern();

    [GeneratedRegex(@"\(\s*SELECT\b[^()]*(?:\([^()]*\)[^()]*)*\)", RegexOptions.IgnoreCase)]
    private static partial Regex SubselectPattern();

    [GeneratedRegex(@"^SELECT (?<items>.+?) FROM .+ GROUP BY (?<groups>\S+(?:, \S+)*)(?= HAVING| ORDER| LIMIT|$)", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex GroupPattern();

    [GeneratedRegex(@"^\s*(?:COUNT|SUM|AVG|MIN|MAX)\(", RegexOptions.IgnoreCase)]
    private static partial Regex AggregatePattern();

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex LiteralPattern();
}
