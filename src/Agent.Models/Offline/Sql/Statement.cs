using System.Buffers;
using System.Text.RegularExpressions;

namespace Agent.Models.Offline.Sql;

internal enum StatementKind
{
    Read,
    Explain,
    Change,
}

/// <summary>A statement that the person wrote themselves.</summary>
internal sealed partial record Statement(StatementKind Kind, string Sql)
{
    private static readonly SearchValues<char> ListSigns = SearchValues.Create("*,()[]\"'.+-/");

    /// <summary>Finds a statement in a request: on its own, after "run", or fenced.</summary>
    public static Statement? Read(string text)
    {
        var match = WrittenPattern().Match(text.Trim());
        if (!match.Success)
        {
            return null;
        }

        var sql = match.Groups["sql"].Value.Trim().TrimEnd('`').Trim();
        if (!LooksLikeSql().IsMatch(sql))
        {
            return null;
        }

        // "select all customers from Norway" is English.
        if (ListPattern().Match(sql) is { Success: true } list && list.Groups["list"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length > 1
            && !list.Groups["list"].ValueSpan.ContainsAny(ListSigns) && !AliasPattern().IsMatch(list.Groups["list"].Value))
        {
            return null;
        }

        if (match.Groups["explain"].Success)
        {
            return new Statement(StatementKind.Explain, sql);
        }

        var verb = sql.Split(' ', '\n', '(')[0].ToUpperInvariant();
        return verb == "EXPLAIN" && ExplainedPattern().Match(sql) is { Success: true } explained
            ? new Statement(StatementKind.Explain, explained.Groups["sql"].Value.Trim())
            : new Statement(verb is "SELECT" or "WITH" or "VALUES" or "SHOW" or "PRAGMA" ? StatementKind.Read : StatementKind.Change, sql);
    }

    [GeneratedRegex(@"^(?:(?:please\s+)?(?:(?<explain>explain|how would you run|show (?:me )?the (?:query )?plan (?:of|for)|what is the (?:query )?plan (?:of|for)|explain (?:the )?(?:query|statement|plan (?:of|for)))|run|execute|query)(?:\s+(?:this|the|following|sql|query|statement))*\s*:?\s*)?(?:```(?:sql)?|`)?\s*(?<sql>(?:SELECT|WITH|VALUES|SHOW|PRAGMA|EXPLAIN|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|REPLACE|TRUNCATE)\b.+)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex WrittenPattern();

    [GeneratedRegex(@"^(?:SELECT\s+(?:.+\s+FROM\s+|[\d(*'""]|\w+\s*\()|SELECT\s+\d|WITH\s+(?:RECURSIVE\s+)?\w+\s*(?:\([^)]*\)\s*)?AS\s*\(|VALUES\s*\(|PRAGMA\s+\w+|(?-i:SHOW)\s+\w+$|EXPLAIN\s+(?:QUERY\s+PLAN\s+|ANALYZE\s+)?(?:SELECT|WITH|INSERT|UPDATE|DELETE)\b|INSERT\s+INTO\s|REPLACE\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|(?:CREATE|DROP|ALTER)\s+(?:TABLE|VIEW|INDEX|UNIQUE|TEMP|TRIGGER|SCHEMA)\b|TRUNCATE\s)", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex LooksLikeSql();

    [GeneratedRegex(@"^SELECT\s+(?<list>.+?)\s+FROM\s", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex ListPattern();

    [GeneratedRegex(@"^DISTINCT\s+\w+$|\sAS\s|^CASE\s", RegexOptions.IgnoreCase)]
    private static partial Regex AliasPattern();

    [GeneratedRegex(@"^EXPLAIN\s+(?:QUERY\s+PLAN\s+|ANALYZE\s+)?(?<sql>.+)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex ExplainedPattern();
}
