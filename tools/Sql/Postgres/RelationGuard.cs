using System.Collections.Frozen;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// Decides which tables and views the body of a function may read. A statement's own tables stand in its tree with every view
/// expanded; a body is not expanded, so views are followed here.
/// </summary>
internal sealed class RelationGuard(FunctionGuard functions)
{
    // Passwords, connection strings, contents of files.
    public static FrozenSet<string> Secret { get; } = new[]
    {
        "pg_catalog.pg_subscription", "pg_catalog.pg_user_mapping", "pg_catalog.pg_largeobject",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Of the server's own views only these; the others are made of what everybody may see.
    private static readonly FrozenSet<string> SecretInBodies = Secret.Concat(
    [
        "pg_catalog.pg_authid", "pg_catalog.pg_shadow", "pg_catalog.pg_user_mappings", "pg_catalog.pg_hba_file_rules", "pg_catalog.pg_ident_file_mappings",
        "pg_catalog.pg_file_settings", "pg_catalog.pg_config", "pg_catalog.pg_backend_memory_contexts", "information_schema.user_mapping_options",
    ]).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Why a body with these names in it may not run; null where it may.</summary>
    public string? CheckNames(PostgresSession session, string names, bool writing, int depth) =>
        Check(session, "c.relname = ANY ($1::text[])", names, writing, depth);

    /// <summary>The same for tables and views by oid.</summary>
    public string? Check(PostgresSession session, IReadOnlyCollection<uint> oids, bool writing, int depth) =>
        oids.Count == 0 ? null : Check(session, "c.oid = ANY ($1::oid[])", $"{{{string.Join(',', oids)}}}", writing, depth);

    private string? Check(PostgresSession session, string condition, string values, bool writing, int depth)
    {
        var rows = session.Lookup(
            $"""
            WITH RECURSIVE reach (oid) AS (
                SELECT c.oid FROM pg_catalog.pg_class c WHERE {condition}
                UNION SELECT i.inhrelid FROM reach JOIN pg_catalog.pg_inherits i ON i.inhparent = reach.oid)
            SELECT c.oid, n.nspname || '.' || c.relname, c.relkind, CASE WHEN c.oid >= 16384 THEN r.ev_action::text END
              FROM reach JOIN pg_catalog.pg_class c ON c.oid = reach.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              LEFT JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid AND c.relkind = 'v' AND r.ev_type = '1'
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
            """,
            values);
        foreach (var row in rows)
        {
            if (row[2] == "f")
            {
                return $"{row[1]} is a foreign table, which reaches files or other servers";
            }

            if (SecretInBodies.Contains(row[1]!))
            {
                return $"{row[1]} holds secrets of the server";
            }

            if (row[3] is { } view && functions.CheckTree(session, ParseTree.Read(view), uint.Parse(row[0]!), writing, depth + 1) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }
}
