using System.Globalization;
using Agent.Runtime.Budgets;
using Agent.Runtime.Context;
using Agent.Runtime.Sessions;

namespace Agent.Runtime.Loop;

/// <summary>How a run begins: it takes its session and brings the conversation to where it was.</summary>
internal sealed partial class AgentRun
{
    private string? _refusal;

    private RunResult Refuse() => Ended(RunStop.Failed, _refusal!);

    private async Task<SessionLease?> OpenAsync(CancellationToken cancellationToken)
    {
        SessionLease? lease;
        if (_start.Request is not null)
        {
            // A model that cannot be asked is said before anything is stored.
            await TakeModelAsync(_start.Model, cancellationToken);
        }

        if (_start.SessionId is null)
        {
            (_session, lease) = _services.Journal.Create(Title(_start.Request!.Prompt), _start.Client);
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
            lease = _services.Journal.TryTake(_session);
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
            else
            {
                await TakeModelAsync(_start.Model ?? _replay.Start?.AskedModel, cancellationToken);
                if (_start.OnlyCompacts ? !OpenForCompaction() : !TakeUpRun())
                {
                    lease.Dispose();
                    return null;
                }
            }

            _services.Runs.Add(_run, this);
            if (!_start.OnlyCompacts)
            {
                await RecordStartAsync();
            }

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
        var (message, label, texts) = UserTurn.Write(request, _services.Guardrails, MarkedAs, _services.Context.Value.MaxResultCharacters);
        _request = new RunStartedData
        {
            Prompt = request.Prompt,
            Client = request.Client,
            Mode = request.Mode,
            Budget = request.Budget ?? _services.Limits.Value.ToBudget(),
            OutputSchema = request.OutputSchema,
            Model = _model.ToString(),
            AskedModel = _start.Model,
            Message = MessageJson.Write(message),
            Texts = texts,
        };
        StageState("running", request.Client);
        Append(SessionEventTypes.RunStarted, label, _request, SessionJson.Default.RunStartedData);
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

        _services.Journal.Update(_session, "running", _start.Client, _model.ToString(), _runs);
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
        _conversation.LeavesOutHelp = _model.Profile.IsHelped;
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
            _services.Guardrails?.Instruction(MarkedAs),
            _services.Context.Value.Instructions);
    }

    private async ValueTask TakeModelAsync(string? name, CancellationToken cancellationToken)
    {
        _asked = name;
        _model = _start.Request?.Model is null && _services.Models is { } models
            ? await models.DescribeAsync(name, cancellationToken)
            : Model.GetService(typeof(ModelInfo)) as ModelInfo ?? new ModelInfo { Provider = "unknown", Name = "model" };
        _tokens = _services.Estimators.For(_model.ToString());
    }
}
