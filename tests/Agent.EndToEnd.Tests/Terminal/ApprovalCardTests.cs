namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>The approval card: the whole call, its keys, and that nothing but an answer answers it.</summary>
public sealed class ApprovalCardTests(FilesChat shared) : IClassFixture<FilesChat>
{
    private const string Ready = "Allow this call? [y]es  [N]o  [e]dit";

    private static Piece[] Write(string path = "notes.md", string content = "new\n") => ScriptedServer.Call("files__write_file", new { path, content });

    [Fact]
    public async Task Card_ShowsTheWholeCallDiffReasonsAndOrigins_AndYesRunsIt()
    {
        var file = shared.Workspace.Write("card.md", "old\n");
        var chat = await shared.BeginAsync(Write("card.md"), ScriptedServer.Say("Written."));
        chat.Send("write new into card.md");
        var screen = await chat.WaitForAsync(Ready);
        foreach (var part in (string[])["files.write_file  ·  changes something  ·  id ", "  path: card.md", "  content:", "Would change:", "-old", "+new", "Why: ", "From: path = card.md — you typed it", "Refused by itself in", "[d]etails", "1 to approve"])
        {
            Assert.Contains(part, screen, StringComparison.Ordinal);
        }

        chat.Type("d");
        await chat.WaitForAsync("bound to: sha256:");
        Assert.Equal("old\n", await File.ReadAllTextAsync(file));
        chat.Type("y");
        await chat.WaitForAsync("Written.");
        Assert.Equal("new\n", await File.ReadAllTextAsync(file));
        Assert.Contains("Allowed once.", chat.Screen.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Enter_IsNo_AndNGivesTheModelAReason()
    {
        var chat = await shared.BeginAsync(Write("refused.md"), ScriptedServer.Say("First refused."), Write("refused.md"), ScriptedServer.Say("Second refused."));
        chat.Send("write refused.md");
        await chat.WaitForAsync(Ready);
        chat.Type(Keys.Enter);
        await chat.WaitForAsync("First refused.");
        chat.Send("try again");
        await chat.WaitAsync(static screen => screen.Visible.Split("Second")[0].LastIndexOf(Ready, StringComparison.Ordinal) > screen.Visible.LastIndexOf("First refused.", StringComparison.Ordinal));
        chat.Type("n");
        await chat.WaitForAsync("Why not?");
        chat.Type("put it into drafts instead" + Keys.Enter);
        await chat.WaitForAsync("Second refused.");
        Assert.Contains("put it into drafts instead", shared.Server.Requests[^1], StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(shared.Workspace.Folder, "refused.md")));
    }

    [Fact]
    public async Task Edit_Inline_RunsThePolicyAgain()
    {
        var chat = await shared.BeginAsync(Write("inline.md"), ScriptedServer.Say("Tried."), Write("inline.md"), ScriptedServer.Say("Written elsewhere."));
        chat.Send("write inline.md");
        await chat.WaitForAsync(Ready);
        chat.Type("e");
        await chat.WaitForAsync("Arguments: {");
        chat.Type(Keys.Ctrl('u') + "{\"path\":" + Keys.Enter);
        await chat.WaitForAsync("That is not JSON");
        chat.Type(Keys.Ctrl('u') + """{"path":".env","content":"x"}""" + Keys.Enter);

        // Files of keys are denied whoever asks: the edited call was decided anew.
        await chat.WaitForAsync("Tried.");
        Assert.False(File.Exists(Path.Combine(shared.Workspace.Folder, ".env")));
        chat.Send("/show 1");
        await chat.WaitForAsync("Decision: deny by secret files");
    }

    [Fact]
    public async Task Edit_InTheEditor_RunsWhatWasWrittenThere_AndGivesTheKeysBack()
    {
        using var workspace = new AgentWorkspace();
        var editor = workspace.Write("editor.sh", "#!/bin/sh\nsed -i 's/notes.md/other.md/' \"$1\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(editor, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        workspace.Environment["EDITOR"] = editor;
        using var server = new ScriptedServer(Write(), ScriptedServer.Say("Written."));
        using var chat = await ChatTerminal.StartAsync(workspace, 80, 40, server.Flags);
        chat.Send("write notes.md");
        await chat.WaitForAsync(Ready);
        chat.Type("e");

        // A changed path is a new call: it is asked about where the rules say so.
        await chat.WaitAsync(static screen => screen.All.Contains("Written.", StringComparison.Ordinal) || screen.All.LastIndexOf(Ready, StringComparison.Ordinal) > screen.All.LastIndexOf("path: other.md", StringComparison.Ordinal) && screen.All.Contains("path: other.md", StringComparison.Ordinal));
        if (!chat.Screen.All.Contains("Written.", StringComparison.Ordinal))
        {
            chat.Type("y");
        }

        await chat.WaitForAsync("Written.");
        Assert.True(File.Exists(Path.Combine(workspace.Folder, "other.md")));
        Assert.False(File.Exists(Path.Combine(workspace.Folder, "notes.md")));
        chat.Type("typed after");
        await chat.WaitForAsync("> typed after");
    }

    [Fact]
    public async Task ForThisSession_IsNotAskedAgain_AndIsListedAndTakenBack()
    {
        var chat = await shared.BeginAsync(ScriptedServer.Call("files__list_directory", new { path = "." }), Write("session.md", content: "one\n"), Write("session.md", content: "two\n"), ScriptedServer.Say("Both written."));
        chat.Send("write session.md twice");
        await chat.WaitForAsync("[s]ession  [u]ntil…");
        chat.Type("s");
        await chat.WaitForAsync("Both written.");
        Assert.Equal("two\n", await File.ReadAllTextAsync(Path.Combine(shared.Workspace.Folder, "session.md")));
        chat.Send("/grants");
        await chat.WaitForAsync("given by console");
        chat.Type("/grants " + Keys.Tab + Keys.Enter);
        await chat.WaitForAsync("Taken back.");
    }

    [Fact]
    public async Task SeveralPending_AreAList()
    {
        var chat = await shared.BeginAsync(
            [new Piece.Calls([("files__create_directory", new { path = "c" }), ("files__write_file", new { path = "x.md", content = "a" }), ("files__write_file", new { path = "y.md", content = "b" })])],
            ScriptedServer.Say("All answered."));
        chat.Send("do the three things for me");
        await chat.WaitForAsync("calls wait; [Tab] shows the next:");
        for (var card = 1; card <= 3; card++)
        {
            // The status is drawn last: with it the question below the new card is the new one.
            await chat.WaitAsync(screen => System.Text.RegularExpressions.Regex.Count(screen.All, "Refused by itself in") == card
                && screen.All.Contains($"{4 - card} to approve", StringComparison.Ordinal) && screen.BeforeCursor.StartsWith(Ready, StringComparison.Ordinal));
            chat.Type(Keys.Enter);
        }

        await chat.WaitForAsync("All answered.");
        Assert.False(File.Exists(Path.Combine(shared.Workspace.Folder, "x.md")));
    }

    [Fact]
    public async Task SeveralOfOneTool_AreReadAndAllowedTogether()
    {
        shared.Workspace.Write("a.md", "a\n");
        shared.Workspace.Write("b.md", "b\n");
        var chat = await shared.BeginAsync(
            [new Piece.Calls([("files__delete_file", new { path = "a.md" }), ("files__delete_file", new { path = "b.md" })])],
            ScriptedServer.Say("Both deleted."));
        chat.Send("delete a.md and b.md");
        await chat.WaitForAsync("2 calls wait; [Tab] shows the next:");
        await chat.WaitForAsync("[a]ll 2");
        chat.Type("a");
        await chat.WaitForAsync("Allow these 2 calls? [y]es");
        Assert.Contains("path: b.md", chat.Screen.All, StringComparison.Ordinal);
        chat.Type("y");
        await chat.WaitForAsync("Both deleted.");
        Assert.False(File.Exists(Path.Combine(shared.Workspace.Folder, "a.md")) || File.Exists(Path.Combine(shared.Workspace.Folder, "b.md")));
    }

    [Fact]
    public async Task Keys_TypedBeforeTheCardOrInOneGo_AnswerNothing()
    {
        var chat = await shared.BeginAsync([new Piece.Hold(), .. Write("early.md")], ScriptedServer.Say("Refused."));
        chat.Send("write early.md");
        await chat.WaitForAsync("working");
        chat.Type("yyyyyyyy");
        await chat.WaitForAsync("> yyyyyyyy");
        shared.Server.Release();
        await chat.WaitForAsync("Allow this call?");
        chat.Type("yes");
        await chat.WaitForAsync(Ready);
        Assert.False(File.Exists(Path.Combine(shared.Workspace.Folder, "early.md")));
        Assert.DoesNotContain("Allowed", chat.Screen.All, StringComparison.Ordinal);
        chat.Type(Keys.Escape);
        await chat.WaitForAsync("Refused.");

        // What was typed meanwhile was a draft and still is.
        await chat.WaitForAsync("> yyyyyyyy");
    }
}
