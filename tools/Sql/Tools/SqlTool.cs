using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;
using Agent.Tools.Sql.Schema;

namespace Agent.Tools.Sql.Tools;

/// <summary>What the tools share: the database that is meant, and errors that teach.</summary>
internal abstract class SqlTool(DatabaseCatalog catalog, SqlOptions options)
{
    protected DatabaseCatalog Catalog { get; } = catalog;

    protected SqlOptions Options { get; } = options;

    protected IDatabase Database(ToolRequest request) => Catalog.Find(request.Arguments.OptionalText("database"));

    /// <summary>Uses the engine; what it refuses becomes a sentence for the model.</summary>
    protected static async ValueTask<T> UseAsync<T>(
        IDatabase database, string statement, Func<ValueTask<T>> use, CancellationToken cancellationToken)
    {
        try
        {
            return await use();
        }
        catch (EngineException e)
        {
            throw await StatementErrors.ExplainAsync(database, statement, e, cancellationToken);
        }
    }

    protected static async ValueTask<T> UseAsync<T>(IDatabase database, Func<ValueTask<T>> use)
    {
        try
        {
            return await use();
        }
        catch (EngineException e)
        {
            throw new ToolException($"{database.Engine} {e.Code}: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
