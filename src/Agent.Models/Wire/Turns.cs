using Microsoft.Extensions.AI;

namespace Agent.Models.Wire;

/// <summary>One side's part of a conversation, for protocols in which the sides must take turns.</summary>
/// <param name="FromModel">Whether the model speaks.</param>
/// <param name="Contents">What is said; never empty.</param>
internal sealed record Turn(bool FromModel, List<AIContent> Contents);

/// <summary>Turns out of messages: neighbours of one side are one turn, results of tools come first in the turn that follows the calls.</summary>
internal static class Turns
{
    /// <summary>The turns of a conversation, without the system's messages.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="reasoningFields">The fields in which the provider's own reasoning comes; other reasoning is left out.</param>
    public static List<Turn> Of(IReadOnlyList<ChatMessage> messages, params string[] reasoningFields)
    {
        var turns = new List<Turn>();
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.System)
            {
                continue;
            }

            var fromModel = message.Role == ChatRole.Assistant;
            var contents = message.Contents.Where(content => content switch
            {
                // Empty text is refused, and so is reasoning of another provider.
                TextReasoningContent reasoning => fromModel && reasoning.ProtectedData is not null && reasoningFields.Contains(Reasoning.FieldOf(reasoning)),
                TextContent text => !string.IsNullOrWhiteSpace(text.Text),
                FunctionCallContent => fromModel,
                FunctionResultContent or DataContent or UriContent => !fromModel,
                _ => false,
            });
            var own = contents.ToList();
            if (own.Count == 0)
            {
                continue;
            }

            if (turns.LastOrDefault() is { } last && last.FromModel == fromModel)
            {
                last.Contents.AddRange(own);
            }
            else
            {
                turns.Add(new Turn(fromModel, own));
            }
        }

        foreach (var turn in turns.Where(t => !t.FromModel && t.Contents.Exists(c => c is FunctionResultContent)))
        {
            var sorted = turn.Contents.OrderBy(c => c is FunctionResultContent ? 0 : 1).ToList();
            turn.Contents.Clear();
            turn.Contents.AddRange(sorted);
        }

        return turns;
    }

    /// <summary>Whether a request may turn thinking on: every model's message since the person last spoke began with thinking, or there is none.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="fields">The fields in which the provider's thinking comes.</param>
    public static bool MayThink(IReadOnlyList<ChatMessage> messages, params ReadOnlySpan<string> fields)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            var message = messages[i];
            if (message.Role == ChatRole.User && !message.Contents.Any(c => c is FunctionResultContent))
            {
                return true;
            }

            if (message.Role == ChatRole.Assistant && message.Contents.Any(c => c is FunctionCallContent))
            {
                var thought = false;
                foreach (var content in message.Contents)
                {
                    thought |= content is TextReasoningContent { ProtectedData: not null } && Reasoning.FieldOf(content) is { } field && fields.Contains(field);
                }

                if (!thought)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
