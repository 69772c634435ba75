// SQLite has no asynchronous I/O: its async methods call these.
#pragma warning disable CA1849

using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Agent.Runtime.Sessions;

/// <summary>What people ask of the sessions that are kept.</summary>
internal sealed class SessionStore(SessionDatabase database, SessionJournal journal, StateFolder folder, TimeProvider time) : ISessionStore
{
    /// <summary>How long a deletion waits for readers in other processes before it says that traces are left, in milliseconds.</summary>
    private const int WaitForReaders = 2_000;

    /// <summary>One event, found by its number: the whole result of a call, say.</summary>
    public SessionEvent? ReadEvent(string session, long sequence)
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT seq, at, run, type, label, data FROM events WHERE session = $id AND seq = $seq";
        command.Parameters.AddWithValue("$id", session);
        command.Parameters.AddWithValue("$seq", sequence);
        using var reader = command.ExecuteReader();
        return reader.Read() ? ReadEvent(reader) : null;
    }

    public RunUsage SessionUsage(string session)
    {
        using var connection = database.OpenReader();
        return Sum(connection, "session = $key", session).Usage;
    }

    public RunUsage DayUsage()
    {
        using var connection = database.OpenReader();
        return Sum(connection, "day = $key", SessionJournal.Day(DateOnly.FromDateTime(time.GetLocalNow().DateTime))).Usage;
    }

    public ValueTask<IReadOnlyList<SessionSummary>> ListAsync(int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        cancellationToken.ThrowIfCancellationRequested();
        using var connection = database.OpenReader();
        return ValueTask.FromResult<IReadOnlyList<SessionSummary>>(Summaries(connection, "WHERE runs > 0 ORDER BY updated_at DESC, id DESC LIMIT $limit", ("$limit", limit)));
    }

    public ValueTask<SessionSummary?> FindAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        cancellationToken.ThrowIfCancellationRequested();
        using var connection = database.OpenReader();
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
        using var connection = database.OpenReader();
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
        var (branch, lease) = journal.Create(from.Title, from.Client, from.Id);
        using (lease)
        {
            lock (database.Gate)
            {
                using var transaction = database.Writer().BeginTransaction();
                using var command = database.Writer().CreateCommand();
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
        using var lease = SessionLease.TryTake(folder, id)
            ?? throw new InvalidOperationException($"A run of session '{id}' goes on; cancel it first.");
        lock (database.Gate)
        {
            var writer = database.Writer();
            int deleted;
            using (var transaction = writer.BeginTransaction())
            {
                using var command = writer.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = """
                    DELETE FROM events WHERE session = $id;
                    INSERT INTO use SELECT day, '', model, steps, input, output, cached, cost_micro FROM use WHERE session = $id
                    ON CONFLICT DO UPDATE SET steps = steps + excluded.steps, input = input + excluded.input, output = output + excluded.output,
                        cached = cached + excluded.cached, cost_micro = COALESCE(cost_micro + excluded.cost_micro, cost_micro, excluded.cost_micro);
                    DELETE FROM use WHERE session = $id;
                    UPDATE sessions SET parent = NULL WHERE parent = $id;
                    """;
                command.Parameters.AddWithValue("$id", id);
                command.ExecuteNonQuery();
                command.CommandText = "DELETE FROM sessions WHERE id = $id";
                deleted = command.ExecuteNonQuery();
                transaction.Commit();
            }

            lease.Remove();
            EmptyLog(writer);
            return ValueTask.FromResult(deleted > 0);
        }
    }

    public ValueTask<UsageTotal> GetUsageAsync(DateOnly day, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var connection = database.OpenReader();
        return ValueTask.FromResult(Sum(connection, "day = $key", SessionJournal.Day(day)));
    }

    /// <summary>secure_delete zeroed the pages; the log still holds their old content until it is cut, which readers of it prevent.</summary>
    private static void EmptyLog(SqliteConnection writer)
    {
        using var checkpoint = writer.CreateCommand();
#pragma warning disable CA2100 // Constants.
        checkpoint.CommandText = $"PRAGMA busy_timeout = {WaitForReaders}";
        checkpoint.ExecuteNonQuery();
        checkpoint.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        var busy = Convert.ToInt32(checkpoint.ExecuteScalar() ?? 1, CultureInfo.InvariantCulture);
        checkpoint.CommandText = $"PRAGMA busy_timeout = {SessionDatabase.WaitForWriters}";
#pragma warning restore CA2100
        checkpoint.ExecuteNonQuery();
        if (busy != 0)
        {
            throw new InvalidOperationException(
                "The session is deleted, but another program is reading sessions.db, so that its text still stands in the log beside it. End that program; the next deletion, or the end of the last agent, empties the log.");
        }
    }

    private List<SessionSummary> Summaries(SqliteConnection connection, string clause, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The clauses are those of this class; values are parameters.
        command.CommandText = $"""
            SELECT s.id, s.title, s.created_at, s.updated_at, s.state, s.client, s.model, s.runs, s.parent,
                   (SELECT SUM(input) FROM use WHERE session = s.id), (SELECT SUM(output) FROM use WHERE session = s.id),
                   (SELECT SUM(cached) FROM use WHERE session = s.id), (SELECT SUM(cost_micro) FROM use WHERE session = s.id)
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
        "waiting" => SessionLease.IsTaken(folder, id) ? SessionState.Running : SessionState.Waiting,
        _ => SessionLease.IsTaken(folder, id) ? SessionState.Running : SessionState.Interrupted,
    };

    private static UsageTotal Sum(SqliteConnection connection, string condition, string key)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The condition is one of two of this class; the key is a parameter.
        command.CommandText = $"SELECT SUM(input), SUM(output), SUM(cached), SUM(cost_micro), TOTAL(steps) FROM use WHERE {condition}";
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
}
