namespace Agent.Cli.Chat;

/// <summary>
/// Holds keys back from a question until nobody has typed for a moment since it appeared: what was typed before it could be read,
/// or is being typed, answers nothing.
/// </summary>
internal sealed class QuietGuard(TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(400);

    private long since;

    /// <summary>Whether no key would count now.</summary>
    public bool IsUp => time.GetElapsedTime(since) < Quiet;

    /// <summary>A question has appeared.</summary>
    public void Raise() => since = time.GetTimestamp();

    /// <summary>Whether a key that was read at <paramref name="at"/> comes too soon; the quiet then begins anew.</summary>
    public bool Holds(long at)
    {
        if (time.GetElapsedTime(since, at) >= Quiet)
        {
            return false;
        }

        since = Math.Max(since, at);
        return true;
    }
}
