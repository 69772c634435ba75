using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Tests.Fakes;

/// <summary>The strictest rules of any provider on what may be sent, all at once.</summary>
internal static class History
{
    public static void MustBeValidToSend(ScriptedRequest request)
    {
        MustBeValid(request.Messages);
        var last = request.Messages[^1].Role;
        Require(last == ChatRole.User || last == ChatRole.Tool, "the last message must be the person's or a tool's", request.Messages);
        Require(request.Tools.Distinct().Count() == request.Tools.Count, "two tools have one name", request.Messages);
        Require(request.Tools.All(IsLegalName), "a tool has an illegal name", request.Messages);
    }

    public static void MustBeValid(IReadOnlyList<ChatMessage> messages)
    {
        Require(messages.Count >= 2, "there must be a system message and a request", messages);
        Require(messages[0].Role == ChatRole.System && messages[0].Text.Length > 0, "the system's words come first", messages);
        Require(messages[1].Role == ChatRole.User, "the person's words come second", messages);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 1; i < messages.Count; i++)
        {
            var message = messages[i];
            var calls = message.Contents.OfType<FunctionCallContent>().ToList();
            var results = message.Contents.OfType<FunctionResultContent>().ToList();
            Require(message.Contents.Count > 0, $"message {i} is empty", messages);
            Require(message.Role != messages[i - 1].Role, $"messages {i - 1} and {i} are of one side", messages);
            foreach (var content in message.Contents)
            {
                switch (content)
                {
                    case TextContent text:
                        Require(!string.IsNullOrWhiteSpace(text.Text), $"message {i} has an empty text", messages);
                        break;
                    case TextReasoningContent:
                        Require(message.Role == ChatRole.Assistant, "only a model reasons", messages);
                        break;
                    case FunctionCallContent call:
                        Require(message.Role == ChatRole.Assistant, "only a model calls", messages);
                        Require(ids.Add(call.CallId), $"two calls have the id {call.CallId}", messages);
                        Require(call.CallId.Length is > 0 and <= 40 && call.CallId.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'), $"illegal id '{call.CallId}'", messages);
                        Require(IsLegalName(call.Name), $"illegal name '{call.Name}'", messages);
                        Require(call.Arguments is not null, "arguments must be an object", messages);
                        JsonSerializer.Serialize(call.Arguments, AIJsonUtilities.DefaultOptions);
                        break;
                    case FunctionResultContent result:
                        Require(message.Role == ChatRole.Tool, "only a tool answers a call", messages);
                        Require(result.Result is string { Length: > 0 }, "a result must have text", messages);
                        break;
                    case DataContent when message.Role == ChatRole.User:
                        break;
                    default:
                        Require(false, $"message {i} holds {content.GetType().Name}", messages);
                        break;
                }
            }

            if (message.Role == ChatRole.Tool)
            {
                var asked = messages[i - 1].Contents.OfType<FunctionCallContent>().Select(static c => c.CallId);
                Require(asked.SequenceEqual(results.Select(static r => r.CallId)), $"the results of message {i} do not answer its calls one by one", messages);
            }

            if (calls.Count > 0)
            {
                Require(i + 1 < messages.Count && messages[i + 1].Role == ChatRole.Tool, $"the calls of message {i} have no results", messages);
            }
        }
    }

    private static bool IsLegalName(string name) =>
        name.Length is > 0 and <= 64 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static void Require(bool holds, string rule, IReadOnlyList<ChatMessage> messages)
    {
        if (!holds)
        {
            var shown = string.Join("\n", messages.Select(static (m, i) =>
                $"{i} {m.Role}: {string.Join(" + ", m.Contents.Select(static c => c switch
                {
                    TextContent t => $"\"{t.Text[..Math.Min(60, t.Text.Length)]}\"",
                    FunctionCallContent c2 => $"call {c2.CallId} {c2.Name}",
                    FunctionResultContent r => $"result {r.CallId}",
                    _ => c.GetType().Name,
                }))}"));
            throw new InvalidOperationException($"Invalid history: {rule}.\n{shown}");
        }
    }
}
