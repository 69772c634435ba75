using Agent.Tools.Files.Roots;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files;

/// <summary>Turns a problem of the file system into the sentence that a model reads.</summary>
internal static class FileErrors
{
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

    // The names beside the missing one that look most like it; where its folder is missing too, those beside that.
    private static List<string> Nearest(RootPath place)
    {
        for (var at = place; at.Relative.Length > 0;)
        {
            var parent = at with { Relative = at.Parent, Shown = ParentOf(at.Shown) };
            try
            {
                using var folder = at.Root.Open(parent.Relative);
                var entries = new List<Entry>();
                folder.List(entries);
                return
                [
                    .. entries
                        .Select(entry => (entry.Name, Distance: Distance(entry.Name, at.Name)))
                        .Where(candidate => candidate.Distance <= Math.Min(Math.Max(2, at.Name.Length / 3), at.Name.Length - 1))
                        .OrderBy(candidate => candidate.Distance)
                        .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                        .Take(3)
                        .Select(candidate => FileName.Show(parent.Child(candidate.Name).Shown)),
                ];
            }
            catch (FileProblem)
            {
                at = parent;
            }
        }

        return [];
    }

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
