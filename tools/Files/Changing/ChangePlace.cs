using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Changing;

/// <summary>What the changing tools ask of a place before they touch it.</summary>
internal static class ChangePlace
{
    /// <summary>A place that may be changed: no root itself, nothing that holds state of this program.</summary>
    /// <param name="roots">The roots.</param>
    /// <param name="path">The client's path.</param>
    /// <param name="last">Whether a link at its end stands for what it leads to, where links are followed.</param>
    public static RootPath Resolve(RootSet roots, string path, bool last)
    {
        var place = roots.Resolve(path, last);
        if (roots.Scopes.Any(scope => scope.Root == place.Root && scope.Relative == place.Relative))
        {
            throw new ToolException("A root itself cannot be changed; give a path in it.");
        }

        if (place.Root.Private.Any(folder => PathOrder.IsWithin(folder, place.Relative)))
        {
            throw new ToolException($"'{FileName.Show(place.Shown)}' holds a folder where this program keeps its state, and cannot be changed.");
        }

        return place;
    }

    /// <summary>Opens the folder that holds a place, making what is missing of it.</summary>
    public static Folder OpenParent(RootPath place, bool create)
    {
        try
        {
            return place.Root.Open(place.Parent);
        }
        catch (FileProblem e) when (create && e.Kind == FileProblemKind.Missing)
        {
            return MakeFolders(place.Root, place.Parent);
        }
    }

    /// <summary>Makes a folder and those above it that are missing.</summary>
    public static Folder MakeFolders(Root root, string relative)
    {
        Folder folder = root.Open(string.Empty);
        foreach (var name in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            CheckName(name);
            try
            {
                folder.MakeFolder(name);
                folder.Sync();
            }
            catch (FileProblem e) when (e.Kind == FileProblemKind.Exists)
            {
                // Opened below, where it shows whether it is a folder.
            }

            var next = folder.OpenFolder(name);
            folder.Dispose();
            folder = next;
        }

        return folder;
    }

    /// <summary>Whether the folder that holds a place is there.</summary>
    public static bool ParentExists(RootPath place)
    {
        try
        {
            using var folder = place.Root.Open(place.Parent);
            return true;
        }
        catch (FileProblem e) when (e.Kind == FileProblemKind.Missing)
        {
            return false;
        }
    }

    /// <summary>Refuses names that nobody could read as they are.</summary>
    public static void CheckName(string name)
    {
        if (!FileName.IsFitForNew(name))
        {
            throw new ToolException($"'{FileName.Show(name)}' cannot be the name of a new file: it is too long, or holds control or direction characters; choose another.");
        }
    }
}
