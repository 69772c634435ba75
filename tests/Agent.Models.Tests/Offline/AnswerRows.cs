using System.Globalization;

namespace Agent.Models.Tests.Offline;

/// <summary>The rows that an answer shows to a person, and whether they are those that a statement of the test's own gave.</summary>
internal static class AnswerRows
{
    /// <summary>The cells that are shown: of a table, of a single row as a list, or of a single value.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Read(string text)
    {
        var lines = text.Split('\n').TakeWhile(static l => !l.StartsWith("Source:", StringComparison.Ordinal)).ToList();
        var table = lines.Where(static l => l.StartsWith("| ", StringComparison.Ordinal)).ToList();
        if (table.Count > 0)
        {
            return [.. table.Skip(2).Select(static l => (IReadOnlyList<string>)[.. l.Trim()[1..^1].Replace("\\|", "\u0001", StringComparison.Ordinal).Split('|').Select(static c => c.Trim().Replace('\u0001', '|'))])];
        }

        var bold = lines.Where(static l => l.Contains(": **", StringComparison.Ordinal)).Select(static l => l[(l.IndexOf(": **", StringComparison.Ordinal) + 4)..].TrimEnd().TrimEnd('*')).ToList();
        return bold.Count == 0 ? [] : [bold];
    }

    /// <summary>As many rows are shown as are wanted, and each wanted one is among them with all its cells.</summary>
    public static bool Match(IReadOnlyList<IReadOnlyList<string>> shown, IReadOnlyList<IReadOnlyList<string>> wanted)
    {
        if (shown.Count != wanted.Count)
        {
            return false;
        }

        var left = shown.ToList();
        foreach (var row in wanted)
        {
            var at = left.FindIndex(candidate => row.All(cell => candidate.Any(c => Same(c, cell))));
            if (at < 0)
            {
                return false;
            }

            left.RemoveAt(at);
        }

        return true;
    }

    private static bool Same(string a, string b) =>
        a == b || (a == "none" ? "(none)" : a) == (b.Length == 0 ? "(none)" : b)
        || (decimal.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out var x) && decimal.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out var y) && Math.Abs(x - y) <= 0.006m);
}
