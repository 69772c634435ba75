using Agent.Tools.Hosting;

namespace Agent.Tools.Files.Reading;

/// <summary>Which lines of a file are wanted.</summary>
internal readonly record struct LineRange(int Start, int? End, int? Head, int? Tail)
{
    public static LineRange Read(ToolArguments arguments)
    {
        var range = new LineRange(
            arguments.Int("start_line", 1, 1, int.MaxValue),
            (int?)arguments.OptionalLong("end_line", 1, int.MaxValue),
            (int?)arguments.OptionalLong("head", 1, int.MaxValue),
            (int?)arguments.OptionalLong("tail", 1, int.MaxValue));
        var ways = (arguments.Has("start_line") || range.End is not null ? 1 : 0) + (range.Head is not null ? 1 : 0) + (range.Tail is not null ? 1 : 0);
        if (ways > 1)
        {
            throw new ToolException("Give start_line and end_line, or head, or tail; not several of them.");
        }

        return range.End < range.Start ? throw new ToolException($"end_line {range.End} lies before start_line {range.Start}.") : range;
    }

    /// <summary>The first and last line, from 1, in a file of so many lines; the last is before the first where there are none.</summary>
    public (int First, int Last) Within(int count)
    {
        if (Tail is { } tail)
        {
            return (Math.Max(1, count - tail + 1), count);
        }

        var last = Math.Min(count, Head ?? End ?? count);
        return Start > count && Start > 1
            ? throw new ToolException($"start_line {Start} lies behind the end; the file has {count} lines.")
            : (Start, last);
    }
}

/// <summary>Where each line of a text begins. What follows the last line break is a line if it is not empty.</summary>
internal sealed class LineIndex
{
    private readonly List<int> starts = [0];
    private readonly int length;

    public LineIndex(string text)
    {
        length = text.Length;
        for (var at = text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = text.IndexOf('\n', at + 1))
        {
            starts.Add(at + 1);
        }

        if (starts[^1] == length)
        {
            starts.RemoveAt(starts.Count - 1);
        }
    }

    public int Count => starts.Count;

    /// <summary>The place of a line, from 1; the end of the text behind the last.</summary>
    public int StartOf(int line) => line - 1 < starts.Count ? starts[Math.Max(0, line - 1)] : length;
}
