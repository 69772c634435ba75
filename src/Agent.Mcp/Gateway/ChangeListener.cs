using System.Text.Json.Nodes;
using Agent.Mcp.Servers;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Mcp.Gateway;

/// <summary>A client that hears of changes: a whole session of the older protocol, or one subscription of the newer.</summary>
internal sealed class ChangeListener(McpServer server, ITransport? transport, ClientLine? line, JsonNode? subscription, Func<string?> logLevel)
{
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
        if (message is not null && LogLevels.Wants(logLevel(), Text(message, "level")))
        {
            _ = SendAsync(new JsonRpcNotification { Method = NotificationMethods.LoggingMessageNotification, Params = Named(from, message) });
        }
    }

    /// <summary>Says something of ours, also to a client that asked for no level: it is about all its calls.</summary>
    public void Announce(string level, string text)
    {
        if (line is null && (logLevel() is not { } least || LogLevels.Wants(least, level)))
        {
            _ = SendAsync(new JsonRpcNotification { Method = NotificationMethods.LoggingMessageNotification, Params = new JsonObject { ["level"] = level, ["logger"] = "agent", ["data"] = text } });
        }
    }

    /// <summary>A server's log message under that server's name.</summary>
    public static JsonObject Named(string server, JsonObject message)
    {
        var passed = message.DeepClone().AsObject();
        passed.Remove("_meta");
        passed["logger"] = Text(message, "logger") is { } name ? $"{server}/{name}" : server;
        return passed;
    }

    private static string? Text(JsonObject message, string name) => (message[name] as JsonValue)?.TryGetValue(out string? text) == true ? text : null;

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
