using Agent.Tools.Files.Changing;
using FsCheck.Xunit;

namespace Agent.Tools.Files.Tests.Changing;

public sealed class UnifiedDiffTests
{
    [Property(MaxTest = 300)]
    public bool Of_AnyTexts_AppliedToTheOldGivesTheNew(int seed)
    {
        var random = new Random(seed);
        string[] Lines() => [.. Enumerable.Range(0, random.Next(40)).Select(_ => ((char)('a' + random.Next(6))).ToString())];
        var old = Lines();
        var now = random.Next(3) == 0 ? Lines() : [.. old.Where(_ => random.Next(8) > 0).SelectMany(line => random.Next(8) == 0 ? new[] { line, "new" } : [line])];
        var diff = UnifiedDiff.Of("f", "f", string.Concat(old.Select(line => line + "\n")), string.Concat(now.Select(line => line + "\n")));
        Assert.Equal(now, Apply(old, diff.Text));
        Assert.Equal(now.Length - old.Length, diff.Added - diff.Removed);
        return true;
    }

    private static List<string> Apply(string[] old, string diff)
    {
        var result = new List<string>();
        var at = 0;
        foreach (var line in diff.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(2))
        {
            if (line.StartsWith("@@", StringComparison.Ordinal))
            {
                var range = line.Split(' ')[1][1..].Split(',');
                var start = int.Parse(range[0], null) - (range is [_, "0"] ? 0 : 1);
                result.AddRange(old[at..start]);
                at = start;
            }
            else if (line[0] == '+')
            {
                result.Add(line[1..]);
            }
            else
            {
                Assert.Equal(old[at++], line[1..]);
                if (line[0] == ' ')
                {
                    result.Add(line[1..]);
                }
            }
        }

        result.AddRange(old[at..]);
        return result;
    }
}
