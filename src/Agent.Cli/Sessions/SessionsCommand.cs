using System.CommandLine;
using Agent.Cli.Approvals;
using Agent.Cli.Ask;
using Agent.Cli.Composition;
using Agent.Runtime.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Sessions;

/// <summary><c>agent sessions</c>: the conversations kept on this machine.</summary>
internal static class SessionsCommand
{
    public static Command Create(GlobalOptions global)
    {
        var command = new Command("sessions", "List, show, resume, branch, export and delete conversations.");
        command.SetAction((result, cancellationToken) => ListAsync(result, global, cancellationToken));

        var list = new Command("list", "The sessions, the one used last first.");
        list.SetAction((result, cancellationToken) => ListAsync(result, global, cancellationToken));
        command.Subcommands.Add(list);

        var id = new Argument<string>("id") { Description = "The session's id, the beginning of it, or last." };
        var show = new Command("show", "What was said and done.") { id };
        show.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var session = await FindAsync(application, result.GetRequiredValue(id), cancellationToken);
            await SessionText.WriteAsync(console.Out, session, await Store(application).ReadAsync(session.Id, cancellationToken));
            return ExitCode.Ok;
        }, cancellationToken));
        command.Subcommands.Add(show);

        var format = new Option<string>("--format") { Description = "text, json or jsonl.", DefaultValueFactory = static _ => "text" };
        format.AcceptOnlyFromAmong("text", "json", "jsonl");
        var approve = CommandOptions.Approve();
        var resume = new Command("resume", "Go on with a run that was cut off or waits for an approval.") { id, format, approve };
        resume.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var session = await FindAsync(application, result.GetRequiredValue(id), cancellationToken);
            var approvals = result.ApprovalsOf(approve, console);
            await RunOutput.StartAsync(application, console, cancellationToken);
            var output = new RunOutput(application, console, result.GetValue(format)!, approvals);
            return await output.ShowAsync(
                application.Services.GetRequiredService<IAgentRunner>().ResumeAsync(session.Id, "ask", approvals, output.Questions, cancellationToken), cancellationToken);
        }, cancellationToken));
        command.Subcommands.Add(resume);

        var after = new Option<int?>("--after") { Description = "The run after which to branch, from 1 (default: the last).", HelpName = "RUN" };
        var branch = new Command("branch", "Open a new session with what this one holds.") { id, after };
        branch.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var session = await FindAsync(application, result.GetRequiredValue(id), cancellationToken);
            try
            {
                var made = await Store(application).BranchAsync(session.Id, result.GetValue(after), cancellationToken);
                await console.Out.WriteLineAsync(made.Id);
                return ExitCode.Ok;
            }
            catch (ArgumentException e)
            {
                throw new CommandException(ExitCode.Usage, e.Message, e);
            }
        }, cancellationToken));
        command.Subcommands.Add(branch);

        command.Subcommands.Add(SessionExportCommand.Create(global, id));

        var delete = new Command("delete", "Delete a session for good.") { id };
        delete.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var session = await FindAsync(application, result.GetRequiredValue(id), cancellationToken);
            try
            {
                await Store(application).DeleteAsync(session.Id, cancellationToken);
            }
            catch (InvalidOperationException e)
            {
                throw new CommandException(ExitCode.Usage, e.Message, e);
            }

            await console.Out.WriteLineAsync($"Deleted {session.Id}.");
            return ExitCode.Ok;
        }, cancellationToken));
        command.Subcommands.Add(delete);
        return command;
    }

    internal static ISessionStore Store(AgentApplication application) => application.Services.GetRequiredService<ISessionStore>();

    internal static async Task<SessionSummary> FindAsync(AgentApplication application, string id, CancellationToken cancellationToken) =>
        await Store(application).FindAsync(id, cancellationToken)
        ?? throw new CommandException(ExitCode.Usage, $"There is no session {id}, or more than one begins so; agent sessions lists them.");

    private static Task<int> ListAsync(ParseResult result, GlobalOptions global, CancellationToken cancellationToken) =>
        CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var sessions = await Store(application).ListAsync(100, cancellationToken);
            foreach (var session in sessions)
            {
                await console.Out.WriteLineAsync(
                    $"{session.Id}  {session.UpdatedAt.ToLocalTime():yyyy-MM-dd HH:mm}  {session.State.ToString().ToLowerInvariant(),-12} {ApprovalCard.Visible(session.Title)}");
            }

            if (sessions.Count == 0)
            {
                await console.Out.WriteLineAsync("There is no session yet.");
            }

            return ExitCode.Ok;
        }, cancellationToken);
}
