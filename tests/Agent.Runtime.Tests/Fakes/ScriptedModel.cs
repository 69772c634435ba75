using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Tests.Fakes;

/// <summary>A model that answers each request as told, and keeps what it was sent.</summary>
internal sealed class ScriptedModel : IChatClient
{
    private readonly Func<int, ScriptedRequest, IEnumerable<ChatResponseUpdate>> _script;
    private int _calls;

    public ScriptedModel(Func<int, ScriptedRequest, IEnumerable<ChatResponseUpdate>> script) => _script = script;

    public ScriptedModel(params IEnumerable<ChatResponseUpdate>[] turns)
        : this((n, _) => n <= turns.Length ? turns[n - 1] : throw new InvalidOperationException("The script is over."))
    {
    }

    public ModelInfo Info { get; set; } = new() { Provider = "test", Name = "scripted" };

    public List<ScriptedRequest> Requests { get; } = [];

    /// <summary>Awaited before each update, so that a test can hold or cancel a stream.</summary>
    public Func<CancellationToken, Task>? BeforeUpdate { get; set; }

    public static IEnumerable<ChatResponseUpdate> Text(string text, long input = 10, long output = 5) =>
        [new(ChatRole.Assistant, text), Usage(input, output)];

    public static IEnumerable<ChatResponseUpdate> Call(string name, object? arguments = null, string? id = null, string? text = null) =>
        Calls([(id ?? "c1", name, arguments)], text);

    public static IEnumerable<ChatResponseUpdate> Calls((string Id, string Name, object? Arguments)[] calls, string? text = null)
    {
        if (text is not null)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, text);
        }

        yield return new ChatResponseUpdate(
            ChatRole.Assistant,
            [.. calls.Select(c => (AIContent)new FunctionCallContent(c.Id, c.Name, ToArguments(c.Arguments)))]);
        yield return Usage(10, 5);
    }

    public static ChatResponseUpdate Usage(long input, long output) => new(
        ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = input, OutputTokenCount = output })]);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ScriptedRequest request;
        int number;
        lock (Requests)
        {
            request = new ScriptedRequest([.. messages], options?.Clone() ?? new ChatOptions(), [.. (options?.Tools ?? []).Select(static t => t.Name)]);
            Requests.Add(request);
            number = ++_calls;
        }

        foreach (var update in _script(number, request))
        {
            if (BeforeUpdate is { } wait)
            {
                await wait(cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            yield return update;
        }
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (var update in GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            updates.Add(update);
        }

        return updates.ToChatResponse();
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ModelInfo) ? Info : null;

    public void Dispose()
    {
    }

    private static Dictionary<string, object?>? ToArguments(object? arguments) => arguments switch
    {
        null => [],
        Dictionary<string, object?> dictionary => dictionary,
        _ => JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(static p => p.Name, static p => (object?)p.Value.Clone()),
    };
}

internal sealed record ScriptedRequest(IReadOnlyList<ChatMessage> Messages, ChatOptions Options, IReadOnlyList<string> Tools);
