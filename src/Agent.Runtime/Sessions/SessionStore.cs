// SQLite has no asynchronous I/O: its async methods call these.
#pragma warning disable CA1849

using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Data.Sqlite;

namespace Agent.Runtime.Sessions;

/// <summary>
/// Sessions in one SQLite file with a write-ahead log. A commit outlives the process that made it, killed or not; what must
/// outlive a loss of power (that a call was about to run) is in the audit. One connection writes, under a lock; each reader has
/// its own and never waits for the writer.
/// </summary>
internal sealed class SessionStore : ISessionStore, IDisposable
{
    private const int SchemaVersion = 1;
    private const string IdAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";

    private readonly StateFolder _folder;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly string _readers;
    private SqliteConnection? _writer;
    private SqliteCommand? _insertEvent;
    private SqliteCommand? _insertUsage;
    private bool _disposed;

    public SessionStore(StateFolder folder, TimeProvider time)
    {
        _folder = folder;
        _time = time;
        _readers = new SqliteConnectionStringBuilder
        {
            DataSource = DatabasePath,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = true,
            DefaultTimeout = 10,
        }.ToString();
    }

    public string DatabasePath => _folder.Combine("sessions.db");

    // ---- what the loop writes -------------------------------------------------------------------------------------------

    /// <summary>Opens a session and takes it for this run.</summary>
    public (string Id, SessionLease Lease) Create(string title, string client, string? parent = null)
    {
        var now = _time.GetUtcNow();
        var day = _time.GetLocalNow().ToString("yyMMdd", CultureInfo.InvariantCulture);
        var id = $"{day}-{RandomNumberGenerator.GetString(IdAlphabet, 6)}";
        var lease = SessionLease.TryTake(_folder, id) ?? throw new InvalidOperationException("A new session cannot be taken.");
        try
        {
            lock (_gate)
            {
                using var command = Writer().CreateCommand();
                command.CommandText = """
                    INSERT INTO sessions (id, title, created_at, updated_at, state, client, parent)
                    VALUES ($id, $title, $now, $now, 'idle', $client, $parent)
                    """;
                command.Parameters.AddWithValue("$id", id);
                command.Parameters.AddWithValue("$title", title);
                command.Parameters.AddWithValue("$now", now.ToUnixTimeMilliseconds());
                command.Parameters.AddWithValue("$client", client);
                command.Parameters.AddWithValue("$parent", (object?)parent ?? DBNull.Value);
                command.ExecuteNonQuery();
            }
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        return (id, lease);
    }

    /// <summary>Takes a session for a run; null where another run has it.</summary>
    public SessionLease? TryTake(string id) => SessionLease.TryTake(_folder, id);

    /// <summary>Stores one event. On return it is in the file.</summary>
    public void Append<T>(string session, long sequence, string run, string type, Label label, T data, JsonTypeInfo<T> typeInfo) =>
        Append(session, sequence, run, type, label, JsonSerializer.SerializeToUtf8Bytes(data, typeInfo));

    public void Append(string session, long sequence, string run, string type, Label label, JsonElement data) =>
        Append(session, sequence, run, type, label, JsonSerializer.SerializeToUtf8Bytes(data, SessionJson.Default.JsonElement));

    private void Append(string session, long sequence, string run, string type, Label label, byte[] data)
    {
        lock (_gate)
        {
            Writer();
            var command = _insertEvent!;
            command.Parameters[0].Value = session;
            command.Parameters[1].Value = sequence;
            command.Parameters[2].Value = _time.GetUtcNow().ToUnixTimeMilliseconds();
            command.Parameters[3].Value = run;
            command.Parameters[4].Value = type;
            command.Parameters[5].Value = LabelText(label);
            command.Parameters[6].Value = data;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Makes several writes one commit: all of them are in the file on return, or none is.</summary>
    public void Together(IReadOnlyList<Action> writes, Action last)
    {
        lock (_gate)
        {
            using var transaction = Writer().BeginTransaction();
            _insertEvent!.Transaction = _insertUsage!.Transaction = transaction;
            try
            {
                foreach (var write in writes)
                {
                    write();
                }

                last();
                transaction.Commit();
            }
            finally
            {
                _insertEvent.Transaction = _insertUsage.Transaction = null;
            }
        }
    }

    public void AddUsage(string session, string run, int step, string model, StoredUsage usage)
    {
        lock (_gate)
        {
            Writer();
            var command = _insertUsage!;
            command.Parameters[0].Value = Day(DateOnly.FromDateTime(_time.GetLocalNow().DateTime));
            command.Parameters[1].Value = session;
            command.Parameters[2].Value = run;
            command.Parameters[3].Value = step;
            command.Parameters[4].Value = model;
            command.Parameters[5].Value = usage.Input;
            command.Parameters[6].Value = usage.Output;
            command.Parameters[7].Value = usage.Cached;
            command.Parameters[8].Value = usage.Cost is { } cost ? (object)MicroDollars(cost) : DBNull.Value;
            command.ExecuteNonQuery();
        }
    }

    public void Update(string session, string state, string client, string model, int runs)
    {
        lock (_gate)
        {
            using var command = Writer().CreateCommand();
            command.CommandText = """
                UPDATE sessions SET state = $state, updated_at = $now, client = $client, model = $model, runs = $runs WHERE id = $id
                """;
            command.Parameters.AddWithValue("$state", state);
            command.Parameters.AddWithValue("$now", _time.GetUtcNow().ToUnixTimeMilliseconds());
            command.Parameters.AddWithValue("$client", client);
            command.Parameters.AddWithValue("$model", model);
            command.Parameters.AddWithValue("$runs", runs);
            command.Parameters.AddWithValue("$id", session);
            command.ExecuteNonQuery();
        }
    }

    /// <summary>The whole result of a call, found by the number of the event that stored it.</summary>
    public SessionEvent? ReadEvent(string session, long sequence)
    {
        using var connection = OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT seq, at, run, type, label, data FROM events WHERE session = $id AND seq = $seq";
        command.Parameters.AddWithValue("$id", session);
        command.Parameters.AddWithValue("$seq", sequence);
        using var reader = command.ExecuteReader();
        return reader.Read() ? ReadEvent(reader) : null;
    }

    public RunUsage SessionUsage(string session)
    {
        using var connection = OpenReader();
        return Sum(connection, "session = $key", session).Usage;
    }

    public RunUsage DayUsage()
    {
        using var connection = OpenReader();
        return Sum(connection, "day = $key", Day(DateOnly.FromDateTime(_time.GetLocalNow().DateTime))).Usage;
    }

    // ---- what people ask for --------------------------------------------------------------------------------------------

    public ValueTask<IReadOnlyList<SessionSummary>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        cancellationToken.ThrowIfCancellationRequested();
        using var connection = OpenReader();
        return ValueTask.FromResult<IReadOnlyList<SessionSummary>>(Summaries(connection, "WHERE runs > 0 ORDER BY updated_at DESC, id DESC LIMIT $limit", ("$limit", limit)));
    }

    public ValueTask<SessionSummary?> FindAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        cancellationToken.ThrowIfCancellationRequested();
        using var connection = OpenReader();
        if (id == "last")
        {
            var newest = Summaries(connection, "WHERE runs > 0 ORDER BY updated_at DESC, id DESC LIMIT 1");
            return ValueTask.FromResult(newest.Count == 1 ? newest[0] : null);
        }

        var exact = Summaries(connection, "WHERE id = $id", ("$id", id));
        if (exact.Count == 1)
        {
            return ValueTask.FromResult<SessionSummary?>(exact[0]);
        }

        var alike = Summaries(connection, "WHERE substr(id, 1, length($id)) = $id OR substr(id, -length($id)) = $id LIMIT 2", ("$id", id));
        return ValueTask.FromResult(alike.Count == 1 ? alike[0] : null);
    }

    public ValueTask<IReadOnlyList<SessionEvent>> ReadAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        using var connection = OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT seq, at, run, type, label, data FROM events WHERE session = $id ORDER BY seq";
        command.Parameters.AddWithValue("$id", id);
        using var reader = command.ExecuteReader();
        List<SessionEvent> events = [];
        while (reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            events.Add(ReadEvent(reader));
        }

        return ValueTask.FromResult<IReadOnlyList<SessionEvent>>(events);
    }

    public async ValueTask<SessionSummary> BranchAsync(string id, int? afterRun, CancellationToken cancellationToken)
    {
        var from = await FindAsync(id, cancellationToken)
            ?? throw new ArgumentException($"There is no session '{id}'; 'agent sessions list' shows them.", nameof(id));
        var events = await ReadAsync(from.Id, cancellationToken);
        var ends = events.Where(static e => e.Type == SessionEventTypes.RunEnded).ToList();
        if (ends.Count == 0)
        {
            throw new ArgumentException($"No run of session '{from.Id}' has ended yet, so there is nothing to branch from.", nameof(id));
        }

        if (afterRun is < 1 || afterRun > ends.Count)
        {
            throw new ArgumentException($"Session '{from.Id}' has {ends.Count} ended runs; there is no run {afterRun}.", nameof(afterRun));
        }

        // The snapshot of where values came from stands before the end of its run, so the branch has it.
        var last = ends[(afterRun ?? ends.Count) - 1].Sequence;
        var (branch, lease) = Create(from.Title, from.Client, from.Id);
        using (lease)
        {
            lock (_gate)
            {
                using var transaction = Writer().BeginTransaction();
                using var command = Writer().CreateCommand();
                command.Transaction = transaction;
                command.CommandText = """
                    INSERT INTO events (session, seq, at, run, type, label, data)
                    SELECT $branch, seq, at, run, type, label, data FROM events WHERE session = $id AND seq <= $last;
                    UPDATE sessions SET runs = $runs, model = $model WHERE id = $branch;
                    """;
                command.Parameters.AddWithValue("$branch", branch);
                command.Parameters.AddWithValue("$id", from.Id);
                command.Parameters.AddWithValue("$last", last);
                command.Parameters.AddWithValue("$runs", afterRun ?? ends.Count);
                command.Parameters.AddWithValue("$model", from.Model);
                command.ExecuteNonQuery();
                transaction.Commit();
            }
        }

        return (await FindAsync(branch, cancellationToken))!;
    }

    public ValueTask<bool> DeleteAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        cancellationToken.ThrowIfCancellationRequested();
        using var lease = SessionLease.TryTake(_folder, id)
            ?? throw new InvalidOperationException($"A run of session '{id}' goes on; cancel it first.");
        lock (_gate)
        {
            var writer = Writer();
            int deleted;
            using (var transaction = writer.BeginTransaction())
            {
                using var command = writer.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = """
                    DELETE FROM events WHERE session = $id;
                    UPDATE usage SET session = '', run = '' WHERE session = $id;
                    UPDATE sessions SET parent = NULL WHERE parent = $id;
                    """;
                command.Parameters.AddWithValue("$id", id);
                command.ExecuteNonQuery();
                command.CommandText = "DELETE FROM sessions WHERE id = $id";
                deleted = command.ExecuteNonQuery();
                transaction.Commit();
            }

            // secure_delete zeroed the pages; the log still holds their old content until it is cut.
            using var checkpoint = writer.CreateCommand();
            checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            checkpoint.ExecuteNonQuery();
            lease.Remove();
            return ValueTask.FromResult(deleted > 0);
        }
    }

    public ValueTask<UsageTotal> GetUsageAsync(DateOnly day, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var connection = OpenReader();
        return ValueTask.FromResult(Sum(connection, "day = $key", Day(day)));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _insertEvent?.Dispose();
            _insertUsage?.Dispose();
            _writer?.Dispose();
            _writer = null;
        }
    }

    // ---- the file -------------------------------------------------------------------------------------------------------

    private SqliteConnection Writer()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _writer ??= OpenWriter();
    }

    private SqliteConnection OpenReader()
    {
        lock (_gate)
        {
            Writer();
        }

        var connection = new SqliteConnection(_readers);
        connection.Open();
        return connection;
    }

    private SqliteConnection OpenWriter()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_folder.Path);
        }
        else
        {
            Directory.CreateDirectory(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

            // SQLite gives its log and index the mode of the file, so it is made with the right one.
            using var file = new FileStream(DatabasePath, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite | FileShare.Delete,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }

        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = DatabasePath,
            Pooling = false,
            DefaultTimeout = 10,
        }.ToString());
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version";
            var version = Convert.ToInt32(command.ExecuteScalar() ?? 0, CultureInfo.InvariantCulture);
            if (version > SchemaVersion)
            {
                throw new InvalidOperationException(
                    $"{DatabasePath} was written by a newer version of this program; update it, or choose another folder with --state.");
            }

            command.CommandText = """
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                PRAGMA secure_delete = ON;
                CREATE TABLE IF NOT EXISTS sessions (
                    id TEXT PRIMARY KEY, title TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
                    state TEXT NOT NULL, client TEXT NOT NULL DEFAULT '', model TEXT NOT NULL DEFAULT '',
                    runs INTEGER NOT NULL DEFAULT 0, parent TEXT) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS events (
                    session TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, run TEXT NOT NULL, type TEXT NOT NULL,
                    label TEXT NOT NULL, data BLOB NOT NULL);
                CREATE UNIQUE INDEX IF NOT EXISTS events_by_session ON events (session, seq);
                CREATE TABLE IF NOT EXISTS usage (
                    day TEXT NOT NULL, session TEXT NOT NULL, run TEXT NOT NULL, step INTEGER NOT NULL, model TEXT NOT NULL,
                    input INTEGER NOT NULL, output INTEGER NOT NULL, cached INTEGER NOT NULL, cost_micro INTEGER);
                CREATE INDEX IF NOT EXISTS usage_by_day ON usage (day);
                CREATE INDEX IF NOT EXISTS usage_by_session ON usage (session);
                """;
            command.ExecuteNonQuery();
#pragma warning disable CA2100 // A constant of this class.
            command.CommandText = $"PRAGMA user_version = {SchemaVersion}";
#pragma warning restore CA2100
            command.ExecuteNonQuery();
            _insertEvent = Prepare(
                connection,
                "INSERT INTO events (session, seq, at, run, type, label, data) VALUES ($0, $1, $2, $3, $4, $5, $6)",
                SqliteType.Text, SqliteType.Integer, SqliteType.Integer, SqliteType.Text, SqliteType.Text, SqliteType.Text, SqliteType.Blob);
            _insertUsage = Prepare(
                connection,
                "INSERT INTO usage (day, session, run, step, model, input, output, cached, cost_micro) VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8)",
                SqliteType.Text, SqliteType.Text, SqliteType.Text, SqliteType.Integer, SqliteType.Text, SqliteType.Integer, SqliteType.Integer,
                SqliteType.Integer, SqliteType.Integer);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql, params ReadOnlySpan<SqliteType> types)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statement is one of the two above.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < types.Length; i++)
        {
            command.Parameters.Add($"${i}", types[i]);
        }

        command.Prepare();
        return command;
    }

    private List<SessionSummary> Summaries(SqliteConnection connection, string clause, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The clauses are those of this class; values are parameters.
        command.CommandText = $"""
            SELECT s.id, s.title, s.created_at, s.updated_at, s.state, s.client, s.model, s.runs, s.parent,
                   (SELECT SUM(input) FROM usage WHERE session = s.id), (SELECT SUM(output) FROM usage WHERE session = s.id),
                   (SELECT SUM(cached) FROM usage WHERE session = s.id), (SELECT SUM(cost_micro) FROM usage WHERE session = s.id)
            FROM (SELECT * FROM sessions {clause}) s
            ORDER BY s.updated_at DESC, s.id DESC
            """;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        using var reader = command.ExecuteReader();
        List<SessionSummary> sessions = [];
        while (reader.Read())
        {
            var id = reader.GetString(0);
            sessions.Add(new SessionSummary
            {
                Id = id,
                Title = reader.GetString(1),
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
                UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
                State = StateOf(id, reader.GetString(4)),
                Client = reader.GetString(5),
                Model = reader.GetString(6),
                Runs = reader.GetInt32(7),
                Parent = reader.IsDBNull(8) ? null : reader.GetString(8),
                Usage = ReadUsage(reader, 9),
            });
        }

        return sessions;
    }

    /// <summary>What the row says holds only where no process has the session: one that was killed leaves "running" behind.</summary>
    private SessionState StateOf(string id, string stored) => stored switch
    {
        "idle" => SessionState.Idle,
        "waiting" => SessionLease.IsTaken(_folder, id) ? SessionState.Running : SessionState.Waiting,
        _ => SessionLease.IsTaken(_folder, id) ? SessionState.Running : SessionState.Interrupted,
    };

    private static UsageTotal Sum(SqliteConnection connection, string condition, string key)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The condition is one of two of this class; the key is a parameter.
        command.CommandText = $"SELECT SUM(input), SUM(output), SUM(cached), SUM(cost_micro), COUNT(*) FROM usage WHERE {condition}";
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$key", key);
        using var reader = command.ExecuteReader();
        reader.Read();
        return new UsageTotal(ReadUsage(reader, 0), reader.GetInt32(4));
    }

    private static RunUsage ReadUsage(SqliteDataReader reader, int first) => new(
        reader.IsDBNull(first) ? 0 : reader.GetInt64(first),
        reader.IsDBNull(first + 1) ? 0 : reader.GetInt64(first + 1),
        reader.IsDBNull(first + 2) ? 0 : reader.GetInt64(first + 2),
        reader.IsDBNull(first + 3) ? null : reader.GetInt64(first + 3) / 1_000_000m);

    private static SessionEvent ReadEvent(SqliteDataReader reader)
    {
        using var document = JsonDocument.Parse(reader.GetFieldValue<byte[]>(5));
        return new SessionEvent(
            reader.GetInt64(0),
            DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)),
            reader.GetString(2),
            reader.GetString(3),
            LabelOf(reader.GetString(4)),
            document.RootElement.Clone());
    }

    private static string LabelText(Label label) => JsonSerializer.Serialize(StoredLabel.From(label), SessionJson.Default.StoredLabel);

    /// <summary>A label that cannot be read is a missing one, never a pass.</summary>
    private static Label LabelOf(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, SessionJson.Default.StoredLabel)?.ToLabel() ?? Label.Missing;
        }
        catch (JsonException)
        {
            return Label.Missing;
        }
    }

    private static long MicroDollars(decimal cost) => (long)decimal.Round(cost * 1_000_000m, MidpointRounding.AwayFromZero);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
