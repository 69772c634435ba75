using Agent.Runtime.Sessions;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Loop;

/// <summary>The steps of a run: a turn of the model each, and what it asked for.</summary>
internal sealed partial class AgentRun
{
    private bool _toolLimitReached;
    private int _errorSteps;
    private int _emptyTurns;
    private FinalCall? _final;

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

    private sealed record FinalCall(RunStop Stop);
}
