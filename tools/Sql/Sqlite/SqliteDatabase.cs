using System.Collections.Concurrent;
using System.Text;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Results;
using Agent.Tools.Sql.Rules;
using Agent.Tools.Sql.Schema;
using SQLitePCL;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>
/// A SQLite file. Reads go over connections that the engine opened read-only and whose authorizer refuses every change; writes
/// over one connection of their own.
/// </summary>
internal sealed class SqliteDatabase : IDatabase
{
    private const int MaxReaders = 4;
    private const int BusyMilliseconds = 5000;
    private const long MaxHeapBytes = 512L * 1024 * 1024;
    private static readonly TimeSpan SchemaAge = TimeSpan.FromSeconds(10);

    private readonly string path;
    private readonly ColumnRules rules;
    private readonly TimeProvider time;
    private readonly ConcurrentBag<SqliteConnection> idle = [];
    private readonly SemaphoreSlim readers = new(MaxReaders, MaxReaders);
    private readonly SemaphoreSlim writer = new(1, 1);
    private readonly Lock once = new();
    private (DatabaseSchema Schema, long Version, long At)? schema;
    private (SqliteColumnViews Views, long Version)? guarded;

    static SqliteDatabase()
    {
        Batteries_V2.Init();

        // One for the process: a statement that wants more gets SQLITE_NOMEM, and the server lives on.
        raw.sqlite3_hard_heap_limit64(MaxHeapBytes);
    }

    public SqliteDatabase(string name, string path, ColumnRules rules, TimeProvider time)
    {
        Name = name;
        this.path = Path.GetFullPath(path);
        this.rules = rules;
        this.time = time;
    }

    public string Name { get; }

    public ColumnRules Rules => rules;

    public string Engine => "SQLite";

    public string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    public ValueTask<string> ReadVersionAsync(CancellationToken cancellationToken) =>
        WithReaderAsync(static connection => Scalar(connection, "SELECT sqlite_version()"), TimeSpan.FromSeconds(10), cancellationToken);

    public ValueTask<DatabaseSchema> ReadSchemaAsync(CancellationToken cancellationToken) =>
        WithReaderAsync(ReadSchema, TimeSpan.FromSeconds(30), cancellationToken);

    public ValueTask<StatementFacts> ClassifyAsync(string statement, CancellationToken cancellationToken) =>
        WithReaderAsync(connection => Classify(connection, statement), TimeSpan.FromSeconds(10), cancellationToken);

    public ValueTask<StatementFacts> ReadAsync(ReadRequest request, ResultWriter rows, CancellationToken cancellationToken) =>
        WithReaderAsync(
            connection =>
            {
                var prepared = Reading(connection, request.Statement);
                var most = rules.RowLimit(prepared.Facts.Reads);
                if (most is not null && prepared.Gathers)
                {
                    throw new StatementRefusedException(prepared.Facts with
                    {
                        Refusal = "the operator limits how many rows of a table are seen, and gathering them into one value would pass the limit; select the rows, or count and sum them",
                    });
                }

                rows.Limit(most, request.Skip);
                try
                {
                    SqliteConnection.Bind(prepared.Statement, request.Parameters);
                    SqliteRows.Write(connection, prepared.Statement, request.Statement, request.Skip, rows);
                }
                finally
                {
                    raw.sqlite3_reset(prepared.Statement);
                    raw.sqlite3_clear_bindings(prepared.Statement);
                }

                return prepared.Facts;
            },
            request.TimeLimit,
            cancellationToken);

    public ValueTask<string> ExplainAsync(ReadRequest request, bool analyze, CancellationToken cancellationToken) =>
        WithReaderAsync(
            connection =>
            {
                Reading(connection, request.Statement);
                var sql = "EXPLAIN QUERY PLAN " + request.Statement;
                using var statement = connection.PrepareOwn(sql);
                var depths = new Dictionary<long, int>();
                var text = new StringBuilder();
                while (connection.StepOwn(statement, sql))
                {
                    var depth = depths.TryGetValue(raw.sqlite3_column_int64(statement, 1), out var parent) ? parent + 1 : 0;
                    depths[raw.sqlite3_column_int64(statement, 0)] = depth;
                    text.Append(' ', depth * 2).Append(raw.sqlite3_column_text(statement, 3).utf8_to_string()).Append('\n');
                }

                var plan = text.ToString().TrimEnd();
                return connection.Authorizer.Guarded?.Scrub(plan) ?? plan;
            },
            request.TimeLimit,
            cancellationToken);

    public ValueTask<IReadOnlyList<StatementOutcome>> ExecuteAsync(
        IReadOnlyList<(string Statement, StatementParameters Parameters)> statements, TimeSpan timeLimit, CancellationToken cancellationToken) =>
        WithWriterAsync<IReadOnlyList<StatementOutcome>>(
            (connection, _) =>
            {
                var outcomes = new List<StatementOutcome>(statements.Count);
                connection.Run("BEGIN IMMEDIATE");
                try
                {
                    foreach (var (statement, parameters) in statements)
                    {
                        outcomes.Add(SqliteChanges.Run(connection, statement, parameters));
                    }

                    connection.Run("COMMIT");
                }
                catch
                {
                    SqliteChanges.RollBack(connection);
                    throw;
                }

                return outcomes;
            },
            timeLimit,
            cancellationToken);

    public ValueTask<ExecutePreview> PreviewAsync(
        IReadOnlyList<(string Statement, StatementParameters Parameters)> statements, TimeSpan timeLimit, CancellationToken cancellationToken) =>
        WithWriterAsync((connection, known) => SqliteChanges.Preview(connection, known, statements), timeLimit, cancellationToken);

    public ValueTask DisposeAsync()
    {
        while (idle.TryTake(out var connection))
        {
            connection.Dispose();
        }

        readers.Dispose();
        writer.Dispose();
        return ValueTask.CompletedTask;
    }

    private static PreparedStatement Reading(SqliteConnection connection, string statement)
    {
        var prepared = connection.Prepare(statement);
        return prepared.Facts is { Class: StatementClass.Read, Refusal: null }
            ? prepared
            : throw new StatementRefusedException(prepared.Facts);
    }

    // On a connection that lets changes pass the authorizer, because a refused statement tells only its first change. The
    // engine opened it read-only all the same, and nothing is stepped.
    private StatementFacts Classify(SqliteConnection reader, string statement)
    {
        if (reader.Prepare(statement).Facts is { Class: StatementClass.Read, Refusal: null } read)
        {
            return read;
        }

        using var connection = new SqliteConnection(path, readOnly: true, reader.Authorizer.Guarded, BusyMilliseconds, lookOnly: true);
        return connection.Classify(statement);
    }

    private DatabaseSchema ReadSchema(SqliteConnection connection)
    {
        var version = long.Parse(Scalar(connection, "PRAGMA schema_version"));
        lock (once)
        {
            if (schema is { } known && known.Version == version && time.GetElapsedTime(known.At) < SchemaAge)
            {
                return known.Schema;
            }
        }

        var read = Obey(SqliteSchemaReader.Read(connection));
        lock (once)
        {
            schema = (read, version, time.GetTimestamp());
        }

        return read;
    }

    private DatabaseSchema Obey(DatabaseSchema read) => !rules.GuardColumns ? read : new DatabaseSchema(
        [.. read.Tables.Select(table => table with
        {
            Columns = [.. table.Columns
                .Where(column => rules.Find(null, table.Name, column.Name) != ColumnRule.Hide)
                .Select(column => column with { Masked = rules.Find(null, table.Name, column.Name) == ColumnRule.Mask })],
        })]);

    private async ValueTask<T> WithReaderAsync<T>(Func<SqliteConnection, T> use, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        using var limit = CallLimit.Start(time, timeLimit, cancellationToken);
        await WaitAsync(readers, limit);
        try
        {
            var connection = Reader();
            connection.Use(limit.Token);
            try
            {
                return use(connection);
            }
            finally
            {
                connection.Use(CancellationToken.None);
                idle.Add(connection);
            }
        }
        catch (OperationCanceledException) when (limit.TimedOut)
        {
            throw limit.Exceeded();
        }
        finally
        {
            readers.Release();
        }
    }

    private async ValueTask<T> WithWriterAsync<T>(
        Func<SqliteConnection, DatabaseSchema, T> use, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        var known = await ReadSchemaAsync(cancellationToken);
        using var limit = CallLimit.Start(time, timeLimit, cancellationToken);
        await WaitAsync(writer, limit);
        try
        {
            using var connection = new SqliteConnection(path, readOnly: false, Guard(), BusyMilliseconds);
            connection.Use(limit.Token);
            return use(connection, known);
        }
        catch (OperationCanceledException) when (limit.TimedOut)
        {
            throw limit.Exceeded();
        }
        finally
        {
            writer.Release();
        }
    }

    private static async ValueTask WaitAsync(SemaphoreSlim turn, CallLimit limit)
    {
        try
        {
            await turn.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.TimedOut)
        {
            throw limit.Exceeded();
        }
    }

    // A connection keeps the views it was opened with, so one from before a change of the schema is not used again.
    private SqliteConnection Reader()
    {
        while (idle.TryTake(out var connection))
        {
            if (!rules.GuardColumns || ReferenceEquals(connection.Authorizer.Guarded, Guard(connection)))
            {
                return connection;
            }

            connection.Dispose();
        }

        return new SqliteConnection(path, readOnly: true, Guard(), BusyMilliseconds);
    }

    private SqliteColumnViews? Guard()
    {
        if (!rules.GuardColumns)
        {
            return null;
        }

        using var connection = new SqliteConnection(path, readOnly: true, null, BusyMilliseconds);
        return Guard(connection);
    }

    // The views that stand before guarded tables are made from the schema, and anew when it changes.
    private SqliteColumnViews Guard(SqliteConnection connection)
    {
        var version = long.Parse(Scalar(connection, "PRAGMA schema_version"));
        lock (once)
        {
            if (guarded?.Version != version)
            {
                guarded = (SqliteColumnViews.Create(SqliteSchemaReader.Read(connection), rules), version);
            }

            return guarded.Value.Views;
        }
    }

    private static string Scalar(SqliteConnection connection, string sql)
    {
        using var statement = connection.PrepareOwn(sql);
        return connection.StepOwn(statement, sql) ? raw.sqlite3_column_text(statement, 0).utf8_to_string() : string.Empty;
    }
}
