using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Results;
using Agent.Tools.Sql.Rules;
using Agent.Tools.Sql.Schema;
using Agent.Tools.Sql.Statements;

namespace Agent.Tools.Sql.Postgres;

/// <summary>A PostgreSQL database.</summary>
internal sealed class PostgresDatabase : IDatabase
{
    private const int MaxAnalyses = 2000;
    private static readonly TimeSpan AnalysisAge = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SchemaAge = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SessionLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CatalogLimit = TimeSpan.FromSeconds(30);

    private readonly ColumnRules rules;
    private readonly TimeProvider time;
    private readonly PostgresPool pool;
    private readonly PostgresAnalyzer analyzer;
    private readonly ConcurrentDictionary<string, StatementAnalysis> analyses = new(StringComparer.Ordinal);
    private (DatabaseSchema Schema, long At)? schema;

    public PostgresDatabase(string name, PostgresConnectionString target, ColumnRules rules, int poolSize, TimeProvider time)
    {
        Name = name;
        this.rules = rules;
        this.time = time;
        pool = new PostgresPool(target, poolSize, SessionLimit, time);
        analyzer = new PostgresAnalyzer(rules, time);
    }

    public string Name { get; }

    public ColumnRules Rules => rules;

    public string Engine => "PostgreSQL";

    public string Quote(string name) => '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    public ValueTask<string> ReadVersionAsync(CancellationToken cancellationToken) =>
        pool.ReadAsync(static session => session.Connection.ServerVersionText, CatalogLimit, cancellationToken);

    public async ValueTask<DatabaseSchema> ReadSchemaAsync(CancellationToken cancellationToken)
    {
        if (schema is { } known && time.GetElapsedTime(known.At) < SchemaAge)
        {
            return known.Schema;
        }

        var read = await pool.ReadAsync(session => PostgresSchemaReader.Read(session, rules), CatalogLimit, cancellationToken);
        schema = (read, time.GetTimestamp());
        return read;
    }

    public ValueTask<StatementFacts> ClassifyAsync(string statement, CancellationToken cancellationToken) =>
        pool.ReadAsync(session => Prepare(session, statement).Analysis.Facts, CatalogLimit, cancellationToken);

    public ValueTask<StatementFacts> ReadAsync(ReadRequest request, ResultWriter rows, CancellationToken cancellationToken) =>
        pool.ReadAsync(
            session =>
            {
                rows.Reset();
                var statement = Reading(session, request.Statement);
                var values = Values(statement, request.Parameters);
                rows.Limit(rules.RowLimit(statement.Analysis.Facts.Reads), request.Skip);
                session.Read(statement, values, request.Skip, rows, new PostgresRowWriter(statement));
                return statement.Analysis.Facts;
            },
            request.TimeLimit,
            cancellationToken);

    public ValueTask<string> ExplainAsync(ReadRequest request, bool analyze, CancellationToken cancellationToken) =>
        pool.ReadAsync(
            session =>
            {
                var statement = Reading(session, request.Statement);
                if (statement.Analysis.Facts.Verb == "SHOW")
                {
                    return "SHOW has no plan";
                }

                var values = Values(statement, request.Parameters);
                session.Run("BEGIN READ ONLY");
                try
                {
                    var prefix = analyze ? "EXPLAIN (ANALYZE, BUFFERS) " : "EXPLAIN ";
                    var rows = session.Once(prefix + request.Statement, values);
                    var text = new StringBuilder();
                    foreach (var row in rows)
                    {
                        text.Append(row[0]).Append('\n');
                    }

                    return text.ToString().TrimEnd();
                }
                finally
                {
                    session.EndFailed();
                }
            },
            request.TimeLimit,
            cancellationToken);

    public async ValueTask<IReadOnlyList<StatementOutcome>> ExecuteAsync(
        IReadOnlyList<(string Statement, StatementParameters Parameters)> statements, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        try
        {
            return await pool.WriteAsync(
                session =>
                {
                    session.Run("BEGIN");
                    var outcomes = statements.Select(item => PostgresChanges.Run(session, analyzer, item.Statement, item.Parameters)).ToList();
                    session.Commit();
                    return outcomes;
                },
                timeLimit,
                cancellationToken);
        }
        finally
        {
            // What was found out of tables, views and functions may no longer be so.
            analyses.Clear();
            analyzer.Functions.Forget();
            pool.Clear();
            schema = null;
        }
    }

    public async ValueTask<ExecutePreview> PreviewAsync(
        IReadOnlyList<(string Statement, StatementParameters Parameters)> statements, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        var known = await ReadSchemaAsync(cancellationToken);
        return await pool.WriteAsync(
            session => PostgresChanges.Preview(
                session,
                analyzer,
                known,
                table => rules.GuardColumns && table.Columns.Any(column => rules.Find(table.Schema ?? "public", table.Name, column.Name) != ColumnRule.None),
                statements,
                read => pool.Beside(read, timeLimit, cancellationToken)),
            timeLimit,
            cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        pool.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The values of placeholders as the server reads text.</summary>
    public static string?[] Values(PostgresStatement statement, StatementParameters parameters)
    {
        if (parameters.Named.Count > 0)
        {
            throw new EngineException("42P02", "PostgreSQL's placeholders are $1, $2…; give parameters as a list");
        }

        if (parameters.Positional.Count != statement.ParameterCount)
        {
            throw new EngineException("08P01", $"the statement has {statement.ParameterCount} placeholders and {parameters.Positional.Count} values were given");
        }

        var values = new string?[parameters.Positional.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Value(parameters.Positional[i], statement.ParameterTypes[i]);
        }

        return values;
    }

    private static string? Value(JsonElement value, uint type) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String when !PostgresTypes.IsJson(type) => value.GetString(),
        JsonValueKind.String when PostgresTypes.IsJson(type) => IsJson(value.GetString()!) ? value.GetString() : value.GetRawText(),
        JsonValueKind.Array when !PostgresTypes.IsJson(type) => $"{{{string.Join(',', value.EnumerateArray().Select(Element))}}}",
        _ => value.GetRawText(),
    };

    private static string Element(JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.Null => "NULL",
        JsonValueKind.Array => $"{{{string.Join(',', item.EnumerateArray().Select(Element))}}}",
        JsonValueKind.String => $"\"{item.GetString()!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        _ => item.GetRawText(),
    };

    private static bool IsJson(string text)
    {
        try
        {
            using var _ = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private PostgresStatement Reading(PostgresSession session, string sql)
    {
        var statement = Prepare(session, sql);
        return statement.Analysis.Facts is { Class: StatementClass.Read, Refusal: null }
            ? statement
            : throw new StatementRefusedException(statement.Analysis.Facts);
    }

    private PostgresStatement Prepare(PostgresSession session, string sql)
    {
        var kept = session.Find(sql);
        if (kept is not null && IsFresh(kept.Analysis))
        {
            return kept;
        }

        if (kept is not null || !session.HasRoom)
        {
            session.Forget();
        }

        PostgresStatement statement;
        if (analyses.TryGetValue(sql, out var analysis) && IsFresh(analysis))
        {
            if (analysis.Facts.Refusal is not null)
            {
                // What must not run need not be parsed again.
                return new PostgresStatement(string.Empty, [], [], [], analysis);
            }

            var parsed = session.Parse(sql);
            statement = new PostgresStatement(parsed.Name, parsed.Columns, parsed.Types, parsed.ParameterTypes, analysis);
        }
        else
        {
            statement = analyzer.Analyse(session, sql, writing: false);
            if (analyses.Count >= MaxAnalyses)
            {
                analyses.Clear();
            }

            analyses[sql] = statement.Analysis;
        }

        if (statement.Name.Length > 0)
        {
            session.Keep(sql, statement);
        }

        return statement;
    }

    private bool IsFresh(StatementAnalysis analysis) => time.GetElapsedTime(analysis.At) < AnalysisAge;
}
