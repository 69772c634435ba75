namespace Agent.Tools.Hosting;

/// <summary>What a tool's results are about. A client that waits for what a person asked for goes on where it got something else.</summary>
public enum ToolSubject
{
    /// <summary>What people ask for: rows, lines, what an API answered.</summary>
    Data,

    /// <summary>What there is to ask: tables, folders, APIs.</summary>
    Overview,

    /// <summary>How the server itself is.</summary>
    State,
}
