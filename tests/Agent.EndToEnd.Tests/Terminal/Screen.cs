using System.Globalization;
using System.Text;
using Agent.Cli.Rendering;

namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>
/// A terminal's screen, as far as a program that keeps to the common sequences (ECMA-48, xterm) needs one: printing with deferred wrap,
/// scrolling into a history, cursor moves, erasing, modes. A sequence that it does not know is remembered, so that a test can say that
/// none was sent. Long lines flow anew when the width changes, as in most terminals of today.
/// </summary>
internal sealed class Screen(int columns, int rows)
{
    private readonly List<Row> lines = [new Row()];
    private readonly StringBuilder pending = new();
    private int top;
    private int row;
    private int column;
    private bool wrapNext;

    public int Columns { get; private set; } = columns;

    public int Rows { get; private set; } = rows;

    public bool CursorVisible { get; private set; } = true;

    public bool BracketedPaste { get; private set; }

    public bool ApplicationKeys { get; private set; }

    public bool ApplicationKeypad { get; private set; }

    /// <summary>Whether a frame is being drawn (DEC mode 2026): what is there now was meant for no eye.</summary>
    public bool InFrame { get; private set; }

    public int Frames { get; private set; }

    public HashSet<string> Unknown { get; } = new(StringComparer.Ordinal);

    /// <summary>The parameters of every SGR sequence.</summary>
    public HashSet<string> Looks { get; } = new(StringComparer.Ordinal);

    /// <summary>Lines that were changed after they had scrolled out of sight: there must be none.</summary>
    public int ChangedHistory { get; private set; }

    /// <summary>Everything, what scrolled away first.</summary>
    public string All => Text(0);

    /// <summary>What is on the screen.</summary>
    public string Visible => Text(top);

    /// <summary>The line the cursor is on, up to the cursor.</summary>
    public string BeforeCursor => lines[row].Text.PadRight(column)[..Math.Min(column, lines[row].Text.PadRight(column).Length)];

    public void Write(string text)
    {
        pending.Append(text);
        var all = pending.ToString();
        var at = 0;
        while (at < all.Length)
        {
            var length = Take(all.AsSpan(at));
            if (length == 0)
            {
                break;
            }

            at += length;
        }

        pending.Remove(0, at);
    }

    public void Resize(int newColumns, int newRows)
    {
        // Each logical line is put together and cut anew; the cursor stays at its character.
        var flowed = new List<Row>();
        var (newRow, newColumn) = (0, 0);
        for (var i = 0; i < lines.Count;)
        {
            var whole = new Row();
            var cursorAt = -1;
            do
            {
                if (i == row)
                {
                    cursorAt = whole.Cells.Count + column;
                }

                whole.Cells.AddRange(lines[i].Cells);
            }
            while (lines[i++].Wrapped && i < lines.Count);
            if (cursorAt > whole.Cells.Count)
            {
                whole.Cells.AddRange(Enumerable.Repeat(" ", cursorAt - whole.Cells.Count));
            }

            var from = 0;
            do
            {
                var count = Math.Min(newColumns, whole.Cells.Count - from);
                if (cursorAt >= from && (cursorAt < from + newColumns || from + count >= whole.Cells.Count))
                {
                    (newRow, newColumn) = (flowed.Count, Math.Min(cursorAt - from, newColumns - 1));
                }

                flowed.Add(new Row(whole.Cells.GetRange(from, count)) { Wrapped = from + count < whole.Cells.Count });
                from += count;
            }
            while (from < whole.Cells.Count);
        }

        lines.Clear();
        lines.AddRange(flowed);
        (row, column, Columns, Rows, wrapNext) = (newRow, newColumn, newColumns, newRows, false);
        top = Math.Max(0, Math.Max(row - Rows + 1, Math.Min(top, Math.Max(0, lines.Count - Rows))));
        if (row < top)
        {
            top = row;
        }
    }

    private string Text(int from) => string.Join('\n', lines.Skip(from).Select(static line => line.Text.TrimEnd())).TrimEnd('\n');

    private int Take(ReadOnlySpan<char> text)
    {
        switch (text[0])
        {
            case '\e':
                return Escape(text);
            case '\r':
                column = 0;
                wrapNext = false;
                return 1;
            case '\n':
                LineFeed();
                return 1;
            case '\b':
                column = Math.Max(0, column - 1);
                wrapNext = false;
                return 1;
            case '\t':
                column = Math.Min(Columns - 1, (column / 8 * 8) + 8);
                return 1;
            case '\a' or '\u000f' or '\u000e':
                Unknown.Add($"{(int)text[0]:x2}");
                return 1;
            default:
                if (char.IsHighSurrogate(text[0]) && text.Length == 1)
                {
                    return 0;
                }

                Rune.DecodeFromUtf16(text, out var rune, out var length);
                Put(rune);
                return length;
        }
    }

    private void Put(Rune rune)
    {
        var width = TextWidth.Of(rune);
        if (width == 0)
        {
            return;
        }

        if (wrapNext || column + width > Columns)
        {
            lines[row].Wrapped = true;
            column = 0;
            LineFeed();
        }

        wrapNext = false;
        var cells = Touch(row).Cells;
        while (cells.Count < column + width)
        {
            cells.Add(" ");
        }

        cells[column] = rune.ToString();
        if (width == 2)
        {
            cells[column + 1] = string.Empty;
        }

        column += width;
        if (column >= Columns)
        {
            column = Columns - 1;
            wrapNext = true;
        }
    }

    private Row Touch(int index)
    {
        if (index < top)
        {
            ChangedHistory++;
        }

        return lines[index];
    }

    private void LineFeed()
    {
        wrapNext = false;
        row++;
        if (row == lines.Count)
        {
            lines.Add(new Row());
        }

        if (row - top >= Rows)
        {
            top = row - Rows + 1;
        }
    }

    private int Escape(ReadOnlySpan<char> text)
    {
        if (text.Length < 2)
        {
            return 0;
        }

        if (text[1] is '=' or '>')
        {
            ApplicationKeypad = text[1] == '=';
            return 2;
        }

        if (text[1] != '[')
        {
            Unknown.Add($"ESC {text[1]}");
            return 2;
        }

        var end = 2;
        while (end < text.Length && text[end] is < '@' or > '~')
        {
            end++;
        }

        if (end == text.Length)
        {
            return 0;
        }

        Apply(text[2..end].ToString(), text[end]);
        return end + 1;
    }

    private void Apply(string parameters, char final)
    {
        var first = int.TryParse(parameters.Split(';')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var count = Math.Max(1, first);
        switch (final)
        {
            case 'A':
                row = Math.Max(top, row - count);
                wrapNext = false;
                break;
            case 'B':
                row = Math.Min(Math.Min(lines.Count - 1, top + Rows - 1), row + count);
                wrapNext = false;
                break;
            case 'C':
                column = Math.Min(Columns - 1, column + count);
                break;
            case 'D':
                column = Math.Max(0, column - count);
                wrapNext = false;
                break;
            case 'H':
                row = top;
                column = 0;
                wrapNext = false;
                break;
            case 'J' when first == 0:
                Cut(row, column);
                lines.RemoveRange(row + 1, lines.Count - row - 1);
                break;
            case 'J' when first == 2:
                for (var i = top; i < lines.Count; i++)
                {
                    lines[i] = new Row();
                }

                break;
            case 'J' when first == 3:
                lines.RemoveRange(0, top);
                row -= top;
                top = 0;
                break;
            case 'K' when first == 0:
                Cut(row, column);
                break;
            case 'm':
                Looks.Add(parameters);
                break;
            case 'h' or 'l' when parameters == "?25":
                CursorVisible = final == 'h';
                break;
            case 'h' or 'l' when parameters == "?1":
                ApplicationKeys = final == 'h';
                break;
            case 'h' or 'l' when parameters == "?2004":
                BracketedPaste = final == 'h';
                break;
            case 'h' or 'l' when parameters == "?2026":
                Frames += final == 'h' ? 1 : 0;
                InFrame = final == 'h';
                break;
            default:
                Unknown.Add($"CSI {parameters}{final}");
                break;
        }
    }

    private void Cut(int index, int from)
    {
        var cells = Touch(index).Cells;
        if (cells.Count > from)
        {
            cells.RemoveRange(from, cells.Count - from);
        }

        lines[index].Wrapped = false;
    }

    private sealed class Row(List<string>? cells = null)
    {
        public List<string> Cells { get; } = cells ?? [];

        /// <summary>Whether the line goes on below because it was too long.</summary>
        public bool Wrapped { get; set; }

        public string Text => string.Concat(Cells);
    }
}
