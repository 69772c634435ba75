using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Results;

namespace Agent.Tools.Sql.Postgres;

/// <summary>A statement that the server has parsed.</summary>
/// <param name="Name">What the server calls it.</param>
/// <param name="Columns">The columns of its result.</param>
/// <param name="Types">The type of each column, by oid.</param>
/// <param name="ParameterTypes">The type of each value that it wants, by oid.</param>
/// <param name="Analysis">What it is.</param>
internal sealed record PostgresStatement(
    string Name, IReadOnlyList<ResultColumn> Columns, uint[] Types, uint[] ParameterTypes, StatementAnalysis Analysis)
{
    public int ParameterCount => ParameterTypes.Length;
}

/// <summary>A signed-in connection, what it has prepared, and the rounds that a call is made of.</summary>
internal sealed class PostgresSession : IDisposable
{
    private const int MaxKept = 64;
    private const string BeginName = "agent_begin";
    private const string RollbackName = "agent_rollback";

    private readonly Dictionary<string, PostgresStatement> kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> lookups = new(StringComparer.Ordinal);
    private int names;

    private PostgresSession(PostgresConnection connection, bool readOnly)
    {
        Connection = connection;
        ReadOnly = readOnly;
    }

    public PostgresConnection Connection { get; }

    public bool ReadOnly { get; }

    public int ServerVersion => Connection.ServerVersion;

    /// <summary>A cancel is on its way that may come late.</summary>
    public bool Stopped { get; private set; }

    public bool IsUsable => !Stopped && !Connection.Broken && Connection.TransactionState == 'I';

    /// <summary>
    /// Signs in. A session that reads has read-only transactions by its settings; one of a superuser also steps down to the
    /// role <c>pg_read_all_data</c>, which the engine lets neither at files nor at other sessions.
    /// </summary>
    public static PostgresSession Open(PostgresConnectionString target, bool readOnly, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>
        {
            ["application_name"] = "agent-sql",
            ["client_encoding"] = "UTF8",
            ["DateStyle"] = "ISO",
            ["IntervalStyle"] = "iso_8601",
            ["bytea_output"] = "hex",
            ["standard_conforming_strings"] = "on",
            ["statement_timeout"] = $"{(long)timeLimit.TotalMilliseconds}",
            ["idle_in_transaction_session_timeout"] = $"{(long)timeLimit.TotalMilliseconds + 60_000}",
        };
        if (readOnly)
        {
            settings["default_transaction_read_only"] = "on";
        }

        var session = new PostgresSession(PostgresConnection.Open(target, settings, cancellationToken), readOnly);
        try
        {
            session.SetUp();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>
    /// What keeps the server from logging what is meant for us, for the time of a transaction; empty where this role may not.
    /// </summary>
    public string MuteLog { get; private set; } = string.Empty;

    /// <summary>Runs a script of ours.</summary>
    public void Run(string script)
    {
        Connection.Send.Query(script);
        Connection.Flush();
        if (Connection.ReadToEnd() is { } error)
        {
            throw error;
        }
    }

    /// <summary>Rows of a statement of ours, as text.</summary>
    public List<string?[]> Lookup(string sql, params string?[] values)
    {
        if (!lookups.TryGetValue(sql, out var name))
        {
            name = $"agent_look{++names}";
            Connection.Send.Parse(name, sql, values.Length);
        }

        Connection.Send.Bind(name, values);
        Connection.Send.Execute(0);
        Connection.Send.Sync();
        Connection.Flush();
        var rows = ReadRows();
        lookups[sql] = name;
        return rows;
    }

    private static string?[] ReadRow(ReadOnlySpan<byte> body)
    {
        var data = new PostgresBody(body);
        var row = new string?[data.Short()];
        for (var i = 0; i < row.Length; i++)
        {
            var length = data.Int();
            row[i] = length < 0 ? null : System.Text.Encoding.UTF8.GetString(data.Bytes(length));
        }

        return row;
    }

    public PostgresStatement? Find(string sql) => kept.GetValueOrDefault(sql);

    public void Forget()
    {
        foreach (var statement in kept.Values)
        {
            Connection.Send.CloseStatement(statement.Name);
        }

        kept.Clear();
        Connection.Send.Sync();
        Connection.Flush();
        Connection.ReadToEnd();
    }

    /// <summary>
    /// Has the server parse a statement from outside, in the extended protocol, which takes one and no more. Nothing of it is
    /// planned or run.
    /// </summary>
    public (string Name, IReadOnlyList<ResultColumn> Columns, uint[] Types, uint[] ParameterTypes) Parse(string sql)
    {
        if (kept.Count >= MaxKept)
        {
            throw new InvalidOperationException("too many statements are kept");
        }

        var name = $"agent{++names}";
        Connection.Send.Parse(name, sql, 0);
        Connection.Send.DescribeStatement(name);
        Connection.Send.Sync();
        Connection.Flush();
        IReadOnlyList<ResultColumn> columns = [];
        uint[] types = [];
        uint[] parameterTypes = [];
        EngineException? error = null;
        while (true)
        {
            switch (Connection.Read(out var body))
            {
                case 't':
                    parameterTypes = ReadTypes(body);
                    break;
                case 'T':
                    (columns, types) = ReadColumns(body);
                    break;
                case 'E':
                    error ??= PostgresConnection.ReadError(body);
                    break;
                case 'Z':
                    return error is null ? (name, columns, types, parameterTypes) : throw error;
            }
        }
    }

    public bool HasRoom => kept.Count < MaxKept;

    public void Keep(string sql, PostgresStatement statement) => kept[sql] = statement;

    /// <summary>
    /// A read in one round: begin read-only, the statement, roll back. The statement is one, prepared, and known to be a query;
    /// so it can neither end the transaction nor begin another.
    /// </summary>
    public void Read(PostgresStatement statement, IReadOnlyList<string?> values, long skip, ResultWriter rows, PostgresRowWriter writer)
    {
        Connection.Send.Bind(BeginName, []);
        Connection.Send.Execute(0);
        Connection.Send.Bind(statement.Name, values);
        Connection.Send.Execute((int)Math.Min(skip + rows.RowLimit + 1, int.MaxValue));
        Connection.Send.Bind(RollbackName, []);
        Connection.Send.Execute(0);
        Connection.Send.Sync();
        Connection.Flush();

        EngineException? error = null;
        var wanted = true;
        var begun = false;
        while (true)
        {
            switch (Connection.Read(out var body))
            {
                case 'D':
                    if (!begun)
                    {
                        begun = true;
                        rows.Begin(writer.Columns);
                    }

                    if (skip > 0)
                    {
                        skip--;
                    }
                    else if (wanted && !writer.Write(body, rows))
                    {
                        wanted = false;
                        if (rows.BytesFull)
                        {
                            // The server may have much more; it is asked to stop, and this session is not used again.
                            Stopped = true;
                            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Cancel(), Connection, preferLocal: false);
                        }
                    }

                    break;
                case 'E':
                    error ??= PostgresConnection.ReadError(body);
                    break;
                case 'Z':
                    if (error is not null && !(Stopped && error.Code == "57014"))
                    {
                        EndFailed();
                        throw error;
                    }

                    if (!begun)
                    {
                        rows.Begin(writer.Columns);
                    }

                    return;
            }
        }
    }

    /// <summary>A statement that is run once and not kept, in the transaction that is open.</summary>
    public List<string?[]> Once(string sql, IReadOnlyList<string?> values)
    {
        Connection.Send.Parse(string.Empty, sql, 0);
        Connection.Send.Bind(string.Empty, values);
        Connection.Send.Execute(0);
        Connection.Send.Sync();
        Connection.Flush();
        return ReadRows();
    }

    /// <summary>Runs a statement that changes something; its rows, if it gives any, are not read.</summary>
    /// <returns>How many rows it changed, as the server says; null where it does not.</returns>
    public long? Change(PostgresStatement statement, IReadOnlyList<string?> values)
    {
        Connection.Send.Bind(statement.Name, values);
        Connection.Send.Execute(0);
        Connection.Send.CloseStatement(statement.Name);
        Connection.Send.Sync();
        Connection.Flush();
        long? changed = null;
        EngineException? error = null;
        while (true)
        {
            switch (Connection.Read(out var body))
            {
                case 'C':
                    // UPDATE 3, INSERT 0 3
                    var tag = new PostgresBody(body).Text();
                    changed = long.TryParse(tag[(tag.LastIndexOf(' ') + 1)..], out var count) ? count : null;
                    break;
                case 'E':
                    error ??= PostgresConnection.ReadError(body);
                    break;
                case 'Z':
                    return error is null ? changed : throw error;
            }
        }
    }

    /// <summary>Ends the transaction for good; a failed one, which the server would only roll back, is an error.</summary>
    public void Commit()
    {
        if (Connection.TransactionState != 'T')
        {
            throw new EngineException("25P02", "the transaction is no longer open, so nothing was changed");
        }

        Run("COMMIT");
    }

    /// <summary>Leaves a transaction that an error has broken.</summary>
    public void EndFailed()
    {
        if (!Connection.Broken && Connection.TransactionState != 'I')
        {
            Run("ROLLBACK");
        }
    }

    public void Dispose() => Connection.Dispose();

    private List<string?[]> ReadRows()
    {
        var rows = new List<string?[]>();
        EngineException? error = null;
        while (true)
        {
            switch (Connection.Read(out var body))
            {
                case 'D':
                    rows.Add(ReadRow(body));
                    break;
                case 'E':
                    error ??= PostgresConnection.ReadError(body);
                    break;
                case 'Z':
                    return error is null ? rows : throw error;
            }
        }
    }

    private static uint[] ReadTypes(ReadOnlySpan<byte> body)
    {
        var data = new PostgresBody(body);
        var types = new uint[data.Short()];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = (uint)data.Int();
        }

        return types;
    }

    private static (IReadOnlyList<ResultColumn> Columns, uint[] Types) ReadColumns(ReadOnlySpan<byte> body)
    {
        var data = new PostgresBody(body);
        var columns = new ResultColumn[data.Short()];
        var types = new uint[columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var name = data.Text();
            data.Bytes(6);
            types[i] = (uint)data.Int();
            data.Short();
            var modifier = data.Int();
            data.Short();
            columns[i] = new ResultColumn(name, PostgresTypes.Name(types[i], modifier));
        }

        return (columns, types);
    }

    private void SetUp()
    {
        const string mute = "SET LOCAL log_min_messages = panic; ";
        var stepsDown = ReadOnly && Connection.IsSuperuser && ServerVersion >= 140000;
        if (stepsDown)
        {
            Run("SET ROLE pg_read_all_data");
            MuteLog = $"SET LOCAL ROLE NONE; {mute}SET LOCAL ROLE pg_read_all_data; ";
        }
        else if (Connection.IsSuperuser
            || (ServerVersion >= 150000 && Lookup("SELECT pg_catalog.has_parameter_privilege('log_min_messages', 'SET')")[0][0] == "t"))
        {
            MuteLog = mute;
        }

        if (ReadOnly)
        {
            Connection.Send.Parse(BeginName, "BEGIN READ ONLY", 0);
            Connection.Send.Parse(RollbackName, "ROLLBACK", 0);
            Connection.Send.Sync();
            Connection.Flush();
            if (Connection.ReadToEnd() is { } error)
            {
                throw error;
            }
        }
    }
}
