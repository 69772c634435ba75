using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;

namespace Agent.Mcp.Servers;

/// <summary>
/// The calls that run on one server now: who hears their progress, and who answers when the server asks a question.
/// </summary>
internal sealed class CallsInFlight(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, CallInFlight> calls = new(StringComparer.Ordinal);
    private long last;

    /// <summary>Begins a call, which runs until it is disposed.</summary>
    public CallInFlight Begin(ToolCallOptions options, TimeSpan limit, CancellationToken cancellationToken)
    {
        var token = Interlocked.Increment(ref last).ToString(CultureInfo.InvariantCulture);
        var call = new CallInFlight(token, options, limit, time, ended => calls.TryRemove(ended.Token, out _), cancellationToken);
        calls[token] = call;
        return call;
    }

    /// <summary>Hands a server's progress to the call it belongs to.</summary>
    public void Report(JsonElement notification)
    {
        if (notification.Member("progressToken") is { } token
            && calls.TryGetValue(token.ValueKind == JsonValueKind.String ? token.GetString()! : token.GetRawText(), out var call)
            && notification.Member("progress") is { ValueKind: JsonValueKind.Number } progress)
        {
            call.Report(new ToolProgress(
                progress.GetDouble(),
                notification.Member("total") is { ValueKind: JsonValueKind.Number } total ? total.GetDouble() : null,
                notification.Text("message")));
        }
    }

    /// <summary>
    /// The call that a question of the older protocol belongs to. It says nothing of its call, so it is put only where there is
    /// no doubt whom it concerns. (In the newer one a question is the answer to its call.)
    /// </summary>
    public CallInFlight? Asking() => Only(static _ => true);

    /// <summary>The call that a log message belongs to, by the same rule; a call that waits for its caller does nothing that could be logged.</summary>
    public CallInFlight? Logging() => Only(static call => !call.IsWaiting);

    private CallInFlight? Only(Func<CallInFlight, bool> counts)
    {
        CallInFlight? only = null;
        foreach (var (_, call) in calls)
        {
            if (!counts(call))
            {
                continue;
            }

            if (only is not null && !Equals(only.Options.Questions, call.Options.Questions))
            {
                return null;
            }

            only = call;
        }

        return only;
    }
}

/// <summary>A caller that is done with an answer in an instant, so that whoever has the answer may go on with the call.</summary>
internal interface IBriefCaller;

/// <summary>One call that runs. Its time limit starts anew with every sign of life and stands still while a person is asked.</summary>
internal sealed class CallInFlight : IDisposable
{
    private readonly CancellationTokenSource silence;
    private readonly CancellationTokenSource linked;
    private readonly TimeSpan limit;
    private readonly Action<CallInFlight> ended;
    private int openQuestions;

    public CallInFlight(
        string token, ToolCallOptions options, TimeSpan limit, TimeProvider time, Action<CallInFlight> ended, CancellationToken caller)
    {
        Token = token;
        Options = options;
        this.limit = limit;
        this.ended = ended;
        silence = new CancellationTokenSource(limit, time);
        linked = CancellationTokenSource.CreateLinkedTokenSource(caller, silence.Token);
    }

    public string Token { get; }

    public ToolCallOptions Options { get; }

    public bool IsOver { get; private set; }

    /// <summary>Whether its caller is being asked something.</summary>
    public bool IsWaiting => Volatile.Read(ref openQuestions) > 0;

    public CancellationToken Cancelled => linked.Token;

    public bool TimedOut => silence.IsCancellationRequested;

    public void Report(ToolProgress progress)
    {
        if (!IsOver)
        {
            silence.CancelAfter(limit);
            Options.Progress?.Report(progress);
        }
    }

    /// <summary>Puts a server's questions to whoever called; null where nobody is there to be asked.</summary>
    public async ValueTask<IReadOnlyDictionary<string, JsonElement>?> AskAsync(
        string server, IReadOnlyDictionary<string, ServerQuestion> questions, CancellationToken cancellationToken)
    {
        if (Options.Questions is not { } asked || IsOver)
        {
            return null;
        }

        silence.CancelAfter(Timeout.InfiniteTimeSpan);
        Interlocked.Increment(ref openQuestions);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Cancelled);
            return await asked.AskAsync(server, questions, either.Token);
        }
        finally
        {
            Interlocked.Decrement(ref openQuestions);
            if (!IsOver)
            {
                silence.CancelAfter(limit);
            }
        }
    }

    public void Dispose()
    {
        IsOver = true;
        ended(this);
        linked.Dispose();
        silence.Dispose();
    }
}
