using Agent.Models.Catalogue;
using Microsoft.Extensions.AI;

namespace Agent.Models.Routing;

/// <summary>One attempt as it goes on: what it gave so far, and how it ended.</summary>
/// <param name="model">The model.</param>
/// <param name="number">Which attempt of the request.</param>
/// <param name="time">The clock.</param>
internal sealed class Attempt(ConfiguredModel model, int number, TimeProvider time)
{
    private readonly DateTimeOffset startedAt = time.GetUtcNow();
    private long started = time.GetTimestamp();
    private TimeSpan? firstToken;
    private bool gave;

    /// <summary>Why it failed; null while it did not.</summary>
    public ModelException? Error { get; set; }

    /// <summary>How long it has taken.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(started);

    /// <summary>The request is sent now.</summary>
    public void Begin() => started = time.GetTimestamp();

    /// <summary>Takes the next update. A failure ends the attempt and is kept; only cancellation is thrown.</summary>
    /// <param name="updates">The stream.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Whether there is one.</returns>
    public async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, CancellationToken cancellationToken)
    {
        try
        {
            if (!await updates.MoveNextAsync())
            {
                return false;
            }

            gave |= updates.Current.Contents.Count > 0;
            firstToken ??= Elapsed;

            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (ModelException exception)
        {
            Error = exception;
        }
        catch (Exception exception)
        {
            // A client that fails in a way of its own must not take the whole run with it: the next model may answer.
            Error = new ModelException(ModelErrorKind.Malformed, $"{model.Info} failed in a way that is not understood ({exception.GetType().Name}); see the log, and use another model.", exception);
        }

        return false;
    }

    /// <summary>Whether a reader holds something that is void now.</summary>
    public bool MustReset => Error is not null && gave;

    /// <summary>The attempt's report.</summary>
    /// <param name="note">What happened and what is done next.</param>
    public ChatResponseUpdate Report(string? note)
    {
        var more = new AdditionalPropertiesDictionary
        {
            [ModelKeys.AttemptEnded] = new ModelAttempt
            {
                Model = model.Info,
                Number = number,
                StartedAt = startedAt,
                Duration = Elapsed,
                TimeToFirstToken = firstToken,
                Error = Error?.Kind,
                Note = note,
            },
        };
        return new ChatResponseUpdate { AdditionalProperties = more };
    }
}
