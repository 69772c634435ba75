using Agent.Cli.Composition;
using Agent.Mcp.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Chat;

/// <summary>
/// Shows the commands of servers that were never started here, or that changed, before the chat starts them. A no is for this start;
/// the servers stay off and say how they are accepted.
/// </summary>
internal static class CommandQuestion
{
    private const string Question = "Start them? [y]es  [N]o, go on without them ";

    /// <returns>False where the person wants to leave instead.</returns>
    public static async Task<bool> AskAsync(AgentApplication application, CommandConsole console, CancellationToken cancellationToken)
    {
        if (!console.IsInteractive)
        {
            return true;
        }

        var unseen = await application.UnseenCommandsAsync(cancellationToken);
        if (unseen.Count == 0)
        {
            return true;
        }

        var answer = await StartQuestion.AskAsync(Words(unseen), Question, console);
        if (answer == true)
        {
            foreach (var command in unseen)
            {
                await application.Services.GetRequiredService<IToolPins>().AcceptAsync(command.Check.Key, "console", cancellationToken);
            }
        }

        return answer is not null;
    }

    private static IEnumerable<string> Words(IReadOnlyList<UnseenCommand> unseen)
    {
        yield return "The configuration starts programs that were never started here, or that changed:";
        foreach (var command in unseen)
        {
            yield return $"  {command.Server}: {command.CommandLine}";
            if (command.Check is { State: PinState.Changed, Difference: { } difference })
            {
                yield return $"    before: {string.Join(" or ", difference.Split('\n').Where(static line => line.StartsWith("- ", StringComparison.Ordinal)).Select(static line => line[2..]))}";
            }
        }
    }
}
