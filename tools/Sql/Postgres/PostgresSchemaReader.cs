using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Rules;
using Agent.Tools.Sql.Schema;

namespace Agent.Tools.Sql.Postgres;

/// <summary>Reads tables, columns, keys, indexes and comments from the catalogue, in five statements whatever the number of tables.</summary>
internal static class PostgresSchemaReader
{
    private const string UserTables =
        """
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
          AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
          AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        """;

    public static DatabaseSchema Read(PostgresSession session, ColumnRules rules)
    {
        var columns = session.Lookup(
            $"""
            SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
                   pg_catalog.pg_get_expr(d.adbin, d.adrelid), pg_catalog.col_description(a.attrelid, a.attnum)
              FROM pg_catalog.pg_attribute a
              LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
             WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid IN (SELECT c.oid {UserTables})
             ORDER BY a.attrelid, a.attnum
            """).ToLookup(row => row[0]);
        var keys = session.Lookup(
            """
            SELECT k.conrelid, k.contype, k.confrelid,
                   ARRAY(SELECT a.attname FROM unnest(k.conkey) WITH ORDINALITY u(n, i) JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.i)::text[],
                   ARRAY(SELECT a.attname FROM unnest(k.confkey) WITH ORDINALITY u(n, i) JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.i)::text[]
              FROM pg_catalog.pg_constraint k WHERE k.contype IN ('p', 'f') ORDER BY k.conrelid, k.conname
            """).ToLookup(row => row[0]);
        var indexes = session.Lookup(
            """
            SELECT i.indrelid, c.relname, i.indisunique,
                   ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, k + 1, true) FROM generate_series(0, i.indnkeyatts - 1) k)::text[]
              FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
             WHERE NOT i.indisprimary ORDER BY i.indrelid, c.relname
            """).ToLookup(row => row[0]);
        var tables = session.Lookup(
            $"""
            SELECT c.oid, n.nspname, c.relname, c.relkind, pg_catalog.pg_table_is_visible(c.oid),
                   CASE WHEN c.relkind = 'p' THEN (SELECT sum(greatest(p.reltuples, 0))::bigint FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class p ON p.oid = h.inhrelid WHERE h.inhparent = c.oid)
                        WHEN c.relkind IN ('r', 'm') AND c.reltuples >= 0 THEN c.reltuples::bigint END,
                   pg_catalog.obj_description(c.oid, 'pg_class')
            {UserTables}
             ORDER BY n.nspname, c.relname
            """);
        CountSmall(session, tables);
        var names = tables.ToDictionary(row => row[0]!, row => row[4] == "t" ? row[2]! : $"{row[1]}.{row[2]}");
        return new DatabaseSchema([.. tables.Select(row => new TableInfo(row[2]!, Kind(row[3]!), Columns(row, columns[row[0]], rules))
        {
            Schema = row[4] == "t" ? null : row[1],
            Rows = row[5] is { } estimate ? long.Parse(estimate) : null,
            Comment = row[6],
            PrimaryKey = keys[row[0]].FirstOrDefault(key => key[1] == "p") is { } primary ? Names(primary[3]!) : [],
            ForeignKeys = [.. keys[row[0]]
                .Where(key => key[1] == "f" && names.ContainsKey(key[2]!))
                .Select(key => new ForeignKey(Names(key[3]!), names[key[2]!], Names(key[4]!)))],
            Indexes = [.. indexes[row[0]].Select(index => new IndexInfo(index[1]!, Names(index[3]!), index[2] == "t"))],
        })]);
    }

    // The server has no estimate of a table before its first ANALYZE; small ones are counted.
    private static void CountSmall(PostgresSession session, List<string?[]> tables)
    {
        const int mostTables = 100;
        var unknown = tables.Where(row => row[5] is null && row[3] == "r").Take(mostTables).ToArray();
        if (unknown.Length == 0)
        {
            return;
        }

        var small = session.Lookup(
            "SELECT c.oid FROM pg_catalog.pg_class c WHERE c.oid = ANY ($1::oid[]) AND pg_catalog.pg_relation_size(c.oid) < 4194304 AND pg_catalog.has_table_privilege(c.oid, 'SELECT')",
            $"{{{string.Join(',', unknown.Select(row => row[0]))}}}").Select(row => row[0]).ToHashSet();
        var counted = unknown.Where(row => small.Contains(row[0])).ToArray();
        if (counted.Length > 0)
        {
            session.Run("BEGIN READ ONLY");
            try
            {
                foreach (var count in session.Once(
                    string.Join(" UNION ALL ", counted.Select(row => $"SELECT {row[0]}, count(*) FROM \"{Escape(row[1]!)}\".\"{Escape(row[2]!)}\"")), []))
                {
                    counted.First(row => row[0] == count[0])[5] = count[1];
                }
            }
            catch (EngineException e) when (!e.ConnectionLost)
            {
                // Dropped a moment ago, or locked: then it stays unknown.
            }
            finally
            {
                session.Run("ROLLBACK");
            }
        }

        static string Escape(string name) => name.Replace("\"", "\"\"", StringComparison.Ordinal);
    }

    private static IReadOnlyList<ColumnInfo> Columns(string?[] table, IEnumerable<string?[]> columns, ColumnRules rules) =>
        [.. columns
            .Select(row => (Row: row, Rule: rules.Find(table[1], table[2]!, row[1]!)))
            .Where(pair => pair.Rule != ColumnRule.Hide)
            .Select(pair => new ColumnInfo(pair.Row[1]!, pair.Row[2]!, pair.Row[3] == "t")
            {
                Default = pair.Row[4],
                Comment = pair.Row[5],
                Masked = pair.Rule == ColumnRule.Mask,
            })];

    private static string Kind(string kind) => kind switch
    {
        "v" => "view",
        "m" => "materialized view",
        "f" => "foreign table",
        "p" => "partitioned table",
        _ => "table",
    };

    // The text form of an array: {a,"b c",d}.
    private static List<string> Names(string array)
    {
        var names = new List<string>();
        var i = 1;
        while (i < array.Length - 1)
        {
            var name = new System.Text.StringBuilder();
            var quoted = array[i] == '"';
            i += quoted ? 1 : 0;
            while (i < array.Length - 1 && (quoted ? array[i] != '"' : array[i] != ','))
            {
                i += quoted && array[i] == '\\' ? 1 : 0;
                name.Append(array[i++]);
            }

            i += quoted ? 2 : 1;
            names.Add(name.ToString());
        }

        return names;
    }
}
