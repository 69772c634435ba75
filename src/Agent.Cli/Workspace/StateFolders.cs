namespace Agent.Cli.Workspace;

/// <summary>Finds and makes the state folder.</summary>
internal static class StateFolders
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder: the flag, <c>AGENT_STATE</c>, <c>XDG_STATE_HOME/agent</c>, <c>~/.local/state/agent</c>.</summary>
    /// <exception cref="CommandException">It cannot be made.</exception>
    public static StateFolder Open(string? flag, Func<string, string?> environment)
    {
        var path = flag ?? NotEmpty(environment("AGENT_STATE")) ??
            (NotEmpty(environment("XDG_STATE_HOME")) is { } home ? Path.Combine(home, "agent") : null) ??
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state", "agent");
        path = Path.GetFullPath(path);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, OwnerOnly);
                if (File.GetUnixFileMode(path) != OwnerOnly)
                {
                    File.SetUnixFileMode(path, OwnerOnly);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.Configuration, $"The state folder {path} cannot be made ({e.Message.TrimEnd('.')}). Name another with --state or AGENT_STATE.", e);
        }

        return new StateFolder(path);
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
