using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.OllamaChat;

/// <summary>An Ollama, by its own protocol: one JSON object a line.</summary>
/// <param name="http">The connections.</param>
/// <param name="endpoint">The server.</param>
/// <param name="context">The context to use, in tokens; null leaves it to the server.</param>
internal sealed class OllamaClient(ModelHttp http, ModelEndpoint endpoint, int? context) : StreamingChatClient
{
    private const long MaxBody = 64 * 1024 * 1024;
    private readonly ModelErrors errors = new(endpoint);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var content = new ByteArrayContent(OllamaRequest.Write(endpoint.Model, messages as IReadOnlyList<ChatMessage> ?? [.. messages], options, context));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint.Address, "api/chat")) { Content = content };
        endpoint.Sign(request);
        using var response = await http.SendAsync(request, errors, cancellationToken);
        if (response.Content.Headers.ContentType?.MediaType is not (null or "application/x-ndjson" or "application/json") and var type)
        {
            throw errors.Nonsense($"'{type}'");
        }

        await using var body = new SizeLimitedStream(await response.Content.ReadAsStreamAsync(cancellationToken), MaxBody, () => errors.Nonsense("more than 64 MB"));
        using var lines = new StreamReader(body, Encoding.UTF8);
        var answer = new OllamaStream(errors, endpoint.Model);
        while (!answer.Done && await NextAsync(lines, cancellationToken) is { } line)
        {
            if (line.Length > 0 && answer.Read(line) is { } update)
            {
                yield return update;
            }
        }

        yield return answer.Finish();
    }

    private async ValueTask<string?> NextAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadLineAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw errors.FromTransport(exception, inStream: true);
        }
    }
}

/// <summary>Reads the lines of one answer.</summary>
/// <param name="errors">Says what went wrong.</param>
/// <param name="model">The model.</param>
internal sealed class OllamaStream(ModelErrors errors, string model)
{
    private readonly ToolCallAssembler calls = new();
    private string? reason;
    private long callCount;

    /// <summary>Whether the server said that the answer is complete.</summary>
    public bool Done { get; private set; }

    /// <summary>Takes one line.</summary>
    /// <param name="line">The line.</param>
    /// <returns>What to pass on; null for nothing.</returns>
    public ChatResponseUpdate? Read(string line)
    {
        if (JsonReading.TryParse(line) is not { ValueKind: JsonValueKind.Object } data)
        {
            throw errors.Nonsense("a line that is no JSON object");
        }

        if (data.Get("error") is not null)
        {
            throw errors.FromEvent(data);
        }

        var contents = new List<AIContent>(1);
        var grew = false;
        if (data.Get("message") is { } message)
        {
            if (message.Text("thinking") is { Length: > 0 } thought)
            {
                contents.Add(Reasoning.Create(OllamaRequest.Thinking, thought));
            }

            if (message.Text("content") is { Length: > 0 } text)
            {
                contents.Add(new TextContent(text));
            }

            foreach (var call in message.Items("tool_calls"))
            {
                grew = true;
                var function = call.Get("function") ?? call;
                var arguments = function.Get("arguments");
                calls.Add(callCount++, call.Text("id"), function.Text("name"), arguments is { ValueKind: JsonValueKind.String } words ? words.GetString() : arguments?.GetRawText());
            }
        }

        if (data.Get("done") is { ValueKind: JsonValueKind.True })
        {
            Done = true;
            reason = data.Text("done_reason");
            if (data.Count("prompt_eval_count") is { } input)
            {
                var output = data.Count("eval_count") ?? 0;
                contents.Add(new UsageContent(new UsageDetails { InputTokenCount = input, OutputTokenCount = output, TotalTokenCount = input + output }));
            }
        }

        return contents.Count == 0 && !grew ? null : Update(contents);
    }

    /// <summary>The last update: the calls, and why the answer ended.</summary>
    public ChatResponseUpdate Finish()
    {
        if (!Done)
        {
            throw errors.BrokenOff();
        }

        var finish = reason == "length" ? ChatFinishReason.Length : calls.Any ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;
        var update = Update(calls.Finish(cutOff: finish == ChatFinishReason.Length));
        update.FinishReason = finish;
        return update;
    }

    private ChatResponseUpdate Update(IList<AIContent> contents) => new(ChatRole.Assistant, contents) { ModelId = model };
}
