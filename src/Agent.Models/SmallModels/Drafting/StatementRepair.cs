using System.Text.RegularExpressions;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Sql;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>
/// Makes whole what a small model leaves out of a statement that otherwise names what exists: tables whose columns are used are
/// joined along the references, groups are named beside what is computed for them, and rows are shown by what they are called.
/// It changes nothing else.
/// </summary>
/// <param name="schema">The schema.</param>
/// <param name="sql">Names in the database's dialect.</param>
/// <param name="form">What the question asks for.</param>
internal sealed partial class StatementRepair(Schema schema, SqlText sql, QuestionForm form)
{
    private const int MostLength = 4_000;

    private readonly WrittenNames written = new(schema, sql);
    private readonly JoinGraph graph = new(schema);

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

        if (SelectParts.Read(statement) is { } parts && Told(Grouped(Shown(parts))) is var whole && whole != parts)
        {
            statement = whole.ToString();
        }

        return new JoinRepair(graph, sql, written, form).Mend(statement);
    }

    /// <summary>
    /// Shows rows by what they are called. Where the question asks for rows of a table, a key of theirs or a column that it does not
    /// name says nothing to a person; and groups that it names by their table are told apart by what its rows are called.
    /// </summary>
    private SelectParts Shown(SelectParts parts)
    {
        if (parts.Groups.Count > 0)
        {
            foreach (var group in parts.Groups)
            {
                if (written.Column(group) is { } column && form.Names(column.Table) && !form.Names(column) && !column.Table.Label.Contains(column))
                {
                    var label = column.Table.Label.Select(sql.Column).ToList();
                    var groups = column.Table.PrimaryKey.Contains(column) ? parts.Groups : [.. parts.Groups.SelectMany(g => g == group ? label : [g]).Distinct()];
                    List<string> items = [.. parts.Items.SelectMany(i => i == group ? label : [i]).Distinct()];

                    // A column of the group's rows that nobody named stands where their name should.
                    parts = parts with
                    {
                        Groups = groups,
                        Items = items.Exists(label.Contains) ? items : [.. label, .. items.Where(i => written.Column(i) is not { } other || form.Names(other) || groups.Contains(i))],
                    };
                }
            }

            return parts;
        }

        if (parts.OnlyComputes)
        {
            return parts;
        }

        var there = written.Tables(parts.From);
        var subject = form.Subject ?? (form.AsksWho ? Who(parts, there) : null);
        if (subject is null || (!there.Contains(subject) && schema.References.Count(r => r.To == subject && there.Contains(r.From)) != 1))
        {
            return parts;
        }

        // What rows are picked and ordered by, where it is named, is shown beside them.
        var kept = parts.Items.Where(i => written.Column(i) is not { } column ? i != "*" : form.Names(column) && !column.IsKey);
        var picked = schema.Columns.Where(c => c.Kind == ColumnKind.Number && !c.IsIdentifier && form.Names(c) && (parts.Where + string.Concat(parts.Orders)).Contains(sql.Column(c), StringComparison.OrdinalIgnoreCase))
            .Concat(parts is { Limit.Length: > 0, Orders: [var by, ..] } && written.Column(by.Split(' ')[0]) is { IsIdentifier: false } ranked ? [ranked] : []).Select(sql.Column);
        var called = Label(subject);
        return parts with { Items = [.. (called.All(l => parts.Items.Any(i => written.Column(i) == l)) ? parts.Items : called.Select(sql.Column).Concat(kept)).Concat(picked).Distinct()] };
    }

    /// <summary>What rows are called by; where that is a key, with what else is called a name of them.</summary>
    private static IReadOnlyList<Column> Label(Table table) =>
        table.Label is [{ IsKey: true } key] && table.Columns.Find(static c => c is { Kind: ColumnKind.Text, IsIdentifier: false } && c.Words[^1] is "name" or "title") is { } name ? [key, name] : table.Label;

    /// <summary>The one table of people that a statement is about, where it shows nothing but them and keys.</summary>
    private Table? Who(SelectParts parts, IReadOnlySet<Table> there)
    {
        var near = there.Where(People.Are).ToList();
        if (near.Count == 0)
        {
            near = [.. schema.References.Where(r => there.Contains(r.From) && People.Are(r.To)).Select(static r => r.To)];
        }

        return near is [var people] && parts.Items.All(i => written.Column(i) is { } column && (column.Table == people || column.IsIdentifier)) ? people : null;
    }

    /// <summary>What is not there is no answer to what has the most; and a row that meets several others is told once.</summary>
    private SelectParts Told(SelectParts parts)
    {
        if (parts is { Limit.Length: > 0, Groups: [var only] } && written.Column(only) is { IsNullable: true, IsKey: false } ranked && !ranked.Table.Label.Contains(ranked) && !parts.Where.Contains(ranked.Name, StringComparison.OrdinalIgnoreCase))
        {
            return parts with { Where = parts.Where.Length == 0 ? $"{only} IS NOT NULL" : $"({parts.Where}) AND {only} IS NOT NULL" };
        }

        return form is { Lists: true, Subject: { } subject } && parts.Groups.Count == 0 && parts.Orders.Count == 0 && parts.Items.All(i => written.Column(i)?.Table == subject)
            && written.Tables(parts.From).Any(t => t != subject && graph.Path(subject, t)?.Any(static s => s.ToMany) == true)
            ? parts with { IsDistinct = true }
            : parts;
    }

    /// <summary>"SELECT COUNT(*) … GROUP BY x" says how many, and not of what.</summary>
    private SelectParts Grouped(SelectParts parts)
    {
        if (parts.Groups.Count == 0 || !parts.OnlyComputes)
        {
            return parts;
        }

        var groups = parts.Groups.Select(written.Column).OfType<Column>().ToList();

        // A key says nothing to a person; what the row is called by does.
        return groups.Count < parts.Groups.Count ? parts
            : parts with { IsDistinct = false, Items = [.. groups.SelectMany(static c => c.IsKey && c.Table.PrimaryKey.Count == 1 ? c.Table.Label : [c]).Select(sql.Column), .. parts.Items] };
    }

    [GeneratedRegex(@"```(?:sql)?\s*(.+?)```", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex FencePattern();

    [GeneratedRegex(@"^\s*(?:SELECT|WITH)\s", RegexOptions.IgnoreCase)]
    private static partial Regex SelectPattern();
}
