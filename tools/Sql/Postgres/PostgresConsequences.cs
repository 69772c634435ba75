using Agent.Tools.Sql.Statements;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// What a change of tables sets off: triggers, checks, defaults, generated columns and expressions of indexes, of the tables
/// themselves, of those that foreign keys change with them, and of those that the bodies of triggers and functions name.
/// </summary>
internal static class PostgresConsequences
{
    private const int MaxRounds = 8;

    /// <summary>Why a change must not be tried; null where nothing in reach acts beyond the transaction.</summary>
    /// <param name="session">Asks the catalogue.</param>
    /// <param name="guard">Judges functions.</param>
    /// <param name="tables">The tables, as the catalogue shows them.</param>
    /// <param name="functions">The functions that the statement itself calls, by oid.</param>
    public static string? Find(PostgresSession session, FunctionGuard guard, IReadOnlyList<string> tables, IEnumerable<uint> functions)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var called = functions.Where(oid => oid >= 16384).ToHashSet();
        var names = (IReadOnlyCollection<string>)tables;
        for (var round = 0; names.Count > 0; round++)
        {
            if (round == MaxRounds)
            {
                return "triggers set off triggers too far to be followed";
            }

            var fresh = Reach(session, names).Where(reached.Add).ToArray();
            var triggers = Triggers(session, fresh);
            if (guard.Check(session, triggers, [], writing: true) is { } trigger)
            {
                return trigger;
            }

            foreach (var expression in Expressions(session, fresh))
            {
                if (guard.CheckExpression(session, expression, writing: true) is { } reason)
                {
                    return reason;
                }
            }

            called.UnionWith(triggers);
            names = Names(session, called);
            called.Clear();
        }

        return null;
    }

    // With the partitions of each, and the tables whose foreign keys cascade from it.
    private static IEnumerable<string> Reach(PostgresSession session, IEnumerable<string> names) => session.Lookup(
        """
        WITH RECURSIVE reach (oid) AS (
            SELECT c.oid FROM pg_catalog.pg_class c
             WHERE c.relkind IN ('r', 'p', 'v', 'f') AND (c.relname = ANY ($1::text[]) OR c.relnamespace::regnamespace::text || '.' || c.relname = ANY ($1::text[]))
            UNION SELECT next.oid FROM reach CROSS JOIN LATERAL (
                SELECT k.conrelid FROM pg_catalog.pg_constraint k
                 WHERE k.contype = 'f' AND k.confrelid = reach.oid AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))
                UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = reach.oid) next (oid))
        SELECT oid FROM reach
        """,
        ArrayOf(names)).Select(row => row[0]!);

    private static uint[] Triggers(PostgresSession session, string[] tables) => tables.Length == 0 ? [] : [.. session.Lookup(
        "SELECT DISTINCT t.tgfoid FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgrelid = ANY ($1::oid[])",
        ArrayOf(tables)).Select(row => uint.Parse(row[0]!))];

    private static IEnumerable<string> Expressions(PostgresSession session, string[] tables) => tables.Length == 0 ? [] : session.Lookup(
        """
        SELECT conbin::text FROM pg_catalog.pg_constraint WHERE conrelid = ANY ($1::oid[]) AND conbin IS NOT NULL
        UNION ALL SELECT adbin::text FROM pg_catalog.pg_attrdef WHERE adrelid = ANY ($1::oid[])
        UNION ALL SELECT indexprs::text FROM pg_catalog.pg_index WHERE indrelid = ANY ($1::oid[]) AND indexprs IS NOT NULL
        UNION ALL SELECT indpred::text FROM pg_catalog.pg_index WHERE indrelid = ANY ($1::oid[]) AND indpred IS NOT NULL
        UNION ALL SELECT tgqual::text FROM pg_catalog.pg_trigger WHERE tgrelid = ANY ($1::oid[]) AND tgqual IS NOT NULL
        """,
        ArrayOf(tables)).Select(row => row[0]!);

    // Every name in a body may be a table that it changes.
    private static HashSet<string> Names(PostgresSession session, HashSet<uint> functions) => functions.Count == 0 ? [] : session.Lookup(
        "SELECT p.prosrc FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang WHERE p.oid = ANY ($1::oid[]) AND l.lanname IN ('sql', 'plpgsql')",
        $"{{{string.Join(',', functions)}}}")
        .SelectMany(row => SqlTokenizer.Read(row[0]!, postgres: true))
        .Where(token => token.IsName)
        .Select(token => token.Name)
        .ToHashSet(StringComparer.Ordinal);

    private static string ArrayOf(IEnumerable<string> values) =>
        $"{{{string.Join(',', values.Select(value => $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""))}}}";
}
