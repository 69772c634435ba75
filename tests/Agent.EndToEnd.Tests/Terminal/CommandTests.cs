using System.Text.RegularExpressions;

namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>Every slash command, typed.</summary>
public sealed class CommandTests(FilesChat shared) : IClassFixture<FilesChat>
{
    private static readonly string[] Names =
    [
        "help", "model", "mode", "tools", "mcp", "approvals", "grants", "policy", "audit", "cost", "context", "compact", "plan", "sessions",
        "resume", "branch", "undo", "export", "clear", "doctor", "quit",
    ];

    [Fact]
    public async Task Help_NamesEveryCommand_AndEachHasHelpAndCompletion()
    {
        var chat = await BeginAsync();
        chat.Send("/help");
        var screen = await chat.WaitForAsync("There is no !command");
        Assert.All(Names, name => Assert.Matches($@"(?m)^  /{name} .*\w", screen));
        foreach (var name in Names)
        {
            var typed = Names.Count(other => other.StartsWith(name[..^1], StringComparison.Ordinal)) == 1 ? name[..^1] : name;
            chat.Type("/help " + typed + Keys.Tab);
            await chat.WaitAsync(one => one.BeforeCursor.StartsWith("> /help " + name, StringComparison.Ordinal));
            chat.Type(Keys.Ctrl('u') + "/help " + name + Keys.Enter);
            await chat.WaitAsync(one => Regex.IsMatch(one.All, $@"(?m)^/{name}( \[.*\])? — \w"));
        }

        chat.Send("/hlep");
        await chat.WaitForAsync("did you mean /help?");
    }

    [Fact]
    public async Task Commands_ThatShowSomething_ShowIt()
    {
        using var workspace = new AgentWorkspace();
        using var chat = await ChatTerminal.StartAsync(workspace, 100, 60);
        await chat.ServersAsync();
        foreach (var (typed, seen) in new[]
        {
            ("/mcp", "  files            ready"),
            ("/tools", "files.search_text"),
            ("/mode", "ask: the rules decide"),
            ("/mode plan", "plan: only reads run"),
            ("/mode nonsense", "The modes are ask, plan and auto-edit."),
            ("/approvals", "Nothing waits for approval."),
            ("/grants", "Nothing is allowed beyond single calls."),
            ("/policy", "  deny   secret files"),
            ("/audit", "ok: "),
            ("/cost", "Today, all conversations:"),
            ("/context", "tokens are in use"),
            ("/compact", "There is nothing to sum up yet."),
            ("/plan", "There is no plan."),
            ("/undo", "There is nothing to undo yet."),
            ("/export", "There is nothing to export yet."),
            ("/branch", "There is nothing to branch from yet."),
            ("/sessions", "There is no conversation yet."),
            ("/resume nonsense", "There is no conversation nonsense"),
            ("/model", "* offline/planner"),
            ("/trust", "there is nothing to trust"),
            ("/doctor", "server files"),
        })
        {
            chat.Send(typed);
            await chat.WaitForAsync(seen);
        }

        Assert.Contains("plan mode", chat.Screen.Visible, StringComparison.Ordinal);
        chat.Send("/clear");
        await chat.WaitAsync(static screen => !screen.All.Contains("server files", StringComparison.Ordinal));
        chat.Send("/quit");
        Assert.Equal(0, await chat.WaitForExitAsync());
    }

    [Fact]
    public async Task Model_TakesAnotherForTheNextRequest()
    {
        shared.Workspace.Write("a.md", "the ToolPipeline\n");
        var chat = await BeginAsync(ScriptedServer.Say("From the server."));
        chat.Send("hello");
        await chat.WaitForAsync("From the server.");
        chat.Send("/model nonsense");
        await chat.WaitAsync(static screen => Regex.IsMatch(screen.All, "(?m)^! .*nonsense"));
        chat.Type("/model off" + Keys.Tab + Keys.Enter);
        await chat.WaitForAsync("offline/planner answers from now on");
        chat.Send("which files mention ToolPipeline?");
        await chat.WaitForAsync("Sources: a.md:1");
        Assert.Single(shared.Server.Requests);
        Assert.Contains("offline/planner · ask mode", chat.Screen.Visible, StringComparison.Ordinal);
        chat.Send("/model openai/gpt-5-mini");
        await chat.WaitForAsync("openai/gpt-5-mini answers from now on");
    }

    [Fact]
    public async Task Undo_RestoresEveryFileTheLastRunChanged_ThroughTheSameRoad()
    {
        var workspace = shared.Workspace;
        var changed = workspace.Write("changed.md", "before\n");
        var deleted = workspace.Write("deleted.md", "kept\n");
        var created = Path.Combine(workspace.Folder, "created.md");
        var chat = await BeginAsync(
            ScriptedServer.Call("files__write_file", new { path = "changed.md", content = "after\n" }),
            ScriptedServer.Call("files__write_file", new { path = "created.md", content = "new\n" }),
            ScriptedServer.Call("files__delete_file", new { path = "deleted.md" }),
            ScriptedServer.Say("All changed."),
            ScriptedServer.Say("I see."));
        chat.Send("/mode auto-edit");
        await chat.WaitForAsync("auto-edit mode");
        chat.Send("change the files");
        await chat.WaitForAsync("Allow this call? [y]es");
        chat.Type("y");
        await chat.WaitForAsync("All changed.");
        Assert.Equal("after\n", await File.ReadAllTextAsync(changed));
        Assert.False(File.Exists(deleted));

        chat.Send("/undo");

        // Taking back what was created is a deletion, and a deletion is asked about; the rest is inside the mode.
        await chat.WaitAsync(static screen => screen.Visible.LastIndexOf("path: created.md", StringComparison.Ordinal) > screen.Visible.LastIndexOf("/undo", StringComparison.Ordinal) && screen.Visible.Contains("Allow this call? [y]es", StringComparison.Ordinal));
        chat.Type("y");
        await chat.WaitForAsync("Taken back: deleted.md, created.md, changed.md.");
        Assert.Equal("before\n", await File.ReadAllTextAsync(changed));
        Assert.Equal("kept\n", await File.ReadAllTextAsync(deleted));
        Assert.False(File.Exists(created));

        chat.Send("/undo");
        await chat.WaitForAsync("No run of this conversation changed a file that could be restored.");
        chat.Send("and now?");
        await chat.WaitForAsync("I see.");
        Assert.Contains("took back these changes", shared.Server.Requests[^1], StringComparison.Ordinal);
        var audit = await workspace.RunAsync("audit", "verify");
        Assert.True(audit.Code == 0, audit.ToString());
        Assert.Contains("files.restore_file", (await workspace.RunAsync("audit", "show")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_FileThatSomebodyChangedSince_LeavesItAndSaysSo()
    {
        var file = shared.Workspace.Write("notes.md", "before\n");
        var chat = await BeginAsync(ScriptedServer.Call("files__write_file", new { path = "notes.md", content = "after\n" }), ScriptedServer.Say("Changed."));
        chat.Send("/mode auto-edit");
        await chat.WaitForAsync("auto-edit mode");
        chat.Send("change notes.md");
        await chat.WaitForAsync("Changed.");
        await File.WriteAllTextAsync(file, "by hand\n");
        chat.Send("/undo");
        await chat.WaitForAsync("Left as it is: notes.md.");
        Assert.Equal("by hand\n", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Sessions_AreBranchedExportedCompactedAndResumed()
    {
        var padding = new string('x', 4000);
        var chat = await BeginAsync(
            ScriptedServer.Say("The first answer."), ScriptedServer.Say("The second answer."), ScriptedServer.Say("notes on what was said"), ScriptedServer.Say("The third answer."));
        chat.Send("the first question " + padding);
        await chat.WaitForAsync("The first answer.");
        chat.Send("the second question " + padding);
        await chat.WaitForAsync("The second answer.");
        chat.Send("/export talk.md");
        await chat.WaitForAsync("Written to");
        Assert.Contains("The second answer.", await File.ReadAllTextAsync(Path.Combine(shared.Workspace.Folder, "talk.md")), StringComparison.Ordinal);
        chat.Send("/export talk.md");
        await chat.WaitForAsync("exists already; name a new one.");
        chat.Send("/export talk.json");
        await chat.WaitAsync(static screen => Regex.Count(screen.All, "Written to") == 2);
        chat.Send("/branch");
        await chat.WaitForAsync("stays as it is.");
        chat.Send("/compact");
        await chat.WaitAsync(static screen => screen.All.Replace("\n", " ", StringComparison.Ordinal).Contains("What was said is kept in the session.", StringComparison.Ordinal));
        chat.Send("the third question");
        await chat.WaitForAsync("The third answer.");
        Assert.Contains("notes on what was said", shared.Server.Requests[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("xxxx", shared.Server.Requests[^1], StringComparison.Ordinal);

        chat.Send("/clear");
        await chat.WaitAsync(static screen => !screen.All.Contains("The third answer.", StringComparison.Ordinal));
        chat.Send("/sessions");
        await chat.WaitForAsync("the first question");
        chat.Send("/resume last");
        await chat.WaitForAsync("Going on with");
        await chat.WaitForAsync("The third answer.");
    }

    [Fact]
    public async Task Clear_TypedWhileAnAnswerIsWritten_WaitsForItsEnd()
    {
        var chat = await BeginAsync([new Piece.Text("It begins, "), new Piece.Hold(), new Piece.Text("and it ends.")], ScriptedServer.Say("Anew."));
        chat.Send("a question");
        await chat.WaitForAsync("It begins,");
        chat.Send("/clear");
        await chat.WaitForAsync("> /clear");
        Assert.Contains("It begins,", chat.Screen.All, StringComparison.Ordinal);

        shared.Server.Release();
        await chat.WaitAsync(static screen => !screen.All.Contains("It begins", StringComparison.Ordinal));
        chat.Send("another question");
        await chat.WaitForAsync("Anew.");
        Assert.DoesNotContain("a question", shared.Server.Requests[^1].Replace("another question", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private async Task<ChatTerminal> BeginAsync(params Piece[][] script)
    {
        shared.Workspace.Environment["AGENT__MODELS__CONTEXTWINDOW"] = "32000";
        var chat = await shared.BeginAsync(script);
        chat.Resize(100, 60);
        return chat;
    }
}
