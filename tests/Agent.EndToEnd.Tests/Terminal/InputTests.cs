namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>What a person types: editing, history, completion, attachments.</summary>
public sealed class InputTests(FilesChat shared) : IClassFixture<FilesChat>
{
    [Fact]
    public async Task Paste_OfSeveralLines_IsOneMessage_AndHistoryOutlivesTheChat()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        using var server = new ScriptedServer(ScriptedServer.Say("Read it."), ScriptedServer.Say("Again."));
        using (var chat = await ChatTerminal.StartAsync(workspace, 80, 24, server.Flags))
        {
            Assert.True(chat.Screen.BracketedPaste);
            chat.Type(Keys.Paste("first line\nsecond line\n"));
            await chat.WaitForAsync("  second line");
            Assert.Empty(server.Requests);
            chat.Type("third" + Keys.AltEnter + "fourth" + Keys.Enter);
            await chat.WaitForAsync("Read it.");
            Assert.Contains(@"first line\nsecond line\nthird\nfourth", Assert.Single(server.Requests), StringComparison.Ordinal);
            chat.Type(Keys.Ctrl('d'));
            Assert.Equal(0, await chat.WaitForExitAsync());
            Assert.Contains("goes on with it", chat.Screen.All, StringComparison.Ordinal);
            Assert.False(chat.Screen.BracketedPaste);
            Assert.False(chat.Screen.ApplicationKeys || chat.Screen.ApplicationKeypad);
            Assert.True(chat.Screen.CursorVisible);
        }

        using var later = await ChatTerminal.StartAsync(workspace, 80, 24, server.Flags);
        later.Type(Keys.Ctrl('r') + "second");
        await later.WaitForAsync("search: second");
        await later.WaitForAsync("  fourth");
        later.Type(Keys.Enter);
        await later.WaitForAsync("Again.");
        Assert.Contains(@"first line\nsecond line\nthird\nfourth", server.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_OfEmacs_EditTheLine()
    {
        var chat = await shared.BeginAsync();
        chat.Type("one two three" + Keys.Ctrl('w') + "four");
        await chat.WaitForAsync("> one two four");
        chat.Type(Keys.Ctrl('a') + Keys.Ctrl('k'));
        await chat.WaitAsync(static screen => screen.BeforeCursor == "> " && !screen.Visible.Contains("four", StringComparison.Ordinal));
        chat.Type(Keys.Ctrl('y') + Keys.Ctrl('y'));
        await chat.WaitForAsync("> one two fourone two four");
        chat.Type("\eb\x7f" + Keys.Ctrl('u') + "new");
        await chat.WaitForAsync("> newfour");
        chat.Type(Keys.Ctrl('_'));
        await chat.WaitAsync(static screen => !screen.Visible.Contains("> newfour", StringComparison.Ordinal));
        Assert.Empty(chat.Screen.Unknown);
    }

    [Fact]
    public async Task Tab_CompletesCommandsFilesToolsAndSessions()
    {
        shared.Workspace.Write("docs/guide one.md", "x\n");
        shared.Workspace.Write("docs/handbook.md", "tea is stored in Hamburg\n");
        var chat = await shared.BeginAsync(ScriptedServer.Say("A session."), ScriptedServer.Say("In Hamburg."));
        chat.Type("/");
        await chat.WaitForAsync("/approvals");
        await chat.WaitForAsync("what waits for an answer");
        chat.Type("comp" + Keys.Tab);
        await chat.WaitAsync(static screen => screen.BeforeCursor == "> /compact ");
        chat.Type(Keys.Ctrl('u'));
        chat.Type("/tools files.rea" + Keys.Tab);
        await chat.WaitAsync(static screen => screen.BeforeCursor == "> /tools files.read_file");
        chat.Type(Keys.Enter);
        await chat.WaitForAsync("Arguments: {");

        chat.Send("hello");
        await chat.WaitForAsync("A session.");
        chat.Type("/resume " + Keys.Tab);
        await chat.WaitAsync(static screen => System.Text.RegularExpressions.Regex.IsMatch(screen.BeforeCursor, "^> /resume [0-9a-z-]{8,}$"));
        chat.Type(Keys.Ctrl('u') + "where is @do" + Keys.Tab);
        await chat.WaitAsync(static screen => screen.BeforeCursor == "> where is @docs/");
        chat.Type("g" + Keys.Tab);
        await chat.WaitAsync(static screen => screen.BeforeCursor == "> where is @\"docs/guide one.md\" ");
        chat.Type(Keys.Ctrl('u') + "where is tea? @docs/h" + Keys.Tab + Keys.Enter);
        await chat.WaitForAsync("In Hamburg.");
        await chat.WaitForAsync("Attached docs/handbook.md, 25 bytes.");
        Assert.Contains("tea is stored in Hamburg", shared.Server.Requests[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExclamationMark_RunsNothingAndSaysSo()
    {
        var chat = await shared.BeginAsync();
        chat.Send("!touch here");
        await chat.WaitForAsync("There is no !command here");
        Assert.False(File.Exists(Path.Combine(shared.Workspace.Folder, "here")));
    }
}
