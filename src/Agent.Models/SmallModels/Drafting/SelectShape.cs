using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Agent.Models.Offline.Sql;
using Agent.Models.Wire;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>
/// A SELECT statement as JSON whose names are enumerations, for servers that hold an answer to a JSON schema and take no grammar
/// (Ollama, LM Studio, OpenAI). The statement is written from it here, joined along the references.
/// </summary>
internal sealed class SelectShape
{
    private static readonly string[] Functions = ["", "COUNT", "COUNT DISTINCT", "SUM", "AVG", "MIN", "MAX"];
    private static readonly string[] Operators = ["=", "<>", ">", "<", ">=", "<=", "contains", "in year", "is missing"];

    private readonly LinkedSchema linked;
    private readonly SqlText names;
    private readonly Dictionary<string, Column> columns;

    public SelectShape(LinkedSchema linked, SqlText names)
    {
        this.linked = linked;
        this.names = names;
        columns = linked.Columns.GroupBy(c => $"{c.Table.Name}.{c.Name}", StringComparer.Ordinal).ToDictionary(static g => g.Key, static g => g.First(), StringComparer.Ordinal);
        Schema = Write();
    }

    /// <summary>The schema.</summary>
    public JsonElement Schema { get; }

    /// <summary>The statement that an answer means; null where it means none.</summary>
    public string? Read(string text)
    {
        if (JsonReading.TryParse(Encoding.UTF8.GetBytes(text)) is not { } answer || answer.Text("from") is not { } root || linked.Tables.FirstOrDefault(t => t.Name == root) is not { } table)
        {
            return null;
        }

        var tree = new JoinTree(new JoinGraph(linked.Schema), table, names);
        try
        {
            var items = answer.Items("select").Select(i => Term(i, tree)).ToList();
            if (items.Count == 0)
            {
                return null;
            }

            var where = answer.Items("where").Select(w => Condition(w, tree)).ToList();
            var groups = answer.Items("group_by").Select(g => Column(g.GetString(), tree)).Distinct().ToList();
            if (groups.Count > 0)
            {
                items.InsertRange(0, groups.Except(items));
            }

            var order = answer.Items("order_by").Select(o => $"{Term(o, tree)} {(o.Text("direction") == "DESC" ? "DESC" : "ASC")}").ToList();
            var statement = new StringBuilder("SELECT ").AppendJoin(", ", items.Distinct()).Append(" FROM ").Append(tree.From());
            Clause(statement, " WHERE ", " AND ", where);
            Clause(statement, " GROUP BY ", ", ", groups);
            Clause(statement, " ORDER BY ", ", ", order);
            if (answer.Count("limit") is > 0 and <= 1_000 and var limit)
            {
                statement.Append(CultureInfo.InvariantCulture, $" LIMIT {limit}");
            }

            return statement.ToString();
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    private static void Clause(StringBuilder statement, string word, string between, List<string> parts)
    {
        if (parts.Count > 0)
        {
            statement.Append(word).AppendJoin(between, parts);
        }
    }

    private string Term(JsonElement item, JoinTree tree)
    {
        var function = item.Text("function") ?? string.Empty;
        if (item.Text("column") is not { } name || name == "*")
        {
            return function == "COUNT" ? "COUNT(*)" : throw new FormatException("A star is only counted.");
        }

        var column = Column(name, tree);
        return function switch
        {
            "" => column,
            "COUNT DISTINCT" => $"COUNT(DISTINCT {column})",
            _ when Functions.Contains(function) => $"{function}({column})",
            _ => throw new FormatException("No such function."),
        };
    }

    private string Column(string? name, JoinTree tree)
    {
        var column = columns[name ?? string.Empty];
        return names.Column(column, tree.Reach(column.Table, left: false));
    }

    private string Condition(JsonElement where, JoinTree tree)
    {
        var column = columns[where.Text("column") ?? string.Empty];
        var left = Column(where.Text("column"), tree);
        var value = where.Text("value") ?? string.Empty;
        switch (where.Text("operator"))
        {
            case "is missing":
                return $"{left} IS NULL";
            case "contains":
                return $"{left} LIKE {SqlText.Literal($"%{value}%")}";
            case "in year" when int.TryParse(value, CultureInfo.InvariantCulture, out var year):
                return linked.Schema.IsPostgres ? $"EXTRACT(YEAR FROM {left}) = {year}" : $"strftime('%Y', {left}) = '{year}'";
            case { } compare when Operators.AsSpan(0, 6).Contains(compare):
                return $"{left} {compare} {(column.Kind is ColumnKind.Number or ColumnKind.Flag ? SqlText.Literal(decimal.Parse(value, CultureInfo.InvariantCulture)) : SqlText.Literal(value))}";
            default:
                throw new FormatException("No such comparison.");
        }
    }

    private JsonElement Write()
    {
        var buffer = new ArrayBufferWriter<byte>(2_048);
        using (var json = new Utf8JsonWriter(buffer))
        {
            string[] all = [.. columns.Keys];
            json.WriteStartObject();
            json.WriteString("type", "object");
            json.WriteStartObject("properties");
            Array(json, "select", 1, 4, () => Object(json, ("function", Functions), ("column", [.. all, "*"])));
            json.WriteStartObject("from");
            Enumeration(json, [.. linked.Tables.Select(static t => t.Name)]);
            json.WriteEndObject();
            Array(json, "where", 0, 3, () => Object(json, ("column", all), ("operator", Operators), ("value", null)));
            Array(json, "group_by", 0, 2, () => Enumeration(json, all));
            Array(json, "order_by", 0, 1, () => Object(json, ("function", Functions), ("column", [.. all, "*"]), ("direction", ["ASC", "DESC"])));
            json.WriteStartObject("limit");
            json.WriteString("type", "integer");
            json.WriteEndObject();
            json.WriteEndObject();
            Closed(json, ["select", "from", "where", "group_by", "order_by", "limit"]);
            json.WriteEndObject();
        }

        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static void Array(Utf8JsonWriter json, string name, int least, int most, Action items)
    {
        json.WriteStartObject(name);
        json.WriteString("type", "array");
        json.WriteNumber("minItems", least);
        json.WriteNumber("maxItems", most);
        json.WriteStartObject("items");
        items();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Object(Utf8JsonWriter json, params ReadOnlySpan<(string Name, string[]? Values)> properties)
    {
        json.WriteString("type", "object");
        json.WriteStartObject("properties");
        var required = new List<string>();
        foreach (var (name, values) in properties)
        {
            json.WriteStartObject(name);
            Enumeration(json, values);
            json.WriteEndObject();
            required.Add(name);
        }

        json.WriteEndObject();
        Closed(json, required);
    }

    private static void Enumeration(Utf8JsonWriter json, string[]? values)
    {
        json.WriteString("type", "string");
        if (values is null)
        {
            return;
        }

        json.WriteStartArray("enum");
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void Closed(Utf8JsonWriter json, IEnumerable<string> required)
    {
        json.WriteStartArray("required");
        foreach (var name in required)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteBoolean("additionalProperties", false);
    }
}
