using System.Collections.Frozen;

namespace Agent.Tools.Sql.Rules;

/// <summary>What happens to the values of a column.</summary>
internal enum ColumnRule
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They are replaced by a mask that shows the kind of value and no more than its last four characters.</summary>
    Mask,

    /// <summary>The column is not there.</summary>
    Hide,
}

/// <summary>
/// The operator's rules of one database, by <c>table.column</c> or <c>schema.table.column</c>, any part of which may be <c>*</c>
/// or hold <c>*</c>.
/// </summary>
internal sealed class ColumnRules
{
    private readonly List<(string Pattern, ColumnRule Rule)> patterns;
    private readonly FrozenDictionary<string, int> rowLimits;

    public ColumnRules(IEnumerable<string> hide, IEnumerable<string> mask, IEnumerable<KeyValuePair<string, int>> rowLimits)
    {
        patterns = [.. hide.Select(pattern => (pattern, ColumnRule.Hide)), .. mask.Select(pattern => (pattern, ColumnRule.Mask))];
        this.rowLimits = rowLimits.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    public static ColumnRules None { get; } = new([], [], []);

    /// <summary>Whether any column is hidden or masked.</summary>
    public bool GuardColumns => patterns.Count > 0;

    /// <summary>Whether there is any rule.</summary>
    public bool Any => GuardColumns || rowLimits.Count > 0;

    /// <summary>The rule of a column; hiding wins over masking.</summary>
    public ColumnRule Find(string? schema, string table, string column)
    {
        foreach (var (pattern, rule) in patterns)
        {
            if (Matches(pattern, $"{table}.{column}") || (schema is not null && Matches(pattern, $"{schema}.{table}.{column}")))
            {
                return rule;
            }
        }

        return ColumnRule.None;
    }

    /// <summary>The least row limit of the tables, or null.</summary>
    public int? RowLimit(IEnumerable<string> tables)
    {
        int? least = null;
        foreach (var table in tables)
        {
            if (rowLimits.TryGetValue(table, out var limit) || rowLimits.TryGetValue(table[(table.LastIndexOf('.') + 1)..], out limit))
            {
                least = Math.Min(least ?? limit, limit);
            }
        }

        return least;
    }

    private static bool Matches(string pattern, string name) =>
        pattern.Count(c => c == '.') == name.Count(c => c == '.')
        && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: true);
}
