using System.Text.Json;
using Agent.Models.Catalogue;
using Agent.Models.Wire;
using Microsoft.Extensions.AI;

namespace Agent.Models.Discovery;

/// <summary>Tries a model once and says what it can do.</summary>
/// <param name="time">The clock.</param>
internal sealed class ModelProber(TimeProvider time)
{
    private const string Weather = "What is the weather in Oslo? Use the tool.";
    private const string Greeting = "Say hello.";
    private const string Counting = "Count from one to twenty in words.";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private static readonly AIFunctionDeclaration Tool = AIFunctionFactory.CreateDeclaration(
        "get_weather",
        "Tells the weather of a city.",
        JsonReading.TryParse("""{"type":"object","properties":{"city":{"type":"string","description":"The city."}},"required":["city"]}""")!.Value);

    /// <summary>Tries.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellationToken">Cancels the trial.</param>
    public async Task<ModelProbe> ProbeAsync(ConfiguredModel model, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var client = await model.ClientAsync(both.Token);
            var free = await AskAsync(model, client, Weather, ChatToolMode.Auto, both.Token);
            var (forced, unasked) = await ForcedAsync(model, client, both.Token);

            // An answer that its server could not read was not counted either.
            var speed = free.WasUnread ? (await AskAsync(model, client, Counting, null, both.Token)).TokensPerSecond : free.TokensPerSecond;
            return new ModelProbe
            {
                Model = model.Info,
                Answered = true,
                CalledTool = free.Called,
                CalledInText = free.InText,
                ForcedChoice = forced,
                CallsUnasked = unasked,
                Streamed = free.Pieces > 1,
                TimeToFirstToken = free.FirstToken,
                TokensPerSecond = speed,
            };
        }
        catch (ModelException exception)
        {
            return new ModelProbe { Model = model.Info, Answered = false, Problem = exception.Message };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return new ModelProbe { Model = model.Info, Answered = false, Problem = $"{model.Info} did not answer within {Limit.TotalMinutes:0} minutes; see whether its server is busy or stopped." };
        }
        catch (Exception exception)
        {
            // A trial reports every failure; it has nothing else to do.
            return new ModelProbe { Model = model.Info, Answered = false, Problem = $"{model.Info} failed in a way that is not understood: {exception.GetType().Name}." };
        }
    }

    /// <summary>
    /// Demands a call where the request wants none. A model that calls for the mere sake of it, demanded or not, shows nothing of
    /// whether its server holds it to a demand.
    /// </summary>
    private async Task<(bool? Forced, bool Unasked)> ForcedAsync(ConfiguredModel model, IChatClient client, CancellationToken cancellationToken)
    {
        if (!model.Info.Capabilities.HasFlag(ModelCapabilities.ForcedToolChoice))
        {
            return (false, false);
        }

        try
        {
            if (!(await AskAsync(model, client, Greeting, ChatToolMode.RequireAny, cancellationToken)).Called)
            {
                return (false, false);
            }
        }
        catch (ModelException exception) when (exception.Kind is ModelErrorKind.BadRequest or ModelErrorKind.Malformed)
        {
            return (false, false);
        }

        return (await AskAsync(model, client, Greeting, ChatToolMode.Auto, cancellationToken)).Called ? (null, true) : (true, false);
    }

    /// <param name="model">The model.</param>
    /// <param name="client">Its client.</param>
    /// <param name="request">What it is asked.</param>
    /// <param name="mode">How it may call; null offers no tool.</param>
    /// <param name="cancellationToken">Cancels the trial.</param>
    private async Task<Trial> AskAsync(ConfiguredModel model, IChatClient client, string request, ChatToolMode? mode, CancellationToken cancellationToken)
    {
        var options = mode is null ? new ChatOptions { MaxOutputTokens = 64 } : new ChatOptions { Tools = [Tool], ToolMode = mode, MaxOutputTokens = 256 };
        options.Temperature = model.Info.Profile.Temperature;
        ChatMessage[] messages = [new(ChatRole.User, request)];
        var started = time.GetTimestamp();
        TimeSpan? first = null;
        var last = TimeSpan.Zero;
        var pieces = 0;
        var called = false;
        var inText = false;
        var unread = false;
        long? written = null;
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(messages, options, cancellationToken))
            {
                foreach (var content in update.Contents)
                {
                    written = content is UsageContent { Details.OutputTokenCount: { } count } ? count : written;
                    if (content is FunctionCallContent { Exception: null } call && call.Name == Tool.Name)
                    {
                        called = true;
                        inText |= ModelKeys.IsReadFromText(call);
                    }
                }

                if (update.FinishReason is null && !update.Contents.Any(c => c is UsageContent))
                {
                    first ??= time.GetElapsedTime(started);
                    last = time.GetElapsedTime(started);
                    pieces++;
                }
            }
        }
        catch (ModelException exception) when (exception.IsGarbledOutput)
        {
            // It answered; it cannot write a call.
            unread = true;
        }

        var writing = last - (first ?? TimeSpan.Zero);
        return new Trial(called, inText, pieces, first, written > 1 && writing > TimeSpan.FromMilliseconds(20) ? (written - 1) / writing.TotalSeconds : null, unread);
    }

    private sealed record Trial(bool Called, bool InText, int Pieces, TimeSpan? FirstToken, double? TokensPerSecond, bool WasUnread);
}
