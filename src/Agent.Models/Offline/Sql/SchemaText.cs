using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Agent.Models.Offline.Sql;

/// <summary>Reads the text form of a schema, for where the structured one did not come through.</summary>
internal static partial class SchemaText
{
    /// <summary>The schema as JSON in the structured form; null where the text has none.</summary>
    public static JsonObject? Read(string text)
    {
        var tables = new JsonArray();
        JsonArray? columns = null;
        foreach (var line in text.Split('\n'))
        {
            if (CompactPattern().Match(line) is { Success: true } compact)
            {
                columns = null;
                tables.Add(Table(compact.Groups["name"].Value, [.. compact.Groups["columns"].Value.Split(", ").Select(static c => Column(c, string.Empty))]));
            }
            else if (TablePattern().Match(line) is { Success: true } full)
            {
                columns = [];
                tables.Add(Table(full.Groups["name"].Value, columns));
            }
            else if (columns is not null && ColumnPattern().Match(line) is { Success: true } column && column.Groups["name"].Value is not ("index" or "unique" or "foreign"))
            {
                columns.Add(Column(column.Groups["name"].Value + column.Groups["rest"].Value, column.Groups["type"].Value));
            }
        }

        return tables.Count == 0 ? null : new JsonObject { ["tables"] = tables };
    }

    private static JsonObject Table(string name, JsonArray columns) => new() { ["name"] = name, ["columns"] = columns };

    private static JsonObject Column(string text, string type)
    {
        var column = new JsonObject { ["name"] = text.Split(' ')[0], ["type"] = type, ["primary_key"] = text.Contains(" PK", StringComparison.Ordinal) };
        if (ReferencePattern().Match(text) is { Success: true } reference)
        {
            column["references"] = reference.Groups[1].Value;
        }

        return column;
    }

    [GeneratedRegex(@"^(?:table|view|partitioned table|materialized view) (?<name>[\w.]+)(?: ~\d+ rows)?(?: -- .*)?$")]
    private static partial Regex TablePattern();

    [GeneratedRegex(@"^  (?<name>\w+) (?<type>[\w]+(?:\([\d, ]*\))?(?: \w+ing)?)?(?<rest>.*)$")]
    private static partial Regex ColumnPattern();

    [GeneratedRegex(@"^(?<name>[\w.]+)(?: view)?\((?<columns>.+)\)(?: ~\d+ rows)?$")]
    private static partial Regex CompactPattern();

    [GeneratedRegex(@"→ (\S+)")]
    private static partial Regex ReferencePattern();
}
