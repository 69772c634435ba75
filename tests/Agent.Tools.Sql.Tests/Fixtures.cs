using System.Text.Json;
using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Rules;
using Agent.Tools.Sql.Tools;

namespace Agent.Tools.Sql.Tests;

/// <summary>The tools of the server over some databases, called as a client calls them.</summary>
internal sealed class SqlCalls : IAsyncDisposable
{
    private readonly DatabaseCatalog catalog;
    private readonly Dictionary<string, ServerTool> tools;
    private readonly CursorSeal seal = new();

    public SqlCalls(params (string Name, string Source)[] databases)
        : this(ColumnRules.None, databases)
    {
    }

    public SqlCalls(ColumnRules rules, params (string Name, string Source)[] databases)
        : this(new SqlOptions { Databases = databases.ToDictionary(pair => pair.Name, pair => new DatabaseSource(pair.Source, rules)) })
    {
    }

    public SqlCalls(SqlOptions options)
    {
        catalog = DatabaseCatalog.Create(options, TimeProvider.System);
        tools = SqlServer.Tools(catalog, options).ToDictionary(tool => tool.Name);
    }

    public IEnumerable<ServerTool> Tools => tools.Values;

    public IDatabase Database => catalog.All.First();

    public async Task<JsonElement> CallAsync(string tool, object arguments, bool preview = false, CancellationToken cancellationToken = default) =>
        (await ReplyAsync(tool, arguments, preview, cancellationToken)).StructuredContent!.Value;

    public async Task<string> TextAsync(string tool, object arguments, bool preview = false) =>
        (await ReplyAsync(tool, arguments, preview)).TextContent;

    public async Task<string> ErrorAsync(string tool, object arguments, bool preview = false)
    {
        try
        {
            var reply = await ReplyAsync(tool, arguments, preview);
            throw new InvalidOperationException("no error, but " + reply.TextContent);
        }
        catch (ToolException e)
        {
            return e.Message;
        }
    }

    public async Task<ToolReply> ReplyAsync(string tool, object arguments, bool preview = false, CancellationToken cancellationToken = default) =>
        await tools[tool].Handler(ToolRequest.Create(tool, JsonSerializer.SerializeToElement(arguments), preview, seal), cancellationToken);

    public async Task<JsonElement> ClassifyAsync(string tool, object arguments) =>
        (await tools[tool].Classifier!(ToolRequest.Create(tool, JsonSerializer.SerializeToElement(arguments), seal: seal), CancellationToken.None)).StructuredContent!.Value;

    public ValueTask DisposeAsync() => catalog.DisposeAsync();
}

/// <summary>A test that needs the Chinook data; skipped where they are missing outside CI.</summary>
internal sealed class ChinookFactAttribute : FactAttribute
{
    public ChinookFactAttribute()
    {
        if (!TestData.HasChinook && !TestData.IsCi)
        {
            Skip = "../shared/data/chinook is not there";
        }
    }
}

/// <summary>The same with data.</summary>
internal sealed class ChinookTheoryAttribute : TheoryAttribute
{
    public ChinookTheoryAttribute()
    {
        if (!TestData.HasChinook && !TestData.IsCi)
        {
            Skip = "../shared/data/chinook is not there";
        }
    }
}

/// <summary>A copy of the Chinook SQLite file of a test's own.</summary>
public sealed class ChinookCopy : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"chinook-{Guid.NewGuid():N}.sqlite");

    public ChinookCopy()
    {
        if (TestData.HasChinook)
        {
            File.Copy(TestData.ChinookSqlite, Path);
        }
    }

    public void Dispose()
    {
        File.Delete(Path);
    }
}
