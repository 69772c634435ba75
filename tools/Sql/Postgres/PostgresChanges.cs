using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Schema;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// Runs writing statements, and tries them: in a transaction that is rolled back. The server's own counters tell which tables
/// changed and by how many rows, those of triggers and cascades too. New versions of rows bear the transaction's number in
/// <c>xmin</c>; old ones, which another session still sees, bear it in <c>xmax</c>.
/// </summary>
internal static class PostgresChanges
{
    private const int MaxShown = 10;
    private const string LockLimit = "SET LOCAL lock_timeout = '2s'";

    public static StatementOutcome Run(PostgresSession session, PostgresAnalyzer analyzer, string sql, StatementParameters parameters)
    {
        var statement = analyzer.Analyse(session, sql, writing: true);
        if (statement.Analysis.Facts.Refusal is not null || statement.Analysis.Facts.Class == StatementClass.Administration)
        {
            throw new StatementRefusedException(statement.Analysis.Facts);
        }

        var changed = session.Change(statement, PostgresDatabase.Values(statement, parameters));
        return new StatementOutcome(statement.Analysis.Facts, statement.Analysis.Facts.Class == StatementClass.Schema ? null : changed);
    }

    public static ExecutePreview Preview(
        PostgresSession session,
        PostgresAnalyzer analyzer,
        DatabaseSchema schema,
        Func<TableInfo, bool> isGuarded,
        IReadOnlyList<(string Statement, StatementParameters Parameters)> statements,
        Func<Func<PostgresSession, List<string?[]>>, List<string?[]>> elsewhere)
    {
        var outcomes = new List<StatementOutcome>();
        var changes = new List<TableChanges>();
        string? untried = null;
        session.Run("BEGIN");
        session.Run(LockLimit);
        foreach (var (sql, parameters) in statements)
        {
            if (Untriable(session, analyzer, sql) is { } reason)
            {
                untried = reason;
                break;
            }

            outcomes.Add(Run(session, analyzer, sql, parameters));
        }

        // What is checked at the end would be checked at the commit.
        session.Run("SET CONSTRAINTS ALL IMMEDIATE");
        var number = session.Lookup("SELECT (pg_catalog.pg_current_xact_id()::text::bigint % 4294967296)::text")[0][0]!;
        foreach (var row in session.Lookup(
            """
            SELECT s.relid, s.schemaname, s.relname, s.n_tup_ins, s.n_tup_upd, s.n_tup_del, pg_catalog.pg_table_is_visible(s.relid)
              FROM pg_catalog.pg_stat_xact_user_tables s
             WHERE s.n_tup_ins + s.n_tup_upd + s.n_tup_del > 0 AND s.schemaname NOT LIKE 'pg\_%'
             ORDER BY 2, 3
            """))
        {
            var name = row[6] == "t" ? row[2]! : $"{row[1]}.{row[2]}";
            var table = schema.Find($"{row[1]}.{row[2]}") ?? schema.Find(row[2]!);
            var (columns, rows) = table is null || isGuarded(table) ? ([], []) : Rows(session, elsewhere, table, row, number);
            changes.Add(new TableChanges(name, columns, long.Parse(row[3]!), long.Parse(row[4]!), long.Parse(row[5]!), rows));
        }

        session.Run("ROLLBACK");
        return new ExecutePreview(outcomes, changes, untried);
    }

    // What the statement sets off runs in the trial as well; what could act beyond the transaction must not.
    private static string? Untriable(PostgresSession session, PostgresAnalyzer analyzer, string sql)
    {
        var statement = analyzer.Analyse(session, sql, writing: true);
        var writes = statement.Analysis.Facts.Writes;
        if (statement.Analysis.Facts.Refusal is not null || writes.Count == 0)
        {
            return null;
        }

        return PostgresConsequences.Find(session, analyzer.Functions, writes, statement.Analysis.Functions) is { } reason
            ? $"what a change of {string.Join(", ", writes)} sets off could act beyond the transaction ({reason})"
            : null;
    }

    private static (IReadOnlyList<string> Columns, IReadOnlyList<ChangedRow> Rows) Rows(
        PostgresSession session,
        Func<Func<PostgresSession, List<string?[]>>, List<string?[]>> elsewhere,
        TableInfo table,
        string?[] counts,
        string number)
    {
        var columns = table.Columns.Select(column => column.Name).ToArray();
        var name = $"{Quote(counts[1]!)}.{Quote(counts[2]!)}";
        var order = table.PrimaryKey.Count > 0 ? $" ORDER BY {string.Join(", ", table.PrimaryKey.Select(Quote))}" : string.Empty;
        string Select(string mark) =>
            $"SELECT {string.Join(", ", columns.Select(column => $"{Quote(column)}::text"))} FROM {name} WHERE {mark}::text = $1{order} LIMIT {MaxShown}";
        try
        {
            session.Run("SAVEPOINT agent_look");
            var after = counts[3] == "0" && counts[4] == "0" ? [] : session.Lookup(Select("xmin"), number);
            var before = counts[4] == "0" && counts[5] == "0" ? [] : elsewhere(other =>
            {
                other.Run("BEGIN READ ONLY");
                other.Run(LockLimit);
                return other.Lookup(Select("xmax"), number);
            });
            return (columns, Pair(table, columns, before, after));
        }
        catch (EngineException e) when (!e.ConnectionLost)
        {
            // A column that the statement adds or drops, or a lock of its own: the counts are told all the same.
            session.Run("ROLLBACK TO SAVEPOINT agent_look");
            return (columns, []);
        }
    }

    private static List<ChangedRow> Pair(TableInfo table, string[] columns, List<string?[]> before, List<string?[]> after)
    {
        var keys = table.PrimaryKey.Select(key => Array.IndexOf(columns, key)).Where(i => i >= 0).ToArray();
        var rest = after.ToList();
        var pairs = new List<ChangedRow>();
        foreach (var old in before)
        {
            var match = keys.Length == 0 ? -1 : rest.FindIndex(row => Array.TrueForAll(keys, i => row[i] == old[i]));
            pairs.Add(new ChangedRow(old, match < 0 ? null : rest[match]));
            if (match >= 0)
            {
                rest.RemoveAt(match);
            }
        }

        pairs.AddRange(rest.Select(row => new ChangedRow(null, row)));
        return [.. pairs.Take(MaxShown)];
    }

    private static string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
}
