using System.CommandLine;
using Agent.Cli.Composition;
using Agent.Runtime.Sessions;

namespace Agent.Cli.Sessions;

/// <summary><c>agent sessions export</c>: a whole conversation, for people or for programs.</summary>
internal static class SessionExportCommand
{
    public static Command Create(GlobalOptions global, Argument<string> id)
    {
        var format = new Option<string>("--format")
        {
            Description = "json (every event with its label) or markdown (to be read).",
            DefaultValueFactory = static _ => "json",
        };
        format.AcceptOnlyFromAmong("json", "markdown");
        var output = new Option<string?>("--output", "-o") { Description = "A new file, for you alone (default: standard output).", HelpName = "FILE" };
        var command = new Command("export", "Write a whole conversation, as JSON or to be read.") { id, format, output };
        command.SetAction((result, cancellationToken) => CommandRunner.RunAsync(result, global, async (application, console) =>
        {
            var session = await SessionsCommand.FindAsync(application, result.GetRequiredValue(id), cancellationToken);
            await using var target = result.GetValue(output) is { } file ? OpenNew(file) : Console.OpenStandardOutput();
            if (result.GetValue(format) == "json")
            {
                await SessionExport.WriteJsonAsync(SessionsCommand.Store(application), session.Id, target, cancellationToken);
                target.Write("\n"u8);
            }
            else
            {
                await using var text = new StreamWriter(target, leaveOpen: true);
                await SessionExport.WriteMarkdownAsync(SessionsCommand.Store(application), session.Id, text, cancellationToken);
            }

            if (result.GetValue(output) is { } path)
            {
                await console.Error.WriteLineAsync($"agent: session {session.Id} is in {Path.GetFullPath(path)}.");
            }

            return ExitCode.Ok;
        }, cancellationToken));
        return command;
    }

    /// <summary>A conversation may hold anything, so its file is made for its owner alone, and no file is overwritten.</summary>
    /// <exception cref="CommandException">It is there already, or cannot be written.</exception>
    public static Stream OpenNew(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, File.Exists(path) ? $"The file {path} exists already; name a new one." : $"The file {path} cannot be written: {e.Message}", e);
        }
    }
}
