using System.CommandLine;
using Agent.Cli.Approvals;
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
        command.Subcommands.Add(Show(global));
        command.Subcommands.Add(Export(global));
        command.Subcommands.Add(Prove(global));
        return command;
    }

    private static Command Show(GlobalOptions global)
    {
        var session = new Option<string?>("--session") { Description = "Only of this session.", HelpName = "ID" };
        var tool = new Option<string?>("--tool") { Description = "Only of this tool; * stands for anything.", HelpName = "NAME" };
        var decision = new Option<string?>("--decision") { Description = "Only with this decision: allow, ask or deny." };
        decision.AcceptOnlyFromAmong("allow", "ask", "deny");
        var type = new Option<string?>("--type") { Description = "Only of this type; * stands for anything.", HelpName = "TYPE" };
        var since = new Option<DateTimeOffset?>("--since") { Description = "Not before.", HelpName = "TIME" };
        var until = new Option<DateTimeOffset?>("--until") { Description = "Before.", HelpName = "TIME" };
        var show = new Command("show", "The records, one line each.") { session, tool, decision, type, since, until };
        show.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var filter = new AuditFilter
            {
                Session = result.GetValue(session),
                Tool = result.GetValue(tool),
                Decision = result.GetValue(decision),
                Type = result.GetValue(type),
                From = result.GetValue(since),
                Until = result.GetValue(until),
            };
            foreach (var record in AuditReader.Read(GovernanceServices.AuditFolder(application.State), filter))
            {
                cancellationToken.ThrowIfCancellationRequested();
                await console.Out.WriteLineAsync($"{record.Seq,6}  {record.Time.ToLocalTime():yyyy-MM-dd HH:mm:ss}  {record.Type,-18} {string.Join("  ", new[] { record.Text("session"), record.Text("tool"), record.Text("decision"), record.Text("outcome") }.OfType<string>().Select(ApprovalCard.Visible))}");
            }

            return ExitCode.Ok;
        }, cancellationToken));
        return show;
    }

    private static Command Export(GlobalOptions global)
    {
        var target = new Argument<string>("target") { Description = "The folder (tiles) or file (json) to write." };
        var format = new Option<string>("--format") { Description = "tiles (C2SP tlog-tiles) or json.", DefaultValueFactory = static _ => "tiles" };
        format.AcceptOnlyFromAmong("tiles", "json");
        var export = new Command("export", "Write the log for other programs to verify or read.") { target, format };
        export.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var folder = GovernanceServices.AuditFolder(application.State);
            var to = Path.GetFullPath(result.GetRequiredValue(target));
            long count;
            if (result.GetValue(format) == "json")
            {
                await using var output = File.Create(to);
                count = AuditReader.ExportJson(folder, output);
            }
            else
            {
                count = AuditReader.ExportTiles(folder, to);
            }

            await console.Out.WriteLineAsync($"{count} records written to {to}");
            return ExitCode.Ok;
        }, cancellationToken));
        return export;
    }

    private static Command Prove(GlobalOptions global)
    {
        var record = new Argument<long>("record") { Description = "The record's number." };
        var prove = new Command("prove", "One record's proof (.tlog-proof) on stdout; the record itself on stderr.") { record };
        prove.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            try
            {
                var (proof, line) = AuditReader.Prove(GovernanceServices.AuditFolder(application.State), result.GetRequiredValue(record));
                await console.Out.WriteAsync(proof);
                await console.Error.WriteLineAsync(line);
                return ExitCode.Ok;
            }
            catch (KeyNotFoundException e)
            {
                throw new CommandException(ExitCode.Usage, e.Message, e);
            }
        }, cancellationToken));
        return prove;
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
