using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Agent.Benchmarks.Gateway;

/// <summary>An MCP server over Streamable HTTP in a process of its own, spoken to as thinly as can be.</summary>
internal sealed partial class HttpPeer : IDisposable
{
    private readonly Process process;
    private readonly HttpClient http = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Uri url = null!;

    private HttpPeer(string name, Process process)
    {
        Name = name;
        this.process = process;
    }

    public string Name { get; }

    /// <summary>What the process itself holds in memory.</summary>
    public double MegabytesResident =>
        double.Parse(File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Starts it and waits until it listens: at the address it prints, or at <paramref name="url"/>.</summary>
    public static async Task<HttpPeer> StartAsync(string name, string program, IEnumerable<string> arguments, Uri? url)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var peer = new HttpPeer(name, process);
        process.ErrorDataReceived += peer.Look;
        process.OutputDataReceived += peer.Look;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        if (url is not null)
        {
            peer.url = url;
            for (var i = 0; ; i++)
            {
                try
                {
                    (await peer.OpenAsync()).Dispose();
                    return peer;
                }
                catch (HttpRequestException) when (i < 100)
                {
                    await Task.Delay(200);
                }
            }
        }

        peer.url = await peer.listening.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return peer;
    }

    public async Task<HttpPeerSession> OpenAsync()
    {
        using var response = await SendAsync(HttpMethod.Post, null, """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"benchmark","version":"1"}}}""");
        response.EnsureSuccessStatusCode();
        var id = response.Headers.GetValues("Mcp-Session-Id").First();
        using var told = await SendAsync(HttpMethod.Post, id, """{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        return new HttpPeerSession(this, id);
    }

    internal async Task<HttpResponseMessage> SendAsync(HttpMethod method, string? session, string? body)
    {
        using var request = new HttpRequestMessage(method, url);
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        if (session is not null)
        {
            request.Headers.TryAddWithoutValidation("Mcp-Session-Id", session);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return await http.SendAsync(request);
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        http.Dispose();
    }

    private void Look(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is { } line && Address().Match(line) is { Success: true } found)
        {
            listening.TrySetResult(new Uri(found.Value));
        }
    }

    [GeneratedRegex("http://[0-9.:]+/mcp")]
    private static partial Regex Address();
}

/// <summary>One session with it.</summary>
internal sealed class HttpPeerSession(HttpPeer peer, string id) : IDisposable
{
    private int last;

    public async Task CallAsync(string tool, string arguments)
    {
        using var response = await peer.SendAsync(HttpMethod.Post, id, string.Create(
            CultureInfo.InvariantCulture, $$$"""{"jsonrpc":"2.0","id":{{{Interlocked.Increment(ref last)}}},"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}"""));
        var body = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode || body.Contains("\"isError\":true", StringComparison.Ordinal) || body.Contains("\"error\":{", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{peer.Name}: {body}");
        }
    }

    public async Task CloseAsync() => (await peer.SendAsync(HttpMethod.Delete, id, null)).Dispose();

    public void Dispose()
    {
    }
}
