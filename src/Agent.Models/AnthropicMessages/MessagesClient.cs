using System.Runtime.CompilerServices;
using System.Text.Json;
using Agent.Models.Wire;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Microsoft.Extensions.AI;

namespace Agent.Models.AnthropicMessages;

/// <summary>
/// Anthropic's messages by Anthropic's SDK, which sends, signs and splits the stream. What stands in the request and the events is
/// ours to write and read, so that servers which depart a little from Anthropic's own wire are understood too.
/// </summary>
internal sealed class MessagesClient : StreamingChatClient
{
    private static readonly Dictionary<string, JsonElement> None = [];
    private readonly ModelErrors errors;
    private readonly ModelEndpoint endpoint;
    private readonly int? maxOutput;
    private readonly HttpClient http;
    private readonly AnthropicClient sdk;

    /// <summary>Makes the client.</summary>
    /// <param name="shared">The connections.</param>
    /// <param name="endpoint">The server.</param>
    /// <param name="maxOutput">The longest answer the model gives; null where unknown.</param>
    public MessagesClient(ModelHttp shared, ModelEndpoint endpoint, int? maxOutput)
    {
        this.endpoint = endpoint;
        this.maxOutput = maxOutput;
        errors = new ModelErrors(endpoint);
        http = new HttpClient(new ErrorHandler(shared, errors)) { Timeout = Timeout.InfiniteTimeSpan };
        sdk = new AnthropicClient(new ClientOptions
        {
            HttpClient = http,
            BaseUrl = endpoint.Address.AbsoluteUri.TrimEnd('/'),

            // The SDK wants one; a server on one's own machine does not look at it.
            ApiKey = endpoint.ApiKey ?? "none",

            // Attempts are the router's, so that each is on record.
            MaxRetries = 0,
            Timeout = TimeSpan.FromHours(1),
            ExtraHeaders = endpoint.Headers,
        });
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var body = MessagesRequest.Write(endpoint.Model, messages as IReadOnlyList<ChatMessage> ?? [.. messages], options, maxOutput);
        var answer = new MessagesStream(errors);
        await using var events = sdk.Messages.CreateStreaming(MessageCreateParams.FromRawUnchecked(None, None, body), cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(events, cancellationToken))
        {
            if (answer.Read(events.Current.Json) is { } update)
            {
                yield return update;
            }
        }

        yield return answer.Finish();
    }

    protected override void Dispose(bool disposing)
    {
        sdk.Dispose();
        http.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<RawMessageStreamEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception exception) when (Inner<ModelException>(exception) is { } known)
        {
            throw known;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or AnthropicIOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw errors.FromTransport(exception, inStream: true);
        }
        catch (AnthropicSseException exception)
        {
            throw JsonIn(exception.Message) is { } error ? errors.FromEvent(error) : errors.Nonsense("an error that is no JSON", exception);
        }
        catch (Exception exception) when (exception is AnthropicException or JsonException)
        {
            throw errors.Nonsense("an event that is not one of a message", exception);
        }
    }

    /// <summary>The SDK's message quotes the event's data.</summary>
    private static JsonElement? JsonIn(string message)
    {
        var start = message.IndexOf('{', StringComparison.Ordinal);
        var end = message.LastIndexOf('}');
        return start >= 0 && end > start ? JsonReading.TryParse(message[start..(end + 1)]) : null;
    }

    private static T? Inner<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Sends by the shared connections, and turns what is no stream into our errors, with what the server asks to wait.</summary>
    private sealed class ErrorHandler(ModelHttp shared, ModelErrors errors) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await shared.SendAsync(request, errors, cancellationToken);
            var type = response.Content.Headers.ContentType?.MediaType;
            if (type == "text/event-stream")
            {
                return response;
            }

            response.Dispose();
            throw errors.Nonsense(type is null ? "nothing it can be told by" : $"'{type}'");
        }
    }
}
