using System.Text.Json.Nodes;
using Agent.StreamableHttp.Authentication;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Tests.Gateway;

/// <summary>Calls that wait for a person while their client waits, has gone, or holds the question.</summary>
public sealed class HeldCallTests
{
    private const string New = "2026-07-28";
    private const string Old = "2025-11-25";
    private const string Left = "The client left its call of f.echo";

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Approval_ClientGivesUpWhileAPersonIsAsked_TheSameCallGoesOnLater(string version)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Pipeline.Ask.Add("echo");
        var client = await gateway.ConnectAsync(version);

        var call = client.SendRequestAsync(new JsonRpcRequest
        {
            Id = new RequestId("given-up"),
            Method = RequestMethods.ToolsCall,
            Params = new JsonObject { ["name"] = "f__echo", ["arguments"] = new JsonObject { ["text"] = "later" } },
        });
        var asked = await gateway.Approvals.FirstAsked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await client.SendMessageAsync(new JsonRpcNotification { Method = NotificationMethods.CancelledNotification, Params = new JsonObject { ["requestId"] = "given-up" } });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await gateway.Log.SeenAsync(Left);

        // The question is still there, and a yes alone starts nothing.
        Assert.True((await gateway.Approvals.ApproveAsync(asked.Id)).Accepted);
        Assert.True((await client.CallToolAsync("f__add", new Dictionary<string, object?> { ["a"] = 1, ["b"] = 2 })).IsError is not true);
        Assert.DoesNotContain(gateway.Pipeline.Ran, ran => ran.Call.Name == "f.echo");
        var other = client.CallToolAsync("f__echo", new Dictionary<string, object?> { ["text"] = "other" }).AsTask();
        Assert.Equal("later", Text(await client.CallToolAsync("f__echo", new Dictionary<string, object?> { ["text"] = "later" })));
        Assert.Equal(asked.RunId, Assert.Single(gateway.Pipeline.Ran, ran => ran.Call.Name == "f.echo").Context.RunId);

        // Another call is another question.
        Assert.True((await gateway.Approvals.ApproveAsync(await gateway.Approvals.AskedAsync(2))).Accepted);
        Assert.Equal("other", Text(await other));
        Assert.Equal(2, gateway.Approvals.Count);
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Approval_ConnectionClosedWhileAPersonIsAsked_TheSameCallGoesOnLater(string version)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Pipeline.Ask.Add("echo");
        var server = await gateway.ServeAsync();
        await using var client = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions { Endpoint = server.Url }), new McpClientOptions { ProtocolVersion = version });
        var arguments = new Dictionary<string, object?> { ["text"] = "later" };

        using var giveUp = new CancellationTokenSource();
        var call = client.CallToolAsync("f__echo", arguments, cancellationToken: giveUp.Token).AsTask();
        var asked = await gateway.Approvals.FirstAsked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await gateway.Log.SeenAsync(Left);
        Assert.True((await gateway.Approvals.ApproveAsync(asked.Id)).Accepted);
        Assert.Equal("later", Text(await client.CallToolAsync("f__echo", arguments)));
        Assert.Equal(asked.RunId, Assert.Single(gateway.Pipeline.Ran).Context.RunId);
        Assert.Equal(1, gateway.Approvals.Count);
    }

    [Fact]
    public async Task Approval_ClientNeverComesBackWithItsQuestion_TheSameCallGoesOnLater()
    {
        var time = new SteppedTime();
        await using var gateway = await GatewayFixture.StartAsync(time: time);
        gateway.Pipeline.Ask.Add("echo");
        var server = await gateway.ServeAsync();

        var question = (await GatewayFixture.PostAsync(server.Url, "one", "a", null))["result"]!;
        Assert.Equal("input_required", question["resultType"]!.GetValue<string>());
        Assert.Equal(1, gateway.Gateway.WaitingCount);
        time.Pass(TimeSpan.FromSeconds(301));
        await gateway.Log.SeenAsync(Left);
        Assert.Equal(0, gateway.Gateway.WaitingCount);
        Assert.True((await gateway.Approvals.ApproveAsync("q1")).Accepted);
        Assert.Equal("one", TextOf(await GatewayFixture.PostAsync(server.Url, "one", "a", null)));
        Assert.Single(gateway.Pipeline.Ran);
    }

    [Theory]
    [InlineData("allow")]
    [InlineData("deny")]
    public async Task Approval_AnsweredInATerminalWhileTheClientHoldsTheQuestion_StartsWhenTheClientIsBack(string late)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Pipeline.Ask.Add("echo");
        var server = await gateway.ServeAsync();

        var state = (await GatewayFixture.PostAsync(server.Url, "one", "a", null))["result"]!["requestState"]!.GetValue<string>();
        Assert.True((await gateway.Approvals.ApproveAsync("q1")).Accepted);
        await GatewayFixture.PostAsync(server.Url, "another", "a", null);
        Assert.Empty(gateway.Pipeline.Ran);

        // The first answer wins, whatever the client says now; and it hears how its call went.
        Assert.Equal("one", TextOf(await GatewayFixture.PostAsync(server.Url, "one", "a", state, late)));
        Assert.Single(gateway.Pipeline.Ran);
        Assert.Equal(-32602, (await GatewayFixture.PostAsync(server.Url, "one", "a", state))["error"]!["code"]!.GetValue<int>());
        Assert.Single(gateway.Pipeline.Ran);
    }

    [Fact]
    public async Task RequestState_Expired_IsRefused()
    {
        var time = new SteppedTime();
        await using var gateway = await GatewayFixture.StartAsync(time: time);
        gateway.Pipeline.Ask.Add("echo");
        var server = await gateway.ServeAsync();

        var question = (await GatewayFixture.PostAsync(server.Url, "one", "a", null))["result"]!;
        time.Later(TimeSpan.FromSeconds(301));
        var refused = await GatewayFixture.PostAsync(server.Url, "one", "a", question["requestState"]!.GetValue<string>());
        Assert.Equal(-32602, refused["error"]!["code"]!.GetValue<int>());
        Assert.Contains("not valid here", refused["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(gateway.Pipeline.Ran);
    }

    [Fact]
    public async Task RequestState_TamperedReplayedForeignOrForAnotherCall_IsRefused()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Pipeline.Ask.Add("echo");
        var server = await gateway.ServeAsync();
        Task<JsonNode> Post(string text, string client, string? state) => GatewayFixture.PostAsync(server.Url, text, client, state);

        var question = (await Post("one", "a", null))["result"]!;
        Assert.Equal("input_required", question["resultType"]!.GetValue<string>());
        var state = question["requestState"]!.GetValue<string>();
        var spoilt = state[..^2] + (state[^2] == 'A' ? 'B' : 'A') + state[^1];
        foreach (var refused in new[]
        {
            await Post("one", "a", spoilt),
            await Post("one", "a", "AAAA"),
            await Post("two", "a", state),
            await Post("one", "b", state),
        })
        {
            Assert.Equal(-32602, refused["error"]!["code"]!.GetValue<int>());
            Assert.Contains("not valid here", refused["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        Assert.Empty(gateway.Pipeline.Ran);
        Assert.Equal("one", (await Post("one", "a", state))["result"]!["content"]![0]!["text"]!.GetValue<string>());
        Assert.Equal(-32602, (await Post("one", "a", state))["error"]!["code"]!.GetValue<int>());
        Assert.Single(gateway.Pipeline.Ran);
    }

    [Fact]
    public async Task RequestState_OfAnotherUser_IsRefused()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Pipeline.Ask.Add("echo");
        var server = await gateway.ServeAsync(new TokenIsTheUser());

        var state = (await GatewayFixture.PostAsync(server.Url, "one", "a", null, token: "anna"))["result"]!["requestState"]!.GetValue<string>();
        Assert.Equal(-32602, (await GatewayFixture.PostAsync(server.Url, "one", "a", state, token: "bert"))["error"]!["code"]!.GetValue<int>());
        Assert.Empty(gateway.Pipeline.Ran);
        Assert.Equal("one", TextOf(await GatewayFixture.PostAsync(server.Url, "one", "a", state, token: "anna")));
    }

    private sealed class TokenIsTheUser : IBearerAuthenticator
    {
        public ValueTask<BearerResult> AuthenticateAsync(string? token, Uri resource, CancellationToken cancellationToken) =>
            ValueTask.FromResult(token is null ? BearerResult.Refuse("invalid_token", "no") : BearerResult.Accept(token));

        public JsonObject? Metadata(Uri resource) => null;
    }

    private static string Text(CallToolResult result) => string.Join('\n', result.Content.OfType<TextContentBlock>().Select(block => block.Text));

    private static string TextOf(JsonNode answer) => answer["result"]!["content"]![0]!["text"]!.GetValue<string>();
}
