using System.Text.RegularExpressions;

namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>Cancelling, leaving, suspending, resizing, closing: nothing is lost and the terminal is as it was.</summary>
public class LifeTests
{
    private const int SigKill = 9;
    private const int SigTerm = 15;

    [Fact]
    public async Task CtrlC_OnceCancelsTheRunAndKeepsTheSession_TwiceLeaves()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        using var server = new ScriptedServer([new Piece.Text("The answer begins "), new Piece.Hold()], ScriptedServer.Say("Still here."));
        using var chat = await ChatTerminal.StartAsync(workspace, 80, 30, server.Flags);
        chat.Send("go on for long");
        await chat.WaitForAsync("The answer begins");
        chat.Type(Keys.Ctrl('c'));
        await chat.WaitForAsync("! Cancelled before there was an answer.");
        chat.Send("are you there?");
        await chat.WaitForAsync("Still here.");
        Assert.Contains("go on for long", server.Requests[^1], StringComparison.Ordinal);

        // The answer is there before its run is over.
        Assert.True(await chat.IsIdleAsync());
        chat.Type("a draft" + Keys.Ctrl('c'));
        await chat.WaitAsync(static screen => screen.BeforeCursor == "> ");
        chat.Type(Keys.Ctrl('c'));
        await chat.WaitForAsync("Ctrl-C again leaves");
        chat.Type(Keys.Ctrl('c'));
        Assert.Equal(0, await chat.WaitForExitAsync());
    }

    [Fact]
    public async Task Leaving_ByKeysOrBySignal_LeavesTheTerminalAsItWas()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        using var shell = ChatTerminal.Start(workspace, 100, 40, "bash", "--norc", "--noprofile", "-i");
        shell.Send("PS1='$ '; stty -g > before; stty -a | grep -c ' echo '");
        await shell.WaitForAsync("\n1");
        shell.Send($"dotnet {Repository.AgentLibrary}; echo left $?; stty -g > after1");
        await shell.WaitForAsync("/help");
        shell.Type(Keys.Ctrl('d'));
        await shell.WaitForAsync("left 0");
        Assert.True(shell.Screen.CursorVisible);
        Assert.False(shell.Screen.BracketedPaste && shell.Screen.InFrame);

        shell.Send($"sh -c 'echo $$ > pid; exec dotnet {Repository.AgentLibrary}'; echo ended; stty -g > after2; echo compared");
        await shell.WaitAsync(static screen => Regex.Count(screen.All, "0 approvals wait|0 to approve") >= 1 && screen.Visible.LastIndexOf("/help", StringComparison.Ordinal) > screen.Visible.LastIndexOf("echo ended", StringComparison.Ordinal));
        using (var kill = System.Diagnostics.Process.Start("kill", ["-" + SigTerm, (await File.ReadAllTextAsync(Path.Combine(workspace.Folder, "pid"))).Trim()]))
        {
            await kill.WaitForExitAsync();
        }

        await shell.WaitForAsync("\ncompared");
        var before = await File.ReadAllTextAsync(Path.Combine(workspace.Folder, "before"));
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(workspace.Folder, "after1")));
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(workspace.Folder, "after2")));
    }

    [Fact]
    public async Task CtrlZ_GivesTheShellBack_AndFgGoesOnWithTheDraftAndTheRun()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        using var server = new ScriptedServer([new Piece.Text("Half of it\n\n"), new Piece.Hold(), new Piece.Text("and the rest.")]);
        using var shell = ChatTerminal.Start(workspace, 100, 40, "bash", "--norc", "--noprofile", "-i");
        shell.Send($"PS1='$ '; dotnet {Repository.AgentLibrary} {string.Join(' ', server.Flags)}");
        await shell.WaitForAsync("/help");
        shell.Send("tell me");
        await shell.WaitForAsync("Half of it");
        shell.Type("my draft" + Keys.Ctrl('z'));
        await shell.WaitForAsync("Stopped");
        shell.Send("echo in the $((40 + 2)) shell");
        await shell.WaitForAsync("in the 42 shell");
        shell.Send("fg");
        await shell.WaitAsync(static screen => screen.Visible.LastIndexOf("> my draft", StringComparison.Ordinal) > screen.Visible.LastIndexOf("in the 42", StringComparison.Ordinal));
        server.Release();
        await shell.WaitForAsync("and the rest.");
        shell.Type(Keys.Ctrl('u') + Keys.Ctrl('d'));
        await shell.WaitForAsync("goes on with it");
    }

    [Fact]
    public async Task TerminalThatIsClosed_LosesNothing()
    {
        using var workspace = new AgentWorkspace();
        var file = workspace.Write("notes.md", "old\n");
        using var server = new ScriptedServer(ScriptedServer.Call("files__write_file", new { path = "notes.md", content = "new\n" }), ScriptedServer.Say("Written after all."));
        string card;
        using (var chat = await ChatTerminal.StartAsync(workspace, 80, 40, server.Flags))
        {
            chat.Send("write notes.md");
            card = await chat.WaitForAsync("Allow this call? [y]es");
            chat.Process.HangUp();
            await chat.WaitForExitAsync();
        }

        // The question outlives the terminal, and its answer is taken from anywhere.
        var id = Regex.Match(card, "id ([a-z0-9]+)").Groups[1].Value;
        var approved = await workspace.RunAsync("approvals", "approve", id);
        Assert.True(approved.Code == 0, approved.ToString());
        Assert.Equal("old\n", await File.ReadAllTextAsync(file));

        using var later = await ChatTerminal.StartAsync(workspace, 80, 40, [.. server.Flags, "--session", "last"]);
        await later.WaitForAsync("> write notes.md");
        later.Send("/resume");
        await later.WaitForAsync("Written after all.");
        Assert.Equal("new\n", await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task ChatThatIsKilled_InMidRun_IsTakenUpWhereItWas()
    {
        using var workspace = new AgentWorkspace();
        workspace.Write("a.md", "the ToolPipeline\n");
        using var server = new ScriptedServer(
            ScriptedServer.Call("files__search_text", new { pattern = "ToolPipeline" }),
            [new Piece.Text("It begins "), new Piece.Hold()],
            ScriptedServer.Say("It is in a.md:1."));
        using (var chat = await ChatTerminal.StartAsync(workspace, 80, 40, server.Flags))
        {
            chat.Send("where is it?");
            await chat.WaitForAsync("✓ [1] files.search_text");
            await chat.WaitForAsync("It begins");
            chat.Process.Signal(SigKill);
            Assert.Equal(128 + SigKill, await chat.WaitForExitAsync());
        }

        using var later = await ChatTerminal.StartAsync(workspace, 80, 40, [.. server.Flags, "--session", "last"]);
        await later.WaitForAsync("> where is it?");
        later.Send("/resume");
        await later.WaitForAsync("Sources: a.md:1");

        // The call that had run is not made again; its result was kept.
        Assert.Contains("call_1_0", server.Requests[^1], StringComparison.Ordinal);
        Assert.Contains("a.md", server.Requests[^1], StringComparison.Ordinal);
        Assert.Single((await workspace.RunAsync("audit", "show", "--type", "call.outcome")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(0, (await workspace.RunAsync("audit", "verify")).Code);
    }

    [TmuxFact]
    public async Task UnderTmux_TheChatIsTheSame()
    {
        using var workspace = new AgentWorkspace();
        workspace.Write("a.md", "the ToolPipeline\n");
        var socket = Path.Combine(workspace.Base, "tmux");
        await TmuxAsync("-u", "-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", $"cd {workspace.Folder} && env {workspace.ShellEnvironment} dotnet {Repository.AgentLibrary}");
        try
        {
            await SeenAsync("/help");
            await TmuxAsync("send-keys", "which files mention ToolPipeline?", "Enter");
            var screen = await SeenAsync("Sources: a.md:1");
            Assert.Contains("✓ [1] files.search_text pattern=ToolPipeline", screen, StringComparison.Ordinal);
            await TmuxAsync("set-buffer", "two\nlines");
            await TmuxAsync("paste-buffer", "-p");
            await SeenAsync("  lines");
            await TmuxAsync("resize-window", "-x", "60", "-y", "20");
            await TmuxAsync("send-keys", "C-c", "C-d");
            await SeenAsync("goes on with it", orGone: true);
        }
        finally
        {
            await TmuxAsync("kill-server");
        }

        async Task<string> SeenAsync(string text, bool orGone = false)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            while (true)
            {
                var screen = await TmuxAsync("capture-pane", "-p", "-S", "-");
                if (screen.Contains(text, StringComparison.Ordinal) || (orGone && screen.Length == 0))
                {
                    return screen;
                }

                Assert.False(limit.IsCancellationRequested, $"Not seen: {text}\n{screen}");
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None);
            }
        }

        async Task<string> TmuxAsync(params string[] arguments)
        {
            using var tmux = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("tmux", ["-S", socket, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = await tmux.StandardOutput.ReadToEndAsync();
            await tmux.WaitForExitAsync();
            return output;
        }
    }
}
