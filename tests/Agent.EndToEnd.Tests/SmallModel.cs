using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Agent.EndToEnd.Tests;

/// <summary>The small model beside the checkout, in a process of its own.</summary>
public sealed class SmallModel : IAsyncLifetime
{
    private readonly string[] options;
    private Process? process;

    public SmallModel()
        : this([])
    {
    }

    internal SmallModel(params string[] options) => this.options = options;

    internal static string Serve { get; } = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "model", "serve"));

    internal int Port { get; private set; }

    internal string Endpoint => $"http://127.0.0.1:{Port}/v1";

    public async Task InitializeAsync()
    {
        if (!File.Exists(Serve))
        {
            return;
        }

        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        process = Process.Start(new ProcessStartInfo(Serve, [Port.ToString(System.Globalization.CultureInfo.InvariantCulture), .. options]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var http = new HttpClient();
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var response = await http.GetAsync($"http://127.0.0.1:{Port}/health");
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (tries < 600 && !process.HasExited)
            {
            }

            // The server says only by answering that it has read its weights.
            await Task.Delay(200);
        }
    }

    public Task DisposeAsync()
    {
        Kill();
        process?.Dispose();
        return Task.CompletedTask;
    }

    internal void Kill()
    {
        if (process is { HasExited: false })
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }
    }

    /// <summary>Sends a signal by its name.</summary>
    internal void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}

/// <summary>Stands before a server and says when its first streamed words came through.</summary>
internal sealed class WatchedPort : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int target;
    private readonly Action onStream;
    private int seen;

    public WatchedPort(int target, Action onStream)
    {
        this.target = target;
        this.onStream = onStream;
        listener.Start();
        _ = AcceptAsync();
    }

    public string Endpoint => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1";

    public bool Seen => Volatile.Read(ref seen) > 0;

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ForwardAsync(await listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, target);
                var up = CopyAsync(client.GetStream(), server.GetStream(), watch: false);
                await CopyAsync(server.GetStream(), client.GetStream(), watch: true);
                client.Close();
                await up;
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // One side is gone, and so is the other now.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool watch)
    {
        var buffer = new byte[16 * 1024];
        for (int read; (read = await from.ReadAsync(buffer)) > 0;)
        {
            await to.WriteAsync(buffer.AsMemory(0, read));
            if (watch && Encoding.UTF8.GetString(buffer, 0, read).Contains("data: ", StringComparison.Ordinal) && Interlocked.Exchange(ref seen, 1) == 0)
            {
                onStream();
            }
        }
    }
}

/// <summary>A test that needs the small model: skipped, visibly, where it is not beside the checkout.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallModelFactAttribute : FactAttribute
{
    public SmallModelFactAttribute()
    {
        if (!File.Exists(SmallModel.Serve))
        {
            Skip = "The small model is not beside the checkout (../shared/model).";
        }
    }
}
