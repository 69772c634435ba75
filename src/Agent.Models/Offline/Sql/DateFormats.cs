using System.Globalization;

namespace Agent.Models.Offline.Sql;

/// <summary>How a column that has no date type of its own holds its dates.</summary>
internal enum DateFormat
{
    /// <summary><c>2024-05-31</c>, with or without a time.</summary>
    Iso,

    /// <summary><c>31.05.2024</c> or <c>31/05/2024</c>.</summary>
    DayFirst,

    /// <summary><c>20240531</c>.</summary>
    Compact,

    /// <summary>Seconds since 1970.</summary>
    UnixSeconds,

    /// <summary>Milliseconds since 1970.</summary>
    UnixMilliseconds,

    /// <summary>A year alone.</summary>
    Year,

    /// <summary>Something else: nothing is computed with it.</summary>
    Unknown,
}

/// <summary>The formats that samples of the data showed, and the SQL that each needs.</summary>
internal sealed class DateFormats
{
    private readonly Dictionary<Column, DateFormat> _known = [];

    /// <summary>Whether the engine has a type of its own for what a column holds, so that there is nothing to learn.</summary>
    public static bool IsTyped(Column column, bool isPostgres) =>
        isPostgres && (column.Type.Contains("date", StringComparison.OrdinalIgnoreCase) || column.Type.Contains("time", StringComparison.OrdinalIgnoreCase));

    public void Learn(Column column, string sample) => _known[column] = Detect(sample);

    public bool Knows(Column column) => _known.ContainsKey(column);

    public DateFormat Of(Column column) => _known.GetValueOrDefault(column, DateFormat.Iso);

    public static DateFormat Detect(string sample)
    {
        var digits = sample.All(char.IsAsciiDigit);
        return sample.Length switch
        {
            >= 10 when sample[4] == '-' && sample[7] == '-' => DateFormat.Iso,
            >= 10 when sample[2] is '.' or '/' && sample[5] == sample[2] && int.TryParse(sample.AsSpan(3, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var month) && (sample[2] == '.' || month <= 12) => DateFormat.DayFirst,
            8 when digits => DateFormat.Compact,
            9 or 10 when digits => DateFormat.UnixSeconds,
            12 or 13 when digits => DateFormat.UnixMilliseconds,
            4 when digits => DateFormat.Year,
            _ => DateFormat.Unknown,
        };
    }

    /// <summary>An expression that sorts and compares as ISO text does, or as the engine's own type.</summary>
    public string Sortable(string column, Column of, bool isPostgres) => Of(of) switch
    {
        DateFormat.DayFirst => $"substr({column}, 7, 4) || '-' || substr({column}, 4, 2) || '-' || substr({column}, 1, 2)",
        DateFormat.UnixSeconds => isPostgres ? $"to_timestamp({column})" : $"datetime({column}, 'unixepoch')",
        DateFormat.UnixMilliseconds => isPostgres ? $"to_timestamp({column} / 1000)" : $"datetime({column} / 1000, 'unixepoch')",
        _ => column,
    };

    public string Literal(object value, Column of, bool isPostgres)
    {
        var text = value is DateOnly date ? date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture)!;
        return Of(of) switch
        {
            DateFormat.Compact => of.Type.Contains("INT", StringComparison.OrdinalIgnoreCase) ? text.Replace("-", string.Empty, StringComparison.Ordinal) : $"'{text.Replace("-", string.Empty, StringComparison.Ordinal)}'",
            DateFormat.Year => text[..4],
            _ => $"'{text}'",
        };
    }

    public string Part(string column, Column of, DatePart part, bool isPostgres)
    {
        if (IsTyped(of, isPostgres))
        {
            return part switch
            {
                DatePart.Year => $"to_char({column}, 'YYYY')",
                DatePart.Quarter => $"to_char({column}, 'YYYY-\"Q\"Q')",
                DatePart.Month => $"to_char({column}, 'YYYY-MM')",
                DatePart.Weekday => $"trim(to_char({column}, 'Day'))",
                _ => $"to_char({column}, 'YYYY-MM-DD')",
            };
        }

        var (year, month, day) = Of(of) switch
        {
            DateFormat.DayFirst => ($"substr({column}, 7, 4)", $"substr({column}, 4, 2)", $"substr({column}, 1, 2)"),
            DateFormat.Compact => ($"substr({column}, 1, 4)", $"substr({column}, 5, 2)", $"substr({column}, 7, 2)"),
            DateFormat.Year => ($"{column}", "''", "''"),
            DateFormat.UnixSeconds or DateFormat.UnixMilliseconds when isPostgres => ($"to_char({Sortable(column, of, isPostgres)}, 'YYYY')", $"to_char({Sortable(column, of, isPostgres)}, 'MM')", $"to_char({Sortable(column, of, isPostgres)}, 'DD')"),
            DateFormat.UnixSeconds or DateFormat.UnixMilliseconds => ($"strftime('%Y', {Sortable(column, of, isPostgres)})", $"strftime('%m', {Sortable(column, of, isPostgres)})", $"strftime('%d', {Sortable(column, of, isPostgres)})"),
            _ => ($"substr({column}, 1, 4)", $"substr({column}, 6, 2)", $"substr({column}, 9, 2)"),
        };
        return part switch
        {
            DatePart.Year => year,
            DatePart.Month => $"{year} || '-' || {month}",
            DatePart.Quarter => $"{year} || '-Q' || ((CAST({month} AS INTEGER) + 2) / 3)",
            DatePart.Weekday => $"CASE CAST(strftime('%w', {Sortable(column, of, isPostgres)}) AS INTEGER) WHEN 0 THEN 'Sunday' WHEN 1 THEN 'Monday' WHEN 2 THEN 'Tuesday' WHEN 3 THEN 'Wednesday' WHEN 4 THEN 'Thursday' WHEN 5 THEN 'Friday' ELSE 'Saturday' END",
            _ => $"{year} || '-' || {month} || '-' || {day}",
        };
    }
}
