namespace Agent.Tools.Files.Roots;

/// <summary>
/// Names with line breaks, control characters or bytes that are no UTF-8 are shown in another form. A client that gives such a path back as it read it
/// means the one name in that folder that is shown so.
/// </summary>
internal static class ShownNames
{
    /// <summary>Whether a path may hold a name as it was shown.</summary>
    public static bool MayHold(string path) => path.AsSpan().ContainsAny('\\', '\uFFFD');

    /// <summary>The path with the names that are meant.</summary>
    public static string Read(Root root, string relative)
    {
        var meant = string.Empty;
        foreach (var name in relative.Split('/'))
        {
            var real = MayHold(name) ? Find(root, meant, name) ?? name : name;
            meant = meant.Length == 0 ? real : $"{meant}/{real}";
        }

        return meant;
    }

    private static string? Find(Root root, string parent, string name)
    {
        try
        {
            using var folder = root.Open(parent);
            if (folder.Status(name) is not null)
            {
                return name;
            }

            var entries = new List<Entry>();
            folder.List(entries);
            string? found = null;
            foreach (var entry in entries)
            {
                if (FileName.Show(entry.Name) == name)
                {
                    // Two that look alike: neither is meant for sure.
                    if (found is not null)
                    {
                        return null;
                    }

                    found = entry.Name;
                }
            }

            return found;
        }
        catch (FileProblem)
        {
            // Opening the path itself tells what is wrong.
            return null;
        }
    }
}
