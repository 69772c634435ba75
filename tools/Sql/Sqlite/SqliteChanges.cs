using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Schema;
using SQLitePCL;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>
/// Runs writing statements, and tries them: in a transaction that is rolled back, with the engine's update hook telling of every
/// row that changes, those of triggers and cascades too.
/// </summary>
internal static class SqliteChanges
{
    private const int MaxShown = 10;
    private const int MaxRemembered = 1_000_000;

    public static StatementOutcome Run(SqliteConnection connection, string sql, StatementParameters parameters)
    {
        var prepared = connection.Prepare(sql);
        if (prepared.Facts.Refusal is not null || prepared.Facts.Class == StatementClass.Administration)
        {
            throw new StatementRefusedException(prepared.Facts with
            {
                Refusal = prepared.Facts.Refusal ?? $"{prepared.Facts.Verb} cannot run in a transaction, and this server runs nothing outside of one",
            });
        }

        var before = raw.sqlite3_total_changes(connection.Handle);
        try
        {
            SqliteConnection.Bind(prepared.Statement, parameters);
            while (connection.Step(prepared.Statement, sql))
            {
                // Rows of RETURNING are not shown: the count is.
            }
        }
        finally
        {
            raw.sqlite3_reset(prepared.Statement);
            raw.sqlite3_clear_bindings(prepared.Statement);
        }

        // Changes of triggers and cascades count too: they are what the statement did.
        var changed = raw.sqlite3_total_changes(connection.Handle) - before;
        return new StatementOutcome(prepared.Facts, prepared.Facts.Class == StatementClass.Schema ? null : changed);
    }

    public static void RollBack(SqliteConnection connection)
    {
        connection.Use(CancellationToken.None);
        if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
        {
            connection.Run("ROLLBACK");
        }
    }

    public static ExecutePreview Preview(
        SqliteConnection connection, DatabaseSchema schema, IReadOnlyList<(string Statement, StatementParameters Parameters)> statements)
    {
        var tally = new Tally();
        var outcomes = new List<StatementOutcome>();
        var changes = new List<TableChanges>();
        raw.sqlite3_update_hook(connection.Handle, static (state, kind, _, table, rowId) => ((Tally)state).Note(kind, table, rowId), tally);
        connection.Run("BEGIN IMMEDIATE");
        try
        {
            connection.Run("SAVEPOINT agent_preview");
            foreach (var (statement, parameters) in statements)
            {
                outcomes.Add(Run(connection, statement, parameters));
            }

            raw.sqlite3_update_hook(connection.Handle, (delegate_update?)null, null);
            var after = tally.Tables.ToDictionary(
                pair => pair.Key, pair => Read(connection, schema, pair.Key, pair.Value.Shown), StringComparer.OrdinalIgnoreCase);

            // Back to where the transaction began, still holding the lock: nobody changed the rows in between.
            connection.Run("ROLLBACK TO agent_preview");
            foreach (var (table, rows) in tally.Tables)
            {
                var before = Read(connection, schema, table, rows.Shown);
                changes.Add(new TableChanges(
                    table,
                    before.Columns.Count > 0 ? before.Columns : after[table].Columns,
                    rows.Inserted,
                    rows.Updated,
                    rows.Deleted,
                    [.. rows.Shown
                        .Select(id => new ChangedRow(before.Rows.GetValueOrDefault(id), after[table].Rows.GetValueOrDefault(id)))
                        .Where(row => row.Before is not null || row.After is not null)]));
            }
        }
        finally
        {
            raw.sqlite3_update_hook(connection.Handle, (delegate_update?)null, null);
            RollBack(connection);
        }

        var untried = tally.Noted < outcomes.Sum(outcome => outcome.RowsAffected ?? 0)
            ? "rows of tables without a rowid are counted, not shown"
            : tally.Full ? "more rows change than are remembered one by one" : null;
        return new ExecutePreview(outcomes, changes, untried);
    }

    private static (IReadOnlyList<string> Columns, Dictionary<long, IReadOnlyList<string?>> Rows) Read(
        SqliteConnection connection, DatabaseSchema schema, string table, IReadOnlyList<long> rowIds)
    {
        var rows = new Dictionary<long, IReadOnlyList<string?>>();
        var columns = schema.Find(table)?.Columns.Select(column => column.Name).ToArray() ?? [];
        if (columns.Length == 0 || !Exists(connection, table))
        {
            return (columns, rows);
        }

        var list = string.Join(", ", columns.Select(Quote));
        var sql = $"SELECT {list} FROM main.{Quote(table)} WHERE rowid = ?1";
        using var statement = connection.PrepareOwn(sql);
        foreach (var id in rowIds)
        {
            raw.sqlite3_bind_int64(statement, 1, id);
            if (connection.StepOwn(statement, sql))
            {
                rows[id] = [.. Enumerable.Range(0, columns.Length).Select(i => SqliteRows.Text(statement, i))];
            }

            raw.sqlite3_reset(statement);
        }

        return (columns, rows);
    }

    private static bool Exists(SqliteConnection connection, string table)
    {
        const string sql = "SELECT 1 FROM main.sqlite_schema WHERE name = ?1 COLLATE NOCASE";
        using var statement = connection.PrepareOwn(sql);
        raw.sqlite3_bind_text(statement, 1, table);
        return connection.StepOwn(statement, sql);
    }

    private static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    /// <summary>What the update hook told, by table.</summary>
    private sealed class Tally
    {
        private const int InsertCode = 18;
        private const int DeleteCode = 9;

        private int remembered;

        public SortedDictionary<string, TableTally> Tables { get; } = new(StringComparer.OrdinalIgnoreCase);

        /// <summary>How many changes were told; a row that changes twice counts twice.</summary>
        public long Noted { get; private set; }

        public bool Full => remembered >= MaxRemembered;

        public void Note(int kind, utf8z name, long rowId)
        {
            Noted++;
            var table = name.utf8_to_string();
            if (!Tables.TryGetValue(table, out var rows))
            {
                Tables.Add(table, rows = new TableTally());
            }

            // A row that changes twice is one row; beyond a bound they are counted without being told apart.
            if (!Full)
            {
                if (!rows.Seen.Add(rowId))
                {
                    return;
                }

                remembered++;
            }

            if (rows.Shown.Count < MaxShown)
            {
                rows.Shown.Add(rowId);
            }

            switch (kind)
            {
                case InsertCode: rows.Inserted++; break;
                case DeleteCode: rows.Deleted++; break;
                default: rows.Updated++; break;
            }
        }
    }

    private sealed class TableTally
    {
        public HashSet<long> Seen { get; } = [];

        public List<long> Shown { get; } = [];

        public long Inserted { get; set; }

        public long Updated { get; set; }

        public long Deleted { get; set; }
    }
}
