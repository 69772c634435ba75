using System.Text.Json;
using Agent.Models.Offline.Language;
using Agent.Models.Offline.Questions;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Sql;

/// <summary>Reads what a database tool says of its schema, in whichever of the usual shapes it says it.</summary>
internal static class SchemaReader
{
    public static Schema? Read(ToolOutput output, string database, string dialect)
    {
        if (output.IsError || (output.Structured ?? Parsed(output.Text)) is not { } json || FindTables(json) is not { } described)
        {
            return null;
        }

        var tables = new List<Table>();
        var foreignKeys = new List<(Table From, JsonElement Key)>();
        foreach (var item in described)
        {
            if (Text(item, "name", "table", "table_name") is not { } name || Array(item, "columns", "fields") is not { } columns)
            {
                continue;
            }

            var table = new Table(Text(item, "schema", "table_schema"), name) { Comment = Text(item, "comment", "description") ?? string.Empty };
            var keys = Names(item, "primary_key", "primaryKey", "pk");
            foreach (var column in columns)
            {
                AddColumn(table, column, keys, foreignKeys);
            }

            if (table.Columns.Count == 0)
            {
                continue;
            }

            foreach (var key in Array(item, "foreign_keys", "foreignKeys", "references") ?? [])
            {
                foreignKeys.Add((table, key));
            }

            tables.Add(table);
        }

        if (tables.Count == 0)
        {
            return null;
        }

        foreach (var key in Array(json, "foreign_keys", "foreignKeys", "relationships") ?? [])
        {
            if (Text(key, "from_table", "table") is { } from && tables.Find(t => Same(t.Name, from)) is { } owner)
            {
                foreignKeys.Add((owner, key));
            }
        }

        Naming.Strip(tables);
        var references = foreignKeys.Select(k => ReadKey(tables, k.From, k.Key)).OfType<Reference>()
            .DistinctBy(static r => (r.From.Name, string.Join('|', r.FromColumns.Select(static c => c.Name)), r.To.Name)).ToList();
        foreach (var column in references.SelectMany(static r => r.FromColumns))
        {
            column.IsReference = true;
        }

        references.AddRange(InferredReferences.Find(tables, references));
        foreach (var self in references.Where(static r => r.From == r.To && People.Are(r.From)))
        {
            self.FromColumns[0].Aliases = ["manager", "boss", "supervisor", "superior", "report", "reporting", "reported", "manage", "managed", "supervise", "supervised"];
        }

        var engine = Text(json, "dialect", "engine", "kind", "provider") ?? dialect;
        return new Schema(Text(json, "database") ?? database, engine.Contains("postgres", StringComparison.OrdinalIgnoreCase), tables, references);
    }

    private static JsonElement? Parsed(string text)
    {
        if (SchemaText.Read(text) is not { } schema)
        {
            return null;
        }

        using var document = JsonDocument.Parse(schema.ToJsonString());
        return document.RootElement.Clone();
    }

    private static void AddColumn(Table table, JsonElement column, IReadOnlyList<string> keys, List<(Table, JsonElement)> foreignKeys)
    {
        var name = column.ValueKind == JsonValueKind.String ? column.GetString() : Text(column, "name", "column", "column_name");
        if (name is null)
        {
            return;
        }

        var type = Text(column, "type", "data_type") ?? string.Empty;
        var isKey = keys.Any(k => Same(k, name)) || Flag(column, "primary_key", "primaryKey", "is_primary_key", "pk", "key");
        var nullable = !isKey && (Flag(column, "nullable", "is_nullable") || !Flag(column, "not_null", "notNull", "required"));
        var added = new Column(table, name, type, Naming.KindOf(name, type), isKey, nullable);
        table.Columns.Add(added);
        if (isKey)
        {
            table.PrimaryKey.Add(added);
        }

        if (column.ValueKind == JsonValueKind.Object
            && (column.TryGetProperty("references", out var target) || column.TryGetProperty("foreign_key", out target))
            && target.ValueKind is JsonValueKind.String or JsonValueKind.Object)
        {
            foreignKeys.Add((table, Wrap(name, target)));
        }
    }

    private static JsonElement Wrap(string column, JsonElement target)
    {
        var (table, to) = target.ValueKind == JsonValueKind.String ? SplitTarget(target.GetString()!) : (Text(target, "table", "to_table"), Text(target, "column", "to"));
        var node = new System.Text.Json.Nodes.JsonObject { ["column"] = column, ["references_table"] = table, ["references_column"] = to };
        using var document = JsonDocument.Parse(node.ToJsonString());
        return document.RootElement.Clone();
    }

    private static (string? Table, string? Column) SplitTarget(string target)
    {
        var open = target.IndexOf('(', StringComparison.Ordinal);
        if (open > 0)
        {
            return (target[..open].Trim(), target[(open + 1)..].TrimEnd(')', ' '));
        }

        var dot = target.LastIndexOf('.');
        return dot > 0 ? (target[..dot], target[(dot + 1)..]) : (target, null);
    }

    private static Reference? ReadKey(List<Table> tables, Table from, JsonElement key)
    {
        if (key.ValueKind == JsonValueKind.String)
        {
            // "AlbumId -> Album.AlbumId"
            var sides = key.GetString()!.Split("->", StringSplitOptions.TrimEntries);
            if (sides.Length != 2)
            {
                return null;
            }

            using var document = JsonDocument.Parse($"\"{JsonEncodedText.Encode(sides[1])}\"");
            return ReadKey(tables, from, Wrap(sides[0], document.RootElement));
        }

        var targetName = Text(key, "references_table", "referenced_table", "to_table", "ref_table", "target_table", "references", "foreign_table")
            ?? (key.TryGetProperty("references", out var nested) && nested.ValueKind == JsonValueKind.Object ? Text(nested, "table") : null)
            ?? Text(key, "table");
        if (targetName is null)
        {
            return null;
        }

        var bare = SplitTarget(targetName).Table ?? targetName;
        var target = tables.Find(t => Same(t.Name, targetName)) ?? tables.Find(t => Same(t.Name, bare)) ?? tables.Find(t => targetName.EndsWith("." + t.Name, StringComparison.OrdinalIgnoreCase));
        var own = Names(key, "columns", "column", "from_columns", "from_column", "from").Select(n => from.Columns.Find(c => Same(c.Name, n))).OfType<Column>().ToList();
        if (target is null || own.Count == 0)
        {
            return null;
        }

        var names = Names(key, "references_columns", "references_column", "referenced_columns", "referenced_column", "to_columns", "to_column", "ref_columns", "target_columns", "to", "foreign_columns", "references");
        if (names.Count == 0 && key.TryGetProperty("references", out var inner) && inner.ValueKind == JsonValueKind.Object)
        {
            names = Names(inner, "columns", "column");
        }

        var others = names.Select(n => target.Columns.Find(c => Same(c.Name, n))).OfType<Column>().ToList();
        if (others.Count != own.Count)
        {
            others = target.PrimaryKey.Count == own.Count ? [.. target.PrimaryKey] : [];
        }

        return others.Count == own.Count ? new Reference(from, own, target, others, IsDeclared: true) : null;
    }

    private static IEnumerable<JsonElement>? FindTables(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Array)
        {
            return json.EnumerateArray();
        }

        if (Array(json, "tables", "items") is { } tables)
        {
            return tables;
        }

        if (Array(json, "databases", "schemas") is { } parents)
        {
            return parents.SelectMany(static p => Array(p, "tables", "items") ?? []);
        }

        return json.ValueKind == JsonValueKind.Object && Array(json, "columns") is not null ? [json] : null;
    }

    private static List<JsonElement>? Array(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array)
            {
                return [.. value.EnumerateArray()];
            }
        }

        return null;
    }

    private static string? Text(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
            {
                return value.GetString();
            }
        }

        return null;
    }

    private static List<string> Names(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value))
            {
                switch (value.ValueKind)
                {
                    case JsonValueKind.String:
                        return [.. value.GetString()!.Split(',', StringSplitOptions.TrimEntries)];
                    case JsonValueKind.Array:
                        return [.. value.EnumerateArray().Where(static v => v.ValueKind == JsonValueKind.String).Select(static v => v.GetString()!)];
                }
            }
        }

        return [];
    }

    private static bool Flag(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value))
            {
                return value.ValueKind switch
                {
                    JsonValueKind.True => true,
                    JsonValueKind.Number => value.TryGetDouble(out var number) && number > 0,
                    JsonValueKind.String => value.GetString() is { } text && (Same(text, "yes") || Same(text, "PK") || Same(text, "primary") || Same(text, "true")),
                    _ => false,
                };
            }
        }

        return false;
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
