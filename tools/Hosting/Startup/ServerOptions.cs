using System.Text.Json;

namespace Agent.Tools.Hosting;

/// <summary>A source under a name: <c>NAME=VALUE</c>.</summary>
/// <param name="Name">What tools call it: letters, digits, <c>_</c>, <c>-</c>, <c>.</c>.</param>
/// <param name="Value">Where it is; may hold a secret and is never shown.</param>
public sealed record NamedSource(string Name, string Value);

/// <summary>How a server was started.</summary>
public sealed record ServerOptions
{
    /// <summary>The folders the server may touch, as given by <c>--root</c>; the working folder where none is given.</summary>
    public IReadOnlyList<string> Roots { get; init; } = [];

    /// <summary>The databases, as given by <c>--database</c>.</summary>
    public IReadOnlyList<NamedSource> Databases { get; init; } = [];

    /// <summary>The web APIs, as given by <c>--api</c>.</summary>
    public IReadOnlyList<NamedSource> Apis { get; init; } = [];

    /// <summary>
    /// Where the server keeps what must outlive it: <c>--state</c>, else <c>AGENT_STATE</c>, else <c>$XDG_STATE_HOME/agent</c>,
    /// else <c>~/.local/state/agent</c>. It need not exist; create it with <see cref="PrivateFolder"/>.
    /// </summary>
    public required string StateFolder { get; init; }

    /// <summary>Further folders of state, given by <c>--private</c>, that no tool may see or change even where they lie in a root.</summary>
    public IReadOnlyList<string> PrivateFolders { get; init; } = [];

    /// <summary>The address to serve HTTP on; null serves stdin and stdout.</summary>
    public Uri? Http { get; init; }

    /// <summary>The server's own section (a member of its name) of the file given by <c>--config</c>; null where there is none.</summary>
    public JsonElement? Configuration { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
