using Agent.Tools.Hosting;
using Microsoft.Extensions.Logging;

namespace Agent.Tools.Files.Changing;

/// <summary>How long and how much the trash keeps.</summary>
/// <param name="Age">What is older goes.</param>
/// <param name="Bytes">What all of it may take; the oldest goes first.</param>
internal sealed record TrashLimits(TimeSpan Age, long Bytes)
{
    public static TrashLimits Default { get; } = new(TimeSpan.FromDays(30), 1024L * 1024 * 1024);
}

/// <summary>
/// Takes out of the trash for good what is too old or too much: in the background, at the start and when something was put there, at
/// most once a minute. What came within the last minute stays whatever its size, also what another server of the same state puts there now.
/// </summary>
internal sealed partial class TrashSweep(string stateFolder, TrashLimits limits, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    private readonly string home = Trash.HomeOf(stateFolder);
    private readonly Lock gate = new();
    private DateTimeOffset last = DateTimeOffset.MinValue;

    /// <summary>Completes when the sweep that runs, if one does, is done.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    /// <summary>Sweeps soon, unless that was done within the last minute.</summary>
    public void Request()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (now - last >= Pause && Directory.Exists(home))
            {
                last = now;
                Running = Running.ContinueWith(_ => Sweep(now), TaskScheduler.Default);
            }
        }
    }

    private void Sweep(DateTimeOffset now)
    {
        try
        {
            var removed = 0;
            var left = limits.Bytes;
            foreach (var (entry, age) in Directory.EnumerateDirectories(home)
                .Select(entry => (Entry: entry, Age: now - Trash.TimeOf(Path.GetFileName(entry))))
                .Where(static one => one.Age is not null)
                .OrderBy(static one => one.Age))
            {
                // The youngest first: what is older than something that does not fit goes with it.
                left = age > limits.Age ? -1 : left < 0 ? left : left - SizeOf(entry);
                if (left < 0 && age >= Pause && Remove(entry))
                {
                    removed++;
                }
            }

            if (removed > 0)
            {
                LogRemoved(logger, removed);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogFailed(logger, e);
        }
    }

    private static long SizeOf(string entry) => new DirectoryInfo(entry).EnumerateFiles("*", Everything).Sum(static file => file.Exists ? file.Length : 0);

    private static bool Remove(string entry)
    {
        try
        {
            // Without its note nobody restores half of it.
            File.Delete(Path.Combine(entry, Trash.Info));
            MakeWritable(entry);
            Directory.Delete(entry, recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another server was faster, or the next sweep succeeds.
            return false;
        }
    }

    /// <summary>A deleted folder may have been one that nothing can be taken out of.</summary>
    private static void MakeWritable(string entry)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        const UnixFileMode All = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        foreach (var folder in new DirectoryInfo(entry).EnumerateDirectories("*", Everything).Where(static folder => (folder.UnixFileMode & All) != All))
        {
            folder.UnixFileMode |= All;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} entries were taken out of the trash for good, by the limits trash_days and trash_megabytes")]
    private static partial void LogRemoved(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The trash could not be swept")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
