using System.Globalization;

namespace Agent.Cli.Input;

/// <summary>Text being edited, of one line or several: the cursor moves by what a person sees as one character.</summary>
internal sealed class LineBuffer
{
    private const int MaxUndo = 200;
    private readonly List<(string Text, int Cursor)> undo = [];
    private string killed = string.Empty;

    public string Text { get; private set; } = string.Empty;

    /// <summary>The place in <see cref="Text"/> before which the next character goes.</summary>
    public int Cursor { get; private set; }

    public void Set(string text, int? cursor = null)
    {
        Remember();
        Text = text;
        Cursor = Math.Clamp(cursor ?? text.Length, 0, text.Length);
    }

    public void Clear()
    {
        Text = string.Empty;
        Cursor = 0;
        undo.Clear();
    }

    public void Insert(string text) => Replace(Cursor, Cursor, text);

    /// <summary>Puts text in the place of a range and the cursor behind it.</summary>
    public void Replace(int start, int end, string text)
    {
        Remember();
        Text = string.Concat(Text.AsSpan(0, start), text, Text.AsSpan(end));
        Cursor = start + text.Length;
    }

    public void Backspace()
    {
        if (Cursor > 0)
        {
            Replace(Before(Cursor), Cursor, string.Empty);
        }
    }

    public void Delete()
    {
        if (Cursor < Text.Length)
        {
            var at = Cursor;
            Replace(at, After(at), string.Empty);
        }
    }

    public void Left() => Cursor = Before(Cursor);

    public void Right() => Cursor = After(Cursor);

    public void WordLeft() => Cursor = WordStart(Cursor);

    public void WordRight() => Cursor = WordEnd(Cursor);

    public void Home() => Cursor = LineStart(Cursor);

    public void End() => Cursor = LineEnd(Cursor);

    /// <summary>Moves to the line above or below at the same column.</summary>
    /// <returns>False where there is none.</returns>
    public bool MoveLine(int lines)
    {
        var start = LineStart(Cursor);
        var column = Cursor - start;
        int target;
        if (lines < 0)
        {
            if (start == 0)
            {
                return false;
            }

            target = LineStart(start - 1);
        }
        else
        {
            var end = LineEnd(Cursor);
            if (end == Text.Length)
            {
                return false;
            }

            target = end + 1;
        }

        Cursor = Math.Min(target + column, LineEnd(target));
        if (Cursor > 0 && Cursor < Text.Length && char.IsLowSurrogate(Text[Cursor]))
        {
            Cursor--;
        }

        return true;
    }

    public void KillToEnd()
    {
        // At a line's end, the line break itself goes, as in Emacs.
        var end = LineEnd(Cursor);
        Kill(Cursor, end == Cursor && end < Text.Length ? end + 1 : end);
    }

    public void KillToStart() => Kill(LineStart(Cursor), Cursor);

    public void KillWordLeft() => Kill(WordStart(Cursor), Cursor);

    public void KillWordRight() => Kill(Cursor, WordEnd(Cursor));

    public void Yank() => Insert(killed);

    public void Transpose()
    {
        var at = Cursor == Text.Length ? Before(Cursor) : Cursor;
        if (at == 0 || at >= Text.Length)
        {
            return;
        }

        var start = Before(at);
        var end = After(at);
        Replace(start, end, string.Concat(Text.AsSpan(at, end - at), Text.AsSpan(start, at - start)));
    }

    public void Undo()
    {
        if (undo.Count > 0)
        {
            (Text, Cursor) = undo[^1];
            undo.RemoveAt(undo.Count - 1);
        }
    }

    private void Remember()
    {
        undo.Add((Text, Cursor));
        if (undo.Count > MaxUndo)
        {
            undo.RemoveAt(0);
        }
    }

    private void Kill(int start, int end)
    {
        if (end > start)
        {
            killed = Text[start..end];
            Replace(start, end, string.Empty);
        }
    }

    private int Before(int index)
    {
        var start = 0;
        foreach (var element in StringInfo.ParseCombiningCharacters(Text))
        {
            if (element >= index)
            {
                break;
            }

            start = element;
        }

        return start;
    }

    private int After(int index) => index >= Text.Length ? Text.Length : index + StringInfo.GetNextTextElementLength(Text, index);

    private int WordStart(int index)
    {
        while (index > 0 && !char.IsLetterOrDigit(Text[index - 1]))
        {
            index--;
        }

        while (index > 0 && char.IsLetterOrDigit(Text[index - 1]))
        {
            index--;
        }

        return index;
    }

    private int WordEnd(int index)
    {
        while (index < Text.Length && !char.IsLetterOrDigit(Text[index]))
        {
            index++;
        }

        while (index < Text.Length && char.IsLetterOrDigit(Text[index]))
        {
            index++;
        }

        return index;
    }

    private int LineStart(int index) => index == 0 ? 0 : Text.LastIndexOf('\n', index - 1) + 1;

    private int LineEnd(int index) => Text.IndexOf('\n', index) is >= 0 and var end ? end : Text.Length;
}
