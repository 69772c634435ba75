using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

#pragma warning disable CA2100 // The statements under test are what this class is there to run.

namespace Agent.Models.Tests.Offline.Bench;

/// <summary>A real SQLite database behind tools that have the shape of the <c>sql</c> server's.</summary>
internal sealed class SqliteTools : IDisposable
{
    private const string StatementSchema = """{"type":"object","properties":{"database":{"type":"string"},"statement":{"type":"string","description":"One SQL statement."}},"required":["statement"]}""";

    private readonly Dictionary<string, SqliteConnection> _databases = new(StringComparer.Ordinal);

    static SqliteTools() => SQLitePCL.Batteries_V2.Init();

    public SqliteTools AddFile(string name, string path) => Add(name, $"Data Source={path};Mode=ReadOnly");

    public SqliteTools AddScript(string name, string script)
    {
        Add(name, "Data Source=:memory:");
        using var command = _databases[name].CreateCommand();
        command.CommandText = script;
        command.ExecuteNonQuery();
        return this;
    }

    public IReadOnlyList<BenchTool> Tools =>
    [
        new("sql__list_databases", "Lists the databases that can be asked, with engine and number of tables.", """{"type":"object","properties":{}}""", _ => List()),
        new("sql__describe_schema", "Gives tables and views with columns, types, keys, comments.", """{"type":"object","properties":{"database":{"type":"string"},"tables":{"type":"array","items":{"type":"string"}}}}""", Describe),
        new("sql__query", "Runs one SELECT read-only and gives its rows.", StatementSchema, a => Query(a["database"]?.ToString(), a["statement"]!.ToString())),
        new("sql__explain", "Tells what a statement is and how the engine would run it, without running it.", StatementSchema, a => Query(a["database"]?.ToString(), "EXPLAIN QUERY PLAN " + a["statement"])),
        new("sql__execute", "Runs a statement that changes rows or the schema.", StatementSchema, a => Execute(a["database"]?.ToString(), a["statement"]!.ToString())),
    ];

    /// <summary>The values that an answer must hold, by a statement of the test's own, joined as the question sets are.</summary>
    public string Values(string statement) => string.Join(" ;; ", Cells(statement).SelectMany(static r => r).Where(static c => c.Length > 0));

    /// <summary>The rows of a statement of the test's own; an empty cell for none.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Cells(string statement) =>
        [.. Rows(_databases.Keys.First(), statement).Select(static r => (IReadOnlyList<string>)[.. r.Select(static c => c switch
        {
            null or DBNull => string.Empty,
            double number => Math.Round((decimal)number, Math.Abs(number) < 0.01 ? 8 : 4).ToString("0.########", CultureInfo.InvariantCulture),
            _ => Convert.ToString(c, CultureInfo.InvariantCulture)!,
        })])];

    public void Dispose()
    {
        foreach (var connection in _databases.Values)
        {
            connection.Dispose();
        }
    }

    private SqliteTools Add(string name, string connection)
    {
        var opened = new SqliteConnection(connection);
        opened.Open();
        _databases.Add(name, opened);
        return this;
    }

    private SqliteConnection Open(string? name) => name is null ? _databases.Values.First() : _databases[name];

    private BenchResult List() => new(
        string.Join('\n', _databases.Keys.Select(static k => $"{k}: SQLite 3.50")),
        new JsonObject { ["databases"] = new JsonArray([.. _databases.Keys.Select(static k => new JsonObject { ["name"] = k, ["engine"] = "SQLite" })]), ["total"] = _databases.Count, ["truncated"] = false, ["next_cursor"] = null });

    private BenchResult Describe(JsonObject arguments)
    {
        var database = arguments["database"]?.ToString() ?? _databases.Keys.First();
        var tables = new JsonArray();
        foreach (var table in Rows(database, "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"))
        {
            var name = (string)table[0]!;
            var quoted = $"\"{name}\"";
            var keys = Rows(database, $"PRAGMA foreign_key_list({quoted})").GroupBy(static r => r[0]).Select(static g => (Table: (string)g.First()[2]!, From: g.Select(static r => (string)r[3]!).ToList(), To: g.Select(static r => r[4] as string).OfType<string>().ToList())).ToList();
            var info = Rows(database, $"PRAGMA table_info({quoted})").ToList();
            tables.Add(new JsonObject
            {
                ["name"] = name,
                ["kind"] = (string)table[1]!,
                ["rows"] = null,
                ["comment"] = null,
                ["columns"] = new JsonArray([.. info.Select(static c => new JsonObject { ["name"] = (string)c[1]!, ["type"] = (string)c[2]!, ["nullable"] = (long)c[3]! == 0, ["primary_key"] = (long)c[5]! > 0 })]),
                ["primary_key"] = new JsonArray([.. info.Where(static c => (long)c[5]! > 0).OrderBy(static c => (long)c[5]!).Select(static c => JsonValue.Create((string)c[1]!))]),
                ["foreign_keys"] = new JsonArray([.. keys.Select(static k => new JsonObject
                {
                    ["columns"] = new JsonArray([.. k.From.Select(static f => JsonValue.Create(f))]), ["table"] = k.Table, ["references"] = new JsonArray([.. k.To.Select(static f => JsonValue.Create(f))]),
                })]),
            });
        }

        var structured = new JsonObject { ["database"] = database, ["engine"] = "SQLite", ["tables"] = tables, ["total"] = tables.Count, ["truncated"] = false, ["next_cursor"] = null };
        return new BenchResult(structured.ToJsonString(), structured);
    }

    private BenchResult Query(string? database, string statement)
    {
        try
        {
            using var command = Open(database).CreateCommand();
            command.CommandText = statement;
            using var reader = command.ExecuteReader();
            var columns = new JsonArray();
            for (var i = 0; i < reader.FieldCount; i++)
            {
                columns.Add(new JsonObject { ["name"] = reader.GetName(i), ["type"] = reader.GetDataTypeName(i) });
            }

            var rows = new JsonArray();
            var text = new StringBuilder(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)));
            var more = false;
            while (reader.Read())
            {
                if (rows.Count == 200)
                {
                    more = true;
                    break;
                }

                var cells = Enumerable.Range(0, reader.FieldCount).Select(i => Node(reader.GetValue(i))).ToArray();
                text.Append('\n').AppendJoin(" | ", cells.Select(static c => c?.ToString() ?? "null"));
                rows.Add(new JsonArray(cells));
            }

            var structured = new JsonObject
            {
                ["database"] = database ?? _databases.Keys.First(), ["statement"] = statement, ["columns"] = columns, ["rows"] = rows, ["row_count"] = rows.Count,
                ["total"] = more ? null : rows.Count, ["truncated"] = more, ["next_cursor"] = null,
            };
            return new BenchResult(text.ToString() + $"\n({rows.Count} rows)", structured);
        }
        catch (SqliteException e)
        {
            return BenchResult.Error($"SQLite {e.SqliteErrorCode}: {e.Message}");
        }
    }

    private BenchResult Execute(string? database, string statement)
    {
        using var command = Open(database).CreateCommand();
        command.CommandText = statement;
        return new BenchResult($"{command.ExecuteNonQuery()} rows");
    }

    private IEnumerable<object?[]> Rows(string database, string statement)
    {
        using var command = _databases[database].CreateCommand();
        command.CommandText = statement;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            reader.GetValues(row!);
            yield return row;
        }
    }

    private static JsonNode? Node(object value) => value switch
    {
        DBNull => null,
        long number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        byte[] bytes => JsonValue.Create($"{bytes.Length} bytes"),
        var other => JsonValue.Create(Convert.ToString(other, CultureInfo.InvariantCulture)),
    };
}
