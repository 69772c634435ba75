using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agent.Models.Tests.Support;

/// <summary>The product's own registration over a configuration and an environment of the test's.</summary>
public sealed class TestModels : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public TestModels(IEnumerable<(string Key, string Value)> configuration, TimeProvider? time = null, params (string Name, string Value)[] environment)
    {
        var settings = configuration.Append(("models:retry:baseDelay", "00:00:00.001")).Reverse().DistinctBy(s => s.Item1, StringComparer.OrdinalIgnoreCase);
        var root = new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Item1, (string?)s.Item2))).Build();
        var variables = environment.ToDictionary(e => e.Name, e => e.Value);

        // Nothing may answer there: a test must not find the developer's own Ollama.
        variables.TryAdd("OLLAMA_HOST", "http://127.0.0.1:1");
        var collection = new ServiceCollection();
        collection.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        if (time is not null)
        {
            collection.AddSingleton(time);
        }

        collection.AddAgentModels(root, name => variables.GetValueOrDefault(name));
        services = collection.BuildServiceProvider();
    }

    public IChatClient Client => services.GetRequiredService<IChatClient>();

    public IModelCatalog Catalog => services.GetRequiredService<IModelCatalog>();

    /// <summary>What is known without asking, else what is found by asking.</summary>
    public ModelInfo Info => Client.GetService<ModelInfo>() ?? Catalog.DescribeAsync(null, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public static AIFunctionDeclaration Tool(string name = "sql__query", string schema = """{"type":"object","properties":{"statement":{"type":"string"}},"required":["statement"],"additionalProperties":false}""") =>
        AIFunctionFactory.CreateDeclaration(name, "Runs SQL.", JsonDocument.Parse(schema).RootElement);

    public static TestModels OpenAI(FakeServer server, params (string Key, string Value)[] more) =>
        new([("models:provider", "openai"), ("models:name", "fake"), ("models:endpoint", server.Url + "/v1"), ("models:apiKey", "sk-secret-key"), .. more]);

    /// <summary>A whole stream, and what a reader makes of it.</summary>
    public async Task<Heard> AskAsync(string prompt = "hello", ChatOptions? options = null) => await AskAsync([new ChatMessage(ChatRole.User, prompt)], options);

    public async Task<Heard> AskAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null)
    {
        var heard = new Heard();
        try
        {
            await foreach (var update in Client.GetStreamingResponseAsync(messages, options))
            {
                heard.Take(update);
            }
        }
        catch (ModelException exception)
        {
            heard.Error = exception;
        }

        return heard;
    }

    public async ValueTask DisposeAsync() => await services.DisposeAsync();
}

/// <summary>What came out of a stream.</summary>
public sealed class Heard
{
    public List<ChatResponseUpdate> Updates { get; } = [];

    public List<ModelAttempt> Attempts { get; } = [];

    public int Resets { get; private set; }

    public ModelException? Error { get; set; }

    public ChatResponse Response => Updates.ToChatResponse();

    public string Text => Response.Text;

    public List<FunctionCallContent> Calls => [.. Updates.SelectMany(u => u.Contents).OfType<FunctionCallContent>()];

    public UsageDetails? Usage => Response.Usage;

    public void Take(ChatResponseUpdate update)
    {
        if (ModelKeys.IsReset(update))
        {
            Resets++;
            Updates.Clear();
        }
        else if (ModelKeys.Attempt(update) is { } attempt)
        {
            Attempts.Add(attempt);
        }
        else
        {
            Updates.Add(update);
        }
    }
}
