using System.Text;
using System.Text.Json;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.ChatCompletions;

/// <summary>Reads the pieces of one answer. Fed with the <c>data</c> of each event, gives what to pass on.</summary>
/// <param name="errors">Says what went wrong.</param>
internal sealed class ChatCompletionsStream(ModelErrors errors)
{
    /// <summary>OpenRouter's structured reasoning, which must come back unchanged.</summary>
    public const string ReasoningDetails = "reasoning_details";

    private static readonly string[] ReasoningFields = ["reasoning_content", "reasoning"];
    private readonly ToolCallAssembler calls = new();
    private readonly StringBuilder refusal = new();
    private bool anyText;
    private bool grew;
    private ChatFinishReason? finish;
    private string? id;
    private string? model;

    /// <summary>Whether the server said that the answer is complete.</summary>
    public bool Done { get; private set; }

    /// <summary>Whether a field is one of this protocol's.</summary>
    public static bool IsReasoningField(string field) => field == ReasoningDetails || ReasoningFields.Contains(field);

    /// <summary>Takes one event.</summary>
    /// <param name="data">Its data.</param>
    /// <returns>What to pass on; null for nothing.</returns>
    /// <exception cref="ModelException">It is an error, or no JSON.</exception>
    public ChatResponseUpdate? Read(ReadOnlySpan<byte> data)
    {
        if (data.Trim((byte)' ').SequenceEqual("[DONE]"u8))
        {
            Done = true;
            return null;
        }

        if (JsonReading.TryParse(data) is not { ValueKind: JsonValueKind.Object } chunk)
        {
            throw errors.Nonsense("an event that is no JSON object");
        }

        return Read(chunk);
    }

    /// <summary>Takes one chunk, or a whole answer of a server that does not stream.</summary>
    /// <param name="chunk">The object.</param>
    /// <returns>What to pass on; null for nothing.</returns>
    public ChatResponseUpdate? Read(JsonElement chunk)
    {
        if (chunk.Get("error") is { } error && error.ValueKind is JsonValueKind.Object or JsonValueKind.String)
        {
            throw errors.FromEvent(chunk);
        }

        id ??= chunk.Text("id");
        model ??= chunk.Text("model");
        var contents = new List<AIContent>(1);
        grew = false;
        foreach (var choice in chunk.Items("choices"))
        {
            if (choice.Count("index") is > 0)
            {
                continue;
            }

            if ((choice.Get("delta") ?? choice.Get("message")) is { } delta)
            {
                ReadDelta(delta, contents);
            }

            finish = choice.Text("finish_reason") switch
            {
                null or "" => finish,
                "stop" or "eos" or "end_turn" => ChatFinishReason.Stop,
                "length" or "max_tokens" => ChatFinishReason.Length,
                "tool_calls" or "function_call" => ChatFinishReason.ToolCalls,
                "content_filter" => ChatFinishReason.ContentFilter,
                "error" => throw errors.FromEvent(chunk),
                var other => new ChatFinishReason(other),
            };
        }

        if (ReadUsage(chunk) is { } usage)
        {
            contents.Add(new UsageContent(usage));
        }

        // A call that grows is a sign of life, though it is passed on only when it is whole.
        return contents.Count == 0 && !grew ? null : Update(contents);
    }

    /// <summary>The last update: the calls, and why the answer ended.</summary>
    /// <returns>The update.</returns>
    /// <exception cref="ModelException">The answer is not complete, or was refused.</exception>
    public ChatResponseUpdate Finish()
    {
        // Some servers end without the closing event, others without a reason; one of the two must be there.
        if (!Done && finish is null)
        {
            throw errors.BrokenOff();
        }

        if (!anyText && !calls.Any && (refusal.Length > 0 || finish == ChatFinishReason.ContentFilter))
        {
            throw errors.Refused(refusal.ToString());
        }

        var reason = calls.Any && finish != ChatFinishReason.Length ? ChatFinishReason.ToolCalls : finish ?? ChatFinishReason.Stop;
        var update = Update(calls.Finish(cutOff: reason == ChatFinishReason.Length));
        update.FinishReason = reason;
        return update;
    }

    private void ReadDelta(JsonElement delta, List<AIContent> contents)
    {
        foreach (var field in ReasoningFields)
        {
            if (delta.Text(field) is { Length: > 0 } thought)
            {
                contents.Add(Reasoning.Create(field, thought));
                break;
            }
        }

        foreach (var detail in delta.Items(ReasoningDetails))
        {
            contents.Add(Reasoning.Create(ReasoningDetails, null, detail.GetRawText()));
        }

        var text = delta.Get("content") switch
        {
            { ValueKind: JsonValueKind.String } value => value.GetString(),
            { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray().Select(p => p.Text("text"))),
            _ => null,
        };
        if (!string.IsNullOrEmpty(text))
        {
            anyText = true;
            contents.Add(new TextContent(text));
        }

        refusal.Append(delta.Text("refusal"));
        foreach (var call in delta.Items("tool_calls"))
        {
            grew = true;
            var function = call.Get("function") ?? call;
            var arguments = function.Get("arguments");
            calls.Add(
                call.Count("index"), call.Text("id"), function.Text("name"),
                arguments is { ValueKind: JsonValueKind.Object } whole ? whole.GetRawText() : function.Text("arguments"));
        }
    }

    private static UsageDetails? ReadUsage(JsonElement chunk)
    {
        if (chunk.Get("usage") is not { ValueKind: JsonValueKind.Object } usage || usage.Count("prompt_tokens") is not { } input)
        {
            return null;
        }

        var output = usage.Count("completion_tokens") ?? 0;
        return new UsageDetails
        {
            InputTokenCount = input,
            OutputTokenCount = output,
            TotalTokenCount = usage.Count("total_tokens") ?? input + output,

            // OpenAI; DeepSeek; llama.cpp, whose older builds tell it among the timings only.
            CachedInputTokenCount = usage.Get("prompt_tokens_details")?.Count("cached_tokens") ?? usage.Count("prompt_cache_hit_tokens") ?? chunk.Get("timings")?.Count("cache_n"),
            ReasoningTokenCount = usage.Get("completion_tokens_details")?.Count("reasoning_tokens"),
        };
    }

    private ChatResponseUpdate Update(IList<AIContent> contents) =>
        new(ChatRole.Assistant, contents) { ResponseId = id, MessageId = id, ModelId = model };
}
