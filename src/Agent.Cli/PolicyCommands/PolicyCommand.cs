using System.CommandLine;
using Agent.Cli.Composition;
using Agent.Governance.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.PolicyCommands;

/// <summary><c>agent policy</c>: validate the rules, say which decides a call, run the rules' own tests.</summary>
internal static class PolicyCommand
{
    public static Command Create(GlobalOptions global)
    {
        var command = new Command("policy", "Check, explain and test the rules.");
        var check = new Command("check", "Validate the rules and list them in their order.");
        check.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var policy = Open(application);
            var problems = policy.Check();
            if (problems.Count > 0)
            {
                throw new CommandException(ExitCode.Configuration, string.Join(Environment.NewLine + "agent: ", problems));
            }

            foreach (var rule in policy.Rules)
            {
                await console.Out.WriteLineAsync(
                    $"{rule.Decision.ToString().ToLowerInvariant(),-6} {rule.Name}{(rule.Conditions.Count > 0 ? " — when " + string.Join(", ", rule.Conditions) : string.Empty)}{(rule.Reason is { } reason ? $" ({reason})" : string.Empty)}");
            }

            await console.Out.WriteLineAsync($"ok: {policy.Rules.Count} rules, version {policy.Version}");
            return ExitCode.Ok;
        }, cancellationToken));
        command.Subcommands.Add(check);

        var test = new Command("test", "Run the examples that stand beside the rules.");
        test.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var results = Open(application).Test();
            foreach (var failed in results.Where(static one => !one.Passed))
            {
                await console.Error.WriteLineAsync($"FAILED {failed.Rule}: {failed.Example}: {failed.Message}");
            }

            var count = results.Count(static one => !one.Passed);
            await console.Out.WriteLineAsync($"{results.Count - count} passed, {count} failed");
            return count == 0 ? ExitCode.Ok : ExitCode.Configuration;
        }, cancellationToken));
        command.Subcommands.Add(test);

        var name = new Argument<string>("tool") { Description = "The tool, for example files.delete_file." };
        var arguments = CommandOptions.Arguments("The arguments as a JSON object; none without it.");
        var said = new Option<string?>("--said") { Description = "What the person said before; values in it are theirs.", HelpName = "TEXT" };
        var mode = new Option<string>("--mode") { Description = "ask, plan or auto-edit.", DefaultValueFactory = static _ => "ask" };
        mode.AcceptOnlyFromAmong("ask", "plan", "auto-edit");
        var client = new Option<string>("--client") { Description = "Who calls, for example chat or mcp:vscode.", DefaultValueFactory = static _ => "chat" };
        var read = new Option<bool>("--tainted") { Description = "As if text that anybody may have written had been read before." };
        var explain = new Command("explain", "Say what would be decided for a call and why; nothing runs.") { name, arguments, said, mode, client, read };
        explain.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var parsed = result.ArgumentsOf(arguments) ?? CommandOptions.NoArguments;
            await application.StartAsync(cancellationToken);
            await application.WaitUntilSettledAsync(cancellationToken);
            var wanted = result.GetRequiredValue(name);
            var tool = application.Services.GetRequiredService<IToolHost>().Find(wanted)
                ?? application.Services.GetServices<ILocalTool>().Select(static t => t.Definition).FirstOrDefault(t => t.Id.ToString() == wanted || t.Id.ModelName == wanted)
                ?? throw new CommandException(ExitCode.Usage, $"There is no tool {wanted}; agent tools lists them.");
            var provenance = application.Services.GetRequiredService<IProvenanceFactory>().Create();
            if (result.GetValue(said) is { } text)
            {
                provenance.AddUserTurn(text);
            }

            if (result.GetValue(read))
            {
                provenance.AddText("text from elsewhere", Label.From(Integrity.Untrusted, Confidentiality.Public, "elsewhere"));
            }

            var context = new CallContext
            {
                SessionId = "explain",
                RunId = "explain",
                Client = result.GetRequiredValue(client),
                Mode = result.GetValue(mode) switch { "plan" => PolicyMode.Plan, "auto-edit" => PolicyMode.AutoEdit, _ => PolicyMode.Ask },
                Provenance = provenance,
            };
            foreach (var line in PolicyText.Explain(tool, Open(application).Explain(tool, parsed, context)))
            {
                await console.Out.WriteLineAsync(line);
            }

            return ExitCode.Ok;
        }, cancellationToken));
        command.Subcommands.Add(explain);
        return command;
    }

    private static IPolicy Open(AgentApplication application)
    {
        try
        {
            return application.Services.GetRequiredService<IPolicy>();
        }
        catch (PolicyException e)
        {
            throw new CommandException(ExitCode.Configuration, e.Message, e);
        }
    }
}
