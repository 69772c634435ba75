// SQLite has no asynchronous I/O: its async methods call these.
#pragma warning disable CA1849

using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Data.Sqlite;

namespace Agent.Runtime.Sessions;

/// <summary>
/// What runs write as they go. A commit outlives the process that made it, killed or not; what must outlive a loss of power (that a
/// call was about to run) is in the audit.
/// </summary>
internal sealed class SessionJournal(SessionDatabase database, StateFolder folder, TimeProvider time) : IDisposable
{
    private const string IdAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";

    private Statements? _statements;
    private (Label Label, string Text)? _lastLabel;

    /// <summary>Opens a session and takes it for this run.</summary>
    public (string Id, SessionLease Lease) Create(string title, string client, string? parent = null)
    {
        var now = time.GetUtcNow();
        var day = time.GetLocalNow().ToString("yyMMdd", CultureInfo.InvariantCulture);
        var id = $"{day}-{RandomNumberGenerator.GetString(IdAlphabet, 6)}";
        var lease = SessionLease.TryTake(folder, id) ?? throw new InvalidOperationException("A new session cannot be taken.");
        try
        {
            lock (database.Gate)
            {
                using var command = database.Writer().CreateCommand();
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
    public SessionLease? TryTake(string id) => SessionLease.TryTake(folder, id);

    /// <summary>Stores one event. On return it is in the file.</summary>
    public void Append<T>(string session, long sequence, string run, string type, Label label, T data, JsonTypeInfo<T> typeInfo)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(data, typeInfo);
        lock (database.Gate)
        {
            var insert = Prepared().InsertEvent;
            insert.Parameters[0].Value = session;
            insert.Parameters[1].Value = sequence;
            insert.Parameters[2].Value = time.GetUtcNow().ToUnixTimeMilliseconds();
            insert.Parameters[3].Value = run;
            insert.Parameters[4].Value = type;
            insert.Parameters[5].Value = LabelText(label);
            insert.Parameters[6].Value = bytes;
            insert.ExecuteNonQuery();
        }
    }

    /// <summary>Makes several writes one commit: all of them are in the file on return, or none is.</summary>
    public void Together(IReadOnlyList<Action> writes, Action last)
    {
        lock (database.Gate)
        {
            var statements = Prepared();
            statements.Begin.ExecuteNonQuery();
            try
            {
                foreach (var write in writes)
                {
                    write();
                }

                last();
                statements.Commit.ExecuteNonQuery();
            }
            catch
            {
                statements.RollBack();
                throw;
            }
        }
    }

    /// <summary>Adds what a step used to the sums of its day, session and model.</summary>
    public void AddUsage(string session, string model, StoredUsage usage)
    {
        lock (database.Gate)
        {
            var add = Prepared().AddUsage;
            add.Parameters[0].Value = Day(DateOnly.FromDateTime(time.GetLocalNow().DateTime));
            add.Parameters[1].Value = session;
            add.Parameters[2].Value = model;
            add.Parameters[3].Value = usage.Input;
            add.Parameters[4].Value = usage.Output;
            add.Parameters[5].Value = usage.Cached;
            add.Parameters[6].Value = usage.Cost is { } cost ? (object)MicroDollars(cost) : DBNull.Value;
            add.ExecuteNonQuery();
        }
    }

    public void Update(string session, string state, string client, string model, int runs)
    {
        lock (database.Gate)
        {
            using var command = database.Writer().CreateCommand();
            command.CommandText = """
                UPDATE sessions SET state = $state, updated_at = $now, client = $client, model = $model, runs = $runs WHERE id = $id
                """;
            command.Parameters.AddWithValue("$state", state);
            command.Parameters.AddWithValue("$now", time.GetUtcNow().ToUnixTimeMilliseconds());
            command.Parameters.AddWithValue("$client", client);
            command.Parameters.AddWithValue("$model", model);
            command.Parameters.AddWithValue("$runs", runs);
            command.Parameters.AddWithValue("$id", session);
            command.ExecuteNonQuery();
        }
    }

    public void Dispose()
    {
        lock (database.Gate)
        {
            _statements?.Dispose();
            _statements = null;
        }
    }

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static long MicroDollars(decimal cost) => (long)decimal.Round(cost * 1_000_000m, MidpointRounding.AwayFromZero);

    private Statements Prepared() => _statements ??= new Statements(database.Writer());

    /// <summary>A run has few labels and writes the same one again and again.</summary>
    private string LabelText(Label label)
    {
        if (_lastLabel is { } last && ReferenceEquals(last.Label, label))
        {
            return last.Text;
        }

        var text = JsonSerializer.Serialize(StoredLabel.From(label), SessionJson.Default.StoredLabel);
        _lastLabel = (label, text);
        return text;
    }

    /// <summary>What is written at every step, prepared once.</summary>
    private sealed class Statements(SqliteConnection connection) : IDisposable
    {
        private readonly SqliteCommand _rollback = Prepare(connection, "ROLLBACK");

        public SqliteCommand Begin { get; } = Prepare(connection, "BEGIN IMMEDIATE");

        public SqliteCommand Commit { get; } = Prepare(connection, "COMMIT");

        public SqliteCommand InsertEvent { get; } = Prepare(
            connection,
            "INSERT INTO events (session, seq, at, run, type, label, data) VALUES ($0, $1, $2, $3, $4, $5, $6)",
            SqliteType.Text, SqliteType.Integer, SqliteType.Integer, SqliteType.Text, SqliteType.Text, SqliteType.Text, SqliteType.Blob);

        public SqliteCommand AddUsage { get; } = Prepare(
            connection,
            """
            INSERT INTO use (day, session, model, steps, input, output, cached, cost_micro) VALUES ($0, $1, $2, 1, $3, $4, $5, $6)
            ON CONFLICT DO UPDATE SET steps = steps + 1, input = input + excluded.input, output = output + excluded.output,
                cached = cached + excluded.cached, cost_micro = COALESCE(cost_micro + excluded.cost_micro, cost_micro, excluded.cost_micro)
            """,
            SqliteType.Text, SqliteType.Text, SqliteType.Text, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer, SqliteType.Integer);

        public void RollBack()
        {
            try
            {
                _rollback.ExecuteNonQuery();
            }
            catch (SqliteException)
            {
                // SQLite took it back itself; what failed is thrown by whoever called.
            }
        }

        public void Dispose()
        {
            Begin.Dispose();
            Commit.Dispose();
            _rollback.Dispose();
            InsertEvent.Dispose();
            AddUsage.Dispose();
        }

        private static SqliteCommand Prepare(SqliteConnection connection, string sql, params ReadOnlySpan<SqliteType> types)
        {
            var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are those above.
            command.CommandText = sql;
#pragma warning restore CA2100
            for (var i = 0; i < types.Length; i++)
            {
                command.Parameters.Add($"${i}", types[i]);
            }

            command.Prepare();
            return command;
        }
    }
}
