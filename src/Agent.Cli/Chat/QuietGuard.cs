using Agent.Cli.Input;
using Agent.Cli.Terminal;

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

    /// <summary>Sorts a key that was read at <paramref name="at"/>; one that comes too soon makes the quiet begin anew.</summary>
    /// <returns>Null where it may answer; else whether it is dropped here (true) or goes on to the draft (false).</returns>
    public bool? Sort(Key key, long at)
    {
        if (key.Kind == KeyKind.Character && key.Ctrl)
        {
            return false;
        }

        if (time.GetElapsedTime(since, at) >= Quiet)
        {
            return null;
        }

        // Somebody is typing: what they type goes on being their draft, and answers nothing.
        since = Math.Max(since, at);
        return key.Kind is not (KeyKind.Character or KeyKind.Paste or KeyKind.Backspace);
    }
}
