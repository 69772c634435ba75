using System.Text.Json;
using System.Text.Json.Nodes;
using Agent;
using Agent.Conformance.Client;
using Agent.Mcp;
using Agent.Mcp.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

if (args is ["clients", var agent, var root, var folder, var address])
{
    return await RealClient.RunAsync(agent, root, folder, address);
}

// The suite starts this with its server's address as the last argument and the scenario's name in the environment; what the
// scenario needs to know beside that is a JSON object in MCP_CONFORMANCE_CONTEXT.
var url = args[^1];
var context = Environment.GetEnvironmentVariable("MCP_CONFORMANCE_CONTEXT") is { Length: > 0 } text ? JsonNode.Parse(text) as JsonObject : null;
var state = Directory.CreateTempSubdirectory("conformance-client");
var services = new ServiceCollection();
services.AddLogging();
services.AddSingleton(TimeProvider.System);
services.AddSingleton(new StateFolder(state.FullName));
services.AddAgentMcp(new ConfigurationBuilder().Build());
services.Configure<McpServersOptions>(options =>
{
    options.ShowSignIn = FollowAsync;
    options.Add("suite", new McpServerDefinition
    {
        Url = url,
        CallTimeoutSeconds = 20,
        OAuth = context?["client_id"] is { } id
            ? new McpOAuthDefinition { ClientId = id.GetValue<string>(), ClientSecret = context["client_secret"]?.GetValue<string>() }
            : new McpOAuthDefinition { ClientMetadataUrl = "https://conformance-test.local/client-metadata.json" },
    });
});

await using var provider = services.BuildServiceProvider();
var hosted = provider.GetServices<IHostedService>().ToList();
foreach (var service in hosted)
{
    await service.StartAsync(CancellationToken.None);
}

try
{
    var host = provider.GetRequiredService<IToolHost>();
    await host.WaitUntilSettledAsync(CancellationToken.None);
    if (host.Servers[0].State != ServerState.Ready)
    {
        await Console.Error.WriteLineAsync(host.Servers[0].Problem);
        return 1;
    }

    var options = new ToolCallOptions { Questions = new AcceptsAll() };
    if (context?["toolCalls"] is JsonArray calls)
    {
        foreach (var call in calls)
        {
            await host.CallAsync(
                new ToolId("suite", call!["name"]!.GetValue<string>()), JsonSerializer.SerializeToElement(call["arguments"] ?? new JsonObject()), options, CancellationToken.None);
        }
    }
    else
    {
        foreach (var tool in host.Tools)
        {
            await host.CallAsync(tool.Id, Arguments(tool.InputSchema), options, CancellationToken.None);
        }
    }

    return 0;
}
finally
{
    foreach (var service in hosted)
    {
        await service.StopAsync(CancellationToken.None);
    }

    state.Delete(recursive: true);
}

// The suite's authorization server signs everybody in at once: its redirect is what a browser would follow.
static async Task FollowAsync(string server, Uri address, CancellationToken cancellationToken)
{
    using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CheckCertificateRevocationList = true });
    using var answer = await browser.GetAsync(address, cancellationToken);
    if (answer.Headers.Location is { } back)
    {
        // Not awaited: the listener behind it answers only after this method has returned.
        _ = Task.Run(
            async () =>
            {
                using var second = new HttpClient();
                await second.GetAsync(back, CancellationToken.None);
            },
            CancellationToken.None);
    }
}

static JsonElement Arguments(JsonElement schema)
{
    var arguments = new JsonObject();
    if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
    {
        foreach (var property in properties.EnumerateObject())
        {
            var type = property.Value.ValueKind == JsonValueKind.Object && property.Value.TryGetProperty("type", out var kind) && kind.ValueKind == JsonValueKind.String
                ? kind.GetString()
                : "string";
            arguments[property.Name] = type switch { "number" or "integer" => 5, "boolean" => true, "array" => new JsonArray(), "object" => new JsonObject(), _ => "text" };
        }
    }

    return JsonSerializer.SerializeToElement(arguments);
}

/// <summary>A person who accepts every form as it is.</summary>
internal sealed class AcceptsAll : IServerQuestions
{
    public JsonElement Capabilities { get; } = JsonSerializer.SerializeToElement(new { elicitation = new { form = new { } } });

    public ValueTask<IReadOnlyDictionary<string, JsonElement>> AskAsync(
        string server, IReadOnlyDictionary<string, ServerQuestion> questions, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyDictionary<string, JsonElement>>(questions.ToDictionary(
            question => question.Key, _ => JsonSerializer.SerializeToElement(new { action = "accept", content = new { } })));
}
