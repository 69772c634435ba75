using System.Buffers;
using System.Text.Json;
using Agent.Models.ChatCompletions;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.AnthropicMessages;

/// <summary>Writes a request of Anthropic's messages protocol.</summary>
internal static class MessagesRequest
{
    /// <summary>Reasoning with its signature.</summary>
    public const string Thinking = "thinking";

    /// <summary>Reasoning that only Anthropic can read.</summary>
    public const string RedactedThinking = "redacted_thinking";

    private const int MaxUsualOutput = 32_000;
    private const int OutputWhereUnknown = 4096;

    /// <summary>Writes the body.</summary>
    /// <param name="model">The model.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">The options.</param>
    /// <param name="maxOutput">The longest answer the model gives; null where unknown.</param>
    /// <returns>The properties of the body.</returns>
    public static IReadOnlyDictionary<string, JsonElement> Write(string model, IReadOnlyList<ChatMessage> messages, ChatOptions? options, int? maxOutput)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = WireJson.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            var most = options?.MaxOutputTokens ?? Math.Min(maxOutput ?? OutputWhereUnknown, MaxUsualOutput);
            json.WriteNumber("max_tokens", most);
            WriteTools(json, options, ClaudeGeneration.TakesForcedChoice(model));
            WriteSystem(json, messages, options);
            WriteMessages(json, messages);
            WriteSampling(json, messages, options, most, model);
            json.WriteEndObject();
        }

        return JsonReading.TryParse(buffer.WrittenSpan)!.Value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value);
    }

    /// <summary>The fixed part ends here: what stands before is the same in every step, and is read from the cache.</summary>
    private static void WriteCacheMark(Utf8JsonWriter json)
    {
        json.WriteStartObject("cache_control");
        json.WriteString("type", "ephemeral");
        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, ChatOptions? options, bool canForce)
    {
        var tools = options?.Tools?.OfType<AIFunctionDeclaration>().ToList();
        if (tools is not { Count: > 0 })
        {
            return;
        }

        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("name", tool.Name);
            json.WriteString("description", tool.Description);
            json.WritePropertyName("input_schema");
            WireJson.WriteSchema(json, tool.JsonSchema);
            if (ReferenceEquals(tool, tools[^1]))
            {
                WriteCacheMark(json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("tool_choice");
        json.WriteString("type", options!.ToolMode switch
        {
            NoneChatToolMode => "none",
            RequiredChatToolMode { RequiredFunctionName: not null } when canForce => "tool",
            RequiredChatToolMode when canForce => "any",
            _ => "auto",
        });
        if (canForce && options.ToolMode is RequiredChatToolMode { RequiredFunctionName: { } name })
        {
            json.WriteString("name", name);
        }

        if (options.AllowMultipleToolCalls == false && options.ToolMode is not NoneChatToolMode)
        {
            json.WriteBoolean("disable_parallel_tool_use", true);
        }

        json.WriteEndObject();
    }

    private static void WriteSystem(Utf8JsonWriter json, IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        var texts = messages.Where(m => m.Role == ChatRole.System).Select(m => m.Text).Prepend(options?.Instructions).Where(t => !string.IsNullOrWhiteSpace(t)).ToList();
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray("system");
        for (var i = 0; i < texts.Count; i++)
        {
            json.WriteStartObject();
            json.WriteString("type", "text");
            json.WriteString("text", texts[i]);
            if (i == texts.Count - 1)
            {
                WriteCacheMark(json);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMessages(Utf8JsonWriter json, IReadOnlyList<ChatMessage> messages)
    {
        json.WriteStartArray("messages");
        var turns = Turns.Of(messages, Thinking, RedactedThinking);
        foreach (var turn in turns)
        {
            json.WriteStartObject();
            json.WriteString("role", turn.FromModel ? "assistant" : "user");
            json.WriteStartArray("content");
            for (var i = 0; i < turn.Contents.Count; i++)
            {
                WriteBlock(json, turn.Contents[i], mark: !turn.FromModel && ReferenceEquals(turn, turns[^1]) && i == turn.Contents.Count - 1);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteBlock(Utf8JsonWriter json, AIContent content, bool mark)
    {
        json.WriteStartObject();
        switch (content)
        {
            case TextReasoningContent reasoning when Reasoning.FieldOf(reasoning) == RedactedThinking:
                json.WriteString("type", RedactedThinking);
                json.WriteString("data", reasoning.ProtectedData);
                break;
            case TextReasoningContent reasoning:
                json.WriteString("type", Thinking);
                json.WriteString("thinking", reasoning.Text);
                json.WriteString("signature", reasoning.ProtectedData);
                break;
            case FunctionCallContent call:
                json.WriteString("type", "tool_use");
                json.WriteString("id", call.CallId);
                json.WriteString("name", call.Name);
                json.WritePropertyName("input");
                WireJson.WriteArguments(json, call);
                break;
            case FunctionResultContent result:
                json.WriteString("type", "tool_result");
                json.WriteString("tool_use_id", result.CallId);
                json.WriteString("content", WireJson.ResultText(result));
                if (result.Exception is not null)
                {
                    json.WriteBoolean("is_error", true);
                }

                break;
            case DataContent data when data.HasTopLevelMediaType("image") || data.MediaType == "application/pdf":
                json.WriteString("type", data.HasTopLevelMediaType("image") ? "image" : "document");
                json.WriteStartObject("source");
                json.WriteString("type", "base64");
                json.WriteString("media_type", data.MediaType);
                json.WriteBase64String("data", data.Data.Span);
                json.WriteEndObject();
                break;
            case UriContent uri when uri.HasTopLevelMediaType("image"):
                json.WriteString("type", "image");
                json.WriteStartObject("source");
                json.WriteString("type", "url");
                json.WriteString("url", uri.Uri.AbsoluteUri);
                json.WriteEndObject();
                break;
            default:
                json.WriteString("type", "text");
                json.WriteString("text", WireJson.TextOf(content));
                break;
        }

        if (mark)
        {
            WriteCacheMark(json);
        }

        json.WriteEndObject();
    }

    private static void WriteSampling(Utf8JsonWriter json, IReadOnlyList<ChatMessage> messages, ChatOptions? options, int most, string model)
    {
        if (options is null)
        {
            return;
        }

        var byEffort = ClaudeGeneration.ThinksByEffort(model);

        // Thinking goes neither with a forced call nor into the middle of a turn that began without it.
        var mayThink = options.Reasoning?.Effort is not (null or ReasoningEffort.None) && options.ToolMode is not RequiredChatToolMode && Turns.MayThink(messages, Thinking, RedactedThinking);
        var budget = Math.Min(options.Reasoning?.Effort switch
        {
            ReasoningEffort.Low => 2048,
            ReasoningEffort.Medium => 8192,
            ReasoningEffort.High => 16_384,
            _ => 24_576,
        }, most - 1024);
        if (mayThink && (byEffort || budget >= 1024))
        {
            json.WriteStartObject("thinking");
            json.WriteString("type", byEffort ? "adaptive" : "enabled");
            if (!byEffort)
            {
                json.WriteNumber("budget_tokens", budget);
            }

            json.WriteEndObject();
        }
        else if (!byEffort)
        {
            WireJson.Number(json, "temperature", options.Temperature);
            WireJson.Number(json, "top_p", options.TopP);
            if (options.TopK is { } topK)
            {
                json.WriteNumber("top_k", topK);
            }
        }

        if (options.StopSequences is { Count: > 0 } stops)
        {
            json.WriteStartArray("stop_sequences");
            foreach (var stop in stops)
            {
                json.WriteStringValue(stop);
            }

            json.WriteEndArray();
        }

        WriteOutput(json, options, byEffort && mayThink, ClaudeGeneration.TakesSchema(model));
    }

    private static void WriteOutput(Utf8JsonWriter json, ChatOptions options, bool effort, bool takesSchema)
    {
        var schema = takesSchema && options.ResponseFormat is ChatResponseFormatJson { Schema: { } asked } && StrictSchema.Fits(asked) ? asked : (JsonElement?)null;
        if (!effort && schema is null)
        {
            return;
        }

        json.WriteStartObject("output_config");
        if (effort)
        {
            json.WriteString("effort", options.Reasoning!.Effort switch
            {
                ReasoningEffort.Low => "low",
                ReasoningEffort.Medium => "medium",
                _ => "high",
            });
        }

        if (schema is { } format)
        {
            json.WriteStartObject("format");
            json.WriteString("type", "json_schema");
            json.WritePropertyName("schema");
            format.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
