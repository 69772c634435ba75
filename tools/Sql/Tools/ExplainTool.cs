using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;

namespace Agent.Tools.Sql.Tools;

/// <summary><c>explain</c>: what a statement is and how the engine would run it.</summary>
internal sealed class ExplainTool(DatabaseCatalog catalog, SqlOptions options) : SqlTool(catalog, options)
{
    public ServerTool Describe() => new()
    {
        Name = "explain",
        Title = "Explain a statement",
        Description = "Tells what a statement is (read, write, schema, administration), which tables it touches, and for a reading one how the engine would run it, without running it. With analyze, runs a reading statement and gives measured times (PostgreSQL).",
        About = ToolSubject.Overview,
        InputSchema =
            $$$"""
            {"type": "object", "properties": {
              {{{SqlArguments.DatabaseSchema}}},
              {{{SqlArguments.StatementSchema}}},
              {{{SqlArguments.ParametersSchema}}},
              "analyze": {"type": "boolean", "description": "Run it and measure. Default false."},
              {{{SqlArguments.TimeoutSchema}}}
            }, "required": ["statement"], "additionalProperties": false}
            """,
        OutputSchema =
            """
            {"type": "object", "properties": {
              "database": {"type": "string"}, "statement": {"type": "string"},
              "class": {"type": "string", "enum": ["read", "write", "schema", "administration"]},
              "verb": {"type": "string"},
              "reads": {"type": "array", "items": {"type": "string"}},
              "writes": {"type": "array", "items": {"type": "string"}},
              "refused": {"type": ["string", "null"], "description": "Why it would not be run; null where it would."},
              "plan": {"type": ["string", "null"], "description": "The engine's plan of a reading statement."}
            }, "required": ["database", "statement", "class", "verb", "reads", "writes", "refused", "plan"]}
            """,
        ReadOnly = true,
        Idempotent = true,
        Limit = Options.MaxTime + TimeSpan.FromSeconds(30),
        Classifier = (request, cancellationToken) => StatementClasses.TellAsync(() => ClassifyAsync(request, cancellationToken)),
        Handler = AnswerAsync,
    };

    // What is explained does not run, or only reads.
    private async ValueTask<ToolReply> ClassifyAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var statement = SqlArguments.Statement(request.Arguments);
        var database = Database(request);
        return await UseAsync(
            database,
            statement,
            async () => StatementClasses.Tell(StatementClasses.AsRead(await database.ClassifyAsync(statement, cancellationToken))),
            cancellationToken);
    }

    private async ValueTask<ToolReply> AnswerAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var database = Database(request);
        var statement = SqlArguments.Statement(request.Arguments);
        var read = new ReadRequest(statement, SqlArguments.Parameters(request.Arguments), 0, SqlArguments.Timeout(request.Arguments, Options));
        var analyze = request.Arguments.Flag("analyze");
        var (facts, plan) = await UseAsync(
            database,
            statement,
            async () =>
            {
                var facts = await database.ClassifyAsync(statement, cancellationToken);
                return (facts, facts is { Class: StatementClass.Read, Refusal: null } ? await database.ExplainAsync(read, analyze, cancellationToken) : null);
            },
            cancellationToken);
        var lines = new List<string> { $"{facts.Verb}: {facts.ClassName} statement" };
        Add(lines, "reads", facts.Reads);
        Add(lines, "changes", facts.Writes);
        if (facts.Refusal is { } refusal)
        {
            lines.Add($"would be refused: {refusal}");
        }

        if (plan is not null)
        {
            lines.Add(plan);
        }

        return ToolReply.Structured(string.Join('\n', lines), writer =>
        {
            writer.WriteString("database"u8, database.Name);
            writer.WriteString("statement"u8, statement);
            StatementJson.Write(writer, facts);
            writer.WriteString("refused"u8, facts.Refusal);
            writer.WriteString("plan"u8, plan);
        });
    }

    private static void Add(List<string> lines, string word, IReadOnlyList<string> tables)
    {
        if (tables.Count > 0)
        {
            lines.Add($"{word} {string.Join(", ", tables)}");
        }
    }
}
