// Deprecated from protocol 2026-07-28 on; every client on an older one still declares its folders this way.
#pragma warning disable MCP9005

using System.Runtime.CompilerServices;
using Agent.Tools.Hosting;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Tools.Files.Roots;

/// <summary>
/// What the roots that a client declares leave of the configured ones. Asked once for each session and again when the client says that they
/// have changed. A client that declares that it has roots and then does not tell them gets nothing.
/// </summary>
internal sealed partial class ClientRoots(RootSet configured, ILogger logger)
{
    private readonly ConditionalWeakTable<McpServer, Session> sessions = [];

    private sealed class Session
    {
        public Task<RootSet>? Roots { get; set; }
    }

    /// <summary>The roots of a session.</summary>
    public async ValueTask<RootSet> OfAsync(McpServer? server, CancellationToken cancellationToken)
    {
        if (server?.ClientCapabilities?.Roots is null)
        {
            return configured;
        }

        var session = sessions.GetValue(server, Open);
        Task<RootSet> roots;
        lock (session)
        {
            if (session.Roots is null || session.Roots.IsFaulted || session.Roots.IsCanceled)
            {
                session.Roots = AskAsync(server);
            }

            roots = session.Roots;
        }

        try
        {
            return await roots.WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is McpException or InvalidOperationException or HttpRequestException or IOException)
        {
            LogUnknown(logger, e);
            throw new ToolException("The client declares roots but does not tell them; without them no file may be touched.", e);
        }
    }

    private static Session Open(McpServer server)
    {
        var session = new Session();
        server.RegisterNotificationHandler(NotificationMethods.RootsListChangedNotification, (_, _) =>
        {
            lock (session)
            {
                session.Roots = null;
            }

            return ValueTask.CompletedTask;
        });
        return session;
    }

    private async Task<RootSet> AskAsync(McpServer server)
    {
        var answer = await server.RequestRootsAsync(new ListRootsRequestParams());
        return configured.Intersect(answer.Roots
            .Select(root => Uri.TryCreate(root.Uri, UriKind.Absolute, out var uri) && uri.IsFile ? uri.LocalPath : null)
            .OfType<string>()
            .Select(Path.GetFullPath));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The client did not tell its roots")]
    private static partial void LogUnknown(ILogger logger, Exception exception);
}
