namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>Answers on a real terminal: streamed, steady, at any width, with and without colour and Unicode.</summary>
public class RenderingTests
{
    private static readonly string[] Answer =
    [
        "# Stock\n\nThe **shop** has two", " warehouses:\n\n- Hamburg, with", " tea\n- Rotterdam\n\n| City | Ton", "s |\n| --- | ---: |\n| Hamburg | 12 |\n| Rotter",
        "dam | 7 |\n\n```sql\nSELECT city, sum(tons) ", "FROM stock -- all of it\n```\n\nThat is", " all.",
    ];

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
    public async Task Answer_WithControlCodes_ShowsThemAndSendsNone()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        using var server = new ScriptedServer(ScriptedServer.Say("before \e[2J\e]0;title\a after"));
        using var chat = await ChatTerminal.StartAsync(workspace, 80, 24, server.Flags);
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
