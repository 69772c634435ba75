using System.CommandLine;
using Agent.Cli.Composition;
using Agent.Governance;
using Agent.Governance.Audit;

namespace Agent.Cli.Audit;

/// <summary><c>agent audit</c>: the record of every call, checked and shown.</summary>
internal static class AuditCommand
{
    public static Command Create(GlobalOptions global)
    {
        var command = new Command("audit", "Verify, show, export and prove the record of every call.");
        var checkpoint = new Option<string?>("--checkpoint") { Description = "A copy of a checkpoint that was kept elsewhere.", HelpName = "FILE" };
        var key = new Option<string?>("--key") { Description = "The key that must have signed, NAME+ID+KEY, kept elsewhere." };
        var verify = new Command("verify", "Check every record, their chain and the signed checkpoint.") { checkpoint, key };
        verify.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var verification = AuditVerifier.Verify(GovernanceServices.AuditFolder(application.State), Read(result.GetValue(checkpoint)), result.GetValue(key), cancellationToken);
            if (verification.Ok)
            {
                await console.Out.WriteLineAsync("ok: " + verification.Message);
                return ExitCode.Ok;
            }

            throw new CommandException(ExitCode.AuditFailed, verification.Message);
        }, cancellationToken));
        command.Subcommands.Add(verify);
        return command;
    }

    private static string? Read(string? file)
    {
        try
        {
            return file is null ? null : File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"The checkpoint {file} cannot be read: {e.Message}", e);
        }
    }
}
