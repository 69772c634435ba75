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

    /// <summary>Whether the client's model writes for us, calls of tools included.</summary>
    public bool LendsItsModel => Capabilities?.Sampling?.Tools is not null;

    /// <summary>The least level of log messages that this request of the newer protocol asks for; null for none.</summary>
    public string? LogLevel =>
        IsStateless && ((request.Params as JsonObject)?["_meta"]?[MetaKeys.LogLevel] as JsonValue)?.TryGetValue(out string? level) == true && LogLevels.IsKnown(level) ? level : null;

    public ClientCapabilities? Capabilities => request.Context?.ClientCapabilities ?? server.ClientCapabilities;

    /// <summary>Asks over the older protocol: a request from the server in the middle of the client's own.</summary>
    public async ValueTask<JsonElement> AskAsync(ServerQuestion question, CancellationToken cancellationToken)
    {
        var response = await server.SendRequestAsync(
            new JsonRpcRequest
            {
                Method = question.Method,
                Params = Wire.ToNode(question.Parameters),
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

/// <summary>Questions to whoever is behind a client, in whichever way its protocol asks them.</summary>
internal interface IClientDialogue
{
    /// <summary>The client as it is connected now.</summary>
    ClientLine Line { get; }

    /// <summary>Puts questions and waits for all their results, which come under the same names.</summary>
    ValueTask<IReadOnlyDictionary<string, JsonElement>> AskAsync(IReadOnlyDictionary<string, ServerQuestion> questions, CancellationToken cancellationToken);

    /// <summary>Completes when the client waits for an answer of ours: one that went away with a question may never come back.</summary>
    ValueTask PresentAsync(CancellationToken cancellationToken);
}

/// <summary>Short ways to ask.</summary>
internal static class ClientDialogue
{
    /// <summary>Puts one question.</summary>
    public static async ValueTask<JsonElement> AskAsync(this IClientDialogue dialogue, string name, ServerQuestion question, CancellationToken cancellationToken) =>
        (await dialogue.AskAsync(new Dictionary<string, ServerQuestion>(StringComparer.Ordinal) { [name] = question }, cancellationToken))[name];
}

/// <summary>Questions go out as requests of ours while the client's request is open, one after another.</summary>
internal sealed class DirectDialogue(ClientLine line) : IClientDialogue
{
    public ClientLine Line => line;

    /// <summary>Its request is open all the time.</summary>
    public ValueTask PresentAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask<IReadOnlyDictionary<string, JsonElement>> AskAsync(
        IReadOnlyDictionary<string, ServerQuestion> questions, CancellationToken cancellationToken)
    {
        var answers = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (name, question) in questions)
        {
            answers[name] = await line.AskAsync(question, cancellationToken);
        }

        return answers;
    }
}
