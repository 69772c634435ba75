using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;

namespace Agent.Tools.Sql.Tools;

/// <summary>The server: what it tells of itself and its tools.</summary>
internal static class SqlServer
{
    public static ServerDescription Description { get; } = new(
        "sql",
        "Databases",
        "Answers from SQLite and PostgreSQL databases, read-only unless a person allows a change.",
        "Look at describe_schema before writing a statement; search it when there are many tables, and use find_value to learn where a value lives. "
        + "query reads, execute changes. Group, sum and limit in SQL rather than fetching rows to count them.",
        ServerSources.Databases);

    /// <summary>All tools over a catalogue.</summary>
    public static IEnumerable<ServerTool> Tools(DatabaseCatalog catalog, SqlOptions options) =>
    [
        new ListDatabasesTool(catalog, options).Describe(),
        new DescribeSchemaTool(catalog, options).Describe(),
        new QueryTool(catalog, options).Describe(),
        new ExplainTool(catalog, options).Describe(),
        new ExecuteTool(catalog, options).Describe(),
        new SampleRowsTool(catalog, options).Describe(),
        new FindValueTool(catalog, options).Describe(),
    ];

    public static ValueTask<IAsyncDisposable?> SetUpAsync(ServerOptions server, ToolRegistry tools)
    {
        var options = SqlOptions.Read(server);
        var catalog = DatabaseCatalog.Create(options, server.Time);
        tools.Add(Tools(catalog, options));
        return ValueTask.FromResult<IAsyncDisposable?>(catalog);
    }
}
