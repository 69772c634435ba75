using System.Text.Json;
using Agent.Runtime.Context;
using Agent.Runtime.Loop;
using Microsoft.Extensions.AI;

namespace Agent.Runtime.Sessions;

/// <summary>A call of a turn whose results are not all there yet.</summary>
internal sealed class OpenCall(FunctionCallContent content)
{
    public FunctionCallContent Content { get; } = content;

    public bool Started { get; set; }

    public bool ReadFromText { get; set; }

    public JsonElement? Arguments { get; set; }

    public string? Name { get; set; }

    public string? ApprovalId { get; set; }

    public CallEndedData? Ended { get; set; }

    public Label Label { get; set; } = Label.Missing;
}

/// <summary>What a session holds, built again from its events.</summary>
internal sealed class SessionReplay
{
    private readonly List<OpenCall> _open = [];

    public Conversation Conversation { get; } = new();

    public IProvenance Provenance { get; private set; } = null!;

    public HashSet<string> CallIds { get; } = new(StringComparer.Ordinal);

    /// <summary>The handles of the results of the session, by the ids of their calls.</summary>
    public Dictionary<string, string> Handles { get; } = new(StringComparer.Ordinal);

    public long Sequence { get; private set; }

    public int Runs { get; private set; }

    /// <summary>The run that its history begins with: of another session where this one was branched.</summary>
    public string? FirstRun { get; private set; }

    /// <summary>The last run, where it did not end.</summary>
    public string? OpenRun { get; private set; }

    /// <summary>The request of the last run.</summary>
    public RunStartedData? Start { get; private set; }

    /// <summary>Model calls of the last run.</summary>
    public int Steps { get; private set; }

    /// <summary>The calls of the last run that ended, in their order.</summary>
    public List<CallEndedData> Ended { get; } = [];

    public IReadOnlyList<PlanStep> Plan { get; private set; } = [];

    public List<StoredUsage> Usage { get; } = [];

    /// <summary>What the model said in the last run.</summary>
    public List<string> Texts { get; } = [];

    public RunResult? LastResult { get; private set; }

    /// <summary>True where the run was being ended when it was cut off: all that is missing is the word that it ended.</summary>
    public bool Closing { get; private set; }

    /// <summary>The calls of the last turn, where some of them have no result; empty otherwise.</summary>
    public IReadOnlyList<OpenCall> Open => _open;

    public static SessionReplay Read(IReadOnlyList<SessionEvent> events, IProvenanceFactory factory)
    {
        var replay = new SessionReplay { FirstRun = events.Count > 0 ? events[0].Run : null };
        var snapshot = events.LastOrDefault(static e => e.Type == SessionEventTypes.Provenance);
        replay.Provenance = snapshot is null ? factory.Create() : factory.Restore(snapshot.Data);
        foreach (var item in events)
        {
            replay.Apply(item, isNew: item.Sequence > (snapshot?.Sequence ?? 0));
        }

        return replay;
    }

    private void Apply(SessionEvent item, bool isNew)
    {
        Sequence = item.Sequence;
        switch (item.Type)
        {
            case SessionEventTypes.RunStarted:
                ApplyStart(item, isNew);
                break;
            case SessionEventTypes.Message:
                ApplyMessage(item);
                break;
            case SessionEventTypes.CallStarted:
                var started = Data(item, SessionJson.Default.CallStartedData);
                if (Find(started.Id) is { } startedCall)
                {
                    startedCall.Started = true;
                    startedCall.Arguments = started.Arguments;
                    startedCall.Name = started.Name;
                    startedCall.ReadFromText = started.ReadFromText;
                }

                break;
            case SessionEventTypes.CallPending:
                var pending = Data(item, SessionJson.Default.CallPendingData);
                if (Find(pending.Id) is { } pendingCall)
                {
                    pendingCall.ApprovalId = pending.ApprovalId;
                }

                break;
            case SessionEventTypes.CallEnded:
                ApplyEnd(item, isNew);
                break;
            case SessionEventTypes.Plan:
                Plan = Data(item, SessionJson.Default.PlanData).Steps;
                break;
            case SessionEventTypes.ResultsDropped:
                Conversation.ReplaceResults(Data(item, SessionJson.Default.ResultsDroppedData).Shown);
                break;
            case SessionEventTypes.Compacted:
                var compacted = Data(item, SessionJson.Default.CompactedData);
                Conversation.Compact(compacted.Messages + 1, new ChatMessage(ChatRole.User, compacted.Summary));
                break;
            case SessionEventTypes.RunEnded:
                LastResult = Data(item, SessionJson.Default.RunResult);
                OpenRun = null;
                break;
        }
    }

    private void ApplyStart(SessionEvent item, bool isNew)
    {
        var start = Data(item, SessionJson.Default.RunStartedData);
        Start = start;
        OpenRun = item.Run;
        Closing = false;
        Runs++;
        Steps = 0;
        Ended.Clear();
        Usage.Clear();
        Texts.Clear();
        Plan = [];
        if (Conversation.Messages.Count == 0)
        {
            Conversation.SetSystem(string.Empty);
        }

        Conversation.AddUser(MessageJson.Read(start.Message), item.Label);
        if (isNew)
        {
            Provenance.AddUserTurn(start.Prompt);
            foreach (var text in start.Texts)
            {
                Provenance.AddText(text.Text, text.Label.ToLabel());
            }
        }
    }

    private void ApplyMessage(SessionEvent item)
    {
        var data = Data(item, SessionJson.Default.MessageData);
        var message = MessageJson.Read(data.Message);
        if (message.Role == ChatRole.User)
        {
            Conversation.AddUser(message, item.Label);
            return;
        }

        if (data.Usage is { } usage)
        {
            Steps++;
            Usage.Add(usage);
        }

        Conversation.AddAssistant(message, item.Label);
        Closing = data.Closing;
        if (message.Text.Length > 0)
        {
            Texts.Add(message.Text);
        }

        _open.Clear();
        foreach (var content in message.Contents.OfType<FunctionCallContent>())
        {
            CallIds.Add(content.CallId);
            _open.Add(new OpenCall(content) { ReadFromText = ModelKeys.IsReadFromText(content) });
        }
    }

    private void ApplyEnd(SessionEvent item, bool isNew)
    {
        var ended = Data(item, SessionJson.Default.CallEndedData);
        if (Find(ended.Id) is not { } call)
        {
            return;
        }

        call.Ended = ended;
        call.Label = item.Label;
        Handles[ended.Id] = ResultHandle.Write(item.Sequence);
        if (_open.TrueForAll(static c => c.Ended is not null))
        {
            Ended.AddRange(_open.Select(static c => c.Ended!));

            // Results enter the context together, so a snapshot holds all of a batch or nothing of it.
            foreach (var done in isNew ? _open : [])
            {
                if (done.Ended is { Server: { } server, Tool: { } tool, Repeated: false } stored)
                {
                    Provenance.AddResult(new ToolId(server, tool), new ToolResult { Raw = stored.Raw, Label = done.Label });
                }
            }

            Conversation.AddResults([.. _open.Select(static c => (c.Ended!.Id, c.Ended.Shown, c.Ended.Raw, c.Label))]);
            _open.Clear();
        }
    }

    private OpenCall? Find(string id) => _open.Find(c => c.Content.CallId == id);

    private static T Data<T>(SessionEvent item, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        item.Data.Deserialize(type) ?? throw new FormatException($"Event {item.Sequence} of the session is empty.");
}
