using System.Net;
using System.Net.Sockets;
using System.Text;
using Agent.Models.Wire;

namespace Agent.Models.Tests.Wire;

/// <summary>Connections to a server that does not keep its word.</summary>
public sealed class ModelHttpTests
{
    [Fact]
    public async Task Request_ToAServerThatClosesWhatItSaidItKeeps_IsNotLost()
    {
        await using var server = new ClosingServer();
        var errors = new ModelErrors(new ModelEndpoint(server.Address, "fake", null, "KEY", new Dictionary<string, string>()));
        using var http = new ModelHttp(TimeSpan.FromSeconds(30), TimeProvider.System);

        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, server.Address) { Content = new StringContent("hello") };
            using var response = await http.SendAsync(request, errors, CancellationToken.None);
            Assert.Equal("ok", await response.Content.ReadAsStringAsync());
        }
    }

    /// <summary>Answers the first request of a connection, and closes it when the second one comes.</summary>
    private sealed class ClosingServer : IAsyncDisposable
    {
        private static readonly byte[] Answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nKeep-Alive: timeout=5, max=100\r\nContent-Length: 2\r\n\r\nok");

        private readonly CancellationTokenSource stop = new();
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly Task serving;

        public ClosingServer()
        {
            listener.Start();
            serving = ServeAsync(stop.Token);
        }

        public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1/");

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await serving;
            listener.Dispose();
            stop.Dispose();
        }

        private async Task ServeAsync(CancellationToken cancellationToken)
        {
            var buffer = new byte[4_096];
            try
            {
                while (true)
                {
                    using var connection = await listener.AcceptSocketAsync(cancellationToken);
                    var request = new StringBuilder();
                    while (!request.ToString().EndsWith("hello", StringComparison.Ordinal))
                    {
                        request.Append(Encoding.ASCII.GetString(buffer, 0, await connection.ReceiveAsync(buffer, cancellationToken)));
                    }

                    await connection.SendAsync(Answer, cancellationToken);
                    _ = await connection.ReceiveAsync(buffer, cancellationToken);
                    connection.LingerState = new LingerOption(enable: true, seconds: 0);
                }
            }
            catch (OperationCanceledException)
            {
            }
        }
    }
}
