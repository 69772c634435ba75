using Microsoft.Data.Sqlite;

namespace Agent.Governance.Storage;

/// <summary>The SQLite file that every agent process of this person shares: approvals, grants, pins, labels of what was written.</summary>
internal sealed class GovernanceDatabase
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS approvals (
          id TEXT PRIMARY KEY, session TEXT NOT NULL, state TEXT NOT NULL, binding TEXT NOT NULL, seal TEXT NOT NULL,
          created INTEGER NOT NULL, expires INTEGER NOT NULL, run TEXT NOT NULL, request TEXT NOT NULL, answer TEXT
        ) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS approvals_by_state ON approvals (state, created);
        CREATE TABLE IF NOT EXISTS grants (
          id TEXT PRIMARY KEY, session TEXT, server TEXT NOT NULL, tool TEXT NOT NULL, definition TEXT NOT NULL, critical TEXT NOT NULL,
          integrity INTEGER NOT NULL, confidentiality INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER, given_by TEXT NOT NULL, seal TEXT NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS pins (
          key TEXT PRIMARY KEY, hash TEXT NOT NULL, content TEXT NOT NULL, pending_hash TEXT, pending_content TEXT, accepted_by TEXT
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS commands (
          key TEXT NOT NULL, hash TEXT NOT NULL, accepted_by TEXT NOT NULL, PRIMARY KEY (key, hash)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS labels (
          space TEXT NOT NULL, name TEXT NOT NULL, label TEXT NOT NULL, PRIMARY KEY (space, name)
        ) WITHOUT ROWID;
        """;

    private readonly string _connection;
    private readonly string _path;
    private readonly Lock _gate = new();
    private bool _ready;

    static GovernanceDatabase() => SQLitePCL.Batteries_V2.Init();

    public GovernanceDatabase(StateFolder state)
    {
        Folder = state.Path;
        _path = state.Combine("governance.db");
        _connection = new SqliteConnectionStringBuilder { DataSource = _path, DefaultTimeout = 10 }.ToString();
    }

    public string Folder { get; }

    /// <summary>Opens a connection; every commit on it is on the disk when it returns.</summary>
    public SqliteConnection Open()
    {
        Prepare();
        return OpenConnection();
    }

    private SqliteConnection OpenConnection()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        using var pragma = connection.CreateCommand();
        pragma.CommandText = "PRAGMA busy_timeout=10000; PRAGMA synchronous=FULL;";
        pragma.ExecuteNonQuery();
        return connection;
    }

    private void Prepare()
    {
        if (_ready)
        {
            return;
        }

        lock (_gate)
        {
            if (_ready)
            {
                return;
            }

            Audit.Disk.CreatePrivateFolder(Folder);
            using (var file = Audit.Disk.Open(_path, FileMode.OpenOrCreate))
            {
                // Created here, so that it is private from its first byte.
            }

            using var connection = OpenConnection();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL;" + Schema;
            command.ExecuteNonQuery();
            _ready = true;
        }
    }
}

/// <summary>Small words for commands.</summary>
internal static class SqliteWords
{
    public static SqliteCommand Command(this SqliteConnection connection, string text, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text is a constant of this project; values are parameters.
        command.CommandText = text;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    public static int Run(this SqliteConnection connection, string text, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = connection.Command(text, values);
        return command.ExecuteNonQuery();
    }
}
