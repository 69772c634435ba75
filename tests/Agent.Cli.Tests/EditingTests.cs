using Agent.Cli.Chat;
using Agent.Cli.Input;
using Agent.Cli.Terminal;

namespace Agent.Cli.Tests;

public sealed class EditingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("agent-editing-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static LineEditor Editor(InputHistory? history = null, ICompleter? completer = null) =>
        new(history ?? new InputHistory(null), completer ?? new ChatCompleter([("help", "what you can type"), ("mode", "how much is asked"), ("model", "which model")], _ => [], "/"));

    private static void Type(LineEditor editor, string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            editor.Handle(Key.Character(rune.ToString()));
        }
    }

    [Fact]
    public void Keys_OfEmacs_EditTheLine()
    {
        var editor = Editor();
        Type(editor, "one two three");
        editor.Handle(Key.Control('w'));
        Assert.Equal("one two ", editor.Buffer.Text);
        editor.Handle(Key.Control('a'));
        editor.Handle(Key.Control('k'));
        Assert.Equal(string.Empty, editor.Buffer.Text);
        editor.Handle(Key.Control('y'));
        Assert.Equal("one two ", editor.Buffer.Text);
        editor.Handle(Key.Control('_'));
        Assert.Equal(string.Empty, editor.Buffer.Text);
    }

    [Fact]
    public void Backspace_OverACharacterOfSeveralUnits_TakesAllOfIt()
    {
        var editor = Editor();
        Type(editor, "a");
        editor.Handle(new Key(KeyKind.Paste, "👩‍👩‍👧é"));
        editor.Handle(new Key(KeyKind.Backspace));
        Assert.Equal("a👩‍👩‍👧", editor.Buffer.Text);
        editor.Handle(new Key(KeyKind.Backspace));
        Assert.Equal("a", editor.Buffer.Text);
    }

    [Fact]
    public void Paste_OfSeveralLines_IsOneMessage()
    {
        var editor = Editor();
        Assert.Equal(EditResult.Edited, editor.Handle(new Key(KeyKind.Paste, "one\ntwo")));
        Assert.Equal(EditResult.Submitted, editor.Handle(new Key(KeyKind.Enter)));
        Assert.Equal("one\ntwo", editor.Take());
    }

    [Fact]
    public void Enter_WithAltOrAfterABackslash_BeginsAnotherLine()
    {
        var editor = Editor();
        Type(editor, "one");
        editor.Handle(new Key(KeyKind.Enter, Alt: true));
        Type(editor, "two\\");
        Assert.Equal(EditResult.Edited, editor.Handle(new Key(KeyKind.Enter)));
        Type(editor, "three");
        Assert.Equal("one\ntwo\nthree", editor.Buffer.Text);
        editor.Handle(new Key(KeyKind.Up));
        editor.Handle(new Key(KeyKind.Home));
        Assert.Equal(4, editor.Buffer.Cursor);
    }

    [Fact]
    public void Interrupt_WithText_TakesTheTextAway_AndWithoutIsTold()
    {
        var editor = Editor();
        Type(editor, "draft");
        Assert.Equal(EditResult.Edited, editor.Handle(Key.Control('c')));
        Assert.Equal(string.Empty, editor.Buffer.Text);
        Assert.Equal(EditResult.Interrupted, editor.Handle(Key.Control('c')));
        Assert.Equal(EditResult.Ended, editor.Handle(Key.Control('d')));
    }

    [Fact]
    public void History_KeptInAFile_IsThereInTheNextSession()
    {
        var file = Path.Combine(folder, "history.jsonl");
        var first = Editor(new InputHistory(file));
        Type(first, "how many tracks?");
        first.Take();
        first.Handle(new Key(KeyKind.Paste, "two\nlines"));
        first.Take();
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        File.AppendAllText(file, "{torn");
        var second = Editor(new InputHistory(file));
        Type(second, "draft");
        second.Handle(new Key(KeyKind.Up));
        Assert.Equal("two\nlines", second.Buffer.Text);
        second.Handle(new Key(KeyKind.Up));
        second.Handle(new Key(KeyKind.Up));
        Assert.Equal("how many tracks?", second.Buffer.Text);
        second.Handle(new Key(KeyKind.Down));
        second.Handle(new Key(KeyKind.Down));
        second.Handle(new Key(KeyKind.Down));
        Assert.Equal("draft", second.Buffer.Text);
    }

    [Fact]
    public void Search_WithCtrlR_FindsOlderAndOlder()
    {
        var history = new InputHistory(null);
        history.Add("count the tracks");
        history.Add("list files");
        history.Add("count the albums");
        var editor = Editor(history);
        editor.Handle(Key.Control('r'));
        Type(editor, "count");
        Assert.Equal("count the albums", editor.Buffer.Text);
        editor.Handle(Key.Control('r'));
        Assert.Equal("count the tracks", editor.Buffer.Text);
        editor.Handle(Key.Control('r'));
        Assert.False(editor.SearchFound);
        Assert.Equal(EditResult.Submitted, editor.Handle(new Key(KeyKind.Enter)));
        Assert.Equal("count the tracks", editor.Take());
    }

    [Fact]
    public void Tab_OnACommand_CompletesAsFarAsAllAgreeAndThenOffersTheChoice()
    {
        var editor = Editor();
        Type(editor, "/m");
        editor.Handle(new Key(KeyKind.Tab));
        Assert.Equal("/mode", editor.Buffer.Text);
        Assert.Equal(2, editor.Menu.Candidates.Count);
        editor.Handle(new Key(KeyKind.Tab));
        editor.Handle(new Key(KeyKind.Tab));
        Assert.Equal("/model ", editor.Buffer.Text);
        Type(editor, "x");
        Assert.Empty(editor.Menu.Candidates);
    }

    [Fact]
    public void Tab_AfterAnAt_CompletesFileNames()
    {
        Directory.CreateDirectory(Path.Combine(folder, "docs"));
        File.WriteAllText(Path.Combine(folder, "docs", "handbook.md"), "x");
        var editor = Editor(completer: new ChatCompleter([], _ => [], folder));
        Type(editor, "read @do");
        editor.Handle(new Key(KeyKind.Tab));
        Assert.Equal("read @docs/", editor.Buffer.Text);
        editor.Handle(new Key(KeyKind.Tab));
        Assert.Equal("read @docs/handbook.md ", editor.Buffer.Text);
    }

    [Fact]
    public void Wrap_TextWiderThanTheScreen_KeepsTheCursorWhereItIs()
    {
        var (lines, line, column) = InputView.Wrap("abcdef日本", 6, 4);
        Assert.Equal(["abcd", "ef日", "本"], lines);
        Assert.Equal((1, 2), (line, column));
        (lines, line, column) = InputView.Wrap("ab\n", 3, 4);
        Assert.Equal(["ab", string.Empty], lines);
        Assert.Equal((1, 0), (line, column));
    }

    [Fact]
    public void Attachments_OutsideTheRoots_AreRefused()
    {
        var root = Directory.CreateDirectory(Path.Combine(folder, "root")).FullName;
        File.WriteAllText(Path.Combine(root, "in.md"), "in");
        File.WriteAllText(Path.Combine(folder, "out.md"), "out");
        File.CreateSymbolicLink(Path.Combine(root, "link.md"), Path.Combine(folder, "out.md"));
        var (files, problems) = Attachments.Read("compare @in.md, @../out.md and @link.md with me@example.com and @nothing", root, [root]);
        Assert.Equal("in.md", Assert.Single(files).Name);
        Assert.Equal(2, problems.Count);
    }
}
