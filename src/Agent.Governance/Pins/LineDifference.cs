namespace Agent.Governance.Pins;

/// <summary>The lines that differ between two texts: a longest common subsequence, <c>-</c> and <c>+</c> with a line of context.</summary>
internal static class LineDifference
{
    private const int MaxLines = 2000;

    public static string Of(string before, string after)
    {
        var (a, b) = (before.Split('\n'), after.Split('\n'));
        if (a.Length > MaxLines || b.Length > MaxLines)
        {
            return $"- {a.Length} lines\n+ {b.Length} lines";
        }

        var common = new int[a.Length + 1][];
        common[a.Length] = new int[b.Length + 1];
        for (var i = a.Length - 1; i >= 0; i--)
        {
            common[i] = new int[b.Length + 1];
            for (var j = b.Length - 1; j >= 0; j--)
            {
                common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : Math.Max(common[i + 1][j], common[i][j + 1]);
            }
        }

        var lines = new List<string>();
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            if (i < a.Length && j < b.Length && a[i] == b[j])
            {
                i++;
                j++;
            }
            else if (j == b.Length || (i < a.Length && common[i + 1][j] >= common[i][j + 1]))
            {
                lines.Add("- " + a[i++]);
            }
            else
            {
                lines.Add("+ " + b[j++]);
            }
        }

        return string.Join('\n', lines);
    }
}
