using System.Buffers;
using System.Text.Json;
using Agent.Models.AnthropicMessages;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.BedrockConverse;

/// <summary>Writes a request of Bedrock's Converse API.</summary>
internal static class ConverseRequest
{
    /// <summary>Reasoning with its signature.</summary>
    public const string ReasoningText = "reasoningText";

    /// <summary>Reasoning that only the provider can read.</summary>
    public const string RedactedContent = "redactedContent";

    /// <summary>Writes the body.</summary>
    /// <param name="model">The model's id.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">The options.</param>
    /// <param name="maxOutput">The longest answer; null leaves it to the model.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static byte[] Write(string model, IReadOnlyList<ChatMessage> messages, ChatOptions? options, int? maxOutput)
    {
        var caches = Caches(model);
        var tools = options?.ToolMode is NoneChatToolMode ? [] : options?.Tools?.OfType<AIFunctionDeclaration>().ToList() ?? [];
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = WireJson.Encoder }))
        {
            json.WriteStartObject();
            WriteSystem(json, messages, options, caches);

            // Converse refuses calls in the history when no tools are offered, and has no way to offer them without leave to call.
            WriteMessages(json, tools.Count > 0 ? messages : WithoutCalls(messages), caches);
            WriteTools(json, tools, options, caches, ClaudeGeneration.TakesForcedChoice(model));
            var thinks = WriteThinking(json, model, messages, options, options?.MaxOutputTokens ?? maxOutput);
            WriteInference(json, options, maxOutput, sampling: !thinks && !ClaudeGeneration.ThinksByEffort(model));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The models that take marks for their cache.</summary>
    private static bool Caches(string model) =>
        model.Contains("amazon.nova", StringComparison.Ordinal)
        || (model.Contains("anthropic.claude", StringComparison.Ordinal) && !model.Contains("claude-3-haiku", StringComparison.Ordinal) && !model.Contains("claude-3-sonnet", StringComparison.Ordinal)
            && !model.Contains("claude-3-opus", StringComparison.Ordinal) && !model.Contains("claude-v2", StringComparison.Ordinal) && !model.Contains("claude-instant", StringComparison.Ordinal));

    private static List<ChatMessage> WithoutCalls(IReadOnlyList<ChatMessage> messages) => [.. messages.Select(message =>
        message.Contents.Any(c => c is FunctionCallContent or FunctionResultContent)
            ? new ChatMessage(message.Role == ChatRole.Tool ? ChatRole.User : message.Role, [.. message.Contents.Select(content => content switch
            {
                FunctionCallContent call => new TextContent($"[called {call.Name} with {WireJson.Arguments(call)}]"),
                FunctionResultContent result => new TextContent($"[result: {WireJson.ResultText(result)}]"),
                _ => content,
            })])
            : message)];

    private static void WriteCachePoint(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("cachePoint");
        json.WriteString("type", "default");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static void WriteSystem(Utf8JsonWriter json, IReadOnlyList<ChatMessage> messages, ChatOptions? options, bool caches)
    {
        var texts = messages.Where(m => m.Role == ChatRole.System).Select(m => m.Text).Prepend(options?.Instructions).OfType<string>().Where(t => !string.IsNullOrWhiteSpace(t)).ToList();
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray("system");
        foreach (var text in texts)
        {
            WriteText(json, text);
        }

        if (caches)
        {
            WriteCachePoint(json);
        }

        json.WriteEndArray();
    }

    private static void WriteMessages(Utf8JsonWriter json, IReadOnlyList<ChatMessage> messages, bool caches)
    {
        json.WriteStartArray("messages");
        var turns = Turns.Of(messages, ReasoningText, RedactedContent);
        foreach (var turn in turns)
        {
            json.WriteStartObject();
            json.WriteString("role", turn.FromModel ? "assistant" : "user");
            json.WriteStartArray("content");
            for (var i = 0; i < turn.Contents.Count; i++)
            {
                WriteBlock(json, turn.Contents[i], i);
            }

            if (caches && !turn.FromModel && ReferenceEquals(turn, turns[^1]))
            {
                WriteCachePoint(json);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteBlock(Utf8JsonWriter json, AIContent content, int index)
    {
        json.WriteStartObject();
        switch (content)
        {
            case TextReasoningContent reasoning when Reasoning.FieldOf(reasoning) == RedactedContent:
                json.WriteStartObject("reasoningContent");
                json.WriteString(RedactedContent, reasoning.ProtectedData);
                json.WriteEndObject();
                break;
            case TextReasoningContent reasoning:
                json.WriteStartObject("reasoningContent");
                json.WriteStartObject(ReasoningText);
                json.WriteString("text", reasoning.Text);
                json.WriteString("signature", reasoning.ProtectedData);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case FunctionCallContent call:
                json.WriteStartObject("toolUse");
                json.WriteString("toolUseId", call.CallId);
                json.WriteString("name", call.Name);
                json.WritePropertyName("input");
                WireJson.WriteArguments(json, call);
                json.WriteEndObject();
                break;
            case FunctionResultContent result:
                json.WriteStartObject("toolResult");
                json.WriteString("toolUseId", result.CallId);
                json.WriteStartArray("content");
                WriteText(json, WireJson.ResultText(result) is { Length: > 0 } text ? text : "(nothing)");
                json.WriteEndArray();
                json.WriteString("status", result.Exception is null ? "success" : "error");
                json.WriteEndObject();
                break;
            case DataContent data when data.HasTopLevelMediaType("image"):
                json.WriteStartObject("image");
                json.WriteString("format", data.MediaType[(data.MediaType.IndexOf('/', StringComparison.Ordinal) + 1)..] is "jpg" ? "jpeg" : data.MediaType[(data.MediaType.IndexOf('/', StringComparison.Ordinal) + 1)..]);
                WriteBytes(json, data);
                json.WriteEndObject();
                break;
            case DataContent { MediaType: "application/pdf" } data:
                json.WriteStartObject("document");
                json.WriteString("format", "pdf");

                // The name is the model's to read, and of few characters.
                json.WriteString("name", $"document-{index + 1}");
                WriteBytes(json, data);
                json.WriteEndObject();
                break;
            default:
                json.WriteString("text", WireJson.TextOf(content));
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteBytes(Utf8JsonWriter json, DataContent data)
    {
        json.WriteStartObject("source");
        json.WriteBase64String("bytes", data.Data.Span);
        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, List<AIFunctionDeclaration> tools, ChatOptions? options, bool caches, bool canForce)
    {
        if (tools.Count == 0)
        {
            return;
        }

        json.WriteStartObject("toolConfig");
        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteStartObject("toolSpec");
            json.WriteString("name", tool.Name);
            json.WriteString("description", string.IsNullOrEmpty(tool.Description) ? tool.Name : tool.Description);
            json.WriteStartObject("inputSchema");
            json.WritePropertyName("json");
            WireJson.WriteSchema(json, tool.JsonSchema);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (caches)
        {
            WriteCachePoint(json);
        }

        json.WriteEndArray();
        if (canForce && options!.ToolMode is RequiredChatToolMode required)
        {
            json.WriteStartObject("toolChoice");
            json.WriteStartObject(required.RequiredFunctionName is null ? "any" : "tool");
            if (required.RequiredFunctionName is { } name)
            {
                json.WriteString("name", name);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>Thinking is a field of Anthropic's own here; it goes neither with a forced call nor into a turn that began without it.</summary>
    private static bool WriteThinking(Utf8JsonWriter json, string model, IReadOnlyList<ChatMessage> messages, ChatOptions? options, int? most)
    {
        if (options?.Reasoning?.Effort is not { } effort || effort == ReasoningEffort.None || options.ToolMode is RequiredChatToolMode
            || !model.Contains("anthropic.claude", StringComparison.Ordinal) || !Turns.MayThink(messages, ReasoningText, RedactedContent))
        {
            return false;
        }

        var budget = Math.Min(effort == ReasoningEffort.Low ? 2048 : effort == ReasoningEffort.Medium ? 8192 : 16_384, (most ?? int.MaxValue) - 1024);
        if (budget < 1024 && !ClaudeGeneration.ThinksByEffort(model))
        {
            return false;
        }

        json.WriteStartObject("additionalModelRequestFields");
        json.WriteStartObject("thinking");
        json.WriteString("type", ClaudeGeneration.ThinksByEffort(model) ? "adaptive" : "enabled");
        if (!ClaudeGeneration.ThinksByEffort(model))
        {
            json.WriteNumber("budget_tokens", budget);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        return true;
    }

    private static void WriteInference(Utf8JsonWriter json, ChatOptions? options, int? maxOutput, bool sampling)
    {
        json.WriteStartObject("inferenceConfig");
        if ((options?.MaxOutputTokens ?? maxOutput) is { } most)
        {
            json.WriteNumber("maxTokens", most);
        }

        if (sampling)
        {
            WireJson.Number(json, "temperature", options?.Temperature);
            WireJson.Number(json, "topP", options?.TopP);
        }

        if (options?.StopSequences is { Count: > 0 } stops)
        {
            json.WriteStartArray("stopSequences");
            foreach (var stop in stops)
            {
                json.WriteStringValue(stop);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
