using System.Globalization;
using System.Text;
using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Schema;

namespace Agent.Tools.Sql.Tools;

/// <summary><c>describe_schema</c>: tables, columns, keys, and ways between tables.</summary>
internal sealed class DescribeSchemaTool(DatabaseCatalog catalog, SqlOptions options) : SqlTool(catalog, options)
{
    private const int FewTables = 25;

    // About eight thousand tokens; what would take more is told by names alone.
    private const int MaxCompactCharacters = 32_000;

    public ServerTool Describe() => new()
    {
        Name = "describe_schema",
        Title = "Describe tables and columns",
        Description = "Gives tables and views with columns, types, keys, indexes, comments and about how many rows they have. Many tables come in a compact form; name tables to see them in full, search to find the ones that matter, or ask for the joins between two tables.",
        About = ToolSubject.Overview,
        InputSchema =
            $$$"""
            {"type": "object", "properties": {
              {{{SqlArguments.DatabaseSchema}}},
              "tables": {"type": "array", "items": {"type": "string"}, "description": "Only these tables, in full."},
              "search": {"type": "string", "description": "Only tables with this word in the name or comment of the table or of a column."},
              "detail": {"type": "string", "enum": ["auto", "names", "compact", "full"], "description": "auto (default): full for up to {{{FewTables}}} tables, names alone where the columns of all would be too long."},
              "join_from": {"type": "string", "description": "With join_to: the shortest ways to join these two tables along foreign keys."},
              "join_to": {"type": "string"},
              "limit": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "Tables at most. Default 50 in full, 300 compact, 1000 by name."},
              "cursor": {"type": "string", "description": "next_cursor of the result to go on from."}
            }, "additionalProperties": false}
            """,
        OutputSchema =
            $$$$"""
            {"type": "object", "properties": {
              "database": {"type": "string"},
              "engine": {"type": "string"},
              "tables": {"type": "array", "items": {"type": "object", "properties": {
                "name": {"type": "string"}, "kind": {"type": "string"}, "rows": {"type": ["integer", "null"], "description": "About how many."}, "comment": {"type": ["string", "null"]},
                "column_count": {"type": "integer"},
                "columns": {"type": "array", "items": {"type": "object", "properties": {
                  "name": {"type": "string"}, "type": {"type": "string"}, "nullable": {"type": "boolean"}, "primary_key": {"type": "boolean"},
                  "default": {"type": "string"}, "references": {"type": "string"}, "masked": {"type": "boolean"}, "comment": {"type": "string"}
                }, "required": ["name", "type"]}},
                "primary_key": {"type": "array", "items": {"type": "string"}},
                "foreign_keys": {"type": "array", "items": {"type": "object", "properties": {
                  "columns": {"type": "array", "items": {"type": "string"}}, "table": {"type": "string"}, "references": {"type": "array", "items": {"type": "string"}}
                }, "required": ["columns", "table", "references"]}},
                "indexes": {"type": "array", "items": {"type": "object", "properties": {
                  "name": {"type": "string"}, "columns": {"type": "array", "items": {"type": "string"}}, "unique": {"type": "boolean"}
                }, "required": ["name", "columns", "unique"]}}
              }, "required": ["name", "kind", "rows", "columns", "primary_key", "foreign_keys"]}},
              "joins": {"type": "array", "description": "Each a list of join conditions, in order.", "items": {"type": "array", "items": {"type": "string"}}},
              {{{{Page.SchemaProperties}}}}
            }, "required": ["database", "engine", "tables", {{{{Page.SchemaRequired}}}}]}
            """,
        ReadOnly = true,
        Idempotent = true,
        Handler = AnswerAsync,
    };

    private async ValueTask<ToolReply> AnswerAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var database = Database(request);
        var arguments = request.Arguments;
        var schema = await UseAsync(database, () => database.ReadSchemaAsync(cancellationToken));
        var tables = Choose(schema, arguments);
        var joins = Joins(schema, arguments);
        if (joins is not null && !arguments.Has("tables") && !arguments.Has("search"))
        {
            tables = [];
        }

        var detail = Detail(arguments.Choice("detail", "auto", "auto", "names", "compact", "full"), tables, arguments.Has("tables"));
        var skip = request.OpenCursor() is { } position ? int.Parse(position, CultureInfo.InvariantCulture) : 0;
        var page = tables.Skip(skip).Take(arguments.Int("limit", detail switch { "full" => 50, "compact" => 300, _ => 1000 }, 1, 1000)).ToArray();
        var rest = tables.Count - skip - page.Length;
        var next = rest > 0 ? request.SealCursor((skip + page.Length).ToString(CultureInfo.InvariantCulture)) : null;

        return ToolReply.Structured(Text(database, page, detail, joins, rest, next), writer =>
        {
            writer.WriteString("database"u8, database.Name);
            writer.WriteString("engine"u8, database.Engine);
            writer.WriteStartArray("tables"u8);
            foreach (var table in page)
            {
                Write(writer, table, detail);
            }

            writer.WriteEndArray();
            if (joins is not null)
            {
                writer.WriteStartArray("joins"u8);
                foreach (var path in joins)
                {
                    WriteList(writer, path);
                }

                writer.WriteEndArray();
            }

            Page.Write(writer, tables.Count, rest > 0, next);
        });
    }

    private static string Detail(string asked, IReadOnlyList<TableInfo> tables, bool named) =>
        asked != "auto" ? asked
        : named || tables.Count <= FewTables ? "full"
        : tables.Sum(table => table.FullName.Length + table.Columns.Sum(column => column.Name.Length + 2)) <= MaxCompactCharacters ? "compact"
        : "names";

    private static IReadOnlyList<TableInfo> Choose(DatabaseSchema schema, ToolArguments arguments)
    {
        IEnumerable<TableInfo> tables = schema.Tables;
        if (arguments.Texts("tables") is { Count: > 0 } names)
        {
            tables = names.Select(name => Table(schema, name)).Distinct();
        }

        if (arguments.OptionalText("search") is { Length: > 0 } word)
        {
            tables = tables.Where(table => Speaks(table.FullName) || Speaks(table.Comment)
                || table.Columns.Any(column => Speaks(column.Name) || Speaks(column.Comment)));

            bool Speaks(string? text) => text?.Contains(word, StringComparison.OrdinalIgnoreCase) ?? false;
        }

        return [.. tables];
    }

    /// <summary>The table of a name.</summary>
    /// <exception cref="ToolException">There is none.</exception>
    public static TableInfo Table(DatabaseSchema schema, string name)
    {
        if (schema.Find(name) is { } table)
        {
            return table;
        }

        var near = NearestNames.Find(name, schema.Tables.Select(other => other.FullName));
        throw new ToolException(near.Count > 0
            ? $"There is no table '{name}'; nearest: {string.Join(", ", near)}."
            : $"There is no table '{name}'; there are {string.Join(", ", schema.Tables.Take(40).Select(other => other.FullName))}{(schema.Tables.Count > 40 ? " and more" : string.Empty)}.");
    }

    private static IReadOnlyList<IReadOnlyList<string>>? Joins(DatabaseSchema schema, ToolArguments arguments)
    {
        if (!arguments.Has("join_from") && !arguments.Has("join_to"))
        {
            return null;
        }

        return ForeignKeyPaths.Find(schema, Table(schema, arguments.Text("join_from")), Table(schema, arguments.Text("join_to")));
    }

    private static string Text(
        IDatabase database, TableInfo[] page, string detail, IReadOnlyList<IReadOnlyList<string>>? joins, int rest, string? next)
    {
        var text = new StringBuilder();
        text.Append(database.Name).Append(" (").Append(database.Engine).Append(")\n");
        foreach (var table in page)
        {
            if (detail == "full")
            {
                SchemaText.Full(text, table);
            }
            else if (detail == "compact")
            {
                SchemaText.Compact(text, table);
            }
            else
            {
                SchemaText.Name(text, table);
            }
        }

        if (detail == "names" && page.Length > 0)
        {
            text.Append("(names and numbers of columns; give tables or search for the columns)\n");
        }

        foreach (var path in joins ?? [])
        {
            text.Append("join on ").AppendJoin("; ", path).Append('\n');
        }

        if (joins is { Count: 0 })
        {
            text.Append("No foreign keys lead from the one table to the other.\n");
        }

        if (page.Length == 0 && joins is null)
        {
            text.Append("No such tables.\n");
        }

        if (rest > 0)
        {
            text.Append($"({rest} more tables; go on with cursor {next})");
        }

        return text.ToString().TrimEnd();
    }

    private static void Write(Utf8JsonWriter writer, TableInfo table, string detail)
    {
        var full = detail == "full";
        writer.WriteStartObject();
        writer.WriteString("name"u8, table.FullName);
        writer.WriteString("kind"u8, table.Kind);
        if (table.Rows is { } rows)
        {
            writer.WriteNumber("rows"u8, rows);
        }
        else
        {
            writer.WriteNull("rows"u8);
        }

        writer.WriteString("comment"u8, table.Comment);
        writer.WriteNumber("column_count"u8, table.Columns.Count);
        writer.WriteStartArray("columns"u8);
        foreach (var column in detail == "names" ? [] : table.Columns)
        {
            WriteColumn(writer, table, column, full);
        }

        writer.WriteEndArray();
        writer.WritePropertyName("primary_key"u8);
        WriteList(writer, table.PrimaryKey);
        writer.WriteStartArray("foreign_keys"u8);
        foreach (var key in detail == "names" ? [] : table.ForeignKeys)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("columns"u8);
            WriteList(writer, key.Columns);
            writer.WriteString("table"u8, key.TargetTable);
            writer.WritePropertyName("references"u8);
            WriteList(writer, key.TargetColumns);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (full)
        {
            writer.WriteStartArray("indexes"u8);
            foreach (var index in table.Indexes)
            {
                writer.WriteStartObject();
                writer.WriteString("name"u8, index.Name);
                writer.WritePropertyName("columns"u8);
                WriteList(writer, index.Columns);
                writer.WriteBoolean("unique"u8, index.Unique);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteColumn(Utf8JsonWriter writer, TableInfo table, ColumnInfo column, bool full)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, column.Name);
        writer.WriteString("type"u8, column.Type);
        if (full)
        {
            writer.WriteBoolean("nullable"u8, column.Nullable);
            writer.WriteBoolean("primary_key"u8, table.PrimaryKey.Contains(column.Name));
            if (column.Default is { } value)
            {
                writer.WriteString("default"u8, value);
            }
        }

        if (SchemaText.Reference(table, column.Name) is { } target)
        {
            writer.WriteString("references"u8, target);
        }

        if (column.Masked)
        {
            writer.WriteBoolean("masked"u8, true);
        }

        if (full && column.Comment is { } comment)
        {
            writer.WriteString("comment"u8, comment);
        }

        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, IReadOnlyList<string> values)
    {
        writer.WriteStartArray();
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }
}
