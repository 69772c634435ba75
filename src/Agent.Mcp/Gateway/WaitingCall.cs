using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Mcp.Servers;

namespace Agent.Mcp.Gateway;

/// <summary>
/// A call of the newer protocol: questions are the answer to the client's request, and the client's next request brings their
/// answers. The call waits here in between; its questions are put one round after another.
/// </summary>
internal sealed class WaitingCall(string principal, Func<string> digest, DateTimeOffset expires) : IClientDialogue, IDisposable
{
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly Lock gate = new();
    private string? known;
    private TaskCompletionSource<IReadOnlyDictionary<string, ServerQuestion>> asked = NewSource<IReadOnlyDictionary<string, ServerQuestion>>();
    private TaskCompletionSource<IReadOnlyDictionary<string, JsonElement>>? answered;

    public string Id { get; } = GatewaySession.NewId();

    public string Principal => principal;

    /// <summary>The digest of its request, which only a call that asks has to be known by.</summary>
    public string Digest => known ??= digest();

    public DateTimeOffset Expires => expires;

    public int Round { get; private set; }

    public CancellationTokenSource Cancelled { get; } = new();

    public required ClientLine Line { get; set; }

    public Task<JsonNode> Running { get; set; } = Task.FromException<JsonNode>(new InvalidOperationException("The call was not started."));

    /// <summary>Completes with the next questions.</summary>
    public Task<IReadOnlyDictionary<string, ServerQuestion>> Asked
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
        try
        {
            var answer = NewSource<IReadOnlyDictionary<string, JsonElement>>();
            lock (gate)
            {
                answered = answer;
                Round++;
                asked.TrySetResult(questions);
            }

            return await answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (gate)
            {
                answered = null;
            }

            one.Release();
        }
    }

    /// <summary>Takes the client's answers to a round; null where it fits, otherwise the question that was left open.</summary>
    /// <returns>Whether the answers were taken; and the name of a question without an answer, where that is why not.</returns>
    public (bool Taken, string? Missing) Answer(int round, JsonObject? answers)
    {
        lock (gate)
        {
            if (round != Round || answered is not { } source || !asked.Task.IsCompletedSuccessfully)
            {
                return (false, null);
            }

            var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var name in asked.Task.Result.Keys)
            {
                if (answers?[name] is not { } answer)
                {
                    return (false, name);
                }

                given[name] = Wire.ToElement(answer);
            }

            answered = null;
            Round++;
            asked = NewSource<IReadOnlyDictionary<string, ServerQuestion>>();
            return (source.TrySetResult(given), null);
        }
    }

    public void Dispose()
    {
        one.Dispose();
        Cancelled.Dispose();
    }

    private static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
