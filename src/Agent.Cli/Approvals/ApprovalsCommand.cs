using System.CommandLine;
using System.Text.Json;
using Agent.Cli.Composition;
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

        var forSession = new Option<bool>("--session") { Description = "Allow this tool with these critical arguments for the rest of the session." };
        var arguments = new Option<string?>("--args") { Description = "Other arguments instead, as JSON; the policy decides again on them.", HelpName = "JSON" };
        var approve = new Command("approve", "Allow one call.") { id, forSession, arguments };
        approve.SetAction((result, cancellationToken) => AnswerAsync(result, global, result.GetRequiredValue(id), new()
        {
            Verdict = result.GetValue(forSession) ? ApprovalVerdict.AllowForSession : ApprovalVerdict.AllowOnce,
            EditedArguments = Parse(result.GetValue(arguments)),
            Binding = string.Empty,
            AnsweredBy = "terminal",
        }, cancellationToken));
        command.Subcommands.Add(approve);

        var reason = new Option<string?>("--reason") { Description = "Words that the model reads.", HelpName = "TEXT" };
        var deny = new Command("deny", "Refuse one call.") { id, reason };
        deny.SetAction((result, cancellationToken) => AnswerAsync(result, global, result.GetRequiredValue(id), new()
        {
            Verdict = ApprovalVerdict.Deny,
            Comment = result.GetValue(reason),
            Binding = string.Empty,
            AnsweredBy = "terminal",
        }, cancellationToken));
        command.Subcommands.Add(deny);
        return command;
    }

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

    private static Task<int> AnswerAsync(ParseResult result, GlobalOptions global, string id, ApprovalAnswer answer, CancellationToken cancellationToken) =>
        CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var request = await FindAsync(application, id, cancellationToken);
            await console.Out.WriteLineAsync(ApprovalCard.Render(request, application.Services.GetRequiredService<TimeProvider>()));
            var answered = await application.Services.GetRequiredService<IApprovals>()
                .AnswerAsync(request.Id, answer with { Binding = request.Binding }, cancellationToken);
            if (!answered.Accepted)
            {
                throw new CommandException(ExitCode.Usage, answered.Problem ?? "The answer was not taken.");
            }

            await console.Out.WriteLineAsync(answer.Verdict == ApprovalVerdict.Deny ? "Refused." : "Allowed; the run that waits goes on.");
            return ExitCode.Ok;
        }, cancellationToken);

    private static async Task<ApprovalRequest> FindAsync(AgentApplication application, string id, CancellationToken cancellationToken) =>
        await application.Services.GetRequiredService<IApprovals>().GetAsync(id, cancellationToken)
        ?? throw new CommandException(ExitCode.Usage, $"There is no question {id}; agent approvals lists those that wait.");

    private static JsonElement? Parse(string? json)
    {
        if (json is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new CommandException(ExitCode.Usage, "--args must be a JSON object.");
        }
        catch (JsonException e)
        {
            throw new CommandException(ExitCode.Usage, $"--args is not JSON: {e.Message}", e);
        }
    }
}
