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
    private TimedQuestions? _questions;

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
    private string? _asked;
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

    private IChatClient Model => _start.Request?.Model ?? _services.Model;

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
                using var scope = BeginScope();
                using var activity = _services.Telemetry.StartRun(_session, _run, _start.Client, _model);
                result = _start.OnlyCompacts ? await CompactOnlyAsync(cancellationToken) : await GoAsync(cancellationToken);
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
            _services.Journal.Append(_session, sequence, _run, type, label, data, typeInfo);
        }
        else
        {
            _services.Journal.Together(_staged, () => _services.Journal.Append(_session, sequence, _run, type, label, data, typeInfo));
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
            _staged.Add(() => _services.Journal.Append(_session, sequence, _run, type, label, data, typeInfo));
        }
    }

    /// <summary>Says the session's state in the commit of the event that makes it so: a process killed in between would leave a state that its events deny.</summary>
    private void StageState(string state, string client)
    {
        lock (_gate)
        {
            _staged.Add(() => _services.Journal.Update(_session, state, client, _model.ToString(), _runs));
        }
    }

    /// <summary>What the markers of untrusted text are made from: the run, and in a branch the conversation that its history began in.</summary>
    private string MarkedAs
    {
        get
        {
            var origin = _replay.FirstRun is { } first && first.LastIndexOf('.') is > 0 and var dot ? first[..dot] : _session;
            return origin == _session ? _run : $"{origin}.{_run.Replace('.', '-')}";
        }
    }

    private CallContext ContextOf(CallState? call) => new()
    {
        SessionId = _session,
        RunId = _run,
        MarkedAs = MarkedAs,
        Step = Math.Max(1, _step),
        Client = _start.Client,
        Mode = _request.Mode,
        Provenance = _provenance,
        Progress = call is null ? null : new CallProgress(this, call.Call.Id),
        Questions = call is null || _start.Questions is not { } asked ? null : _questions ??= new TimedQuestions(asked, _clock),
    };

    private static string Title(string prompt)
    {
        var line = string.Join(' ', prompt.Split((char[]?)null, 40, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 80 ? line : line[..79] + "…";
    }

    /// <summary>What is logged from here on, by whatever part, carries these ids.</summary>
    private IDisposable? BeginScope() => _services.Log.BeginScope(
        new KeyValuePair<string, object?>[] { new("Session", _session), new("Run", _run) });

    private IDisposable? BeginScope(CallState call) => _services.Log.BeginScope(
        new KeyValuePair<string, object?>[] { new("Call", call.Call.Id) });

    private sealed class CallProgress(AgentRun run, string callId) : IProgress<ToolProgress>
    {
        public void Report(ToolProgress value) => run.Emit(new RunEvent.ToolProgressed(callId, value));
    }
}
