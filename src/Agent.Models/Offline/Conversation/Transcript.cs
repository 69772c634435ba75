using Agent.Models.Offline.Tools;
using Microsoft.Extensions.AI;

namespace Agent.Models.Offline.Conversation;

/// <summary>Reads the turns out of a history. What it cannot place (a result without its call) it leaves out.</summary>
internal static class Transcript
{
    public static IReadOnlyList<Turn> Read(IEnumerable<ChatMessage> messages)
    {
        var turns = new List<Turn>();
        var byId = new Dictionary<string, RecordedCall>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            if (message.Role == ChatRole.User && message.Text is { Length: > 0 } text && !message.Contents.OfType<FunctionResultContent>().Any())
            {
                turns.Add(new Turn(turns.Count, text.Trim()));
                continue;
            }

            foreach (var content in message.Contents)
            {
                switch (content)
                {
                    case FunctionCallContent call when turns.Count > 0:
                        var recorded = new RecordedCall(call.CallId, call.Name, CanonicalArguments.Read(call.Arguments));
                        turns[^1].Calls.Add(recorded);
                        byId[call.CallId] = recorded;
                        break;
                    case FunctionResultContent result when byId.TryGetValue(result.CallId, out var owner):
                        owner.Output = ToolOutput.Read(result);
                        break;
                }
            }
        }

        return turns;
    }
}
