using System.CommandLine;
using Agent.Governance.Audit;
using Agent.Governance.Policy;

namespace Agent.Cli.Composition;

/// <summary>Where a command reads and writes.</summary>
/// <param name="Out">The answer.</param>
/// <param name="Error">All else.</param>
/// <param name="IsInteractive">Whether a person sits at a terminal and can be asked.</param>
internal sealed record CommandConsole(TextWriter Out, TextWriter Error, bool IsInteractive)
{
    public static CommandConsole From(ParseResult result) => new(
        result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, !Console.IsInputRedirected && !Console.IsErrorRedirected);
}

/// <summary>Runs a command with everything composed, and turns whatever goes wrong into one sentence and an exit code.</summary>
internal static class CommandRunner
{
    public static async Task<int> RunAsync(
        ParseResult result, GlobalOptions global, Func<AgentApplication, CommandConsole, Task<ExitCode>> run, CancellationToken cancellationToken)
    {
        var console = CommandConsole.From(result);
        string? logFile = null;
        try
        {
            await using var application = AgentApplication.Create(global.Read(result));
            logFile = application.LogFile;
            return (int)await run(application, console);
        }
        catch (CommandException e)
        {
            await console.Error.WriteLineAsync("agent: " + e.Message);
            return (int)e.Code;
        }
        catch (Exception e) when (e is PolicyException or AuditException)
        {
            await console.Error.WriteLineAsync("agent: " + e.Message.ReplaceLineEndings(Environment.NewLine + "agent: "));
            return (int)(e is PolicyException ? ExitCode.Configuration : ExitCode.Internal);
        }
        catch (ModelException e)
        {
            await console.Error.WriteLineAsync("agent: " + e.Message);
            return (int)(e.Kind == ModelErrorKind.BadRequest ? ExitCode.Configuration : ExitCode.ModelUnavailable);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return (int)ExitCode.Cancelled;
        }
        catch (Exception e)
        {
            // The outermost boundary: nothing above us could say it better, and a stack trace helps no person.
            await console.Error.WriteLineAsync($"agent: internal error: {e.Message}{(logFile is null ? string.Empty : $" (log: {logFile})")}");
            if (Environment.GetEnvironmentVariable("AGENT_DEBUG") == "1")
            {
                await console.Error.WriteLineAsync(e.ToString());
            }

            return (int)ExitCode.Internal;
        }
    }
}
