using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Agent.StreamableHttp.Authentication;
using Agent.StreamableHttp.Rules;
using Agent.StreamableHttp.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.StreamableHttp;

/// <summary>Answers HTTP requests: who may, is it a message, does it agree with itself, and whose server answers it.</summary>
internal sealed partial class McpEndpoint(McpHttpOptions options, McpServerFactory createServer, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    private const string MetadataPath = "/.well-known/oauth-protected-resource";
    private static readonly JsonTypeInfo<JsonRpcMessage> MessageType =
        (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    private readonly ILogger logger = loggers.CreateLogger<McpEndpoint>();
    private readonly SessionRegistry sessions = new(options, createServer, time, loggers);
    private readonly SemaphoreSlim room = new(options.MaxConcurrentRequests);
    private readonly CancellationTokenSource closing = new();

    /// <summary>The address clients use, once it is known.</summary>
    public Uri Url { get; set; } = options.Url;

    public int SessionCount => sessions.Count;

    public async Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "/";
        if (OriginRules.Refusal(request, options) is { } refusal)
        {
            await FailAsync(context, StatusCodes.Status403Forbidden, RpcError.General, refusal);
            return;
        }

        if (options.Authenticator?.Metadata(Url) is { } metadata && HttpMethods.IsGet(request.Method)
            && (path == MetadataPath || path == MetadataPath + Url.AbsolutePath))
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(metadata.ToJsonString(), context.RequestAborted);
            return;
        }

        if (!string.Equals(path.TrimEnd('/'), Url.AbsolutePath.TrimEnd('/'), StringComparison.Ordinal))
        {
            await FailAsync(context, StatusCodes.Status404NotFound, RpcError.General, $"There is nothing here; the MCP endpoint is {Url.AbsolutePath}.");
            return;
        }

        string? user = null;
        if (options.Authenticator is { } authenticator)
        {
            var answer = await authenticator.AuthenticateAsync(Bearer(request), Url, context.RequestAborted);
            if (answer.User is null)
            {
                await ChallengeAsync(context, answer);
                return;
            }

            user = answer.User;
        }

        if (HttpMethods.IsPost(request.Method))
        {
            if (!await room.WaitAsync(0, context.RequestAborted))
            {
                context.Response.Headers.RetryAfter = "1";
                await FailAsync(context, StatusCodes.Status503ServiceUnavailable, RpcError.General, "Too many requests at once; try again in a moment.");
                return;
            }

            try
            {
                await PostAsync(context, user);
            }
            finally
            {
                room.Release();
            }
        }
        else if (HttpMethods.IsGet(request.Method) || HttpMethods.IsDelete(request.Method))
        {
            await SessionRequestAsync(context, user);
        }
        else
        {
            context.Response.Headers.Allow = "POST, GET, DELETE";
            await FailAsync(context, StatusCodes.Status405MethodNotAllowed, RpcError.General, "Send POST.");
        }
    }

    public async Task CloseStreamsAsync()
    {
        await closing.CancelAsync();
        await sessions.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await sessions.DisposeAsync();
        closing.Dispose();
        room.Dispose();
    }

    private async Task PostAsync(HttpContext context, string? user)
    {
        var request = context.Request;
        if (!request.HasJsonContentType())
        {
            await FailAsync(context, StatusCodes.Status415UnsupportedMediaType, RpcError.General, "Send Content-Type: application/json.");
            return;
        }

        if (!AcceptRules.TakesBoth(request.Headers.Accept))
        {
            await FailAsync(context, StatusCodes.Status406NotAcceptable, RpcError.General, "Accept both application/json and text/event-stream.");
            return;
        }

        if (await ReadBodyAsync(request, context.RequestAborted) is not { } body)
        {
            await FailAsync(context, StatusCodes.Status413PayloadTooLarge, RpcError.General, $"The body is larger than {options.MaxBodyBytes} bytes.");
            return;
        }

        if (Parse(body) is not { } message)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, RpcError.InvalidRequest, "The body is not one JSON-RPC message with an id that is a string or a number.");
            return;
        }

        var id = message is JsonRpcRequest { Id: var requestId } ? requestId : default;
        if (MessageRules.Check(message, request.Headers, options.ToolSchema) is { } violation)
        {
            await FailAsync(context, violation.Status, violation.Code, violation.Message, id, violation.Data);
            return;
        }

        var version = MessageRules.Version(request.Headers);
        message.Context = new JsonRpcMessageContext { ProtocolVersion = version };
        if (MessageRules.IsStateless(version))
        {
            await StatelessAsync(context, message, user);
        }
        else
        {
            await InSessionAsync(context, message, id, user);
        }
    }

    /// <summary>The newer protocol: each request has a server of its own, and the closed connection cancels it.</summary>
    private async Task StatelessAsync(HttpContext context, JsonRpcMessage message, string? user)
    {
        if (message is not JsonRpcRequest)
        {
            // Nothing outlives a request here that a notification could concern.
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, closing.Token);
        await using var transport = new StreamableHttpServerTransport(loggers) { Stateless = true };
        await using var server = createServer(transport, new McpHttpConnection(null, user));
        var running = server.RunAsync(ended.Token);
        PrepareStream(context);
        var body = new ErrorBody(context.Response.Body);
        try
        {
            await transport.HandlePostRequestAsync(message, body, first => BeginAsync(context, body, first), ended.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && ended.IsCancellationRequested)
        {
            LogLeft();
        }

        await ended.CancelAsync();
        await transport.DisposeAsync();
        await running;
    }

    /// <summary>The older protocol: a session begins with <c>initialize</c> and belongs to who began it.</summary>
    private async Task InSessionAsync(HttpContext context, JsonRpcMessage message, RequestId id, string? user)
    {
        var name = context.Request.Headers[Headers.SessionId].ToString();
        HttpSession? session;
        if (name.Length == 0)
        {
            if (message is not JsonRpcRequest { Method: RequestMethods.Initialize })
            {
                await FailAsync(context, StatusCodes.Status400BadRequest, RpcError.General, "Send initialize first, then its Mcp-Session-Id with every request.", id);
                return;
            }

            session = await sessions.OpenAsync(user);
            if (session is null)
            {
                context.Response.Headers.RetryAfter = "10";
                await FailAsync(context, StatusCodes.Status503ServiceUnavailable, RpcError.General, "Too many sessions are open; try again later.", id);
                return;
            }
        }
        else if ((session = await FindAsync(context, name, user, id)) is null)
        {
            return;
        }

        using var use = session.Use();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, session.Closed);
        context.Response.Headers[Headers.SessionId] = session.Id;
        PrepareStream(context);
        try
        {
            if (!await session.Transport.HandlePostRequestAsync(message, context.Response.Body, ended.Token))
            {
                context.Response.Headers.ContentType = default;
                context.Response.StatusCode = StatusCodes.Status202Accepted;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && ended.IsCancellationRequested)
        {
            if (message is JsonRpcRequest)
            {
                session.CancelRequest(id);
            }

            LogLeft();
        }
    }

    private async Task SessionRequestAsync(HttpContext context, string? user)
    {
        if (MessageRules.IsStateless(MessageRules.Version(context.Request.Headers)))
        {
            context.Response.Headers.Allow = "POST";
            await FailAsync(context, StatusCodes.Status405MethodNotAllowed, RpcError.General, "This protocol version has no sessions: send POST.");
            return;
        }

        if (MessageRules.CheckVersion(context.Request.Headers) is { } violation)
        {
            await FailAsync(context, violation.Status, violation.Code, violation.Message, default, violation.Data);
            return;
        }

        var name = context.Request.Headers[Headers.SessionId].ToString();
        if (name.Length == 0)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, RpcError.General, "Send the Mcp-Session-Id that initialize gave.");
            return;
        }

        if (await FindAsync(context, name, user, default) is not { } session)
        {
            return;
        }

        if (HttpMethods.IsDelete(context.Request.Method))
        {
            await sessions.CloseAsync(session);
            return;
        }

        if (!AcceptRules.TakesEvents(context.Request.Headers.Accept))
        {
            await FailAsync(context, StatusCodes.Status406NotAcceptable, RpcError.General, "Accept text/event-stream.");
            return;
        }

        if (!session.TryTakeStream())
        {
            await FailAsync(context, StatusCodes.Status409Conflict, RpcError.General, "This session has, or had, its one stream; open a new session.");
            return;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, session.Closed, closing.Token);
        context.Response.Headers[Headers.SessionId] = session.Id;
        PrepareStream(context);
        try
        {
            await session.Transport.HandleGetRequestAsync(context.Response.Body, ended.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && ended.IsCancellationRequested)
        {
            LogLeft();
        }
        finally
        {
            session.EndStream();
        }
    }

    private async ValueTask<HttpSession?> FindAsync(HttpContext context, string name, string? user, RequestId id)
    {
        if (sessions.Find(name) is not { } session)
        {
            await FailAsync(context, StatusCodes.Status404NotFound, RpcError.SessionNotFound, "There is no such session; send initialize again.", id);
            return null;
        }

        if (!string.Equals(session.User, user, StringComparison.Ordinal))
        {
            await FailAsync(context, StatusCodes.Status403Forbidden, RpcError.General, "This session belongs to somebody else.", id);
            return null;
        }

        return session;
    }

    private async ValueTask<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > options.MaxBodyBytes)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>((int)Math.Clamp(request.ContentLength ?? 1024, 256, 64 * 1024));
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(cancellationToken);
                foreach (var segment in read.Buffer)
                {
                    buffer.Write(segment.Span);
                }

                request.BodyReader.AdvanceTo(read.Buffer.End);
                if (buffer.WrittenCount > options.MaxBodyBytes)
                {
                    return null;
                }

                if (read.IsCompleted)
                {
                    return buffer.WrittenMemory;
                }
            }
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }
    }

    private static JsonRpcMessage? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, MessageType);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Bearer(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;
    }

    private static void PrepareStream(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentType = "text/event-stream";
        headers.CacheControl = "no-cache,no-store";
        headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    /// <summary>An error that has a status of its own is one JSON message; everything else is a stream of events.</summary>
    private static async ValueTask BeginAsync(HttpContext context, ErrorBody body, JsonRpcMessage? first)
    {
        if (first is not JsonRpcError error || context.Response.HasStarted || StatusOf(error.Error.Code) is not { } status)
        {
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await body.ReplaceAsync(JsonSerializer.SerializeToUtf8Bytes(error, MessageType), context.RequestAborted);
    }

    private static int? StatusOf(int code) => code switch
    {
        RpcError.MethodNotFound => StatusCodes.Status404NotFound,
        RpcError.HeaderMismatch or RpcError.MissingCapability or RpcError.UnsupportedVersion => StatusCodes.Status400BadRequest,
        _ => null,
    };

    private async Task ChallengeAsync(HttpContext context, BearerResult answer)
    {
        var challenge = "Bearer";
        if (options.Authenticator!.Metadata(Url) is not null)
        {
            challenge += $" resource_metadata=\"{Url.GetLeftPart(UriPartial.Authority)}{MetadataPath}{Url.AbsolutePath}\"";
        }

        if (answer.Error is { } error)
        {
            challenge += $"{(challenge.Length > 6 ? "," : string.Empty)} error=\"{error}\"";
        }

        context.Response.Headers.WWWAuthenticate = challenge;
        await FailAsync(
            context,
            answer.Error == "insufficient_scope" ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized,
            RpcError.General,
            answer.Message);
    }

    private static Task FailAsync(HttpContext context, int status, int code, string message, RequestId id = default, JsonNode? data = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        var error = new JsonRpcError { Id = id, Error = new JsonRpcErrorDetail { Code = code, Message = message, Data = data } };
        return context.Response.WriteAsync(JsonSerializer.Serialize(error, MessageType), context.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A client went away before its answer.")]
    private partial void LogLeft();
}
