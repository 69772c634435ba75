using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Agent.Mcp.Gateway;
using Agent.Mcp.Servers;
using Agent.Mcp.Tests.Servers;
using Agent.StreamableHttp;
using Agent.StreamableHttp.Authentication;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Mcp.Tests.Gateway;

/// <summary>The gateway before a real server in a child process, with clients over pipes and HTTP.</summary>
internal sealed class GatewayFixture : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];
    private readonly CancellationTokenSource end = new();

    private GatewayFixture(HubFixture hub, GatewayOptions options, TimeProvider time, LineLog log)
    {
        Hub = hub;
        Log = log;
        Pipeline = new PassThroughPipeline(hub.Hub, Approvals);
        Gateway = new GatewayServer(
            hub.Hub, Pipeline, Approvals, Provenances, Runner, Models, options, new StateFolder(Path.GetTempPath()), time, Log);
    }

    public HubFixture Hub { get; }

    public MemoryApprovals Approvals { get; } = new();

    public MemoryProvenances Provenances { get; } = new();

    public PassThroughPipeline Pipeline { get; }

    public ScriptedRunner Runner { get; } = new();

    public OfflineOnly Models { get; } = new();

    public GatewayServer Gateway { get; }

    /// <summary>What the gateway and its connections log.</summary>
    public LineLog Log { get; }

    public static async Task<GatewayFixture> StartAsync(
        Action<GatewayOptions>? configure = null, bool oldServer = false, string? rude = null, TimeProvider? time = null, Action<McpServersOptions>? more = null)
    {
        var options = new GatewayOptions();
        configure?.Invoke(options);
        var server = rude is not null ? HubFixture.Server("rude", rude) : oldServer ? HubFixture.Server("stdio", "--old") : HubFixture.Server("stdio");
        server.Sampling = true;
        var log = new LineLog();
        var hub = await HubFixture.StartAsync(
            servers =>
            {
                servers.Add("f", server);
                more?.Invoke(servers);
            },
            loggers: log);
        return new GatewayFixture(hub, options, time ?? TimeProvider.System, log);
    }

    /// <summary>A client on a pipe; <paramref name="version"/> pins the protocol.</summary>
    public async Task<McpClient> ConnectAsync(
        string? version = null, Func<ElicitRequestParams?, ElicitResult>? answer = null, string name = "test", Action<McpClientOptions>? configure = null)
    {
        var up = new Pipe();
        var down = new Pipe();
        var transport = new ClientTransport(up.Reader.AsStream(), down.Writer.AsStream(), Log.CreateLogger<ClientTransport>());
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

    /// <summary>
    /// A call of f__echo in the newer protocol, by hand, of a client that can be asked; with a state, the answer to its question.
    /// </summary>
    public static async Task<JsonNode> PostAsync(Uri url, string text, string client, string? state, string decision = "allow", string? token = null)
    {
        var parameters = new JsonObject { ["name"] = "f__echo", ["arguments"] = new JsonObject { ["text"] = text } };
        if (state is not null)
        {
            parameters["requestState"] = state;
            parameters["inputResponses"] = new JsonObject
            {
                ["approval"] = new JsonObject { ["action"] = "accept", ["content"] = new JsonObject { ["decision"] = decision } },
            };
        }

        return (await PostAsync(url, parameters, client, token))[^1];
    }

    /// <summary>A tool call of the newer protocol, by hand, and every message of its answer.</summary>
    public static async Task<IReadOnlyList<JsonNode>> PostAsync(Uri url, JsonObject parameters, string client, string? token = null, string? logLevel = null)
    {
        using var http = new HttpClient();
        parameters["_meta"] = new JsonObject
        {
            ["io.modelcontextprotocol/protocolVersion"] = "2026-07-28",
            ["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = client, ["version"] = "1" },
            ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject { ["elicitation"] = new JsonObject { ["form"] = new JsonObject() } },
        };
        if (logLevel is not null)
        {
            parameters["_meta"]!["io.modelcontextprotocol/logLevel"] = logLevel;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Content = new StringContent(
            new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = "tools/call", ["params"] = parameters }.ToJsonString(), Encoding.UTF8, "application/json");
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Headers.Add("MCP-Protocol-Version", "2026-07-28");
        request.Headers.Add("Mcp-Method", "tools/call");
        request.Headers.Add("Mcp-Name", parameters["name"]!.GetValue<string>());
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return body.StartsWith('{')
            ? [JsonNode.Parse(body)!]
            : [.. body.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!)];
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
