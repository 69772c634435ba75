using System.CommandLine;
using System.Text.Json;
using Agent.Cli.Approvals;
using Agent.Cli.Composition;
using Agent.Cli.Questions;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.ToolCommands;

/// <summary><c>agent tools</c>: the catalogue, and one call through the same pipeline as every other.</summary>
internal static class ToolsCommand
{
    public static Command Create(GlobalOptions global)
    {
        var command = new Command("tools", "List, show and call the tools.");
        command.SetAction((result, cancellationToken) => ListAsync(result, global, cancellationToken));

        var list = new Command("list", "Every tool of every server.");
        list.SetAction((result, cancellationToken) => ListAsync(result, global, cancellationToken));
        command.Subcommands.Add(list);

        var name = new Argument<string>("name") { Description = "The tool, for example files.search_text." };
        var show = new Command("show", "One tool: what it does, its arguments, what may be asked of it.") { name };
        show.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            await StartAsync(application, console, cancellationToken);
            var tool = Find(application, result.GetRequiredValue(name));
            await console.Out.WriteLineAsync($"{tool.Id}  ({tool.Id.ModelName} to a model)");
            await console.Out.WriteLineAsync(ApprovalCard.Visible(tool.Description));
            await console.Out.WriteLineAsync("Arguments: " + CliJson.Readable(tool.InputSchema));
            if (tool.OutputSchema is { } output)
            {
                await console.Out.WriteLineAsync("Result: " + CliJson.Readable(output));
            }

            await console.Out.WriteLineAsync("Definition: " + tool.Hash);
            return ExitCode.Ok;
        }, cancellationToken));
        command.Subcommands.Add(show);

        var key = new Argument<string?>("name") { Description = "The tool or server; without it, what waits is listed.", Arity = ArgumentArity.ZeroOrOne };
        var accept = new Command("accept", "Look at changed tool definitions and new commands, and accept one.") { key };
        accept.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var pins = application.Services.GetRequiredService<IToolPins>();

            // So that a command can be accepted before it was ever refused.
            await application.UnseenCommandsAsync(cancellationToken);
            var pending = pins.Pending();
            if (result.GetValue(key) is { } accepted)
            {
                // What is accepted is what is shown, also to one who did not look before.
                pending = [.. pending.Where(pin => pin.Key == accepted || pin.Key[(pin.Key.IndexOf(':', StringComparison.Ordinal) + 1)..] == accepted)];
                await ShowAsync(pending, console);
                if (!await pins.AcceptAsync(accepted, "terminal", cancellationToken))
                {
                    throw new CommandException(ExitCode.Usage, $"Nothing waits under {accepted}; agent tools accept lists what does.");
                }

                await console.Out.WriteLineAsync($"Accepted {accepted}.");
                return ExitCode.Ok;
            }

            await ShowAsync(pending, console);
            await console.Out.WriteLineAsync(pending.Count == 0 ? "Nothing waits for a look." : "Accept one with: agent tools accept NAME");
            return ExitCode.Ok;
        }, cancellationToken));
        command.Subcommands.Add(accept);

        var arguments = CommandOptions.Arguments("The arguments as a JSON object; none without it.");
        var format = new Option<string>("--format") { Description = "text, or json for the whole MCP result.", DefaultValueFactory = static _ => "text" };
        format.AcceptOnlyFromAmong("text", "json");
        var approve = CommandOptions.Approve();
        var call = new Command("call", "Call one tool, through policy, approval and audit.") { name, arguments, format, approve };
        call.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var parsed = result.ArgumentsOf(arguments) ?? CommandOptions.NoArguments;
            await StartAsync(application, console, cancellationToken);
            var wait = result.ApprovalsOf(approve, console) == ApprovalHandling.Wait;
            return await CallAsync(application, console, result.GetRequiredValue(name), parsed, result.GetValue(format) == "json", wait, cancellationToken);
        }, cancellationToken));
        command.Subcommands.Add(call);
        return command;
    }

    private static async Task ShowAsync(IReadOnlyList<PinCheck> pending, CommandConsole console)
    {
        foreach (var pin in pending)
        {
            await console.Out.WriteLineAsync($"{pin.Key}: {pin.State.ToString().ToLowerInvariant()}");
            foreach (var line in (pin.Difference ?? string.Empty).Split('\n').Concat(pin.Warnings))
            {
                await console.Out.WriteLineAsync("  " + ApprovalCard.Visible(line));
            }
        }
    }

    private static async Task StartAsync(AgentApplication application, CommandConsole console, CancellationToken cancellationToken)
    {
        await application.StartAsync(cancellationToken);
        await application.WaitUntilSettledAsync(cancellationToken);
        foreach (var problem in application.Problems())
        {
            await console.Error.WriteLineAsync("agent: " + problem);
        }
    }

    private static Task<int> ListAsync(ParseResult result, GlobalOptions global, CancellationToken cancellationToken) =>
        CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            await StartAsync(application, console, cancellationToken);
            var tools = application.Services.GetRequiredService<IToolHost>().Tools;
            foreach (var tool in tools)
            {
                var summary = tool.Description.Split('\n')[0];
                await console.Out.WriteLineAsync($"{tool.Id,-32} {ApprovalCard.Visible(summary.Length > 100 ? summary[..99] + "…" : summary)}");
            }

            if (tools.Count == 0)
            {
                await console.Error.WriteLineAsync("agent: no server offers a tool; agent doctor says why.");
            }

            return ExitCode.Ok;
        }, cancellationToken);

    private static ToolDefinition Find(AgentApplication application, string name) =>
        application.Services.GetRequiredService<IToolHost>().Find(name)
        ?? throw new CommandException(ExitCode.Usage, $"There is no tool {name}; agent tools lists them.");

    private static async Task<ExitCode> CallAsync(
        AgentApplication application, CommandConsole console, string name, JsonElement arguments, bool json, bool wait, CancellationToken cancellationToken)
    {
        var provenance = application.Services.GetRequiredService<IProvenanceFactory>().Create();

        // The person wrote name and arguments, so each value in them is theirs.
        provenance.AddUserTurn($"{name} {arguments.GetRawText()}");
        foreach (var text in Texts(arguments))
        {
            provenance.AddUserTurn(text);
        }

        var id = Guid.NewGuid().ToString("n")[..12];
        var context = new CallContext
        {
            SessionId = "tools-" + id,
            RunId = "tools-" + id,
            Client = "tools",
            Provenance = provenance,
            Questions = new PersonQuestions(application, "tools", QuestionPrompter.For(console), sentence => console.Error.WriteLine("agent: " + sentence)),
        };
        var pipeline = application.Services.GetRequiredService<IToolPipeline>();
        var outcome = await pipeline.InvokeAsync(new ToolCall { Id = "call-1", Name = name, Arguments = arguments }, context, cancellationToken);
        if (outcome is { Kind: ToolOutcomeKind.Pending, Approval: { } question })
        {
            outcome = await SettleAsync(application, console, pipeline, context, question, wait, cancellationToken);
        }

        if (json && outcome.Result is { } result)
        {
            await console.Out.WriteLineAsync(CliJson.Readable(result.Raw));
        }
        else
        {
            var text = outcome.Result?.Text ?? string.Empty;
            await (outcome.Kind == ToolOutcomeKind.Completed && outcome.Result is { IsError: false } ? console.Out : console.Error).WriteLineAsync(text);
        }

        return outcome.Kind switch
        {
            ToolOutcomeKind.Completed => outcome.Result is { IsError: true } ? ExitCode.Internal : ExitCode.Ok,
            ToolOutcomeKind.Rejected => ExitCode.Usage,
            ToolOutcomeKind.Denied or ToolOutcomeKind.Pending => ExitCode.ApprovalRefused,
            _ => ExitCode.Internal,
        };
    }

    private static async Task<ToolOutcome> SettleAsync(
        AgentApplication application, CommandConsole console, IToolPipeline pipeline, CallContext context, ApprovalRequest question, bool wait, CancellationToken cancellationToken)
    {
        var approvals = application.Services.GetRequiredService<IApprovals>();
        if (!wait)
        {
            await approvals.WithdrawAsync(question.Id, "it needs approval, and nobody is there to give it", CancellationToken.None);
            return await pipeline.ResumeAsync(question.Id, context, cancellationToken);
        }

        try
        {
            if (console.IsInteractive)
            {
                await using var prompter = new ApprovalPrompter(approvals, console);
                prompter.Ask(question, cancellationToken);
                await approvals.WaitAsync(question.Id, cancellationToken);
                prompter.Close(question);
            }
            else
            {
                await console.Error.WriteLineAsync($"agent: {question.Tool} waits for approval: {string.Join("; ", question.Reasons)}. Answer with: agent approvals approve {question.Id} (or deny)");
                await approvals.WaitAsync(question.Id, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            await approvals.WithdrawAsync(question.Id, "cancelled", CancellationToken.None);
            throw;
        }

        return await pipeline.ResumeAsync(question.Id, context, cancellationToken);
    }

    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(static member => Texts(member.Value)),
        _ => [],
    };
}
