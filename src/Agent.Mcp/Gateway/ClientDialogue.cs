using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Mcp.Servers;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Mcp.Gateway;

/// <summary>The client of one request: what it can do, and messages to it over the stream that it listens on.</summary>
internal sealed class ClientLine(McpServer server, JsonRpcRequest request)
{
    private readonly JsonNode? progressToken = (request.Params as JsonObject)?["_meta"]?["progressToken"]?.DeepClone();
    private readonly Lock reporting = new();
    private double? lastProgress;
    private Task lastReport = Task.CompletedTask;

    public bool IsStateless => string.CompareOrdinal(request.Context?.ProtocolVersion ?? server.NegotiatedProtocolVersion, ServerConnection.FirstStateless) >= 0;

    public string? ClientName => (request.Context?.ClientInfo ?? server.ClientInfo)?.Name;

    public bool CanAskForms => Capabilities?.Elicitation is { } elicitation && (elicitation.Form is not null || elicitation.Url is null);

    public bool CanAskUrls => Capabilities?.Elicitation?.Url is not null;

    private ClientCapabilities? Capabilities => request.Context?.ClientCapabilities ?? server.ClientCapabilities;

    /// <summary>Asks over the older protocol: a request from the server in the middle of the client's own.</summary>
    public async ValueTask<JsonElement> AskAsync(JsonElement question, CancellationToken cancellationToken)
    {
        var response = await server.SendRequestAsync(
            new JsonRpcRequest
            {
                Method = RequestMethods.ElicitationCreate,
                Params = Wire.ToNode(question),
                Context = new JsonRpcMessageContext { RelatedTransport = request.Context?.RelatedTransport },
            },
            cancellationToken);
        return Wire.ToElement(response.Result);
    }

    /// <summary>Completes when every report so far was sent, so that an answer does not overtake the progress before it.</summary>
    public Task Reported
    {
        get
        {
            lock (reporting)
            {
                return lastReport;
            }
        }
    }

    /// <summary>Reports progress, where the client asked for it. Each report is more than the one before, as the protocol wants.</summary>
    public Task ReportAsync(double? progress, double? total, string? message)
    {
        if (progressToken is null)
        {
            return Task.CompletedTask;
        }

        var parameters = new JsonObject { ["progressToken"] = progressToken.DeepClone() };
        if (total is not null)
        {
            parameters["total"] = total;
        }

        if (message is not null)
        {
            parameters["message"] = message;
        }

        lock (reporting)
        {
            lastProgress = lastProgress is not { } before ? progress ?? 0
                : progress is { } given && given > before ? given
                : before + 0.001;
            parameters["progress"] = lastProgress;
            return lastReport = AfterAsync(lastReport, parameters);
        }
    }

    private async Task AfterAsync(Task before, JsonObject parameters)
    {
        await before;
        await NotifyAsync(NotificationMethods.ProgressNotification, parameters);
    }

    public async Task NotifyAsync(string method, JsonObject? parameters)
    {
        try
        {
            await server.SendMessageAsync(new JsonRpcNotification
            {
                Method = method,
                Params = parameters,
                Context = new JsonRpcMessageContext { RelatedTransport = request.Context?.RelatedTransport, ProtocolVersion = request.Context?.ProtocolVersion },
            });
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or ObjectDisposedException or OperationCanceledException or McpException)
        {
            // A client that no longer listens misses a notification; its call is not concerned.
        }
    }
}

/// <summary>Questions to the person behind a client, in whichever way its protocol asks them.</summary>
internal interface IClientDialogue
{
    /// <summary>The client as it is connected now.</summary>
    ClientLine Line { get; }

    /// <summary>Puts a question (an elicitation's parameters) and waits for its result.</summary>
    ValueTask<JsonElement> AskAsync(JsonElement question, CancellationToken cancellationToken);
}

/// <summary>A question goes out as a request of ours while the client's request is open.</summary>
internal sealed class DirectDialogue(ClientLine line) : IClientDialogue
{
    public ClientLine Line => line;

    public ValueTask<JsonElement> AskAsync(JsonElement question, CancellationToken cancellationToken) => line.AskAsync(question, cancellationToken);
}

/// <summary>
/// A call of the newer protocol: a question is the answer to the client's request, and the client's next request brings the
/// answer. The call waits here in between; its questions are put one at a time.
/// </summary>
internal sealed class WaitingCall(string principal, string digest, DateTimeOffset expires) : IClientDialogue, IDisposable
{
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly Lock gate = new();
    private TaskCompletionSource<JsonElement> asked = NewSource();
    private TaskCompletionSource<JsonElement>? answered;

    public string Id { get; } = GatewaySession.NewId();

    public string Principal => principal;

    public string Digest => digest;

    public DateTimeOffset Expires => expires;

    public int Round { get; private set; }

    public CancellationTokenSource Cancelled { get; } = new();

    public required ClientLine Line { get; set; }

    public Task<JsonNode> Running { get; set; } = Task.FromException<JsonNode>(new InvalidOperationException("The call was not started."));

    /// <summary>Completes with the next question.</summary>
    public Task<JsonElement> Asked
    {
        get
        {
            lock (gate)
            {
                return asked.Task;
            }
        }
    }

    public async ValueTask<JsonElement> AskAsync(JsonElement question, CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken);
        try
        {
            var answer = NewSource();
            lock (gate)
            {
                answered = answer;
                Round++;
                asked.TrySetResult(question);
            }

            return await answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (gate)
            {
                answered = null;
            }

            one.Release();
        }
    }

    /// <summary>Takes the client's answer to the question of a round; false where that one was answered already.</summary>
    public bool Answer(int round, JsonElement answer)
    {
        lock (gate)
        {
            if (round != Round || answered is not { } source)
            {
                return false;
            }

            answered = null;
            Round++;
            asked = NewSource();
            return source.TrySetResult(answer);
        }
    }

    public void Dispose()
    {
        one.Dispose();
        Cancelled.Dispose();
    }

    private static TaskCompletionSource<JsonElement> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
