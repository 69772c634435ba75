using System.Text.Json;
using Agent.Governance.Labels;
using Agent.Governance.Policy;
using Microsoft.Extensions.Logging;

namespace Agent.Governance.Pipeline;

/// <summary>
/// Learns from the database behind a call what its statements are, before it is decided: the engine has prepared them, followed
/// views, and knows its own dialect. A server is asked only where the operator's declaration vouches for its answer and its tool
/// knows the word (<c>agent/classify</c>); an answer that does not come, or makes no sense, is the strictest class.
/// </summary>
internal sealed partial class EngineStatements(ToolCatalog catalog, ILogger<EngineStatements> logger)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>What the engine says; null where it is not to be asked.</summary>
    public async ValueTask<SqlStatement?> AskAsync(
        ToolDefinition tool, ILocalTool? local, JsonElement arguments, ToolDeclaration declaration, CancellationToken cancellationToken)
    {
        if (local is not null || !declaration.Classify || !Says(tool))
        {
            return null;
        }

        var words = SqlStatement.Parse(string.Join(";\n", declaration.Statement.SelectMany(path => path.Select(arguments)).Select(Provenance.Scalar).OfType<string>()));
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Limit);
            var answer = await catalog.CallAsync(tool.Id, arguments, new ToolCallOptions { Classify = true }, limit.Token);
            if (!answer.IsError && Read(answer.Structured, words, declaration.Effects == ToolEffects.Read) is { } statement)
            {
                return statement;
            }

            LogNoAnswer(null, tool.Id);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNoAnswer(e, tool.Id);
        }

        return words with { Class = SqlClass.Administration, IsKnown = true, IsUnlearned = true };
    }

    private static bool Says(ToolDefinition tool) =>
        tool.Meta is { ValueKind: JsonValueKind.Object } meta && meta.TryGetProperty("agent/classify", out var flag) && flag.ValueKind == JsonValueKind.True;

    /// <summary>The worst of the statements and all tables of them; null where the answer makes no sense.</summary>
    private static SqlStatement? Read(JsonElement? answer, SqlStatement words, bool onlyReads)
    {
        if (answer is not { ValueKind: JsonValueKind.Object } found || !found.TryGetProperty("statements", out var statements)
            || statements.ValueKind != JsonValueKind.Array || statements.GetArrayLength() == 0)
        {
            return null;
        }

        var worst = SqlClass.Read;
        var tables = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var one in statements.EnumerateArray())
        {
            if (one.ValueKind != JsonValueKind.Object || Text(one, "class") is not { } name)
            {
                return null;
            }

            SqlClass? statement = name switch
            {
                "read" => SqlClass.Read,
                "write" => one.TryGetProperty("every_row", out var every) && every.ValueKind == JsonValueKind.False ? SqlClass.Write : SqlClass.Destructive,
                "schema" => SqlClass.Schema,
                "administration" => SqlClass.Administration,

                // One that the engine cannot prepare does nothing where only reading is possible; elsewhere it may wait for another.
                "unknown" => onlyReads ? SqlClass.Read : SqlClass.Administration,
                _ => null,
            };
            if (statement is not { } known || (name != "unknown" && !(Add(one, "reads", tables) && Add(one, "writes", tables))))
            {
                return null;
            }

            if (name == "unknown")
            {
                tables.UnionWith(words.Tables);
            }

            worst = known > worst ? known : worst;
        }

        return new SqlStatement(worst, [.. tables]) { ByEngine = true };
    }

    private static bool Add(JsonElement statement, string member, SortedSet<string> tables)
    {
        if (!statement.TryGetProperty(member, out var names) || names.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var name in names.EnumerateArray())
        {
            if (name.ValueKind != JsonValueKind.String)
            {
                return false;
            }

            tables.Add(name.GetString()!);
        }

        return true;
    }

    private static string? Text(JsonElement value, string member) =>
        value.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    [LoggerMessage(LogLevel.Warning, "What a statement for {Tool} is could not be learned from its server; it is taken for the worst")]
    private partial void LogNoAnswer(Exception? exception, ToolId tool);
}
