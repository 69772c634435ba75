using System.CommandLine;
using System.Text.Json;
using Agent.Cli.Composition;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Ask;

/// <summary><c>agent ask</c>: one request, no terminal needed; the answer alone on stdout, all else on stderr.</summary>
internal static class AskCommand
{
    public static Command Create(GlobalOptions global)
    {
        var prompt = new Argument<string[]>("prompt") { Description = "What to ask; - reads it from standard input.", Arity = ArgumentArity.OneOrMore };
        var format = new Option<string>("--format") { Description = "text, json (one object at the end) or jsonl (events as they happen).", DefaultValueFactory = static _ => "text" };
        format.AcceptOnlyFromAmong("text", "json", "jsonl");
        var schema = new Option<string?>("--output-schema") { Description = "A file with a JSON Schema that the answer must satisfy.", HelpName = "FILE" };
        var approve = CommandOptions.Approve();
        var mode = new Option<string>("--mode") { Description = "ask, plan (reads only) or auto-edit (files inside the roots are changed without asking).", DefaultValueFactory = static _ => "ask" };
        mode.AcceptOnlyFromAmong("ask", "plan", "auto-edit");
        var session = new Option<string?>("--session") { Description = "The session to go on with.", HelpName = "ID" };
        var command = new Command("ask", "Ask once and print the answer.") { prompt, format, schema, approve, mode, session };
        command.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var approvals = result.ApprovalsOf(approve, console);
            var output = new RunOutput(application, console, result.GetValue(format)!, approvals);
            var request = new RunRequest
            {
                Prompt = await ReadPromptAsync(result.GetRequiredValue(prompt), cancellationToken),
                SessionId = result.GetValue(session),
                Client = "ask",
                Mode = result.GetValue(mode) switch { "plan" => PolicyMode.Plan, "auto-edit" => PolicyMode.AutoEdit, _ => PolicyMode.Ask },
                Approvals = approvals,
                Questions = output.Questions,
                OutputSchema = ReadSchema(result.GetValue(schema)),
            };
            await RunOutput.StartAsync(application, console, cancellationToken);
            return await output.ShowAsync(application.Services.GetRequiredService<IAgentRunner>().RunAsync(request, cancellationToken), cancellationToken);
        }, cancellationToken));
        return command;
    }

    private static async Task<string> ReadPromptAsync(string[] words, CancellationToken cancellationToken)
    {
        var prompt = words is ["-"] ? await Console.In.ReadToEndAsync(cancellationToken) : string.Join(' ', words);
        return string.IsNullOrWhiteSpace(prompt)
            ? throw new CommandException(ExitCode.Usage, "There is nothing to ask; write: agent ask \"…\"")
            : prompt.Trim();
    }

    private static JsonElement? ReadSchema(string? file)
    {
        if (file is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            _ = Agent.Json.JsonSchema.Parse(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            throw new CommandException(ExitCode.Usage, $"--output-schema {file} is no JSON Schema: {e.Message}", e);
        }
    }
}
