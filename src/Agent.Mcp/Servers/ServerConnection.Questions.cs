using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Servers;

/// <summary>One request and its rounds of questions: in the newer protocol results that ask for input, in the older requests of the server.</summary>
internal sealed partial class ServerConnection
{
    private const int MaxRounds = 10;
    private const string Asked = "asked";
    private static readonly JsonElement NoParameters = Wire.ToElement(new JsonObject());

    /// <summary>Sends a request and puts what the server asks on the way to whoever called, until there is a result.</summary>
    private async Task<JsonElement> SendAsync(Upstream connected, string method, JsonObject parameters, CallInFlight call)
    {
        var capabilities = connected.IsStateless ? Offered(call.Options.Questions?.Capabilities) : null;
        var caller = call.Options.Questions;
        for (var round = 0; ; round++)
        {
            var result = await SendOnceAsync(connected, method, parameters, call.Cancelled, capabilities, caller);
            if (!ServerLine.AsksForInput(result))
            {
                return result;
            }

            if (round == MaxRounds)
            {
                throw new McpException($"it asked for input {MaxRounds} times without coming to a result.");
            }

            parameters = await AnswerRoundAsync(parameters, result, call);
        }
    }

    /// <summary>
    /// Sends a request, and tells the server when it is cancelled. The SDK means to, but its notification is lost when the
    /// waiting ends first; on the stateless HTTP protocol the closed response says it.
    /// </summary>
    private async Task<JsonElement> SendOnceAsync(
        Upstream connected, string method, JsonObject parameters, CancellationToken cancellationToken, JsonObject? capabilities = null, IServerQuestions? caller = null)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{PendingRequests.Prefix}{Interlocked.Increment(ref lastRequest)}");
        try
        {
            if (connected.Child is { } child)
            {
                Describe(connected, parameters, capabilities ?? [], caller?.LogLevel);
                if (method == RequestMethods.ToolsCall)
                {
                    // The span of the call is the client's span of the request too, as the SDK has it over HTTP (OpenTelemetry's conventions for MCP).
                    Activity.Current?.SetTag("mcp.method.name", method);
                }

                return await child.RequestAsync(id, method, parameters, caller is IBriefCaller, cancellationToken);
            }

            var request = new JsonRpcRequest { Id = new RequestId(id), Method = method, Params = parameters };
            if (capabilities is not null)
            {
                request.Context = new JsonRpcMessageContext { Items = new Dictionary<string, object?> { [ServerLine.Capabilities] = capabilities, [ServerLine.LogLevel] = caller?.LogLevel } };
            }

            return Wire.ToElement((await connected.Client.SendRequestAsync(request, cancellationToken)).Result);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            if (definition.Url is null || !connected.IsStateless)
            {
                // Not awaited: a server that no longer listens must not hold the caller that gave it up.
                _ = TellCancelledAsync(connected.Client, new RequestId(id));
            }

            throw;
        }
    }

    /// <summary>What the newer protocol wants with each request, and the trace that it belongs to; the SDK adds the same over HTTP.</summary>
    private static void Describe(Upstream connected, JsonObject parameters, JsonObject capabilities, string? logLevel)
    {
        if (parameters["_meta"] is not JsonObject meta)
        {
            parameters["_meta"] = meta = [];
        }

        if (connected.IsStateless)
        {
            meta[MetaKeys.ProtocolVersion] = connected.Client.NegotiatedProtocolVersion;
            meta[MetaKeys.ClientInfo] = new JsonObject { ["name"] = Self.Name, ["version"] = Self.Version };
            meta[MetaKeys.ClientCapabilities] = capabilities.DeepClone();
            if (logLevel is not null)
            {
                meta[MetaKeys.LogLevel] = logLevel;
            }
        }

        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } trace } activity)
        {
            meta["traceparent"] = trace;
            if (activity.TraceStateString is { Length: > 0 } state)
            {
                meta["tracestate"] = state;
            }
        }
    }

    private static async Task TellCancelledAsync(McpClient connected, RequestId id)
    {
        try
        {
            await connected.SendMessageAsync(new JsonRpcNotification
            {
                Method = NotificationMethods.CancelledNotification,
                Params = new JsonObject { ["requestId"] = id.ToString(), ["reason"] = "cancelled by the caller" },
            });
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or HttpRequestException or ObjectDisposedException or OperationCanceledException or McpException)
        {
            // The connection is gone, and the request with it.
        }
    }

    /// <summary>What of a caller's abilities this server hears of.</summary>
    private JsonObject Offered(JsonElement? capabilities)
    {
        var offered = new JsonObject();
        foreach (var (name, allowed) in new[] { ("elicitation", true), ("sampling", definition.Sampling), ("roots", definition.Roots) })
        {
            if (allowed && capabilities?.Member(name) is { } able)
            {
                offered[name] = Wire.ToNode(able);
            }
        }

        return offered;
    }

    private bool Allows(string method) => method switch
    {
        RequestMethods.ElicitationCreate => true,
        RequestMethods.SamplingCreateMessage => definition.Sampling,
        RequestMethods.RootsList => definition.Roots,
        _ => false,
    };

    /// <summary>The same request again, with the answers to what its result asked.</summary>
    private async Task<JsonObject> AnswerRoundAsync(JsonObject parameters, JsonElement asking, CallInFlight call)
    {
        var again = parameters.DeepClone().AsObject();
        again.Remove("inputResponses");
        again.Remove("requestState");
        if (asking.Member("requestState") is { } state)
        {
            again["requestState"] = Wire.ToNode(state);
        }

        if (asking.Member("inputRequests") is { ValueKind: JsonValueKind.Object } requests && requests.EnumerateObject().Any())
        {
            var questions = new Dictionary<string, ServerQuestion>(StringComparer.Ordinal);
            foreach (var request in requests.EnumerateObject())
            {
                var method = request.Value.Text("method") ?? string.Empty;
                if (!Allows(method))
                {
                    throw new McpException($"it asks for '{(method.Length > 40 ? method[..40] : method)}', which it is not offered.");
                }

                questions[request.Name] = new ServerQuestion(method, request.Value.Member("params") ?? NoParameters);
            }

            var answers = new JsonObject();
            foreach (var (key, answer) in await PutAsync(call, questions, call.Cancelled))
            {
                answers[key] = Wire.ToNode(answer);
            }

            again["inputResponses"] = answers;
        }
        else if (asking.Member("requestState") is null)
        {
            throw new McpException("it asked for input without saying which.");
        }

        return again;
    }

    /// <summary>Answers a request that a server of the older protocol sends in the middle of a call.</summary>
    private async ValueTask<JsonNode> AnswerAsync(JsonRpcRequest request, CancellationToken cancellationToken)
    {
        if (!Allows(request.Method))
        {
            throw new McpProtocolException($"'{request.Method}' is not offered.", McpErrorCode.MethodNotFound);
        }

        var question = new ServerQuestion(request.Method, Wire.ToElement(request.Params as JsonObject ?? []));
        if (calls.Asking() is not { } call)
        {
            return request.Method == RequestMethods.ElicitationCreate
                ? new JsonObject { ["action"] = "cancel" }
                : throw new McpProtocolException("It is not clear which call this belongs to.", McpErrorCode.InvalidRequest);
        }

        var answers = await PutAsync(call, new Dictionary<string, ServerQuestion>(StringComparer.Ordinal) { [Asked] = question }, cancellationToken);
        return Wire.ToNode(answers[Asked])!;
    }

    private async ValueTask<IReadOnlyDictionary<string, JsonElement>> PutAsync(
        CallInFlight call, IReadOnlyDictionary<string, ServerQuestion> questions, CancellationToken cancellationToken)
    {
        if (await call.AskAsync(Name, questions, cancellationToken) is { } answers)
        {
            return answers;
        }

        return questions.ToDictionary(
            question => question.Key,
            question => question.Value.Method == RequestMethods.ElicitationCreate
                ? Wire.ToElement(new JsonObject { ["action"] = "decline" })
                : throw new McpProtocolException("Nobody is there who could be asked.", McpErrorCode.InvalidRequest),
            StringComparer.Ordinal);
    }
}
