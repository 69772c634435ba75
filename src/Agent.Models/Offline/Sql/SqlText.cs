using System.Collections.Frozen;
using System.Globalization;

namespace Agent.Models.Offline.Sql;

/// <summary>Names, literals and expressions in the dialect of the database.</summary>
internal sealed class SqlText(bool isPostgres, DateFormats dates)
{
    private static readonly FrozenSet<string> Reserved =
        ("all analyse analyze and any array as asc asymmetric authorization between binary both by case cast check collate column constraint create cross current_date " +
         "current_time current_timestamp current_user default deferrable desc distinct do else end end-exec except exists false fetch for foreign freeze from full grant group " +
         "having ilike in index initially inner insert intersect into is isnull join key lateral leading left like limit localtime natural new not notnull null off offset old on " +
         "only or order outer overlaps placing primary references returning right row rows select session_user set similar some symmetric table then to trailing transaction " +
         "true union unique update user using values verbose view when where window with n groups").Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static string Function(Aggregate aggregate) => aggregate switch
    {
        Aggregate.Count => "COUNT",
        Aggregate.Sum => "SUM",
        Aggregate.Average => "AVG",
        Aggregate.Minimum => "MIN",
        _ => "MAX",
    };

    public static string Heading(Aggregate aggregate) => aggregate.ToString().ToLowerInvariant();

    public static string Heading(string name) => string.Join('_', Language.Identifier.Split(name)) is { Length: > 0 } heading && !Reserved.Contains(heading) ? heading : "value_of";

    public static string HeadingOf(Measure measure)
    {
        if (measure.Value is not { } value)
        {
            return Heading(string.Join('_', measure.Of.Words) + "_count");
        }

        var name = string.Join('_', value.Column.Words) + (value.Unit is { } unit ? "_" + unit : string.Empty);
        return Heading(measure.Function switch
        {
            Aggregate.Count => "distinct_" + name,
            Aggregate.Sum when value.Times is not null => "total_amount",
            Aggregate.Sum => name.StartsWith("total", StringComparison.Ordinal) ? name : "total_" + name,
            Aggregate.Average => "average_" + name,
            Aggregate.Minimum => "lowest_" + name,
            _ => "highest_" + name,
        });
    }

    public static string Literal(object value) => value switch
    {
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        int number => number.ToString(CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture),
        bool flag => flag ? "TRUE" : "FALSE",
        _ => $"'{Convert.ToString(value, CultureInfo.InvariantCulture)!.Replace("'", "''", StringComparison.Ordinal)}'",
    };

    public string Name(string name)
    {
        var plain = name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_') && !Reserved.Contains(name)
            && !(isPostgres && name.Any(char.IsAsciiLetterUpper));
        return plain ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    public string Table(Table table) => table.Schema is null or "main" or "public" ? Name(table.Name) : $"{Name(table.Schema)}.{Name(table.Name)}";

    /// <summary>A column by its table's own name.</summary>
    public string Column(Column column) => Column(column, Table(column.Table));

    public string Column(Column column, string alias) => $"{alias}.{Name(column.Name)}";

    public static string Fold(string sql) => $"LOWER({sql})";

    public string On(JoinStep step, string from, string to)
    {
        var (own, other) = step.ToMany ? (step.Reference.ToColumns, step.Reference.FromColumns) : (step.Reference.FromColumns, step.Reference.ToColumns);
        return string.Join(" AND ", own.Zip(other, (a, b) => $"{Column(b, to)} = {Column(a, from)}"));
    }

    public string Term(Term term, string alias)
    {
        var column = Column(term.Column, alias);
        if (term.Part is { } part)
        {
            return dates.Part(column, term.Column, part, isPostgres);
        }

        return term.DivideBy == 1 ? column : $"{column} / {term.DivideBy.ToString("0.0###", CultureInfo.InvariantCulture)}";
    }

    public static string Missing(Condition.Missing missing, string column)
    {
        var absent = missing.Column.Kind == ColumnKind.Text ? $"({column} IS NULL OR {column} = '')" : $"{column} IS NULL";
        return missing.Negated ? (missing.Column.Kind == ColumnKind.Text ? $"{column} <> ''" : $"{column} IS NOT NULL") : absent;
    }

    public string Compare(Condition.Compare compare, string left)
    {
        var column = compare.Left.Column;
        if (compare.Left.Part is null && column.Kind == ColumnKind.Date)
        {
            left = dates.Sortable(left, column, isPostgres);
            var bounds = compare.Values.Select(v => dates.Literal(v, column, isPostgres)).ToList();
            return compare.Operator switch
            {
                "range" => $"{left} >= {bounds[0]} AND {left} < {bounds[1]}",
                "outside" => $"NOT ({left} >= {bounds[0]} AND {left} < {bounds[1]})",
                _ => $"{left} {compare.Operator} {bounds[0]}",
            };
        }

        var values = compare.Values.Select(v => column.Kind == ColumnKind.Text && compare.Left.Part is null ? Literal(Convert.ToString(v, CultureInfo.InvariantCulture)!) : Literal(v)).ToList();
        return compare.Operator switch
        {
            "range" or "between" => $"{left} BETWEEN {values[0]} AND {values[1]}",
            "=" when values.Count > 1 => $"{left} IN ({string.Join(", ", values)})",
            "<>" when values.Count > 1 => $"{left} NOT IN ({string.Join(", ", values)})",
            _ => $"{left} {compare.Operator} {values[0]}",
        };
    }
}
