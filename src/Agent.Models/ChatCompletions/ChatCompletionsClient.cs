using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.ChatCompletions;

/// <summary>OpenAI's chat completions, and every server that speaks them.</summary>
/// <param name="http">The connections.</param>
/// <param name="endpoint">The server.</param>
/// <param name="dialect">The server's ways.</param>
internal sealed class ChatCompletionsClient(ModelHttp http, ModelEndpoint endpoint, ChatCompletionsDialect dialect) : StreamingChatClient
{
    private const long MaxBody = 64 * 1024 * 1024;
    private readonly ModelErrors errors = new(endpoint);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var request = CreateRequest(messages, options);
        using var response = await http.SendAsync(request, errors, cancellationToken);
        var type = response.Content.Headers.ContentType?.MediaType;
        await using var body = new SizeLimitedStream(
            await response.Content.ReadAsStreamAsync(cancellationToken), MaxBody, () => errors.Nonsense("more than 64 MB"));
        var answer = new ChatCompletionsStream(errors);
        if (type == "text/event-stream")
        {
            await using var events = SseParser.Create(body, (_, data) => answer.Read(data)).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (!answer.Done && await NextAsync(events, cancellationToken))
            {
                if (events.Current.Data is { } update)
                {
                    yield return update;
                }
            }
        }
        else if (type is "application/json" or null && await ReadWholeAsync(body, cancellationToken) is { } whole && whole.Get("choices") is not null)
        {
            // A server that does not stream.
            if (answer.Read(whole) is { } update)
            {
                yield return update;
            }
        }
        else
        {
            throw errors.Nonsense(type is null ? "nothing it can be told by" : type == "application/json" ? "JSON of another kind" : $"'{type}'");
        }

        yield return answer.Finish();
    }

    private HttpRequestMessage CreateRequest(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var content = new ByteArrayContent(ChatCompletionsRequest.Write(endpoint.Model, messages, options, dialect));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint.Address, dialect.Path)) { Content = content };
        request.Headers.Accept.ParseAdd("text/event-stream");
        endpoint.Sign(request, dialect.KeyHeader);
        return request;
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<SseItem<ChatResponseUpdate?>> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw errors.FromTransport(exception, inStream: true);
        }
    }

    private async ValueTask<System.Text.Json.JsonElement?> ReadWholeAsync(Stream body, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        try
        {
            await body.CopyToAsync(buffer, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw errors.FromTransport(exception, inStream: true);
        }

        return JsonReading.TryParse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
