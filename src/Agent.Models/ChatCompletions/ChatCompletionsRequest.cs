using System.Buffers;
using System.Text.Json;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.ChatCompletions;

/// <summary>Writes a request of OpenAI's chat completions protocol.</summary>
internal static class ChatCompletionsRequest
{
    /// <summary>Writes the body.</summary>
    /// <param name="model">The model; empty leaves it to the server.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">The options.</param>
    /// <param name="dialect">The server's ways.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static byte[] Write(string model, IEnumerable<ChatMessage> messages, ChatOptions? options, ChatCompletionsDialect dialect)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = WireJson.Encoder }))
        {
            json.WriteStartObject();
            if (model.Length > 0)
            {
                json.WriteString("model", model);
            }

            json.WriteStartArray("messages");
            if (!string.IsNullOrEmpty(options?.Instructions))
            {
                WriteText(json, "system", options.Instructions);
            }

            foreach (var message in messages)
            {
                WriteMessage(json, message);
            }

            json.WriteEndArray();
            json.WriteBoolean("stream", true);
            json.WriteStartObject("stream_options");
            json.WriteBoolean("include_usage", true);
            json.WriteEndObject();
            if (options is not null)
            {
                WriteTools(json, options);
                WriteSampling(json, options, dialect);
                WriteFormat(json, options, dialect);
                WriteFurther(json, options);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage message)
    {
        if (message.Role == ChatRole.Assistant)
        {
            WriteAssistant(json, message);
            return;
        }

        // Results come back one message each, whatever message they were put in.
        foreach (var result in message.Contents.OfType<FunctionResultContent>())
        {
            json.WriteStartObject();
            json.WriteString("role", "tool");
            json.WriteString("tool_call_id", result.CallId);
            json.WriteString("content", WireJson.ResultText(result));
            json.WriteEndObject();
        }

        if (message.Role == ChatRole.Tool)
        {
            return;
        }

        var role = message.Role == ChatRole.System ? "system" : "user";
        var parts = message.Contents.Where(c => c is TextContent or DataContent or UriContent).ToList();
        if (parts.Count == 0)
        {
            return;
        }

        if (parts.TrueForAll(p => p is TextContent))
        {
            WriteText(json, role, string.Concat(parts.Select(p => ((TextContent)p).Text)));
            return;
        }

        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteStartArray("content");
        foreach (var part in parts)
        {
            WritePart(json, part);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter json, AIContent part)
    {
        json.WriteStartObject();
        switch (part)
        {
            case DataContent data when data.HasTopLevelMediaType("image"):
                json.WriteString("type", "image_url");
                json.WriteStartObject("image_url");
                json.WriteString("url", data.Uri);
                json.WriteEndObject();
                break;
            case UriContent uri when uri.HasTopLevelMediaType("image"):
                json.WriteString("type", "image_url");
                json.WriteStartObject("image_url");
                json.WriteString("url", uri.Uri.AbsoluteUri);
                json.WriteEndObject();
                break;
            case DataContent { MediaType: "application/pdf" } data:
                json.WriteString("type", "file");
                json.WriteStartObject("file");
                json.WriteString("filename", data.Name ?? "document.pdf");
                json.WriteString("file_data", data.Uri);
                json.WriteEndObject();
                break;
            default:
                json.WriteString("type", "text");
                json.WriteString("text", WireJson.TextOf(part));
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteAssistant(Utf8JsonWriter json, ChatMessage message)
    {
        var calls = message.Contents.OfType<FunctionCallContent>().ToList();
        var text = string.Concat(message.Contents.OfType<TextContent>().Select(t => t.Text));
        if (calls.Count == 0 && text.Length == 0)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("role", "assistant");
        if (text.Length > 0)
        {
            json.WriteString("content", text);
        }
        else
        {
            json.WriteNull("content");
        }

        if (calls.Count > 0)
        {
            // Servers of reasoning models want it back beside the calls it led to, and nowhere else.
            WriteReasoning(json, message);
            json.WriteStartArray("tool_calls");
            foreach (var call in calls)
            {
                json.WriteStartObject();
                json.WriteString("id", call.CallId);
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", call.Name);
                json.WriteString("arguments", WireJson.Arguments(call));
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteReasoning(Utf8JsonWriter json, ChatMessage message)
    {
        foreach (var group in message.Contents.OfType<TextReasoningContent>().Select(r => (Field: Reasoning.FieldOf(r), Content: r)).Where(r => r.Field is not null && ChatCompletionsStream.IsReasoningField(r.Field)).GroupBy(r => r.Field!))
        {
            if (group.Key == ChatCompletionsStream.ReasoningDetails)
            {
                json.WriteStartArray(group.Key);
                foreach (var detail in group.Select(r => r.Content.ProtectedData).OfType<string>())
                {
                    json.WriteRawValue(detail);
                }

                json.WriteEndArray();
                continue;
            }

            json.WriteString(group.Key, string.Concat(group.Select(r => r.Content.Text)));
        }
    }

    private static void WriteText(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", text);
        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, ChatOptions options)
    {
        var tools = options.Tools?.OfType<AIFunctionDeclaration>().ToList();
        if (tools is not { Count: > 0 })
        {
            return;
        }

        WireJson.WriteFunctions(json, tools);
        switch (options.ToolMode)
        {
            case NoneChatToolMode:
                json.WriteString("tool_choice", "none");
                break;
            case RequiredChatToolMode { RequiredFunctionName: { } name }:
                json.WriteStartObject("tool_choice");
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", name);
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case RequiredChatToolMode:
                json.WriteString("tool_choice", "required");
                break;
        }

        if (options.AllowMultipleToolCalls is { } several)
        {
            json.WriteBoolean("parallel_tool_calls", several);
        }
    }

    private static void WriteSampling(Utf8JsonWriter json, ChatOptions options, ChatCompletionsDialect dialect)
    {
        WireJson.Number(json, "temperature", options.Temperature);
        WireJson.Number(json, "top_p", options.TopP);
        WireJson.Number(json, "frequency_penalty", options.FrequencyPenalty);
        WireJson.Number(json, "presence_penalty", options.PresencePenalty);
        if (options.TopK is { } topK && !dialect.StrictSchemas)
        {
            json.WriteNumber("top_k", topK);
        }

        if (options.Seed is { } seed)
        {
            json.WriteNumber("seed", seed);
        }

        if (options.MaxOutputTokens is { } most)
        {
            json.WriteNumber(dialect.MaxTokensField, most);
        }

        if (options.StopSequences is { Count: > 0 } stops)
        {
            json.WriteStartArray("stop");
            foreach (var stop in stops)
            {
                json.WriteStringValue(stop);
            }

            json.WriteEndArray();
        }

        if (options.Reasoning?.Effort is { } effort)
        {
            json.WriteString("reasoning_effort", effort switch
            {
                ReasoningEffort.None => "none",
                ReasoningEffort.Low => "low",
                ReasoningEffort.Medium => "medium",
                ReasoningEffort.High => "high",
                _ => "xhigh",
            });
        }

        if (dialect.PromptCacheKey && options.ConversationId is { Length: > 0 } conversation)
        {
            json.WriteString("prompt_cache_key", conversation);
        }
    }

    private static void WriteFormat(Utf8JsonWriter json, ChatOptions options, ChatCompletionsDialect dialect)
    {
        if (dialect.GrammarField is { } field && options.AdditionalProperties?.TryGetValue(ModelKeys.Grammar, out var grammar) == true && grammar is string text)
        {
            json.WriteString(field, text);
            return;
        }

        if (options.ResponseFormat is not ChatResponseFormatJson format)
        {
            return;
        }

        json.WriteStartObject("response_format");
        if (format.Schema is { } schema)
        {
            json.WriteString("type", "json_schema");
            json.WriteStartObject("json_schema");
            json.WriteString("name", format.SchemaName is { Length: > 0 } name ? name : "answer");
            json.WritePropertyName("schema");
            schema.WriteTo(json);
            json.WriteBoolean("strict", !dialect.StrictSchemas || StrictSchema.Fits(schema));
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("type", "json_object");
        }

        json.WriteEndObject();
    }

    /// <summary>What a caller wants in the body beside the common options; keys of our own are not for the server.</summary>
    private static void WriteFurther(Utf8JsonWriter json, ChatOptions options)
    {
        foreach (var (key, value) in options.AdditionalProperties ?? [])
        {
            if (key.StartsWith("agent.", StringComparison.Ordinal))
            {
                continue;
            }

            switch (value)
            {
                case string text:
                    json.WriteString(key, text);
                    break;
                case bool flag:
                    json.WriteBoolean(key, flag);
                    break;
                case int number:
                    json.WriteNumber(key, number);
                    break;
                case double number:
                    json.WriteNumber(key, number);
                    break;
                case JsonElement element:
                    json.WritePropertyName(key);
                    element.WriteTo(json);
                    break;
            }
        }
    }
}
