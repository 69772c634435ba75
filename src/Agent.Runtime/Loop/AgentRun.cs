using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Agent.Runtime.Budgets;
using Agent.Runtime.Citations;
using Agent.Runtime.Context;
using Agent.Runtime.Sessions;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Loop;

/// <summary>
/// One run: takes the session, asks the model, runs what it calls, and goes on until there is an answer or a limit. Everything is
/// stored before it counts, so that a run cut off anywhere can be taken up again.
/// </summary>
internal sealed partial class AgentRun : IDisposable
{
    private readonly RunServices _services;
    private readonly RunStart _start;
    private readonly ChannelWriter<RunEvent> _events;
    private readonly CancellationToken _shutdown;
    private readonly Lock _gate = new();
    private readonly List<Action> _staged = [];
    private readonly List<RunToolCall> _toolCalls = [];
    private SourceIndex _sources = new();
    private readonly List<string> _texts = [];

    private string _session = string.Empty;
    private string _run = string.Empty;
    private long _sequence;
    private int _runs;
    private SessionReplay _replay = null!;
    private Conversation _conversation = null!;
    private IProvenance _provenance = null!;
    private RunStartedData _request = null!;
    private RunBudget _budget = null!;
    private OfferedTools _offered = new();
    private IReadOnlyList<ToolDefinition>? _offeredFrom;
    private ModelInfo _model = null!;
    private TokenEstimator _tokens = null!;
    private IReadOnlyList<PlanStep> _plan = [];
    private int _step;
    private RunClock _clock = null!;
    private bool _refused;

    public AgentRun(RunServices services, RunStart start, ChannelWriter<RunEvent> events, CancellationToken shutdown)
    {
        _services = services;
        _start = start;
        _events = events;
        _shutdown = shutdown;
    }

    /// <summary>The session of the run.</summary>
    public string Session => _session;

    /// <summary>Whether nothing but a person is waited for now.</summary>
    public bool WaitsForPerson => _clock.IsWaiting;

    /// <summary>Runs to the end; its last event is <see cref="RunEvent.Completed"/>, whatever happens.</summary>
    public async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        RunResult result;
        SessionLease? lease = null;
        try
        {
            lease = await OpenAsync(cancellationToken);
            if (lease is null)
            {
                result = Refuse();
            }
            else
            {
                using var activity = _services.Telemetry.StartRun(_session, _run, _start.Client, _model);
                result = await GoAsync(cancellationToken);
                _services.Telemetry.EndRun(activity, result, _clock.Elapsed);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            result = Ended(RunStop.Cancelled, "Cancelled.");
        }
        catch (ModelException e)
        {
            result = Ended(RunStop.ModelUnavailable, e.Message);
        }
#pragma warning disable CA1031 // The boundary of a run: whatever failed, its reader gets an end.
        catch (Exception e)
#pragma warning restore CA1031
        {
            RunLog.Failed(_services.Log, e, _session, _run);
            result = Ended(RunStop.Failed, Describe(e));
        }
        finally
        {
            _services.Runs.Remove(_run);
            lease?.Dispose();
        }

        _events.TryWrite(new RunEvent.Completed(result));
        _events.TryComplete();
    }

    public void Dispose()
    {
        _clock?.Dispose();
        _writes.Dispose();
    }

    /// <summary>Takes a new plan of the model.</summary>
    public void SetPlan(IReadOnlyList<PlanStep> steps)
    {
        lock (_gate)
        {
            _plan = steps;
            AppendLocked(SessionEventTypes.Plan, _conversation.Label, new PlanData(steps), SessionJson.Default.PlanData);
        }

        Emit(new RunEvent.PlanChanged(steps));
    }

    private async Task<RunResult> GoAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _clock.Reached);
        try
        {
            return await LoopAsync(either.Token);
        }
        catch (OperationCanceledException) when (_clock.Reached.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return await CloseAsync(RunStop.LimitReached, "The run's time limit was reached before there was an answer; raise limits.maxTime to allow more.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A process that stops leaves what waits for a person waiting; a person who cancels withdraws the question.
            return _shutdown.IsCancellationRequested && _batch.Exists(static c => c is { ApprovalId: not null, Ended: null })
                ? Suspend()
                : await CloseAsync(RunStop.Cancelled, "Cancelled before there was an answer.");
        }
        catch (ModelException e)
        {
            return await CloseAsync(RunStop.ModelUnavailable, e.Message);
        }
#pragma warning disable CA1031 // As above; here the session is open and its history is closed properly.
        catch (Exception e)
#pragma warning restore CA1031
        {
            RunLog.Failed(_services.Log, e, _session, _run);
            return await CloseAsync(RunStop.Failed, Describe(e));
        }
    }

    // ---- opening --------------------------------------------------------------------------------------------------------

    private string? _refusal;

    private RunResult Refuse() => Ended(RunStop.Failed, _refusal!);

    private async Task<SessionLease?> OpenAsync(CancellationToken cancellationToken)
    {
        _model = await DescribeModelAsync(cancellationToken);
        _tokens = _services.Estimators.For(_model.ToString());
        SessionLease? lease;
        if (_start.SessionId is null)
        {
            (_session, lease) = _services.Store.Create(Title(_start.Request!.Prompt), _start.Client);
            _replay = SessionReplay.Read([], _services.Provenance);
        }
        else
        {
            if (await _services.Store.FindAsync(_start.SessionId, cancellationToken) is not { } found)
            {
                _refusal = $"There is no session '{_start.SessionId}'; 'agent sessions list' shows them.";
                return null;
            }

            _session = found.Id;
            lease = _services.Store.TryTake(_session);
            if (lease is null)
            {
                _refusal = $"Session '{_session}' is busy with another run; wait for its end or open a new session.";
                return null;
            }

            try
            {
                _replay = SessionReplay.Read(await _services.Store.ReadAsync(_session, cancellationToken), _services.Provenance);
            }
            catch
            {
                lease.Dispose();
                throw;
            }
        }

        try
        {
            _conversation = _replay.Conversation;
            _provenance = _replay.Provenance;
            _sequence = _replay.Sequence;
            _runs = _replay.Runs;
            if (_start.Request is not null)
            {
                await CloseOpenRunAsync();
                BeginRun(_start.Request);
            }
            else if (!TakeUpRun())
            {
                lease.Dispose();
                return null;
            }

            _services.Runs.Add(_run, this);
            await RecordStartAsync();
            return lease;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private void BeginRun(RunRequest request)
    {
        _runs++;
        _run = $"{_session}.{_runs.ToString(CultureInfo.InvariantCulture)}";
        var (message, label, texts) = UserTurn.Write(request, _services.Guardrails, _session, _services.Context.Value.MaxResultCharacters);
        _request = new RunStartedData
        {
            Prompt = request.Prompt,
            Client = request.Client,
            Mode = request.Mode,
            Budget = request.Budget ?? _services.Limits.Value.ToBudget(),
            OutputSchema = request.OutputSchema,
            Model = _model.ToString(),
            Message = MessageJson.Write(message),
            Texts = texts,
        };
        Append(SessionEventTypes.RunStarted, label, _request, SessionJson.Default.RunStartedData);
        _services.Store.Update(_session, "running", request.Client, _model.ToString(), _runs);
        _conversation.SetSystem(SystemText());
        _conversation.AddUser(message, label);
        _provenance.AddUserTurn(request.Prompt);
        foreach (var text in texts)
        {
            _provenance.AddText(text.Text, text.Label.ToLabel());
        }

        OpenBudget();
    }

    /// <summary>Takes up the last run where it was cut off.</summary>
    /// <returns>False where it ended.</returns>
    private bool TakeUpRun()
    {
        if (_replay.OpenRun is null)
        {
            _refusal = _runs == 0
                ? $"Session '{_session}' holds no request yet."
                : $"The last run of session '{_session}' has ended; there is nothing to resume. Ask the next question with --session {_session}.";
            return false;
        }

        _run = _replay.OpenRun;
        _request = _replay.Start!;
        _step = _replay.Steps;
        _plan = _replay.Plan;
        _conversation.SetSystem(SystemText());
        foreach (var ended in _replay.Ended)
        {
            Report(ended);
            var result = new ToolResult { Raw = ended.Raw };
            if (ended.Kind == ToolOutcomeKind.Completed && !result.IsError)
            {
                _sources.Add(ended.Id, result);
            }
        }

        foreach (var text in _replay.Texts)
        {
            _texts.Add(_services.Guardrails?.ScreenAnswer(text, ContextOf(null)).Text ?? text);
        }

        _services.Store.Update(_session, "running", _start.Client, _model.ToString(), _runs);
        OpenBudget();
        foreach (var usage in _replay.Usage)
        {
            _budget.Add(usage.Input, usage.Output, usage.Cached, usage.Cost);
        }

        _budget.ToolCalls = _toolCalls.Count;
        return true;
    }

    private void OpenBudget()
    {
        _clock = new RunClock(_services.Time, _request.Budget.MaxTime);
        var limits = _services.Limits.Value;
        var session = limits.MaxSessionTokens is null && limits.MaxSessionCost is null ? null : _services.Store.SessionUsage(_session);
        var day = limits.MaxDayTokens is null && limits.MaxDayCost is null ? null : _services.Store.DayUsage();
        var none = new RunUsage(0, 0, 0, null);
        _budget = new RunBudget(_request.Budget, limits, _model.Price, session ?? none, day ?? none);
    }

    private string SystemText()
    {
        var profile = _model.Profile;
        return SystemPrompt.Write(
            DateOnly.FromDateTime(_services.Time.GetLocalNow().DateTime),
            profile.Compact,
            plans: !profile.Compact,
            _request.Mode == PolicyMode.Plan,
            _services.Guardrails?.Instruction(_session),
            _services.Context.Value.Instructions);
    }

    private async ValueTask<ModelInfo> DescribeModelAsync(CancellationToken cancellationToken)
    {
        if (_services.Models is { } models)
        {
            return await models.DescribeAsync(null, cancellationToken);
        }

        return _services.Model.GetService(typeof(ModelInfo)) as ModelInfo ?? new ModelInfo { Provider = "unknown", Name = "model" };
    }

    // ---- closing --------------------------------------------------------------------------------------------------------

    /// <summary>Ends the run: every call has its result, the history ends with the model's side, all of it is stored.</summary>
    private async Task<RunResult> CloseAsync(RunStop stop, string answer, bool isModelText = false)
    {
        await FinishOpenCallsAsync(stop == RunStop.Cancelled ? "The run was cancelled." : "The run ended before it.");
        if (!_conversation.EndsWithAssistant)
        {
            // A turn of the person is never left without an answer: some providers refuse two in a row.
            var closing = new ChatMessage(ChatRole.Assistant, isModelText ? answer : $"[{answer}]");
            Append(
                SessionEventTypes.Message,
                _conversation.Label,
                new MessageData { Message = MessageJson.Write(closing), Closing = true },
                SessionJson.Default.MessageData);
            _conversation.AddAssistant(closing, _conversation.Label);
        }

        var result = Ended(stop, answer);
        Stage(SessionEventTypes.Provenance, _provenance.Label, _provenance.Save(), SessionJson.Default.JsonElement);
        Append(SessionEventTypes.RunEnded, _conversation.Label, result, SessionJson.Default.RunResult);
        _services.Store.Update(_session, "idle", _start.Client, _model.ToString(), _runs);
        await RecordEndAsync(result);
        return result;
    }

    /// <summary>Leaves the run to wait for a person; another process may take it up.</summary>
    private RunResult Suspend()
    {
        foreach (var call in _batch.Where(static c => c is { Ended: null, ApprovalId: null }))
        {
            End(call, call.Started
                ? Outcome(call, ToolOutcomeKind.Unknown, "The program stopped while this call ran; whether it had its effect is not known.")
                : Outcome(call, ToolOutcomeKind.Rejected, "Not run: the program stopped."));
        }

        var open = _batch.Where(static c => c.Ended is null).ToList();
        foreach (var call in _batch)
        {
            if (call.Ended is { } ended)
            {
                Report(ended);
                continue;
            }

            _toolCalls.Add(new RunToolCall(
                call.Call.Id, call.Tool?.Id.ToString() ?? call.Call.Name, call.Call.Arguments, "ask", call.Decision?.Reasons ?? [], null, "pending", 0));
        }

        Append(SessionEventTypes.Provenance, _provenance.Label, _provenance.Save(), SessionJson.Default.JsonElement);
        _services.Store.Update(_session, "waiting", _start.Client, _model.ToString(), _runs);
        return Ended(
            RunStop.Waiting,
            $"Waiting for an approval: answer with 'agent approvals approve {open[0].ApprovalId}' or 'deny', then go on with 'agent sessions resume {_session}'.");
    }

    /// <summary>A request that comes while the last one is still open closes that first.</summary>
    private async Task CloseOpenRunAsync()
    {
        if (_replay.OpenRun is null)
        {
            return;
        }

        TakeUpRun();
        _batch = OpenBatch();
        await CloseAsync(RunStop.Cancelled, "This request was cut off before there was an answer.");
        _clock.Dispose();
        _toolCalls.Clear();
        _texts.Clear();
        _sources = new SourceIndex();
        _plan = [];
        _step = 0;
        _refused = false;
    }

    private RunResult Ended(RunStop stop, string answer) => new()
    {
        Session = _session.Length > 0 ? _session : _start.SessionId ?? string.Empty,
        Run = _run,
        Answer = answer,
        Citations = stop is RunStop.Failed or RunStop.ModelUnavailable or RunStop.Cancelled or RunStop.Waiting ? [] : _sources.Cite(answer),
        Plan = _plan,
        ToolCalls = [.. _toolCalls],
        Usage = _budget?.Used ?? new RunUsage(0, 0, 0, null),
        Model = _model?.ToString() ?? string.Empty,
        Stopped = stop,
    };

    private static string Describe(Exception e) => e switch
    {
        IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException =>
            $"The session could not be stored ({e.Message.TrimEnd('.')}); look at the state folder with 'agent doctor'.",
        InvalidOperationException or FormatException => e.Message,
        _ => "The run failed by an error of the program; the log has the details.",
    };

    // ---- small ----------------------------------------------------------------------------------------------------------

    private TimeSpan Elapsed => _clock.Elapsed;

    private void Emit(RunEvent item) => _events.TryWrite(item);

    private void Append<T>(string type, Label label, T data, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> typeInfo)
    {
        lock (_gate)
        {
            AppendLocked(type, label, data, typeInfo);
        }
    }

    private void AppendLocked<T>(string type, Label label, T data, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> typeInfo)
    {
        var sequence = _sequence + 1;
        if (_staged.Count == 0)
        {
            _services.Store.Append(_session, sequence, _run, type, label, data, typeInfo);
        }
        else
        {
            _services.Store.Together(_staged, () => _services.Store.Append(_session, sequence, _run, type, label, data, typeInfo));
            _staged.Clear();
        }

        _sequence = sequence;
    }

    /// <summary>
    /// Stores an event with the one that follows, in one commit. Only for what may be lost with the process without harm: a turn of the
    /// model before anything of it was acted on is asked for again.
    /// </summary>
    private void Stage<T>(string type, Label label, T data, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> typeInfo)
    {
        lock (_gate)
        {
            var sequence = ++_sequence;
            _staged.Add(() => _services.Store.Append(_session, sequence, _run, type, label, data, typeInfo));
        }
    }

    private CallContext ContextOf(string? callId) => new()
    {
        SessionId = _session,
        RunId = _run,
        Step = Math.Max(1, _step),
        Client = _start.Client,
        Mode = _request.Mode,
        Provenance = _provenance,
        Progress = callId is null ? null : new CallProgress(this, callId),
    };

    private static string Title(string prompt)
    {
        var line = string.Join(' ', prompt.Split((char[]?)null, 40, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 80 ? line : line[..79] + "…";
    }

    private sealed class CallProgress(AgentRun run, string callId) : IProgress<ToolProgress>
    {
        public void Report(ToolProgress value) => run.Emit(new RunEvent.ToolProgressed(callId, value));
    }
}
