using System.Text;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Statements;

namespace Agent.Tools.Sql.Schema;

/// <summary>
/// Turns what an engine refused into a sentence that ends the guessing: the engine's code and place, and the real columns of the
/// tables that the statement names, or the tables nearest to a name that does not exist.
/// </summary>
internal static class StatementErrors
{
    private const int MaxColumns = 40;

    public static async ValueTask<ToolException> ExplainAsync(
        IDatabase database, string statement, EngineException error, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        text.Append(database.Engine).Append(' ').Append(error.Code);
        if (error.Position is { } position)
        {
            text.Append(" at ").Append(Place(statement, position));
        }

        text.Append(": ").Append(error.Message.TrimEnd('.')).Append('.');
        if (error.Detail is { } detail)
        {
            text.Append(' ').Append(detail);
        }

        if (error.Hint is { } hint)
        {
            text.Append(' ').Append(hint);
        }

        if (SpeaksOfNames(error))
        {
            try
            {
                AddNames(text, await database.ReadSchemaAsync(cancellationToken), statement, error, database.Engine == "PostgreSQL");
            }
            catch (EngineException)
            {
                // The first error is the one to tell.
            }
        }

        return new ToolException(text.ToString(), error);
    }

    private static bool SpeaksOfNames(EngineException error) =>
        error.Code is "42P01" or "42703" or "42702" or "42883" or "42601" or "3F000" || error.Message.StartsWith("no such", StringComparison.Ordinal)
        || error.Message.Contains("has no column", StringComparison.Ordinal)
        || error.Message.Contains("syntax error", StringComparison.Ordinal) || error.Message.StartsWith("ambiguous", StringComparison.Ordinal);

    private static void AddNames(StringBuilder text, DatabaseSchema schema, string statement, EngineException error, bool postgres)
    {
        var tokens = SqlTokenizer.Read(statement, postgres);
        var names = tokens.Where(token => token.IsName).Select(token => token.Value).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        var tables = schema.Tables.Where(table => names.Contains(table.Name, StringComparer.OrdinalIgnoreCase)).Take(6).ToArray();
        var missing = MissingName(error.Message);
        var tableMissing = error.Code == "42P01" || error.Message.StartsWith("no such table", StringComparison.Ordinal);
        if (missing is not null && tableMissing)
        {
            var near = NearestNames.Find(missing, schema.Tables.SelectMany(table => new[] { table.Name, table.FullName }));
            text.Append(near.Count > 0 ? $" Nearest tables: {string.Join(", ", near)}." : $" Tables: {List(schema.Tables.Select(table => table.FullName))}.");
        }
        else if (missing is not null && tables.Length > 0)
        {
            var near = NearestNames.Find(missing, tables.SelectMany(table => table.Columns.Select(column => column.Name)));
            if (near.Count > 0)
            {
                text.Append($" Nearest columns: {string.Join(", ", near)}.");
            }
        }

        foreach (var table in tables)
        {
            text.Append($" {table.FullName} has {List(table.Columns.Select(column => column.Name))}.");
        }
    }

    private static string List(IEnumerable<string> names)
    {
        var all = names.ToArray();
        return all.Length <= MaxColumns ? string.Join(", ", all) : $"{string.Join(", ", all.Take(MaxColumns))} and {all.Length - MaxColumns} more";
    }

    // no such column: c.nme · column "nme" does not exist · relation "x" does not exist · column c.nme does not exist
    private static string? MissingName(string message)
    {
        if (message.StartsWith("no such ", StringComparison.Ordinal))
        {
            return message[(message.LastIndexOf(' ') + 1)..].Split('.')[^1];
        }

        var open = message.IndexOf('"', StringComparison.Ordinal);
        if (open >= 0 && message.IndexOf('"', open + 1) is var close and > 0)
        {
            return message[(open + 1)..close].Split('.')[^1];
        }

        var words = message.Split(' ');
        return words.Length > 2 && words[0] == "column" ? words[1].Split('.')[^1] : null;
    }

    private static string Place(string statement, int position)
    {
        var before = statement.AsSpan(0, Math.Clamp(position - 1, 0, statement.Length));
        var line = before.Count('\n') + 1;
        return line == 1 ? $"character {position}" : $"line {line}, character {before.Length - before.LastIndexOf('\n')}";
    }
}
