using System.Text;
using Agent.Tools.Sql.Results;
using SQLitePCL;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>Writes the rows of a statement.</summary>
internal static class SqliteRows
{
    public static void Write(SqliteConnection connection, sqlite3_stmt statement, string sql, long skip, ResultWriter rows)
    {
        var count = raw.sqlite3_column_count(statement);
        var columns = new ResultColumn[count];
        for (var i = 0; i < count; i++)
        {
            columns[i] = new ResultColumn(raw.sqlite3_column_name(statement, i).utf8_to_string(), raw.sqlite3_column_decltype(statement, i).utf8_to_string() ?? string.Empty);
        }

        rows.Begin(columns);
        while (connection.Step(statement, sql))
        {
            if (skip > 0)
            {
                skip--;
                continue;
            }

            if (!rows.BeginRow())
            {
                return;
            }

            for (var i = 0; i < count; i++)
            {
                WriteValue(statement, i, rows);
            }

            rows.EndRow();
        }
    }

    public static string? Text(sqlite3_stmt statement, int column) => raw.sqlite3_column_type(statement, column) switch
    {
        raw.SQLITE_NULL => null,
        raw.SQLITE_BLOB => $"({raw.sqlite3_column_bytes(statement, column)} bytes)",
        _ => Encoding.UTF8.GetString(Utf8(statement, column)),
    };

    private static void WriteValue(sqlite3_stmt statement, int column, ResultWriter rows)
    {
        switch (raw.sqlite3_column_type(statement, column))
        {
            case raw.SQLITE_NULL:
                rows.Null();
                break;
            case raw.SQLITE_INTEGER:
                rows.Integer(raw.sqlite3_column_int64(statement, column));
                break;
            case raw.SQLITE_FLOAT:
                // The engine's own text, fifteen digits: 523.06 and not 523.0600000000003.
                rows.Real(Utf8(statement, column));
                break;
            case raw.SQLITE_BLOB:
                rows.Blob(raw.sqlite3_column_blob(statement, column));
                break;
            default:
                rows.String(Utf8(statement, column));
                break;
        }
    }

    // Asking for text makes the engine convert to UTF-8 in place; asking for its bytes then copies nothing.
    private static ReadOnlySpan<byte> Utf8(sqlite3_stmt statement, int column)
    {
        raw.sqlite3_column_text(statement, column);
        return raw.sqlite3_column_blob(statement, column);
    }
}
