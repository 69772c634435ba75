using System.Diagnostics;
using System.Text;
using FsCheck.Xunit;

namespace Agent.Tools.Files.Tests.Searching;

/// <summary>Compares with ripgrep itself on random trees, where it is installed; CI installs it.</summary>
public sealed class RipgrepParityTests
{
    private static readonly string[] Names = ["a", "b", "build", "src", ".hid", "x.log", "keep.log", "y.txt", "z.cs", "éa.md", "w w.txt"];
    private static readonly string[] Rules = ["*.log", "!keep.log", "/build", "build/", "src/*.cs", "**/b", "a/**", "# comment", "*.t[wx]t", "\\!x", "x.*", "!x.log", "src/**/y.txt", "?.md", ""];
    private static readonly string[] Lines = ["needle", "NEEDLE in hay", "hay", "", "needles", "a needle, b", "é needle", "v1.2.3", "A123Bcd", "tab\tneedle"];

    [Property(MaxTest = 25)]
    public bool Search_RandomTree_FindsWhatRipgrepFinds(int seed)
    {
        if (!HasRipgrep())
        {
            return true;
        }

        var random = new Random(seed);
        using var tree = new FilesBench();
        Grow(tree, random, string.Empty, 0);
        if (random.Next(2) == 0)
        {
            Directory.CreateDirectory(tree.Full(".git/info"));
            File.WriteAllText(tree.Full(".git/info/exclude"), Rule(random));
        }

        (object Arguments, string[] Flags)[] queries =
        [
            (new { pattern = "needle", limit = 5000 }, ["-F", "needle"]),
            (new { pattern = "needle", hidden = true, limit = 5000 }, ["-F", "--hidden", "needle"]),
            (new { pattern = "needle", ignored = true, limit = 5000 }, ["-F", "--no-ignore", "needle"]),
            (new { pattern = "needle", hidden = true, ignored = true, ignore_case = true, limit = 5000 }, ["-F", "-uu", "-i", "needle"]),
            (new { pattern = "needle", whole_word = true, limit = 5000 }, ["-F", "-w", "needle"]),
            (new { pattern = "[A-Z][0-9]{3}[A-Z][a-z]{2}|v\\d+\\.\\d", regex = true, limit = 5000 }, ["[A-Z][0-9]{3}[A-Z][a-z]{2}|v\\d+\\.\\d"]),
            (new { pattern = "^needle|hay$", regex = true, limit = 5000 }, ["^needle|hay$"]),
            (new { pattern = "needle", include = "*.log", limit = 5000 }, ["-F", "-g", "*.log", "needle"]),
            (new { pattern = "needle", exclude = new[] { "src", "*.txt" }, limit = 5000 }, ["-F", "-g", "!src", "-g", "!*.txt", "needle"]),
        ];
        foreach (var (arguments, flags) in queries)
        {
            var expected = Ripgrep(tree.Root, flags);
            var actual = tree.Lines(arguments).GetAwaiter().GetResult().Order(StringComparer.Ordinal).ToArray();
            Assert.True(expected.SequenceEqual(actual), $"rg {string.Join(' ', flags)}\nexpected: {string.Join(" | ", expected)}\nactual: {string.Join(" | ", actual)}");
        }

        return true;
    }

    private static void Grow(FilesBench tree, Random random, string folder, int depth)
    {
        Directory.CreateDirectory(tree.Full(folder));
        foreach (var name in Names.Where(_ => random.Next(2) == 0))
        {
            var path = folder.Length == 0 ? name : $"{folder}/{name}";
            if (name is "a" or "b" or "build" or "src" or ".hid" && depth < 3)
            {
                Grow(tree, random, path, depth + 1);
            }
            else
            {
                var text = string.Join('\n', Enumerable.Range(0, random.Next(6)).Select(_ => Lines[random.Next(Lines.Length)]));
                tree.WriteBytes(path, random.Next(12) == 0 ? [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)] : Encoding.UTF8.GetBytes(text));
            }
        }

        foreach (var name in (string[])[".gitignore", ".ignore", ".rgignore"])
        {
            if (random.Next(6) == 0)
            {
                tree.Write(folder.Length == 0 ? name : $"{folder}/{name}", Rule(random) + "\n" + Rule(random));
            }
        }
    }

    private static string Rule(Random random) => Rules[random.Next(Rules.Length)];

    internal static bool HasRipgrep()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Any(folder => File.Exists(Path.Combine(folder, "rg")));
        Assert.False(!found && Environment.GetEnvironmentVariable("CI") == "true", "ripgrep is needed in CI.");
        return found;
    }

    private static string[] Ripgrep(string root, string[] flags)
    {
        var start = new ProcessStartInfo("rg", ["--no-config", "-n", "--no-heading", "--color", "never", .. flags, "."])
        {
            WorkingDirectory = root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[2..]).Order(StringComparer.Ordinal)];
    }
}
