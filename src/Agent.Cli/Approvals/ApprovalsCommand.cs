using System.CommandLine;
using System.Text.Json;
using Agent.Cli.Composition;
using Agent.Governance.Approvals;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Approvals;

/// <summary><c>agent approvals</c>: the open questions of every run on this machine, answered from here.</summary>
internal static class ApprovalsCommand
{
    public static Command Create(GlobalOptions global)
    {
        var command = new Command("approvals", "List and answer the calls that wait for a person.");
        command.SetAction((result, cancellationToken) => ListAsync(result, global, cancellationToken));

        var list = new Command("list", "The calls that wait, oldest first.");
        list.SetAction((result, cancellationToken) => ListAsync(result, global, cancellationToken));
        command.Subcommands.Add(list);

        var id = new Argument<string>("id") { Description = "The question's id, or the beginning of it." };
        var show = new Command("show", "One call, whole.") { id };
        show.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var request = await FindAsync(application, result.GetRequiredValue(id), cancellationToken);
            await console.Out.WriteLineAsync(ApprovalCard.Render(request, application.Services.GetRequiredService<TimeProvider>()));
            return ExitCode.Ok;
        }, cancellationToken));
        command.Subcommands.Add(show);

        var ids = new Argument<string[]>("id") { Description = "The question's id, or the beginning of it; several are answered alike.", Arity = ArgumentArity.OneOrMore };
        var forSession = new Option<bool>("--session") { Description = "Allow this tool with these critical arguments for the rest of the session." };
        var until = new Option<DateTimeOffset?>("--until") { Description = "Allow this tool with these critical arguments in every session until this date.", HelpName = "DATE" };
        var arguments = CommandOptions.Arguments("Other arguments instead, as JSON; the policy decides again on them.");
        var approve = new Command("approve", "Allow a call, once unless you say otherwise.") { ids, forSession, until, arguments };
        approve.SetAction((result, cancellationToken) => AnswerAsync(result, global, result.GetRequiredValue(ids), () => Approval(result.GetValue(forSession), result.GetValue(until), result.ArgumentsOf(arguments)), cancellationToken));
        command.Subcommands.Add(approve);

        var reason = new Option<string?>("--reason") { Description = "Words that the model reads.", HelpName = "TEXT" };
        var deny = new Command("deny", "Refuse a call.") { ids, reason };
        deny.SetAction((result, cancellationToken) => AnswerAsync(result, global, result.GetRequiredValue(ids), () => new()
        {
            Verdict = ApprovalVerdict.Deny,
            Comment = result.GetValue(reason),
            Binding = string.Empty,
            AnsweredBy = "terminal",
        }, cancellationToken));
        command.Subcommands.Add(deny);

        var grants = new Command("grants", "What was allowed for a session or until a date.");
        grants.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var list = application.Services.GetRequiredService<IGrants>().List();
            foreach (var grant in list)
            {
                await console.Out.WriteLineAsync(GrantText.Line(grant));
            }

            await console.Out.WriteLineAsync(list.Count == 0 ? "Nothing is allowed beyond single calls." : "Take one back with: agent approvals revoke ID");
            return ExitCode.Ok;
        }, cancellationToken));
        command.Subcommands.Add(grants);

        var grantId = new Argument<string>("id") { Description = "The grant's id, or the beginning of it." };
        var revoke = new Command("revoke", "Take a grant back.") { grantId };
        revoke.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            if (!await application.Services.GetRequiredService<IGrants>().RevokeAsync(result.GetRequiredValue(grantId), "terminal", cancellationToken))
            {
                throw new CommandException(ExitCode.Usage, $"There is no grant {result.GetRequiredValue(grantId)}, or more than one begins like it; agent approvals grants lists them.");
            }

            await console.Out.WriteLineAsync("Taken back.");
            return ExitCode.Ok;
        }, cancellationToken));
        command.Subcommands.Add(revoke);
        return command;
    }

    private static ApprovalAnswer Approval(bool forSession, DateTimeOffset? until, JsonElement? edited) => (forSession, until) switch
    {
        (true, not null) => throw new CommandException(ExitCode.Usage, "Give --session or --until, not both."),
        _ => new ApprovalAnswer
        {
            Verdict = forSession ? ApprovalVerdict.AllowForSession : until is not null ? ApprovalVerdict.AllowUntil : ApprovalVerdict.AllowOnce,
            Until = until,
            EditedArguments = edited,
            Binding = string.Empty,
            AnsweredBy = "terminal",
        },
    };

    private static Task<int> ListAsync(ParseResult result, GlobalOptions global, CancellationToken cancellationToken) =>
        CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var pending = await application.Services.GetRequiredService<IApprovals>().ListPendingAsync(null, cancellationToken);
            if (pending.Count == 0)
            {
                await console.Out.WriteLineAsync("Nothing waits for approval.");
                return ExitCode.Ok;
            }

            var time = application.Services.GetRequiredService<TimeProvider>();
            foreach (var request in pending)
            {
                await console.Out.WriteLineAsync(ApprovalCard.Render(request, time));
                await console.Out.WriteLineAsync($"Answer with: agent approvals approve {request.Id}   or: agent approvals deny {request.Id} --reason \"…\"");
                await console.Out.WriteLineAsync();
            }

            return ExitCode.Ok;
        }, cancellationToken);

    private static Task<int> AnswerAsync(ParseResult result, GlobalOptions global, string[] ids, Func<ApprovalAnswer> read, CancellationToken cancellationToken) =>
        CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var answer = read();
            if (ids.Length > 1 && answer.EditedArguments is not null)
            {
                throw new CommandException(ExitCode.Usage, "--args changes one call; name one question.");
            }

            var requests = new List<ApprovalRequest>(ids.Length);
            foreach (var id in ids)
            {
                var request = await FindAsync(application, id, cancellationToken);
                await console.Out.WriteLineAsync(ApprovalCard.Render(request, application.Services.GetRequiredService<TimeProvider>()));
                requests.Add(request);
            }

            var answered = await application.Services.GetRequiredService<IApprovals>().AnswerTogetherAsync(requests, answer, cancellationToken);
            var refused = answered.Where(static one => !one.Accepted).Select(static one => one.Problem ?? "The answer was not taken.").ToList();
            if (refused.Count > 0)
            {
                throw new CommandException(ExitCode.Usage, string.Join(Environment.NewLine + "agent: ", refused));
            }

            await console.Out.WriteLineAsync(answer.Verdict == ApprovalVerdict.Deny ? "Refused." : "Allowed. The run that waits goes on; one that was ended goes on with agent sessions resume.");
            return ExitCode.Ok;
        }, cancellationToken);

    private static async Task<ApprovalRequest> FindAsync(AgentApplication application, string id, CancellationToken cancellationToken) =>
        await application.Services.GetRequiredService<IApprovals>().GetAsync(id, cancellationToken)
        ?? throw new CommandException(ExitCode.Usage, $"There is no question {id}; agent approvals lists those that wait.");
}
