using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Mcp.Servers;

namespace Agent.Mcp.Gateway;

/// <summary>One round of questions of a call.</summary>
/// <param name="Number">Which round of the call, from one.</param>
/// <param name="Questions">The questions by name.</param>
internal sealed record AskedRound(int Number, IReadOnlyDictionary<string, ServerQuestion> Questions);

/// <summary>
/// A call of the newer protocol: questions are the answer to the client's request, and the client's next request brings their
/// answers. The call waits here in between; its questions are put one round after another.
/// </summary>
internal sealed class WaitingCall(string principal, Func<string> digest, DateTimeOffset expires) : IClientDialogue, IDisposable
{
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly Lock gate = new();
    private string? known;
    private TaskCompletionSource<AskedRound> asked = NewSource<AskedRound>();
    private TaskCompletionSource<IReadOnlyDictionary<string, JsonElement>>? open;
    private TaskCompletionSource present = Completed();
    private int last;
    private int handed;

    public string Id { get; } = GatewaySession.NewId();

    public string Principal => principal;

    /// <summary>The digest of its request, which only a call that asks has to be known by.</summary>
    public string Digest => known ??= digest();

    public DateTimeOffset Expires => expires;

    public CancellationTokenSource Cancelled { get; } = new();

    public required ClientLine Line { get; set; }

    public Task<JsonNode> Running { get; set; } = Task.FromException<JsonNode>(new InvalidOperationException("The call was not started."));

    /// <summary>Completes with the questions that the client has to be given next.</summary>
    public Task<AskedRound> Asked
    {
        get
        {
            lock (gate)
            {
                return asked.Task;
            }
        }
    }

    public async ValueTask<IReadOnlyDictionary<string, JsonElement>> AskAsync(
        IReadOnlyDictionary<string, ServerQuestion> questions, CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken);
        var answer = NewSource<IReadOnlyDictionary<string, JsonElement>>();
        try
        {
            lock (gate)
            {
                open = answer;
                if (asked.Task.IsCompleted)
                {
                    asked = NewSource<AskedRound>();
                }

                asked.SetResult(new AskedRound(++last, questions));
                if (present.Task.IsCompleted)
                {
                    present = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }

            return await answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (gate)
            {
                if (ReferenceEquals(open, answer))
                {
                    // Answered elsewhere; the client that holds it comes back all the same, and hears how the call went.
                    open = null;
                }
            }

            one.Release();
        }
    }

    public async ValueTask PresentAsync(CancellationToken cancellationToken)
    {
        Task back;
        lock (gate)
        {
            back = present.Task;
        }

        await back.WaitAsync(cancellationToken);
    }

    /// <summary>The client is given a round: its state is good until it comes back, once.</summary>
    public void Hand(int round)
    {
        lock (gate)
        {
            handed = round;
        }
    }

    /// <summary>Takes the client that comes back with the round it was given.</summary>
    /// <returns>
    /// Whether it was taken; and the name of a question without an answer, where that is why not. A round that was answered elsewhere
    /// meanwhile needs no answers.
    /// </returns>
    public (bool Taken, string? Missing) Answer(int round, JsonObject? answers)
    {
        lock (gate)
        {
            if (round == 0 || round != handed)
            {
                return (false, null);
            }

            if (open is { } source && round == last)
            {
                var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
                foreach (var name in asked.Task.Result.Questions.Keys)
                {
                    if (answers?[name] is not { } answer)
                    {
                        return (false, name);
                    }

                    given[name] = Wire.ToElement(answer);
                }

                open = null;
                source.TrySetResult(given);
            }

            handed = 0;
            if (open is null)
            {
                asked = NewSource<AskedRound>();
                present.TrySetResult();
            }

            return (true, null);
        }
    }

    public void Dispose()
    {
        one.Dispose();
        Cancelled.Dispose();
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
