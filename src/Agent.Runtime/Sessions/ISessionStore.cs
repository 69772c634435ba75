using System.Text.Json;

namespace Agent.Runtime.Sessions;

/// <summary>How far a session is.</summary>
public enum SessionState
{
    /// <summary>Its last run ended; it takes the next request.</summary>
    Idle,

    /// <summary>A run of it goes on now, in this process or another.</summary>
    Running,

    /// <summary>Its last run waits for an answer from a person and can be resumed.</summary>
    Waiting,

    /// <summary>The process that ran it ended in the middle; it can be resumed.</summary>
    Interrupted,
}

/// <summary>One session in a list.</summary>
public sealed record SessionSummary
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>The beginning of its first request, one line of at most 80 characters.</summary>
    public required string Title { get; init; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When something last happened in it.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>How far it is.</summary>
    public SessionState State { get; init; }

    /// <summary>Who drove it last: <c>chat</c>, <c>ask</c>, <c>mcp:</c> and the client's name.</summary>
    public string Client { get; init; } = string.Empty;

    /// <summary>The model that answered last, <c>provider/name</c>.</summary>
    public string Model { get; init; } = string.Empty;

    /// <summary>How many requests it took.</summary>
    public int Runs { get; init; }

    /// <summary>What it used in all.</summary>
    public RunUsage Usage { get; init; } = new(0, 0, 0, null);

    /// <summary>The session it was branched from; null for one that began by itself.</summary>
    public string? Parent { get; init; }
}

/// <summary>One stored event of a session. Sessions are nothing but these, in order.</summary>
/// <param name="Sequence">Its number within the session, from 1, without gaps.</param>
/// <param name="At">When it was stored.</param>
/// <param name="Run">The run; empty for what belongs to the session.</param>
/// <param name="Type">What it is, one of <see cref="SessionEventTypes"/>.</param>
/// <param name="Label">The label of its content.</param>
/// <param name="Data">Its content, an object.</param>
public sealed record SessionEvent(long Sequence, DateTimeOffset At, string Run, string Type, Label Label, JsonElement Data);

/// <summary>The vocabulary of <see cref="SessionEvent.Type"/>.</summary>
public static class SessionEventTypes
{
    /// <summary>A request of the person, with everything that shaped its run.</summary>
    public const string RunStarted = "run_started";

    /// <summary>A message of the model, or a note of ours to it.</summary>
    public const string Message = "message";

    /// <summary>A call is about to go down the road: from here on its end may be unknown.</summary>
    public const string CallStarted = "call_started";

    /// <summary>A call waits for a person.</summary>
    public const string CallPending = "call_pending";

    /// <summary>A call ended, with what the model was shown of it.</summary>
    public const string CallEnded = "call_ended";

    /// <summary>The plan changed.</summary>
    public const string Plan = "plan";

    /// <summary>Old results were replaced by a word on where they are kept.</summary>
    public const string ResultsDropped = "results_dropped";

    /// <summary>The beginning of the conversation was replaced by a summary.</summary>
    public const string Compacted = "compacted";

    /// <summary>Where the values in the context came from, as governance keeps it.</summary>
    public const string Provenance = "provenance";

    /// <summary>A run ended.</summary>
    public const string RunEnded = "run_ended";
}

/// <summary>Tokens and money of a time, over all sessions.</summary>
/// <param name="Usage">Tokens and money.</param>
/// <param name="Steps">Model calls.</param>
public sealed record UsageTotal(RunUsage Usage, int Steps);

/// <summary>The sessions of this machine. Safe for several threads and processes.</summary>
public interface ISessionStore
{
    /// <summary>The sessions, the one used last first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>The sessions.</returns>
    ValueTask<IReadOnlyList<SessionSummary>> ListAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Finds a session.</summary>
    /// <param name="id">Its id, an unambiguous beginning or end of it, or <c>last</c>.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>The session; null where none, or more than one, fits.</returns>
    ValueTask<SessionSummary?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The events of a session, in order.</summary>
    /// <param name="id">The session's whole id.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>Its events; empty where there is no such session.</returns>
    ValueTask<IReadOnlyList<SessionEvent>> ReadAsync(string id, CancellationToken cancellationToken);

    /// <summary>Opens a new session with what another held, so that both go on apart.</summary>
    /// <param name="id">The session's whole id.</param>
    /// <param name="afterRun">The run after which to branch, from 1; null for the last that ended.</param>
    /// <param name="cancellationToken">Cancels before anything is stored.</param>
    /// <returns>The new session.</returns>
    /// <exception cref="ArgumentException">There is no such session or run; the message says so.</exception>
    ValueTask<SessionSummary> BranchAsync(string id, int? afterRun, CancellationToken cancellationToken);

    /// <summary>Deletes a session for good: its content is overwritten in the file, and the write-ahead log is emptied.</summary>
    /// <param name="id">The session's whole id.</param>
    /// <param name="cancellationToken">Cancels before anything is deleted.</param>
    /// <returns>Whether there was such a session.</returns>
    /// <exception cref="InvalidOperationException">A run of it goes on; the message says so.</exception>
    ValueTask<bool> DeleteAsync(string id, CancellationToken cancellationToken);

    /// <summary>What was used on a day of the person's calendar, over all sessions.</summary>
    /// <param name="day">The day.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>Tokens and money.</returns>
    ValueTask<UsageTotal> GetUsageAsync(DateOnly day, CancellationToken cancellationToken);
}
