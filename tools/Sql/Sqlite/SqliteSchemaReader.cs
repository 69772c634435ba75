using Agent.Tools.Sql.Schema;
using SQLitePCL;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>Reads tables, columns, keys and indexes from SQLite's own tables.</summary>
internal static class SqliteSchemaReader
{
    // Counting is exact and quick up to here; beyond it the largest rowid stands for it.
    private const long MaxCounted = 200_000;

    public static DatabaseSchema Read(SqliteConnection connection)
    {
        var tables = new List<TableInfo>();
        foreach (var row in Rows(connection, "SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND type <> 'shadow' ORDER BY name", 3))
        {
            var name = row[0]!;
            var kind = row[1] == "view" ? "view" : row[1] == "virtual" ? "virtual table" : "table";
            var columns = new List<ColumnInfo>();
            var keys = new List<(int Order, string Name)>();
            foreach (var column in Rows(connection, "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo(?1, 'main') WHERE hidden <> 1 ORDER BY cid", 5, name))
            {
                columns.Add(new ColumnInfo(column[0]!, column[1] ?? string.Empty, column[2] == "0" && column[4] == "0") { Default = column[3] });
                if (column[4] != "0")
                {
                    keys.Add((int.Parse(column[4]!), column[0]!));
                }
            }

            tables.Add(new TableInfo(name, kind, columns)
            {
                PrimaryKey = [.. keys.OrderBy(key => key.Order).Select(key => key.Name)],
                ForeignKeys = kind == "table" ? ReadForeignKeys(connection, name) : [],
                Indexes = kind == "table" ? ReadIndexes(connection, name) : [],
                Rows = kind == "table" ? CountRows(connection, name, row[2] == "1") : null,
            });
        }

        // A reference without columns means the other table's primary key.
        for (var i = 0; i < tables.Count; i++)
        {
            var table = tables[i];
            tables[i] = table with
            {
                ForeignKeys = [.. table.ForeignKeys.Select(key => key.TargetColumns.Count > 0 ? key : key with
                {
                    TargetColumns = tables.Find(other => other.IsNamed(key.TargetTable))?.PrimaryKey ?? [],
                })],
            };
        }

        return new DatabaseSchema(tables);
    }

    private static List<ForeignKey> ReadForeignKeys(SqliteConnection connection, string table) =>
        [.. Rows(connection, "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?1, 'main') ORDER BY id, seq", 4, table)
            .GroupBy(row => row[0])
            .Select(group => new ForeignKey(
                [.. group.Select(row => row[2]!)],
                group.First()[1]!,
                [.. group.Select(row => row[3]).OfType<string>()]))];

    private static List<IndexInfo> ReadIndexes(SqliteConnection connection, string table) =>
        [.. Rows(connection, "SELECT name, \"unique\" FROM pragma_index_list(?1, 'main') ORDER BY name", 2, table)
            .Select(row => new IndexInfo(
                row[0]!,
                [.. Rows(connection, "SELECT name FROM pragma_index_info(?1, 'main') ORDER BY seqno", 1, row[0]!).Select(column => column[0] ?? "(expression)")],
                row[1] == "1"))];

    private static long? CountRows(SqliteConnection connection, string table, bool withoutRowId)
    {
        var name = '"' + table.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
        if (withoutRowId)
        {
            return null;
        }

        var last = Rows(connection, $"SELECT max(rowid) FROM main.{name}", 1)[0][0];
        if (last is null)
        {
            return 0;
        }

        return long.Parse(last) is var most and > MaxCounted
            ? most
            : long.Parse(Rows(connection, $"SELECT count(*) FROM main.{name}", 1)[0][0]!);
    }

    private static List<string?[]> Rows(SqliteConnection connection, string sql, int columns, string? argument = null)
    {
        using var statement = connection.PrepareOwn(sql);
        if (argument is not null)
        {
            raw.sqlite3_bind_text(statement, 1, argument);
        }

        var rows = new List<string?[]>();
        while (connection.StepOwn(statement, sql))
        {
            var row = new string?[columns];
            for (var i = 0; i < columns; i++)
            {
                row[i] = raw.sqlite3_column_type(statement, i) == raw.SQLITE_NULL ? null : raw.sqlite3_column_text(statement, i).utf8_to_string();
            }

            rows.Add(row);
        }

        return rows;
    }
}
