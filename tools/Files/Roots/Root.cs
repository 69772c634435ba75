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
        RealPath = folder.RealPath;
    }

    /// <summary>What paths begin with where there are several roots.</summary>
    public string Name { get; }

    /// <summary>Its path on this machine, as it was given.</summary>
    public string FullPath { get; }

    /// <summary>Its path on this machine without links.</summary>
    public string RealPath { get; }

    /// <summary>Folders in it that no tool sees, by their paths from here: state of programs like this one.</summary>
    public IReadOnlyList<string> Private { get; set; } = [];

    /// <summary>Opens a folder in it by its path from the root.</summary>
    public LinuxFolder Open(string relative) => folder.OpenPath(relative);

    /// <summary>Whether a path from here is a private folder, or lies in one.</summary>
    public bool IsPrivate(string relative)
    {
        foreach (var folder in Private)
        {
            if (PathOrder.IsWithin(relative, folder))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>A place beneath a root.</summary>
/// <param name="Root">The root.</param>
/// <param name="Relative">The path from there, <c>/</c> between names, no name a link that is followed; empty for the root itself.</param>
/// <param name="Shown">The path as the client reads it.</param>
/// <param name="Walked">The path from the root where the walk came by a link; null where that is <paramref name="Relative"/>.</param>
internal readonly record struct RootPath(Root Root, string Relative, string Shown, string? Walked = null)
{
    /// <summary>The last name; empty for the root itself.</summary>
    public string Name => Relative[(Relative.LastIndexOf('/') + 1)..];

    /// <summary>The path of the folder that holds it.</summary>
    public string Parent => Relative.LastIndexOf('/') is > 0 and var end ? Relative[..end] : string.Empty;

    /// <summary>The path from the root that globs and ignore rules are held against.</summary>
    public string Seen => Walked ?? Relative;

    /// <summary>A place in this one, by one name or several.</summary>
    public RootPath Child(string name)
    {
        var relative = Relative.Length == 0 ? name : $"{Relative}/{name}";
        if (Walked is not null)
        {
            return new RootPath(Root, relative, $"{Shown}/{name}", $"{Walked}/{name}");
        }

        // With one root both are the same; a walk makes tens of thousands of them.
        return new RootPath(Root, relative, Shown is "." or "" || ReferenceEquals(Shown, Relative) ? relative : $"{Shown}/{name}");
    }
}
