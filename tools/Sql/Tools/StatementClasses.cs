using Agent.Tools.Hosting;
using Agent.Tools.Sql.Databases;

namespace Agent.Tools.Sql.Tools;

/// <summary>
/// Tells what statements are, from the engine's own preparation of each, to a client that decides whether they may run
/// (<c>_meta</c> <c>agent/classify</c>): <c>{"statements": [{"class", "verb", "reads", "writes", "every_row", "refused"}]}</c>. The class
/// <c>unknown</c> is that of a statement the engine cannot prepare: misspelt, or in need of a table that an earlier one makes.
/// </summary>
internal static class StatementClasses
{
    /// <summary>Has each statement prepared, and nothing run.</summary>
    public static async ValueTask<ToolReply> TellAsync(
        IDatabase database, IEnumerable<string> statements, CancellationToken cancellationToken)
    {
        var found = new List<(StatementFacts? Facts, string? Problem)>();
        foreach (var statement in statements)
        {
            try
            {
                found.Add((await database.ClassifyAsync(statement, cancellationToken), null));
            }
            catch (EngineException e) when (!e.ConnectionLost && e.Code != "TIMEOUT")
            {
                found.Add((null, $"{database.Engine} {e.Code}: {e.Message.TrimEnd('.')}"));
            }
            catch (EngineException e)
            {
                throw new ToolException($"{database.Engine} {e.Code}: {e.Message.TrimEnd('.')}.", e);
            }
        }

        return Tell(found);
    }

    /// <summary>
    /// Finds out and tells. Arguments that fit nothing make a call that does nothing, and says why in its own words; a database that
    /// could not be asked is an error, so that nobody takes it for an answer.
    /// </summary>
    public static async ValueTask<ToolReply> TellAsync(Func<ValueTask<ToolReply>> find)
    {
        try
        {
            return await find();
        }
        catch (ToolException e) when (e.InnerException is not EngineException { ConnectionLost: true } and not EngineException { Code: "TIMEOUT" })
        {
            return Tell([(null, e.Message)]);
        }
    }

    /// <summary>Tells what is known already.</summary>
    public static ToolReply Tell(StatementFacts facts) => Tell([(facts, null)]);

    /// <summary>What a statement reads when it is only looked at: all that it names, and it changes nothing.</summary>
    public static StatementFacts AsRead(StatementFacts facts) =>
        new(StatementClass.Read, facts.Verb, [.. facts.Reads.Concat(facts.Writes).Distinct(StringComparer.Ordinal)], []);

    private static ToolReply Tell(List<(StatementFacts? Facts, string? Problem)> statements)
    {
        var text = string.Join('\n', statements.Select(one => one.Facts is { } facts ? $"{facts.Verb}: {facts.ClassName} statement" : one.Problem));
        return ToolReply.Structured(text, writer =>
        {
            writer.WriteStartArray("statements"u8);
            foreach (var (facts, problem) in statements)
            {
                writer.WriteStartObject();
                if (facts is not null)
                {
                    StatementJson.Write(writer, facts);
                    writer.WriteBoolean("every_row"u8, facts.EveryRow);
                    writer.WriteString("refused"u8, facts.Refusal);
                }
                else
                {
                    writer.WriteString("class"u8, "unknown"u8);
                    writer.WriteString("refused"u8, problem);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }
}
