using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files;

/// <summary>Turns a problem of the file system into the sentence that a model reads.</summary>
internal static class FileErrors
{
    private const int MostNames = 3;
    private const int MostFolders = 1_000;
    private const int MostEntries = 20_000;

    /// <summary>The error of a path, without a look at what is there instead.</summary>
    public static ToolException Of(string path, FileProblem problem) => new($"'{FileName.Show(path)}' {problem.Message}.", problem);

    /// <summary>The error of a place, with the nearest names where it is missing.</summary>
    public static ToolException Of(RootPath place, FileProblem problem)
    {
        if (problem.Kind == FileProblemKind.NotAFolder)
        {
            problem = Obstacle(place) ?? problem;
        }

        if (problem.Kind != FileProblemKind.Missing)
        {
            return Of(place.Shown, problem);
        }

        var nearest = Nearest(place);
        return new ToolException(
            nearest.Count > 0
                ? $"'{FileName.Show(place.Shown)}' does not exist; there is {string.Join(", ", nearest)}."
                : $"'{FileName.Show(place.Shown)}' does not exist; list_directory shows what does.",
            problem);
    }

    // The kernel says "not a folder" of a link that must not be followed, and of the whole path where a name above is a file.
    private static FileProblem? Obstacle(RootPath place)
    {
        try
        {
            var at = new RootPath(place.Root, string.Empty, string.Empty);
            foreach (var name in place.Relative.Split('/'))
            {
                using var folder = place.Root.Open(at.Relative);
                at = at.Child(name);
                switch (folder.Status(name)?.Kind)
                {
                    case EntryKind.Link:
                        return new FileProblem(FileProblemKind.Link, "is or passes through a symbolic link, which is not followed");
                    case EntryKind.File or EntryKind.Special when at.Relative.Length < place.Relative.Length:
                        return new FileProblem(FileProblemKind.NotAFolder, $"cannot be: '{FileName.Show(at.Relative)}' is a file, not a folder");
                }
            }
        }
        catch (FileProblem)
        {
            // The first error says enough.
        }

        return null;
    }

    // The names beside the missing one that look most like it; where its folder is missing too, those beside that. Then files of
    // that name elsewhere: most paths that are made up have the right name in the wrong folder.
    private static List<string> Nearest(RootPath place)
    {
        var found = new List<string>(MostNames);
        for (var at = place; at.Relative.Length > 0;)
        {
            var parent = at with { Relative = at.Parent, Shown = ParentOf(at.Shown) };
            try
            {
                found.AddRange(Beside(parent, at.Name));
                break;
            }
            catch (FileProblem)
            {
                at = parent;
            }
        }

        foreach (var shown in found.Count < MostNames ? OfThatName(place) : [])
        {
            if (found.Count < MostNames && !found.Contains(shown))
            {
                found.Add(shown);
            }
        }

        return found;
    }

    private static IEnumerable<string> Beside(RootPath folder, string name)
    {
        using var opened = folder.Root.Open(folder.Relative);
        var entries = new List<Entry>();
        opened.List(entries);
        return
        [
            .. entries
                .Select(entry => (entry.Name, Distance: SameStem(entry.Name, name) ? 1 : Distance(entry.Name, name)))
                .Where(candidate => candidate.Distance <= Math.Min(Math.Max(2, name.Length / 3), name.Length - 1))
                .OrderBy(candidate => candidate.Distance)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Take(MostNames)
                .Select(candidate => FileName.Show(folder.Child(candidate.Name).Shown)),
        ];
    }

    // Level by level, within limits that keep an error quick in the largest of trees.
    private static List<string> OfThatName(RootPath place)
    {
        var found = new List<string>();
        var open = new Queue<RootPath>([new RootPath(place.Root, string.Empty, RootOf(place))]);
        var entries = new List<Entry>();
        for (int folders = 0, names = 0; folders < MostFolders && names < MostEntries && found.Count < MostNames && open.TryDequeue(out var folder); folders++)
        {
            entries.Clear();
            try
            {
                using var opened = folder.Root.Open(folder.Relative);
                opened.List(entries);
            }
            catch (FileProblem)
            {
                continue;
            }

            names += entries.Count;
            foreach (var entry in entries.OrderBy(entry => entry.Name, StringComparer.Ordinal))
            {
                if (entry.Name[0] == '.' || entry.Name == "node_modules")
                {
                    continue;
                }

                if (entry.Kind == EntryKind.Folder)
                {
                    open.Enqueue(folder.Child(entry.Name));
                }
                else if (entry.Name.Equals(place.Name, StringComparison.OrdinalIgnoreCase) || SameStem(entry.Name, place.Name))
                {
                    found.Add(FileName.Show(folder.Child(entry.Name).Shown));
                }
            }
        }

        return found;
    }

    /// <summary>How a root is shown: what a place's path has before the part within the root.</summary>
    private static string RootOf(RootPath place) =>
        place.Shown.EndsWith(place.Relative, StringComparison.Ordinal) ? place.Shown[..^place.Relative.Length].TrimEnd('/') : string.Empty;

    // report.txt for report.md, handbook for handbook.md.
    private static bool SameStem(string x, string y) =>
        Path.GetFileNameWithoutExtension(y).Length > 2
        && Path.GetFileNameWithoutExtension(x.AsSpan()).Equals(Path.GetFileNameWithoutExtension(y), StringComparison.OrdinalIgnoreCase);

    private static string ParentOf(string shown) => shown.LastIndexOf('/') is >= 0 and var end ? shown[..end] : ".";

    private static int Distance(string x, string y)
    {
        if (x.Equals(y, StringComparison.OrdinalIgnoreCase) || x.Normalize() == y.Normalize())
        {
            return 0;
        }

        if (Math.Abs(x.Length - y.Length) > 20 || x.Length > 200)
        {
            return int.MaxValue;
        }

        // Levenshtein, without regard to case.
        var row = Enumerable.Range(0, y.Length + 1).ToArray();
        for (var i = 1; i <= x.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= y.Length; j++)
            {
                var cost = char.ToLowerInvariant(x[i - 1]) == char.ToLowerInvariant(y[j - 1]) ? 0 : 1;
                var next = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + cost);
                diagonal = row[j];
                row[j] = next;
            }
        }

        return row[^1];
    }
}
