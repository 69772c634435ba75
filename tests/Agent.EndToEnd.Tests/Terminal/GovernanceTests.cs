namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>What a person at the chat is asked and told about what may run.</summary>
public class GovernanceTests
{
    [Fact]
    public async Task Command_NeverStartedHere_IsAskedOnce_AndANoLeavesItOff()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var file = ServerCommandTests.Configuration(workspace);
        using (var chat = ChatTerminal.Start(workspace, 160, 30, "dotnet", Repository.AgentLibrary, "--config", file))
        {
            await chat.WaitForAsync("Start them?");
            Assert.Contains("mine: dotnet ", chat.Screen.All, StringComparison.Ordinal);
            Assert.Contains("agent-files.dll --root", chat.Screen.All, StringComparison.Ordinal);
            chat.Type("n");
            await chat.WaitForAsync("was never started here");
            chat.Type(Keys.Ctrl('d'));
            await chat.WaitForExitAsync();
        }

        using (var chat = ChatTerminal.Start(workspace, 160, 30, "dotnet", Repository.AgentLibrary, "--config", file))
        {
            await chat.WaitForAsync("Start them?");
            chat.Type("y");
            await chat.WaitForAsync("/help");
            await UntilAsync(chat, "/mcp", "mine             ready");
            chat.Type(Keys.Ctrl('d'));
            await chat.WaitForExitAsync();
        }

        using var later = await ChatTerminal.StartAsync(workspace, 160, 30, "--config", file);
        Assert.DoesNotContain("Start them?", later.Screen.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_BrokenWhileNothingRuns_AreAnnouncedAndSoIsTheMendedFile()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var file = workspace.Write("rules.json", """{"policy":{"rules":[{"name":"no mail","decision":"deny","server":"mail"}]}}""");
        using var chat = await ChatTerminal.StartAsync(workspace, 160, 30, "--config", file);

        await File.WriteAllTextAsync(file, """{"policy":{"rules":[{"name":"no mail","decision":""");
        await chat.WaitForAsync("The changed policy is not in force, the rules from before are");
        chat.Send("/policy");
        await chat.WaitForAsync("deny   no mail");
        await File.WriteAllTextAsync(file, """{"policy":{"rules":[{"name":"no web","decision":"deny","server":"web"}]}}""");
        await chat.WaitForAsync("The changed settings are in force (policy sha256:");
        chat.Send("/policy");
        await chat.WaitForAsync("deny   no web");
    }

    [Fact]
    public async Task Plan_Accepted_LeavesTheModeAndIsCarriedOutAndRecorded()
    {
        using var workspace = new AgentWorkspace();
        using var server = new ScriptedServer(
            ScriptedServer.Call("files__write_file", new { path = "plan.md", content = "done\n" }),
            ScriptedServer.Say("I would write plan.md."),
            ScriptedServer.Call("files__write_file", new { path = "plan.md", content = "done\n" }),
            ScriptedServer.Say("Written."));
        using var chat = await ChatTerminal.StartAsync(workspace, 120, 40, server.Flags);
        await chat.ServersAsync();
        chat.Send("/accept");
        await chat.WaitForAsync("There is no plan to accept");
        chat.Send("/mode plan");
        await chat.WaitForAsync("only reads run");
        await chat.WaitAsync(static screen => screen.Visible.TrimEnd().Split('\n')[^1].Contains("plan", StringComparison.Ordinal));
        chat.Send("write plan.md");
        await chat.WaitAsync(static screen => screen.All.Contains("I would write plan.md.", StringComparison.Ordinal)
            && screen.Visible.TrimEnd().EndsWith("/help", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(workspace.Folder, "plan.md")));

        chat.Send("/accept auto-edit");
        await chat.WaitForAsync("Written.");

        Assert.Equal("done\n", await File.ReadAllTextAsync(Path.Combine(workspace.Folder, "plan.md")));
        await chat.WaitAsync(static screen => screen.Visible.TrimEnd().Split('\n')[^1].Contains("auto-edit", StringComparison.Ordinal));
        var audit = await workspace.RunAsync("audit", "show", "--type", "plan.accepted");
        Assert.Single(audit.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Approval_UntilADate_IsAskedAgainWhereTheDateIsTooFar_AndHoldsThen()
    {
        using var workspace = new AgentWorkspace();
        using var server = new ScriptedServer(
            ScriptedServer.Call("files__write_file", new { path = "a.md", content = "one\n" }),
            ScriptedServer.Say("First."),
            ScriptedServer.Call("files__write_file", new { path = "a.md", content = "two\n" }),
            ScriptedServer.Say("Second."));
        using var chat = await ChatTerminal.StartAsync(workspace, 120, 40, server.Flags);
        await chat.ServersAsync();
        chat.Send("write a.md");
        await chat.WaitForAsync("[u]ntil…");
        chat.Type("u");
        await chat.WaitForAsync("Until when?");
        chat.Send("9999d");
        await chat.WaitForAsync("by 90 days at most");
        await chat.WaitAsync(static screen => screen.Visible.Contains("[u]ntil…", StringComparison.Ordinal));
        chat.Type("u");
        await chat.WaitAsync(static screen => screen.Visible.Contains("Until when?", StringComparison.Ordinal));
        chat.Send("7d");
        await chat.WaitForAsync("First.");
        chat.Send("again");
        await chat.WaitForAsync("Second.");

        Assert.Equal("two\n", await File.ReadAllTextAsync(Path.Combine(workspace.Folder, "a.md")));
        var grants = await workspace.RunAsync("approvals", "grants");
        Assert.Contains("path = a.md", grants.Out, StringComparison.Ordinal);
    }

    /// <summary>Asks with a command again and again until something stands in its answer.</summary>
    private static async Task UntilAsync(ChatTerminal chat, string command, string text)
    {
        for (var asked = 1; ; asked++)
        {
            chat.Send(command);
            var count = asked;
            var seen = await chat.WaitAsync(screen => System.Text.RegularExpressions.Regex.Count(screen.All, "(?m)^  mine ") >= count);
            if (seen.Contains(text, StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }
    }
}
