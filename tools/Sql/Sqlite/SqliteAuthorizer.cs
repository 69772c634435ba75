using System.Collections.Frozen;
using Agent.Tools.Sql.Databases;
using SQLitePCL;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>
/// What SQLite asks while it prepares a statement, answered and remembered. The engine calls it for every table, column, function
/// and pragma that a statement reaches, through views and triggers too, so nothing hides from it.
/// </summary>
internal sealed class SqliteAuthorizer
{
    // Action codes of sqlite3.h (SQLITE_CREATE_INDEX and following).
    private const int Delete = 9;
    private const int Insert = 18;
    private const int Pragma = 19;
    private const int ReadColumn = 20;
    private const int Select = 21;
    private const int Transaction = 22;
    private const int Update = 23;
    private const int Attach = 24;
    private const int Detach = 25;
    private const int Reindex = 27;
    private const int Function = 31;
    private const int SavePoint = 32;
    private const int Recursive = 33;

    private static readonly FrozenSet<string> RefusedFunctions = new[]
    {
        // Loading code, reaching files, and the one built-in that takes a pointer.
        "load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "sqlite_compileoption_get", "zipfile", "fsdir", "lsmode",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> GatheringFunctions = new[]
    {
        "group_concat", "string_agg", "json_group_array", "json_group_object", "jsonb_group_array", "jsonb_group_object",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Pragmas that only tell something; those with a value to set are refused with one.
    private static readonly FrozenSet<string> TellingPragmas = new[]
    {
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
        "foreign_key_check", "integrity_check", "quick_check", "collation_list", "function_list", "module_list",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> TellingWithoutValue = new[]
    {
        "user_version", "schema_version", "application_id", "encoding", "page_count", "page_size", "freelist_count",
        "journal_mode", "foreign_keys", "auto_vacuum", "compile_options",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly SortedSet<string> reads = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedSet<string> writes = new(StringComparer.OrdinalIgnoreCase);
    private StatementClass found;
    private string? refusal;

    /// <summary>Whether our own statement is being prepared, which may do anything.</summary>
    public bool Trusted { get; set; }

    /// <summary>Whether statements that change something are refused.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Columns of tables that are read through views of ours only; see <c>SqliteColumnViews</c>.</summary>
    public SqliteColumnViews? Guarded { get; init; }

    public void Reset()
    {
        reads.Clear();
        writes.Clear();
        found = StatementClass.Read;
        refusal = null;
        Gathers = false;
    }

    /// <summary>Whether the statement can gather rows into one value.</summary>
    public bool Gathers { get; private set; }

    public StatementFacts Facts(string verb, StatementClass atLeast) =>
        new(found > atLeast ? found : atLeast, verb, [.. reads], [.. writes]) { Refusal = refusal };

    /// <summary>Why the last statement was refused; null where it was not.</summary>
    public string? Refusal => refusal;

    public int Authorize(int action, string? first, string? second, string? database, string? through)
    {
        if (Trusted)
        {
            return raw.SQLITE_OK;
        }

        switch (action)
        {
            case Select or Recursive:
                Gathers |= action == Recursive;
                return raw.SQLITE_OK;

            case ReadColumn:
                if (first is { Length: > 0 })
                {
                    if (Guarded?.Refuse(first, second, database, through) is { } reason)
                    {
                        return Refuse(reason);
                    }

                    if (Guarded?.IsOwn(first) != true)
                    {
                        reads.Add(first);
                    }
                }

                return raw.SQLITE_OK;

            case Function:
                Gathers |= second is not null && GatheringFunctions.Contains(second);
                return second is not null && RefusedFunctions.Contains(second)
                    ? Refuse($"the function {second} is not to be called here")
                    : raw.SQLITE_OK;

            case Pragma:
                if (first is not null && (TellingPragmas.Contains(first) || (second is null && TellingWithoutValue.Contains(first))))
                {
                    return raw.SQLITE_OK;
                }

                found = StatementClass.Administration;
                return Refuse($"PRAGMA {first}{(second is null ? string.Empty : " with a value")} is not to be used here");

            case Attach:
                found = StatementClass.Administration;
                return Refuse("ATTACH would open another file");

            case Detach:
                found = StatementClass.Administration;
                return Refuse("DETACH is not to be used here");

            case Transaction or SavePoint:
                found = StatementClass.Administration;
                return Refuse("transactions are begun and ended by the server alone");

            case Insert or Update or Delete:
                return Change(action, first);

            default:
                found = found > StatementClass.Schema ? found : StatementClass.Schema;
                if (action != Reindex && first is { Length: > 0 } && !first.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase))
                {
                    // The second name of an index or trigger is its table; ALTER TABLE gives the database first.
                    writes.Add(action is 1 or 3 or 5 or 7 or 10 or 12 or 14 or 16 or 26 && second is { Length: > 0 } ? second : first);
                }

                return ReadOnly ? Refuse(null) : raw.SQLITE_OK;
        }
    }

    private int Change(int action, string? table)
    {
        // DDL writes the schema table; that is the schema change itself, told by its own code.
        if (table is null || table.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase))
        {
            found = found > StatementClass.Schema ? found : StatementClass.Schema;
            return ReadOnly ? Refuse(null) : raw.SQLITE_OK;
        }

        if (Guarded?.IsGuarded(table) == true)
        {
            return Refuse($"rules of the operator hide or mask columns of {table}, so it is not changed from here");
        }

        found = found > StatementClass.Write ? found : StatementClass.Write;
        writes.Add(table);
        if (ReadOnly)
        {
            return Refuse(null);
        }

        // IGNORE on a delete means: row by row, so that the update hook sees each of them. It still deletes.
        return action == Delete ? raw.SQLITE_IGNORE : raw.SQLITE_OK;
    }

    private int Refuse(string? reason)
    {
        refusal ??= reason;
        return raw.SQLITE_DENY;
    }
}
