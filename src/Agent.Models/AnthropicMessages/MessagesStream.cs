using System.Text.Json;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.AnthropicMessages;

/// <summary>Reads the events of one answer of Anthropic's messages protocol.</summary>
/// <param name="errors">Says what went wrong.</param>
internal sealed class MessagesStream(ModelErrors errors)
{
    private readonly ToolCallAssembler calls = new();
    private readonly UsageDetails usage = new();
    private bool any;
    private bool done;
    private string? stop;
    private string? id;
    private string? model;

    /// <summary>Takes one event.</summary>
    /// <param name="data">Its data.</param>
    /// <returns>What to pass on; null for nothing.</returns>
    /// <exception cref="ModelException">It is an error.</exception>
    public ChatResponseUpdate? Read(JsonElement data)
    {
        switch (data.Text("type"))
        {
            case "message_start" when data.Get("message") is { } message:
                id = message.Text("id");
                model = message.Text("model");
                ReadUsage(message);
                return null;
            case "content_block_start" when data.Get("content_block") is { } block:
                return Start(data.Count("index"), block);
            case "content_block_delta" when data.Get("delta") is { } delta:
                return Delta(data.Count("index"), delta);
            case "message_delta":
                stop = data.Get("delta")?.Text("stop_reason") ?? stop;
                ReadUsage(data);
                return null;
            case "message_stop":
                done = true;
                return null;
            case "error":
                throw errors.FromEvent(data);
            default:
                return null;
        }
    }

    /// <summary>The last update: the calls, the use, and why the answer ended.</summary>
    /// <exception cref="ModelException">The answer is not complete, or was refused.</exception>
    public ChatResponseUpdate Finish()
    {
        if (!done && stop is null)
        {
            throw any ? errors.BrokenOff() : errors.Nonsense("no message");
        }

        if (stop == "refusal" && !calls.Any && !any)
        {
            throw errors.Refused(null);
        }

        if (stop == "model_context_window_exceeded" && !any && !calls.Any)
        {
            throw new ModelException(ModelErrorKind.ContextTooLong, "The request fills the model's whole context; begin a new session, or ask for less at once.");
        }

        var reason = stop switch
        {
            "max_tokens" or "model_context_window_exceeded" => ChatFinishReason.Length,
            "refusal" => ChatFinishReason.ContentFilter,
            _ => calls.Any ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
        };
        var contents = calls.Finish(cutOff: reason == ChatFinishReason.Length);
        usage.TotalTokenCount = (usage.InputTokenCount ?? 0) + (usage.OutputTokenCount ?? 0);
        contents.Add(new UsageContent(usage));
        var update = Update(contents);
        update.FinishReason = reason;
        return update;
    }

    private ChatResponseUpdate? Start(long? index, JsonElement block)
    {
        switch (block.Text("type"))
        {
            case "tool_use":
                // Anthropic sends an empty input here and the rest in pieces; others send the whole, or none.
                calls.Add(index, block.Text("id"), block.Text("name"), block.Get("input") is { ValueKind: JsonValueKind.Object } input && input.EnumerateObject().Any() ? input.GetRawText() : null);
                return Update([]);
            case "text" when block.Text("text") is { Length: > 0 } text:
                any = true;
                return Update([new TextContent(text)]);
            case MessagesRequest.RedactedThinking:
                return Update([Reasoning.Create(MessagesRequest.RedactedThinking, null, block.Text("data"))]);
            default:
                return null;
        }
    }

    private ChatResponseUpdate? Delta(long? index, JsonElement delta)
    {
        switch (delta.Text("type"))
        {
            case "text_delta" when delta.Text("text") is { Length: > 0 } text:
                any = true;
                return Update([new TextContent(text)]);
            case "input_json_delta":
                calls.Add(index, null, null, delta.Text("partial_json"));
                return Update([]);
            case "thinking_delta" when delta.Text("thinking") is { Length: > 0 } thought:
                return Update([Reasoning.Create(MessagesRequest.Thinking, thought)]);
            case "signature_delta" when delta.Text("signature") is { Length: > 0 } signature:
                return Update([Reasoning.Create(MessagesRequest.Thinking, null, signature)]);
            default:
                return null;
        }
    }

    /// <summary>Anthropic counts what came from the cache, and what went into it, apart from the rest of the input; here they are parts of it.</summary>
    private void ReadUsage(JsonElement holder)
    {
        if (holder.Get("usage") is not { ValueKind: JsonValueKind.Object } counts)
        {
            return;
        }

        usage.OutputTokenCount = counts.Count("output_tokens") ?? usage.OutputTokenCount;
        if (counts.Count("input_tokens") is not { } input)
        {
            return;
        }

        var read = counts.Count("cache_read_input_tokens") ?? usage.CachedInputTokenCount ?? 0;
        var written = counts.Count("cache_creation_input_tokens") ?? usage.AdditionalCounts?.GetValueOrDefault(ModelPrice.CacheWriteTokens) ?? 0;
        usage.InputTokenCount = input + read + written;
        usage.CachedInputTokenCount = read;
        if (written > 0)
        {
            (usage.AdditionalCounts ??= [])[ModelPrice.CacheWriteTokens] = written;
        }
    }

    private ChatResponseUpdate Update(IList<AIContent> contents) =>
        new(ChatRole.Assistant, contents) { ResponseId = id, MessageId = id, ModelId = model };
}
