using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Mcp.Gateway;

/// <summary>A client that hears of changes: a whole session of the older protocol, or one subscription of the newer.</summary>
internal sealed class ChangeListener(McpServer server, ITransport? transport, ClientLine? line, JsonNode? subscription, Func<string?> logLevel)
{
    private static readonly string[] Levels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];

    /// <summary>The session's transport; null for a subscription, which ends with its own request.</summary>
    public ITransport? Transport => transport;

    public HashSet<string> Kinds { get; } = new(StringComparer.Ordinal);

    public void Changed(string method, string kind)
    {
        if (line is null)
        {
            _ = SendAsync(new JsonRpcNotification { Method = method });
        }
        else if (Kinds.Contains(kind))
        {
            _ = line.NotifyAsync(method, new JsonObject { ["_meta"] = new JsonObject { [MetaKeys.SubscriptionId] = subscription?.DeepClone() } });
        }
    }

    /// <summary>Tells an older session that a resource changed; it knows which ones it asked for.</summary>
    public void Updated(JsonObject? resource)
    {
        if (line is null && resource?["uri"] is { } uri)
        {
            _ = SendAsync(new JsonRpcNotification { Method = NotificationMethods.ResourceUpdatedNotification, Params = new JsonObject { ["uri"] = uri.DeepClone() } });
        }
    }

    /// <summary>Passes a server's log message on, under that server's name, where the client asked for its level.</summary>
    public void Log(string from, JsonObject? message)
    {
        if (message is null || logLevel() is not { } least
            || Array.IndexOf(Levels, (message["level"] as JsonValue)?.TryGetValue(out string? level) == true ? level : "info") < Array.IndexOf(Levels, least))
        {
            return;
        }

        var passed = message.DeepClone().AsObject();
        var logger = (message["logger"] as JsonValue)?.TryGetValue(out string? name) == true ? $"{from}/{name}" : from;
        passed["logger"] = logger;
        _ = SendAsync(new JsonRpcNotification { Method = "notifications/message", Params = passed });
    }

    private async Task SendAsync(JsonRpcNotification notification)
    {
        try
        {
            await server.SendMessageAsync(notification);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or ObjectDisposedException or OperationCanceledException or McpException)
        {
            // A client that no longer listens misses it.
        }
    }
}
