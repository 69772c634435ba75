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
/// <param name="names">Names in the database's dialect.</param>
internal sealed partial class DraftForm(QuestionForm form, Schema schema, SqlText names)
{
    private readonly List<Column> columns = [.. schema.Tables.SelectMany(static t => t.Columns)];

    /// <summary>What is wrong with a statement; null where nothing is.</summary>
    public string? Fault(string statement) =>
        form.IsFree ? null
        : form.Needed.FirstOrDefault(m => !Stands(statement, m)) is { } left ? $"it leaves out '{left.Text}'"
        : form.Negates && !NegationPattern().IsMatch(statement) ? $"it leaves out '{form.Negation}'"
        : SelectParts.Read(statement) is not { } parts ? null
        : Computing(parts) ?? Ranking(parts) ?? Comparing(parts);

    private string? Computing(SelectParts parts)
    {
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

        if (parts.Groups is [var one] && schema.Tables.Any(t => t.PrimaryKey is [var key] && string.Equals(names.Table(t), parts.From, StringComparison.OrdinalIgnoreCase) && string.Equals(names.Column(key, names.Table(t)), one, StringComparison.OrdinalIgnoreCase)))
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
        return schema.Tables.FirstOrDefault(t => string.Equals(names.Table(t), parts.From, StringComparison.OrdinalIgnoreCase)) is { } only && !form.Names(only) && only.Label is [var label]
            && Regex.IsMatch(parts.Where, $@"(?<!\w){Regex.Escape(names.Name(label.Name))}\s*=\s*'", RegexOptions.IgnoreCase)
            ? "it counts what is named"
            : parts.Items.Any(i => i.Contains('(', StringComparison.Ordinal) || columns.Exists(c => c.Kind == ColumnKind.Number && form.Names(c) && Holds(i, c))) ? null
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
        return descends != superlative.Descending && (superlative.Concept is not (Concept.Date or Concept.Age) || columns.Exists(c => c.Kind == ColumnKind.Date && Holds(parts.Orders[0], c)))
            ? $"it takes the other end of '{superlative.Text}'"
            : form.RanksByBirth && columns.Exists(c => SelectGrammar.IsBirth(c) && HasWord(parts.From, names.Table(c.Table))) && !columns.Exists(c => (SelectGrammar.IsBirth(c) || c.Words.Contains("age")) && Holds(parts.Orders[0], c)) ? $"it takes something else for '{superlative.Text}'"
            : form.RankedBy.Count > 0 && !form.RankedBy.Any(c => Holds(string.Join(' ', parts.Items) + ' ' + parts.Orders[0], c)) ? $"it takes something else for '{superlative.Text}'"
            : form is { RanksByCount: true, Subject: { } subject } && !subject.Columns.Exists(c => (subject.Label.Contains(c) || c.IsKey) && parts.Groups.Any(g => Holds(g, c) && (!g.Contains('.', StringComparison.Ordinal) || HasWord(g, names.Table(subject))))) ? $"it does not count for '{superlative.Text}'"
            : null;
    }

    /// <summary>A number that is compared with must be of the question, and the question's must be in the statement.</summary>
    private string? Comparing(SelectParts parts)
    {
        var conditions = parts.Where + ' ' + parts.Having;
        if (form.Flags.FirstOrDefault(f => !Holds(conditions, f) && !parts.Items.Concat(parts.Groups).Any(i => i.Contains('(', StringComparison.Ordinal) && Holds(i, f))) is { } flag)
        {
            return $"it does not compare '{string.Join(' ', flag.Words)}'";
        }

        // Who reports to somebody is found over that somebody, in a statement inside of the statement.
        if (form.Values.Any(v => columns.Exists(c => c.IsReference && form.Names(c) && v.All(h => h.Column.Table == c.Table) && schema.References.Any(r => r.From == r.To && r.FromColumns.Contains(c)))) && !InnerPattern().IsMatch(conditions))
        {
            return "it takes the two for one";
        }

        if (form.Unit is { } wanted && !form.Counted.Any() && parts.Items.FirstOrDefault(i => !i.Contains('/', StringComparison.Ordinal) && columns.Exists(c => Holds(i, c) && Units.Factor(c, wanted) is { } factor && factor != 1)) is not null)
        {
            return $"it gives something else than {wanted}";
        }

        if (form.Numbers is null)
        {
            return null;
        }

        foreach (Match match in ComparedNumberPattern().Matches(LiteralPattern().Replace(conditions, "''")))
        {
            var column = columns.Find(c => HasWord(match.Groups["left"].Value, names.Name(c.Name)));
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

        foreach (Match match in YearPattern().Matches(conditions))
        {
            if (int.Parse(match.Value, CultureInfo.InvariantCulture) is var year && !form.Years.Any(y => Math.Abs(y - year) <= 1))
            {
                return $"it compares with {year}, of which the question says nothing";
            }
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
        QuestionForm.Meanings(mention).Any(c => c.Column is { } column ? Holds(statement, column)
            : HasWord(statement, names.Table(c.Table)) || schema.References.Any(r => r.To == c.Table && r.From.IsLink && HasWord(statement, names.Table(r.From))))
        || mention.Hits.Any(h => HasWord(statement, h.Value));

    private bool Holds(string text, Column column) => HasWord(text, names.Name(column.Name));

    private static bool HasWord(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            if ((at == 0 || !IsName(text[at - 1])) && (at + word.Length == text.Length || !IsName(text[at + word.Length])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

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

    [GeneratedRegex(@"(?<!\d)(?:19|20)\d\d(?!\d)")]
    private static partial Regex YearPattern();

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex LiteralPattern();
}
