using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;

namespace Agent.Tools.Sql.Tools;

/// <summary>Reads the arguments that several tools take.</summary>
internal static class SqlArguments
{
    public const string DatabaseSchema =
        """
        "database": {"type": "string", "description": "The database's name as list_databases gives it; may be left out where there is only one."}
        """;

    public const string StatementSchema =
        """
        "statement": {"type": "string", "description": "One SQL statement."}
        """;

    public const string ParametersSchema =
        """
        "parameters": {"type": ["array", "object"], "description": "Values for the placeholders: a list for $1, $2 (PostgreSQL) or ? (SQLite), an object for :name (SQLite). Give decimals and large integers as strings."}
        """;

    public const string TimeoutSchema =
        """
        "timeout_seconds": {"type": "number", "exclusiveMinimum": 0, "description": "How long it may take. Default 30."}
        """;

    public static string Statement(ToolArguments arguments)
    {
        var statement = arguments.Text("statement");
        return string.IsNullOrWhiteSpace(statement) ? throw arguments.Wrong("statement", "one SQL statement, and is empty") : statement;
    }

    public static StatementParameters Parameters(ToolArguments arguments) => arguments.Find("parameters") switch
    {
        null => StatementParameters.None,
        { ValueKind: JsonValueKind.Array } list => new StatementParameters([.. list.EnumerateArray()], StatementParameters.None.Named),
        { ValueKind: JsonValueKind.Object } map => new StatementParameters(
            [], map.EnumerateObject().ToDictionary(pair => pair.Name.TrimStart(':', '@', '$'), pair => pair.Value, StringComparer.Ordinal)),
        _ => throw arguments.Wrong("parameters", "a list or an object"),
    };

    public static TimeSpan Timeout(ToolArguments arguments, SqlOptions options)
    {
        if (arguments.Find("timeout_seconds") is not { } value)
        {
            return options.DefaultTime;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds > 0 && seconds <= options.MaxTime.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw arguments.Wrong("timeout_seconds", $"a number of seconds above 0 and up to {options.MaxTime.TotalSeconds:0}");
    }
}
