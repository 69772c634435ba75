using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Agent.Mcp.Tests.Servers;

/// <summary>
/// A server over HTTP that tells the truth until a tool is called for the first time: that answer has another length than it says.
/// It writes its answers by hand, because no HTTP library would.
/// </summary>
internal sealed class LyingServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly string lie;
    private readonly Task serving;
    private int calls;

    public LyingServer(string lie)
    {
        this.lie = lie;
        listener.Start();
        serving = ServeAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/mcp";

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Dispose();
        await serving;
        end.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(AnswerAsync(await listener.AcceptTcpClientAsync(end.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            try
            {
                while (await ReadAsync(stream) is { } request)
                {
                    if (!await AnswerAsync(stream, request))
                    {
                        return;
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The client closed the connection, as it should, or the test is over.
            }
        }
    }

    /// <summary>One request; an empty object for what is no POST, null at the end.</summary>
    private async Task<JsonObject?> ReadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, end.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n");
        var length = lines.FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) is { } line
            ? int.Parse(line[15..], CultureInfo.InvariantCulture)
            : 0;
        var chunked = lines.Any(line => line.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase));
        var body = chunked ? await ReadChunksAsync(stream) : await ReadExactlyAsync(stream, length);
        return body.Length > 0 ? JsonNode.Parse(body)!.AsObject() : [];
    }

    private async Task<byte[]> ReadChunksAsync(Stream stream)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var size = new StringBuilder();
            while (!size.ToString().EndsWith("\r\n", StringComparison.Ordinal))
            {
                size.Append((char)(await ReadExactlyAsync(stream, 1))[0]);
            }

            var chunk = await ReadExactlyAsync(stream, int.Parse(size.ToString().Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) + 2);
            if (chunk.Length == 2)
            {
                return body.ToArray();
            }

            await body.WriteAsync(chunk.AsMemory(0, chunk.Length - 2));
        }
    }

    private async Task<byte[]> ReadExactlyAsync(Stream stream, int length)
    {
        var bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, end.Token);
        return bytes;
    }

    /// <summary>Answers; false where the connection ends with it.</summary>
    private async Task<bool> AnswerAsync(Stream stream, JsonObject request)
    {
        switch (request["method"]?.GetValue<string>())
        {
            case null:
                await WriteAsync(stream, "HTTP/1.1 405 Method Not Allowed\r\nAllow: POST\r\nContent-Length: 0\r\n\r\n");
                return true;
            case "initialize":
                return await HonestAsync(stream, request, """{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"liar","version":"1"}}""");
            case "tools/list":
                return await HonestAsync(stream, request, """{"tools":[{"name":"poke","inputSchema":{"type":"object"}}]}""");
            case "tools/call" when Interlocked.Increment(ref calls) == 1:
                return await LieAsync(stream, Result(request, """{"content":[{"type":"text","text":"the first answer, longer than the headers and the chunks around it"}]}"""));
            case "tools/call":
                return await HonestAsync(stream, request, """{"content":[{"type":"text","text":"poked"}]}""");
            case var method when method.StartsWith("notifications/", StringComparison.Ordinal):
                await WriteAsync(stream, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
                return true;
            default:
                var error = $$$"""{"jsonrpc":"2.0","id":{{{request["id"]!.ToJsonString()}}},"error":{"code":-32601,"message":"no such method"}}""";
                await WriteAsync(stream, $"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: {error.Length}\r\n\r\n{error}");
                return true;
        }
    }

    private async Task<bool> HonestAsync(Stream stream, JsonObject request, string result)
    {
        var body = Result(request, result);
        await WriteAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        return true;
    }

    private async Task<bool> LieAsync(Stream stream, string body)
    {
        const string Json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
        switch (lie)
        {
            case "more than there is, then the end":
                await WriteAsync(stream, $"{Json}Content-Length: {body.Length + 100}\r\n\r\n{body}");
                return false;
            case "more than there is, then nothing":
                await WriteAsync(stream, $"{Json}Content-Length: {body.Length + 100}\r\n\r\n{body}");
                await Task.Delay(Timeout.Infinite, end.Token);
                return false;
            case "less than there is":
                await WriteAsync(stream, $"{Json}Content-Length: {body.Length - 30}\r\n\r\n{body}");
                return true;
            case "less than there is, and a second answer in the rest":
                // Whoever reads on would take the rest for the answer to the next request.
                await WriteAsync(stream, $"{Json}Content-Length: {body.Length}\r\n\r\n{body}HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}");
                return true;
            case "a chunk shorter than it says":
                await WriteAsync(stream, $"{Json}Transfer-Encoding: chunked\r\n\r\n{body.Length + 100:x}\r\n{body}\r\n0\r\n\r\n");
                return false;
            case "two lengths":
                await WriteAsync(stream, $"{Json}Content-Length: {body.Length}\r\nContent-Length: {body.Length - 30}\r\n\r\n{body}");

                // An end here would race with the next call on this connection, which is no lie about lengths.
                return true;
            case "no number":
                await WriteAsync(stream, $"{Json}Content-Length: minus one\r\n\r\n{body}");
                return false;
            case "an event that breaks off":
                await WriteAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: message\ndata: {body[..^30]}");
                return false;
            case "more than anybody takes":
                await WriteAsync(stream, $"{Json}Content-Length: 1099511627776\r\n\r\n");
                var much = Encoding.ASCII.GetBytes(new string(' ', 1024 * 1024));
                while (true)
                {
                    await stream.WriteAsync(much, end.Token);
                }

            default:
                throw new InvalidOperationException(lie);
        }
    }

    private static string Result(JsonObject request, string result) => $$"""{"jsonrpc":"2.0","id":{{request["id"]!.ToJsonString()}},"result":{{result}}}""";

    private Task WriteAsync(Stream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text), end.Token).AsTask();
}
