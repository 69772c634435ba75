using Agent.Cli.Input;
using Agent.Cli.Rendering;
using Spectre.Console;

namespace Agent.Cli.Chat;

/// <summary>Draws the input: wrapped at the screen's width, with the completion menu or the search beneath it.</summary>
internal static class InputView
{
    private const int MaxMenu = 8;

    /// <returns>Where the cursor is: the line of <paramref name="lines"/> and the column.</returns>
    public static (int Line, int Column) Draw(LineEditor editor, List<string> lines, int width, TerminalStyle style, string prompt = "> ")
    {
        var first = lines.Count;
        var (wrapped, line, column) = Wrap(editor.Buffer.Text, editor.Buffer.Cursor, Math.Max(4, width - prompt.Length - 1));
        var indent = new string(' ', prompt.Length);
        lines.AddRange(wrapped.Select((text, index) => style.Paint(index == 0 ? prompt : indent, style.Good) + text));
        if (editor.SearchText is { } search)
        {
            lines.Add(style.Paint(TerminalText.Line($"search: {search}{(editor.SearchFound ? string.Empty : "   nothing found")}   (Ctrl-R older, Enter takes it, Esc back)", width), style.Dim));
        }

        var menu = editor.Menu.Candidates;
        if (menu.Count > 0)
        {
            var from = Math.Clamp(editor.Selected - MaxMenu + 1, 0, Math.Max(0, menu.Count - MaxMenu));
            for (var i = from; i < Math.Min(menu.Count, from + MaxMenu); i++)
            {
                var text = TerminalText.Line($"  {menu[i].Text,-24} {menu[i].Note}", width);
                lines.Add(i == editor.Selected ? style.Paint(text, style.Strong) : style.Paint(text, style.Dim));
            }

            if (menu.Count > MaxMenu)
            {
                lines.Add(style.Paint($"  {menu.Count} in all; Tab goes on", style.Dim));
            }
        }

        return (first + line, prompt.Length + column);
    }

    internal static (List<string> Lines, int Line, int Column) Wrap(string text, int cursor, int width)
    {
        var lines = new List<string>();
        var current = new System.Text.StringBuilder();
        var (column, cursorLine, cursorColumn) = (0, 0, 0);
        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (index == cursor)
            {
                (cursorLine, cursorColumn) = (lines.Count, column);
            }

            index += rune.Utf16SequenceLength;
            if (rune.Value == '\n')
            {
                Break();
                continue;
            }

            // Tabs and what cannot be seen take a visible form, one column or several.
            var shown = rune.Value == '\t' ? "  " : TerminalText.Line(rune.ToString());
            var columns = TextWidth.Of(shown);
            if (column + columns > width)
            {
                Break();
                if (index - rune.Utf16SequenceLength == cursor)
                {
                    (cursorLine, cursorColumn) = (lines.Count, 0);
                }
            }

            current.Append(shown);
            column += columns;
        }

        if (index == cursor)
        {
            (cursorLine, cursorColumn) = (lines.Count, column);
        }

        lines.Add(current.ToString());
        return (lines, cursorLine, cursorColumn);

        void Break()
        {
            lines.Add(current.ToString());
            current.Clear();
            column = 0;
        }
    }
}
