using System.Text;
using Agent.Cli.Rendering;

namespace Agent.Cli.Terminal;

/// <summary>
/// The last lines of the screen, drawn anew as they change; what is printed stays above them and scrolls away as in any terminal.
/// Each change is one write, marked as one frame for terminals that know it (DEC mode 2026), so that nothing flickers.
/// </summary>
internal sealed class LiveRegion(Action<string> write, Func<(int Width, int Height)> size)
{
    private readonly Lock gate = new();
    private List<string> drawn = [];
    private IReadOnlyList<string> wanted = [];
    private (int Line, int Column) cursor;
    private int cursorRow;

    /// <summary>Prints lines above the region, for good.</summary>
    public void Print(IEnumerable<string> lines)
    {
        lock (gate)
        {
            var frame = Begin();
            foreach (var line in lines)
            {
                frame.Append(line).Append("\e[0m\e[K\r\n");
            }

            Draw(frame);
        }
    }

    /// <summary>Shows other lines.</summary>
    /// <param name="lines">The lines, no wider than the screen; only the last fit where there are too many.</param>
    /// <param name="line">The line the cursor is on.</param>
    /// <param name="column">The column the cursor is on; -1 hides it.</param>
    public void Show(IReadOnlyList<string> lines, int line, int column)
    {
        lock (gate)
        {
            if (cursor == (line, column) && wanted.SequenceEqual(lines, StringComparer.Ordinal))
            {
                return;
            }

            wanted = lines;
            cursor = (line, column);
            Draw(Begin());
        }
    }

    /// <summary>Draws everything again, after the window changed.</summary>
    public void Redraw()
    {
        lock (gate)
        {
            Draw(Begin());
        }
    }

    /// <summary>Takes the region off the screen.</summary>
    public void Clear() => Show([], 0, -1);

    private StringBuilder Begin()
    {
        var frame = new StringBuilder("\e[?2026h\e[?25l\r");

        // Where the window became narrower, the terminal has wrapped what was drawn; the rows above the cursor are counted as they lie now.
        var width = size().Width;
        var rows = 0;
        for (var i = 0; i < Math.Min(cursorRow, drawn.Count); i++)
        {
            rows += Math.Max(1, (TextWidth.OfAnsi(drawn[i]) + width - 1) / width);
        }

        if (rows > 0)
        {
            frame.Append($"\e[{rows}A");
        }

        return frame.Append("\e[J");
    }

    private void Draw(StringBuilder frame)
    {
        var (width, height) = size();
        var first = Math.Max(0, wanted.Count - (height - 1));
        var lines = new List<string>(wanted.Count - first);
        for (var i = first; i < wanted.Count; i++)
        {
            lines.Add(TextWidth.CutAnsi(wanted[i], width));
        }

        for (var i = 0; i < lines.Count; i++)
        {
            frame.Append(lines[i]).Append("\e[0m");
            if (i < lines.Count - 1)
            {
                frame.Append("\r\n");
            }
        }

        var row = Math.Clamp(cursor.Line - first, 0, Math.Max(0, lines.Count - 1));
        var up = lines.Count - 1 - row;
        if (up > 0)
        {
            frame.Append($"\e[{up}A");
        }

        frame.Append('\r');
        if (cursor.Column > 0)
        {
            frame.Append($"\e[{Math.Min(cursor.Column, width - 1)}C");
        }

        if (cursor.Column >= 0)
        {
            frame.Append("\e[?25h");
        }

        frame.Append("\e[?2026l");
        drawn = lines;
        cursorRow = lines.Count == 0 ? 0 : row;
        write(frame.ToString());
    }
}
