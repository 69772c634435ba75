using System.Runtime.CompilerServices;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Conversation;
using Agent.Models.Offline.Tools;
using Microsoft.Extensions.AI;

namespace Agent.Models.Offline;

/// <summary>
/// The model of a machine without one: a deterministic planner, without weights and network. It reads the offered tools and
/// the request, plans tool calls, and answers from their results. Each call is one step, and everything it needs to know
/// stands in the history, so a stored conversation goes on where it was.
/// </summary>
/// <param name="timeProvider">Says what "today" and "last year" are; the system's clock where null.</param>
public sealed class OfflinePlannerClient(TimeProvider? timeProvider = null) : IChatClient
{
    /// <summary>The name of the provider and of its one model.</summary>
    public const string ModelName = "planner";

    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var step = Step(messages, options);
        var message = new ChatMessage(ChatRole.Assistant, step.Contents) { MessageId = Guid.NewGuid().ToString("N") };
        return Task.FromResult(new ChatResponse(message)
        {
            ModelId = ModelName,
            FinishReason = step.Calls.Count > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
            CreatedAt = _time.GetUtcNow(),
            Usage = new UsageDetails { InputTokenCount = 0, OutputTokenCount = 0, TotalTokenCount = 0 },
        });
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var response = await GetResponseAsync(messages, options, cancellationToken);
        foreach (var update in response.ToChatResponseUpdates())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return update;
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("offline", null, ModelName)
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Plans the next step of the last request: the calls to make, or the answer.</summary>
    /// <param name="messages">The history.</param>
    /// <param name="options">Holds the offered tools.</param>
    /// <returns>The step.</returns>
    internal PlannedStep Step(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var turns = Transcript.Read(messages);
        if (turns.Count == 0)
        {
            return new PlannedStep([], Answer.Unable("Ask me something."));
        }

        var tools = options?.ToolMode is NoneChatToolMode ? OfferedTools.Read(null) : OfferedTools.Read(options);
        var (answer, replay) = new Planner(tools, turns, _time).Run(turns[^1]);
        if (answer.IsFaulted)
        {
            // A plan that cannot be made is no answer; what is beneath is a fault of ours and must be seen as one.
            answer.GetAwaiter().GetResult();
        }

        return answer.IsCompletedSuccessfully ? new PlannedStep([], answer.Result) : new PlannedStep(replay.Pending, null);
    }
}
