using System.CommandLine;
using Agent.Cli.Composition;
using Agent.Cli.Rendering;
using Agent.Cli.Terminal;

namespace Agent.Cli.Chat;

/// <summary><c>agent</c> and <c>agent chat</c>: the conversation at a terminal, or line by line through a pipe.</summary>
internal static class ChatCommand
{
    /// <summary>The session to go on with; of <c>agent</c> alone as well.</summary>
    public static Option<string?> Session { get; } = new("--session") { Description = "The session to go on with: its id, the beginning of it, or last.", HelpName = "ID" };

    public static Command Create(GlobalOptions global)
    {
        var command = new Command("chat", "Chat (what agent alone does).") { Session };
        command.SetAction((result, cancellationToken) => RunAsync(result, global, cancellationToken));
        return command;
    }

    public static async Task<int> RunAsync(ParseResult result, GlobalOptions global, CancellationToken cancellationToken)
    {
        var session = result.GetValue(Session);

        // Trust is asked about before anything is composed: what the folder's file says takes part in the composition.
        var console = CommandConsole.From(result);
        try
        {
            if (!await TrustQuestion.AskAsync(global.Read(result), console))
            {
                return (int)ExitCode.Cancelled;
            }
        }
        catch (CommandException e)
        {
            await console.Error.WriteLineAsync("agent: " + e.Message);
            return (int)e.Code;
        }

        return await CommandRunner.RunAsync(
            result,
            global,
            async (application, output) =>
            {
                if (!await CommandQuestion.AskAsync(application, output, cancellationToken))
                {
                    return ExitCode.Cancelled;
                }

                if (!RawTerminal.IsAvailable)
                {
                    return await new PlainChat(application, output, TerminalStyle.Detect(Environment.GetEnvironmentVariable, isTerminal: false), session).RunAsync(cancellationToken);
                }

                using var terminal = RawTerminal.Open(Console.OpenStandardOutput(), TimeProvider.System);
                await using var chat = new TerminalChat(application, terminal, TerminalStyle.Detect(Environment.GetEnvironmentVariable, isTerminal: true), session);
                return await chat.RunAsync(cancellationToken);
            },
            cancellationToken);
    }
}
