using Agent.Models.Catalogue;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.Routing;

/// <summary>Fits a request to the model that is asked, which after a fallback is not the one it was written for.</summary>
internal static class RequestDefaults
{
    /// <summary>Fills in what the caller left open and the model's configuration says.</summary>
    /// <param name="options">The caller's options.</param>
    /// <param name="model">The model.</param>
    public static ChatOptions? Options(ChatOptions? options, ConfiguredModel model)
    {
        var configured = model.Spec.Options;
        var effort = Enum.TryParse<ReasoningEffort>(configured.Reasoning, ignoreCase: true, out var parsed) ? parsed : (ReasoningEffort?)null;
        if (model.Info.Profile.Temperature is null && configured.MaxOutput is null && effort is null)
        {
            return options;
        }

        var filled = options?.Clone() ?? new ChatOptions();
        filled.Temperature ??= model.Info.Profile.Temperature;
        filled.MaxOutputTokens ??= configured.MaxOutput;
        if (effort is not null)
        {
            filled.Reasoning ??= new ReasoningOptions { Effort = effort };
        }

        return filled;
    }

    /// <summary>Names the images instead of sending them to a model that reads none: its server would refuse the whole request.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="model">The model.</param>
    public static IReadOnlyList<ChatMessage> Messages(IReadOnlyList<ChatMessage> messages, ConfiguredModel model)
    {
        if (model.Info.Capabilities.HasFlag(ModelCapabilities.Images) || !messages.Any(m => m.Contents.Any(IsImage)))
        {
            return messages;
        }

        return [.. messages.Select(message => message.Contents.Any(IsImage)
            ? new ChatMessage(message.Role, [.. message.Contents.Select(c => IsImage(c) ? new TextContent(WireJson.TextOf(c)) : c)])
            : message)];
    }

    private static bool IsImage(AIContent content) => content is DataContent data && data.HasTopLevelMediaType("image");
}
