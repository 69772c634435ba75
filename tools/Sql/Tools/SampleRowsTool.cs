using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Results;

namespace Agent.Tools.Sql.Tools;

/// <summary><c>sample_rows</c>: the first rows of a table.</summary>
internal sealed class SampleRowsTool(DatabaseCatalog catalog, SqlOptions options) : SqlTool(catalog, options)
{
    private const int MaxCellBytes = 500;
    private const int MaxBytes = 256 * 1024;

    public ServerTool Describe() => new()
    {
        Name = "sample_rows",
        Title = "Sample a table",
        Description = "Gives a few rows of a table or view, to see what its values look like; long values are cut.",
        InputSchema =
            $$$"""
            {"type": "object", "properties": {
              {{{SqlArguments.DatabaseSchema}}},
              "table": {"type": "string", "description": "A table or view, as describe_schema names it."},
              "limit": {"type": "integer", "minimum": 1, "maximum": 100, "description": "Rows at most. Default 5."}
            }, "required": ["table"], "additionalProperties": false}
            """,
        OutputSchema = QueryTool.ResultSchema,
        ReadOnly = true,
        Idempotent = true,
        Classifier = (request, cancellationToken) => StatementClasses.TellAsync(() => ClassifyAsync(request, cancellationToken)),
        Handler = AnswerAsync,
    };

    // A view reads other tables.
    private async ValueTask<ToolReply> ClassifyAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var database = Database(request);
        var schema = await UseAsync(database, () => database.ReadSchemaAsync(cancellationToken));
        var table = DescribeSchemaTool.Table(schema, request.Arguments.Text("table"));
        return await StatementClasses.TellAsync(database, [$"SELECT * FROM {FindValueTool.Qualified(database, table)}"], cancellationToken);
    }

    private async ValueTask<ToolReply> AnswerAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var database = Database(request);
        var limit = request.Arguments.Int("limit", 5, 1, 100);
        var name = request.Arguments.Text("table");
        var schema = await UseAsync(database, () => database.ReadSchemaAsync(cancellationToken));
        var table = DescribeSchemaTool.Table(schema, name);

        // One more than is shown, so that the result can say whether there is more.
        var statement = $"SELECT * FROM {FindValueTool.Qualified(database, table)} LIMIT {limit + 1}";
        var read = new ReadRequest(statement, StatementParameters.None, 0, Options.DefaultTime);
        var rows = QueryTool.Writer(database, read, ResultFormat.Table, new ResultLimits(limit, MaxBytes, MaxCellBytes));
        await QueryTool.RunAsync(database, read, rows, cancellationToken);
        return QueryTool.Reply(database, read, ResultFormat.Table, rows, null);
    }
}
