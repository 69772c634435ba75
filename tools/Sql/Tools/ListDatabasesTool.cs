using System.Text;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;

namespace Agent.Tools.Sql.Tools;

/// <summary><c>list_databases</c>.</summary>
internal sealed class ListDatabasesTool(DatabaseCatalog catalog, SqlOptions options) : SqlTool(catalog, options)
{
    public ServerTool Describe() => new()
    {
        Name = "list_databases",
        Title = "List databases",
        Description = "Lists the databases that can be asked, with engine, version and number of tables, and says which cannot be reached.",
        About = ToolSubject.Overview,
        InputSchema = """{"type": "object", "properties": {}, "additionalProperties": false}""",
        OutputSchema =
            $$$"""
            {"type": "object", "properties": {
              "databases": {"type": "array", "items": {"type": "object", "properties": {
                "name": {"type": "string"}, "engine": {"type": "string"}, "version": {"type": ["string", "null"]},
                "tables": {"type": ["integer", "null"]}, "problem": {"type": ["string", "null"]}
              }, "required": ["name", "engine", "version", "tables", "problem"]}},
              {{{Page.SchemaProperties}}}
            }, "required": ["databases", {{{Page.SchemaRequired}}}]}
            """,
        ReadOnly = true,
        Idempotent = true,
        Handler = AnswerAsync,
    };

    private async ValueTask<ToolReply> AnswerAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(Catalog.All.Select(database => LookAsync(database, cancellationToken)));
        var text = new StringBuilder();
        foreach (var (database, version, tables, problem) in found)
        {
            text.Append(database.Name).Append(": ").Append(database.Engine);
            text.AppendLine(problem is null ? $" {version}, {tables} tables and views" : $", cannot be used: {problem}");
        }

        if (found.Length == 0)
        {
            text.Append("No database is configured; start the server with --database NAME=sqlite:PATH or NAME=postgres:CONNECTION.");
        }

        return ToolReply.Structured(text.ToString().TrimEnd(), writer =>
        {
            writer.WriteStartArray("databases"u8);
            foreach (var (database, version, tables, problem) in found)
            {
                writer.WriteStartObject();
                writer.WriteString("name"u8, database.Name);
                writer.WriteString("engine"u8, database.Engine);
                writer.WriteString("version"u8, version);
                if (tables is { } count)
                {
                    writer.WriteNumber("tables"u8, count);
                }
                else
                {
                    writer.WriteNull("tables"u8);
                }

                writer.WriteString("problem"u8, problem);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            Page.Write(writer, found.Length, false, null);
        });
    }

    private static async Task<(IDatabase Database, string? Version, int? Tables, string? Problem)> LookAsync(
        IDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            var version = await database.ReadVersionAsync(cancellationToken);
            return (database, version, (await database.ReadSchemaAsync(cancellationToken)).Tables.Count, null);
        }
        catch (EngineException e)
        {
            return (database, null, null, $"{e.Message.TrimEnd('.')} ({e.Code})");
        }
    }
}
