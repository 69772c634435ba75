using System.Globalization;
using System.Text.RegularExpressions;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Sql;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>
/// Whether a draft has the form that the question asks for: a count for "how many", an order for "the most", groups for "per",
/// something that is not for "without", the question's numbers, and every table and column that is named.
/// </summary>
/// <param name="form">What the question asks for.</param>
/// <param name="schema">The schema.</param>
/// <param name="sql">Names in the database's dialect.</param>
internal sealed partial class DraftForm(QuestionForm form, Schema schema, SqlText sql)
{
    private readonly List<Column> columns = [.. schema.Columns];
    private readonly WrittenNames written = new(schema, sql);

    /// <summary>What is wrong with a statement; null where nothing is.</summary>
    public string? Fault(string statement) =>
        form.IsFree ? null
        : form.Needed.FirstOrDefault(m => !Stands(statement, m)) is { } left ? $"it leaves out '{left.Text}'"
        : form.Negates && !NegationPattern().IsMatch(statement) ? $"it leaves out '{form.Negation}'"
        : SelectParts.Read(statement) is not { } parts ? null
        : Computing(parts) ?? Ranking(parts) ?? Comparing(parts);

    private string? Computing(SelectParts parts)
    {
        var only = written.Table(parts.From);
        if (form.Groups && parts.Groups.Count == 0)
        {
            return "it leaves out that each is asked for";
        }

        if (form.GroupedByPart is not null && !parts.Groups.Any(static g => DatePartPattern().IsMatch(g)))
        {
            return "it leaves out the time that each is asked for of";
        }

        // What is compared with one value has that value in every row.
        if (parts.Items.Count > 0 && parts.Items.All(i => i.Contains('.', StringComparison.Ordinal) && parts.Where.Contains($"{i} = '", StringComparison.OrdinalIgnoreCase)) && !parts.Where.Contains(" OR ", StringComparison.OrdinalIgnoreCase))
        {
            return "it gives back what the question says";
        }

        if (parts.Groups.Count > 0 && form.Groups && parts.Groups.All(g => parts.Where.Contains($"{g} = '", StringComparison.OrdinalIgnoreCase)))
        {
            return "it makes one group of all";
        }

        if (parts.Groups is [var one] && only?.PrimaryKey is [var key] && written.Column(one) == key)
        {
            return "it computes over single rows";
        }

        if (form.Lists && parts.OnlyComputes && parts.Groups.Count == 0 && !form.Asked.Any(static c => c.Kind == ColumnKind.Number))
        {
            return "it counts what should be listed";
        }

        if (form.CountsRows && !parts.Items.Any(static i => CountPattern().IsMatch(i)))
        {
            return "it does not count";
        }

        if (!form.Counts)
        {
            return null;
        }

        // "How many work in Engineering" asks for no number of departments, of which one has that name.
        return only is { Label: [var label] } && !form.Names(only)
            && Regex.IsMatch(parts.Where, $@"(?<!\w){Regex.Escape(sql.Name(label.Name))}\s*=\s*'", RegexOptions.IgnoreCase)
            ? "it counts what is named"
            : parts.Items.Any(i => i.Contains('(', StringComparison.Ordinal) || columns.Exists(c => c.Kind == ColumnKind.Number && form.Names(c) && written.Holds(i, c))) ? null
            : "it lists what should be counted";
    }

    private string? Ranking(SelectParts parts)
    {
        if (form.Superlative is not { } superlative)
        {
            return parts.Limit.Length > 0 && !form.Limits ? "it gives some rows where all are asked for" : null;
        }

        var extremes = ExtremePattern().Matches(string.Join(' ', parts.Items) + ' ' + parts.Where + ' ' + parts.Having).Select(static m => m.Groups["function"].Value).ToList();
        if (parts.Orders.Count == 0 || parts.Limit.Length == 0)
        {
            return extremes.Count == 0 ? $"it leaves out '{superlative.Text}'"
                : extremes.TrueForAll(f => f.Equals(superlative.Descending ? "MIN" : "MAX", StringComparison.OrdinalIgnoreCase)) ? $"it takes the other end of '{superlative.Text}'"
                : null;
        }

        // The oldest has the highest age, and the first day of birth.
        var descends = parts.Orders[0].EndsWith(" DESC", StringComparison.OrdinalIgnoreCase);
        return descends != superlative.Descending && (superlative.Concept is not (Concept.Date or Concept.Age) || columns.Exists(c => c.Kind == ColumnKind.Date && written.Holds(parts.Orders[0], c)))
            ? $"it takes the other end of '{superlative.Text}'"
            : form.RanksByBirth && columns.Exists(c => People.IsBirth(c) && written.Holds(parts.From, c.Table)) && !columns.Exists(c => (People.IsBirth(c) || c.Words.Contains("age")) && written.Holds(parts.Orders[0], c)) ? $"it takes something else for '{superlative.Text}'"
            : form.RankedBy.Count > 0 && !form.RankedBy.Any(c => written.Holds(string.Join(' ', parts.Items) + ' ' + parts.Orders[0], c)) ? $"it takes something else for '{superlative.Text}'"
            : form is { RanksByCount: true, Subject: { } subject } && !subject.Columns.Exists(c => (subject.Label.Contains(c) || c.IsKey) && parts.Groups.Any(g => written.Holds(g, c) && (!g.Contains('.', StringComparison.Ordinal) || written.Holds(g, subject)))) ? $"it does not count for '{superlative.Text}'"
            : null;
    }

    /// <summary>A number that is compared with must be of the question, and the question's must be in the statement.</summary>
    private string? Comparing(SelectParts parts)
    {
        var conditions = parts.Where + ' ' + parts.Having;
        if (form.Flags.FirstOrDefault(f => !written.Holds(conditions, f) && !parts.Items.Concat(parts.Groups).Any(i => i.Contains('(', StringComparison.Ordinal) && written.Holds(i, f))) is { } flag)
        {
            return $"it does not compare '{string.Join(' ', flag.Words)}'";
        }

        // Who reports to somebody is found over that somebody, in a statement inside of the statement.
        if (form.Values.Any(v => columns.Exists(c => c.IsReference && form.Names(c) && v.All(h => h.Column.Table == c.Table) && schema.References.Any(r => r.From == r.To && r.FromColumns.Contains(c)))) && !InnerPattern().IsMatch(conditions))
        {
            return "it takes the two for one";
        }

        if (form.Unit is { } wanted && !form.Counted.Any() && parts.Items.FirstOrDefault(i => !i.Contains('/', StringComparison.Ordinal) && columns.Exists(c => written.Holds(i, c) && Units.Factor(c, wanted) is { } factor && factor != 1)) is not null)
        {
            return $"it gives something else than {wanted}";
        }

        if (form.Numbers is null)
        {
            return null;
        }

        foreach (Match match in ComparedNumberPattern().Matches(WrittenNames.WithoutTexts(conditions)))
        {
            var column = columns.Find(c => written.Holds(match.Groups["left"].Value, c));
            var factor = form.Unit is { } unit && column is not null ? Units.Factor(column, unit) ?? 1 : 1;
            if (column is { IsIdentifier: true } && !form.Names(column))
            {
                return $"it compares '{column.Name}', of which the question says nothing";
            }

            if (decimal.TryParse(match.Groups["number"].Value, CultureInfo.InvariantCulture, out var number) && !(number == 0 && form.Negates) && column?.Kind != ColumnKind.Flag && !form.NumbersFor(column)!.Any(a => Math.Abs(a - (number / factor)) <= (factor == 1 ? 1 : 0)))
            {
                return $"it compares with {match.Groups["number"].Value}, of which the question says nothing";
            }
        }

        if (QuestionForm.YearsIn(conditions).Where(year => !form.Years.Any(y => Math.Abs(y - year) <= 1)).Select(static y => (int?)y).FirstOrDefault() is { } other)
        {
            return $"it compares with {other}, of which the question says nothing";
        }

        if (!form.Bounds && form.Years.Count > 0 && DayBoundPattern().Count(conditions) == 1)
        {
            return $"it takes '{form.Years[0]}' for what is before or after";
        }

        var given = DigitsPattern().Matches(parts.ToString()).Select(static m => decimal.TryParse(m.Value, CultureInfo.InvariantCulture, out var number) ? number : 0).ToList();
        return form.Counted.FirstOrDefault(n => n.Number > 1 && !given.Exists(g => Math.Abs(g - n.Number) <= 1 || (form.Unit is { } unit && columns.Exists(c => Units.Factor(c, unit) * n.Number == g)))) is { Text: { } missing }
            ? $"it leaves out '{missing}'"
            : null;
    }

    /// <summary>Whether what is named is used: itself, a value of it, or for a table one that only links its rows to others.</summary>
    private bool Stands(string statement, Item mention) =>
        QuestionForm.Meanings(mention).Any(c => c.Column is { } column ? written.Holds(statement, column)
            : written.Holds(statement, c.Table) || schema.References.Any(r => r.To == c.Table && r.From.IsLink && written.Holds(statement, r.From)))
        || mention.Hits.Any(h => WrittenNames.HoldsWord(statement, h.Value));

    [GeneratedRegex(@"\bNOT (?!NULL)|\bIS NULL\b|<>|!=|\bEXCEPT\b|=\s*0\b|=\s*'(?:0|n|no|f|false)'|=\s*FALSE\b|<\s*1\b", RegexOptions.IgnoreCase)]
    private static partial Regex NegationPattern();

    [GeneratedRegex(@"\b(?:strftime|substr|to_char|extract|date_trunc)\s*\(", RegexOptions.IgnoreCase)]
    private static partial Regex DatePartPattern();

    [GeneratedRegex(@"^COUNT\s*\(", RegexOptions.IgnoreCase)]
    private static partial Regex CountPattern();

    [GeneratedRegex(@"\b(?<function>MIN|MAX)\s*\(", RegexOptions.IgnoreCase)]
    private static partial Regex ExtremePattern();

    [GeneratedRegex(@"\(\s*SELECT\b", RegexOptions.IgnoreCase)]
    private static partial Regex InnerPattern();

    [GeneratedRegex(@"(?<![\w.])\d+(?:\.\d+)?")]
    private static partial Regex DigitsPattern();

    [GeneratedRegex(@"(?<left>[\w.""]*)\)?\s*(?:[=<>]+|\bBETWEEN|\bAND)\s*(?<number>-?\d+(?:\.\d+)?)(?![\w.])", RegexOptions.IgnoreCase)]
    private static partial Regex ComparedNumberPattern();

    /// <summary>A bound of one side; two make a range.</summary>
    [GeneratedRegex(@"[<>]=?\s*'(?:19|20)\d\d")]
    private static partial Regex DayBoundPattern();
}
