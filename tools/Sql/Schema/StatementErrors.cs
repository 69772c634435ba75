using System.Text;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Statements;

namespace Agent.Tools.Sql.Schema;

/// <summary>
/// Turns what an engine refused into a sentence that ends the guessing: the engine's code and place, and the real columns of the
/// tables that the statement names, or the tables nearest to a name that does not exist; and what this engine has for what the
/// statement took from another.
/// </summary>
internal static class StatementErrors
{
    private const int MaxColumns = 40;

    /// <summary>Reserved words that are also the names of tables and columns.</summary>
    private static readonly HashSet<string> Reserved = new(
        ["all", "case", "check", "default", "desc", "end", "from", "group", "index", "limit", "order", "primary", "references", "select", "table", "to", "transaction", "union", "user", "values", "when", "where"],
        StringComparer.OrdinalIgnoreCase);

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
                AddNames(text, await database.ReadSchemaAsync(cancellationToken), statement, error, database.Engine);
            }
            catch (EngineException)
            {
                // The first error is the one to tell.
            }
        }

        return new ToolException(text.ToString(), error);
    }

    private static bool SpeaksOfNames(EngineException error) =>
        error.Code is "42P01" or "42703" or "42702" or "42883" or "42601" or "42704" or "3F000" || error.Message.StartsWith("no such", StringComparison.Ordinal)
        || error.Message.StartsWith("unrecognized token", StringComparison.Ordinal) || error.Message.StartsWith("cannot join", StringComparison.Ordinal)
        || error.Message.Contains("has no column", StringComparison.Ordinal)
        || error.Message.Contains("syntax error", StringComparison.Ordinal) || error.Message.StartsWith("ambiguous", StringComparison.Ordinal);

    private static void AddNames(StringBuilder text, DatabaseSchema schema, string statement, EngineException error, string engine)
    {
        var postgres = engine == "PostgreSQL";
        var tokens = SqlTokenizer.Read(statement, postgres);
        var names = tokens.Where(token => token.IsName).Select(token => token.Value).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        var tables = schema.Tables.Where(table => names.Contains(table.Name, StringComparer.OrdinalIgnoreCase)).Take(6).ToArray();
        var foreign = Dialects.Advice(tokens, statement, engine).ToList();
        foreach (var advice in foreign)
        {
            text.Append(' ').Append(advice);
        }

        if (error.Message.StartsWith("operator does not exist: ", StringComparison.Ordinal) && error.Message.Contains(" + unknown", StringComparison.Ordinal))
        {
            text.Append(" Text is joined with ||.");
        }
        else if (MissingName(error.Message) is { } missing && foreign.Count == 0)
        {
            AddNearest(text, schema, tables, tokens, missing, error, engine);
        }

        foreach (var table in tables)
        {
            text.Append($" {Shown(table.FullName, postgres)} has {List(table.Columns.Select(column => Shown(column.Name, postgres)))}.");
        }
    }

    private static void AddNearest(
        StringBuilder text, DatabaseSchema schema, TableInfo[] tables, List<SqlToken> tokens, string missing, EngineException error, string engine)
    {
        var postgres = engine == "PostgreSQL";
        var (qualifier, name) = missing.LastIndexOf('.') is >= 0 and var dot ? (missing[..dot], missing[(dot + 1)..]) : (string.Empty, missing);
        if (IsOfFunction(error))
        {
            // A function that is there was given other types than it takes; the engine says which.
            name = name.Split('(')[0];
            var near = Dialects.NearestFunctions(name, engine);
            text.Append(Same(name, "round") ? " It rounds numeric only: round(CAST(value AS numeric), digits)."
                : near.Count > 0 && !near.Contains(name, StringComparer.OrdinalIgnoreCase) ? $" Nearest functions: {string.Join(", ", near)}." : string.Empty);
        }
        else if ((error.Message.StartsWith("missing FROM-clause", StringComparison.Ordinal) && schema.Find(name) is not null) || schema.Find(qualifier)?.Columns.Any(column => Same(column.Name, name)) == true)
        {
            text.Append($" {(qualifier.Length > 0 ? qualifier : name)} is not among the tables of FROM; join it.");
        }
        else if (error.Code == "42P01" || error.Message.StartsWith("no such table", StringComparison.Ordinal))
        {
            var near = NearestNames.Find(name, schema.Tables.SelectMany(table => new[] { table.Name, table.FullName }));
            text.Append(near.Count > 0 ? $" Nearest tables: {Listed(near)}." : $" Tables: {List(schema.Tables.Select(table => Shown(table.FullName, postgres)))}.");
        }
        else if (tokens.Exists(token => token.Kind == SqlTokenKind.QuotedName && token.Value == missing) && !schema.Tables.Any(table => table.Columns.Any(column => Same(column.Name, missing))))
        {
            text.Append($" Double quotes name a column; text stands in single quotes: '{missing}'.");
        }
        else if (tables.Length > 0)
        {
            var near = NearestNames.Find(name, tables.SelectMany(table => table.Columns.Select(column => column.Name)));
            var having = schema.Tables.Where(table => table.Columns.Any(column => Same(column.Name, name))).ToArray();
            var elsewhere = having.Any(tables.Contains) ? [] : having.Take(3).Select(table => table.FullName).ToArray();
            text.Append(near.Count > 0 ? $" Nearest columns: {Listed(near)}." : string.Empty);
            text.Append(elsewhere.Length > 0 ? $" {name} is a column of {Listed(elsewhere)}." : string.Empty);
        }

        string Listed(IEnumerable<string> all) => string.Join(", ", all.Select(one => Shown(one, postgres)));
    }

    private static bool IsOfFunction(EngineException error) =>
        error.Message.StartsWith("no such function", StringComparison.Ordinal) || error.Message.StartsWith("function ", StringComparison.Ordinal);

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    /// <summary>A name as a statement has to write it.</summary>
    private static string Shown(string name, bool postgres) =>
        string.Join('.', name.Split('.').Select(part => BareName(part, postgres) && !Reserved.Contains(part) ? part : $"\"{part}\""));

    private static bool BareName(string name, bool postgres) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => c == '_' || (postgres ? char.IsAsciiLetterLower(c) : char.IsLetter(c)) || char.IsAsciiDigit(c));

    private static string List(IEnumerable<string> names)
    {
        var all = names.ToArray();
        return all.Length <= MaxColumns ? string.Join(", ", all) : $"{string.Join(", ", all.Take(MaxColumns))} and {all.Length - MaxColumns} more";
    }

    // no such column: c.nme · column "nme" does not exist · relation "x" does not exist · column c.nme does not exist · function len(text) does not exist
    private static string? MissingName(string message)
    {
        if (message.Contains("syntax error", StringComparison.Ordinal))
        {
            return null;
        }

        if (message.StartsWith("no such ", StringComparison.Ordinal))
        {
            return message[(message.IndexOf(": ", StringComparison.Ordinal) + 2)..];
        }

        var words = message.Split(' ');
        if (words is ["column" or "function", [not '"', ..], ..])
        {
            return words[1];
        }

        var open = message.IndexOf('"', StringComparison.Ordinal);
        return open >= 0 && message.IndexOf('"', open + 1) is var close and > 0 ? message[(open + 1)..close] : null;
    }

    private static string Place(string statement, int position)
    {
        var before = statement.AsSpan(0, Math.Clamp(position - 1, 0, statement.Length));
        var line = before.Count('\n') + 1;
        return line == 1 ? $"character {position}" : $"line {line}, character {before.Length - before.LastIndexOf('\n')}";
    }
}
