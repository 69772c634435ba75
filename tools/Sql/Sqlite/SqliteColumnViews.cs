using System.Security.Cryptography;
using Agent.Tools.Sql.Rules;
using Agent.Tools.Sql.Schema;
using SQLitePCL;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>
/// Column rules in SQLite's own terms. For each table with a rule, a temporary view of the same name stands before it: hidden
/// columns are missing in it, masked ones are masked, and whatever a statement derives, it derives from that. A guarded column
/// that is read in any other way (by the table's full name, through a view of the database, by a trigger) is refused by the
/// authorizer, because what such a statement would show cannot be decided. The authorizer knows our view by a name that no
/// statement can guess: a common table expression may bear any name, that of the table too.
/// </summary>
internal sealed class SqliteColumnViews
{
    private const string MaskFunction = "agent_mask";

    private readonly ColumnRules rules;
    private readonly HashSet<string> guarded = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> views = [];
    private readonly string secret = "agent_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private SqliteColumnViews(ColumnRules rules) => this.rules = rules;

    /// <summary>The views for the tables of a schema. A table that comes later is refused where a rule fits it, until new views are made.</summary>
    public static SqliteColumnViews Create(DatabaseSchema schema, ColumnRules rules)
    {
        var result = new SqliteColumnViews(rules);
        foreach (var table in schema.Tables.Where(table => table.Kind != "view"))
        {
            var ruled = table.Columns.Select(column => (column.Name, Rule: rules.Find(null, table.Name, column.Name))).ToArray();
            if (Array.TrueForAll(ruled, pair => pair.Rule == ColumnRule.None))
            {
                continue;
            }

            var name = Quote(table.Name);
            var select = string.Join(", ", ruled.Where(pair => pair.Rule != ColumnRule.Hide).Select(pair =>
                pair.Rule == ColumnRule.Mask ? $"{MaskFunction}({Quote(pair.Name)}) AS {Quote(pair.Name)}" : Quote(pair.Name)));
            var inner = Quote(result.secret + "_" + table.Name);
            result.guarded.Add(table.Name);
            result.views.Add($"CREATE TEMP VIEW {inner} AS SELECT {(select.Length == 0 ? "NULL AS hidden" : select)} FROM main.{name}");
            result.views.Add($"CREATE TEMP VIEW {name} AS SELECT * FROM {inner}");
        }

        return result;
    }

    public bool IsGuarded(string table) => guarded.Contains(table);

    /// <summary>Whether a name is one of ours, which nobody is told: who knew it could pass for our view.</summary>
    public bool IsOwn(string name) => name.StartsWith(secret, StringComparison.OrdinalIgnoreCase);

    /// <summary>Puts the views in place on a new connection.</summary>
    public void Install(SqliteConnection connection)
    {
        // Without SQLITE_DIRECTONLY, since a view must call it; innocuous, since the schema is not trusted.
        const int deterministic = 0x800;
        const int innocuous = 0x200000;
        raw.sqlite3_create_function(connection.Handle, MaskFunction, 1, deterministic | innocuous, null, static (context, _, values) =>
        {
            if (raw.sqlite3_value_type(values[0]) == raw.SQLITE_NULL)
            {
                raw.sqlite3_result_null(context);
            }
            else
            {
                raw.sqlite3_result_text(context, ValueMask.Apply(raw.sqlite3_value_text(values[0]).utf8_to_string()));
            }
        });
        foreach (var view in views)
        {
            connection.Run(view);
        }
    }

    /// <summary>Why a column may not be read this way; null where it may.</summary>
    public string? Refuse(string table, string? column, string? database, string? through)
    {
        // Statistics hold samples of values, the schema tables names of columns and views that are nobody's business here.
        if (table.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase) || table.StartsWith("pragma_", StringComparison.OrdinalIgnoreCase))
        {
            return $"{table} tells of columns that the operator guards; describe_schema tells what may be known";
        }

        if (string.Equals(database, "temp", StringComparison.OrdinalIgnoreCase) || string.IsNullOrEmpty(column)
            || (through is not null && IsOwn(through)) || rules.Find(null, table, column) == ColumnRule.None)
        {
            return null;
        }

        return $"the operator guards the column {table}.{column}, and read this way it cannot be decided what would be shown; name the table as {table} alone, not through a view and not as main.{table}";
    }

    /// <summary>Takes our own names out of what the engine prints.</summary>
    public string Scrub(string text) => text.Replace(secret + "_", string.Empty, StringComparison.OrdinalIgnoreCase);

    private static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
