using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Sessions;

/// <summary>A request and what shapes its run, so that it can go on elsewhere.</summary>
internal sealed record RunStartedData
{
    public required string Prompt { get; init; }

    public required string Client { get; init; }

    public PolicyMode Mode { get; init; }

    public Budget Budget { get; init; } = new();

    public JsonElement? OutputSchema { get; init; }

    public string Model { get; init; } = string.Empty;

    /// <summary>The model that was asked for by name; null where the configuration chose.</summary>
    public string? AskedModel { get; init; }

    /// <summary>The message as it goes to the model: the prompt and the attachments.</summary>
    public required JsonElement Message { get; init; }

    public IReadOnlyList<StoredText> Texts { get; init; } = [];
}

/// <summary>A text that entered the context beside the prompt, so that its values can be traced again.</summary>
internal sealed record StoredText(string Name, string Text, StoredLabel Label);

/// <summary>A message of the model, or of ours.</summary>
internal sealed record MessageData
{
    public required JsonElement Message { get; init; }

    public string? Model { get; init; }

    public StoredUsage? Usage { get; init; }

    /// <summary>True for the last message of a run: nothing of it was left to be called.</summary>
    public bool Closing { get; init; }
}

internal sealed record StoredUsage(long Input, long Output, long Cached, decimal? Cost);

internal sealed record CallStartedData(string Id, string Name, JsonElement Arguments, bool ReadFromText);

internal sealed record CallPendingData(string Id, string ApprovalId, string Tool, JsonElement Arguments, IReadOnlyList<string> Reasons);

/// <summary>How a call ended. <see cref="Raw"/> is whole; <see cref="Shown"/> is what the model read.</summary>
internal sealed record CallEndedData
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string? Server { get; init; }

    public string? Tool { get; init; }

    public required JsonElement Arguments { get; init; }

    public required ToolOutcomeKind Kind { get; init; }

    public required JsonElement Raw { get; init; }

    public required string Shown { get; init; }

    public DecisionKind? Decision { get; init; }

    public IReadOnlyList<string> Reasons { get; init; } = [];

    public string? ApprovedBy { get; init; }

    public long DurationMs { get; init; }

    public bool ReadFromText { get; init; }

    /// <summary>True where the result of an equal earlier call was given again and nothing ran.</summary>
    public bool Repeated { get; init; }
}

internal sealed record PlanData(IReadOnlyList<PlanStep> Steps);

/// <summary>What stands from now on in the place of some results, by the ids of their calls.</summary>
internal sealed record ResultsDroppedData(IReadOnlyDictionary<string, string> Shown);

/// <summary>A summary stands for everything before the message with this number (counted from the first after the system's).</summary>
internal sealed record CompactedData(string Summary, int Messages);

/// <summary>A label as it is stored.</summary>
internal sealed record StoredLabel(Integrity Integrity, Confidentiality Confidentiality, IReadOnlyList<string> Sources)
{
    public static StoredLabel From(Label label) => new(label.Integrity, label.Confidentiality, [.. label.Sources]);

    public Label ToLabel() => new(Integrity, Confidentiality, [.. Sources]);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(RunStartedData))]
[JsonSerializable(typeof(MessageData))]
[JsonSerializable(typeof(CallStartedData))]
[JsonSerializable(typeof(CallPendingData))]
[JsonSerializable(typeof(CallEndedData))]
[JsonSerializable(typeof(PlanData))]
[JsonSerializable(typeof(ResultsDroppedData))]
[JsonSerializable(typeof(CompactedData))]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(StoredLabel))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class SessionJson : JsonSerializerContext;

/// <summary>Messages as JSON: every kind of content, and what a provider wants back with it.</summary>
internal static class MessageJson
{
    private static readonly System.Text.Json.Serialization.Metadata.JsonTypeInfo<ChatMessage> MessageType =
        (System.Text.Json.Serialization.Metadata.JsonTypeInfo<ChatMessage>)AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatMessage));

    public static JsonElement Write(ChatMessage message) => JsonSerializer.SerializeToElement(message, MessageType);

    public static ChatMessage Read(JsonElement message) =>
        message.Deserialize(MessageType) ?? throw new FormatException("A stored message is empty.");
}
