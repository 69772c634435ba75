using System.Text.Json.Nodes;
using Agent.Models.Offline.Tools;

namespace Agent.Models.Offline.Conversation;

/// <summary>A call that the history holds, with its result where one came back.</summary>
internal sealed record RecordedCall(string CallId, string Tool, JsonObject Arguments)
{
    public ToolOutput? Output { get; set; }

    /// <summary>The arguments in a form that two equal calls share.</summary>
    public string Canonical { get; } = CanonicalArguments.Write(Arguments);
}

/// <summary>One request of the person and the calls that were made for it, in their order.</summary>
internal sealed record Turn(int Index, string Text)
{
    public List<RecordedCall> Calls { get; } = [];
}
