using System.CommandLine;
using Agent.Cli.Composition;
using Agent.Cli.Rendering;
using Agent.Cli.Terminal;

namespace Agent.Cli.Chat;

/// <summary><c>agent</c> and <c>agent chat</c>: the conversation at a terminal, or line by line through a pipe.</summary>
internal static class ChatCommand
{
    public static Command Create(GlobalOptions global)
    {
        var session = new Option<string?>("--session") { Description = "The session to go on with.", HelpName = "ID" };
        var command = new Command("chat", "Chat (what agent alone does).") { session };
        command.SetAction((result, cancellationToken) => RunAsync(result, global, result.GetValue(session), cancellationToken));
        return command;
    }

    public static Task<int> RunAsync(ParseResult result, GlobalOptions global, string? session, CancellationToken cancellationToken)
    {
        // Trust is asked about before anything is composed: what the folder's file says takes part in the composition.
        var flags = global.Read(result);
        var console = CommandConsole.From(result);
        TrustQuestion.Ask(flags, console);
        return CommandRunner.RunAsync(
            result,
            global,
            async (application, output) =>
            {
                if (!RawTerminal.IsAvailable)
                {
                    return await new ChatLoop(application, output, session).RunAsync(cancellationToken);
                }

                using var terminal = RawTerminal.Open(Console.OpenStandardOutput());
                await using var chat = new TerminalChat(application, terminal, TerminalStyle.Detect(Environment.GetEnvironmentVariable, isTerminal: true), session);
                return await chat.RunAsync(cancellationToken);
            },
            cancellationToken);
    }
}
