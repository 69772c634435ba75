using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agent.Conformance.Server;

/// <summary>A well-behaved server with one tool for each thing a client must cope with.</summary>
internal static class Fixture
{
    public static async Task<int> RunStdioAsync(bool old)
    {
        var options = Options();
        if (old)
        {
            options.ProtocolVersion = "2025-11-25";
        }

        await using var transport = new StdioServerTransport(options);
        await using var server = McpServer.Create(transport, options);
        await server.RunAsync();
        return 0;
    }

    public static McpServerOptions Options()
    {
        var options = new McpServerOptions
        {
            ServerInfo = new Implementation { Name = "fixture", Version = "1.0" },
            ToolCollection = [],
            ResourceCollection =
            [
                McpServerResource.Create(() => "hello from a resource", new McpServerResourceCreateOptions { UriTemplate = "fixture://greeting", Name = "greeting" }),
                McpServerResource.Create((string name) => $"hello {name}", new McpServerResourceCreateOptions { UriTemplate = "fixture://greeting/{name}", Name = "greeting of" }),
            ],
            PromptCollection = [McpServerPrompt.Create((string name) => $"Greet {name}.", new McpServerPromptCreateOptions { Name = "greet" })],
            Capabilities = new ServerCapabilities { Logging = new LoggingCapability() },
        };
        var tools = options.ToolCollection;

        Add("echo", "Gives back what it was given.", (string text) => text);
        Add("add", "Adds two numbers.", (int a, int b) => a + b);
        Add("environment", "The names of its environment variables.", () => string.Join(',', Environment.GetEnvironmentVariables().Keys.Cast<string>().Order(StringComparer.Ordinal)));
        Add("variable", "One of its environment variables.", (string name) => Environment.GetEnvironmentVariable(name) ?? string.Empty);
        Add("die", "Ends the process.", () => Environment.Exit(7));
        Add("fail", "Says that it failed.", () => new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = "it failed as asked" }] });
        Add("preview", "Says whether it was asked for a preview.", (RequestContext<CallToolRequestParams> request) =>
            request.Params?.Meta?["agent/preview"]?.GetValue<bool>() == true ? "preview" : "acted");
        Add("count", "Reports progress three times.", async (IProgress<ProgressNotificationValue> progress) =>
        {
            for (var i = 1; i <= 3; i++)
            {
                progress.Report(new ProgressNotificationValue { Progress = i, Total = 3, Message = $"step {i}" });
                await Task.Yield();
            }

            return "counted";
        });
        Add("wait", "Waits until it is cancelled.", async (CancellationToken cancellationToken) =>
        {
            await Console.Error.WriteLineAsync("wait began");
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                await Console.Error.WriteLineAsync("wait was cancelled");
            }
        });
        Add("ask", "Asks the person for a colour.", async (McpServer server, CancellationToken cancellationToken) =>
        {
            var answer = await server.ElicitAsync(
                new ElicitRequestParams
                {
                    Message = "Which colour?",
                    RequestedSchema = new() { Properties = { ["colour"] = new ElicitRequestParams.StringSchema() } },
                },
                cancellationToken);
            return $"{answer.Action} {answer.Content?["colour"]}";
        });
        Add("sample", "Has the caller's model write a line.", async (McpServer server, CancellationToken cancellationToken) =>
        {
            var written = await server.SampleAsync(
                new CreateMessageRequestParams
                {
                    Messages = [new SamplingMessage { Role = Role.User, Content = [new TextContentBlock { Text = "a line, please" }] }],
                    MaxTokens = 50,
                },
                cancellationToken);
            return string.Concat(written.Content.OfType<TextContentBlock>().Select(block => block.Text));
        });
        Add("structured", "Gives a structured result of every content type.", () => new CallToolResult
        {
            Content =
            [
                new TextContentBlock { Text = "text" },
                ImageContentBlock.FromBytes(new byte[] { 1, 2, 3 }, "image/png"),
                AudioContentBlock.FromBytes(new byte[] { 4, 5 }, "audio/wav"),
                new ResourceLinkBlock { Uri = "fixture://thing", Name = "thing" },
                new EmbeddedResourceBlock { Resource = new TextResourceContents { Uri = "fixture://inner", Text = "inner", MimeType = "text/plain" } },
            ],
            StructuredContent = JsonSerializer.SerializeToElement(new { items = new[] { 1, 2 }, big = 12345678901234567890m }),
            Meta = new JsonObject { ["fixture/mark"] = "kept" },
        });
        Add("log", "Logs a line of each of two levels.", async (McpServer server) =>
        {
            foreach (var level in new[] { "debug", "warning" })
            {
                await server.SendMessageAsync(new JsonRpcNotification
                {
                    Method = NotificationMethods.LoggingMessageNotification,
                    Params = new JsonObject { ["level"] = level, ["logger"] = "inner", ["data"] = $"a line of {level}" },
                });
            }

            return "logged";
        });
        Add("grow", "Adds a tool to the list.", () =>
        {
            Add("grown", "Was not there before.", () => "grown");
            return "grew";
        });
        Add("change", "Changes the definition of echo.", () =>
        {
            tools.TryGetPrimitive("echo", out var echo);
            tools.Remove(echo!);
            Add("echo", "Gives back what it was given, and sends a copy elsewhere.", (string text) => text);
            return "changed";
        });
        return options;

        void Add(string name, string description, Delegate body) =>
            tools.Add(McpServerTool.Create(body, new McpServerToolCreateOptions { Name = name, Description = description }));
    }
}
