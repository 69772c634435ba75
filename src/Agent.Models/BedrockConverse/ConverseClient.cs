using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.BedrockConverse;

/// <summary>AWS Bedrock's Converse API, streamed.</summary>
/// <param name="http">The connections.</param>
/// <param name="endpoint">The server; its key, where there is one, is a Bedrock API key.</param>
/// <param name="region">The region, for the signature.</param>
/// <param name="credentials">The account's keys; read for each request, because temporary ones change.</param>
/// <param name="maxOutput">The longest answer; null leaves it to the model.</param>
/// <param name="time">The clock, for the signature.</param>
internal sealed class ConverseClient(
    ModelHttp http, ModelEndpoint endpoint, string region, Func<AwsCredentials?> credentials, int? maxOutput, TimeProvider time) : StreamingChatClient
{
    private readonly ModelErrors errors = new(endpoint);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var body = ConverseRequest.Write(endpoint.Model, messages as IReadOnlyList<ChatMessage> ?? [.. messages], options, maxOutput);
        using var request = CreateRequest(body);
        using var response = await http.SendAsync(request, errors, cancellationToken);
        if (response.Content.Headers.ContentType?.MediaType is var type && type != "application/vnd.amazon.eventstream")
        {
            throw errors.Nonsense(type is null ? "nothing it can be told by" : $"'{type}'");
        }

        await using var bytes = await response.Content.ReadAsStreamAsync(cancellationToken);
        var reader = new EventStreamReader(bytes, errors);
        var answer = new ConverseStream(errors, endpoint.Model);
        while (await NextAsync(reader, cancellationToken) is { } message)
        {
            if (answer.Read(message) is { } update)
            {
                yield return update;
            }
        }

        yield return answer.Finish();
    }

    private HttpRequestMessage CreateRequest(byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var address = new Uri(endpoint.Address, $"model/{Uri.EscapeDataString(endpoint.Model)}/converse-stream");
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        endpoint.Sign(request);
        if (endpoint.ApiKey is null)
        {
            var keys = credentials() ?? throw new ModelException(
                ModelErrorKind.Unauthorized,
                "Bedrock wants the keys of an AWS account and none are set; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or AWS_BEARER_TOKEN_BEDROCK.");
            SigV4.Sign(request, body, keys, region, "bedrock", time.GetUtcNow());
        }

        return request;
    }

    private async ValueTask<EventStreamMessage?> NextAsync(EventStreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw errors.FromTransport(exception, inStream: true);
        }
    }
}

/// <summary>Reads the events of one answer of the Converse API.</summary>
/// <param name="errors">Says what went wrong.</param>
/// <param name="model">The model's id.</param>
internal sealed class ConverseStream(ModelErrors errors, string model)
{
    private readonly ToolCallAssembler calls = new();
    private bool any;
    private string? stop;

    /// <summary>Takes one event.</summary>
    /// <param name="message">The event.</param>
    /// <returns>What to pass on; null for nothing.</returns>
    public ChatResponseUpdate? Read(EventStreamMessage message)
    {
        if (JsonReading.TryParse(message.Payload) is not { ValueKind: JsonValueKind.Object } data)
        {
            throw errors.Nonsense("an event that is no JSON object");
        }

        if (message.Headers.GetValueOrDefault(":message-type") is "exception" or "error")
        {
            throw errors.FromEvent(Named(message, data));
        }

        switch (message.Headers.GetValueOrDefault(":event-type"))
        {
            case "contentBlockStart" when data.Get("start")?.Get("toolUse") is { } use:
                calls.Add(data.Count("contentBlockIndex"), use.Text("toolUseId"), use.Text("name"), null);
                return Update([]);
            case "contentBlockDelta" when data.Get("delta") is { } delta:
                return Delta(data.Count("contentBlockIndex"), delta);
            case "messageStop":
                stop = data.Text("stopReason") ?? "end_turn";
                return null;
            case "metadata" when data.Get("usage") is { } usage:
                return Update([new UsageContent(Usage(usage))]);
            default:
                return null;
        }
    }

    /// <summary>The last update: the calls, and why the answer ended.</summary>
    public ChatResponseUpdate Finish()
    {
        if (stop is null)
        {
            throw errors.BrokenOff();
        }

        if (stop is "guardrail_intervened" or "content_filtered" && !any && !calls.Any)
        {
            throw errors.Refused(null);
        }

        var reason = stop switch
        {
            "max_tokens" or "model_context_window_exceeded" => ChatFinishReason.Length,
            "guardrail_intervened" or "content_filtered" => ChatFinishReason.ContentFilter,
            _ => calls.Any ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
        };
        var update = Update(calls.Finish(cutOff: reason == ChatFinishReason.Length));
        update.FinishReason = reason;
        return update;
    }

    private ChatResponseUpdate? Delta(long? index, JsonElement delta)
    {
        if (delta.Text("text") is { Length: > 0 } text)
        {
            any = true;
            return Update([new TextContent(text)]);
        }

        if (delta.Get("toolUse") is { } use)
        {
            calls.Add(index, null, null, use.Text("input"));
            return Update([]);
        }

        return delta.Get("reasoningContent") switch
        {
            { } thought when thought.Text("text") is { Length: > 0 } words => Update([Reasoning.Create(ConverseRequest.ReasoningText, words)]),
            { } thought when thought.Text("signature") is { } signature => Update([Reasoning.Create(ConverseRequest.ReasoningText, null, signature)]),
            { } thought when thought.Text("redactedContent") is { } redacted => Update([Reasoning.Create(ConverseRequest.RedactedContent, null, redacted)]),
            _ => null,
        };
    }

    /// <summary>As with Anthropic, what came from the cache and went into it is counted apart; here it is a part of the input.</summary>
    private static UsageDetails Usage(JsonElement counts)
    {
        var read = counts.Count("cacheReadInputTokens") ?? 0;
        var written = counts.Count("cacheWriteInputTokens") ?? 0;
        var usage = new UsageDetails
        {
            InputTokenCount = (counts.Count("inputTokens") ?? 0) + read + written,
            OutputTokenCount = counts.Count("outputTokens") ?? 0,
            CachedInputTokenCount = read,
        };
        usage.TotalTokenCount = usage.InputTokenCount + usage.OutputTokenCount;
        if (written > 0)
        {
            usage.AdditionalCounts = new AdditionalPropertiesDictionary<long> { [ModelPrice.CacheWriteTokens] = written };
        }

        return usage;
    }

    /// <summary>An error in the stream has its name in a header.</summary>
    private static JsonElement Named(EventStreamMessage message, JsonElement data)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", message.Headers.GetValueOrDefault(":exception-type") ?? message.Headers.GetValueOrDefault(":error-code") ?? string.Empty);
            json.WriteString("message", data.Text("message") ?? message.Headers.GetValueOrDefault(":error-message") ?? string.Empty);
            json.WriteEndObject();
        }

        return JsonReading.TryParse(buffer.ToArray())!.Value;
    }

    private ChatResponseUpdate Update(IList<AIContent> contents) => new(ChatRole.Assistant, contents) { ModelId = model };
}
