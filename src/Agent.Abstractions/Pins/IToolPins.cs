namespace Agent;

/// <summary>How something stands to its pin.</summary>
public enum PinState
{
    /// <summary>Seen for the first time, and pinned now (a definition) or to be shown to a person first (a command).</summary>
    New,

    /// <summary>As it was pinned.</summary>
    Same,

    /// <summary>Different from what was pinned: off until a person has looked at it.</summary>
    Changed,
}

/// <summary>How a tool definition or a command stands to its pin.</summary>
/// <param name="Key">What was pinned: <c>tool:files.read_file</c> or <c>command:files</c>.</param>
/// <param name="State">How it stands.</param>
/// <param name="Difference">What changed, line by line with <c>-</c> and <c>+</c>; null unless it changed.</param>
/// <param name="Warnings">What was noticed in the text (hidden characters, instructions); it never decides.</param>
public sealed record PinCheck(string Key, PinState State, string? Difference, IReadOnlyList<string> Warnings);

/// <summary>
/// Remembers tool definitions and server commands as they were first used, so that a change is looked at before it takes effect.
/// What is pinned, found changed or accepted is recorded in the audit.
/// Safe for several threads and processes.
/// </summary>
public interface IToolPins
{
    /// <summary>Compares a definition with its pin; the first one seen becomes the pin.</summary>
    /// <param name="tool">The definition.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>How it stands.</returns>
    ValueTask<PinCheck> CheckToolAsync(ToolDefinition tool, CancellationToken cancellationToken);

    /// <summary>Compares a stdio server's command with its pin. A new one is not pinned until it is accepted.</summary>
    /// <param name="server">The server's name in the configuration.</param>
    /// <param name="commandLine">The whole command: program, arguments, and the names of the environment variables it is given.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <returns>How it stands.</returns>
    ValueTask<PinCheck> CheckCommandAsync(string server, string commandLine, CancellationToken cancellationToken);

    /// <summary>What waits for a person's look: changed definitions, new and changed commands.</summary>
    /// <returns>The waiting ones, by key.</returns>
    IReadOnlyList<PinCheck> Pending();

    /// <summary>Accepts what waits under a key; it becomes the pin.</summary>
    /// <param name="key">The key of a <see cref="PinCheck"/>, or a tool's or server's name.</param>
    /// <param name="acceptedBy">Who looked at it.</param>
    /// <param name="cancellationToken">Cancels before anything is stored.</param>
    /// <returns>False where nothing waits under that key.</returns>
    ValueTask<bool> AcceptAsync(string key, string acceptedBy, CancellationToken cancellationToken);

    /// <summary>Raised after something was accepted in this process.</summary>
    event EventHandler? Changed;
}
