using Agent.Cli.Terminal;

namespace Agent.Cli.Input;

/// <summary>What a key led to.</summary>
internal enum EditResult
{
    /// <summary>The text or the cursor may have changed.</summary>
    Edited,

    /// <summary>The text is done.</summary>
    Submitted,

    /// <summary>Ctrl-C with nothing typed; with something typed, it is taken away instead.</summary>
    Interrupted,

    /// <summary>Ctrl-D with nothing typed.</summary>
    Ended,

    /// <summary>Ctrl-L.</summary>
    Cleared,

    /// <summary>The key means nothing here.</summary>
    Ignored,
}

/// <summary>Emacs keys over a <see cref="LineBuffer"/>, with history, incremental search and completion. Knows nothing of a screen.</summary>
internal sealed class LineEditor(InputHistory history, ICompleter completer)
{
    private int browsing = -1;
    private string draft = string.Empty;
    private int selected = -1;
    private bool offered;

    public LineBuffer Buffer { get; } = new();

    /// <summary>What Ctrl-R is looking for; null while nobody searches.</summary>
    public string? SearchText { get; private set; }

    /// <summary>Whether the search found something.</summary>
    public bool SearchFound { get; private set; }

    /// <summary>The ways to go on that are shown; none while there is no choice.</summary>
    public Completions Menu { get; private set; } = Completions.None;

    /// <summary>The one of <see cref="Menu"/> that was taken; -1 for none.</summary>
    public int Selected => selected;

    /// <summary>Takes the text and begins anew.</summary>
    public string Take()
    {
        var text = Buffer.Text;
        history.Add(text);
        Reset();
        return text;
    }

    public void Reset()
    {
        Buffer.Clear();
        browsing = -1;
        CloseMenu();
        SearchText = null;
    }

    public EditResult Handle(Key key)
    {
        if (SearchText is not null && HandleSearch(key) is { } searched)
        {
            return searched;
        }

        if (key.Kind is not (KeyKind.Tab or KeyKind.BackTab))
        {
            CloseMenu();
        }

        var result = Edit(key);
        if (result == EditResult.Edited && key.Kind is KeyKind.Character or KeyKind.Backspace && SearchText is null)
        {
            Offer();
        }

        return result;
    }

    private EditResult Edit(Key key) =>
        key.Kind switch
        {
            KeyKind.Enter => Enter(key),
            KeyKind.Paste => Edit(() => Buffer.Insert(key.Text)),
            KeyKind.Character when key.Ctrl => Control(key),
            KeyKind.Character when key.Alt => Alt(key),
            KeyKind.Character => Edit(() => Buffer.Insert(key.Text)),
            KeyKind.Backspace => Edit(key.Alt ? Buffer.KillWordLeft : Buffer.Backspace),
            KeyKind.Delete => Edit(Buffer.Delete),
            KeyKind.Left => Edit(key.Ctrl || key.Alt ? Buffer.WordLeft : Buffer.Left),
            KeyKind.Right => Edit(key.Ctrl || key.Alt ? Buffer.WordRight : Buffer.Right),
            KeyKind.Home => Edit(Buffer.Home),
            KeyKind.End => Edit(Buffer.End),
            KeyKind.Up => Edit(() => Browse(-1)),
            KeyKind.Down => Edit(() => Browse(1)),
            KeyKind.Tab => Complete(1),
            KeyKind.BackTab => Complete(-1),
            _ => EditResult.Ignored,
        };

    /// <summary>Shows the ways to go on with a command or a file's name as it is typed; Tab takes them as ever.</summary>
    private void Offer()
    {
        var text = Buffer.Text;
        var word = text.AsSpan(0, Buffer.Cursor)[(text.AsSpan(0, Buffer.Cursor).LastIndexOfAny(' ', '\n', '\t') + 1)..];
        if (Buffer.Cursor != text.Length || !(word.StartsWith("@") || (text.StartsWith('/') && !text.Contains('\n', StringComparison.Ordinal))))
        {
            return;
        }

        var found = completer.Complete(text, Buffer.Cursor);
        if (found.Candidates.Count > 1 || (found.Candidates.Count == 1 && found.Candidates[0].Text.TrimEnd() != text[found.Start..]))
        {
            Menu = found;
            offered = true;
        }
    }

    private static EditResult Edit(Action edit)
    {
        edit();
        return EditResult.Edited;
    }

    private EditResult Enter(Key key)
    {
        if (key.Alt || key.Shift)
        {
            return Edit(() => Buffer.Insert("\n"));
        }

        // A backslash at the end asks for another line, for terminals that cannot tell Shift-Enter from Enter.
        if (Buffer.Cursor == Buffer.Text.Length && Buffer.Text.EndsWith('\\'))
        {
            return Edit(() => Buffer.Replace(Buffer.Text.Length - 1, Buffer.Text.Length, "\n"));
        }

        return EditResult.Submitted;
    }

    private EditResult Control(Key key)
    {
        switch (key.Text)
        {
            case "a": return Edit(Buffer.Home);
            case "b": return Edit(Buffer.Left);
            case "c" when Buffer.Text.Length > 0: return Edit(Reset);
            case "c": return EditResult.Interrupted;
            case "d" when Buffer.Text.Length == 0: return EditResult.Ended;
            case "d": return Edit(Buffer.Delete);
            case "e": return Edit(Buffer.End);
            case "f": return Edit(Buffer.Right);
            case "j": return Edit(() => Buffer.Insert("\n"));
            case "k": return Edit(Buffer.KillToEnd);
            case "l": return EditResult.Cleared;
            case "n": return Edit(() => Browse(1));
            case "p": return Edit(() => Browse(-1));
            case "r": return Edit(StartSearch);
            case "t": return Edit(Buffer.Transpose);
            case "u": return Edit(Buffer.KillToStart);
            case "w": return Edit(Buffer.KillWordLeft);
            case "y": return Edit(Buffer.Yank);
            case "_": return Edit(Buffer.Undo);
            default: return EditResult.Ignored;
        }
    }

    private EditResult Alt(Key key) => key.Text switch
    {
        "b" => Edit(Buffer.WordLeft),
        "f" => Edit(Buffer.WordRight),
        "d" => Edit(Buffer.KillWordRight),
        _ => EditResult.Ignored,
    };

    private void Browse(int direction)
    {
        if (Buffer.MoveLine(direction))
        {
            return;
        }

        if (browsing < 0)
        {
            if (direction > 0 || history.Count == 0)
            {
                return;
            }

            draft = Buffer.Text;
            browsing = history.Count;
        }

        var next = browsing + direction;
        if (next < 0)
        {
            return;
        }

        if (next >= history.Count)
        {
            browsing = -1;
            Buffer.Set(draft);
            return;
        }

        browsing = next;
        Buffer.Set(history[next]);
    }

    private EditResult Complete(int direction)
    {
        if (selected >= 0 || (Menu.Candidates.Count > 1 && !offered))
        {
            selected = (selected + direction + Menu.Candidates.Count + (selected < 0 && direction < 0 ? 1 : 0)) % Menu.Candidates.Count;
            Buffer.Replace(Menu.Start, Buffer.Cursor, Menu.Candidates[selected].Text);
            return EditResult.Edited;
        }

        CloseMenu();
        var found = completer.Complete(Buffer.Text, Buffer.Cursor);
        if (found.Candidates.Count == 0)
        {
            return EditResult.Ignored;
        }

        if (found.Candidates.Count == 1)
        {
            Buffer.Replace(found.Start, Buffer.Cursor, found.Candidates[0].Text);
            return EditResult.Edited;
        }

        // As in a shell: first as far as all agree, then the choice.
        var common = found.Candidates.Select(static candidate => candidate.Text).Aggregate(CommonPrefix);
        if (common.Length > Buffer.Cursor - found.Start)
        {
            Buffer.Replace(found.Start, Buffer.Cursor, common);
        }

        Menu = found;
        offered = false;
        return EditResult.Edited;
    }

    private static string CommonPrefix(string a, string b)
    {
        var length = 0;
        while (length < Math.Min(a.Length, b.Length) && char.ToUpperInvariant(a[length]) == char.ToUpperInvariant(b[length]))
        {
            length++;
        }

        return a[..length];
    }

    private void CloseMenu()
    {
        Menu = Completions.None;
        selected = -1;
        offered = false;
    }

    private void StartSearch()
    {
        draft = Buffer.Text;
        SearchText = string.Empty;
        SearchFound = true;
        browsing = history.Count;
    }

    /// <returns>Null where the key ends the search and means something to the editor.</returns>
    private EditResult? HandleSearch(Key key)
    {
        if (key.IsControl('g') || key.IsControl('c') || key.Kind == KeyKind.Escape)
        {
            Buffer.Set(draft);
            SearchText = null;
            browsing = -1;
            return EditResult.Edited;
        }

        if (key.IsControl('r'))
        {
            return Edit(() => Find(browsing));
        }

        if (key.Kind == KeyKind.Backspace)
        {
            return Edit(() =>
            {
                SearchText = SearchText!.Length > 0 ? SearchText[..^1] : SearchText;
                Find(history.Count);
            });
        }

        if (key is { Kind: KeyKind.Character, Ctrl: false, Alt: false })
        {
            return Edit(() =>
            {
                SearchText += key.Text;
                Find(browsing < history.Count ? browsing + 1 : history.Count);
            });
        }

        SearchText = null;
        browsing = -1;
        return null;
    }

    private void Find(int before)
    {
        var found = history.Search(SearchText!, before);
        SearchFound = found >= 0;
        if (found >= 0)
        {
            browsing = found;
            Buffer.Set(history[found]);
        }
    }
}
