namespace Agent.EndToEnd.Tests;

/// <summary>What goes wrong is said in one clear sentence, nothing changes, and nothing of the machine shows through.</summary>
public class BadInputTests
{
    [Theory]
    [InlineData("""{"path":"../../etc/passwd"}""")]
    [InlineData("""{"path":"/etc/passwd"}""")]
    [InlineData("""{"path":"link/passwd"}""")]
    public async Task ReadFile_OutsideTheRoots_IsRefused(string arguments)
    {
        using var workspace = new AgentWorkspace();
        Directory.CreateSymbolicLink(Path.Combine(workspace.Folder, "link"), "/etc");
        var exit = await workspace.RunAsync("tools", "call", "files.read_file", "--args", arguments);
        Assert.NotEqual(0, exit.Code);
        Assert.DoesNotContain("root:", exit.Out + exit.Error, StringComparison.Ordinal);
        Assert.NotEmpty(exit.Error.Trim());
        Assert.DoesNotContain("   at ", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ArgumentsThatBreakTheSchema_SaysWhatWouldBeRight()
    {
        using var workspace = new AgentWorkspace();
        var exit = await workspace.RunAsync("tools", "call", "files.search_text", "--args", """{"pattern":"x","limit":"many"}""");
        Assert.NotEqual(0, exit.Code);
        Assert.Contains("must be an integer", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_UnknownTool_NamesTheNearest()
    {
        using var workspace = new AgentWorkspace();
        var exit = await workspace.RunAsync("tools", "call", "files.serch_text");
        Assert.Equal(2, exit.Code);
        Assert.Contains("files.search_text", exit.Error, StringComparison.Ordinal);
    }

    [ChinookFact]
    public async Task Query_MalformedStatement_IsAClearError()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var exit = await workspace.RunAsync(
            "tools", "call", "sql.query", "--args", """{"statement":"SELEC 1"}""", "--database", "chinook=sqlite:" + Repository.Chinook);
        Assert.NotEqual(0, exit.Code);
        Assert.Contains("SELEC", exit.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_AddressOfThisMachine_IsRefused()
    {
        using var workspace = AgentWorkspace.WithEverything();
        var exit = await workspace.RunAsync("tools", "call", "web.fetch", "--args", """{"url":"http://127.0.0.1:9/"}""", "--approve", "deny");
        Assert.NotEqual(0, exit.Code);
        Assert.DoesNotContain("   at ", exit.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "ask")]
    [InlineData(2, "nonsense")]
    [InlineData(2, "ask", "x", "--format", "xml")]
    [InlineData(2, "ask", "x", "--database", "nonsense")]
    [InlineData(3, "ask", "x", "--root", "/no/such/folder")]
    [InlineData(3, "ask", "x", "--config", "/no/such/file.json")]
    [InlineData(3, "ask", "x", "--database", "a=mysql:b")]
    public async Task Command_ThatMakesNoSense_EndsWithItsCodeAndOneSentence(int code, params string[] arguments)
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var exit = await workspace.RunAsync(arguments);
        Assert.True(exit.Code == code, exit.ToString());
        Assert.Empty(exit.Out);
        Assert.StartsWith("agent: ", exit.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Config_ThatIsNotJson_NamesFileAndLine()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var file = workspace.Write("broken.json", "{\n  \"models\": {\n");
        var exit = await workspace.RunAsync("ask", "x", "--config", file);
        Assert.Equal(3, exit.Code);
        Assert.Contains("broken.json", exit.Error, StringComparison.Ordinal);
        Assert.Contains("line 3", exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_CompanionThatDoesNotGetReady_SaysWhatIsWaitedForAndThenWhatToDo()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var file = workspace.Write("slow.json", """{"companions":{"slow":{"command":"cat","ready":"http://127.0.0.1:9/ready","startSeconds":4}}}""");
        var exit = await workspace.RunAsync("ask", "hello", "--config", file);
        Assert.Contains("agent: waiting for the companion \"slow\" (cat", exit.Error, StringComparison.Ordinal);
        Assert.Contains("at most 4 s", exit.Error, StringComparison.Ordinal);
        Assert.Contains("raise companions.slow.startSeconds", exit.Error, StringComparison.Ordinal);
        Assert.Contains("offline/planner answers", exit.Error, StringComparison.Ordinal);
    }
}
