namespace Agent.Tools.Files.Finding;

/// <summary>How well a path fits letters typed from memory.</summary>
internal static class FuzzyName
{
    /// <summary>
    /// The score of the letters of <paramref name="query"/> found in order in a path, without regard to case and spaces; null where they are not all there.
    /// Letters in the name, at the beginning of words, and one after the other count for more; long paths for less.
    /// </summary>
    public static double? Score(ReadOnlySpan<char> path, ReadOnlySpan<char> query)
    {
        var nameStart = path.LastIndexOf('/') + 1;
        return ScoreFrom(path, query, nameStart) is { } inName ? inName + 100 : ScoreFrom(path, query, 0);
    }

    private static double? ScoreFrom(ReadOnlySpan<char> path, ReadOnlySpan<char> query, int start)
    {
        double score = 0;
        var previous = -2;
        var at = start;
        foreach (var typed in query)
        {
            if (typed == ' ')
            {
                continue;
            }

            var wanted = char.ToLowerInvariant(typed);
            var found = -1;
            for (var i = at; i < path.Length; i++)
            {
                if (char.ToLowerInvariant(path[i]) != wanted)
                {
                    continue;
                }

                if (found < 0)
                {
                    found = i;
                }

                // Going on where the last letter was, or at a word, beats the first place.
                if (i == previous + 1 || IsWordStart(path, i))
                {
                    found = Remaining(path[(i + 1)..], query, typed) ? i : found;
                    break;
                }
            }

            if (found < 0)
            {
                return null;
            }

            score += 1 + (found == previous + 1 ? 4 : 0) + (IsWordStart(path, found) ? 3 : 0);
            previous = found;
            at = found + 1;
        }

        return score - ((path.Length - start) * 0.05);
    }

    // A jump ahead must leave room for at least something; the greedy rest decides.
    private static bool Remaining(ReadOnlySpan<char> rest, ReadOnlySpan<char> query, char typed) => rest.Length > 0 || query[^1] == typed;

    private static bool IsWordStart(ReadOnlySpan<char> path, int i) =>
        i == 0
        || path[i - 1] is '/' or '_' or '-' or '.' or ' '
        || (char.IsUpper(path[i]) && !char.IsUpper(path[i - 1]))
        || (char.IsAsciiDigit(path[i]) && !char.IsAsciiDigit(path[i - 1]));
}
