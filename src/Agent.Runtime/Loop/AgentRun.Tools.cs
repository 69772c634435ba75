using Agent.Runtime.Context;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Loop;

/// <summary>What is offered to the model.</summary>
internal sealed partial class AgentRun
{
    /// <summary>The share of the window that the tools' definitions may take.</summary>
    private const double ToolShare = 0.35;

    private static readonly string ReadingName = new ToolId(LocalTools.Server, ReadResultTool.Name).ModelName;

    private OfferedTools _all = new();

    /// <summary>Whether the conversation holds a result that was cut or dropped; null until that was looked at.</summary>
    private bool? _wasCut;

    /// <summary>Every tool in full, for what is done on a small model's behalf.</summary>
    private IReadOnlyList<AITool> _every = [];

    /// <summary>Gives servers that are starting a moment; goes on without those that do not come, and says so.</summary>
    private async Task WaitForServersAsync(CancellationToken cancellationToken)
    {
        if (_services.Host.Servers.Any(static s => s.State == ServerState.Starting))
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var timer = _services.Time.CreateTimer(
                static state => ((CancellationTokenSource)state!).Cancel(), limit, _services.Context.Value.ServerWait, Timeout.InfiniteTimeSpan);
            try
            {
                await _services.Host.WaitUntilSettledAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The run begins without the slow ones; their tools are offered when they come.
            }
        }

        // Once for a session is enough; what changes later is shown where it happens.
        foreach (var server in _runs == 1 ? _services.Host.Servers : [])
        {
            if (server.State == ServerState.Starting)
            {
                Emit(new RunEvent.Notice($"The server {server.Name} is still starting; its tools are not there yet."));
            }
            else if (server.State == ServerState.Failed)
            {
                Emit(new RunEvent.Notice($"The server {server.Name} is not there: {server.Problem ?? "it could not be started."}"));
            }
        }
    }

    /// <summary>Brings the offer up to date where servers came or changed; within a run it only grows.</summary>
    private void RefreshTools()
    {
        OfferNewTools();
        OfferReading();
    }

    /// <summary>
    /// A small model is offered to read on once there is something to read on in: before that it calls the tool with a handle that
    /// it made up. The offer comes last, so that what was sent before stays a prefix, and not where tools are withheld anyway.
    /// </summary>
    private void OfferReading()
    {
        if (_model.Profile.Compact && _final is null && (_wasCut ??= HoldsCutResults()) && _all.Find(ReadingName) is { } tool)
        {
            _offered.Add(tool, compact: true);
        }
    }

    /// <summary>Whether an earlier request of the session left a result that can be read on in.</summary>
    private bool HoldsCutResults() => _conversation.Messages
        .SelectMany(static m => m.Contents.OfType<FunctionResultContent>())
        .Any(r => r.Result is string text && text.Contains(ReadResultTool.Mark, StringComparison.Ordinal) && !_conversation.IsLeftOut(r.CallId));

    private void OfferNewTools()
    {
        var tools = _services.Host.Tools;
        if (ReferenceEquals(tools, _offeredFrom))
        {
            return;
        }

        _offeredFrom = tools;
        var context = ContextOf(null);
        var compact = _model.Profile.Compact;
        List<ToolDefinition> visible = [];
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tool in _services.LocalTools.Select(static t => t.Definition).Concat(tools))
        {
            if (known.Add(tool.Id.ModelName) && !_services.Pipeline.IsHidden(tool, context))
            {
                visible.Add(tool);
            }
        }

        _all = new OfferedTools();
        foreach (var tool in visible)
        {
            _all.Add(tool, compact);
        }

        _every = _model.Profile.IsHelped ? [.. visible.Select(static t => OfferedTools.Declare(t, compact: false))] : [];
        var asked = compact ? ToolSearch.TellingWords(_request.Prompt) : null;
        var room = _tokens.Fitting((long)(Window * ToolShare));
        foreach (var tool in ToolSearch.Choose(visible, _model.Profile, _request.Prompt, t => OfferedTools.Measure(t, compact, asked), room))
        {
            _offered.Add(tool, compact, asked);
        }
    }

    /// <summary>Finds tools beyond those offered and offers them from the next step on.</summary>
    public IReadOnlyList<ToolDefinition> FindTools(string query, int limit)
    {
        var found = ToolSearch.Rank(_all.Definitions.Where(t => t.Id.Server != LocalTools.Server), query, limit, _model.Profile.Compact ? ToolSearch.ReadingFirst : 0);
        lock (_gate)
        {
            foreach (var tool in found)
            {
                _offered.Add(tool, _model.Profile.Compact);
            }
        }

        return found;
    }

    /// <summary>The tools that a call may name: those offered; for one made on the model's behalf in this process, all that the run may call.</summary>
    private Func<string, ToolDefinition?> FindFor(FunctionCallContent content) => ModelKeys.PurposeOf(content) is null ? _offered.Find : _all.Find;

    private string UnknownTool(string name)
    {
        if (_all.Find(name) is { } beyond)
        {
            return $"The tool {beyond.Id.ModelName} is not offered yet, so nothing ran. Find it with agent__find_tools first.";
        }

        var nearest = ToolSearch.Nearest(_offered.Definitions, name, 3);
        var shown = name.Length <= 80 ? name : name[..79] + "…";
        return nearest.Count == 0
            ? $"There is no tool '{shown}', so nothing ran. No tools are offered: answer without."
            : $"There is no tool '{shown}', so nothing ran. The nearest are {string.Join(", ", nearest.Select(static t => t.Id.ModelName))}.";
    }
}
