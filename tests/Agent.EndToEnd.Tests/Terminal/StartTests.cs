namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>The first start: the prompt at once, what is missing with the way to mend it, and trust.</summary>
public class StartTests
{
    [PythonFact]
    public async Task Prompt_IsThereWhileAServerStillStarts()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var script = workspace.Write("never.py", "import time, sys, os\nopen(os.path.join(os.path.dirname(__file__), 'started'), 'w').close()\nsys.stdin.read()\n");
        var config = workspace.Write("slow.json", """{"mcpServers": {"never": {"command": "python3", "args": ["PATH"]}}}""".Replace("PATH", script, StringComparison.Ordinal));
        using var chat = await ChatTerminal.StartAcceptingAsync(workspace, 80, 30, "--config", config);
        chat.Send("/mcp");
        await chat.WaitForAsync("  never            starting");
        chat.Type("typed meanwhile");
        await chat.WaitForAsync("> typed meanwhile");
    }

    [Fact]
    public async Task WhatIsMissing_IsSaidInALineWithTheWayToMendIt()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var config = workspace.Write("bad.json", """{"mcpServers": {"mail": {"command": "no-such-program-here"}}}""");
        using var chat = await ChatTerminal.StartAcceptingAsync(workspace, 100, 30, "--config", config);
        var screen = await chat.WaitForAsync("no-such-program-here");
        Assert.Contains("set OPENAI_API_KEY or ANTHROPIC_API_KEY, or start with --model", screen.Replace('\n', ' '), StringComparison.Ordinal);
        await chat.WaitAsync(static one => System.Text.RegularExpressions.Regex.IsMatch(one.All, "(?m)^! .*mail"));
    }

    [Fact]
    public async Task Folder_NotTrustedYet_IsAskedAboutOnceWithWhatTrustMeans()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        workspace.Write("agent.json", """{"mcpServers": {"mail": {"command": "no-such-program-here", "args": ["--inbox"]}}, "policy": {"rules": []}}""");
        using (var chat = ChatTerminal.Start(workspace, 80, 30, "dotnet", Repository.AgentLibrary))
        {
            var screen = await chat.WaitForAsync("Trust it? [y]es  [N]o");
            var flowed = screen.Replace('\n', ' ');
            Assert.Contains("it starts mail, whose command you are shown before its first start", flowed, StringComparison.Ordinal);
            Assert.Contains("it sets policy", flowed, StringComparison.Ordinal);
            Assert.Contains("lets it start programs on this machine", flowed, StringComparison.Ordinal);
            chat.Type("n");
            await chat.WaitForAsync("/help");
            Assert.Contains("Not used, because you did not trust it", chat.Screen.All.Replace('\n', ' '), StringComparison.Ordinal);
            chat.Type(Keys.Ctrl('d'));
            await chat.WaitForExitAsync();
        }

        using (var again = await ChatTerminal.StartAsync(workspace))
        {
            Assert.DoesNotContain("Trust it?", again.Screen.All, StringComparison.Ordinal);
            again.Send("/trust");
            await again.WaitForAsync("is trusted as it stands now");
            again.Type(Keys.Ctrl('d'));
            await again.WaitForExitAsync();
        }

        using var trusted = await ChatTerminal.StartAcceptingAsync(workspace);
        await trusted.WaitAsync(static screen => System.Text.RegularExpressions.Regex.IsMatch(screen.All.Replace('\n', ' '), "! .*mail"));
    }

    [Fact]
    public async Task Errors_AreASentenceWithANextStep()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        using var chat = await ChatTerminal.StartAsync(workspace, 100, 30, "--model", "openai/m", "--endpoint", "http://127.0.0.1:9/v1");
        chat.Send("hello");
        await chat.WaitAsync(static screen => System.Text.RegularExpressions.Regex.IsMatch(screen.All, @"(?m)^! .*127\.0\.0\.1:9"));
        Assert.DoesNotContain("   at ", chat.Screen.All, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", chat.Screen.All, StringComparison.Ordinal);
        chat.Send("/doctor");
        await chat.WaitForAsync("log              " + workspace.State);
    }
}
