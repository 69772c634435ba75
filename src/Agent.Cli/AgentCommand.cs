using System.CommandLine;
using Agent.Cli.Approvals;
using Agent.Cli.Ask;
using Agent.Cli.Audit;
using Agent.Cli.Chat;
using Agent.Cli.Composition;
using Agent.Cli.Doctor;
using Agent.Cli.Gateway;
using Agent.Cli.PolicyCommands;
using Agent.Cli.Sessions;
using Agent.Cli.ToolCommands;

namespace Agent.Cli;

/// <summary>The command line: <c>agent</c> and what follows it.</summary>
internal static class AgentCommand
{
    public static async Task<int> InvokeAsync(string[] args)
    {
        var root = Create();
        var result = root.Parse(args);
        if (result.Errors.Count > 0 && result.Action is not System.CommandLine.Help.HelpAction)
        {
            // One sentence for each mistake; the whole help would bury it.
            foreach (var error in result.Errors)
            {
                await Console.Error.WriteLineAsync("agent: " + error.Message);
            }

            await Console.Error.WriteLineAsync($"Try: {string.Join(' ', Path(result))} --help");
            return (int)ExitCode.Usage;
        }

        return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
    }

    public static RootCommand Create()
    {
        var global = new GlobalOptions();
        var root = new RootCommand("Answers from your files, databases and web APIs; every tool call passes policy, approval and audit.");
        global.AddTo(root);
        root.Subcommands.Add(ChatCommand.Create(global));
        root.Subcommands.Add(AskCommand.Create(global));
        root.Subcommands.Add(ToolsCommand.Create(global));
        root.Subcommands.Add(SessionsCommand.Create(global));
        root.Subcommands.Add(ApprovalsCommand.Create(global));
        root.Subcommands.Add(PolicyCommand.Create(global));
        root.Subcommands.Add(AuditCommand.Create(global));
        root.Subcommands.Add(McpCommand.Create(global));
        root.Subcommands.Add(DoctorCommand.Create(global));
        root.Options.Add(ChatCommand.Session);
        root.SetAction((result, cancellationToken) => ChatCommand.RunAsync(result, global, cancellationToken));
        return root;
    }

    private static Stack<string> Path(ParseResult result)
    {
        var names = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = result.CommandResult; at is not null; at = at.Parent)
        {
            if (at is System.CommandLine.Parsing.CommandResult command)
            {
                names.Push(command.Command is RootCommand ? "agent" : command.Command.Name);
            }
        }

        return names;
    }
}
