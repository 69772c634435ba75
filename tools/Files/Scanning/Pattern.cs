using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Scanning;

/// <summary>
/// What is looked for in lines. Safe for use by several threads. A regular expression runs on .NET's non-backtracking engine, whose time grows with
/// the length of the line alone; one that needs backtracking (look-around, back-references) runs under a time limit for each line.
/// </summary>
internal sealed class Pattern
{
    private const int MaxPatternLength = 4000;
    private static readonly TimeSpan BacktrackingLimit = TimeSpan.FromMilliseconds(500);

    private readonly Finder? finder;
    private readonly Regex? regex;
    private readonly string text;

    private Pattern(string text, RequiredBytes? required, Regex? regex)
    {
        this.text = text;
        this.regex = regex;
        Required = required;
        finder = Finder.Create(required);
    }

    /// <summary>What every match must contain; null where nothing can be said.</summary>
    public RequiredBytes? Required { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="ToolException">It is empty, too long, or no regular expression.</exception>
    public static Pattern Parse(string text, bool isRegex, bool ignoreCase, bool wholeWord)
    {
        if (text.Length is 0 or > MaxPatternLength)
        {
            throw new ToolException($"The pattern must have 1 to {MaxPatternLength} characters.");
        }

        if (text.AsSpan().ContainsAny('\n', '\r') && !isRegex)
        {
            throw new ToolException("The pattern holds a line break, and matches are within lines; look for one of its lines.");
        }

        var required = isRegex ? RequiredBytes.FromRegex(text, ignoreCase) : RequiredBytes.FromLiteral(text, ignoreCase);
        if (!isRegex && !wholeWord && required is not null)
        {
            return new Pattern(text, required, null);
        }

        var expression = isRegex ? text : Regex.Escape(text);
        if (wholeWord)
        {
            // Not \b, which would fail beside a pattern that begins or ends with no word character.
            expression = $@"(?:^|\W)(?<word>{expression})(?:$|\W)";
            required = required is null ? null : new RequiredBytes { Sequences = required.Sequences, Likelihood = required.Likelihood };
        }

        var options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            return new Pattern(text, required, new Regex(expression, options | RegexOptions.NonBacktracking));
        }
        catch (NotSupportedException)
        {
            return new Pattern(text, required, new Regex(expression, options, BacktrackingLimit));
        }
        catch (ArgumentException e)
        {
            throw new ToolException($"The pattern is no regular expression ({Plain(e.Message)}); mend it, or set regex to false to look for it as it stands.", e);
        }
    }

    /// <summary>Finds the next line that matches.</summary>
    /// <param name="text">Whole lines.</param>
    /// <param name="from">Where to start: the beginning of a line. Moved behind the line found.</param>
    /// <param name="scratch">The worker's buffers.</param>
    /// <param name="start">Where the line begins.</param>
    /// <param name="end">Where it ends, before its line break.</param>
    /// <returns>False where no line matches.</returns>
    public bool TryFindLine(ReadOnlySpan<byte> text, ref int from, LineScratch scratch, out int start, out int end)
    {
        while (from < text.Length)
        {
            var place = from;
            if (finder is not null)
            {
                place = finder.Find(text, from);
                if (place < 0)
                {
                    break;
                }
            }

            start = from + text[from..place].LastIndexOf((byte)'\n') + 1;
            var length = text[place..].IndexOf((byte)'\n');
            end = length < 0 ? text.Length : place + length;
            from = end + 1;
            if ((finder is not null && Required!.IsWholePattern) || IsMatch(text[start..end], scratch))
            {
                return true;
            }
        }

        start = end = text.Length;
        from = text.Length;
        return false;
    }

    /// <summary>Where the first match lies in a line, in characters.</summary>
    public (int Start, int Length) Locate(ReadOnlySpan<char> line, bool ignoreCase)
    {
        if (regex is null)
        {
            var at = line.IndexOf(text, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
            return at < 0 ? (0, 0) : (at, text.Length);
        }

        foreach (var match in regex.EnumerateMatches(line))
        {
            return (match.Index, match.Length);
        }

        return (0, 0);
    }

    private bool IsMatch(ReadOnlySpan<byte> line, LineScratch scratch)
    {
        if (line.EndsWith("\r"u8))
        {
            line = line[..^1];
        }

        try
        {
            return regex!.IsMatch(scratch.Decode(line));
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new ToolException(
                $"The pattern backtracks for more than {BacktrackingLimit.TotalMilliseconds:0} ms on one line; write it without nested repetition, look-around or back-references.", e);
        }
    }

    private static string Plain(string message)
    {
        var cut = message.IndexOf(". ", StringComparison.Ordinal);
        return message.TrimEnd('.')[(cut < 0 ? 0 : Math.Min(cut + 2, message.Length - 1))..];
    }
}

/// <summary>Buffers that a worker keeps from line to line.</summary>
internal sealed class LineScratch
{
    private char[] characters = new char[1024];

    /// <summary>The characters of a line; what is no UTF-8 becomes U+FFFD.</summary>
    public ReadOnlySpan<char> Decode(ReadOnlySpan<byte> line)
    {
        if (characters.Length < line.Length)
        {
            characters = new char[Math.Max(line.Length, characters.Length * 2)];
        }

        if (Ascii.ToUtf16(line, characters, out var written) == OperationStatus.Done)
        {
            return characters.AsSpan(0, written);
        }

        return characters.AsSpan(0, Encoding.UTF8.GetChars(line, characters));
    }
}
