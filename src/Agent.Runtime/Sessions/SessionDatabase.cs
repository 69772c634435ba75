// SQLite has no asynchronous I/O: its async methods call these.
#pragma warning disable CA1849

using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Agent.Runtime.Sessions;

/// <summary>
/// The file that holds sessions: SQLite with a write-ahead log. One connection writes, under <see cref="Gate"/>; each reader has its
/// own and never waits for the writer. Several processes may use the file at once.
/// </summary>
internal sealed class SessionDatabase : IDisposable
{
    /// <summary>1: use was a row for each step. 2: it is a sum for each day, session and model, because a step's is in its event.</summary>
    private const int SchemaVersion = 2;

    /// <summary>How long a writer waits for another process's, in milliseconds. SQLite's own wait looks again within milliseconds.</summary>
    public const int WaitForWriters = 10_000;

    private readonly StateFolder _folder;
    private readonly string _readers;
    private SqliteConnection? _writer;
    private bool _disposed;

    public SessionDatabase(StateFolder folder)
    {
        _folder = folder;
        _readers = new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = true,
            DefaultTimeout = 10,
        }.ToString();
    }

    public string Path => _folder.Combine("sessions.db");

    /// <summary>Held while the writer is used.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The connection that writes; only under <see cref="Gate"/>.</summary>
    public SqliteConnection Writer()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _writer ??= OpenWriter();
    }

    /// <summary>A connection of the caller's own.</summary>
    public SqliteConnection OpenReader()
    {
        lock (Gate)
        {
            Writer();
        }

        var connection = new SqliteConnection(_readers);
        connection.Open();
        return connection;
    }

    public void Dispose()
    {
        lock (Gate)
        {
            _disposed = true;
            _writer?.Dispose();
            _writer = null;
        }
    }

    private SqliteConnection OpenWriter()
    {
        CreateFile();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Pooling = false,
            DefaultTimeout = 10,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, string.Create(
                CultureInfo.InvariantCulture,
                $"PRAGMA busy_timeout = {WaitForWriters}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;"));
            Upgrade(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>SQLite gives its log and index the mode of the file, so it is made with the right one.</summary>
    private void CreateFile()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_folder.Path);
            return;
        }

        Directory.CreateDirectory(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var file = new FileStream(Path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    private void Upgrade(SqliteConnection connection)
    {
        if (Version(connection) == SchemaVersion)
        {
            return;
        }

        using var transaction = connection.BeginTransaction();
        var version = Version(connection, transaction);
        if (version > SchemaVersion)
        {
            throw new InvalidOperationException(
                $"{Path} was written by a newer version of this program; update it, or choose another folder with --state.");
        }

        Execute(connection, """
            CREATE TABLE IF NOT EXISTS sessions (
                id TEXT PRIMARY KEY, title TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
                state TEXT NOT NULL, client TEXT NOT NULL DEFAULT '', model TEXT NOT NULL DEFAULT '',
                runs INTEGER NOT NULL DEFAULT 0, parent TEXT) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS events (
                session TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, run TEXT NOT NULL, type TEXT NOT NULL,
                label TEXT NOT NULL, data BLOB NOT NULL);
            CREATE UNIQUE INDEX IF NOT EXISTS events_by_session ON events (session, seq);
            CREATE TABLE IF NOT EXISTS use (
                day TEXT NOT NULL, session TEXT NOT NULL, model TEXT NOT NULL, steps INTEGER NOT NULL,
                input INTEGER NOT NULL, output INTEGER NOT NULL, cached INTEGER NOT NULL, cost_micro INTEGER,
                PRIMARY KEY (day, session, model)) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS use_by_session ON use (session);
            """, transaction);
        if (version == 1)
        {
            Execute(connection, """
                INSERT INTO use SELECT day, session, model, COUNT(*), SUM(input), SUM(output), SUM(cached), SUM(cost_micro)
                FROM usage GROUP BY day, session, model;
                DROP TABLE usage;
                """, transaction);
        }

        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {SchemaVersion}"), transaction);
        transaction.Commit();
    }

    private static int Version(SqliteConnection connection, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "PRAGMA user_version";
        return Convert.ToInt32(command.ExecuteScalar() ?? 0, CultureInfo.InvariantCulture);
    }

    private static void Execute(SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
