using Microsoft.Extensions.AI;

namespace Agent.Runtime.Context;

/// <summary>Chooses what leaves a conversation that grew too long: results first, then the beginning.</summary>
internal static class ContextPlan
{
    /// <summary>The last results are what the model works with; they stay.</summary>
    private const int KeptResultMessages = 2;

    /// <summary>A result shorter than this is not worth dropping.</summary>
    private const int LeastDropped = 300;

    /// <summary>Old results to drop until the conversation measures at most so much, oldest first.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="target">What it should measure.</param>
    /// <param name="handle">The handle of a call's result; null where it is not stored.</param>
    /// <returns>The words that take the place of each; empty where nothing helps.</returns>
    public static IReadOnlyDictionary<string, string> DropResults(Conversation conversation, long target, Func<string, string?> handle)
    {
        var shown = new Dictionary<string, string>(StringComparer.Ordinal);
        var messages = conversation.Messages;
        var last = messages.Count;
        for (var kept = 0; last > 0 && kept < KeptResultMessages;)
        {
            last--;
            kept += messages[last].Role == ChatRole.Tool ? 1 : 0;
        }

        var measured = conversation.Measured;
        for (var i = 1; i < last && measured > target; i++)
        {
            foreach (var result in messages[i].Contents.OfType<FunctionResultContent>())
            {
                if (result.Result is string { Length: > LeastDropped } text && !conversation.IsLeftOut(result.CallId))
                {
                    var stub = Stub(text.Length, handle(result.CallId));
                    shown[result.CallId] = stub;
                    measured -= TokenEstimator.Measure(text) - TokenEstimator.Measure(stub);
                }
            }
        }

        return shown;
    }

    /// <summary>The largest results, cut until the conversation measures at most so much: the last resort, the kept ones too.</summary>
    public static IReadOnlyDictionary<string, string> CutResults(Conversation conversation, long target, Func<string, string?> handle)
    {
        var shown = new Dictionary<string, string>(StringComparer.Ordinal);
        var results = conversation.Messages
            .SelectMany(static m => m.Contents.OfType<FunctionResultContent>())
            .Where(r => r.Result is string { Length: > LeastDropped } && !conversation.IsLeftOut(r.CallId))
            .OrderByDescending(static r => ((string)r.Result!).Length)
            .ToList();
        var measured = conversation.Measured;
        foreach (var result in results)
        {
            if (measured <= target)
            {
                break;
            }

            var text = (string)result.Result!;
            var size = TokenEstimator.Measure(text);
            var wanted = Math.Max(0, size - (measured - target));
            var cut = ResultCutter.Cut(text, (int)(text.Length * wanted / Math.Max(1, size)), handle(result.CallId) ?? "?");
            if (cut.Length < text.Length)
            {
                shown[result.CallId] = cut;
                measured -= size - TokenEstimator.Measure(cut);
            }
        }

        return shown;
    }

    /// <summary>Where a conversation is cut so that what follows measures at most so much: before a turn, never between a call and its result.</summary>
    /// <returns>The first message that stays; 1 where nothing can go.</returns>
    public static int CutAt(Conversation conversation, long kept)
    {
        var messages = conversation.Messages;
        var measured = 0L;
        var cut = messages.Count;
        for (var i = messages.Count - 1; i >= 1; i--)
        {
            measured += conversation.MeasureAt(i);
            if (measured > kept)
            {
                break;
            }

            if (messages[i].Role != ChatRole.Tool)
            {
                cut = i;
            }
        }

        if (cut < messages.Count)
        {
            return cut;
        }

        // Not even the last turn fits: keep it all the same, it is what the model answers to.
        for (var i = messages.Count - 1; i >= 1; i--)
        {
            if (messages[i].Role != ChatRole.Tool)
            {
                return i;
            }
        }

        return 1;
    }

    private static string Stub(int length, string? handle) => handle is null
        ? $"[A result of {length:N0} characters was dropped to save room; call the tool again if it is needed.]"
        : $"[A result of {length:N0} characters was dropped to save room; {ReadResultTool.Mark} \"{handle}\" reads it.]";
}
