using System.CommandLine;
using System.Text.Json;

namespace Agent.Cli.Composition;

/// <summary>Options that several commands have, each said and read in one place.</summary>
internal static class CommandOptions
{
    /// <summary><c>--approve</c>: what happens with calls that a person must approve.</summary>
    public static Option<string?> Approve()
    {
        var option = new Option<string?>("--approve") { Description = "What needs approval: ask waits for an answer (here or from agent approvals), deny refuses at once. Default: ask in a terminal, deny without one." };
        option.AcceptOnlyFromAmong("ask", "deny");
        return option;
    }

    public static ApprovalHandling ApprovalsOf(this ParseResult result, Option<string?> approve, CommandConsole console) =>
        (result.GetValue(approve) ?? (console.IsInteractive ? "ask" : "deny")) == "ask" ? ApprovalHandling.Wait : ApprovalHandling.Deny;

    /// <summary><c>--args</c>: the arguments of a call.</summary>
    public static Option<string?> Arguments(string description) => new("--args") { Description = description, HelpName = "JSON" };

    /// <summary>The arguments that were given; null where none were.</summary>
    /// <exception cref="CommandException">They are no JSON object.</exception>
    public static JsonElement? ArgumentsOf(this ParseResult result, Option<string?> arguments)
    {
        if (result.GetValue(arguments) is not { } json)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new CommandException(ExitCode.Usage, "--args must be a JSON object, for example: --args '{\"path\":\"README.md\"}'");
        }
        catch (JsonException e)
        {
            throw new CommandException(ExitCode.Usage, $"--args is not JSON: {e.Message.Split(" LineNumber")[0]} Write for example: --args '{{\"path\":\"README.md\"}}'", e);
        }
    }

    /// <summary>No arguments.</summary>
    public static JsonElement NoArguments { get; } = JsonDocument.Parse("{}").RootElement;
}
