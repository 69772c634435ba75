using System.Text;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Postgres;
using Agent.Tools.Sql.Schema;
using Agent.Tools.Sql.Sqlite;

namespace Agent.Tools.Sql.Databases;

/// <summary>The databases of the server, by name.</summary>
internal sealed class DatabaseCatalog : IAsyncDisposable
{
    private readonly Dictionary<string, IDatabase> databases;

    public DatabaseCatalog(IEnumerable<IDatabase> databases) =>
        this.databases = databases.ToDictionary(database => database.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>All, in the order of their names.</summary>
    public IEnumerable<IDatabase> All => databases.Values.OrderBy(database => database.Name, StringComparer.Ordinal);

    /// <summary>Opens what the options name; nothing is connected yet.</summary>
    /// <exception cref="ToolException">A source is none.</exception>
    public static DatabaseCatalog Create(SqlOptions options, TimeProvider time)
    {
        var list = new List<IDatabase>();
        foreach (var (name, source) in options.Databases)
        {
            list.Add(Open(name, source, options, time));
        }

        return new DatabaseCatalog(list);
    }

    /// <summary>The database that a call means: the named one, or the only one.</summary>
    /// <exception cref="ToolException">There is none of that name, or several and no name.</exception>
    public IDatabase Find(string? name)
    {
        if (databases.Count == 0)
        {
            throw new ToolException("No database is configured; start the server with --database NAME=sqlite:PATH or NAME=postgres:CONNECTION.");
        }

        if (name is null)
        {
            return databases.Count == 1
                ? databases.Values.First()
                : throw new ToolException($"Say which database: {string.Join(", ", All.Select(database => database.Name))}.");
        }

        if (databases.TryGetValue(name, out var found))
        {
            return found;
        }

        var near = NearestNames.Find(name, databases.Keys, 1);
        throw new ToolException(near.Count > 0
            ? $"There is no database '{name}'; did you mean {near[0]}?"
            : $"There is no database '{name}'; there are {string.Join(", ", All.Select(database => database.Name))}.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in databases.Values)
        {
            await database.DisposeAsync();
        }
    }

    // ${NAME} stands for an environment variable, so that a file or a command need not hold a password.
    private static string Expand(string name, string source)
    {
        var text = new StringBuilder();
        var at = 0;
        while (source.IndexOf("${", at, StringComparison.Ordinal) is var open and >= 0 && source.IndexOf('}', open) is var close and >= 0)
        {
            var variable = source[(open + 2)..close];
            text.Append(source, at, open - at).Append(Environment.GetEnvironmentVariable(variable)
                ?? throw new ToolException($"The database '{name}' names the environment variable {variable}, which is not set."));
            at = close + 1;
        }

        return text.Append(source, at, source.Length - at).ToString();
    }

    private static IDatabase Open(string name, DatabaseSource source, SqlOptions options, TimeProvider time)
    {
        var split = source.Connection.IndexOf(':', StringComparison.Ordinal);
        var kind = split < 0 ? string.Empty : source.Connection[..split].ToLowerInvariant();
        var rest = split < 0 ? source.Connection : source.Connection[(split + 1)..];
        if (rest.StartsWith("env:", StringComparison.Ordinal))
        {
            var variable = rest[4..];
            rest = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
                ? value
                : throw new ToolException($"The database '{name}' is to be read from the environment variable {variable}, which is not set.");
        }
        else
        {
            rest = Expand(name, rest);
        }

        switch (kind)
        {
            case "sqlite":
                return File.Exists(rest)
                    ? new SqliteDatabase(name, rest, source.Rules, time)
                    : throw new ToolException($"The SQLite file of the database '{name}' does not exist; give its path as {name}=sqlite:PATH.");

            case "postgres" or "postgresql":
                var connection = PostgresConnectionString.Parse(rest.StartsWith("//", StringComparison.Ordinal) ? $"{kind}:{rest}" : rest);
                return new PostgresDatabase(name, connection, source.Rules, options.PoolSize, time);

            default:
                throw new ToolException($"The database '{name}' must be given as {name}=sqlite:PATH or {name}=postgres:CONNECTION.");
        }
    }
}
