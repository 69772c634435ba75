using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Agent.StreamableHttp.Authentication;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.StreamableHttp.Tests;

/// <summary>An endpoint on a free port with a small server behind it, and requests made by hand.</summary>
internal sealed class HttpFixture : IAsyncDisposable
{
    public const string New = "2026-07-28";
    public const string Old = "2025-11-25";

    private HttpFixture(McpHttpServer server) => Server = server;

    public McpHttpServer Server { get; }

    public HttpClient Http { get; } = new();

    /// <summary>Completes when the tool <c>wait</c> was cancelled.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the tool <c>wait</c> runs.</summary>
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<HttpFixture> StartAsync(Func<McpHttpOptions, McpHttpOptions>? configure = null, TimeProvider? time = null)
    {
        HttpFixture? fixture = null;
        var options = new McpHttpOptions { ToolSchema = name => name == "region" ? RegionSchema : null };
        var server = await McpHttpServer.StartAsync(
            configure is null ? options : configure(options), (transport, connection) => McpServer.Create(transport, fixture!.Options(connection)), time);
        fixture = new HttpFixture(server);
        return fixture;
    }

    public static JsonObject Call(string method, JsonObject? parameters = null, int id = 1, string? version = New)
    {
        parameters ??= [];
        if (version == New)
        {
            parameters["_meta"] = new JsonObject
            {
                [MetaKeys.ProtocolVersion] = New,
                [MetaKeys.ClientInfo] = new JsonObject { ["name"] = "test", ["version"] = "1" },
                [MetaKeys.ClientCapabilities] = new JsonObject(),
            };
        }

        return new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters };
    }

    public static JsonObject Initialize(string version = Old) => Call(
        "initialize",
        new JsonObject
        {
            ["protocolVersion"] = version,
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "test", ["version"] = "1" },
        },
        version: version);

    /// <summary>Posts a message with the headers that its body asks for, which <paramref name="change"/> may spoil.</summary>
    public async Task<(int Status, JsonNode? Body, HttpResponseMessage Response)> PostAsync(
        JsonNode message, Action<HttpRequestMessage>? change = null, string? version = New, CancellationToken cancellationToken = default)
    {
        using var request = Request(message, version);
        change?.Invoke(request);
        var response = await Http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var json = text.StartsWith('{') ? text : text.Split('\n').LastOrDefault(line => line.StartsWith("data: ", StringComparison.Ordinal))?[6..];
        return ((int)response.StatusCode, json is null ? null : JsonNode.Parse(json), response);
    }

    public HttpRequestMessage Request(JsonNode message, string? version)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Server.Url)
        {
            Content = new StringContent(message.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (version is not null)
        {
            request.Headers.Add("MCP-Protocol-Version", version);
        }

        if (version == New && message is JsonObject body && body["method"]?.GetValue<string>() is { } method)
        {
            request.Headers.Add("Mcp-Method", method);
            if ((body["params"]?["name"] ?? body["params"]?["uri"])?.GetValue<string>() is { } name)
            {
                request.Headers.Add("Mcp-Name", name);
            }
        }

        return request;
    }

    public async Task<string> OpenSessionAsync(Action<HttpRequestMessage>? change = null)
    {
        var (status, _, response) = await PostAsync(Initialize(), change, Old);
        Assert.Equal(200, status);
        return response.Headers.GetValues("Mcp-Session-Id").Single();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
    }

    private static System.Text.Json.JsonElement RegionSchema { get; } = System.Text.Json.JsonDocument.Parse(
        """{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},"count":{"type":"integer","x-mcp-header":"Count"}}}""").RootElement;

    private McpServerOptions Options(McpHttpConnection connection) => new()
    {
        ServerInfo = new Implementation { Name = "fixture", Version = "1" },
        ToolCollection =
        [
            McpServerTool.Create((string text) => text, new() { Name = "echo" }),
            McpServerTool.Create(([McpHeader("Region")] string region, [McpHeader("Count")] int count) => $"{region} {count}", new() { Name = "region" }),
            McpServerTool.Create(() => connection.User ?? "nobody", new() { Name = "who" }),
            McpServerTool.Create(
                string () => throw new MissingRequiredClientCapabilityException(new ClientCapabilities { Elicitation = new ElicitationCapability() }, "it has to ask"),
                new() { Name = "needy" }),
            McpServerTool.Create(
                async (CancellationToken cancellationToken) =>
                {
                    Waiting.TrySetResult();
                    try
                    {
                        await Task.Delay(Timeout.Infinite, cancellationToken);
                    }
                    finally
                    {
                        Cancelled.TrySetResult();
                    }
                },
                new() { Name = "wait" }),
        ],
    };
}
