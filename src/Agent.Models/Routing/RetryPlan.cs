using System.Security.Cryptography;
using Agent.Models.Selection;
using Agent.Models.TextCalls;
using Microsoft.Extensions.AI;

namespace Agent.Models.Routing;

/// <summary>What follows a failed attempt at one model.</summary>
/// <param name="Options">The options of the next attempt; null where this model is not tried again.</param>
/// <param name="Delay">How long to wait before it.</param>
/// <param name="Note">What is done, to follow the error's sentence.</param>
internal readonly record struct NextAttempt(ChatOptions? Options, TimeSpan Delay, string Note);

/// <summary>
/// Decides about one request at one model: the same again after a wait where that may help; asked differently where the model wrote
/// what its server could not read; else not again.
/// </summary>
/// <param name="retry">How often, and how long to wait.</param>
/// <param name="options">What was asked.</param>
/// <param name="canForce">Whether a tool call can be demanded.</param>
internal sealed class RetryPlan(RetryOptions retry, ChatOptions? options, bool canForce)
{
    private ChatOptions? current = options;
    private bool forced = options?.ToolMode is RequiredChatToolMode || !canForce;
    private int sameAgain;

    /// <summary>What to do after a failure.</summary>
    /// <param name="error">The failure.</param>
    public NextAttempt After(ModelException error) =>
        error.IsGarbledOutput ? AskDifferently() : error.IsTransient ? SameAgain(error) : default;

    private NextAttempt AskDifferently()
    {
        if (current?.Tools is not { Count: > 0 } || current.ToolMode is NoneChatToolMode)
        {
            return default;
        }

        current = current.Clone();
        if (!forced)
        {
            forced = true;
            current.ToolMode = ChatToolMode.RequireAny;
            return new NextAttempt(current, TimeSpan.Zero, "asked again for a tool call");
        }

        // Its prompt no longer tells it of tools, but what it read before may; a call that it writes as text is still one.
        (current.AdditionalProperties ??= [])[TextCallClient.OfferedBefore] = current.Tools;
        current.Tools = null;
        current.ToolMode = null;
        return new NextAttempt(current, TimeSpan.Zero, "asked again without tools");
    }

    private NextAttempt SameAgain(ModelException error)
    {
        if (++sameAgain >= retry.MaxAttempts)
        {
            return default;
        }

        var delay = error.RetryAfter ?? BackOff(sameAgain);
        return delay > retry.MaxDelay
            ? default
            : new NextAttempt(current ?? new ChatOptions(), delay, $"tried again after {delay.TotalSeconds:0.#} s");
    }

    /// <summary>Twice as long each time, of which up to a half is left to chance, so that many clients do not come back at once.</summary>
    private TimeSpan BackOff(int failures)
    {
        var full = Math.Min(retry.BaseDelay.TotalMilliseconds * Math.Pow(2, failures - 1), retry.MaxDelay.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (1 - (RandomNumberGenerator.GetInt32(500) / 1000.0)));
    }
}
