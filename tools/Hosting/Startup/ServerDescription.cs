namespace Agent.Tools.Hosting;

/// <summary>What a server works on, and so which flags it takes beside those that all take.</summary>
[Flags]
public enum ServerSources
{
    /// <summary>Nothing of these.</summary>
    None = 0,

    /// <summary>Folders: <c>--root</c>.</summary>
    Roots = 1,

    /// <summary>Databases: <c>--database</c>.</summary>
    Databases = 2,

    /// <summary>Web APIs: <c>--api</c>.</summary>
    Apis = 4,
}

/// <summary>What a server tells of itself.</summary>
/// <param name="Name">Its name, which is also its section in a configuration file.</param>
/// <param name="Title">A short name for people.</param>
/// <param name="Description">One sentence for the help text.</param>
/// <param name="Instructions">How a model best uses its tools together.</param>
/// <param name="Sources">What it works on.</param>
public sealed record ServerDescription(string Name, string Title, string Description, string Instructions, ServerSources Sources);
