namespace Agent.Mcp.Servers;

/// <summary>Finds what somebody may have meant by a name that names nothing.</summary>
public static class NearestNames
{
    /// <summary>The names closest to one that was asked for, nearest first.</summary>
    /// <param name="asked">The name that names nothing.</param>
    /// <param name="names">The names there are.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>Names that differ in at most a third of their characters, or that contain the one asked for.</returns>
    public static IReadOnlyList<string> Find(string asked, IEnumerable<string> names, int count = 3)
    {
        ArgumentNullException.ThrowIfNull(asked);
        ArgumentNullException.ThrowIfNull(names);
        var wanted = Plain(asked);
        return [.. names
            .Select(name => (Name: name, Distance: Distance(wanted, Plain(name))))
            .Where(candidate => candidate.Distance <= Math.Max(2, Math.Max(asked.Length, candidate.Name.Length) / 3))
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Take(count)
            .Select(candidate => candidate.Name)];
    }

    /// <summary>Without what people and models write differently: case, dots, dashes, underscores.</summary>
    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static int Distance(string asked, string name)
    {
        // "read_file" for "files.read_file": the server was left out, or the tool.
        if (asked.Length >= 4 && (name.EndsWith(asked, StringComparison.Ordinal) || asked.EndsWith(name, StringComparison.Ordinal)))
        {
            return 1;
        }

        Span<int> row = name.Length < 256 ? stackalloc int[name.Length + 1] : new int[name.Length + 1];
        for (var i = 0; i <= name.Length; i++)
        {
            row[i] = i;
        }

        for (var i = 1; i <= asked.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= name.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (asked[i - 1] == name[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[name.Length];
    }
}
