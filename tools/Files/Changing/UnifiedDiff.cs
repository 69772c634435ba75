using System.Globalization;
using System.Text;

namespace Agent.Tools.Files.Changing;

/// <summary>The difference of two texts in the unified format, three lines of context.</summary>
internal sealed class UnifiedDiff
{
    private const int Context = 3;

    // Beyond this many differences the middle is shown as replaced whole: still right, and quick.
    private const int MaxDifferences = 2000;
    private const int MaxShownLines = 2000;

    private UnifiedDiff(string text, int added, int removed)
    {
        Text = text;
        Added = added;
        Removed = removed;
    }

    /// <summary>The diff; empty where the texts are equal.</summary>
    public string Text { get; }

    public int Added { get; }

    public int Removed { get; }

    /// <summary>Compares.</summary>
    /// <param name="oldName">The old file's name; null where it is new.</param>
    /// <param name="newName">The new file's name; null where it is removed.</param>
    /// <param name="oldText">The old text.</param>
    /// <param name="newText">The new text.</param>
    public static UnifiedDiff Of(string? oldName, string? newName, string oldText, string newText)
    {
        var old = Split(oldText);
        var now = Split(newText);
        var changes = Compare(old, now);
        var text = new StringBuilder();
        if (changes.Count > 0)
        {
            text.Append("--- ").Append(oldName is null ? "/dev/null" : "a/" + oldName).Append('\n');
            text.Append("+++ ").Append(newName is null ? "/dev/null" : "b/" + newName).Append('\n');
        }

        var shown = 0;
        for (var i = 0; i < changes.Count;)
        {
            var end = i + 1;
            while (end < changes.Count && changes[end].Old - changes[end - 1].OldEnd <= 2 * Context)
            {
                end++;
            }

            AppendHunk(text, old, now, changes[i..end], ref shown);
            i = end;
            if (shown > MaxShownLines)
            {
                text.Append("… the rest of the difference is not shown\n");
                break;
            }
        }

        return new UnifiedDiff(text.ToString(), changes.Sum(change => change.NewEnd - change.New), changes.Sum(change => change.OldEnd - change.Old));
    }

    private readonly record struct Change(int Old, int OldEnd, int New, int NewEnd);

    private static void AppendHunk(StringBuilder text, List<string> old, List<string> now, List<Change> changes, ref int shown)
    {
        var oldStart = Math.Max(0, changes[0].Old - Context);
        var newStart = changes[0].New - (changes[0].Old - oldStart);
        var oldEnd = Math.Min(old.Count, changes[^1].OldEnd + Context);
        var newEnd = changes[^1].NewEnd + (oldEnd - changes[^1].OldEnd);
        text.Append(CultureInfo.InvariantCulture, $"@@ -{Range(oldStart, oldEnd)} +{Range(newStart, newEnd)} @@\n");
        var at = oldStart;
        foreach (var change in changes)
        {
            for (; at < change.Old; at++)
            {
                Append(text, ' ', old[at], ref shown);
            }

            for (; at < change.OldEnd; at++)
            {
                Append(text, '-', old[at], ref shown);
            }

            for (var i = change.New; i < change.NewEnd; i++)
            {
                Append(text, '+', now[i], ref shown);
            }
        }

        for (; at < oldEnd; at++)
        {
            Append(text, ' ', old[at], ref shown);
        }

        static string Range(int start, int end) => end - start == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{start + 1}")
            : string.Create(CultureInfo.InvariantCulture, $"{(end == start ? start : start + 1)},{end - start}");
    }

    private static void Append(StringBuilder text, char sign, string line, ref int shown)
    {
        if (shown++ > MaxShownLines)
        {
            return;
        }

        text.Append(sign).Append(line.AsSpan().TrimEnd('\n')).Append('\n');
        if (!line.EndsWith('\n'))
        {
            text.Append("\\ No newline at end of file\n");
        }
    }

    private static List<string> Split(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is >= 0 and var at ? at + 1 : text.Length;
            lines.Add(text[start..end]);
            start = end;
        }

        return lines;
    }

    private static List<Change> Compare(List<string> old, List<string> now)
    {
        var prefix = 0;
        while (prefix < old.Count && prefix < now.Count && old[prefix] == now[prefix])
        {
            prefix++;
        }

        var suffix = 0;
        while (suffix < old.Count - prefix && suffix < now.Count - prefix && old[^(suffix + 1)] == now[^(suffix + 1)])
        {
            suffix++;
        }

        int oldCount = old.Count - prefix - suffix, newCount = now.Count - prefix - suffix;
        if (oldCount == 0 && newCount == 0)
        {
            return [];
        }

        var kept = oldCount == 0 || newCount == 0 ? [] : Common(old.GetRange(prefix, oldCount), now.GetRange(prefix, newCount));
        var changes = new List<Change>();
        int oldAt = 0, newAt = 0;
        foreach (var (oldLine, newLine) in kept.Append((oldCount, newCount)))
        {
            if (oldLine > oldAt || newLine > newAt)
            {
                changes.Add(new Change(prefix + oldAt, prefix + oldLine, prefix + newAt, prefix + newLine));
            }

            (oldAt, newAt) = (oldLine + 1, newLine + 1);
        }

        return changes;
    }

    // Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), greedy, the path kept for each number of differences.
    private static List<(int Old, int New)> Common(List<string> old, List<string> now)
    {
        var most = Math.Min(old.Count + now.Count, MaxDifferences);
        var furthest = new int[(2 * most) + 2];
        var trace = new List<int[]>();
        for (var d = 0; d <= most; d++)
        {
            trace.Add(furthest[(most - d)..(most + d + 2)]);
            for (var k = -d; k <= d; k += 2)
            {
                var x = k == -d || (k != d && furthest[most + k - 1] < furthest[most + k + 1]) ? furthest[most + k + 1] : furthest[most + k - 1] + 1;
                var y = x - k;
                while (x < old.Count && y < now.Count && old[x] == now[y])
                {
                    x++;
                    y++;
                }

                furthest[most + k] = x;
                if (x >= old.Count && y >= now.Count)
                {
                    return Backtrack(trace, old, now, d);
                }
            }
        }

        return [];
    }

    private static List<(int Old, int New)> Backtrack(List<int[]> trace, List<string> old, List<string> now, int differences)
    {
        var common = new List<(int, int)>();
        int x = old.Count, y = now.Count;
        for (var d = differences; d >= 0; d--)
        {
            // The slice of step d holds the diagonals -d to d + 1, as they were before it.
            var before = trace[d];
            var k = x - y;
            var previous = k == -d || (k != d && before[d + k - 1] < before[d + k + 1]) ? k + 1 : k - 1;
            var startX = d == 0 ? 0 : before[d + previous];
            var startY = d == 0 ? 0 : startX - previous;
            while (x > startX && y > startY && x > 0 && y > 0)
            {
                common.Add((--x, --y));
            }

            (x, y) = (startX, startY);
        }

        common.Reverse();
        return common;
    }
}
