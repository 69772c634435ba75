using System.Runtime.CompilerServices;
using System.Text;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.TextCalls;

/// <summary>
/// Reads calls that a model writes as text, for models whose profile says so. Text passes through until something begins that may be
/// a call; from there it is held back until the answer is complete, and comes out as calls or as the text it was. Where tools are
/// withheld a call is no answer either: it is left out, with what follows it.
/// </summary>
/// <param name="inner">The model's client.</param>
internal sealed class TextCallClient(IChatClient inner) : StreamingChatClient
{
    /// <summary>
    /// On <see cref="ChatOptions"/>, an <see cref="IList{T}"/> of <see cref="AITool"/>: what an earlier attempt of the same request offered.
    /// A model that is asked again without tools, since its server could not read its call, writes the call as text.
    /// </summary>
    internal const string OfferedBefore = "agent.offered_before";

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var reader = options?.ResponseFormat is ChatResponseFormatJson ? null : new TextCallReader(options?.Tools ?? options?.AdditionalProperties?.GetValueOrDefault(OfferedBefore) as IList<AITool> ?? [], conversation);
        var updates = inner.GetStreamingResponseAsync(conversation, options, cancellationToken);
        if (reader is not { Any: true })
        {
            await foreach (var update in updates.WithCancellation(cancellationToken))
            {
                yield return update;
            }

            yield break;
        }

        var held = new StringBuilder();
        var line = string.Empty;
        var realCalls = false;
        await foreach (var update in updates.WithCancellation(cancellationToken))
        {
            realCalls |= update.Contents.Any(c => c is FunctionCallContent);
            if (update.FinishReason is null)
            {
                Hold(update, held, ref line);
                yield return update;
                continue;
            }

            if (held.Length > 0 && options?.ToolMode is NoneChatToolMode)
            {
                LeaveOut(update, held.ToString(), reader);
            }
            else if (held.Length > 0)
            {
                Resolve(update, held.ToString(), reader, realCalls || update.Contents.Any(c => c is FunctionCallContent));
            }

            yield return update;
        }
    }

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Takes out of an update the text that may belong to a call.</summary>
    /// <param name="update">The update.</param>
    /// <param name="held">What is held back so far.</param>
    /// <param name="line">The line so far, since JSON counts only where one begins.</param>
    private static void Hold(ChatResponseUpdate update, StringBuilder held, ref string line)
    {
        for (var i = 0; i < update.Contents.Count; i++)
        {
            if (update.Contents[i] is not TextContent { Text: var text })
            {
                continue;
            }

            var start = held.Length > 0 ? 0 : CallNotation.IndexOfStart(line + text, line.Length) - line.Length;
            line = (line + text)[((line + text).LastIndexOf('\n') + 1)..];
            if (start < 0)
            {
                continue;
            }

            held.Append(text, start, text.Length - start);
            if (start > 0)
            {
                update.Contents[i] = new TextContent(text[..start]);
            }
            else
            {
                update.Contents.RemoveAt(i--);
            }
        }
    }

    /// <summary>Puts what was held back into the last update, up to the first call.</summary>
    private static void LeaveOut(ChatResponseUpdate last, string text, TextCallReader reader)
    {
        var call = reader.IndexOfCall(text);
        if (call < 0 || !CallNotation.IsOnlyMarks(text[..call]))
        {
            last.Contents = [new TextContent(call < 0 ? text : text[..call]), .. last.Contents];
        }
    }

    /// <summary>
    /// Puts what was held back into the last update: as calls, with the text before the first; or as the text it was. What a model
    /// writes after a call it writes without the call's result, and is dropped.
    /// </summary>
    private static void Resolve(ChatResponseUpdate last, string text, TextCallReader reader, bool realCalls)
    {
        DamagedCall? damaged = null;
        var calls = realCalls ? [] : reader.Read(text, out damaged);
        var before = calls.Count == 0 ? text : text[..calls[0].Written.Start];
        var contents = new List<AIContent>();
        if ((calls.Count == 0 && !realCalls) || !CallNotation.IsOnlyMarks(before))
        {
            contents.Add(new TextContent(before));
        }

        contents.AddRange(calls.Select(static c => c.Call));
        contents.AddRange(last.Contents);
        last.Contents = contents;
        if (calls.Count > 0)
        {
            last.FinishReason = ChatFinishReason.ToolCalls;
        }
        else if (damaged is not null)
        {
            (last.AdditionalProperties ??= [])[ModelKeys.Damaged] = damaged;
        }
    }
}
