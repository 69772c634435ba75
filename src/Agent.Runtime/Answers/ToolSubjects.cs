using System.Text.Json;

namespace Agent.Runtime.Answers;

/// <summary>What the results of a tool are about.</summary>
internal enum ToolSubject
{
    /// <summary>What people ask for.</summary>
    Data,

    /// <summary>What there is to ask: tables, folders, APIs.</summary>
    Overview,

    /// <summary>How the server itself is; no answer rests on it.</summary>
    State,
}

/// <summary>Reads it from a tool's definition (<c>_meta</c> <c>agent/about</c>); a stranger's tool that does not say is judged by its name.</summary>
internal static class ToolSubjects
{
    private const string Key = "agent/about";

    public static ToolSubject Of(ToolDefinition tool) =>
        tool.Meta is { ValueKind: JsonValueKind.Object } meta && meta.TryGetProperty(Key, out var about) && about.ValueKind == JsonValueKind.String
            ? about.GetString() switch { "overview" => ToolSubject.Overview, "state" => ToolSubject.State, _ => ToolSubject.Data }
            : !tool.BuiltIn && (tool.Id.Name.Contains("describe", StringComparison.OrdinalIgnoreCase) || tool.Id.Name.StartsWith("list_", StringComparison.OrdinalIgnoreCase))
                ? ToolSubject.Overview
                : ToolSubject.Data;
}
