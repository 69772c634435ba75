using System.Text.Json.Nodes;
using Agent.Mcp.Tests.Servers;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agent.Mcp.Tests.Gateway;

/// <summary>Resources, prompts, completions and log messages of servers, passed on.</summary>
public sealed class ContentTests
{
    private const string New = "2026-07-28";
    private const string Old = "2025-11-25";

    [Theory]
    [InlineData(New)]
    [InlineData(Old)]
    public async Task Content_OfAServer_IsPassedOnWithItsLabelAndEntersTheContext(string version)
    {
        await using var gateway = await GatewayFixture.StartAsync();
        var client = await gateway.ConnectAsync(version);

        Assert.Equal(["fixture://greeting"], (await client.ListResourcesAsync()).Select(resource => resource.Uri));
        Assert.Equal(["fixture://greeting/{name}"], (await client.ListResourceTemplatesAsync()).Select(template => template.UriTemplate));
        Assert.Equal(["f__greet"], (await client.ListPromptsAsync()).Select(prompt => prompt.Name));
        foreach (var (uri, text) in new[] { ("fixture://greeting", "hello from a resource"), ("fixture://greeting/anna", "hello anna") })
        {
            var read = await client.ReadResourceAsync(uri);
            Assert.Equal(text, Assert.IsType<TextResourceContents>(read.Contents.Single()).Text);
            Assert.Contains("untrusted", read.Meta!["agent/label"]!.GetValue<string>(), StringComparison.OrdinalIgnoreCase);
            Assert.Contains($"f:{uri}", read.Meta["agent/label"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        var prompt = await client.GetPromptAsync("f__greet", new Dictionary<string, object?> { ["name"] = "bert" });
        Assert.Equal("Greet bert.", Assert.IsType<TextContentBlock>(prompt.Messages.Single().Content).Text);
        Assert.Contains("f:greet", prompt.Meta!["agent/label"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(["resource_read", "resource_read", "prompt_get"], gateway.Pipeline.Recorded);
        var context = gateway.Provenances.Made.Single(made => !made.Entered.IsEmpty);
        Assert.Equal(3, context.Entered.Count);
        Assert.Equal(Integrity.Untrusted, context.Label.Integrity);
    }

    [Fact]
    public async Task Lists_OneServerHangs_TheOthersAreListedAndRead()
    {
        var time = new SteppedTime();
        await using var gateway = await GatewayFixture.StartAsync(time: time, more: servers => servers.Add("a-hangs", HubFixture.Server("rude", "hangs")));
        var client = await gateway.ConnectAsync(Old);

        var resources = client.ListResourcesAsync().AsTask();
        await gateway.Log.SeenAsync("asked for resources/list");
        // The sweeper's timer, and that of the one server which has not answered.
        await time.RunningAsync(2);
        time.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(["fixture://greeting"], (await resources).Select(resource => resource.Uri));
        Assert.Equal("hello from a resource", Assert.IsType<TextResourceContents>((await client.ReadResourceAsync("fixture://greeting")).Contents.Single()).Text);
        var prompts = client.ListPromptsAsync().AsTask();
        await gateway.Log.SeenAsync("asked for prompts/list");
        await time.RunningAsync(2);
        time.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(["f__greet"], (await prompts).Select(prompt => prompt.Name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Log_OfAServerInACall_StandsBeforeTheAnswerToARequestThatAsksForIt(bool oldServer)
    {
        await using var gateway = await GatewayFixture.StartAsync(oldServer: oldServer);
        var server = await gateway.ServeAsync();
        async Task<IEnumerable<string>> CallAsync(string? level) =>
            (await GatewayFixture.PostAsync(server.Url, new JsonObject { ["name"] = "f__log", ["arguments"] = new JsonObject() }, "a", logLevel: level))
            .Select(message => (message["params"]?["data"] ?? message["result"]!["content"]![0]!["text"])!.GetValue<string>());

        Assert.Equal(["a line of debug", "a line of warning", "logged"], await CallAsync("debug"));
        Assert.Equal(["a line of warning", "logged"], await CallAsync("warning"));
        Assert.Equal(["logged"], await CallAsync(null));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Log_OfAServerInACall_ReachesTheSessionFromItsLevelOn(bool oldServer)
    {
        await using var gateway = await GatewayFixture.StartAsync(oldServer: oldServer);
        var quiet = await gateway.ConnectAsync(Old, name: "quiet");
        var client = await gateway.ConnectAsync(Old);
        var heard = new List<string>();
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var (of, prefix) in new[] { (client, ""), (quiet, "quiet: ") })
        {
            of.RegisterNotificationHandler("notifications/message", (notification, _) =>
            {
                lock (heard)
                {
                    heard.Add($"{prefix}{notification.Params!["logger"]} {notification.Params["data"]}");
                }

                first.TrySetResult();

                return ValueTask.CompletedTask;
            });
        }

        // A call that waits for another client is no reason to doubt whose messages they are.
        var server = await gateway.ServeAsync();
        var held = await GatewayFixture.PostAsync(server.Url, new JsonObject { ["name"] = "f__ask", ["arguments"] = new JsonObject() }, "holds");
        Assert.Equal("input_required", held[^1]["result"]!["resultType"]!.GetValue<string>());
        await client.SetLoggingLevelAsync(LoggingLevel.Warning);
        await quiet.CallToolAsync("f__log");
        await client.CallToolAsync("f__log");
        await first.Task.WaitAsync(TimeSpan.FromSeconds(30));
        lock (heard)
        {
            Assert.Equal(["f/inner a line of warning"], heard);
        }
    }
}
