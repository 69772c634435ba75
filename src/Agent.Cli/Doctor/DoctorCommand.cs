using System.CommandLine;
using Agent.Cli.Composition;
using Agent.Mcp.Servers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Agent.Cli.Doctor;

/// <summary><c>agent doctor</c>: what works, and how to mend what does not.</summary>
internal static class DoctorCommand
{
    public static Command Create(GlobalOptions global)
    {
        var command = new Command("doctor", "Check configuration, state folder, model and servers.");
        command.SetAction((result, cancellationToken) => CommandRunner.RunAsync(
            result, global, (application, console) => RunAsync(application, console, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> RunAsync(AgentApplication application, CommandConsole console, CancellationToken cancellationToken)
    {
        var code = ExitCode.Ok;
        await LineAsync(true, "configuration", application.Trust.TrustedFile ?? "appsettings.json and flags");
        if (application.Trust.UntrustedFile is { } untrusted)
        {
            await LineAsync(null, "configuration", $"{untrusted} is not used until you trust this folder: open agent here once, or name the file with --config");
        }

        await LineAsync(true, "state", application.State.Path);
        await LineAsync(true, "log", application.LogFile);

        // A server that wants a sign-in gets it here, where a person looks; everywhere else it fails and says so.
        var servers = application.Services.GetRequiredService<IOptions<McpServersOptions>>().Value;
        if (console.IsInteractive)
        {
            servers.ShowSignIn = (server, address, _) => LineAsync(null, "server " + server, $"sign in with your browser: {address}");
        }

        await application.StartAsync(cancellationToken);
        var probe = await application.Services.GetRequiredService<IModelCatalog>().ProbeAsync(null, cancellationToken);
        if (!probe.Answered)
        {
            code = ExitCode.ModelUnavailable;
        }

        await LineAsync(probe.Answered, "model", $"{probe.Model} — {probe.Model.Reason}");
        await DetailsAsync(probe);

        await application.WaitUntilSettledAsync(cancellationToken);
        foreach (var server in application.Services.GetRequiredService<IToolHost>().Servers)
        {
            var works = server.State switch { ServerState.Ready => true, ServerState.Disabled => (bool?)null, _ => false };
            if (works == false && code == ExitCode.Ok)
            {
                code = ExitCode.Configuration;
            }

            await LineAsync(works, "server " + server.Name, server.State == ServerState.Ready ? $"{server.ToolCount} tools" : server.Problem ?? server.State.ToString().ToLowerInvariant());
            if (server.State == ServerState.Ready && server.Problem is { } left)
            {
                await LineAsync(null, string.Empty, left);
            }
        }

        foreach (var problem in application.Services.GetRequiredService<Companions.CompanionHost>().Problems)
        {
            code = code == ExitCode.Ok ? ExitCode.Configuration : code;
            await LineAsync(false, "companion", problem);
        }

        return code;

        Task LineAsync(bool? works, string what, string words) =>
            console.Out.WriteLineAsync($"{(works switch { true => "ok     ", false => "FAILED ", null => "note   " })}{what,-16} {words}");

        async Task DetailsAsync(ModelProbe shown)
        {
            if (shown.Problem is { } problem)
            {
                await LineAsync(false, string.Empty, problem);
            }

            var facts = new List<string>();
            Add(facts, "tool calls", shown.CalledTool);
            Add(facts, "forced choice", shown.ForcedChoice);
            Add(facts, "streaming", shown.Streamed);
            if (shown.Model.ContextWindow is { } window)
            {
                facts.Add($"context {window:N0} tokens");
            }

            if (shown.TimeToFirstToken is { } first)
            {
                facts.Add($"first token after {first.TotalMilliseconds:N0} ms");
            }

            if (shown.TokensPerSecond is { } speed)
            {
                facts.Add($"{speed:N0} tokens/s");
            }

            if (facts.Count > 0)
            {
                await LineAsync(true, string.Empty, string.Join(" · ", facts));
            }
        }

        static void Add(List<string> facts, string name, bool? value)
        {
            if (value is { } known)
            {
                facts.Add($"{name} {(known ? "yes" : "no")}");
            }
        }
    }
}
