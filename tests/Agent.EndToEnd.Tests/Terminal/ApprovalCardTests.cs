namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>The approval card: the whole call, its keys, and that nothing but an answer answers it.</summary>
public class ApprovalCardTests
{
    private const string Ready = "Allow this call? [y]es  [N]o  [e]dit";

    private static Piece[] Write(string path = "notes.md", string content = "new\n") => ScriptedServer.Call("files__write_file", new { path, content });

    [Fact]
    public async Task Card_ShowsTheWholeCallDiffReasonsAndOrigins_AndYesRunsIt()
    {
        using var workspace = new AgentWorkspace();
        var file = workspace.Write("notes.md", "old\n");
        using var server = new ScriptedServer(Write(), ScriptedServer.Say("Written."));
        using var chat = await ChatTerminal.StartAsync(workspace, 80, 40, server.Flags);
        chat.Send("write new into notes.md");
        var screen = await chat.WaitForAsync(Ready);
        foreach (var part in (string[])["files.write_file  ·  changes something  ·  id ", "  path: notes.md", "  content:", "Would change:", "-old", "+new", "Why: ", "From: path = notes.md — you typed it", "Refused by itself in", "[d]etails", "1 approval waits"])
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
        using var workspace = new AgentWorkspace();
        using var server = new ScriptedServer(Write(), ScriptedServer.Say("First refused."), Write(), ScriptedServer.Say("Second refused."));
        using var chat = await ChatTerminal.StartAsync(workspace, 80, 40, server.Flags);
        chat.Send("write notes.md");
        await chat.WaitForAsync(Ready);
        chat.Type(Keys.Enter);
        await chat.WaitForAsync("First refused.");
        chat.Send("try again");
        await chat.WaitAsync(static screen => screen.Visible.Split("Second")[0].LastIndexOf(Ready, StringComparison.Ordinal) > screen.Visible.LastIndexOf("First refused.", StringComparison.Ordinal));
        chat.Type("n");
        await chat.WaitForAsync("Why not?");
        chat.Type("put it into drafts instead" + Keys.Enter);
        await chat.WaitForAsync("Second refused.");
        Assert.Contains("put it into drafts instead", server.Requests[^1], StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(workspace.Folder, "notes.md")));
    }

    [Fact]
    public async Task Edit_Inline_RunsThePolicyAgain()
    {
        using var workspace = new AgentWorkspace();
        using var server = new ScriptedServer(Write(), ScriptedServer.Say("Tried."), Write(), ScriptedServer.Say("Written elsewhere."));
        using var chat = await ChatTerminal.StartAsync(workspace, 80, 50, server.Flags);
        chat.Send("write notes.md");
        await chat.WaitForAsync(Ready);
        chat.Type("e");
        await chat.WaitForAsync("Arguments: {");
        chat.Type(Keys.Ctrl('u') + "{\"path\":" + Keys.Enter);
        await chat.WaitForAsync("That is not JSON");
        chat.Type(Keys.Ctrl('u') + """{"path":".env","content":"x"}""" + Keys.Enter);

        // Files of keys are denied whoever asks: the edited call was decided anew.
        await chat.WaitForAsync("Tried.");
        Assert.False(File.Exists(Path.Combine(workspace.Folder, ".env")));
        Assert.Contains("files of keys and passwords", chat.Screen.All, StringComparison.Ordinal);
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
        using var workspace = new AgentWorkspace();
        using var server = new ScriptedServer(Write(content: "one\n"), Write(content: "two\n"), ScriptedServer.Say("Both written."));
        using var chat = await ChatTerminal.StartAsync(workspace, 80, 40, server.Flags);
        chat.Send("write notes.md twice");
        await chat.WaitForAsync("[s]ession  [u]ntil…");
        chat.Type("s");
        await chat.WaitForAsync("Both written.");
        Assert.Equal("two\n", await File.ReadAllTextAsync(Path.Combine(workspace.Folder, "notes.md")));
        chat.Send("/grants");
        await chat.WaitForAsync("given by console");
        chat.Type("/grants " + Keys.Tab + Keys.Enter);
        await chat.WaitForAsync("Taken back.");
    }

    [Fact]
    public async Task SeveralPending_AreAList()
    {
        using var workspace = new AgentWorkspace();
        using var server = new ScriptedServer(
            [new Piece.Calls([("files__create_directory", new { path = "c" }), ("files__write_file", new { path = "a.md", content = "a" }), ("files__write_file", new { path = "b.md", content = "b" })])],
            ScriptedServer.Say("All answered."));
        using var chat = await ChatTerminal.StartAsync(workspace, 80, 60, server.Flags);
        chat.Send("do the three things for me");
        await chat.WaitForAsync("calls wait; [Tab] shows the next:");
        await chat.WaitForAsync(Ready);
        while (!chat.Screen.All.Contains("All answered.", StringComparison.Ordinal))
        {
            chat.Type(Keys.Enter);
            var seen = System.Text.RegularExpressions.Regex.Count(chat.Screen.All, "Refused\\.");
            await chat.WaitAsync(screen => screen.All.Contains("All answered.", StringComparison.Ordinal) || System.Text.RegularExpressions.Regex.Count(screen.All, "Refused\\.") > seen);
            await chat.WaitAsync(static screen => screen.All.Contains("All answered.", StringComparison.Ordinal) || screen.Visible.Contains(Ready, StringComparison.Ordinal));
        }

        Assert.False(File.Exists(Path.Combine(workspace.Folder, "a.md")));
    }

    [Fact]
    public async Task SeveralOfOneTool_AreReadAndAllowedTogether()
    {
        using var workspace = new AgentWorkspace();
        using var server = new ScriptedServer(
            [new Piece.Calls([("files__delete_file", new { path = "a.md" }), ("files__delete_file", new { path = "b.md" })])],
            ScriptedServer.Say("Both deleted."));
        workspace.Write("a.md", "a\n");
        workspace.Write("b.md", "b\n");
        using var chat = await ChatTerminal.StartAsync(workspace, 80, 60, server.Flags);
        chat.Send("delete a.md and b.md");
        await chat.WaitForAsync("2 calls wait; [Tab] shows the next:");
        await chat.WaitForAsync("[a]ll 2");
        chat.Type("a");
        await chat.WaitForAsync("Allow these 2 calls? [y]es");
        Assert.Contains("path: b.md", chat.Screen.All, StringComparison.Ordinal);
        chat.Type("y");
        await chat.WaitForAsync("Both deleted.");
        Assert.False(File.Exists(Path.Combine(workspace.Folder, "a.md")) || File.Exists(Path.Combine(workspace.Folder, "b.md")));
    }

    [Fact]
    public async Task Keys_TypedBeforeTheCardOrInOneGo_AnswerNothing()
    {
        using var workspace = new AgentWorkspace();
        using var server = new ScriptedServer([new Piece.Hold(), .. Write()], ScriptedServer.Say("Refused."));
        using var chat = await ChatTerminal.StartAsync(workspace, 80, 40, server.Flags);
        chat.Send("write notes.md");
        await chat.WaitForAsync("working");
        chat.Type("yyyyyyyy");
        await chat.WaitForAsync("> yyyyyyyy");
        server.Release();
        await chat.WaitForAsync("Allow this call?");
        chat.Type("yes");
        await chat.WaitForAsync(Ready);
        Assert.False(File.Exists(Path.Combine(workspace.Folder, "notes.md")));
        Assert.DoesNotContain("Allowed", chat.Screen.All, StringComparison.Ordinal);
        chat.Type(Keys.Escape);
        await chat.WaitForAsync("Refused.");

        // What was typed meanwhile was a draft and still is.
        await chat.WaitForAsync("> yyyyyyyy");
    }
}
