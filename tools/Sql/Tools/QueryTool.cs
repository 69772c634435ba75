using System.Globalization;
using System.Text;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Results;

namespace Agent.Tools.Sql.Tools;

/// <summary><c>query</c>: one reading statement.</summary>
internal sealed class QueryTool(DatabaseCatalog catalog, SqlOptions options) : SqlTool(catalog, options)
{
    private const int MaxCellBytes = 64 * 1024;

    public const string ResultSchema =
        $$$"""
        {"type": "object", "properties": {
          "database": {"type": "string"},
          "statement": {"type": "string"},
          "columns": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}, "type": {"type": "string"}}, "required": ["name", "type"]}},
          "rows": {"type": "array", "items": {"type": "array"}, "description": "Values in the order of columns. Integers beyond 2^53 and exact decimals are strings; bytes are told by digest. Missing for CSV, which is in the text."},
          "row_count": {"type": "integer"},
          {{{Page.SchemaProperties}}}
        }, "required": ["database", "statement", "columns", "row_count", {{{Page.SchemaRequired}}}]}
        """;

    public ServerTool Describe() => new()
    {
        Name = "query",
        Title = "Query a database",
        Description = "Runs one SELECT (or VALUES, WITH, SHOW) read-only and gives its rows. Look at describe_schema first for the names of tables and columns. Use parameters for values. Changes are refused here: use execute.",
        InputSchema =
            $$$"""
            {"type": "object", "properties": {
              {{{SqlArguments.DatabaseSchema}}},
              {{{SqlArguments.StatementSchema}}},
              {{{SqlArguments.ParametersSchema}}},
              "limit": {"type": "integer", "minimum": 1, "maximum": {{{Options.MaxRows}}}, "description": "Rows at most. Default {{{Options.DefaultRows}}}."},
              "max_bytes": {"type": "integer", "minimum": 1024, "maximum": {{{Options.MaxBytes}}}, "description": "Bytes of rows at most. Default {{{DefaultBytes}}}."},
              "format": {"type": "string", "enum": ["table", "json", "csv"], "description": "table (default): rows and a table of text. json: rows alone, best for many. csv: CSV text."},
              "cursor": {"type": "string", "description": "next_cursor of the result to go on from. Order the statement, or pages may overlap."},
              {{{SqlArguments.TimeoutSchema}}}
            }, "required": ["statement"], "additionalProperties": false}
            """,
        OutputSchema = ResultSchema,
        ReadOnly = true,
        Idempotent = true,
        Limit = Options.MaxTime + TimeSpan.FromSeconds(30),
        Classifier = (request, cancellationToken) => StatementClasses.TellAsync(
            () => StatementClasses.TellAsync(Database(request), [SqlArguments.Statement(request.Arguments)], cancellationToken)),
        Handler = AnswerAsync,
    };

    private long DefaultBytes => Math.Min(1024 * 1024, Options.MaxBytes);

    private async ValueTask<ToolReply> AnswerAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var arguments = request.Arguments;
        var database = Database(request);
        var statement = SqlArguments.Statement(arguments);
        var skip = request.OpenCursor() is { } position ? long.Parse(position, CultureInfo.InvariantCulture) : 0;
        var format = arguments.Choice("format", "table", "table", "json", "csv") switch
        {
            "json" => ResultFormat.Json,
            "csv" => ResultFormat.Csv,
            _ => ResultFormat.Table,
        };
        var limits = new ResultLimits(
            arguments.Int("limit", Options.DefaultRows, 1, Options.MaxRows),
            arguments.Long("max_bytes", DefaultBytes, 1024, Options.MaxBytes),
            MaxCellBytes);
        var read = new ReadRequest(statement, SqlArguments.Parameters(arguments), skip, SqlArguments.Timeout(arguments, Options));
        var rows = Writer(database, read, format, limits);
        await RunAsync(database, read, rows, cancellationToken);
        var next = rows.Truncated && !(rows.Ruled && !rows.BytesFull) ? request.SealCursor((skip + rows.Rows).ToString(CultureInfo.InvariantCulture)) : null;
        return Reply(database, read, format, rows, next);
    }

    /// <summary>Runs a read; what is refused becomes a sentence that names the tool to use instead.</summary>
    public static ValueTask<StatementFacts> RunAsync(
        IDatabase database, ReadRequest read, ResultWriter rows, CancellationToken cancellationToken) =>
        UseAsync(
            database,
            read.Statement,
            async () =>
            {
                try
                {
                    return await database.ReadAsync(read, rows, cancellationToken);
                }
                catch (StatementRefusedException e)
                {
                    throw new ToolException(Refusal(e.Facts), e);
                }
            },
            cancellationToken);

    public static string Refusal(StatementFacts facts) => facts switch
    {
        { Class: StatementClass.Write or StatementClass.Schema } =>
            $"query only reads, and this is a {facts.ClassName} statement ({facts.Verb}{(facts.Writes.Count > 0 ? " of " + string.Join(", ", facts.Writes) : string.Empty)}); use execute, which asks a person first.",
        { Refusal: { } reason } => $"Refused: {reason}.",
        _ => $"query only reads, and {facts.Verb} is an administration statement; it is not run from here.",
    };

    /// <summary>A writer whose output is the structured result from its first byte.</summary>
    public static ResultWriter Writer(IDatabase database, ReadRequest read, ResultFormat format, ResultLimits limits) =>
        new(format, limits) { Head = (json, columns) => WriteHead(json, database, read, columns) };

    /// <summary>The answer to a read. Takes the writer over.</summary>
    public static ToolReply Reply(IDatabase database, ReadRequest read, ResultFormat format, ResultWriter rows, string? next)
    {
        long? total = rows.Truncated ? null : read.Skip + rows.Rows;
        var text = Text(read, format, rows, next);
        var json = rows.Output;
        if (format == ResultFormat.Csv)
        {
            // The rows are in the text.
            json.Clear();
            WriteHead(json, database, read, rows.Columns, withRows: false);
        }
        else
        {
            json.WriteByte((byte)']');
        }

        json.Write(Encoding.UTF8.GetBytes($",\"row_count\":{rows.Rows},\"total\":{total?.ToString(CultureInfo.InvariantCulture) ?? "null"},\"truncated\":{(rows.Truncated ? "true" : "false")},\"next_cursor\":{(next is null ? "null" : $"\"{next}\"")}}}"));
        return ToolReply.Ready(text, json.ToSequence(), rows);
    }

    private static void WriteHead(ByteBuffer json, IDatabase database, ReadRequest read, IReadOnlyList<ResultColumn> columns, bool withRows = true)
    {
        json.Write("{\"database\":"u8);
        ResultWriter.WriteJsonString(json, Encoding.UTF8.GetBytes(database.Name));
        json.Write(",\"statement\":"u8);
        ResultWriter.WriteJsonString(json, Encoding.UTF8.GetBytes(read.Statement));
        json.Write(",\"columns\":["u8);
        for (var i = 0; i < columns.Count; i++)
        {
            json.Write(i == 0 ? "{\"name\":"u8 : ",{\"name\":"u8);
            ResultWriter.WriteJsonString(json, Encoding.UTF8.GetBytes(columns[i].Name));
            json.Write(",\"type\":"u8);
            ResultWriter.WriteJsonString(json, Encoding.UTF8.GetBytes(columns[i].Type));
            json.WriteByte((byte)'}');
        }

        json.Write(withRows ? "],\"rows\":["u8 : "]"u8);
    }

    private static string Text(ReadRequest read, ResultFormat format, ResultWriter rows, string? next)
    {
        var end = new StringBuilder();
        var from = read.Skip > 0 ? $"rows {read.Skip + 1} to {read.Skip + rows.Rows}" : $"{rows.Rows} {(rows.Rows == 1 ? "row" : "rows")}";
        end.Append('(').Append(from);
        if (format == ResultFormat.Table && rows.TextRows < rows.Rows)
        {
            end.Append($", of which {rows.TextRows} are shown here and all are in the structured result");
        }

        if (rows.Truncated && rows.Ruled && !rows.BytesFull)
        {
            end.Append("; there are more, and the operator lets no more of this table be seen");
        }
        else if (rows.Truncated)
        {
            end.Append($"; there are more{(rows.BytesFull ? " (max_bytes was reached)" : string.Empty)}{(next is null ? string.Empty : $", go on with cursor {next}")}");
        }

        if (rows.CutCells > 0)
        {
            end.Append($"; {rows.CutCells} long values were cut");
        }

        end.Append(')');
        return format switch
        {
            ResultFormat.Csv => rows.Truncated ? rows.Text + end : rows.Text,
            ResultFormat.Json => end.ToString(),
            _ => rows.Text + end,
        };
    }
}
