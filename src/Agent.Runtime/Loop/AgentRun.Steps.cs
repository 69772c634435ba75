using System.Text;
using Agent.Runtime.Context;
using Agent.Runtime.Sessions;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Loop;

/// <summary>The steps of a run: a model call each, and what it asked for.</summary>
internal sealed partial class AgentRun
{
    private bool _toolLimitReached;
    private int _errorSteps;
    private int _emptyTurns;
    private bool _cutOff;
    private FinalCall? _final;

    /// <summary>Steps at which a call may be demanded; who has found nothing by then may say so.</summary>
    private const int DemandedSteps = 3;

    /// <summary>Whether the last step's calls came to nothing: failed, or found nothing. One that was refused is not tried again.</summary>
    private bool _foundNothing;

    private async Task<RunResult> LoopAsync(CancellationToken cancellationToken)
    {
        Emit(new RunEvent.Started(_session, _run, _model.ToString()));
        await WaitForServersAsync(cancellationToken);
        RefreshTools();
        try
        {
            ReadSchema();
        }
        catch (FormatException e)
        {
            return await CloseAsync(RunStop.Failed, $"The output schema is no JSON Schema: {e.Message}");
        }

        if (_start.Request is null && await TakeUpAsync(cancellationToken) is { } ended)
        {
            return ended;
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RefreshTools();
            if (_step >= _request.Budget.MaxSteps)
            {
                Withhold(RunStop.LimitReached, $"The limit of {_request.Budget.MaxSteps} steps is reached. Answer now from what you have, and say what is missing.");
            }

            _step++;
            if (_budget.Check(await PrepareContextAsync(cancellationToken), Elapsed, out var maxOutput) is { } exceeded)
            {
                _step--;
                return await CloseAsync(RunStop.LimitReached, exceeded);
            }

            Emit(new RunEvent.StepStarted(_step));
            var turn = await CallModelAsync(maxOutput, cancellationToken);
            foreach (var warning in _budget.Warnings(Elapsed))
            {
                Emit(new RunEvent.Notice(warning));
            }

            if (await TakeTurnAsync(turn, cancellationToken) is { } result)
            {
                return result;
            }
        }
    }

    /// <summary>Goes on where the run was cut off: open calls first; an answer that was already there ends it.</summary>
    private async Task<RunResult?> TakeUpAsync(CancellationToken cancellationToken)
    {
        // What the calls of the other process brought is not known here.
        _rests = true;
        if (_replay.Open.Count > 0)
        {
            _batch = OpenBatch();
            return await RunBatchAsync(cancellationToken);
        }

        if (_replay.Closing)
        {
            return await CloseAsync(RunStop.Cancelled, "This request was cut off before there was an answer.");
        }

        return _conversation.EndsWithAssistant ? await AnswerAsync(cancellationToken) : null;
    }

    /// <summary>Takes a turn of the model into the history and runs its calls.</summary>
    /// <returns>The end of the run; null where it goes on.</returns>
    private async Task<RunResult?> TakeTurnAsync(ModelTurn turn, CancellationToken cancellationToken)
    {
        var calls = _final is null ? ReadCalls(turn) : [];
        var contents = ContentsOf(turn, calls);
        var says = turn.Damaged is null && !string.IsNullOrWhiteSpace(turn.Shown);
        if (calls.Count == 0 && !says)
        {
            return await TakeEmptyTurnAsync(turn);
        }

        var message = new ChatMessage(ChatRole.Assistant, contents);
        var label = _conversation.Label;
        Stage(
            SessionEventTypes.Message,
            label,
            new MessageData { Message = MessageJson.Write(message), Model = turn.Model.ToString(), Usage = UsageOf(turn.Usage, turn.Model) },
            SessionJson.Default.MessageData);
        _conversation.AddAssistant(message, label);
        if (says)
        {
            _texts.Add(turn.Shown);
        }

        if (calls.Count == 0)
        {
            _wasHelped = turn.Help is not null;
            _rests |= _wasHelped;
            return await AnswerAsync(cancellationToken);
        }

        _batch = [.. calls.Select(static c => new CallState(c))];
        return await RunBatchAsync(cancellationToken);
    }

    /// <summary>
    /// What of a turn goes into the history, in its order: a provider that signs its reasoning wants it back where it stood. Kinds of
    /// content that only we may write (results, approvals) never come from a model.
    /// </summary>
    private static List<AIContent> ContentsOf(ModelTurn turn, List<RequestedCall> calls)
    {
        List<AIContent> contents = [];
        var next = 0;
        foreach (var content in turn.Contents)
        {
            switch (content)
            {
                case TextReasoningContent:
                case TextContent text when turn.Damaged is null && !string.IsNullOrWhiteSpace(text.Text):
                    contents.Add(content);
                    break;
                case FunctionCallContent { InformationalOnly: false } when next < calls.Count:
                    contents.Add(calls[next++].Content);
                    break;
            }
        }

        // A call read out of damaged text stands for that text.
        contents.AddRange(calls.Skip(next).Select(static c => c.Content));
        return contents;
    }

    private async Task<RunResult?> RunBatchAsync(CancellationToken cancellationToken)
    {
        await DispatchAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (_suspended)
        {
            return Suspend();
        }

        var batch = _batch;
        CommitBatch();
        _emptyTurns = 0;
        _errorSteps = batch.Exists(static c => c.Succeeded) ? 0 : _errorSteps + 1;
        _foundNothing = batch.TrueForAll(c => c.Ended is { Kind: not ToolOutcomeKind.Denied } && (!c.Succeeded || BroughtNothing(c)));
        if (_toolLimitReached)
        {
            Withhold(RunStop.LimitReached, "The limit of tool calls is reached. Answer now from what you have, and say what is missing.");
        }
        else if (_errorSteps >= _services.Limits.Value.MaxErrorSteps)
        {
            Withhold(RunStop.LimitReached, $"{_errorSteps} steps in a row failed. Do not call tools any more: say what you found out and what failed.");
        }
        else
        {
            WatchForLoops(batch);
        }

        return null;
    }

    private async Task<RunResult?> TakeEmptyTurnAsync(ModelTurn turn)
    {
        // Nothing was said, but what was asked for is there: the person sees the values themselves.
        if (IsSmall && (_final is not null || _emptyTurns > 0) && _schema is null && Completion(string.Empty) is { } data)
        {
            return await SayAsync(_final?.Stop ?? RunStop.Answered, data);
        }

        if (_final is { Stop: RunStop.LimitReached })
        {
            return await CloseAsync(RunStop.LimitReached, LimitSentence());
        }

        if (IsSmall && _final is not null && _schema is null)
        {
            return await SayAsync(_refused ? RunStop.ApprovalRefused : RunStop.Answered, NothingFound());
        }

        if (++_emptyTurns < 2)
        {
            Note("Your last message was empty. Answer the request, or call a tool.");
            return null;
        }

        return await CloseAsync(
            RunStop.ModelUnavailable, $"The model {turn.Model} gave an empty answer twice; try again, or choose another model with --model.");
    }

    /// <summary>Ends the run with an answer that the model did not write.</summary>
    private async Task<RunResult> SayAsync(RunStop stop, string answer)
    {
        Emit(new RunEvent.TextDelta(answer));
        return await CloseAsync(stop, answer, isModelText: true);
    }

    /// <summary>What the person saw of the answer so far.</summary>
    private string ShownText => string.Join("\n\n", _texts.Select(static t => t.Trim()));

    private string LimitSentence() =>
        _step > _request.Budget.MaxSteps ? $"The run was stopped after {_request.Budget.MaxSteps} steps without an answer; ask for less at once, or raise limits.maxSteps."
        : _toolLimitReached ? $"The run was stopped after {_budget.MaxToolCalls} tool calls without an answer; ask for less at once, or raise limits.maxToolCalls."
        : $"The run was stopped without an answer: {_errorSteps} steps in a row failed. Ask in other words, or choose another model with --model.";

    /// <summary>The next call is the last: the model must answer without tools.</summary>
    private void Withhold(RunStop stop, string note)
    {
        if (_final is null)
        {
            _final = new FinalCall(stop);
            Note(note);
        }
    }

    /// <summary>Words of ours to the model, which no person typed.</summary>
    private void Note(string text)
    {
        var message = new ChatMessage(ChatRole.User, $"[{text}]");
        Append(SessionEventTypes.Message, Label.Bottom, new MessageData { Message = MessageJson.Write(message) }, SessionJson.Default.MessageData);
        _conversation.AddUser(message, Label.Bottom);
    }

    private List<RequestedCall> ReadCalls(ModelTurn turn)
    {
        List<RequestedCall> calls = [];
        foreach (var content in turn.Calls)
        {
            calls.Add(RequestedCall.Read(content, FindFor(content), _replay.CallIds.Add, NewCallId, UnknownTool));
        }

        if (calls.Count == 0 && turn.Damaged is { } damaged)
        {
            var content = new FunctionCallContent(string.Empty, damaged.Name, new Dictionary<string, object?>(0));
            calls.Add(RequestedCall.Read(content, _offered.Find, _replay.CallIds.Add, NewCallId, UnknownTool) with { Problem = damaged.Problem, BreaksSchema = damaged.BreaksSchema });
        }

        return calls;
    }

    private string NewCallId()
    {
        string id;
        do
        {
            id = $"call_{_replay.CallIds.Count + 1}";
        }
        while (!_replay.CallIds.Add(id) && !_replay.CallIds.Add(id += "_" + _sequence.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return id;
    }

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

    private sealed record FinalCall(RunStop Stop);
}
