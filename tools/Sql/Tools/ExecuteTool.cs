using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Schema;
using Agent.Tools.Sql.Statements;

namespace Agent.Tools.Sql.Tools;

/// <summary><c>execute</c>: statements that change something, in one transaction; or what they would change.</summary>
internal sealed class ExecuteTool(DatabaseCatalog catalog, SqlOptions options) : SqlTool(catalog, options)
{
    private const int MaxStatements = 50;

    public ServerTool Describe() => new()
    {
        Name = "execute",
        Title = "Change a database",
        Description = "Runs a statement that changes rows or the schema (INSERT, UPDATE, DELETE, CREATE…), or several in one transaction that is committed as a whole or not at all. A person sees the rows that would change and is asked first. With dry_run, tells what would change and changes nothing.",
        InputSchema =
            $$$"""
            {"type": "object", "properties": {
              {{{SqlArguments.DatabaseSchema}}},
              "statement": {"type": "string", "description": "One SQL statement, or several separated by semicolons for one transaction."},
              {{{SqlArguments.ParametersSchema}}},
              "dry_run": {"type": "boolean", "description": "Tell what would change and change nothing. Default false."},
              {{{SqlArguments.TimeoutSchema}}}
            }, "required": ["statement"], "additionalProperties": false}
            """,
        OutputSchema =
            """
            {"type": "object", "properties": {
              "database": {"type": "string"},
              "statement": {"type": "string"},
              "committed": {"type": "boolean"},
              "statements": {"type": "array", "items": {"type": "object", "properties": {
                "statement": {"type": "string"},
                "class": {"type": "string", "enum": ["read", "write", "schema", "administration"]},
                "verb": {"type": "string"},
                "reads": {"type": "array", "items": {"type": "string"}},
                "writes": {"type": "array", "items": {"type": "string"}},
                "rows_affected": {"type": ["integer", "null"]}
              }, "required": ["statement", "class", "verb", "reads", "writes", "rows_affected"]}},
              "preview": {"type": "object", "properties": {"kind": {"type": "string"}, "text": {"type": "string"}}, "required": ["kind", "text"]}
            }, "required": ["database", "statement", "committed", "statements"]}
            """,
        Destructive = true,
        Previews = true,
        Limit = Options.MaxTime + TimeSpan.FromSeconds(30),
        Classifier = (request, cancellationToken) => StatementClasses.TellAsync(() => ClassifyAsync(request, cancellationToken)),
        Handler = AnswerAsync,
    };

    private async ValueTask<ToolReply> AnswerAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var database = Database(request);
        var all = SqlArguments.Statement(request.Arguments);
        var statements = Statements(request.Arguments, all, database.Engine == "PostgreSQL");
        var preview = request.Preview || request.Arguments.Flag("dry_run");
        var limit = preview && !request.Arguments.Has("timeout_seconds") ? Options.PreviewTime : SqlArguments.Timeout(request.Arguments, Options);
        return await UseAsync(
            database,
            all,
            async () =>
            {
                try
                {
                    return preview
                        ? Show(database, await database.ReadSchemaAsync(cancellationToken), all, statements, await TryAsync(database, statements, limit, cancellationToken))
                        : Tell(database, all, statements, await database.ExecuteAsync(statements, limit, cancellationToken));
                }
                catch (StatementRefusedException e)
                {
                    throw new ToolException($"Refused, nothing was changed: {e.Facts.Refusal}.", e);
                }
            },
            cancellationToken);
    }

    private ValueTask<ToolReply> ClassifyAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var database = Database(request);
        var statements = Statements(request.Arguments, SqlArguments.Statement(request.Arguments), database.Engine == "PostgreSQL");
        return StatementClasses.TellAsync(database, statements.Select(statement => statement.Statement), cancellationToken);
    }

    // One argument holds all, so that whoever judges the call reads what will run.
    private static List<(string Statement, StatementParameters Parameters)> Statements(ToolArguments arguments, string script, bool postgres)
    {
        var parameters = SqlArguments.Parameters(arguments);
        var statements = SqlTokenizer.Split(script, postgres);
        return statements.Count switch
        {
            0 => throw arguments.Wrong("statement", "one SQL statement or several, and holds none"),
            > MaxStatements => throw arguments.Wrong("statement", $"at most {MaxStatements} statements"),
            > 1 when parameters.Count > 0 => throw new ToolException("Parameters go with one statement; call execute for each, or write the values into the statements."),
            _ => [.. statements.Select(statement => (statement, parameters))],
        };
    }

    // A trial that takes too long tells nothing, and says so; it is no error of the statement.
    private static async ValueTask<ExecutePreview> TryAsync(
        IDatabase database, List<(string Statement, StatementParameters Parameters)> statements, TimeSpan limit, CancellationToken cancellationToken)
    {
        try
        {
            return await database.PreviewAsync(statements, limit, cancellationToken);
        }
        catch (EngineException e) when (e.Code is "TIMEOUT" or "55P03")
        {
            return new ExecutePreview([], [], e.Code == "TIMEOUT" ? $"it did not end within {limit.TotalSeconds:0.#} seconds" : "another session holds a lock that it needs");
        }
    }

    private static ToolReply Show(
        IDatabase database, DatabaseSchema schema, string all, List<(string Statement, StatementParameters Parameters)> statements, ExecutePreview preview)
    {
        var text = PreviewText.Render(database.Name, schema, statements, preview);
        return ToolReply.Structured(text, writer =>
        {
            writer.WriteString("database"u8, database.Name);
            writer.WriteString("statement"u8, all);
            writer.WriteBoolean("committed"u8, false);
            WriteStatements(writer, statements, preview.Outcomes);
            writer.WriteStartObject("preview"u8);
            writer.WriteString("kind"u8, "rows");
            writer.WriteString("text"u8, text);
            writer.WriteEndObject();
        });
    }

    private static ToolReply Tell(
        IDatabase database, string all, List<(string Statement, StatementParameters Parameters)> statements, IReadOnlyList<StatementOutcome> outcomes)
    {
        var lines = outcomes.Select(outcome => outcome.RowsAffected is { } rows
            ? $"{outcome.Facts.Verb}: {rows} {(rows == 1 ? "row" : "rows")}"
            : $"{outcome.Facts.Verb}: done");
        return ToolReply.Structured($"{string.Join('\n', lines)}\ncommitted in {database.Name}", writer =>
        {
            writer.WriteString("database"u8, database.Name);
            writer.WriteString("statement"u8, all);
            writer.WriteBoolean("committed"u8, true);
            WriteStatements(writer, statements, outcomes);
        });
    }

    private static void WriteStatements(
        Utf8JsonWriter writer, List<(string Statement, StatementParameters Parameters)> statements, IReadOnlyList<StatementOutcome> outcomes)
    {
        writer.WriteStartArray("statements"u8);
        for (var i = 0; i < outcomes.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("statement"u8, statements[i].Statement);
            StatementJson.Write(writer, outcomes[i].Facts);
            if (outcomes[i].RowsAffected is { } rows)
            {
                writer.WriteNumber("rows_affected"u8, rows);
            }
            else
            {
                writer.WriteNull("rows_affected"u8);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
