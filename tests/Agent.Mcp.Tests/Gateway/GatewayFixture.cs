using System.IO.Pipelines;
using Agent.Mcp.Gateway;
using Agent.Mcp.Servers;
using Agent.Mcp.Tests.Servers;
using Agent.StreamableHttp;
using Agent.StreamableHttp.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Mcp.Tests.Gateway;

/// <summary>The gateway before a real server in a child process, with clients over pipes and HTTP.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];
    private readonly CancellationTokenSource end = new();

    private GatewayFixture(HubFixture hub, GatewayOptions options, TimeProvider time)
    {
        Hub = hub;
        Pipeline = new PassThroughPipeline(hub.Hub, Approvals);
        Gateway = new GatewayServer(
            hub.Hub, Pipeline, Approvals, Provenances, Runner, Models, options, new StateFolder(Path.GetTempPath()), time, NullLoggerFactory.Instance);
    }

    public HubFixture Hub { get; }

    public MemoryApprovals Approvals { get; } = new();

    public MemoryProvenances Provenances { get; } = new();

    public PassThroughPipeline Pipeline { get; }

    public ScriptedRunner Runner { get; } = new();

    public OfflineOnly Models { get; } = new();

    public GatewayServer Gateway { get; }

    public static async Task<GatewayFixture> StartAsync(
        Action<GatewayOptions>? configure = null, bool oldServer = false, string? rude = null, TimeProvider? time = null)
    {
        var options = new GatewayOptions();
        configure?.Invoke(options);
        var server = rude is not null ? HubFixture.Server("rude", rude) : oldServer ? HubFixture.Server("stdio", "--old") : HubFixture.Server("stdio");
        server.Sampling = true;
        return new GatewayFixture(await HubFixture.StartAsync(servers => servers.Add("f", server)), options, time ?? TimeProvider.System);
    }

    /// <summary>A client on a pipe; <paramref name="version"/> pins the protocol.</summary>
    public async Task<McpClient> ConnectAsync(
        string? version = null, Func<ElicitRequestParams?, ElicitResult>? answer = null, string name = "test", Action<McpClientOptions>? configure = null)
    {
        var up = new Pipe();
        var down = new Pipe();
        var transport = new StreamServerTransport(up.Reader.AsStream(), down.Writer.AsStream());
        var serving = Gateway.RunAsync(transport, end.Token);
        var options = new McpClientOptions
        {
            ProtocolVersion = version,
            ClientInfo = new Implementation { Name = name, Version = "1" },
            Handlers = answer is null ? new McpClientHandlers() : new McpClientHandlers { ElicitationHandler = (question, _) => ValueTask.FromResult(answer(question)) },
        };
        configure?.Invoke(options);
        var client = await McpClient.CreateAsync(new StreamClientTransport(up.Writer.AsStream(), down.Reader.AsStream()), options);
        owned.Add(client);
        return client;
    }

    public async Task<McpHttpServer> ServeAsync(IBearerAuthenticator? authenticator = null)
    {
        var server = await McpHttpServer.StartAsync(Gateway.HttpOptions(new Uri("http://127.0.0.1:0/mcp"), authenticator), Gateway.Create);
        owned.Add(server);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var item in owned)
        {
            await item.DisposeAsync();
        }

        await end.CancelAsync();
        Gateway.Dispose();
        await Hub.DisposeAsync();
        end.Dispose();
    }
}
