namespace Agent.Tools.Files.Roots;

/// <summary>A folder the server may touch.</summary>
internal sealed class Root
{
    private readonly LinuxFolder folder;

    public Root(string name, string fullPath)
    {
        Name = name;
        FullPath = fullPath;
        folder = LinuxFolder.OpenRoot(fullPath);
    }

    /// <summary>What paths begin with where there are several roots.</summary>
    public string Name { get; }

    /// <summary>Its path on this machine.</summary>
    public string FullPath { get; }

    /// <summary>Opens a folder in it by its path from the root.</summary>
    public LinuxFolder Open(string relative) => folder.OpenPath(relative);
}

/// <summary>A place beneath a root.</summary>
/// <param name="Root">The root.</param>
/// <param name="Relative">The path from there, <c>/</c> between names; empty for the root itself.</param>
/// <param name="Shown">The path as the client reads it.</param>
internal readonly record struct RootPath(Root Root, string Relative, string Shown)
{
    /// <summary>The last name; empty for the root itself.</summary>
    public string Name => Relative[(Relative.LastIndexOf('/') + 1)..];

    /// <summary>The path of the folder that holds it.</summary>
    public string Parent => Relative.LastIndexOf('/') is > 0 and var end ? Relative[..end] : string.Empty;

    /// <summary>A place in this one.</summary>
    public RootPath Child(string name)
    {
        var relative = Relative.Length == 0 ? name : $"{Relative}/{name}";

        // With one root both are the same; a walk makes tens of thousands of them.
        return new RootPath(Root, relative, Shown is "." or "" || ReferenceEquals(Shown, Relative) ? relative : $"{Shown}/{name}");
    }
}
