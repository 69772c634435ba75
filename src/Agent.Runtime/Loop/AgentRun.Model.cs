using Agent.Runtime.Context;
using Agent.Runtime.Sessions;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Loop;

/// <summary>The calls of the model: what it is given, its stream, and what it cost.</summary>
internal sealed partial class AgentRun
{
    /// <summary>Steps at which a call may be demanded; who has found nothing by then may say so.</summary>
    private const int DemandedSteps = 3;

    /// <summary>Whether its last call was cut off at its output limit.</summary>
    private bool _cutOff;

    private async Task<ModelTurn> CallModelAsync(int? maxOutput, CancellationToken cancellationToken)
    {
        var options = new ChatOptions
        {
            Tools = _offered.Declarations.Count == 0 ? null : _offered.Declarations,
            ToolMode = _offered.Declarations.Count == 0 ? null
                : _final is not null ? ChatToolMode.None
                : MustCall ? ChatToolMode.RequireAny
                : ChatToolMode.Auto,
            ModelId = _asked,
            Temperature = _model.Profile.Temperature,
            MaxOutputTokens = maxOutput,
            ResponseFormat = ResponseFormat,
        };
        if (_model.Profile.IsHelped)
        {
            options.AdditionalProperties = new() { [ModelKeys.EveryTool] = _every };
        }

        if (_model.Profile.Compact)
        {
            // A small model that does not find its end would fill its whole window. A call is short, and its server may hold back all
            // of one that is not, so that nothing comes for minutes; an answer may be longer.
            var most = _final is not null || _offered.Declarations.Count == 0 ? Math.Clamp(Window / 4, 256, 2_048) : Math.Clamp(Window / 8, 256, 512);
            options.MaxOutputTokens = Math.Min(maxOutput ?? int.MaxValue, most * (_cutOff ? 4 : 1));
        }

        ModelTurn turn;
        long measured;
        try
        {
            measured = Size;
            turn = await StreamModelAsync(options, cancellationToken);
        }
        catch (ModelException e) when (e.Kind == ModelErrorKind.ContextTooLong)
        {
            await ShrinkAsync(e, cancellationToken);
            measured = Size;
            turn = await StreamModelAsync(options, cancellationToken);
        }

        if (turn.Help is { } help)
        {
            await TakeHelpAsync(help);
        }
        else if (turn.Usage is { InputTokenCount: { } counted })
        {
            _tokens.Learn(measured, counted);
        }

        // A call that was cut off gets more room when it is asked for again.
        _cutOff = turn.FinishReason == ChatFinishReason.Length && (turn.Damaged is not null || turn.Calls.Any(static c => c.Exception is not null));
        Spend(turn.Usage, turn.Model);
        TakeModel(turn.Model);
        if (turn.FinishReason == ChatFinishReason.Length && turn.Calls.Count == 0 && turn.Damaged is null)
        {
            Emit(new RunEvent.Notice("The model's answer was cut off at its output limit."));
        }

        return turn;
    }

    /// <summary>A small model must look before it speaks: at its first step, and for a few more where what it called came to nothing.</summary>
    private bool MustCall => _model.Profile.ForceFirstCall && (_step == 1 || (_step <= DemandedSteps && _foundNothing));

    /// <summary>Another model may have answered than the one that was asked.</summary>
    private void TakeModel(ModelInfo model)
    {
        if (model.ToString() != _model.ToString())
        {
            Emit(new RunEvent.Notice($"{_model} did not answer; {model} did."));
            _tokens = _services.Estimators.For(model.ToString());
            _learntWindow = null;
        }

        _model = model;
        _conversation.LeavesOutHelp = model.Profile.IsHelped;
    }

    private void Spend(UsageDetails? usage, ModelInfo model)
    {
        var spent = UsageOf(usage, model);
        _budget.Add(spent.Input, spent.Output, spent.Cached, spent.Cost);
        lock (_gate)
        {
            _staged.Add(() => _services.Journal.AddUsage(_session, model.ToString(), spent));
        }

        Emit(new RunEvent.UsageChanged(_budget.Used, _tokens.Expected(Size)));
    }

    private async Task<ModelTurn> StreamModelAsync(ChatOptions options, CancellationToken cancellationToken)
    {
        var model = _model;
        var started = _services.Time.GetTimestamp();
        TimeSpan? firstChunk = null;
        using var activity = _services.Telemetry.StartChat(_session, _run, _step, model, options);
        try
        {
            var turn = await ReadStreamAsync(options, () => firstChunk ??= _services.Time.GetElapsedTime(started), m => model = m, cancellationToken);
            _services.Telemetry.AddMessages(activity, _conversation.Messages[^1], turn.Text, turn.FinishReason);
            _services.Telemetry.EndChat(
                activity, turn.Model, turn.Usage, UsageOf(turn.Usage, turn.Model).Cost, turn.FinishReason, _services.Time.GetElapsedTime(started), firstChunk, null);
            return turn;
        }
        catch (Exception e)
        {
            var error = e is ModelException failed ? failed.Kind.ToString() : e.GetType().Name;
            _services.Telemetry.EndChat(activity, model, null, null, null, _services.Time.GetElapsedTime(started), firstChunk, error);
            if (e is ModelException || (e is OperationCanceledException && cancellationToken.IsCancellationRequested))
            {
                throw;
            }

            // Clients of others throw what they like; to the run it is a model that did not answer.
            RunLog.ModelThrew(_services.Log, e, _run, model.ToString());
            throw e is OperationCanceledException or TimeoutException
                ? new ModelException(ModelErrorKind.TimedOut, $"The model {model} did not answer in time; try again, or choose another with --model.", e)
                : new ModelException(ModelErrorKind.Unreachable, $"The model {model} failed while it answered; try again, or look with 'agent doctor'.", e);
        }
    }

    private async Task<ModelTurn> ReadStreamAsync(ChatOptions options, Action onChunk, Action<ModelInfo> onModel, CancellationToken cancellationToken)
    {
        List<ChatResponseUpdate> updates = [];
        DamagedCall? damaged = null;
        HelpGiven? help = null;
        var model = _model;
        var output = new AnswerStream(this);
        var repeats = IsSmall ? new RepeatedText() : null;
        await foreach (var update in Model.GetStreamingResponseAsync(_conversation.Messages, options, cancellationToken).WithCancellation(cancellationToken))
        {
            if (ModelKeys.IsReset(update))
            {
                updates.Clear();
                damaged = null;
                help = null;
                output.Reset();
                repeats = repeats is null ? null : new RepeatedText();
                continue;
            }

            if (ModelKeys.Attempt(update) is { } attempt)
            {
                model = attempt.Model;
                onModel(model);
                if (attempt.Error is { } error)
                {
                    RunLog.AttemptFailed(_services.Log, _run, attempt.Number, attempt.Model.ToString(), error, attempt.Note);
                    await RecordAttemptAsync(attempt, error);
                }
            }

            if (update.AdditionalProperties is { } more && more.TryGetValue(ModelKeys.Damaged, out var value) && value is DamagedCall call)
            {
                damaged = call;
            }

            help = update.AdditionalProperties?.GetValueOrDefault(ModelKeys.Help) as HelpGiven ?? help;
            if (update.Contents.Count > 0)
            {
                onChunk();
            }

            foreach (var content in update.Contents)
            {
                switch (content)
                {
                    case TextContent { Text.Length: > 0 } text when damaged is null:
                        output.Push(text.Text);
                        break;
                    case TextReasoningContent { Text.Length: > 0 } reasoning:
                        Emit(new RunEvent.ReasoningDelta(reasoning.Text));
                        break;
                }
            }

            updates.Add(update);
            if (help is null && damaged is null && repeats?.Push(update.Text) == true)
            {
                return CutAtRepeat(updates, repeats.Kept, output, model);
            }
        }

        if (damaged is not null)
        {
            output.Reset();
        }

        var response = updates.ToChatResponse();
        var contents = response.Messages.Where(static m => m.Role == ChatRole.Assistant).SelectMany(static m => m.Contents).ToList();
        return new ModelTurn
        {
            Contents = contents,
            Calls = [.. contents.OfType<FunctionCallContent>().Where(static c => !c.InformationalOnly)],
            Text = string.Concat(contents.OfType<TextContent>().Select(static t => t.Text)),
            Shown = output.Finish(),
            Usage = response.Usage,
            Model = model,
            Damaged = damaged,
            Help = help,
            FinishReason = response.FinishReason,
        };
    }

    /// <summary>A turn that goes round, ended where it began to. Its server was not heard out, so what it cost is estimated.</summary>
    private ModelTurn CutAtRepeat(List<ChatResponseUpdate> updates, string kept, AnswerStream output, ModelInfo model)
    {
        output.Reset();
        output.Push(kept);
        return new ModelTurn
        {
            Contents = [new TextContent(kept)],
            Calls = [],
            Text = kept,
            Shown = output.Finish(),
            Usage = new UsageDetails { InputTokenCount = _tokens.Expected(Size), OutputTokenCount = _tokens.Expected(TokenEstimator.Measure(string.Concat(updates.Select(static u => u.Text)))) },
            Model = model,
            FinishReason = ChatFinishReason.Stop,
        };
    }

    private static StoredUsage UsageOf(UsageDetails? usage, ModelInfo model)
    {
        var cost = usage is not null && model.Price is { } price ? price.Cost(usage) : (decimal?)null;
        return new StoredUsage(usage?.InputTokenCount ?? 0, usage?.OutputTokenCount ?? 0, usage?.CachedInputTokenCount ?? 0, cost);
    }
}
