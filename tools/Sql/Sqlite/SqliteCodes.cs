using Agent.Tools.Sql.Statements;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>Names of SQLite's result codes, and the place in a statement that a message speaks of.</summary>
internal static class SqliteCodes
{
    private static readonly string[] Names =
    [
        "SQLITE_OK", "SQLITE_ERROR", "SQLITE_INTERNAL", "SQLITE_PERM", "SQLITE_ABORT", "SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_NOMEM",
        "SQLITE_READONLY", "SQLITE_INTERRUPT", "SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTFOUND", "SQLITE_FULL", "SQLITE_CANTOPEN",
        "SQLITE_PROTOCOL", "SQLITE_EMPTY", "SQLITE_SCHEMA", "SQLITE_TOOBIG", "SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_MISUSE",
        "SQLITE_NOLFS", "SQLITE_AUTH", "SQLITE_FORMAT", "SQLITE_RANGE", "SQLITE_NOTADB",
    ];

    public static string Name(int code) =>
        (code & 0xFF) < Names.Length ? (code > 0xFF ? $"{Names[code & 0xFF]} ({code})" : Names[code]) : $"SQLITE_{code}";

    /// <summary>The engine names the token it stumbled over; its first place is told where there is only one.</summary>
    public static int? Position(string message, string sql)
    {
        string? token = null;
        if (message.StartsWith("near \"", StringComparison.Ordinal) && message.IndexOf("\": ", 6, StringComparison.Ordinal) is var end and > 0)
        {
            token = message[6..end];
        }
        else if (message.StartsWith("no such ", StringComparison.Ordinal) && message.LastIndexOf(": ", StringComparison.Ordinal) is var colon and > 0)
        {
            token = message[(colon + 2)..].Split('.')[^1];
        }

        if (token is not { Length: > 0 })
        {
            return null;
        }

        var places = SqlTokenizer.Read(sql, postgres: false)
            .Where(piece => string.Equals(piece.Value, token, StringComparison.OrdinalIgnoreCase) || (piece.Kind == SqlTokenKind.Text && sql[piece.Start..piece.End] == token))
            .Take(2)
            .ToArray();
        return places.Length == 1 ? places[0].Start + 1 : null;
    }
}
