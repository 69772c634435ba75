using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Servers;

/// <summary>Calls and other requests, and the questions a server asks in the middle of them.</summary>
internal sealed partial class ServerConnection
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> subscriptions = new(StringComparer.Ordinal);
    private long lastRequest;

    /// <summary>The key, in a failed result's <c>_meta</c>, of the client capabilities that the call would need.</summary>
    public const string MissingCapabilities = "agent/missing_capabilities";

    /// <summary>Calls a tool. What goes wrong is a result that says so; only the caller's own cancellation is thrown.</summary>
    public async ValueTask<ToolResult> CallAsync(string tool, JsonElement arguments, ToolCallOptions options, CancellationToken cancellationToken)
    {
        using var call = calls.Begin(options, TimeSpan.FromSeconds(definition.CallTimeoutSeconds), cancellationToken);
        Upstream? used = null;
        try
        {
            var connected = used = await ReadyAsync(call.Cancelled);
            var meta = new JsonObject { ["progressToken"] = call.Token };
            if (options.Preview)
            {
                meta["agent/preview"] = true;
            }

            if (options.Classify)
            {
                meta["agent/classify"] = true;
            }

            var result = await SendAsync(
                connected,
                RequestMethods.ToolsCall,
                new JsonObject { ["name"] = tool, ["arguments"] = Wire.ToNode(arguments), ["_meta"] = meta },
                call);
            return result.ValueKind == JsonValueKind.Object && (result.Member("content") is { ValueKind: JsonValueKind.Array } || result.Member("structuredContent") is not null)
                ? new ToolResult { Raw = result }
                : ToolResult.FromText($"The server '{Name}' answered with something that is no tool result. It may have acted; look before you repeat the call.", isError: true);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (call.TimedOut)
        {
            return ToolResult.FromText(
                $"The server '{Name}' gave no sign of life for {definition.CallTimeoutSeconds} seconds, so the call was cancelled. It may have acted; look before you repeat it.", isError: true);
        }
        catch (MissingRequiredClientCapabilityException exception)
        {
            return Lacking(exception);
        }
        catch (McpProtocolException exception)
        {
            return ToolResult.FromText($"The server '{Name}' refused the call: {Clip(exception.Message)}", isError: true);
        }
        catch (McpException exception)
        {
            return ToolResult.FromText($"The server '{Name}' gave no result: {Clip(exception.Message.TrimEnd('.'))}. It may have acted; look before you repeat the call.", isError: true);
        }
        catch (HttpRequestException exception)
        {
            LogLost(Name, tool, exception);
            return ToolResult.FromText(
                exception.StatusCode is { } status
                    ? $"The server '{Name}' answered the call with HTTP {(int)status}{((int)status < 500 ? ", so it was not made." : ". It may have acted; look before you repeat the call.")}"
                    : exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
                        ? $"The server '{Name}' cannot be reached, so the call was not made."
                        : $"The answer of the server '{Name}' broke off. It may have acted; look before you repeat the call.",
                isError: true);
        }
        catch (ServerUnavailableException exception)
        {
            return ToolResult.FromText(exception.Message, isError: true);
        }
        catch (Exception exception)
        {
            // A lost connection, a broken answer: the person needs to know that the call may have happened.
            LogLost(Name, tool, exception);
            if (definition.Url is not null)
            {
                return ToolResult.FromText($"The answer of the server '{Name}' broke off. It may have acted; look before you repeat the call.", isError: true);
            }

            if (exception is IOException)
            {
                Forget(used);
            }

            return ToolResult.FromText(
                $"The server '{Name}' was lost in the middle of the call. It may have acted; look before you repeat the call. The server is being started again.", isError: true);
        }
    }

    /// <summary>Sends any other request (resources, prompts, completion) and gives the result as it came.</summary>
    public async ValueTask<JsonElement> RequestAsync(string method, JsonObject parameters, ToolCallOptions options, CancellationToken cancellationToken)
    {
        using var call = calls.Begin(options, TimeSpan.FromSeconds(definition.CallTimeoutSeconds), cancellationToken);
        try
        {
            var connected = await ReadyAsync(call.Cancelled);
            if (options.Progress is not null)
            {
                parameters["_meta"] = new JsonObject { ["progressToken"] = call.Token };
            }

            return await SendAsync(connected, method, parameters, call);
        }
        catch (OperationCanceledException) when (call.TimedOut && !cancellationToken.IsCancellationRequested)
        {
            throw new ServerUnavailableException($"The server '{Name}' did not answer {method} within {definition.CallTimeoutSeconds} seconds.");
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or JsonException)
        {
            throw new ServerUnavailableException(
                definition.Url is null
                    ? $"The server '{Name}' was lost while it answered {method}; it is being started again."
                    : $"The server '{Name}' gave no answer to {method} that can be read; try again in a moment.",
                exception);
        }
    }

    /// <summary>Asks to hear of changes of a resource; a second request for the same one changes nothing.</summary>
    public async ValueTask SubscribeAsync(string uri, CancellationToken cancellationToken)
    {
        var connected = await ReadyAsync(cancellationToken);
        if (!connected.IsStateless)
        {
            await SendOnceAsync(connected, RequestMethods.ResourcesSubscribe, new JsonObject { ["uri"] = uri }, cancellationToken);
            return;
        }

        // Open until it is cancelled, so nobody waits for it here.
        _ = SubscribedAsync(connected, uri);
    }

    /// <summary>Ends what <see cref="SubscribeAsync"/> began.</summary>
    public async ValueTask UnsubscribeAsync(string uri, CancellationToken cancellationToken)
    {
        var connected = await ReadyAsync(cancellationToken);
        if (!connected.IsStateless)
        {
            await SendOnceAsync(connected, RequestMethods.ResourcesUnsubscribe, new JsonObject { ["uri"] = uri }, cancellationToken);
        }
        else if (subscriptions.TryRemove(uri, out var end))
        {
            await end.CancelAsync();
        }
    }

    private async Task SubscribedAsync(Upstream connected, string uri)
    {
        using var end = new CancellationTokenSource();
        if (!subscriptions.TryAdd(uri, end))
        {
            return;
        }

        try
        {
            await SendOnceAsync(
                connected,
                RequestMethods.SubscriptionsListen,
                new JsonObject { ["notifications"] = new JsonObject { ["resourceSubscriptions"] = new JsonArray(JsonValue.Create(uri)) } },
                end.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or McpException or IOException or HttpRequestException)
        {
            // Ended by the client, or with the connection.
        }
        finally
        {
            subscriptions.TryRemove(uri, out _);
        }
    }

    /// <summary>A process that was lost answers nobody any more: the next call waits for its successor.</summary>
    private void Forget(Upstream? lost)
    {
        lock (gate)
        {
            if (lost is not null && ReferenceEquals(current, lost))
            {
                current = null;
                client = new TaskCompletionSource<Upstream>(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private async Task<Upstream> ReadyAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref current) is { } connected)
        {
            return connected;
        }

        Task<Upstream> ready;
        lock (gate)
        {
            ready = client.Task;
        }

        if (Status.State is ServerState.Failed or ServerState.Disabled)
        {
            throw new ServerUnavailableException(Status.Problem ?? $"The server '{Name}' is switched off in the configuration.");
        }

        try
        {
            return await ready.WaitAsync(TimeSpan.FromSeconds(definition.StartTimeoutSeconds), services.Time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new ServerUnavailableException(Status.Problem ?? $"The server '{Name}' is not ready yet; try again in a moment.");
        }
    }

    /// <summary>A call that needs more of its caller than that offers; what is missing stands in the result, for a caller that can be told in the protocol's words.</summary>
    private ToolResult Lacking(MissingRequiredClientCapabilityException exception) => new()
    {
        Raw = Wire.ToElement(new JsonObject
        {
            ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = $"The server '{Name}' refused the call: {Clip(exception.Message)}" }),
            ["isError"] = true,
            ["_meta"] = new JsonObject
            {
                [MissingCapabilities] = JsonSerializer.SerializeToNode(exception.RequiredCapabilities, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ClientCapabilities))),
            },
        }),
    };

    private static string Clip(string text) => text.Length <= 1000 ? text : string.Concat(text.AsSpan(0, 1000), "…");
}
