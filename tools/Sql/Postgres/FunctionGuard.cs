using System.Collections.Concurrent;
using System.Collections.Frozen;
using Agent.Tools.Sql.Statements;

namespace Agent.Tools.Sql.Postgres;

/// <summary>
/// Decides which functions a statement may call, by the functions themselves (their oids in the statement's parse tree, after
/// views and rules were expanded), not by their names in the text. A built-in one passes when it is stable or immutable, or on a
/// short list of harmless volatile ones, when everybody may execute it, and when it is not on the list of those that reach files,
/// the network, other backends, or run statements given as text. One that somebody defined passes when what it calls passes.
/// </summary>
internal sealed class FunctionGuard
{
    private const uint FirstNormalOid = 16384;
    private const int MaxDepth = 6;
    private const string TooDeep = "functions and views call functions too deep to be followed";
    private static readonly TimeSpan Age = TimeSpan.FromMinutes(1);

    // Volatile, and all the same without effect beyond the statement.
    private static readonly FrozenSet<string> HarmlessVolatile = new[]
    {
        "random", "setseed", "clock_timestamp", "timeofday", "gen_random_uuid", "pg_sleep", "pg_sleep_for", "pg_sleep_until",
        "currval", "lastval", "pg_relation_size", "pg_total_relation_size", "pg_table_size", "pg_indexes_size", "pg_database_size",
        "pg_tablespace_size", "pg_column_size", "pg_is_in_recovery", "pg_sequence_last_value", "pg_stat_get_activity",
        "pg_lock_status", "pg_prepared_xact", "pg_cursor", "pg_prepared_statement", "txid_current_if_assigned",
        "pg_current_xact_id_if_assigned", "txid_current_snapshot", "pg_current_snapshot", "pg_blocking_pids", "pg_timezone_names",
        "pg_timezone_abbrevs", "pg_get_replica_identity_index", "pg_relation_is_updatable", "pg_column_is_updatable",
        "pg_stat_get_progress_info", "pg_stat_get_wal_senders", "pg_stat_get_subscription", "pg_last_committed_xact",
        "pg_get_multixact_members", "pg_notification_queue_usage", "pg_xact_commit_timestamp", "pg_current_wal_lsn",
        "pg_last_wal_receive_lsn", "pg_last_wal_replay_lsn", "pg_trigger_depth",
    }.ToFrozenSet(StringComparer.Ordinal);

    // Volatile, and right in a statement that writes.
    private static readonly FrozenSet<string> WritingVolatile = new[] { "nextval", "setval" }.ToFrozenSet(StringComparer.Ordinal);

    // Whatever their volatility: files, large objects, other backends, session state, and statements given as text.
    private static readonly FrozenSet<string> Refused = new[]
    {
        "set_config", "query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema", "cursor_to_xml", "cursor_to_xmlschema",
        "table_to_xml", "table_to_xmlschema", "table_to_xml_and_xmlschema", "schema_to_xml", "schema_to_xmlschema",
        "schema_to_xml_and_xmlschema", "database_to_xml", "database_to_xmlschema", "database_to_xml_and_xmlschema",
        "ts_stat", "dblink", "dblink_exec", "dblink_connect", "dblink_send_query", "pg_read_file", "pg_read_binary_file", "pg_stat_file",
        "pg_terminate_backend", "pg_cancel_backend", "pg_reload_conf", "pg_rotate_logfile", "pg_notify", "pg_execute_server_program",
        "pg_export_snapshot", "pg_switch_wal", "pg_promote", "pg_create_restore_point", "pg_hba_file_rules", "pg_ident_file_mappings",
        "pg_show_all_file_settings", "pg_config", "loread", "lowrite", "pg_log_backend_memory_contexts",
        "pg_get_backend_memory_contexts", "pg_import_system_collations", "pg_extension_config_dump", "inet_server_addr_exec",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly string[] RefusedBeginnings =
    [
        "lo_", "pg_ls_", "pg_file_", "pg_logdir_", "pg_advisory_", "pg_try_advisory_", "pg_logical_", "pg_replication_", "pg_stat_reset",
        "pg_backup_", "pg_start_backup", "pg_stop_backup", "pg_wal_replay_", "binary_upgrade_", "dblink_", "pg_drop_", "pg_create_",
        "pg_copy_", "pg_walfile", "pg_rotate_",
    ];

    // Extensions of data types and text, none of which reaches out or runs statements given as text.
    private static readonly FrozenSet<string> HarmlessExtensions = new[]
    {
        "btree_gin", "btree_gist", "citext", "cube", "dict_int", "dict_xsyn", "earthdistance", "fuzzystrmatch", "hstore", "intarray",
        "isn", "ltree", "pg_trgm", "pgcrypto", "seg", "tsm_system_rows", "tsm_system_time", "unaccent", "uuid-ossp", "vector",
        "postgis", "postgis_topology", "pg_stat_statements", "pgrowlocks", "ip4r", "prefix", "rum", "timescaledb_toolkit",
    }.ToFrozenSet(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<(uint Oid, bool Writing), (string? Reason, long At)> known = new();
    private readonly TimeProvider time;
    private readonly RelationGuard relations;

    public FunctionGuard(TimeProvider time)
    {
        this.time = time;
        relations = new RelationGuard(this);
        Traps = new CatalogTraps(this, time);
    }

    /// <summary>What calls functions without naming them.</summary>
    public CatalogTraps Traps { get; }

    /// <summary>Why a statement that calls these functions may not run; null where it may.</summary>
    /// <param name="session">Asks the catalogue.</param>
    /// <param name="oids">The functions.</param>
    /// <param name="operators">The operators, whose functions count too.</param>
    /// <param name="writing">Whether the statement is one that writes.</param>
    public string? Check(PostgresSession session, IReadOnlyCollection<uint> oids, IReadOnlyCollection<uint> operators, bool writing)
    {
        var unknown = new List<uint>();
        foreach (var oid in oids)
        {
            if (!Find(oid, writing, out var reason))
            {
                unknown.Add(oid);
            }
            else if (reason is not null)
            {
                return reason;
            }
        }

        // Built-in operators are immutable, stable, or harmless, every one of them.
        var foreign = operators.Where(oid => oid >= FirstNormalOid).ToArray();
        if (foreign.Length > 0)
        {
            unknown.AddRange(session.Lookup("SELECT oprcode::oid FROM pg_operator WHERE oid = ANY ($1::oid[])", ArrayOf(foreign)).Select(row => uint.Parse(row[0]!)));
        }

        return unknown.Count == 0 ? null : Check(session, "p.oid = ANY ($1::oid[])", ArrayOf(unknown), writing, 0);
    }

    /// <summary>
    /// Why values of these types may not be made: the checks of domains in them (also in their fields, elements and bounds) call
    /// what is not to be called. Null where they may.
    /// </summary>
    public string? CheckTypes(PostgresSession session, IReadOnlyCollection<uint> types, bool writing)
    {
        if (types.Count == 0)
        {
            return null;
        }

        var checks = session.Lookup(
            """
            WITH RECURSIVE within (type) AS (
                SELECT d FROM unnest($1::oid[]) d
                UNION SELECT part.oid FROM within JOIN pg_catalog.pg_type t ON t.oid = within.type CROSS JOIN LATERAL (
                    SELECT t.typbasetype WHERE t.typtype = 'd'
                    UNION ALL SELECT t.typelem WHERE t.typelem <> 0
                    UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
                    UNION ALL SELECT r.rngsubtype FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid) part (oid)
                 WHERE part.oid >= 16384)
            SELECT c.conbin::text FROM pg_catalog.pg_constraint c JOIN within ON within.type = c.contypid WHERE c.conbin IS NOT NULL
            """,
            ArrayOf(types));
        return checks.Select(check => CheckExpression(session, check[0]!, writing)).FirstOrDefault(reason => reason is not null);
    }

    /// <summary>Why an expression that the catalogue keeps (a check, a default, a part of an index) may not run; null where it may.</summary>
    public string? CheckExpression(PostgresSession session, string expression, bool writing)
    {
        var tree = ParseTree.Read(expression);
        return Check(session, tree.Functions, tree.Operators, writing);
    }

    /// <summary>Why what a view or a function is made of may not run; null where it may.</summary>
    /// <param name="session">Asks the catalogue.</param>
    /// <param name="tree">Its tree, with views not expanded.</param>
    /// <param name="self">The view itself, which stands in its own tree; 0 for a function.</param>
    /// <param name="writing">Whether the statement is one that writes.</param>
    /// <param name="depth">How deep it was found.</param>
    public string? CheckTree(PostgresSession session, ParseTree tree, uint self, bool writing, int depth) =>
        depth > MaxDepth ? TooDeep
        : (tree.Functions.Count == 0 ? null : Check(session, "p.oid = ANY ($1::oid[])", ArrayOf(tree.Functions), writing, depth))
            ?? Check(session, [], tree.Operators, writing)
            ?? CheckTypes(session, tree.Types, writing)
            ?? relations.Check(session, [.. tree.Reads.Concat(tree.Writes).Where(oid => oid != self)], writing, depth);

    /// <summary>The same for a text that the engine has not analysed: every name in it that is a function's counts as a call.</summary>
    public string? CheckText(PostgresSession session, string sql, bool writing, int depth = 0)
    {
        var tokens = SqlTokenizer.Read(sql, postgres: true);
        var names = tokens.Where(token => token.IsName).Select(token => token.Name).Distinct(StringComparer.Ordinal).ToArray();
        return names.Length == 0
            ? null
            : Check(session, "p.proname = ANY ($1::text[])", ArrayOf(names), writing, depth)
                ?? Traps.CheckBody(session, tokens)
                ?? relations.CheckNames(session, ArrayOf(names), writing, depth);
    }

    /// <summary>Forgets what was found out: functions may have changed.</summary>
    public void Forget()
    {
        ForgetVerdicts();
        Traps.Forget();
    }

    /// <summary>Forgets what was found out of single functions.</summary>
    public void ForgetVerdicts() => known.Clear();

    private string? Check(PostgresSession session, string condition, string values, bool writing, int depth)
    {
        if (depth > MaxDepth)
        {
            return TooDeep;
        }

        var rows = session.Lookup(
            $"""
            SELECT p.oid, n.nspname, p.proname, p.provolatile, l.lanname, p.prosrc, e.extname, p.prokind,
                   (p.proacl IS NULL OR EXISTS (SELECT 1 FROM aclexplode(p.proacl) a WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE')),
                   {(session.ServerVersion >= 140000 ? "p.prosqlbody::text" : "NULL")},
                   array_remove(ARRAY[ag.aggtransfn::oid, ag.aggfinalfn::oid, ag.aggmtransfn::oid, ag.aggminvtransfn::oid, ag.aggmfinalfn::oid, ag.aggcombinefn::oid], 0::oid)
              FROM pg_catalog.pg_proc p
              JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
              JOIN pg_catalog.pg_language l ON l.oid = p.prolang
              LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
              LEFT JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
              LEFT JOIN pg_catalog.pg_aggregate ag ON ag.aggfnoid = p.oid
             WHERE {condition}
            """,
            values);
        foreach (var row in rows)
        {
            var oid = uint.Parse(row[0]!);
            if (!Find(oid, writing, out var reason))
            {
                // Whoever calls itself is being looked at already.
                known[(oid, writing)] = (null, time.GetTimestamp());
                reason = Judge(session, row, oid, writing, depth);
                known[(oid, writing)] = (reason, time.GetTimestamp());
            }

            if (reason is not null)
            {
                return reason;
            }
        }

        return null;
    }

    private string? Judge(PostgresSession session, string?[] row, uint oid, bool writing, int depth)
    {
        var (schema, name, language) = (row[1]!, row[2]!, row[4]!);
        if (Refused.Contains(name) || Array.Exists(RefusedBeginnings, start => name.StartsWith(start, StringComparison.Ordinal)))
        {
            return $"the function {name} reaches files, the network, other sessions or settings, or runs a statement given as text";
        }

        if (oid < FirstNormalOid)
        {
            if (row[8] != "t")
            {
                return $"the function {name} is not open to everybody in PostgreSQL, so it is not to be called from here";
            }

            return row[3] != "v" || HarmlessVolatile.Contains(name) || (writing && WritingVolatile.Contains(name))
                ? null
                : $"the function {name} has effects beyond the statement";
        }

        if (row[6] is { } extension)
        {
            return HarmlessExtensions.Contains(extension) && row[8] == "t" ? null : $"the function {schema}.{name} belongs to the extension {extension}, which is not known to be harmless";
        }

        if (row[7] == "a")
        {
            var parts = row[10]!.Trim('{', '}');
            return parts.Length == 0 ? null : Check(session, "p.oid = ANY ($1::oid[])", $"{{{parts}}}", writing, depth + 1);
        }

        return JudgeBody(session, row, $"{schema}.{name}", language, writing, depth);
    }

    private string? JudgeBody(PostgresSession session, string?[] row, string name, string language, bool writing, int depth)
    {
        switch (language)
        {
            case "sql" when row[9] is { } body:
                return CheckTree(session, ParseTree.Read(body), 0, writing, depth + 1) is { } inner
                    ? $"{name} calls what is not to be called: {inner}"
                    : null;

            case "sql" or "plpgsql":
                var tokens = SqlTokenizer.Read(row[5]!, postgres: true);
                if (tokens.Exists(token => token.IsWord("EXECUTE") || token.IsWord("COPY")))
                {
                    return $"the function {name} runs statements made as text, so what it does cannot be decided";
                }

                return CheckText(session, row[5]!, writing, depth + 1) is { } reason
                    ? $"{name} calls what is not to be called: {reason}"
                    : null;

            default:
                return $"the function {name} is written in {language}, so what it does cannot be decided";
        }
    }

    private bool Find(uint oid, bool writing, out string? reason)
    {
        if (known.TryGetValue((oid, writing), out var entry) && (oid < FirstNormalOid || time.GetElapsedTime(entry.At) < Age))
        {
            reason = entry.Reason;
            return true;
        }

        reason = null;
        return false;
    }

    private static string ArrayOf(IEnumerable<uint> oids) => $"{{{string.Join(',', oids)}}}";

    private static string ArrayOf(IEnumerable<string> names) =>
        $"{{{string.Join(',', names.Select(name => $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""))}}}";
}
