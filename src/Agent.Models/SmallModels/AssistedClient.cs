using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Agent.Models.Offline;
using Agent.Models.Offline.Answers;
using Agent.Models.Offline.Conversation;
using Agent.Models.Offline.Tools;
using Agent.Models.SmallModels.Drafting;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;
using Turn = Agent.Models.Offline.Conversation.Turn;

namespace Agent.Models.SmallModels;

/// <summary>
/// Stands before a small model and does on its behalf what it cannot do alone. What the offline planner reads without doubt it
/// answers. A question over a database beyond that is answered by several drafts of a statement, which the model writes under a
/// grammar of what exists, and by the result that most of them agree on. Everything else goes to the model as it came.
/// </summary>
/// <remarks>
/// It calls nothing itself: what it wants looked up or run it asks for as any model does, so that each call is governed, shown and
/// recorded, with a mark that says what it is for. It keeps nothing between two steps; the history says where it is.
/// Helps only a run, which gives it every tool by <see cref="ModelKeys.EveryTool"/>.
/// </remarks>
/// <param name="model">The model's client.</param>
/// <param name="info">What is known of the model.</param>
/// <param name="time">The clock.</param>
internal sealed class AssistedClient(IChatClient model, ModelInfo info, TimeProvider time) : StreamingChatClient
{
    /// <summary>Below this the planner doubts its reading, and its statement is one of the drafts.</summary>
    private const double Sure = 0.75;

    private readonly ModelProfile profile = info.Profile;

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        if (options?.AdditionalProperties?.GetValueOrDefault(ModelKeys.EveryTool) is not IReadOnlyList<AITool> every)
        {
            await foreach (var update in model.GetStreamingResponseAsync(conversation, options, cancellationToken))
            {
                yield return update;
            }

            yield break;
        }

        var request = CurrentRequest.Read(conversation);
        if (!request.IsTheModels)
        {
            var help = Plan(request, conversation, every, mayCall: options.ToolMode is not NoneChatToolMode);
            if (help.Drafting is { } drafting)
            {
                var drafts = new DraftBatch(drafting, help.PlannersDraft, profile);
                while (drafts.WantsMore)
                {
                    var answer = new ChatResponseBuilder();
                    await foreach (var update in model.GetStreamingResponseAsync(drafting.Prompt, drafts.NextOptions(), cancellationToken))
                    {
                        answer.Add(update);

                        // Nothing to show yet, but the stream lives.
                        yield return new ChatResponseUpdate();
                    }

                    drafts.Add(answer.Text, answer.Usage);
                }

                yield return drafts.HasAny ? drafts.ToCalls() : Say(drafts.Usage, Voting.Nothing(drafting.Database, drafts.Fault));
                yield break;
            }

            if (help.Update is { } ready)
            {
                yield return ready;
                yield break;
            }
        }

        await foreach (var update in model.GetStreamingResponseAsync(CurrentRequest.ForTheModel(conversation), options, cancellationToken))
        {
            yield return update;
        }
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) =>
        base.GetService(serviceType, serviceKey) ?? model.GetService(serviceType, serviceKey);

    protected override void Dispose(bool disposing)
    {
        model.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Decides what is done for the request at this step.</summary>
    private Help Plan(CurrentRequest request, IReadOnlyList<ChatMessage> conversation, IReadOnlyList<AITool> every, bool mayCall)
    {
        var turns = Transcript.Read(conversation);
        if (turns.Count == 0)
        {
            return default;
        }

        var tools = OfferedTools.Read(new ChatOptions { Tools = [.. every] });
        if (request.Drafts.Count > 0)
        {
            return Voting.Count(request.Drafts) is { } voted
                ? new Help(Say(null, voted.Text, voted.Help))
                : PlannersStep(tools, turns, quotes: true, mayCall) is { Update: { } passages } ? new Help(passages) : new Help(Say(null, Voting.Failed(request.Drafts)));
        }

        PlannedCall? draft = null;
        if (profile.Planner)
        {
            var (update, doubted) = PlannersStep(tools, turns, quotes: profile.Drafts == 0, mayCall);
            if (update is not null)
            {
                return new Help(update);
            }

            draft = doubted;
        }

        if (profile.Drafts > 0 && mayCall)
        {
            var replay = new Replay(turns[^1], turns);
            var prepared = new DraftDesk(tools, replay, info, DateOnly.FromDateTime(time.GetLocalNow().DateTime)).PrepareAsync(turns);
            if (!prepared.IsCompleted)
            {
                return new Help(Calls(replay.Pending, CallPurpose.Lookup));
            }

            if (prepared.GetAwaiter().GetResult() is { } drafting)
            {
                return new Help(null, drafting, draft?.Arguments);
            }

            if (profile.Planner)
            {
                return new Help(PlannersStep(tools, turns, quotes: true, mayCall).Update);
            }
        }

        return default;
    }

    /// <summary>The planner's step, where it can read the request.</summary>
    /// <returns>The step; or its call where it doubts that the call is the right one; or neither.</returns>
    private (ChatResponseUpdate? Update, PlannedCall? Doubted) PlannersStep(OfferedTools tools, IReadOnlyList<Turn> turns, bool quotes, bool mayCall)
    {
        var (answer, replay) = new Planner(tools, turns, time) { QuotesPassages = quotes }.Run(turns[^1]);
        if (answer.IsCompleted)
        {
            var said = answer.GetAwaiter().GetResult();
            return said.IsAnswered ? (Say(null, said.Text, new HelpGiven("the offline planner")), null) : (null, null);
        }

        if (!mayCall)
        {
            return (null, null);
        }

        var doubted = profile.Drafts > 0 ? replay.Pending.Find(static c => c.Confidence < Sure) : null;
        return doubted is null ? (Calls(replay.Pending, CallPurpose.Answer), null) : (null, doubted);
    }

    private static ChatResponseUpdate Calls(IEnumerable<PlannedCall> calls, string purpose) => new(
        ChatRole.Assistant,
        [.. calls.Select(c => Call(c.Tool.Name, c.Arguments, c.Confidence is null && c.Tool.IsReadOnly ? CallPurpose.Lookup : purpose, 1))])
    {
        FinishReason = ChatFinishReason.ToolCalls,
        AdditionalProperties = new() { [ModelKeys.Help] = new HelpGiven("the offline planner") },
    };

    /// <summary>A call made on the model's behalf.</summary>
    internal static AIContent Call(string tool, JsonObject arguments, string purpose, int votes, int discarded = 0)
    {
        var marks = new AdditionalPropertiesDictionary { [ModelKeys.Purpose] = purpose };
        if (purpose == CallPurpose.Draft)
        {
            marks[ModelKeys.Votes] = votes;
            marks[ModelKeys.Discarded] = discarded;
        }

        return new FunctionCallContent($"call_{Guid.NewGuid():N}", tool, CanonicalArguments.ToDictionary(arguments)) { AdditionalProperties = marks };
    }

    private static ChatResponseUpdate Say(UsageDetails? usage, string text, HelpGiven? help = null)
    {
        List<AIContent> contents = [new TextContent(text)];
        if (usage is not null)
        {
            contents.Add(new UsageContent(usage));
        }

        return new ChatResponseUpdate(ChatRole.Assistant, contents)
        {
            FinishReason = ChatFinishReason.Stop,
            AdditionalProperties = new() { [ModelKeys.Help] = help ?? new HelpGiven("the model's drafts") },
        };
    }

    /// <summary>What is done at one step: a turn that is ready, or drafts to write; neither leaves it to the model.</summary>
    private readonly record struct Help(ChatResponseUpdate? Update, Draft? Drafting = null, JsonObject? PlannersDraft = null);

    /// <summary>Collects one answer of the model.</summary>
    private sealed class ChatResponseBuilder
    {
        private readonly List<ChatResponseUpdate> updates = [];

        public void Add(ChatResponseUpdate update) => updates.Add(update);

        public string Text => string.Concat(updates.Select(static u => u.Text));

        public UsageDetails? Usage => updates.SelectMany(static u => u.Contents).OfType<UsageContent>().LastOrDefault()?.Details;
    }
}
