using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Agent.Models.SmallModels.Drafting;

/// <summary>The drafts of one statement as they are written: equal ones are run once and counted.</summary>
/// <param name="draft">What is asked for.</param>
/// <param name="planners">The planner's own draft; null where it has none.</param>
/// <param name="profile">How many, and how warm.</param>
internal sealed class DraftBatch(Draft draft, JsonObject? planners, ModelProfile profile)
{
    /// <summary>The planner is right more often than one draft of a small model.</summary>
    private const int PlannersVotes = 2;
    private const int MostTokens = 220;

    private readonly List<(string Statement, int Votes)> statements = planners is null ? [] : [(Statement(draft, planners), PlannersVotes)];
    private int written;
    private int discarded;

    /// <summary>Whether another draft could still change the outcome.</summary>
    public bool WantsMore => written < profile.Drafts && !statements.Exists(s => s.Votes > (profile.Drafts + (planners is null ? 0 : PlannersVotes)) / 2);

    /// <summary>Whether there is anything to run.</summary>
    public bool HasAny => statements.Count > 0;

    /// <summary>Why a draft was discarded; null where none was.</summary>
    public string? Fault { get; private set; }

    /// <summary>What all drafts cost.</summary>
    public UsageDetails Usage { get; } = new();

    /// <summary>The options of the next draft: the first without chance, the others warm, each with its own seed.</summary>
    public ChatOptions NextOptions()
    {
        var options = new ChatOptions
        {
            Temperature = written == 0 ? profile.Temperature ?? 0 : profile.DraftTemperature,
            Seed = written + 1,
            MaxOutputTokens = MostTokens,
        };
        if (draft.Grammar is { } grammar)
        {
            options.AdditionalProperties = new() { [ModelKeys.Grammar] = grammar };
        }
        else if (draft.Shape is { } shape)
        {
            options.ResponseFormat = ChatResponseFormat.ForJsonSchema(shape.Schema, "statement");
        }

        return options;
    }

    /// <summary>Takes in what the model wrote.</summary>
    public void Add(string text, UsageDetails? usage)
    {
        written++;
        if (usage is not null)
        {
            Usage.Add(usage);
        }

        if (draft.Read(text) is not { } statement)
        {
            return;
        }

        if (draft.Fault(statement) is { } fault)
        {
            Fault ??= fault;
            discarded++;
            return;
        }

        var known = statements.FindIndex(s => string.Equals(s.Statement, statement, StringComparison.OrdinalIgnoreCase));
        if (known >= 0)
        {
            statements[known] = (statements[known].Statement, statements[known].Votes + 1);
        }
        else
        {
            statements.Add((statement, 1));
        }
    }

    /// <summary>The drafts as calls, each statement once.</summary>
    public ChatResponseUpdate ToCalls() => new(
        ChatRole.Assistant,
        [.. statements.Select(s => AssistedClient.Call(draft.Tool.Name, draft.Arguments(s.Statement), CallPurpose.Draft, s.Votes, discarded)), new UsageContent(Usage)])
    {
        FinishReason = ChatFinishReason.ToolCalls,
        AdditionalProperties = new() { [ModelKeys.Help] = new HelpGiven("the model's drafts") },
    };

    private static string Statement(Draft draft, JsonObject planners) => planners[draft.StatementParameter]?.GetValue<string>() ?? string.Empty;
}
