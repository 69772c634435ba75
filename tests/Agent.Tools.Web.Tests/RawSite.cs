using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Agent.Tools.Web.Tests;

/// <summary>A server below HTTP: it sends the bytes that a test wants, right or wrong.</summary>
internal sealed class RawSite : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private int _connections;

    public RawSite(Func<NetworkStream, CancellationToken, Task> answer)
    {
        _listener.Start();
        _ = Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                _ = Task.Run(async () =>
                {
                    using (client)
                    {
                        var stream = client.GetStream();
                        var buffer = new byte[8192];
                        var read = 0;
                        while (!Encoding.ASCII.GetString(buffer, 0, read).Contains("\r\n\r\n", StringComparison.Ordinal))
                        {
                            var more = await stream.ReadAsync(buffer.AsMemory(read), _stop.Token);
                            if (more == 0)
                            {
                                return;
                            }

                            read += more;
                        }

                        await answer(stream, _stop.Token);
                    }
                });
            }
        });
    }

    public int Connections => _connections;

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"http://127.0.0.1:{Port}/";

    public static RawSite Saying(string answer) => new(async (stream, token) => await stream.WriteAsync(Encoding.Latin1.GetBytes(answer), token));

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }
}
