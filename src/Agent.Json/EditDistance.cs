namespace Agent.Json;

/// <summary>How far two names are apart, for "did you mean".</summary>
public static class EditDistance
{
    /// <summary>Levenshtein distance, ignoring case: insertions, deletions and replacements of one character.</summary>
    /// <param name="a">One name.</param>
    /// <param name="b">The other name.</param>
    /// <returns>The number of changes; 0 where they are equal but for case.</returns>
    public static int Between(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j - 1], diagonal) + 1);
            }
        }

        return row[b.Length];
    }
}
