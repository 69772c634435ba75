using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Agent.StreamableHttp.Authentication;
using ModelContextProtocol.Client;

namespace Agent.StreamableHttp.Tests;

public sealed class EndpointTests
{
    [Theory]
    [InlineData(null, "2026-07-28")]
    [InlineData("2025-11-25", "2025-11-25")]
    [InlineData("2025-06-18", "2025-06-18")]
    public async Task Endpoint_SdkClientOfEitherGeneration_ListsAndCalls(string? pinned, string expected)
    {
        await using var fixture = await HttpFixture.StartAsync();
        await using var client = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions { Endpoint = fixture.Server.Url }), new McpClientOptions { ProtocolVersion = pinned });

        Assert.Equal(expected, client.NegotiatedProtocolVersion);
        Assert.Contains(await client.ListToolsAsync(), tool => tool.Name == "echo");
        var result = await client.CallToolAsync("echo", new Dictionary<string, object?> { ["text"] = "hello" });
        Assert.Equal("hello", Assert.IsType<ModelContextProtocol.Protocol.TextContentBlock>(Assert.Single(result.Content)).Text);
        var named = await client.CallToolAsync("region", new Dictionary<string, object?> { ["region"] = "north", ["count"] = 3 });
        Assert.NotEqual(true, named.IsError);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Origin", "http://localhost:6274", 200)]
    [InlineData("Host", "evil.example", 403)]
    [InlineData("Host", "localhost:1", 200)]
    public async Task Post_OriginAndHost_AreChecked(string header, string value, int expected)
    {
        await using var fixture = await HttpFixture.StartAsync();

        var (status, _, _) = await fixture.PostAsync(HttpFixture.Call("tools/list"), request => request.Headers.TryAddWithoutValidation(header, value));
        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task Post_WrongContentTypeAcceptOrSize_IsRefused()
    {
        await using var fixture = await HttpFixture.StartAsync(options => options with { MaxBodyBytes = 2000 });
        var message = HttpFixture.Call("tools/list");

        Assert.Equal(415, (await fixture.PostAsync(message, request => request.Content = new StringContent("{}", Encoding.UTF8, "text/plain"))).Status);
        Assert.Equal(406, (await fixture.PostAsync(message, request =>
        {
            request.Headers.Accept.Clear();
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        })).Status);
        Assert.Equal(200, (await fixture.PostAsync(message, request =>
        {
            request.Headers.Accept.Clear();
            request.Headers.Accept.ParseAdd("*/*");
        })).Status);
        var large = HttpFixture.Call("tools/call", new JsonObject { ["name"] = "echo", ["arguments"] = new JsonObject { ["text"] = new string('x', 3000) } });
        Assert.Equal(413, (await fixture.PostAsync(large)).Status);
        Assert.Equal(413, (await fixture.PostAsync(large, request => request.Headers.TransferEncodingChunked = true)).Status);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"method":"ping"}]""")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"2.0"}""")]
    [InlineData("\"text\"")]
    public async Task Post_NoSingleMessage_Is400With32600(string body)
    {
        await using var fixture = await HttpFixture.StartAsync();

        var (status, error, _) = await fixture.PostAsync(
            HttpFixture.Call("x"), request => request.Content = new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(400, status);
        Assert.Equal(-32600, error!["error"]!["code"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("MCP-Protocol-Version", "2025-11-25", -32020)]
    [InlineData("MCP-Protocol-Version", null, -32020)]
    [InlineData("MCP-Protocol-Version", "1999-01-01", -32022)]
    [InlineData("Mcp-Method", "tools/list", -32020)]
    [InlineData("Mcp-Method", null, -32020)]
    [InlineData("Mcp-Name", "who", -32020)]
    [InlineData("Mcp-Name", null, -32020)]
    public async Task Post_HeaderAndBodyDisagree_Is400(string header, string? value, int code)
    {
        await using var fixture = await HttpFixture.StartAsync();

        var (status, error, _) = await fixture.PostAsync(
            HttpFixture.Call("tools/call", new JsonObject { ["name"] = "echo", ["arguments"] = new JsonObject { ["text"] = "x" } }, id: 77),
            request =>
            {
                request.Headers.Remove(header);
                if (value is not null)
                {
                    request.Headers.Add(header, value);
                }
            });
        Assert.Equal(400, status);
        Assert.Equal(code, error!["error"]!["code"]!.GetValue<int>());
        Assert.Equal(77, error["id"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("north", "3", 200)]
    [InlineData("=?base64?bm9ydGg=?=", "3", 200)]
    [InlineData("south", "3", 400)]
    [InlineData("north", "4", 400)]
    [InlineData(null, "3", 400)]
    public async Task Post_ArgumentsInHeaders_AreCompared(string? region, string count, int expected)
    {
        await using var fixture = await HttpFixture.StartAsync();

        var (status, _, _) = await fixture.PostAsync(
            HttpFixture.Call("tools/call", new JsonObject { ["name"] = "region", ["arguments"] = new JsonObject { ["region"] = "north", ["count"] = 3 } }),
            request =>
            {
                if (region is not null)
                {
                    request.Headers.TryAddWithoutValidation("Mcp-Param-Region", region);
                }

                request.Headers.Add("Mcp-Param-Count", count);
            });
        Assert.Equal(expected, status);
    }

    [Fact]
    public async Task Post_NewProtocol_RefusesWhatItNoLongerHas()
    {
        await using var fixture = await HttpFixture.StartAsync();

        var (status, error, _) = await fixture.PostAsync(HttpFixture.Call("ping"));
        Assert.Equal((404, -32601), (status, error!["error"]!["code"]!.GetValue<int>()));
        (status, error, _) = await fixture.PostAsync(HttpFixture.Call("no/such"));
        Assert.Equal((404, -32601), (status, error!["error"]!["code"]!.GetValue<int>()));
        Assert.Equal(400, (await fixture.PostAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["result"] = new JsonObject() })).Status);
        var noCapabilities = HttpFixture.Call("tools/list");
        noCapabilities["params"]!["_meta"]!["io.modelcontextprotocol/clientCapabilities"] = "all";
        (status, error, _) = await fixture.PostAsync(noCapabilities);
        Assert.Equal((400, -32602), (status, error!["error"]!["code"]!.GetValue<int>()));
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
        {
            using var request = new HttpRequestMessage(method, fixture.Server.Url);
            request.Headers.Add("MCP-Protocol-Version", HttpFixture.New);
            using var response = await fixture.Http.SendAsync(request);
            Assert.Equal(405, (int)response.StatusCode);
            Assert.Equal(["POST"], response.Content.Headers.Allow);
        }
    }

    [Fact]
    public async Task Post_ErrorOfTheServerItself_IsJsonWithItsStatus()
    {
        await using var fixture = await HttpFixture.StartAsync();

        var (status, error, response) = await fixture.PostAsync(HttpFixture.Call("tools/call", new JsonObject { ["name"] = "needy" }, id: 5));
        Assert.Equal((400, -32021, 5), (status, error!["error"]!["code"]!.GetValue<int>(), error["id"]!.GetValue<int>()));
        Assert.Equal("it has to ask", error["error"]!["message"]!.GetValue<string>());
        Assert.NotNull(error["error"]!["data"]!["requiredCapabilities"]!["elicitation"]);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("{", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        (status, _, response) = await fixture.PostAsync(HttpFixture.Call("no/such"));
        Assert.Equal((404, "application/json"), (status, response.Content.Headers.ContentType!.MediaType));
        (status, _, response) = await fixture.PostAsync(HttpFixture.Call("tools/list"));
        Assert.Equal((200, "text/event-stream"), (status, response.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task Session_Lifetime_IsOpenedUsedAndClosed()
    {
        await using var fixture = await HttpFixture.StartAsync();
        void With(HttpRequestMessage request, string id) => request.Headers.Add("Mcp-Session-Id", id);

        Assert.Equal(400, (await fixture.PostAsync(HttpFixture.Call("tools/list", version: null), version: HttpFixture.Old)).Status);
        var id = await fixture.OpenSessionAsync();
        Assert.True(id.Length >= 22);
        Assert.Equal(200, (await fixture.PostAsync(HttpFixture.Call("tools/list", version: null), request => With(request, id), HttpFixture.Old)).Status);
        var (status, error, _) = await fixture.PostAsync(HttpFixture.Call("tools/list", version: null), request => With(request, "guess"), HttpFixture.Old);
        Assert.Equal((404, -32001), (status, error!["error"]!["code"]!.GetValue<int>()));
        var notification = new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" };
        var (accepted, nothing, _) = await fixture.PostAsync(notification, request => With(request, id), HttpFixture.Old);
        Assert.Equal(202, accepted);
        Assert.Null(nothing);
        using var delete = new HttpRequestMessage(HttpMethod.Delete, fixture.Server.Url);
        With(delete, id);
        Assert.True((await fixture.Http.SendAsync(delete)).IsSuccessStatusCode);
        Assert.Equal(404, (await fixture.PostAsync(HttpFixture.Call("tools/list", version: null), request => With(request, id), HttpFixture.Old)).Status);
        Assert.Equal(0, fixture.Server.SessionCount);
    }

    [Fact]
    public async Task Session_OfAnotherUser_IsRefused()
    {
        await using var fixture = await HttpFixture.StartAsync(options => options with { Authenticator = new TwoUsers() });
        void As(HttpRequestMessage request, string token) => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

        var id = await fixture.OpenSessionAsync(request => As(request, "anna"));
        var (status, _, _) = await fixture.PostAsync(
            HttpFixture.Call("tools/list", version: null),
            request =>
            {
                As(request, "bert");
                request.Headers.Add("Mcp-Session-Id", id);
            },
            HttpFixture.Old);
        Assert.Equal(403, status);
    }

    [Fact]
    public async Task Sessions_MoreThanAllowed_AreRefused()
    {
        await using var fixture = await HttpFixture.StartAsync(options => options with { MaxSessions = 2 });

        await fixture.OpenSessionAsync();
        await fixture.OpenSessionAsync();
        Assert.Equal(503, (await fixture.PostAsync(HttpFixture.Initialize(), version: HttpFixture.Old)).Status);
    }

    [Theory]
    [InlineData(HttpFixture.New)]
    [InlineData(HttpFixture.Old)]
    public async Task Call_ClientGoesAway_IsCancelled(string version)
    {
        await using var fixture = await HttpFixture.StartAsync();
        var session = version == HttpFixture.Old ? await fixture.OpenSessionAsync() : null;
        using var leave = new CancellationTokenSource();

        var call = fixture.PostAsync(
            HttpFixture.Call("tools/call", new JsonObject { ["name"] = "wait", ["arguments"] = new JsonObject() }, version: version),
            request =>
            {
                if (session is not null)
                {
                    request.Headers.Add("Mcp-Session-Id", session);
                }
            },
            version,
            leave.Token);
        await fixture.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await fixture.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Dispose_WithACallAndAStreamOpen_EndsSoon()
    {
        var fixture = await HttpFixture.StartAsync();
        var session = await fixture.OpenSessionAsync();
        using var get = new HttpRequestMessage(HttpMethod.Get, fixture.Server.Url);
        get.Headers.Add("Mcp-Session-Id", session);
        get.Headers.Accept.ParseAdd("text/event-stream");
        using var stream = await fixture.Http.SendAsync(get, HttpCompletionOption.ResponseHeadersRead);
        var call = fixture.PostAsync(HttpFixture.Call("tools/call", new JsonObject { ["name"] = "wait", ["arguments"] = new JsonObject() }));
        await fixture.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(10));

        await fixture.Server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(4));
        await fixture.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(1));
        fixture.Http.Dispose();
        await Task.WhenAny(call);
    }

    [Fact]
    public async Task Start_OpenToOthersWithoutAuthentication_IsRefused() =>
        Assert.Contains("must authenticate", (await Assert.ThrowsAsync<ArgumentException>(() =>
            HttpFixture.StartAsync(options => options with { Url = new Uri("http://0.0.0.0:0/mcp") }))).Message, StringComparison.Ordinal);

    private sealed class TwoUsers : IBearerAuthenticator
    {
        public ValueTask<BearerResult> AuthenticateAsync(string? token, Uri resource, CancellationToken cancellationToken) =>
            ValueTask.FromResult(token is "anna" or "bert" ? BearerResult.Accept(token) : BearerResult.Refuse("invalid_token", "no"));

        public JsonObject? Metadata(Uri resource) => null;
    }
}
