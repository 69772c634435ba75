using System.Runtime.CompilerServices;
using System.Text;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.TextCalls;

/// <summary>
/// Reads calls that a model writes as text, for models whose profile says so. Text passes through until something begins that may be
/// a call; from there it is held back until the answer is complete, and comes out as calls or as the text it was.
/// </summary>
/// <param name="inner">The model's client.</param>
internal sealed class TextCallClient(IChatClient inner) : StreamingChatClient
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var reader = options?.ToolMode is NoneChatToolMode || options?.ResponseFormat is ChatResponseFormatJson ? null : new TextCallReader(options?.Tools ?? [], conversation);
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

            if (held.Length > 0)
            {
                Resolve(update, held.ToString(), realCalls ? null : reader);
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

    /// <summary>Puts what was held back into the last update: as calls, with the text around them; or as the text it was.</summary>
    private static void Resolve(ChatResponseUpdate last, string text, TextCallReader? reader)
    {
        DamagedCall? damaged = null;
        var calls = reader?.Read(text, out damaged) ?? [];
        var contents = new List<AIContent>();
        var at = 0;
        foreach (var (written, call) in calls)
        {
            if (text[at..Math.Max(at, written.Start)].Trim() is { Length: > 0 } between)
            {
                contents.Add(new TextContent(between));
            }

            contents.Add(call);
            at = Math.Max(at, written.End);
        }

        if (calls.Count == 0)
        {
            contents.Add(new TextContent(text));
        }
        else if (text[at..].Trim() is { Length: > 0 } rest)
        {
            contents.Add(new TextContent(rest));
        }

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
