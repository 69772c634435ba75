namespace Agent.Runtime.Context;

/// <summary>Cuts a result to its budget and says where the rest is.</summary>
internal static class ResultCutter
{
    /// <summary>Half of what is kept is never less than this, so that a cut result still says something.</summary>
    public const int Least = 200;

    /// <summary>Cuts text at line ends, keeping its beginning and a little of its end.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="budget">The most characters that are kept.</param>
    /// <param name="handle">The name by which the whole text can be read.</param>
    /// <returns>The text, or its beginning and end with a sentence between them.</returns>
    public static string Cut(string text, int budget, string handle)
    {
        budget = Math.Max(budget, Least);
        if (text.Length <= budget)
        {
            return text;
        }

        var head = LineEnd(text, budget * 4 / 5);
        var tail = LineStart(text, text.Length - (budget / 5));
        var left = tail - head;
        return string.Concat(
            text.AsSpan(0, head),
            $"\n[… {left:N0} of {text.Length:N0} characters are left out here; {ReadResultTool.Mark} \"{handle}\" and offset {head} reads on]\n",
            text.AsSpan(tail));
    }

    private static int LineEnd(string text, int at)
    {
        var line = text.LastIndexOf('\n', at - 1, Math.Min(at, at / 4 + 1));
        return Whole(text, line > 0 ? line : at);
    }

    private static int LineStart(string text, int at)
    {
        var line = text.IndexOf('\n', at, Math.Min(text.Length - at, (text.Length - at) / 2 + 1));
        return Whole(text, line > 0 ? line + 1 : at);
    }

    /// <summary>Never between the halves of a surrogate pair.</summary>
    private static int Whole(string text, int at) => at > 0 && at < text.Length && char.IsLowSurrogate(text[at]) ? at - 1 : at;
}
