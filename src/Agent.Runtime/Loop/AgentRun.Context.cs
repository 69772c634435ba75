using Agent.Runtime.Context;
using Agent.Runtime.Sessions;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Loop;

/// <summary>Keeps what is sent within the model's context.</summary>
internal sealed partial class AgentRun
{
    /// <summary>After room was made, this share of the window is filled at most, so that it is not made again at the next step.</summary>
    private const double FilledAfterDrop = 0.4;
    private const double KeptAfterCompaction = 0.25;

    /// <summary>The window as a refusal taught it; null until then.</summary>
    private int? _learntWindow;
    private int _compactedThrough;

    private int Window => _learntWindow ?? _model.ContextWindow ?? _services.Context.Value.DefaultWindow;

    /// <summary>Tokens kept free for the answer.</summary>
    private int Reserve => Math.Min(_model.MaxOutput ?? 4_096, Window / 5);

    private long Size => _conversation.Measured + _offered.Measured;

    /// <summary>Makes room where it is needed.</summary>
    /// <returns>The tokens of the next request, as expected.</returns>
    private async ValueTask<long> PrepareContextAsync(CancellationToken cancellationToken)
    {
        var options = _services.Context.Value;
        if (_tokens.AtMost(Size) > Window * options.DropResultsAt)
        {
            Drop(ContextPlan.DropResults(_conversation, Target(FilledAfterDrop), HandleOf));
        }

        if (_tokens.AtMost(Size) > Math.Min(Window * options.CompactAt, Window - Reserve))
        {
            await CompactAsync(cancellationToken);
        }

        return _tokens.Expected(Size);
    }

    /// <summary>Makes as much room as can be made, after a server refused the request as too long.</summary>
    private async ValueTask ShrinkAsync(ModelException refusal, CancellationToken cancellationToken)
    {
        // What was sent was more than the window, whatever was guessed.
        _learntWindow = refusal.ContextWindow ?? Math.Min(Window, (int)(_tokens.Expected(Size) * 0.8));
        if (_tokens.Expected(Size) < _learntWindow)
        {
            _tokens.Learn(Size, (long)(_learntWindow.Value * 1.1));
        }

        Drop(ContextPlan.DropResults(_conversation, Target(FilledAfterDrop), HandleOf));
        if (_tokens.AtMost(Size) > Window * 0.5)
        {
            await CompactAsync(cancellationToken);
        }
    }

    private async ValueTask CompactAsync(CancellationToken cancellationToken)
    {
        var before = _tokens.Expected(Size);
        var end = ContextPlan.CutAt(_conversation, Target(KeptAfterCompaction));
        if (end > 2 || (end == 2 && _compactedThrough == 0))
        {
            await SumUpAsync(end, IsRequestBefore(end) ? _request.Prompt : null, cancellationToken);
            _compactedThrough = end;
            Emit(new RunEvent.Notice("The conversation grew long, so its beginning was summed up."));
        }

        if (_tokens.AtMost(Size) > Window - Reserve)
        {
            Drop(ContextPlan.CutResults(_conversation, Target(1 - ((double)Reserve / Window)), HandleOf));
        }

        RunLog.Compacted(_services.Log, _run, before, _tokens.Expected(Size));
    }

    private async ValueTask SumUpAsync(int end, string? request, CancellationToken cancellationToken)
    {
        var budget = (int)Math.Clamp(_tokens.Fitting(Window / 2) * 3, 1_000, 200_000);
        var message = Summary.Message(await SummarizeAsync(end, budget, cancellationToken), request);
        Append(SessionEventTypes.Compacted, _conversation.Label, new CompactedData(message, end - 1), SessionJson.Default.CompactedData);
        _conversation.Compact(end, new ChatMessage(ChatRole.User, message));
    }

    /// <summary>A model sums up; where it cannot, or the budget forbids it, requests and answers stand in their own words.</summary>
    private async ValueTask<string> SummarizeAsync(int end, int budget, CancellationToken cancellationToken)
    {
        var mechanical = Summary.Mechanical(_conversation.Messages, end, budget / 4);
        if (_model.Provider == "offline")
        {
            return mechanical;
        }

        ChatMessage[] messages =
        [
            new(ChatRole.System, Summary.Instructions),
            new(ChatRole.User, Summary.Transcript(_conversation.Messages, end, budget)),
        ];
        var measured = messages.Sum(static m => (long)TokenEstimator.Measure(m));
        if (_budget.Check(_tokens.Expected(measured), Elapsed, out var maxOutput) is not null)
        {
            return mechanical;
        }

        try
        {
            var options = new ChatOptions { ModelId = _asked, MaxOutputTokens = Math.Min(maxOutput ?? 1_024, Math.Min(1_024, Reserve)), Temperature = _model.Profile.Temperature };
            var response = await Model.GetResponseAsync(messages, options, cancellationToken);
            Spend(response.Usage, _model);
            return string.IsNullOrWhiteSpace(response.Text) ? mechanical : response.Text;
        }
#pragma warning disable CA1031 // Whatever a client throws: a conversation can always be shortened.
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
#pragma warning restore CA1031
        {
            RunLog.ModelThrew(_services.Log, e, _run, _model.ToString());
            return mechanical;
        }
    }

    private bool IsRequestBefore(int end)
    {
        for (var i = end; i < _conversation.Messages.Count; i++)
        {
            if (_conversation.Messages[i].Role == ChatRole.User && _conversation.Messages[i].Text.Contains(_request.Prompt, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    private void Drop(IReadOnlyDictionary<string, string> shown)
    {
        if (shown.Count > 0)
        {
            Append(SessionEventTypes.ResultsDropped, _conversation.Label, new ResultsDroppedData(shown), SessionJson.Default.ResultsDroppedData);
            _conversation.ReplaceResults(shown);
            _wasCut = true;
            OfferReading();
        }
    }

    /// <summary>What the conversation may measure so that it and the tools surely fill at most a share of the window.</summary>
    private long Target(double share) => Math.Max(0, _tokens.Fitting((long)(Window * share)) - _offered.Measured);

    private string? HandleOf(string callId) => _replay.Handles.GetValueOrDefault(callId);
}
