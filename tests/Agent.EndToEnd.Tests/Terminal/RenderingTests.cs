namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>Answers on a real terminal: streamed, steady, at any width, with and without colour and Unicode.</summary>
public sealed class RenderingTests(BareChat shared) : IClassFixture<BareChat>
{
    private static readonly string[] Answer =
    [
        "# Stock\n\nThe **shop** has two", " warehouses:\n\n- Hamburg, with", " tea\n- Rotterdam\n\n| City | Ton", "s |\n| --- | ---: |\n| Hamburg | 12 |\n| Rotter",
        "dam | 7 |\n\n```sql\nSELECT city, sum(tons) ", "FROM stock -- all of it\n```\n\nThat is", " all.",
    ];

    [Fact]
    public async Task Answer_StreamedInPieces_IsMarkdownThatIsNeverDrawnTwice()
    {
        Piece[] held = [.. ScriptedServer.Say(Answer[..4]), new Piece.Hold(), .. ScriptedServer.Say(Answer[4..])];
        var chat = await shared.BeginAsync(held);
        chat.Send("what is in stock?");

        // The table is still growing: what is there of it stands on the screen already.
        await chat.WaitForAsync("│ Hamburg");
        Assert.Contains("# Stock", chat.Screen.All, StringComparison.Ordinal);
        shared.Server.Release();
        await chat.WaitForAsync("That is all.");

        foreach (var line in (string[])["> what is in stock?", "# Stock", "The shop has two warehouses:", "• Hamburg, with tea", "│ City      │ Tons │", "│ Rotterdam │    7 │", "  SELECT city, sum(tons) FROM stock -- all of it", "That is all."])
        {
            Assert.Single(chat.Screen.All.Split('\n'), one => one == line);
        }

        Assert.Equal(0, chat.Screen.ChangedHistory);
        Assert.Empty(chat.Screen.Unknown);
        Assert.Contains("1", chat.Screen.Looks);
        Assert.Contains(chat.Screen.Looks, static look => look is "35" or "38;5;5");
        Assert.All(chat.Screen.All.Split('\n'), static line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public async Task StatusLine_AfterAnAnswer_SaysModelModeContextCostAndWhatWaits()
    {
        var chat = await shared.BeginAsync(ScriptedServer.Say("Hello."));
        Assert.Matches(@"openai/gpt-5-mini · ask mode · context 0 % · \S+.* · 0 approvals wait · /help", chat.Screen.All);

        // A greeting is less than half a percent of this model's window; that something was used is told by the cost.
        chat.Send("hello");
        await chat.WaitAsync(static screen => System.Text.RegularExpressions.Regex.IsMatch(screen.All, @"Hello\.[\s\S]*openai/gpt-5-mini · ask mode · context \d+ % · \$0\.0\d+ · 0 approvals wait · /help"));
    }

    [Fact]
    public async Task Answer_WithoutColourAndUnicode_IsPlainAscii()
    {
        using var workspace = new AgentWorkspace();
        workspace.Environment["NO_COLOR"] = "1";
        workspace.Environment["LANG"] = "C";
        using var server = new ScriptedServer(ScriptedServer.Call("files__list_directory", new { path = "." }), ScriptedServer.Say(Answer));
        using var chat = await ChatTerminal.StartAsync(workspace, 80, 30, server.Flags);
        chat.Send("what is in stock?");
        var screen = await chat.WaitForAsync("That is all.");
        Assert.All(screen, static letter => Assert.True(letter < 128, $"'{letter}' in\n"));
        Assert.Contains("| Rotterdam |    7 |", screen, StringComparison.Ordinal);
        Assert.Contains("- Hamburg, with tea", screen, StringComparison.Ordinal);
        Assert.All(chat.Screen.Looks, static look => Assert.True(look is "0" or "", look));
        Assert.Empty(chat.Screen.Unknown);
    }

    [Fact]
    public async Task Window_ThatBecomesNarrower_LetsTheOpenAnswerFlowAnewAndLosesNothing()
    {
        const string Long = "This sentence is long enough that it needs more than one line on a narrow screen, and its end is ";
        Piece[] held = [new Piece.Text("First paragraph.\n\n" + Long), new Piece.Hold(), new Piece.Text("here.")];
        var chat = await shared.BeginAsync(held);
        chat.Send("go on");
        await chat.WaitAsync(static screen => screen.All.Replace('\n', ' ').Contains("its end is", StringComparison.Ordinal));
        chat.Resize(44, 16);
        await chat.WaitAsync(static screen => screen.All.Contains("This sentence is long enough that it needs\n", StringComparison.Ordinal));
        shared.Server.Release();
        await chat.WaitAsync(static screen => screen.All.Replace('\n', ' ').Contains("its end is here.", StringComparison.Ordinal));
        Assert.Single(chat.Screen.All.Split('\n'), static line => line == "First paragraph.");
        chat.Resize(100, 30);
        chat.Type("still here");
        await chat.WaitForAsync("> still here");
        Assert.Empty(chat.Screen.Unknown);
        chat.Resize(80, 24);
    }

    [Fact]
    public async Task Answer_WithControlCodes_ShowsThemAndSendsNone()
    {
        var chat = await shared.BeginAsync(ScriptedServer.Say("before \e[2J\e]0;title\a after"));
        chat.Send("hello");
        await chat.WaitForAsync(@"before \u{1b}[2J\u{1b}]0;title\u{7} after");
        Assert.Empty(chat.Screen.Unknown);
    }

    [Fact]
    public async Task Chat_ThroughAPipe_AnswersEachLineInPlainText()
    {
        using var workspace = new AgentWorkspace();
        workspace.Write("docs/old.md", "the ToolPipeline\n");
        using var process = workspace.Start();
        await process.StandardInput.WriteAsync("which files mention ToolPipeline?\n/mode plan\n/undo\n!ls\n/mode ask\ndelete docs/old.md\n");
        process.StandardInput.Close();
        var exit = await AgentWorkspace.FinishAsync(process);
        Assert.Contains("> which files mention ToolPipeline?", exit.Out, StringComparison.Ordinal);
        Assert.Contains("docs/old.md:1", exit.Out, StringComparison.Ordinal);
        Assert.Contains("plan: only reads run", exit.Out, StringComparison.Ordinal);
        Assert.Contains("There is no !command here", exit.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', exit.Out + exit.Error);
        Assert.True(File.Exists(Path.Combine(workspace.Folder, "docs/old.md")), "nobody could be asked, so nothing was deleted");
        Assert.Equal(4, exit.Code);
    }

    [Fact]
    public async Task Ask_FromATerminalIntoAFile_WritesNoControlCodes()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        using var server = new ScriptedServer(ScriptedServer.Say("# Title\n\nred: \e[31m and **bold**"));
        using var shell = ChatTerminal.Start(workspace, 80, 24, "sh", "-c", $"dotnet {Repository.AgentLibrary} ask hello {string.Join(' ', server.Flags)} > out.txt; echo done $?");
        await shell.WaitForAsync("done 0");
        var written = await File.ReadAllTextAsync(Path.Combine(workspace.Folder, "out.txt"));
        Assert.Contains("**bold**", written, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', written);
    }
}
