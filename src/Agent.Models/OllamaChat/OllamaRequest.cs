using System.Buffers;
using System.Text.Json;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.OllamaChat;

/// <summary>
/// Writes a request of Ollama's own protocol, which unlike its OpenAI-compatible one says how large the context is to be; without that
/// Ollama cuts a long conversation silently.
/// </summary>
internal static class OllamaRequest
{
    /// <summary>Reasoning of a model that thinks.</summary>
    public const string Thinking = "ollama_thinking";

    /// <summary>Writes the body.</summary>
    /// <param name="model">The model.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">The options.</param>
    /// <param name="context">The context to use, in tokens; null leaves it to the server.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static byte[] Write(string model, IReadOnlyList<ChatMessage> messages, ChatOptions? options, int? context)
    {
        var buffer = new ArrayBufferWriter<byte>(16 * 1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = WireJson.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            json.WriteStartArray("messages");
            if (!string.IsNullOrEmpty(options?.Instructions))
            {
                WriteText(json, "system", options.Instructions);
            }

            var names = messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().GroupBy(c => c.CallId).ToDictionary(g => g.Key, g => g.First().Name);
            foreach (var message in messages)
            {
                WriteMessage(json, message, names);
            }

            json.WriteEndArray();
            json.WriteBoolean("stream", true);
            WriteTools(json, options);
            WriteOptions(json, options, context);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteText(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role", role);
        json.WriteString("content", text);
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, ChatMessage message, Dictionary<string, string> names)
    {
        foreach (var result in message.Contents.OfType<FunctionResultContent>())
        {
            json.WriteStartObject();
            json.WriteString("role", "tool");
            json.WriteString("tool_name", names.GetValueOrDefault(result.CallId));
            json.WriteString("content", WireJson.ResultText(result));
            json.WriteEndObject();
        }

        var images = message.Contents.OfType<DataContent>().Where(d => d.HasTopLevelMediaType("image")).ToList();
        var calls = message.Contents.OfType<FunctionCallContent>().ToList();
        var text = string.Join('\n', message.Contents.Where(c => c is TextContent or UriContent || (c is DataContent data && !data.HasTopLevelMediaType("image"))).Select(WireJson.TextOf));
        if (message.Role == ChatRole.Tool || (text.Length == 0 && images.Count == 0 && calls.Count == 0))
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("role", message.Role == ChatRole.Assistant ? "assistant" : message.Role == ChatRole.System ? "system" : "user");
        json.WriteString("content", text);
        if (images.Count > 0)
        {
            json.WriteStartArray("images");
            foreach (var image in images)
            {
                json.WriteBase64StringValue(image.Data.Span);
            }

            json.WriteEndArray();
        }

        if (calls.Count > 0)
        {
            var thought = string.Concat(message.Contents.OfType<TextReasoningContent>().Where(r => Reasoning.FieldOf(r) == Thinking).Select(r => r.Text));
            if (thought.Length > 0)
            {
                json.WriteString("thinking", thought);
            }

            json.WriteStartArray("tool_calls");
            foreach (var call in calls)
            {
                json.WriteStartObject();
                json.WriteStartObject("function");
                json.WriteString("name", call.Name);
                json.WritePropertyName("arguments");
                WireJson.WriteArguments(json, call);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, ChatOptions? options)
    {
        // There is no tool choice: what must not be called is not offered.
        var tools = options?.ToolMode is NoneChatToolMode ? null : options?.Tools?.OfType<AIFunctionDeclaration>().ToList();
        if (options?.ToolMode is RequiredChatToolMode { RequiredFunctionName: { } only })
        {
            tools = tools?.FindAll(t => t.Name == only);
        }

        if (tools is not { Count: > 0 })
        {
            return;
        }

        WireJson.WriteFunctions(json, tools);
    }

    private static void WriteOptions(Utf8JsonWriter json, ChatOptions? options, int? context)
    {
        if (options?.ResponseFormat is ChatResponseFormatJson format)
        {
            json.WritePropertyName("format");
            if (format.Schema is { } schema)
            {
                schema.WriteTo(json);
            }
            else
            {
                json.WriteStringValue("json");
            }
        }

        switch (options?.Reasoning?.Effort)
        {
            case null:
                break;
            case ReasoningEffort.None:
                json.WriteBoolean("think", false);
                break;
            default:
                json.WriteBoolean("think", true);
                break;
        }

        json.WriteStartObject("options");
        if (context is { } size)
        {
            json.WriteNumber("num_ctx", size);
        }

        WireJson.Number(json, "temperature", options?.Temperature);
        WireJson.Number(json, "top_p", options?.TopP);
        if (options?.TopK is { } topK)
        {
            json.WriteNumber("top_k", topK);
        }

        if (options?.Seed is { } seed)
        {
            json.WriteNumber("seed", seed);
        }

        if (options?.MaxOutputTokens is { } most)
        {
            json.WriteNumber("num_predict", most);
        }

        if (options?.StopSequences is { Count: > 0 } stops)
        {
            json.WriteStartArray("stop");
            foreach (var stop in stops)
            {
                json.WriteStringValue(stop);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
