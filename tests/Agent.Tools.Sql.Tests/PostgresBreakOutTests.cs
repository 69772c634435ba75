namespace Agent.Tools.Sql.Tests;

/// <summary>Attempts to change something, reach a file, the network, another session or a setting through a read.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresBreakOutTests(PostgresCluster cluster)
{
    private const string Objects =
        """
        CREATE SEQUENCE counter;
        CREATE TABLE canary (id int PRIMARY KEY, note text);
        INSERT INTO canary VALUES (1, 'untouched');
        CREATE EXTENSION dblink;
        CREATE EXTENSION adminpack;
        CREATE EXTENSION tablefunc;
        CREATE EXTENSION file_fdw;
        CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
        CREATE FOREIGN TABLE passwords (line text) SERVER files OPTIONS (filename '/etc/passwd');
        CREATE FUNCTION sql_reads_file() RETURNS text LANGUAGE sql AS $$ SELECT pg_read_file('/etc/passwd') $$;
        CREATE FUNCTION sql_atomic_reads_file() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT pg_read_file('/etc/passwd'); END;
        CREATE FUNCTION innocent() RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT sql_reads_file() $$;
        CREATE FUNCTION plpgsql_executes(q text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE r text; BEGIN EXECUTE q INTO r; RETURN r; END $$;
        CREATE FUNCTION plpgsql_notifies() RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('x', 'y'); RETURN 'sent'; END $$;
        CREATE FUNCTION disguised(text) RETURNS text LANGUAGE internal AS 'pg_read_file_all';
        CREATE FUNCTION public.lower(text, int) RETURNS text LANGUAGE sql AS $$ SELECT pg_read_file('/etc/passwd') $$;
        CREATE VIEW file_view AS SELECT pg_read_file('/etc/passwd') AS content;
        CREATE VIEW view_of_view AS SELECT content FROM file_view;
        CREATE FUNCTION op_reads(text, text) RETURNS text LANGUAGE sql AS $$ SELECT pg_read_file($1 || $2) $$;
        CREATE OPERATOR <~~> (LEFTARG = text, RIGHTARG = text, FUNCTION = op_reads);
        CREATE TYPE evil AS (path text);
        CREATE FUNCTION peek(evil) RETURNS text LANGUAGE sql AS $$ SELECT pg_read_file($1.path) $$;
        CREATE CAST (evil AS text) WITH FUNCTION peek(evil);
        CREATE FUNCTION reads(text) RETURNS boolean LANGUAGE sql AS $$ SELECT pg_read_file($1) IS NOT NULL $$;
        CREATE DOMAIN trap AS text CHECK (reads(VALUE));
        CREATE DOMAIN nested AS trap;
        CREATE FUNCTION trans(text, text) RETURNS text LANGUAGE sql AS $$ SELECT pg_read_file($2) $$;
        CREATE AGGREGATE evil_agg(text) (SFUNC = trans, STYPE = text);
        CREATE RULE sneaky AS ON UPDATE TO genre DO ALSO DELETE FROM canary;
        SELECT lo_from_bytea(4242, '\x00');
        CREATE TABLE show (i int);
        CREATE TABLE parted (line text) PARTITION BY LIST (line);
        CREATE FOREIGN TABLE parted_rest PARTITION OF parted DEFAULT SERVER files OPTIONS (filename '/etc/passwd');
        CREATE TABLE heir (line text);
        CREATE FOREIGN TABLE heir_kid () INHERITS (heir) SERVER files OPTIONS (filename '/etc/passwd');
        CREATE VIEW over_parted AS SELECT line FROM parted;
        CREATE FUNCTION leaks(text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN pg_read_file($1)::int > 0; END $$;
        CREATE DOMAIN leak AS text CHECK (leaks(VALUE));
        CREATE TYPE holder AS (path leak);
        CREATE TYPE leak_range AS RANGE (SUBTYPE = leak);
        CREATE TABLE holders (h holder);
        CREATE FUNCTION takes_holder(holder) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
        CREATE FUNCTION reads_foreign() RETURNS SETOF text LANGUAGE sql AS $$ SELECT line FROM passwords $$;
        CREATE FUNCTION reads_foreign_atomic() RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC SELECT line FROM passwords; END;
        CREATE FUNCTION reads_foreign_part() RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT line FROM over_parted; END $$;
        CREATE FUNCTION reads_view() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN (SELECT content FROM view_of_view); END $$;
        CREATE FUNCTION by_operator() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN '/etc/' <~~> 'passwd'; END $$;
        CREATE FUNCTION by_cast() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN ROW('/etc/passwd')::evil::text; END $$;
        CREATE FUNCTION by_domain() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN '/etc/passwd'::leak; END $$;
        CREATE FUNCTION reads_passwords() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN (SELECT max(rolpassword) FROM pg_authid); END $$;
        CREATE EXTENSION xml2;
        CREATE EXTENSION pageinspect;
        """;

    // One server for all attempts, as in life: what it found out of the database is found out once.
    private static (string Source, SqlCalls Calls)? target;

    public static TheoryData<string> Attempts => new(
        // The published break-out of the reference server, and its kin: more than one statement.
        "COMMIT; DROP SCHEMA public CASCADE;",
        "SELECT 1; DROP TABLE canary",
        "ROLLBACK; DELETE FROM canary; BEGIN",
        "SELECT 1 /* ; */ ; DELETE FROM canary",
        "END; TRUNCATE canary",
        // Ending or changing the transaction or the session with one.
        "COMMIT",
        "ROLLBACK",
        "ABORT",
        "COMMIT AND CHAIN",
        "START TRANSACTION READ WRITE",
        "SET TRANSACTION READ WRITE",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "SET default_transaction_read_only = off",
        "SET ROLE postgres",
        "RESET ROLE",
        "RESET ALL",
        "DISCARD ALL",
        "SET search_path = pg_temp",
        "PREPARE TRANSACTION 'x'",
        "PREPARE p AS DELETE FROM canary",
        "DEALLOCATE ALL",
        "SELECT set_config('transaction_read_only', 'off', false)",
        "SELECT pg_catalog.set_config('role', 'postgres', true)",
        // Writing in other words.
        "DELETE FROM canary",
        "UPDATE canary SET note = 'x'",
        "INSERT INTO canary VALUES (2, 'x')",
        "MERGE INTO canary c USING (SELECT 1 AS id) s ON c.id = s.id WHEN MATCHED THEN DELETE",
        "WITH gone AS (DELETE FROM canary RETURNING *) SELECT * FROM gone",
        "WITH a AS (SELECT 1), b AS (UPDATE canary SET note = 'x' RETURNING id) SELECT * FROM a",
        "SELECT * INTO stolen FROM canary",
        "CREATE TABLE stolen AS SELECT * FROM canary",
        "CREATE TEMP TABLE t (i int)",
        "SELECT * FROM canary FOR UPDATE",
        "TRUNCATE canary",
        "DROP TABLE canary",
        "ALTER TABLE canary ADD COLUMN x int",
        "LOCK TABLE canary",
        "COMMENT ON TABLE canary IS 'x'",
        "GRANT ALL ON canary TO PUBLIC",
        "REFRESH MATERIALIZED VIEW nothing",
        "VACUUM canary",
        "REINDEX TABLE canary",
        "EXPLAIN ANALYZE DELETE FROM canary",
        "EXPLAIN (ANALYZE) UPDATE canary SET note = 'x'",
        "SELECT nextval('counter')",
        "SELECT setval('counter', 99)",
        "SELECT lo_unlink(4242)",
        "SELECT lo_create(4243)",
        "SELECT lowrite(1, '\\x00')",
        "DO $$ BEGIN DELETE FROM canary; END $$",
        "CALL something()",
        "EXECUTE p",
        "DECLARE c CURSOR FOR SELECT 1",
        // Files and programs.
        "COPY canary TO '/tmp/stolen'",
        "COPY canary TO PROGRAM 'cat > /tmp/stolen'",
        "COPY canary FROM PROGRAM 'id'",
        "COPY (SELECT pg_read_file('/etc/passwd')) TO STDOUT",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT \"pg_read_file\"('/etc/passwd')",
        "SELECT U&\"\\0070g_read_file\"('/etc/passwd')",
        "SELECT pg_catalog.\"pg_read_file\" /* comment */ ( '/etc/passwd' )",
        "SELECT PG_READ_FILE('/etc/passwd', 0, 10)",
        "SELECT pg_read_binary_file('/etc/passwd')",
        "SELECT * FROM pg_ls_dir('/etc')",
        "SELECT * FROM pg_ls_logdir()",
        "SELECT (pg_stat_file('/etc/passwd')).size",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_export(4242, '/tmp/stolen')",
        "SELECT lo_get(4242)",
        "SELECT pg_file_write('/tmp/stolen', 'x', false)",
        "SELECT * FROM passwords",
        "SELECT * FROM pg_largeobject",
        "LOAD '/tmp/evil.so'",
        // Behind views, functions, operators, casts, aggregates of somebody's making.
        "SELECT * FROM file_view",
        "SELECT content FROM view_of_view",
        "SELECT sql_reads_file()",
        "SELECT sql_atomic_reads_file()",
        "SELECT innocent()",
        "SELECT plpgsql_executes('DELETE FROM canary')",
        "SELECT plpgsql_notifies()",
        "SELECT disguised('/etc/passwd')",
        "SELECT lower('a', 1)",
        "SELECT '/etc/' <~~> 'passwd'",
        "SELECT CAST(ROW('/etc/passwd')::evil AS text)",
        "SELECT (ROW('/etc/passwd')::evil).peek",
        "SELECT '/etc/passwd'::trap",
        "SELECT '/etc/passwd'::nested",
        "SELECT evil_agg('/etc/passwd')",
        "SELECT 1 WHERE EXISTS (SELECT pg_read_file('/etc/passwd'))",
        "SELECT * FROM canary ORDER BY pg_read_file('/etc/passwd')",
        "SELECT count(*) FILTER (WHERE pg_read_file('/etc/passwd') IS NULL) FROM canary",
        "SELECT * FROM LATERAL (SELECT pg_read_file('/etc/passwd')) s",
        "VALUES (pg_read_file('/etc/passwd'))",
        // Statements as text.
        "SELECT query_to_xml('DELETE FROM canary', true, true, '')",
        "SELECT database_to_xml(true, true, '')",
        "SELECT * FROM crosstab('SELECT pg_read_file(''/etc/passwd'')') AS t(a text)",
        "SELECT * FROM ts_stat('SELECT pg_read_file(''/etc/passwd'')::tsvector')",
        // Other servers, sessions, the server itself.
        "SELECT * FROM dblink('host=127.0.0.1', 'SELECT 1') AS t(i int)",
        "SELECT dblink_connect('host=127.0.0.1')",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity",
        "SELECT pg_cancel_backend(1)",
        "SELECT pg_reload_conf()",
        "SELECT pg_rotate_logfile()",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_lock_shared(1)",
        "SELECT pg_notify('channel', 'message')",
        "NOTIFY channel",
        "LISTEN channel",
        "SELECT pg_switch_wal()",
        "SELECT pg_create_restore_point('x')",
        "SELECT pg_export_snapshot()",
        "SELECT * FROM pg_create_physical_replication_slot('x')",
        "SELECT pg_stat_reset()",
        "ALTER SYSTEM SET fsync = off",
        "CHECKPOINT",
        // Secrets.
        "SELECT * FROM pg_authid",
        "SELECT passwd FROM pg_shadow",
        "SELECT rolpassword FROM pg_authid",
        "SELECT a FROM pg_authid a",
        "SELECT * FROM pg_user_mapping",
        "SELECT * FROM pg_hba_file_rules",
        "SELECT * FROM pg_file_settings");

    /// <summary>What our own look at a statement must catch, since the engine would run it, some of it with the rights of its maker.</summary>
    public static TheoryData<string> Disguised => new(
        // A carriage return ends a comment, so that this is COPY of a table that happens to be called show.
        "--\rCOPY\nSHOW TO PROGRAM 'cat > /tmp/stolen'",
        "-- \rCOPY\nshow TO '/tmp/stolen'",
        "--\rNOTIFY\nshow",
        // A foreign table behind a partitioned or inherited one.
        "SELECT * FROM parted",
        "SELECT line FROM over_parted",
        "SELECT * FROM heir",
        "SELECT reads_foreign()",
        "SELECT reads_foreign_atomic()",
        "SELECT reads_foreign_part()",
        "SELECT reads_view()",
        "SELECT reads_passwords()",
        "SELECT by_operator()",
        "SELECT by_cast()",
        "SELECT by_domain()",
        // Checks of domains that no cast in the statement names; strings are read, and checked, while a statement is only parsed.
        "SELECT '(/etc/passwd)'::holder",
        "SELECT '{/etc/passwd}'::leak[]",
        "SELECT '[/etc/passwd,/etc/passwd]'::leak_range",
        "SELECT * FROM holders WHERE h = '(/etc/passwd)'",
        "SELECT takes_holder('(/etc/passwd)')",
        "SELECT ARRAY['/etc/passwd']::leak[]",
        "SELECT (chr(123) || chr(47) || chr(125))::leak[]",
        "SELECT jsonb_populate_record(NULL::holder, '{\"path\": \"/etc/passwd\"}')",
        "SELECT * FROM json_to_record('{\"f\": \"/etc/passwd\"}') AS x (f leak)",
        "SELECT * FROM xmltable('/a' PASSING xmlparse(content chr(60) || 'a>/etc/passwd' || chr(60) || '/a>') COLUMNS f leak PATH 'text()')",
        // Statements and pages as values.
        "SELECT ts_rewrite('a'::tsquery, 'SELECT pg_read_file(''/etc/passwd'')::tsquery, ''b''::tsquery')",
        "SELECT * FROM xpath_table('id', 'note', 'canary', '/', 'true') AS t (a int, b text)",
        "SELECT * FROM connectby('canary', 'id', 'id', '1', 0) AS t (a int, b int, c int)",
        "SELECT get_raw_page('canary', 0)");

    [PostgresTheory]
    [MemberData(nameof(Disguised))]
    public async Task Query_DisguisedBreakOut_IsRefusedBeforeTheEngineRunsIt(string statement)
    {
        var (_, sql) = Target();

        var error = await sql.ErrorAsync("query", new { statement });

        Assert.True(error.StartsWith("Refused", StringComparison.Ordinal) || error.Contains("is not run from here", StringComparison.Ordinal), error);
        Assert.DoesNotContain("root:", error, StringComparison.Ordinal);
        Assert.False(File.Exists("/tmp/stolen"));
    }

    [PostgresFact]
    public async Task Query_ParameterOfATypeWithATrap_IsRefused()
    {
        var (_, sql) = Target();

        Assert.StartsWith("Refused", await sql.ErrorAsync("query", new { statement = "SELECT $1::holder", parameters = new[] { "(/etc/passwd)" } }), StringComparison.Ordinal);
    }

    [PostgresTheory]
    [MemberData(nameof(Attempts))]
    public async Task Query_AttemptToBreakOut_IsRefusedAndNothingChanges(string statement)
    {
        var (database, sql) = Target();
        var name = PostgresCluster.NameOf(database);

        var error = await sql.ErrorAsync("query", new { statement });

        Assert.DoesNotContain("root:", error, StringComparison.Ordinal);
        Assert.Equal("untouched 1 25 f", cluster.Script(name,
            "SELECT concat_ws(' ', (SELECT string_agg(note, ',') FROM canary), (SELECT last_value FROM counter), (SELECT count(*) FROM genre), to_regclass('stolen') IS NOT NULL)"));
        Assert.Equal("1", cluster.Script(name, "SELECT count(*) FROM pg_largeobject_metadata"));
        Assert.Equal(1, (await sql.CallAsync("query", new { statement = "SELECT 1" })).GetProperty("rows")[0][0].GetInt32());
    }

    [PostgresFact]
    public async Task Query_FunctionThatIsHarmless_IsCalled()
    {
        var database = cluster.Copy(
            """
            CREATE FUNCTION doubled(i int) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT i * 2 $$;
            CREATE FUNCTION tracks_of(g int) RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT count(*) FROM track WHERE genre_id = g); END $$;
            CREATE VIEW counted AS SELECT name, tracks_of(genre_id) AS n FROM genre;
            """);
        await using var sql = new SqlCalls(("db", database));

        var result = await sql.CallAsync("query", new { statement = "SELECT doubled(n::int), lower(name), now() IS NOT NULL, pg_size_pretty(pg_relation_size('genre')) IS NOT NULL, random() < 1 FROM counted ORDER BY n DESC LIMIT 1" });

        Assert.Equal("""[[2594,"rock",true,true,true]]""", result.GetProperty("rows").GetRawText());
    }

    [PostgresFact]
    public async Task Query_AsSuperuser_RunsAsARoleThatMayOnlyRead()
    {
        await using var sql = new SqlCalls(("db", cluster.Shared));

        var result = await sql.CallAsync("query", new { statement = "SELECT current_user, current_setting('transaction_read_only'), current_setting('is_superuser')" });

        Assert.Equal("""[["pg_read_all_data","on","off"]]""", result.GetProperty("rows").GetRawText());
    }

    private (string Source, SqlCalls Calls) Target()
    {
        if (target is not { } found)
        {
            var source = cluster.Copy(Objects);
            target = found = (source, new SqlCalls(("db", source)));
        }

        return found;
    }
}
