using System.Runtime.CompilerServices;
using Agent.Models.Selection;
using Microsoft.Extensions.AI;

namespace Agent.Models.Routing;

/// <summary>Ends an attempt whose first token, or next token, does not come in time. The time a reader takes does not count.</summary>
internal static class TimeLimits
{
    /// <summary>Streams under the limits.</summary>
    /// <param name="start">Starts the stream.</param>
    /// <param name="who">The model, for the message.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancels the stream.</param>
    /// <returns>The same updates.</returns>
    /// <exception cref="ModelException">A limit passed.</exception>
    public static async IAsyncEnumerable<ChatResponseUpdate> Apply(
        Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> start,
        string who,
        TimeoutOptions limits,
        TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), stop, limits.FirstToken, Timeout.InfiniteTimeSpan);
        await using var updates = start(stop.Token).GetAsyncEnumerator(stop.Token);
        var first = true;
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (Exception exception) when (stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new ModelException(
                    ModelErrorKind.TimedOut,
                    first
                        ? $"{who} gave no answer within {Words(limits.FirstToken)}; try again, or raise models:timeouts:firstToken."
                        : $"{who} stopped in the middle of its answer for {Words(limits.BetweenTokens)}; try again, or raise models:timeouts:betweenTokens.",
                    exception);
            }

            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            first = false;
            yield return updates.Current;
            timer.Change(limits.BetweenTokens, Timeout.InfiniteTimeSpan);
        }
    }

    private static string Words(TimeSpan span) => span.TotalSeconds < 120 ? $"{span.TotalSeconds:0.#} s" : $"{span.TotalMinutes:0.#} minutes";
}
