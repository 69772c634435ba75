using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Tests.Gateway;

public sealed class GatewayTests
{
    private const string New = "2026-07-28";
    private const string Old = "2025-11-25";

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Tools_EitherGeneration_AreListedInOrderAndCalledWhole(string version)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Pipeline.Hidden.Add("die");
        var client = await gateway.ConnectAsync(version);

        var names = (await client.ListToolsAsync()).Select(tool => tool.Name).ToList();
        Assert.Equal("ask_agent", names[0]);
        Assert.Equal(names.Skip(1).Order(StringComparer.Ordinal), names.Skip(1));
        Assert.Contains("f__echo", names);
        Assert.DoesNotContain("f__die", names);
        var raw = (await client.SendRequestAsync(new JsonRpcRequest
        {
            Method = "tools/call",
            Params = new JsonObject { ["name"] = "f__structured", ["arguments"] = new JsonObject() },
        })).Result!;
        Assert.Equal(["text", "image", "audio", "resource_link", "resource"], raw["content"]!.AsArray().Select(block => block!["type"]!.GetValue<string>()));
        Assert.Equal("12345678901234567890", raw["structuredContent"]!["big"]!.ToJsonString());
        Assert.Equal("kept", raw["_meta"]!["fixture/mark"]!.GetValue<string>());
        Assert.Equal(version == New ? "complete" : null, raw["resultType"]?.GetValue<string>());
        var hidden = await Assert.ThrowsAsync<McpProtocolException>(async () => await client.CallToolAsync("f__die"));
        Assert.Equal(McpErrorCode.InvalidParams, hidden.ErrorCode);
        var unknown = await Assert.ThrowsAsync<McpProtocolException>(async () => await client.CallToolAsync("f__ecko"));
        Assert.Contains("Did you mean f__echo?", unknown.Message, StringComparison.Ordinal);
        Assert.Equal("mcp:test", gateway.Pipeline.Ran.First().Context.Client);
    }

    [Theory]
    [InlineData(New, "allow", "hello")]
    [InlineData(Old, "allow", "hello")]
    [InlineData(New, "deny", "refused: not today")]
    [InlineData(Old, "deny", "refused: not today")]
    public async Task Approval_InTheClient_ShowsTheWholeCallAndDecides(string version, string decision, string expected)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Pipeline.Ask.Add("echo");
        string? shown = null;
        var client = await gateway.ConnectAsync(version, question =>
        {
            shown = question!.Message;
            return new ElicitResult
            {
                Action = "accept",
                Content = new Dictionary<string, System.Text.Json.JsonElement>
                {
                    ["decision"] = System.Text.Json.JsonSerializer.SerializeToElement(decision),
                    ["comment"] = System.Text.Json.JsonSerializer.SerializeToElement("not today"),
                },
            };
        });

        var result = await client.CallToolAsync("f__echo", new Dictionary<string, object?> { ["text"] = "hello" });
        Assert.Equal(expected, Text(result));
        Assert.Equal(decision == "deny", result.IsError == true);
        Assert.Contains("mcp:test wants to call f.echo (write)", shown, StringComparison.Ordinal);
        Assert.Contains("\"text\": \"hello\"", shown, StringComparison.Ordinal);
        Assert.Contains("a test asks", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Approval_UntilADateInTheClient_IsAskedAgainUntilTheDateIsOne(string version)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Pipeline.Ask.Add("echo");
        gateway.Approvals.CanGrant = true;
        var dates = new Queue<string?>([null, "soon", "2031-05-06"]);
        var shown = new List<string>();
        var client = await gateway.ConnectAsync(version, question =>
        {
            shown.Add(question!.Message);
            Assert.Contains("until", question.RequestedSchema!.Properties.Keys);
            var content = new Dictionary<string, System.Text.Json.JsonElement> { ["decision"] = System.Text.Json.JsonSerializer.SerializeToElement("allow_until") };
            if (dates.Dequeue() is { } date)
            {
                content["until"] = System.Text.Json.JsonSerializer.SerializeToElement(date);
            }

            return new ElicitResult { Action = "accept", Content = content };
        });

        Assert.Equal("hello", Text(await client.CallToolAsync("f__echo", new Dictionary<string, object?> { ["text"] = "hello" })));

        Assert.Equal(3, shown.Count);
        Assert.StartsWith("give a date", shown[1], StringComparison.Ordinal);
        Assert.Equal(new DateOnly(2031, 5, 6), DateOnly.FromDateTime(gateway.Approvals.Until!.Value.LocalDateTime));
    }

    [Fact]
    public async Task Announce_Problem_ReachesASessionThatAskedForNoLevel()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var heard = new TaskCompletionSource<JsonNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var client = await gateway.ConnectAsync(Old, configure: options => options.Handlers.NotificationHandlers =
        [
            KeyValuePair.Create<string, Func<JsonRpcNotification, CancellationToken, ValueTask>>("notifications/message", (notification, _) =>
            {
                heard.TrySetResult(notification.Params);
                return ValueTask.CompletedTask;
            }),
        ]);

        gateway.Gateway.Announce("The changed policy is not in force.", isProblem: true);

        var message = await heard.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal("error", message!["level"]!.GetValue<string>());
        Assert.Equal("The changed policy is not in force.", message["data"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(New, false)]
    [InlineData(Old, false)]
    [InlineData(Old, true)]
    [InlineData(New, true)]
    public async Task Approval_ClientCannotAskOrDeclinesByItself_WaitsForTheTerminal(string version, bool declines)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        gateway.Pipeline.Ask.Add("echo");
        var client = await gateway.ConnectAsync(version, declines ? _ => new ElicitResult { Action = "decline" } : null);
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        var call = client.CallToolAsync(
            "f__echo", new Dictionary<string, object?> { ["text"] = "later" }, new Told(told)).AsTask();
        var message = await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var asked = await gateway.Approvals.FirstAsked.Task;
        Assert.Contains($"agent approvals approve {asked.Id}", message, StringComparison.Ordinal);
        Assert.True((await gateway.Approvals.ApproveAsync(asked.Id)).Accepted);
        Assert.Equal("later", Text(await call));
    }

    [Fact]
    public async Task Approval_NobodyAnswers_SaysHowAndTheSameCallGoesOnLater()
    {
        await using var gateway = await GatewayFixture.StartAsync(options => options.ApprovalWaitSeconds = 1);
        gateway.Pipeline.Ask.Add("echo");
        var client = await gateway.ConnectAsync(Old);
        var arguments = new Dictionary<string, object?> { ["text"] = "again" };

        var result = await client.CallToolAsync("f__echo", arguments);
        Assert.True(result.IsError);
        Assert.Contains("Approve it with `agent approvals approve q1`", Text(result), StringComparison.Ordinal);
        await gateway.Approvals.ApproveAsync("q1");
        Assert.Equal("again", Text(await client.CallToolAsync("f__echo", arguments)));
        Assert.Single(gateway.Pipeline.Ran);
    }

    [Theory]
    [InlineData(true, New)]
    [InlineData(false, Old)]
    [InlineData(true, Old)]
    [InlineData(false, New)]
    public async Task Elicitation_OfAServer_ReachesTheClientOfEitherGeneration(bool oldServer, string version)
    {
        await using var gateway = await GatewayFixture.StartAsync(oldServer: oldServer);
        string? shown = null;
        var client = await gateway.ConnectAsync(version, question =>
        {
            shown = question!.Message;
            return new ElicitResult
            {
                Action = "accept",
                Content = new Dictionary<string, System.Text.Json.JsonElement> { ["colour"] = System.Text.Json.JsonSerializer.SerializeToElement("blue") },
            };
        });

        Assert.Equal("accept blue", Text(await client.CallToolAsync("f__ask")));
        Assert.Equal("The server 'f' asks: Which colour?", shown);
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Calls_ProgressCancellationAndListChanges_Travel(string version)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var client = await gateway.ConnectAsync(version);
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.Equal("counted", Text(await client.CallToolAsync("f__count", progress: new Told(told))));
        Assert.StartsWith("step ", await told.Task.WaitAsync(TimeSpan.FromSeconds(10)), StringComparison.Ordinal);

        if (version == Old)
        {
            var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var registration = client.RegisterNotificationHandler("notifications/tools/list_changed", (_, _) =>
            {
                changed.TrySetResult();
                return ValueTask.CompletedTask;
            });
            await client.CallToolAsync("f__grow");
            await changed.Task.WaitAsync(TimeSpan.FromSeconds(20));
        }
        else
        {
            await client.CallToolAsync("f__grow");
            await gateway.Hub.UntilAsync(hub => hub.Find("f.grown") is not null);
        }

        Assert.Contains(await client.ListToolsAsync(), tool => tool.Name == "f__grown");
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task AskAgent_Question_IsAnsweredWithPlanAndProgress(string version)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var client = await gateway.ConnectAsync(version, name: "Visual Studio Code");
        var told = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);

        gateway.Runner.Proceed = told.Task;
        var result = await client.CallToolAsync("ask_agent", new Dictionary<string, object?> { ["question"] = "why?" }, new Told(told));
        Assert.Equal("mcp:Visual Studio Code asked: why?", Text(result));
        Assert.Equal("completed", result.StructuredContent!.Value.GetProperty("plan")[0].GetProperty("status").GetString());
        Assert.Equal("a.md:1", result.StructuredContent!.Value.GetProperty("citations")[0].GetProperty("source").GetString());
        Assert.Equal("Plan 0/1: look it up", await told.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Sessions_TwoClients_HaveContextsOfTheirOwn()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var one = await gateway.ConnectAsync(name: "one");
        var two = await gateway.ConnectAsync(name: "two");

        await one.CallToolAsync("f__echo", new Dictionary<string, object?> { ["text"] = "poison" });
        await two.CallToolAsync("f__echo", new Dictionary<string, object?> { ["text"] = "clean" });
        Assert.Equal(2, gateway.Pipeline.Ran.Select(ran => ran.Context.SessionId).Distinct().Count());
        Assert.Contains(gateway.Provenances.Made, made => made.Entered.SequenceEqual(["poison"]));
        Assert.Contains(gateway.Provenances.Made, made => made.Entered.SequenceEqual(["clean"]));
    }

    [Theory]
    [InlineData(New, true)]
    [InlineData(Old, true)]
    [InlineData(New, false)]
    [InlineData(Old, false)]
    public async Task Sampling_OfAServer_ReachesTheClientsModel(string version, bool oldServer)
    {
        await using var gateway = await GatewayFixture.StartAsync(oldServer: oldServer);
        var client = await gateway.ConnectAsync(version, configure: options => options.Handlers.SamplingHandler = (request, _, _) =>
            ValueTask.FromResult(Written($"you said: {request!.Messages[0].Content.OfType<TextContentBlock>().Single().Text}")));

        Assert.Equal("you said: a line, please", Text(await client.CallToolAsync("f__sample")));
        Assert.Contains("server_question", gateway.Pipeline.Recorded);
    }

    [Fact]
    public async Task Sampling_ClientWithoutAModel_IsNotAsked()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var client = await gateway.ConnectAsync(Old);

        Assert.True((await client.CallToolAsync("f__sample")).IsError);
        Assert.DoesNotContain("server_question", gateway.Pipeline.Recorded);
    }

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task AskAgent_NoModelHereAndTheClientLendsItsOwn_ThinksWithThat(string version)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        CreateMessageRequestParams? asked = null;
        var client = await gateway.ConnectAsync(version, configure: options =>
        {
            options.Capabilities = new ClientCapabilities { Sampling = new SamplingCapability { Tools = new SamplingToolsCapability() } };
            options.Handlers.SamplingHandler = (request, _, _) =>
            {
                asked = request;
                return ValueTask.FromResult(new CreateMessageResult
                {
                    Model = "theirs",
                    StopReason = "toolUse",
                    Content = [new ToolUseContentBlock { Id = "1", Name = "look", Input = System.Text.Json.JsonSerializer.SerializeToElement(new { at = "home" }) }],
                });
            };
        });

        Assert.Equal("calls look with home", Text(await client.CallToolAsync("ask_agent", new Dictionary<string, object?> { ["question"] = "why?" })));
        Assert.Equal("be brief", asked!.SystemPrompt);
        Assert.Equal("look", Assert.Single(asked.Tools!).Name);
        Assert.Equal("why?", asked.Messages[0].Content.OfType<TextContentBlock>().Single().Text);
    }

    [Fact]
    public async Task Elicitation_TwoCallsOfOneClientOnAnOldServer_BothReachIt()
    {
        await using var gateway = await GatewayFixture.StartAsync(oldServer: true);
        var client = await gateway.ConnectAsync(Old, _ => new ElicitResult
        {
            Action = "accept",
            Content = new Dictionary<string, System.Text.Json.JsonElement> { ["colour"] = System.Text.Json.JsonSerializer.SerializeToElement("red") },
        });

        var both = await Task.WhenAll(client.CallToolAsync("f__ask").AsTask(), client.CallToolAsync("f__ask").AsTask());
        Assert.All(both, result => Assert.Equal("accept red", Text(result)));
    }

    [Fact]
    public async Task Definition_WithHiddenInstructions_IsShownWithoutThemAndNamed()
    {
        await using var gateway = await GatewayFixture.StartAsync(rude: "poisoned");
        var client = await gateway.ConnectAsync(Old);

        var tool = (await client.ListToolsAsync()).Single(tool => tool.Name == "f__poke").ProtocolTool;
        Assert.Equal("Pokes.", tool.Description);
        Assert.Equal("where", tool.InputSchema.GetProperty("properties").GetProperty("at").GetProperty("description").GetString());
        Assert.Contains("the tool 'poke' with characters in its definition that nobody sees", gateway.Hub.Hub.Servers[0].Problem, StringComparison.Ordinal);
        Assert.Equal("poked", Text(await client.CallToolAsync("f__poke")));
    }

    [Fact]
    public async Task Sessions_OpenedAndClosed_LeaveNothingBehind()
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var server = await gateway.ServeAsync();
        for (var i = 0; i < 50; i++)
        {
            await using var client = await McpClient.CreateAsync(
                new HttpClientTransport(new HttpClientTransportOptions { Endpoint = server.Url }), new McpClientOptions { ProtocolVersion = Old });
            await client.ListToolsAsync();
        }

        Assert.Equal(0, server.SessionCount);
        Assert.Equal(0, gateway.Gateway.ListenerCount);
        Assert.Equal(0, gateway.Gateway.WaitingCount);
    }

    private static CreateMessageResult Written(string text) => new() { Model = "theirs", Content = [new TextContentBlock { Text = text }] };

    private static string Text(CallToolResult result) => string.Join('\n', result.Content.OfType<TextContentBlock>().Select(block => block.Text));

    private sealed class Told(TaskCompletionSource<string> told) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value)
        {
            if (value.Message is { } message)
            {
                told.TrySetResult(message);
            }
        }
    }
}
