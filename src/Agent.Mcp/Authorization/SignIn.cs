using System.Net;
using System.Net.Sockets;
using System.Text;
using ModelContextProtocol.Authentication;

namespace Agent.Mcp.Authorization;

/// <summary>
/// Signs a person in at a server's authorization server (OAuth 2.1 with PKCE, which the SDK does): shows them the address, and
/// takes the browser's answer on a loopback port.
/// </summary>
internal static class SignIn
{
    private const int MaxRequestLine = 8 * 1024;

    /// <summary>A loopback address with a port that is free now.</summary>
    public static Uri RedirectUri(int port)
    {
        if (port == 0)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        return new Uri($"http://127.0.0.1:{port}/callback");
    }

    /// <summary>Shows the address and waits for the browser to come back.</summary>
    public static async Task<AuthorizationResult?> AskAsync(
        Func<Uri, CancellationToken, Task> show, AuthorizationCallbackContext context, CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, context.RedirectUri.Port);
        listener.Start();
        await show(context.AuthorizationUri, cancellationToken);
        while (true)
        {
            using var connection = await listener.AcceptTcpClientAsync(cancellationToken);
            await using var stream = connection.GetStream();
            if (await ReadTargetAsync(stream, cancellationToken) is not { } target
                || !Uri.TryCreate(context.RedirectUri, target, out var answer) || answer.AbsolutePath != context.RedirectUri.AbsolutePath)
            {
                await RespondAsync(stream, "404 Not Found", "There is nothing here.", cancellationToken);
                continue;
            }

            var query = Parse(answer.Query);
            await RespondAsync(
                stream, "200 OK", query.ContainsKey("code") ? "You are signed in. You can close this page." : "The sign-in was refused. You can close this page.", cancellationToken);
            return new AuthorizationResult { Code = query.GetValueOrDefault("code"), State = query.GetValueOrDefault("state"), Iss = query.GetValueOrDefault("iss") };
        }
    }

    private static async Task<string?> ReadTargetAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        var buffer = new byte[MaxRequestLine];
        var length = 0;
        while (length < buffer.Length && buffer.AsSpan(0, length).IndexOf("\r\n"u8) < 0)
        {
            int read;
            try
            {
                read = await stream.ReadAsync(buffer.AsMemory(length), patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }

            if (read == 0)
            {
                return null;
            }

            length += read;
        }

        return Encoding.ASCII.GetString(buffer, 0, length).Split(' ') is ["GET", var target, ..] ? target : null;
    }

    private static async Task RespondAsync(NetworkStream stream, string status, string text, CancellationToken cancellationToken) =>
        await stream.WriteAsync(
            Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {Encoding.UTF8.GetByteCount(text)}\r\nConnection: close\r\n\r\n{text}"),
            cancellationToken);

    private static Dictionary<string, string> Parse(string query) =>
        query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => Uri.UnescapeDataString(pair[0]), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => Uri.UnescapeDataString(group.First()[1].Replace('+', ' ')), StringComparer.Ordinal);
}
