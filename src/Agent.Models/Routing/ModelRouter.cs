using System.Runtime.CompilerServices;
using Agent.Models.Catalogue;
using Agent.Models.Selection;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agent.Models.Routing;

/// <summary>
/// The chat client that everybody uses. It asks the chosen model, tries again where that may help, and goes on to the next one of the
/// chain. A stream that breaks half way is voided by a reset, so that no answer is shown twice; each attempt is reported in the stream.
/// </summary>
/// <param name="catalog">The models.</param>
/// <param name="settings">The configuration.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log; it never holds keys or content.</param>
internal sealed partial class ModelRouter(ModelCatalog catalog, IOptions<ModelsOptions> settings, TimeProvider time, ILogger<ModelRouter> logger) : IChatClient
{
    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var updates = new List<ChatResponseUpdate>();
        var attempts = new List<ModelAttempt>();
        await foreach (var update in GetStreamingResponseAsync(messages, options, cancellationToken))
        {
            if (ModelKeys.IsReset(update))
            {
                updates.Clear();
            }
            else if (ModelKeys.Attempt(update) is { } attempt)
            {
                attempts.Add(attempt);
            }
            else
            {
                updates.Add(update);
            }
        }

        var response = updates.ToChatResponse();
        (response.AdditionalProperties ??= [])[ModelKeys.Attempts] = (IReadOnlyList<ModelAttempt>)attempts;
        return response;
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var conversation = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var request = options;
        var model = await catalog.GetAsync(options?.ModelId, "asked for", cancellationToken);
        if (options?.ModelId is not null)
        {
            request = options.Clone();
            request.ModelId = null;
        }

        var chain = new FallbackChain(settings.Value, catalog, model);
        var number = 0;
        if (!model.Circuit.TryEnter(out var wait))
        {
            var closed = new ModelException(ModelErrorKind.Unreachable, $"{model.Info} failed several times in a row and is left alone for another {wait.TotalSeconds:0} s.");
            if (await chain.NextAsync(closed, cancellationToken) is { } other)
            {
                yield return new Attempt(model, ++number, time) { Error = closed }.Report($"{closed.Message} {other.Spec.Key} is asked instead.");
                model = other;
            }
        }

        while (true)
        {
            var plan = new RetryPlan(settings.Value.Retry, request, model.Info.Capabilities.HasFlag(ModelCapabilities.ForcedToolChoice));
            for (var next = new NextAttempt(request, TimeSpan.Zero, string.Empty); ;)
            {
                var attempt = new Attempt(model, ++number, time);
                await using var updates = Start(model, conversation, next.Options, attempt, cancellationToken).GetAsyncEnumerator(cancellationToken);
                while (await attempt.MoveNextAsync(updates, cancellationToken))
                {
                    yield return updates.Current;
                }

                if (attempt.Error is not { } error)
                {
                    model.Circuit.Succeeded();
                    LogAnswered(logger, model.Spec.Key, number, attempt.Elapsed.TotalMilliseconds);
                    yield return attempt.Report(null);
                    yield break;
                }

                model.Circuit.Failed(error.Kind);
                if (error.ContextWindow is { } size)
                {
                    model.LearnContext(size);
                }

                next = plan.After(error);
                var other = next.Options is null ? await chain.NextAsync(error, cancellationToken) : null;
                LogFailed(logger, model.Spec.Key, number, error.Kind, error);
                yield return attempt.Report($"{error.Message} {(next.Options is not null ? $"It is {next.Note}." : other is not null ? $"{other.Spec.Key} is asked instead." : string.Empty)}".Trim());
                if (attempt.MustReset)
                {
                    yield return new ChatResponseUpdate { AdditionalProperties = new() { [ModelKeys.Reset] = true } };
                }

                if (next.Options is null)
                {
                    if (other is null)
                    {
                        throw error;
                    }

                    model = other;
                    break;
                }

                if (next.Delay > TimeSpan.Zero)
                {
                    await Task.Delay(next.Delay, time, cancellationToken);
                }
            }
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ModelInfo) ? catalog.Known()?.Info
        : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }

    private async IAsyncEnumerable<ChatResponseUpdate> Start(
        ConfiguredModel model, IReadOnlyList<ChatMessage> messages, ChatOptions? options, Attempt attempt, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var client = await model.ClientAsync(cancellationToken);
        attempt.Begin();
        await foreach (var update in TimeLimits.Apply(
            stop => client.GetStreamingResponseAsync(RequestDefaults.Messages(messages, model), RequestDefaults.Options(options, model), stop), model.Info.ToString(), settings.Value.Timeouts, time, cancellationToken))
        {
            yield return update;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Model {Model} answered in attempt {Number} after {Milliseconds} ms")]
    private static partial void LogAnswered(ILogger logger, string model, int number, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Model {Model} failed in attempt {Number}: {Kind}")]
    private static partial void LogFailed(ILogger logger, string model, int number, ModelErrorKind kind, Exception exception);
}
