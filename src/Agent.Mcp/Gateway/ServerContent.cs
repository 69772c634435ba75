using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agent.Mcp.Servers;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Gateway;

/// <summary>
/// Resources, prompts and completions of the servers, passed on. What a client reads enters its context untrusted, so that its
/// later calls are judged by it.
/// </summary>
internal sealed class ServerContent(McpHub hub, IToolPipeline pipeline, bool plainNames, TimeProvider time)
{
    private const int MaxPages = 50;

    /// <summary>How long one server may hold up an answer that others take part in.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, string> owners = new(StringComparer.Ordinal);

    public bool HasResources => hub.Connections.Any(connection => connection.Capabilities?.Resources is not null);

    public bool CanSubscribe => hub.Connections.Any(connection => connection.Capabilities?.Resources?.Subscribe == true);

    public bool HasPrompts => hub.Connections.Any(connection => connection.Capabilities?.Prompts is not null);

    public bool HasCompletions => hub.Connections.Any(connection => connection.Capabilities?.Completions is not null);

    /// <summary>One list of all servers, side by side; a server that fails, or is slow, is left out.</summary>
    public async ValueTask<JsonObject> ListAsync(string method, string member, CancellationToken cancellationToken)
    {
        var able = hub.Connections.Where(connection => connection.Status.State == ServerState.Ready
            && (member == "prompts" ? connection.Capabilities?.Prompts is not null : connection.Capabilities?.Resources is not null)).ToList();
        var lists = await Task.WhenAll(able.Select(connection => ReadListAsync(connection, method, member, cancellationToken)));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var all = new JsonArray();
        foreach (var (connection, items) in able.Zip(lists))
        {
            foreach (var item in items)
            {
                if (member == "prompts")
                {
                    var name = item["name"]?.GetValue<string>() ?? string.Empty;
                    if (!plainNames || !seen.Add(name))
                    {
                        item["name"] = new ToolId(connection.Name, name).ModelName;
                    }

                    owners[$"prompt:{item["name"]}"] = $"{connection.Name}\n{name}";
                }
                else
                {
                    // Two servers with one address: the first in the configuration has it, the other's is left out.
                    var uri = (item["uri"] ?? item["uriTemplate"])?.GetValue<string>() ?? string.Empty;
                    if (!seen.Add(uri))
                    {
                        continue;
                    }

                    owners[$"uri:{uri}"] = connection.Name;
                }

                all.Add(item);
            }
        }

        return new JsonObject { [member] = all };
    }

    public async Task<JsonNode> ReadResourceAsync(GatewaySession session, IClientDialogue dialogue, JsonObject parameters, CancellationToken cancellationToken)
    {
        var uri = Text(parameters, "uri") ?? throw new McpProtocolException("The request names no resource.", McpErrorCode.InvalidParams);
        var candidates = hub.Connections.Where(connection => connection.Capabilities?.Resources is not null).ToList();
        if (candidates.Count > 1 && !owners.ContainsKey($"uri:{uri}"))
        {
            await ListAsync(RequestMethods.ResourcesList, "resources", cancellationToken);
        }

        if (owners.TryGetValue($"uri:{uri}", out var owner))
        {
            candidates = [.. candidates.Where(connection => connection.Name == owner)];
        }

        McpProtocolException? refusal = null;
        foreach (var connection in candidates)
        {
            // Of an address that no list named, each server is asked in turn; one that hangs must not keep the next from it.
            using var patience = candidates.Count > 1 ? new CancellationTokenSource(Patience, time) : new CancellationTokenSource();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
            try
            {
                var runId = await RecordAsync("resource_read", session, connection.Name, uri, cancellationToken);
                var result = await SendAsync(
                    connection, RequestMethods.ResourcesRead, new JsonObject { ["uri"] = uri }, new CallerQuestions(pipeline, session, runId, dialogue), either.Token);
                var label = Label.From(Integrity.Untrusted, Confidentiality.Private, $"{connection.Name}:{uri}");
                Enter(session, result, label);
                return Labelled(result, label);
            }
            catch (McpProtocolException exception)
            {
                // The next server may know it.
                refusal = exception;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                refusal = new McpProtocolException($"The server '{connection.Name}' did not answer within {Patience.TotalSeconds} seconds.", McpErrorCode.InternalError);
            }
        }

        throw refusal ?? new McpProtocolException($"There is no resource '{uri}'; resources/list names what there is.",
            dialogue.Line.IsStateless ? McpErrorCode.InvalidParams : McpErrorCode.ResourceNotFound);
    }

    public async Task<JsonNode> GetPromptAsync(GatewaySession session, IClientDialogue dialogue, JsonObject parameters, CancellationToken cancellationToken)
    {
        var name = Text(parameters, "name") ?? throw new McpProtocolException("The request names no prompt.", McpErrorCode.InvalidParams);
        var (connection, own) = await PromptAsync(name, cancellationToken);
        var runId = await RecordAsync("prompt_get", session, connection.Name, own, cancellationToken);
        var passed = new JsonObject { ["name"] = own };
        if (parameters["arguments"] is { } arguments)
        {
            passed["arguments"] = arguments.DeepClone();
        }

        var result = await SendAsync(connection, RequestMethods.PromptsGet, passed, new CallerQuestions(pipeline, session, runId, dialogue), cancellationToken);
        var label = Label.From(Integrity.Untrusted, Confidentiality.Private, $"{connection.Name}:{own}");
        Enter(session, result, label);
        return Labelled(result, label);
    }

    public async ValueTask<JsonNode> CompleteAsync(JsonObject parameters, CancellationToken cancellationToken)
    {
        var passed = parameters.DeepClone().AsObject();
        passed.Remove("_meta");
        ServerConnection? connection = null;
        if (passed["ref"] is JsonObject reference)
        {
            if (Text(reference, "name") is { } name)
            {
                (connection, var own) = await PromptAsync(name, cancellationToken);
                reference["name"] = own;
            }
            else if (Text(reference, "uri") is { } uri && owners.TryGetValue($"uri:{uri}", out var owner))
            {
                connection = hub.Connections.FirstOrDefault(candidate => candidate.Name == owner);
            }
        }

        return connection?.Capabilities?.Completions is null
            ? new JsonObject { ["completion"] = new JsonObject { ["values"] = new JsonArray() } }
            : await SendAsync(connection, RequestMethods.CompletionComplete, passed, null, cancellationToken);
    }

    public async ValueTask SubscribeAsync(bool begin, JsonObject parameters, CancellationToken cancellationToken)
    {
        var uri = Text(parameters, "uri") ?? throw new McpProtocolException("The request names no resource.", McpErrorCode.InvalidParams);
        if (!owners.ContainsKey($"uri:{uri}"))
        {
            await ListAsync(RequestMethods.ResourcesList, "resources", cancellationToken);
        }

        if (!owners.TryGetValue($"uri:{uri}", out var owner) || hub.Connections.FirstOrDefault(candidate => candidate.Name == owner) is not { } connection)
        {
            throw new McpProtocolException($"There is no resource '{uri}'; resources/list names what there is.", McpErrorCode.ResourceNotFound);
        }

        try
        {
            await (begin ? connection.SubscribeAsync(uri, cancellationToken) : connection.UnsubscribeAsync(uri, cancellationToken));
        }
        catch (ServerUnavailableException exception)
        {
            throw new McpProtocolException(exception.Message, McpErrorCode.InternalError);
        }
    }

    private async ValueTask<(ServerConnection Connection, string Name)> PromptAsync(string name, CancellationToken cancellationToken)
    {
        if (!owners.ContainsKey($"prompt:{name}"))
        {
            await ListAsync(RequestMethods.PromptsList, "prompts", cancellationToken);
        }

        if (owners.TryGetValue($"prompt:{name}", out var owner) && owner.Split('\n', 2) is [var server, var own]
            && hub.Connections.FirstOrDefault(candidate => candidate.Name == server) is { } connection)
        {
            return (connection, own);
        }

        throw new McpProtocolException($"There is no prompt '{name}'; prompts/list names what there is.", McpErrorCode.InvalidParams);
    }

    private async Task<List<JsonObject>> ReadListAsync(ServerConnection connection, string method, string member, CancellationToken cancellationToken)
    {
        var items = new List<JsonObject>();
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            string? cursor = null;
            for (var page = 0; page < MaxPages; page++)
            {
                var parameters = new JsonObject();
                if (cursor is not null)
                {
                    parameters["cursor"] = cursor;
                }

                var result = await connection.RequestAsync(method, parameters, new ToolCallOptions(), either.Token);
                items.AddRange(result.Member(member) is { ValueKind: JsonValueKind.Array } list
                    ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(item => JsonObject.Create(item)!)
                    : []);
                cursor = result.Text("nextCursor");
                if (cursor is null)
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is McpException or ServerUnavailableException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The others' lists are not worth less for it.
        }

        return items;
    }

    private static async ValueTask<JsonObject> SendAsync(
        ServerConnection connection, string method, JsonObject parameters, IServerQuestions? questions, CancellationToken cancellationToken)
    {
        var options = new ToolCallOptions { Questions = questions };
        try
        {
            return Wire.ToNode(await connection.RequestAsync(method, parameters, options, cancellationToken)) as JsonObject
                ?? throw new McpProtocolException($"The server '{connection.Name}' answered with nothing.", McpErrorCode.InternalError);
        }
        catch (ServerUnavailableException exception)
        {
            throw new McpProtocolException(exception.Message, McpErrorCode.InternalError);
        }
    }

    private async ValueTask<string> RecordAsync(string type, GatewaySession session, string server, string what, CancellationToken cancellationToken)
    {
        var runId = $"run-{GatewaySession.NewId()}";
        await pipeline.RecordAsync(type, session.Context(runId), Wire.ToElement(new JsonObject { ["server"] = server, ["name"] = what }), cancellationToken);
        return runId;
    }

    private static void Enter(GatewaySession session, JsonObject result, Label label) =>
        session.Provenance.AddText(result.ToJsonString(), label);

    /// <summary>The label travels with the content, for clients that look.</summary>
    private static JsonObject Labelled(JsonObject result, Label label)
    {
        var labelled = result.DeepClone().AsObject();
        var meta = labelled["_meta"] as JsonObject ?? [];
        meta["agent/label"] = label.ToString();
        labelled["_meta"] = meta;
        return labelled;
    }

    private static string? Text(JsonObject value, string name) => (value[name] as JsonValue)?.TryGetValue(out string? text) == true ? text : null;
}
