using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Servers;

/// <summary>
/// Our place between the SDK's client and a server's transport, for three things that must not go through the SDK's own types:
/// progress and log messages, which are taken in the order they came (the SDK handles each message on its own, and a call's answer
/// may overtake what came before it); a server's questions, which are passed on as they are; and results that ask for input, which go back to
/// whoever made the call instead of being answered one by one.
/// </summary>
internal sealed class ServerLine(
    IClientTransport inner, Action<JsonRpcNotification> hear, Func<JsonRpcRequest, CancellationToken, ValueTask<JsonNode>> answer) : IClientTransport
{
    /// <summary>The key, in a request's context, of the capabilities that stand in its <c>_meta</c> instead of the connection's.</summary>
    public const string Capabilities = "agent.capabilities";

    /// <summary>The key, in a request's context, of the least level of log messages that its caller wants.</summary>
    public const string LogLevel = "agent.logLevel";

    private const string ResultType = "resultType";
    private const string InputRequired = "input_required";
    private const string Held = "agent/input_required";

    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public async Task<ITransport> ConnectAsync(CancellationToken cancellationToken = default) =>
        new Connected(await inner.ConnectAsync(cancellationToken), hear, answer);

    /// <summary>Whether a result asks for input before there is a real one.</summary>
    public static bool AsksForInput(JsonElement result) => result.Text(ResultType) is InputRequired or Held;

    /// <summary>Whether a notification belongs to a call that runs.</summary>
    public static bool IsOfACall(JsonRpcNotification notification) =>
        notification.Method is NotificationMethods.ProgressNotification or NotificationMethods.LoggingMessageNotification;

    private static bool IsQuestion(string method) =>
        method is RequestMethods.ElicitationCreate or RequestMethods.SamplingCreateMessage or RequestMethods.RootsList;

    private sealed class Connected : ITransport
    {
        private readonly ITransport transport;
        private readonly Action<JsonRpcNotification> hear;
        private readonly Func<JsonRpcRequest, CancellationToken, ValueTask<JsonNode>> answer;
        private readonly ConcurrentDictionary<RequestId, CancellationTokenSource> questions = new();

        public Connected(
            ITransport transport, Action<JsonRpcNotification> hear, Func<JsonRpcRequest, CancellationToken, ValueTask<JsonNode>> answer)
        {
            this.transport = transport;
            this.hear = hear;
            this.answer = answer;
            MessageReader = new Reader(this, transport.MessageReader);
        }

        public string? SessionId => transport.SessionId;

        public ChannelReader<JsonRpcMessage> MessageReader { get; }

        public Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
        {
            if (message is JsonRpcRequest { Params: JsonObject parameters } request
                && request.Context?.Items?.TryGetValue(Capabilities, out var own) == true && own is JsonObject capabilities
                && parameters["_meta"] is JsonObject meta && meta.ContainsKey(MetaKeys.ClientCapabilities))
            {
                meta[MetaKeys.ClientCapabilities] = capabilities.DeepClone();
                if (request.Context.Items.TryGetValue(LogLevel, out var level) && level is string least)
                {
                    meta[MetaKeys.LogLevel] = least;
                }
            }

            return transport.SendMessageAsync(message, cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var question in questions.Values)
            {
                await question.CancelAsync();
            }

            await transport.DisposeAsync();
        }

        /// <summary>Takes what is ours; false leaves the message to the SDK.</summary>
        public bool Take(JsonRpcMessage message)
        {
            switch (message)
            {
                case JsonRpcNotification notification when IsOfACall(notification):
                    hear(notification);
                    return true;
                case JsonRpcNotification { Method: NotificationMethods.CancelledNotification, Params: JsonObject parameters }
                    when Id(parameters["requestId"]) is { } id && questions.TryGetValue(id, out var withdrawn):
                    withdrawn.Cancel();
                    return true;
                case JsonRpcRequest request when IsQuestion(request.Method):
                    _ = AnswerAsync(request);
                    return true;
                case JsonRpcResponse { Result: JsonObject result }
                    when result[ResultType] is JsonValue type && type.TryGetValue(out string? text) && text == InputRequired:
                    // The SDK would answer it itself; under another name it hands it to us as it is.
                    result[ResultType] = Held;
                    return false;
                default:
                    return false;
            }
        }

        private static RequestId? Id(JsonNode? node) => node is not JsonValue value ? null
            : value.TryGetValue(out string? text) ? new RequestId(text)
            : value.TryGetValue(out long number) ? new RequestId(number)
            : null;

        private async Task AnswerAsync(JsonRpcRequest request)
        {
            using var cancel = new CancellationTokenSource();
            questions[request.Id] = cancel;
            JsonRpcMessage reply;
            try
            {
                reply = new JsonRpcResponse { Id = request.Id, Result = await answer(request, cancel.Token) };
            }
            catch (OperationCanceledException)
            {
                reply = Error(request, McpErrorCode.InternalError, "The question was cancelled.");
            }
            catch (McpProtocolException exception)
            {
                reply = Error(request, exception.ErrorCode, exception.Message);
            }
            catch (Exception)
            {
                // What went wrong on the asking side is not the server's business.
                reply = Error(request, McpErrorCode.InternalError, "The question could not be put.");
            }
            finally
            {
                questions.TryRemove(request.Id, out _);
            }

            try
            {
                reply.Context = new JsonRpcMessageContext { RelatedTransport = request.Context?.RelatedTransport };
                await transport.SendMessageAsync(reply);
            }
            catch (Exception exception) when (exception is IOException or HttpRequestException or InvalidOperationException or ObjectDisposedException or OperationCanceledException or McpException)
            {
                // The connection went before the answer; its calls say so.
            }
        }

        private static JsonRpcError Error(JsonRpcRequest request, McpErrorCode code, string message) =>
            new() { Id = request.Id, Error = new JsonRpcErrorDetail { Code = (int)code, Message = message } };
    }

    private sealed class Reader(Connected line, ChannelReader<JsonRpcMessage> messages) : ChannelReader<JsonRpcMessage>
    {
        public override Task Completion => messages.Completion;

        public override bool TryRead([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out JsonRpcMessage item)
        {
            while (messages.TryRead(out item))
            {
                if (!line.Take(item))
                {
                    return true;
                }
            }

            return false;
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => messages.WaitToReadAsync(cancellationToken);
    }
}
