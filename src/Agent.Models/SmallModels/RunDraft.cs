using System.Text.Json.Nodes;
using Agent.Models.Offline.Tools;

namespace Agent.Models.SmallModels;

/// <summary>A draft that was run.</summary>
/// <param name="CallId">The call's id.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Votes">How many drafts are this same statement.</param>
/// <param name="Discarded">How many drafts beside it were written and not run.</param>
/// <param name="Output">What came of it.</param>
internal sealed record RunDraft(string CallId, JsonObject Arguments, int Votes, int Discarded, ToolOutput Output)
{
    /// <summary>The statement.</summary>
    public string Statement => Text("statement") ?? Text("sql") ?? Text("query") ?? string.Empty;

    /// <summary>The database's name; empty where there is one only.</summary>
    public string Database => Text("database") ?? Text("db") ?? Text("connection") ?? string.Empty;

    private string? Text(string name) => Arguments[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
