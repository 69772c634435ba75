using System.Text;
using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Results;
using Agent.Tools.Sql.Schema;

namespace Agent.Tools.Sql.Tools;

/// <summary><c>find_value</c>: which columns hold a value.</summary>
internal sealed class FindValueTool(DatabaseCatalog catalog, SqlOptions options) : SqlTool(catalog, options)
{
    public ServerTool Describe() => new()
    {
        Name = "find_value",
        Title = "Find where a value is",
        Description = "Tells which columns of which tables hold a value and in how many rows: to find out where a name, a code or an id lives before writing a query.",
        About = ToolSubject.Overview,
        InputSchema =
            $$$"""
            {"type": "object", "properties": {
              {{{SqlArguments.DatabaseSchema}}},
              "value": {"type": ["string", "number"], "description": "The value, compared as text, without regard to case."},
              "match": {"type": "string", "enum": ["exact", "contains"], "description": "Default exact."},
              "tables": {"type": "array", "items": {"type": "string"}, "description": "Only these tables. Default all."},
              {{{SqlArguments.TimeoutSchema}}}
            }, "required": ["value"], "additionalProperties": false}
            """,
        OutputSchema =
            $$$"""
            {"type": "object", "properties": {
              "database": {"type": "string"},
              "matches": {"type": "array", "items": {"type": "object", "properties": {
                "table": {"type": "string"}, "column": {"type": "string"}, "rows": {"type": "integer"}, "statement": {"type": "string"}
              }, "required": ["table", "column", "rows", "statement"]}},
              "not_searched": {"type": "array", "items": {"type": "string"}, "description": "Tables that were not searched: time ran out, or they may not be read."},
              {{{Page.SchemaProperties}}}
            }, "required": ["database", "matches", "not_searched", {{{Page.SchemaRequired}}}]}
            """,
        ReadOnly = true,
        Idempotent = true,
        Limit = Options.MaxTime + TimeSpan.FromSeconds(30),
        Classifier = (request, cancellationToken) => StatementClasses.TellAsync(() => ClassifyAsync(request, cancellationToken)),
        Handler = AnswerAsync,
    };

    public static string Qualified(IDatabase database, TableInfo table) =>
        table.Schema is null ? database.Quote(table.Name) : $"{database.Quote(table.Schema)}.{database.Quote(table.Name)}";

    private async ValueTask<ToolReply> AnswerAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var database = Database(request);
        var arguments = request.Arguments;
        var value = arguments.Find("value") switch
        {
            { ValueKind: JsonValueKind.String } text => text.GetString()!,
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            _ => throw arguments.Wrong("value", "a string or a number"),
        };
        var exact = arguments.Choice("match", "exact", "exact", "contains") == "exact";
        var schema = await UseAsync(database, () => database.ReadSchemaAsync(cancellationToken));
        var tables = Tables(schema, arguments);
        using var limit = new CancellationTokenSource(SqlArguments.Timeout(arguments, Options));
        var matches = new List<(string Table, string Column, long Rows, string Statement)>();
        var left = new List<string>();
        foreach (var table in tables.OrderBy(table => table.Rows ?? long.MaxValue))
        {
            if (limit.IsCancellationRequested)
            {
                left.Add(table.FullName);
                continue;
            }

            try
            {
                await SearchAsync(database, table, value, exact, matches, limit.Token, cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                left.Add(table.FullName);
            }
            catch (ToolException)
            {
                // One that this role may not read, or that was dropped, spoils nothing for the others.
                left.Add(table.FullName);
            }
        }

        matches.Sort((a, b) => b.Rows.CompareTo(a.Rows));
        return Reply(database, value, matches, left);
    }

    private static TableInfo[] Tables(DatabaseSchema schema, ToolArguments arguments) =>
        arguments.Texts("tables") is { Count: > 0 } names
            ? [.. names.Select(name => DescribeSchemaTool.Table(schema, name))]
            : [.. schema.Tables.Where(table => table.Kind is "table" or "partitioned table")];

    // Tables are what they are; a view reads others.
    private async ValueTask<ToolReply> ClassifyAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var database = Database(request);
        var schema = await UseAsync(database, () => database.ReadSchemaAsync(cancellationToken));
        var tables = Tables(schema, request.Arguments);
        var reads = tables.Select(table => table.FullName).ToHashSet(StringComparer.Ordinal);
        foreach (var view in tables.Where(table => table.Kind is not ("table" or "partitioned table")))
        {
            reads.UnionWith((await UseAsync(database, () => database.ClassifyAsync($"SELECT * FROM {Qualified(database, view)}", cancellationToken))).Reads);
        }

        return StatementClasses.Tell(new StatementFacts(StatementClass.Read, "SELECT", [.. reads.Order(StringComparer.Ordinal)], []));
    }

    private async ValueTask SearchAsync(
        IDatabase database,
        TableInfo table,
        string value,
        bool exact,
        List<(string Table, string Column, long Rows, string Statement)> matches,
        CancellationToken limit,
        CancellationToken cancellationToken)
    {
        // Masked columns are left out: a search would tell what the mask hides.
        var columns = table.Columns.Where(column => !column.Masked && !IsBytes(column.Type)).ToArray();
        if (columns.Length == 0)
        {
            return;
        }

        var placeholder = database.Engine == "PostgreSQL" ? "$1::text" : "?1";
        var conditions = columns.Select(column => exact
            ? $"lower(CAST({database.Quote(column.Name)} AS text)) = lower({placeholder})"
            : $"{(database.Engine == "PostgreSQL" ? "strpos" : "instr")}(lower(CAST({database.Quote(column.Name)} AS text)), lower({placeholder})) > 0").ToArray();
        var sums = conditions.Select(condition => $"sum(CASE WHEN {condition} THEN 1 ELSE 0 END)");
        var statement = $"SELECT {string.Join(", ", sums)} FROM {Qualified(database, table)}";
        var parameters = new StatementParameters([JsonSerializer.SerializeToElement(value, SqlSectionContext.Default.String)], StatementParameters.None.Named);
        using var rows = new ResultWriter(ResultFormat.Json, new ResultLimits(1, int.MaxValue, 64));
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit, cancellationToken);
        await QueryTool.RunAsync(database, new ReadRequest(statement, parameters, 0, Options.MaxTime), rows, linked.Token);
        using var counts = JsonDocument.Parse(rows.JsonRows);
        var i = 0;
        foreach (var count in counts.RootElement.EnumerateArray())
        {
            if (count.ValueKind == JsonValueKind.Number && count.GetInt64() is var found and > 0)
            {
                var condition = conditions[i].Replace(placeholder, '\'' + value.Replace("'", "''", StringComparison.Ordinal) + '\'', StringComparison.Ordinal);
                matches.Add((table.FullName, columns[i].Name, found, $"SELECT * FROM {Qualified(database, table)} WHERE {condition}"));
            }

            i++;
        }
    }

    private static bool IsBytes(string type) =>
        type.Contains("blob", StringComparison.OrdinalIgnoreCase) || type.Contains("bytea", StringComparison.OrdinalIgnoreCase);

    private static ToolReply Reply(
        IDatabase database, string value, List<(string Table, string Column, long Rows, string Statement)> matches, List<string> left)
    {
        var text = new StringBuilder();
        foreach (var match in matches)
        {
            text.Append($"{match.Table}.{match.Column}: {match.Rows} {(match.Rows == 1 ? "row" : "rows")}\n");
        }

        if (matches.Count == 0)
        {
            text.Append($"No column of {database.Name} holds '{value}'.\n");
        }

        if (left.Count > 0)
        {
            text.Append($"Not searched, for want of time or of the right to read them: {string.Join(", ", left)}.\n");
        }

        return ToolReply.Structured(text.ToString().TrimEnd(), writer =>
        {
            writer.WriteString("database"u8, database.Name);
            writer.WriteStartArray("matches"u8);
            foreach (var match in matches)
            {
                writer.WriteStartObject();
                writer.WriteString("table"u8, match.Table);
                writer.WriteString("column"u8, match.Column);
                writer.WriteNumber("rows"u8, match.Rows);
                writer.WriteString("statement"u8, match.Statement);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("not_searched"u8);
            foreach (var table in left)
            {
                writer.WriteStringValue(table);
            }

            writer.WriteEndArray();
            Page.Write(writer, left.Count > 0 ? null : matches.Count, left.Count > 0, null);
        });
    }
}
