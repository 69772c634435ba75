namespace Agent.Benchmarks.Files;

/// <summary>A tree of real source: what lies on this machine, copied once, because a corpus must not change between runs.</summary>
internal static class Corpus
{
    private const int Files = 42_000;
    private const long Bytes = 520_000_000;
    private const long LargestFile = 400_000;

    private static readonly HashSet<string> Extensions =
    [
        ".cs", ".xml", ".js", ".mjs", ".cjs", ".ts", ".py", ".pyi", ".h", ".hpp", ".c", ".md", ".rst", ".json", ".pl", ".pm", ".java", ".go", ".rb", ".css", ".html",
    ];

    /// <summary>The corpus in a folder; made there unless it is there already.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="peers">Source that is part of it on every machine, so that the patterns are found.</param>
    public static void Ensure(string folder, string peers)
    {
        var done = folder + ".complete";
        if (File.Exists(done))
        {
            return;
        }

        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var count = 0;
        long bytes = 0;
        foreach (var source in new[] { peers, Path.Combine(home, ".nuget"), "/usr/share", "/usr/lib", "/usr/include", "/usr/local", home, "/opt" }.Where(Directory.Exists))
        {
            foreach (var file in new DirectoryInfo(source).EnumerateFiles("*", options))
            {
                if (count >= Files && bytes >= Bytes)
                {
                    break;
                }

                if (!Extensions.Contains(file.Extension) || file.Length is 0 or > LargestFile)
                {
                    continue;
                }

                var target = folder + file.FullName;
                if (!File.Exists(target))
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                    file.CopyTo(target);
                }

                count++;
                bytes += file.Length;
            }
        }

        if (count < 40_000 || bytes < 500_000_000)
        {
            throw new InvalidOperationException($"Only {count} source files of {bytes / 1_000_000} MB lie on this machine; give a folder of your own that holds 40,000 of 500 MB.");
        }

        File.WriteAllText(done, $"{count} files, {bytes} bytes\n");
    }
}
