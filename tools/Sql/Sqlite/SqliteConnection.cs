using System.Text;
using System.Text.Json;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Statements;
using SQLitePCL;

namespace Agent.Tools.Sql.Sqlite;

/// <summary>One connection to a SQLite file, used by one call at a time.</summary>
internal sealed class SqliteConnection : IDisposable
{
    // Numbers of sqlite3.h: SQLITE_DBCONFIG_* and SQLITE_LIMIT_*.
    private const int DbConfigEnableFts3Tokenizer = 1004;
    private const int DbConfigEnableLoadExtension = 1005;
    private const int DbConfigDefensive = 1010;
    private const int DbConfigTrustedSchema = 1017;
    private const int LimitLength = 0;
    private const int LimitSqlLength = 1;
    private const int LimitAttached = 7;
    private const int LimitWorkerThreads = 11;

    private const int MaxValueBytes = 64 * 1024 * 1024;
    private const int MaxStatementBytes = 1024 * 1024;
    private const int InstructionsBetweenLooks = 2000;
    private const int MaxKept = 64;

    private readonly sqlite3 handle;
    private readonly Dictionary<string, PreparedStatement> kept = new(StringComparer.Ordinal);
    private CancellationToken cancellation;

    public SqliteConnection(string path, bool readOnly, SqliteColumnViews? guarded, int busyMilliseconds, bool lookOnly = false)
    {
        var flags = (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE) | raw.SQLITE_OPEN_NOMUTEX;
        var result = raw.sqlite3_open_v2(path, out handle, flags, null);
        if (result != raw.SQLITE_OK)
        {
            handle?.Dispose();
            throw new EngineException("SQLITE_CANTOPEN", "the file cannot be opened; see that it exists and may be read");
        }

        raw.sqlite3_extended_result_codes(handle, 1);
        raw.sqlite3_busy_timeout(handle, busyMilliseconds);
        Configure(DbConfigEnableLoadExtension, 0);
        Configure(DbConfigEnableFts3Tokenizer, 0);
        Configure(DbConfigTrustedSchema, 0);
        Configure(DbConfigDefensive, 1);
        raw.sqlite3_limit(handle, LimitLength, MaxValueBytes);
        raw.sqlite3_limit(handle, LimitSqlLength, MaxStatementBytes);
        raw.sqlite3_limit(handle, LimitAttached, 0);
        raw.sqlite3_limit(handle, LimitWorkerThreads, 0);

        Authorizer = new SqliteAuthorizer { ReadOnly = readOnly && !lookOnly, Guarded = guarded, Trusted = true };
        raw.sqlite3_set_authorizer(handle, static (state, action, first, second, database, through) =>
            ((SqliteAuthorizer)state).Authorize(action, first, second, database, through), Authorizer);
        raw.sqlite3_progress_handler(handle, InstructionsBetweenLooks, static state =>
            ((SqliteConnection)state).cancellation.IsCancellationRequested ? 1 : 0, this);
        try
        {
            guarded?.Install(this);
            Run(readOnly ? "PRAGMA query_only = 1" : "PRAGMA foreign_keys = 1");
        }
        catch
        {
            Dispose();
            throw;
        }

        Authorizer.Trusted = false;
    }

    public SqliteAuthorizer Authorizer { get; }

    public sqlite3 Handle => handle;

    /// <summary>Ends what runs on this connection when cancelled, within a few thousand instructions of the engine.</summary>
    public void Use(CancellationToken token) => cancellation = token;

    /// <summary>Prepares a statement that came from outside; kept for the next time.</summary>
    public PreparedStatement Prepare(string sql)
    {
        if (kept.TryGetValue(sql, out var statement))
        {
            return statement;
        }

        if (kept.Count >= MaxKept)
        {
            foreach (var old in kept.Values)
            {
                old.Statement.Dispose();
            }

            kept.Clear();
        }

        statement = PrepareNew(sql);
        kept.Add(sql, statement);
        return statement;
    }

    /// <summary>What a statement is; nothing of it runs.</summary>
    public StatementFacts Classify(string sql)
    {
        var prepared = PrepareNew(sql);
        prepared.Statement.Dispose();
        return prepared.Facts;
    }

    /// <summary>Runs a statement of ours, without looking at what it gives.</summary>
    public void Run(string sql)
    {
        using var statement = PrepareOwn(sql);
        StepOwn(statement, sql);
    }

    /// <summary>A statement of ours, not asked about.</summary>
    public sqlite3_stmt PrepareOwn(string sql)
    {
        var before = Authorizer.Trusted;
        Authorizer.Trusted = true;
        try
        {
            Check(raw.sqlite3_prepare_v2(handle, sql, out var statement), sql);
            return statement;
        }
        finally
        {
            Authorizer.Trusted = before;
        }
    }

    /// <summary>Goes to the next row of a statement of ours, which the engine may prepare anew when the schema has changed.</summary>
    public bool StepOwn(sqlite3_stmt statement, string sql)
    {
        var before = Authorizer.Trusted;
        Authorizer.Trusted = true;
        try
        {
            return Step(statement, sql);
        }
        finally
        {
            Authorizer.Trusted = before;
        }
    }

    /// <summary>Goes to the next row.</summary>
    public bool Step(sqlite3_stmt statement, string sql)
    {
        var result = raw.sqlite3_step(statement);
        if (result is raw.SQLITE_ROW or raw.SQLITE_DONE)
        {
            return result == raw.SQLITE_ROW;
        }

        throw Error(result, sql);
    }

    public static void Bind(sqlite3_stmt statement, StatementParameters parameters)
    {
        var wanted = raw.sqlite3_bind_parameter_count(statement);
        if (parameters.Positional.Count > 0 ? parameters.Positional.Count != wanted : parameters.Named.Count != wanted)
        {
            throw new EngineException("SQLITE_RANGE", $"the statement has {wanted} placeholders and {parameters.Count} values were given");
        }

        for (var i = 0; i < parameters.Positional.Count; i++)
        {
            Bind(statement, i + 1, parameters.Positional[i]);
        }

        if (parameters.Positional.Count > 0)
        {
            return;
        }

        for (var i = 1; i <= wanted; i++)
        {
            var name = raw.sqlite3_bind_parameter_name(statement, i).utf8_to_string()?[1..];
            if (name is null || !parameters.Named.TryGetValue(name, out var value))
            {
                throw new EngineException("SQLITE_RANGE", $"no value was given for the placeholder {name ?? i.ToString()}");
            }

            Bind(statement, i, value);
        }
    }

    public void Check(int result, string sql)
    {
        if (result != raw.SQLITE_OK)
        {
            throw Error(result, sql);
        }
    }

    public void Dispose()
    {
        foreach (var statement in kept.Values)
        {
            statement.Statement.Dispose();
        }

        kept.Clear();
        handle.Dispose();
    }

    private PreparedStatement PrepareNew(string sql)
    {
        var text = Encoding.UTF8.GetBytes(sql + '\0');
        Authorizer.Reset();
        var result = raw.sqlite3_prepare_v2(handle, text.AsSpan(0, text.Length - 1), out var statement, out var rest);
        var tokens = SqlTokenizer.Read(sql, postgres: false);
        var verb = SqlTokenizer.LeadingWords(tokens, 1).FirstOrDefault() ?? string.Empty;
        if (result != raw.SQLITE_OK)
        {
            if ((result & 0xFF) == raw.SQLITE_AUTH)
            {
                // Refused while it was prepared; what it would have done is known as far as it was asked.
                return new PreparedStatement(statement, Authorizer.Facts(verb, StatementClass.Read) with
                {
                    Refusal = Authorizer.Refusal ?? "it changes the database",
                });
            }

            throw Error(result, sql);
        }

        if (statement is null || statement.IsInvalid)
        {
            throw new EngineException("SQLITE_MISUSE", "there is no statement in it");
        }

        if (SqlTokenizer.Read(Encoding.UTF8.GetString(rest), postgres: false).Exists(token => !token.IsSymbol(';')))
        {
            statement.Dispose();
            throw new EngineException("SQLITE_MISUSE", "there is more than one statement", sql.Length - Encoding.UTF8.GetCharCount(rest) + 1);
        }

        // VACUUM and its like ask nothing while they are prepared, but the engine knows that they write.
        var least = raw.sqlite3_stmt_readonly(statement) != 0 || Authorizer.Facts(verb, StatementClass.Read).Class != StatementClass.Read
            ? StatementClass.Read
            : StatementClass.Administration;
        return new PreparedStatement(statement, Authorizer.Facts(verb, least) with { EveryRow = SqlTokenizer.ChangesEveryRow(tokens) }) { Gathers = Authorizer.Gathers };
    }

    private EngineException Error(int result, string sql)
    {
        var message = raw.sqlite3_errmsg(handle).utf8_to_string();
        if ((result & 0xFF) == raw.SQLITE_INTERRUPT)
        {
            cancellation.ThrowIfCancellationRequested();
        }

        return new EngineException(SqliteCodes.Name(result), message, SqliteCodes.Position(message, sql));
    }

    private static void Bind(sqlite3_stmt statement, int index, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.Undefined:
                raw.sqlite3_bind_null(statement, index);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                raw.sqlite3_bind_int(statement, index, value.GetBoolean() ? 1 : 0);
                break;
            case JsonValueKind.Number when value.TryGetInt64(out var whole):
                raw.sqlite3_bind_int64(statement, index, whole);
                break;
            case JsonValueKind.Number:
                raw.sqlite3_bind_double(statement, index, value.GetDouble());
                break;
            case JsonValueKind.String:
                raw.sqlite3_bind_text(statement, index, Encoding.UTF8.GetBytes(value.GetString()!));
                break;
            default:
                raw.sqlite3_bind_text(statement, index, Encoding.UTF8.GetBytes(value.GetRawText()));
                break;
        }
    }

    private void Configure(int option, int value) => raw.sqlite3_db_config(handle, option, value, out _);
}

/// <summary>A prepared statement and what it is.</summary>
internal sealed record PreparedStatement(sqlite3_stmt Statement, StatementFacts Facts)
{
    /// <summary>Whether it can gather rows into one value.</summary>
    public bool Gathers { get; init; }
}
