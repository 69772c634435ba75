using System.Globalization;
using Agent.Models.Offline.Sql;

namespace Agent.Models.Offline.Questions;

/// <content>Dates and numbers that are years.</content>
internal sealed partial class Composer
{
    private void TakeDateWord(int i)
    {
        var item = items[i];
        // "the year 2012"
        if (Next(i, skipPrepositions: false) is { Kind: ItemKind.Number } year && IsYear(year))
        {
            item.Used = true;
            return;
        }

        if (Previous(i, skipPrepositions: false) is { Kind: ItemKind.Ask or ItemKind.Count } || item.Text is "yearly" or "annual" or "annually" or "monthly" or "quarterly" or "daily" || _groups.Count > 0 || _topPending || _rank is not null)
        {
            item.Used = true;
            if (Previous(i, skipPrepositions: false) is { Kind: ItemKind.Count })
            {
                _problem = "I cannot count parts of dates";
            }

            _groups.Add((item, item.Part));
            _topPending = _topPending && _rank is null;
        }
    }

    private void TakeRelative(Item item) => _conditions.Add(DateBound("=", item, null));

    /// <summary>"From January 2009 to March 2009".</summary>
    private ConditionRequest? TakeUntil(int i, Item from)
    {
        if (i + 2 < items.Count && items[i + 1] is { Text: "to" or "until" or "till" or "through" or "-" or "–" or "up until" } to && (items[i + 2].Kind == ItemKind.Date || IsYear(items[i + 2])) && Previous(i, skipPrepositions: false) is not { Kind: ItemKind.Between })
        {
            to.Used = items[i + 2].Used = true;
            return new ConditionRequest(Bound.Date, DateTarget(i), Concept.Date, "range", [Range(from).From, Range(items[i + 2]).To]);
        }

        return null;
    }

    /// <summary>The column of dates that stands near, such as "hired" before "in 2003".</summary>
    private Item? DateTarget(int i)
    {
        for (var at = i - 1; at >= 0 && at >= i - 4; at--)
        {
            if (items[at].Kind == ItemKind.Mention && items[at].Candidates.Any(static c => c.Column is { Kind: ColumnKind.Date }) && items[at] != _subject)
            {
                _projections.Remove(items[at]);
                items[at].Used = true;
                return items[at];
            }
        }

        return null;
    }

    private ConditionRequest DateBound(string op, Item date, Item? target)
    {
        var (from, to) = Range(date);
        return op switch
        {
            "=" => new ConditionRequest(Bound.Date, target, Concept.Date, "range", [from, to]),
            "<>" => new ConditionRequest(Bound.Date, target, Concept.Date, "outside", [from, to]),
            ">" => new ConditionRequest(Bound.Date, target, Concept.Date, ">=", [to]),
            ">=" => new ConditionRequest(Bound.Date, target, Concept.Date, ">=", [from]),
            "<" => new ConditionRequest(Bound.Date, target, Concept.Date, "<", [from]),
            _ => new ConditionRequest(Bound.Date, target, Concept.Date, "<", [to]),
        };
    }

    private (DateOnly From, DateOnly To) Range(Item item)
    {
        if (item.Kind == ItemKind.Relative)
        {
            var month = new DateOnly(today.Year, today.Month, 1);
            var monday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
            return item.Text switch
            {
                "today" => (today, today.AddDays(1)),
                "yesterday" => (today.AddDays(-1), today),
                "tomorrow" => (today.AddDays(1), today.AddDays(2)),
                "this week" => (monday, monday.AddDays(7)),
                "last week" => (monday.AddDays(-7), monday),
                "this month" => (month, month.AddMonths(1)),
                "last month" => (month.AddMonths(-1), month),
                "next month" => (month.AddMonths(1), month.AddMonths(2)),
                "last year" or "previous year" => (new DateOnly(today.Year - 1, 1, 1), new DateOnly(today.Year, 1, 1)),
                "next year" => (new DateOnly(today.Year + 1, 1, 1), new DateOnly(today.Year + 2, 1, 1)),
                _ => (new DateOnly(today.Year, 1, 1), new DateOnly(today.Year + 1, 1, 1)),
            };
        }

        if (item.Kind == ItemKind.Number)
        {
            return (new DateOnly((int)item.Number, 1, 1), new DateOnly((int)item.Number + 1, 1, 1));
        }

        if (DateOnly.TryParseExact(item.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return (day, day.AddDays(1));
        }

        if (item.Text.Split('/') is [var first, var after])
        {
            return (DateOnly.ParseExact(first, "yyyy-MM-dd", CultureInfo.InvariantCulture), DateOnly.ParseExact(after, "yyyy-MM-dd", CultureInfo.InvariantCulture));
        }

        // A month of a year: "2012-03".
        var start = DateOnly.ParseExact(item.Text + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return (start, start.AddMonths(1));
    }

    private static bool IsYear(Item item) => item.Kind == ItemKind.Number && item.Number is >= 1800 and <= 2199 && item.Number == Math.Truncate(item.Number) && item.Text.Length == 4;
}
