using System.CommandLine;
using Agent.Cli.Composition;
using Agent.Cli.PolicyCommands;
using Agent.Cli.Rendering;
using Agent.Mcp.Gateway;
using Agent.Mcp.Install;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Gateway;

/// <summary><c>agent mcp</c>: every governed tool, and the agent itself, to any MCP client.</summary>
internal static class McpCommand
{
    public static Command Create(GlobalOptions global)
    {
        var http = new Option<string?>("--http") { Description = "Serve over HTTP at this address instead of standard input and output, for example http://127.0.0.1:8123/mcp.", HelpName = "URL" };
        var command = new Command("mcp", "Serve every governed tool, and the agent itself, to an MCP client.") { http };
        command.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var address = Address(result.GetValue(http));
            await application.StartAsync(cancellationToken);
            var gateway = application.Services.GetRequiredService<GatewayServer>();
            await using var watch = new PolicyWatch(application, (text, isProblem) =>
            {
                console.Error.WriteLine("agent: " + TerminalText.Line(text));
                gateway.Announce(text, isProblem);
            });
            if (address is null)
            {
                await gateway.RunStdioAsync(cancellationToken);
                return ExitCode.Ok;
            }

            await gateway.RunHttpAsync(
                address,
                (at, tokenFile) => console.Error.WriteLine(tokenFile is null ? $"agent: serving at {at}" : $"agent: serving at {at}; the bearer token is in {tokenFile}"),
                cancellationToken);
            return ExitCode.Ok;
        }, cancellationToken));
        command.Subcommands.Add(Install(global));
        return command;
    }

    private static Command Install(GlobalOptions global)
    {
        var client = new Option<string>("--client") { Description = "The client: " + string.Join(", ", ClientConfiguration.Clients) + ".", Required = true };
        client.AcceptOnlyFromAmong([.. ClientConfiguration.Clients]);
        var workspace = new Option<bool>("--workspace") { Description = "For this folder alone, where the client knows that." };
        var yes = new Option<bool>("--yes") { Description = "Write without asking." };
        var command = new Command("install", "Write a client's configuration, after showing it.") { client, workspace, yes };
        command.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var (program, arguments) = Self();
            ClientConfigurationChange change;
            try
            {
                change = ClientConfiguration.Plan(
                    result.GetRequiredValue(client),
                    program,
                    [.. arguments, "mcp", .. application.Workspace.Roots.SelectMany(static root => new[] { "--root", root }), .. global.Read(result).Elsewhere(Environment.CurrentDirectory, Environment.GetEnvironmentVariable("AGENT_STATE"))],
                    Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                    result.GetValue(workspace) ? Environment.CurrentDirectory : null);
            }
            catch (Exception e) when (e is ArgumentException or FormatException or IOException or System.Text.Json.JsonException)
            {
                throw new CommandException(ExitCode.Usage, e.Message, e);
            }

            await console.Out.WriteLineAsync(change.Preview);
            if ((application.Trust.TrustedFile ?? application.Trust.UntrustedFile) is { } file && result.GetValue(global.Config) is null)
            {
                await console.Error.WriteLineAsync($"agent: {file} counts only where the client starts the program in that folder; say --config {Path.GetFileName(file)} to have it in the entry.");
            }

            if (!change.IsChange)
            {
                await console.Out.WriteLineAsync("It is so already; nothing was written.");
                return ExitCode.Ok;
            }

            if (!result.GetValue(yes))
            {
                if (!console.IsInteractive)
                {
                    throw new CommandException(ExitCode.ApprovalRefused, $"Nothing was written to {change.Path}; say --yes to write it without being asked.");
                }

                await console.Out.WriteAsync($"Write {change.Path}? [y]es, [N]o: ");
                if (Console.ReadLine()?.Trim() is not { Length: > 0 } answer || char.ToUpperInvariant(answer[0]) != 'Y')
                {
                    await console.Out.WriteLineAsync("Nothing was written.");
                    return ExitCode.ApprovalRefused;
                }
            }

            change.Write();
            await console.Out.WriteLineAsync($"Written. {change.Hint}");
            return ExitCode.Ok;
        }, cancellationToken));
        return command;
    }

    private static (string Program, IReadOnlyList<string> Arguments) Self()
    {
        var library = Path.Combine(AppContext.BaseDirectory, "agent.dll");
        return BuiltInServers.DotNetHost() is { } dotnet && File.Exists(library) ? (dotnet, [library]) : (Environment.ProcessPath ?? "agent", []);
    }

    private static Uri? Address(string? text) =>
        text is null ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
        : throw new CommandException(ExitCode.Usage, "--http takes an address such as http://127.0.0.1:8123/mcp.");
}
