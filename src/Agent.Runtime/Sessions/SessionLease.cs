namespace Agent.Runtime.Sessions;

/// <summary>
/// One run at a time has a session: an advisory lock on a file of its own, which the kernel gives back when a process ends,
/// however it ends.
/// </summary>
internal sealed class SessionLease : IDisposable
{
    private readonly FileStream _file;

    private SessionLease(FileStream file) => _file = file;

    public static SessionLease? TryTake(StateFolder folder, string session)
    {
        var path = PathOf(folder, session);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        }
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new SessionLease(new FileStream(path, options));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    public static bool IsTaken(StateFolder folder, string session)
    {
        if (!File.Exists(PathOf(folder, session)))
        {
            return false;
        }

        using var lease = TryTake(folder, session);
        return lease is null;
    }

    /// <summary>Removes the file with the session it stood for.</summary>
    public void Remove() => File.Delete(_file.Name);

    public void Dispose() => _file.Dispose();

    /// <summary>Ids are ours, but they come back from command lines: anything else than their characters is replaced.</summary>
    private static string PathOf(StateFolder folder, string session) =>
        folder.Combine("sessions", string.Concat(session.Select(static c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '_')) + ".lock");
}
