using Agent.Models.Offline.Conversation;
using Agent.Models.Offline.Tools;
using Microsoft.Extensions.AI;

namespace Agent.Models.SmallModels;

/// <summary>How far the answer to the last request has come, read from the history.</summary>
internal sealed class CurrentRequest
{
    private CurrentRequest()
    {
    }

    /// <summary>Whether the model itself is at it: it called something, or the loop told it something.</summary>
    public bool IsTheModels { get; private init; }

    /// <summary>The drafts that were run for it, with what came of them.</summary>
    public IReadOnlyList<RunDraft> Drafts { get; private init; } = [];

    /// <summary>Reads a history.</summary>
    public static CurrentRequest Read(IReadOnlyList<ChatMessage> conversation)
    {
        var start = conversation.Count - 1;
        while (start > 0 && !(conversation[start].Role == ChatRole.User && !conversation[start].Contents.OfType<FunctionResultContent>().Any()))
        {
            start--;
        }

        var isTheModels = conversation.Count > 0 && IsNote(conversation[Math.Max(0, start)]);
        var calls = new Dictionary<string, FunctionCallContent>(StringComparer.Ordinal);
        var drafts = new List<RunDraft>();
        foreach (var content in conversation.Skip(start + 1).SelectMany(static m => m.Contents))
        {
            switch (content)
            {
                case FunctionCallContent call:
                    isTheModels |= ModelKeys.PurposeOf(call) is null;
                    calls[call.CallId] = call;
                    break;
                case FunctionResultContent result when calls.TryGetValue(result.CallId, out var call) && ModelKeys.PurposeOf(call) == CallPurpose.Draft:
                    drafts.Add(new RunDraft(call.CallId, CanonicalArguments.Read(call.Arguments), ModelKeys.VotesOf(call), ModelKeys.DiscardedOf(call), ToolOutput.Read(result)));
                    break;
            }
        }

        return new CurrentRequest { IsTheModels = isTheModels, Drafts = drafts };
    }

    /// <summary>The history without what was looked up on the model's behalf: it would fill its window and says nothing to it.</summary>
    public static IReadOnlyList<ChatMessage> ForTheModel(IReadOnlyList<ChatMessage> conversation)
    {
        var marked = conversation.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Where(static c => ModelKeys.PurposeOf(c) is not null)
            .Select(static c => c.CallId).ToHashSet(StringComparer.Ordinal);
        if (marked.Count == 0)
        {
            return conversation;
        }

        var kept = new List<ChatMessage>(conversation.Count);
        foreach (var message in conversation)
        {
            var contents = message.Contents.Where(c => c is FunctionCallContent call ? !marked.Contains(call.CallId) : c is not FunctionResultContent result || !marked.Contains(result.CallId)).ToList();
            if (contents.Count == message.Contents.Count)
            {
                kept.Add(message);
            }
            else if (contents.Count > 0)
            {
                var shorter = message.Clone();
                shorter.Contents = contents;
                kept.Add(shorter);
            }
        }

        return kept;
    }

    /// <summary>Words of the loop to the model stand in brackets, behind the request or alone.</summary>
    private static bool IsNote(ChatMessage message) => message.Contents is [.., TextContent { Text: ['[', .., ']'] }];
}
