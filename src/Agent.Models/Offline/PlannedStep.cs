using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Conversation;
using Microsoft.Extensions.AI;

namespace Agent.Models.Offline;

/// <summary>One step of the planner: calls to make, or an answer.</summary>
internal sealed record PlannedStep(IReadOnlyList<PlannedCall> Calls, Answer? Answer)
{
    /// <summary>
    /// The call that answers the request, where the next step makes it: what a small model's own drafts are voted on with.
    /// Null while something is still being looked up, and where the request is beyond the planner.
    /// </summary>
    public PlannedCall? Draft => Calls.FirstOrDefault(static c => c.Confidence is not null);

    /// <summary>The step as a message's contents.</summary>
    public IList<AIContent> Contents =>
        Answer is { } answer
            ? [new TextContent(answer.Text)]
            : [.. Calls.Select(static c => new FunctionCallContent($"call_{Guid.NewGuid():N}", c.Tool.Name, CanonicalArguments.ToDictionary(c.Arguments)))];
}
