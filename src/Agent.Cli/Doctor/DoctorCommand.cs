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
        command.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            // A server that wants a sign-in gets it here, where a person looks; everywhere else it fails and says so.
            if (console.IsInteractive)
            {
                application.Services.GetRequiredService<IOptions<McpServersOptions>>().Value.ShowSignIn = (server, address, _) =>
                    console.Out.WriteLineAsync(new DoctorCheck(null, "server " + server, $"sign in with your browser: {address}").ToString());
            }

            var code = ExitCode.Ok;
            await foreach (var check in DoctorReport.CheckAsync(application, started: false, cancellationToken))
            {
                await console.Out.WriteLineAsync(check.ToString());
                code = code == ExitCode.Ok && check.Works == false ? check.Code : code;
            }

            return code;
        }, cancellationToken));
        return command;
    }
}
