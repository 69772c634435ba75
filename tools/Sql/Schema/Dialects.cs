using System.Collections.Frozen;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Statements;

namespace Agent.Tools.Sql.Schema;

/// <summary>
/// What to write instead of what another engine knows. People and models mix up dialects more than they mistype; "syntax error" does
/// not say that it was the dialect. Read only once a statement has failed, so it never stands in the way of what an engine accepts.
/// </summary>
internal static class Dialects
{
    private const int MostAdvice = 3;
    private const string Rows = "LIMIT n at the end";
    private const string Schema = "call describe_schema";
    private const string Quotes = "them bare, or in double quotes where they have capitals";

    /// <summary>Functions that one of the engines lacks, with what each has instead; null where it has the function itself.</summary>
    private static readonly FrozenDictionary<string, (string? Sqlite, string? Postgres)> Functions = Table(
        ("NOW", "datetime('now')", null),
        ("GETDATE SYSDATE SYSDATETIME GETUTCDATE", "datetime('now')", "now()"),
        ("CURDATE TODAY", "date('now')", "CURRENT_DATE"),
        ("CURTIME", "time('now')", "CURRENT_TIME"),
        ("DATE_FORMAT", "strftime('%Y-%m', column)", "to_char(column, 'YYYY-MM')"),
        ("TO_CHAR DATE_TRUNC", "strftime('%Y-%m', column)", null),
        ("STRFTIME", null, "to_char(column, 'YYYY-MM')"),
        ("YEAR", "strftime('%Y', column)", "EXTRACT(YEAR FROM column)"),
        ("MONTH", "strftime('%m', column)", "EXTRACT(MONTH FROM column)"),
        ("DAY DAYOFMONTH", "strftime('%d', column)", "EXTRACT(DAY FROM column)"),
        ("HOUR", "strftime('%H', column)", "EXTRACT(HOUR FROM column)"),
        ("WEEKDAY DAYOFWEEK DAYNAME", "strftime('%w', column), 0 for Sunday", "EXTRACT(DOW FROM column), 0 for Sunday"),
        ("QUARTER", "(strftime('%m', column) + 2) / 3", "EXTRACT(QUARTER FROM column)"),
        ("EXTRACT DATE_PART", "strftime('%Y', column), '%m' for the month, '%d' for the day", null),
        ("DATEPART", "strftime('%Y', column), '%m' for the month, '%d' for the day", "EXTRACT(YEAR FROM column)"),
        ("DATEDIFF TIMESTAMPDIFF", "julianday(later) - julianday(earlier), in days", "later - earlier"),
        ("AGE", "julianday(later) - julianday(earlier), in days", null),
        ("JULIANDAY", null, "later - earlier for a number of days"),
        ("DATEADD DATE_ADD DATE_SUB", "date(column, '+7 days')", "column + INTERVAL '7 days'"),
        ("DATETIME", null, "now(), or CAST(column AS timestamp)"),
        ("UNIXEPOCH UNIX_TIMESTAMP", "unixepoch(column)", "EXTRACT(EPOCH FROM column)"),
        ("TO_DATE TO_TIMESTAMP", "date(text) or datetime(text)", null),
        ("STR_TO_DATE", "date(text) or datetime(text)", "to_date(text, 'YYYY-MM-DD')"),
        ("ISNULL NVL", "coalesce(column, value)", "coalesce(column, value)"),
        ("IFNULL", null, "coalesce(column, value)"),
        ("IF IIF", "iif(condition, a, b)", "CASE WHEN condition THEN a ELSE b END"),
        ("DECODE", "CASE column WHEN value THEN a ELSE b END", "CASE column WHEN value THEN a ELSE b END"),
        ("LEN", "length(text)", "length(text)"),
        ("CHAR_LENGTH CHARACTER_LENGTH", "length(text)", null),
        ("LEFT", "substr(text, 1, n)", null),
        ("RIGHT", "substr(text, -n)", null),
        ("MID", "substr(text, start, n)", "substr(text, start, n)"),
        ("CHARINDEX LOCATE", "instr(text, part)", "strpos(text, part)"),
        ("POSITION STRPOS", "instr(text, part)", null),
        ("INSTR", null, "strpos(text, part)"),
        ("SPLIT_PART", "substr(text, 1, instr(text, ',') - 1)", null),
        ("SUBSTRING_INDEX", "substr(text, 1, instr(text, ',') - 1)", "split_part(text, ',', 1)"),
        ("ARRAY_AGG", "group_concat(column, ', ')", null),
        ("LISTAGG", "group_concat(column, ', ')", "string_agg(column, ', ')"),
        ("GROUP_CONCAT", null, "string_agg(column, ', ')"),
        ("TOTAL", null, "sum(column)"),
        ("GREATEST", "max(a, b)", null),
        ("LEAST", "min(a, b)", null),
        ("RAND NEWID", "random()", "random()"),
        ("UNNEST GENERATE_SERIES", "a recursive WITH, or json_each", null),
        ("CONVERT TRY_CAST TRY_CONVERT", "CAST(column AS type)", "CAST(column AS type)"),
        ("MEDIAN", "ORDER BY column LIMIT 1 OFFSET half of the count", "percentile_cont(0.5) WITHIN GROUP (ORDER BY column)"),
        ("PERCENTILE_CONT PERCENTILE_DISC", "ORDER BY column LIMIT 1 OFFSET a share of the count", null),
        ("STDDEV STDEV VARIANCE VAR", "avg(x * x) - avg(x) * avg(x) for the variance", "stddev(column) or variance(column)"));

    /// <summary>Words that begin what only other engines have.</summary>
    private static readonly FrozenDictionary<string, (string? Sqlite, string? Postgres)> Words = Table(
        ("ILIKE", "LIKE, which does not tell a from A", null),
        ("REGEXP RLIKE", "LIKE with %, or GLOB with *", "column ~ 'pattern'"),
        ("GLOB", null, "LIKE with %, or column ~ 'pattern'"),
        ("ROWNUM", Rows, Rows),
        ("QUALIFY", "a subquery with row_number() and WHERE around it", "a subquery with row_number() and WHERE around it"),
        ("INFORMATION_SCHEMA PG_CATALOG", Schema, null),
        ("SQLITE_MASTER SQLITE_SCHEMA", null, Schema));

    /// <summary>Statements of other engines that only ask what there is.</summary>
    private static readonly FrozenSet<string> Questions =
        FrozenSet.ToFrozenSet(["SHOW", "DESCRIBE", "DESC", "PRAGMA", "EXEC", "USE"], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> Common = FrozenSet.ToFrozenSet(
        ["abs", "avg", "ceil", "coalesce", "concat", "count", "exp", "floor", "length", "lower", "ltrim", "max", "min", "mod", "nullif", "pow", "random", "replace", "round", "row_number", "rank", "dense_rank", "lag", "lead", "rtrim", "sign", "sqrt", "substr", "sum", "trim", "upper"],
        StringComparer.OrdinalIgnoreCase);

    private static readonly string[] OfSqlite = ["date", "datetime", "group_concat", "ifnull", "iif", "instr", "julianday", "printf", "strftime", "time", "total"];
    private static readonly string[] OfPostgres = ["date_trunc", "extract", "initcap", "now", "split_part", "string_agg", "strpos", "to_char", "to_date"];

    /// <summary>What a statement has of another engine, and what to write instead.</summary>
    /// <param name="tokens">The statement.</param>
    /// <param name="statement">Its text.</param>
    /// <param name="engine">The engine's name.</param>
    /// <returns>Sentences, at most three; none where it has nothing of the kind.</returns>
    public static IEnumerable<string> Advice(IReadOnlyList<SqlToken> tokens, string statement, string engine)
    {
        var postgres = engine == "PostgreSQL";
        return Find(tokens, statement, postgres).Distinct().Take(MostAdvice).Select(advice =>
            advice.Instead == Schema ? $"{engine} has no {advice.Name} here; {Schema} for tables and columns." : $"{engine} has no {advice.Name}; write {advice.Instead}.");
    }

    /// <summary>The functions of an engine that are nearest to a name that is none.</summary>
    public static IReadOnlyList<string> NearestFunctions(string name, string engine) =>
        NearestNames.Find(name, [.. Common, .. engine == "PostgreSQL" ? OfPostgres : OfSqlite]);

    private static IEnumerable<(string Name, string Instead)> Find(IReadOnlyList<SqlToken> tokens, string statement, bool postgres)
    {
        for (var i = 0; i < tokens.Count; i++)
        {
            var next = i + 1 < tokens.Count ? tokens[i + 1] : default;
            var found = tokens[i].Kind == SqlTokenKind.Word ? OfWord(tokens[i].Value.ToUpperInvariant(), next, postgres, isFirst: i == 0)
                : postgres ? Brackets(i > 0 ? tokens[i - 1] : default, tokens[i], next)
                : Symbols(tokens[i], next);
            if (found is { } foreign)
            {
                yield return foreign;
            }
        }

        if (postgres && statement.Contains('`', StringComparison.Ordinal))
        {
            yield return ("names in backticks", Quotes);
        }
    }

    private static (string Name, string Instead)? OfWord(string word, SqlToken next, bool postgres, bool isFirst)
    {
        var of = next.IsSymbol('(') && Functions.TryGetValue(word, out var function) ? function : Words.GetValueOrDefault(word);
        return (postgres ? of.Postgres : of.Sqlite) is { } instead ? (word, instead) : word switch
        {
            "TOP" when next.Kind == SqlTokenKind.Number || next.IsSymbol('(') => (word, Rows),
            "FETCH" when !postgres && (next.IsWord("FIRST") || next.IsWord("NEXT")) => ("FETCH FIRST", Rows),
            "INTERVAL" when !postgres && next.Kind is SqlTokenKind.Number or SqlTokenKind.Text => (word, "date(column, '+7 days')"),
            "INTERVAL" when postgres && next.Kind is SqlTokenKind.Number => ("INTERVAL without quotes", "INTERVAL '7 days'"),
            "DISTINCT" when !postgres && next.IsWord("ON") => ("DISTINCT ON", "GROUP BY, or a subquery with row_number()"),
            "MINUS" when next.IsWord("SELECT") => (word, "EXCEPT"),
            _ when isFirst && Questions.Contains(word) => (word, Schema),
            _ => null,
        };
    }

    private static (string Name, string Instead)? Symbols(SqlToken token, SqlToken next) => token switch
    {
        _ when token.IsSymbol(':') && next.Kind == SqlTokenKind.Parameter && next.Start == token.End => ("::", "CAST(column AS type)"),
        _ when token.IsSymbol('~') && next.Kind == SqlTokenKind.Text => ("~", "LIKE with %, or GLOB with *"),
        _ => null,
    };

    /// <summary>What follows a name or a bracket is the element of an array.</summary>
    private static (string Name, string Instead)? Brackets(SqlToken previous, SqlToken token, SqlToken next) =>
        token.IsSymbol('[') && next.IsName && !(previous.IsName && !IsClause(previous)) && !(previous.Kind == SqlTokenKind.Symbol && previous.Value is ")" or "]")
            ? ("names in brackets", Quotes)
            : null;

    private static bool IsClause(SqlToken token) =>
        token.IsWord("SELECT") || token.IsWord("FROM") || token.IsWord("JOIN") || token.IsWord("WHERE") || token.IsWord("BY") || token.IsWord("ON") || token.IsWord("AND");

    private static FrozenDictionary<string, (string? Sqlite, string? Postgres)> Table(params ReadOnlySpan<(string Names, string? Sqlite, string? Postgres)> rows)
    {
        var table = new Dictionary<string, (string?, string?)>(StringComparer.OrdinalIgnoreCase);
        foreach (var (names, sqlite, postgres) in rows)
        {
            foreach (var name in names.Split(' '))
            {
                table.Add(name, (sqlite, postgres));
            }
        }

        return table.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
