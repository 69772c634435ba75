using System.Text.RegularExpressions;

namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>Tool calls as lines, plans as a checklist, progress of long work.</summary>
public sealed class ToolCallTests(FilesChat shared) : IClassFixture<FilesChat>
{
    [Fact]
    public async Task Call_IsOneLineWithOutcomeAndTime_AndUnfolds()
    {
        shared.Workspace.Write("docs/a.md", "the ToolPipeline\n");
        var chat = await shared.BeginAsync(
            ScriptedServer.Call("files__search_text", new { pattern = "ToolPipeline" }),
            ScriptedServer.Call("files__read_file", new { path = "missing.md" }),
            ScriptedServer.Say("In docs/a.md:1."));
        chat.Send("where?");
        var screen = await chat.WaitForAsync("Sources: docs/a.md:1");
        Assert.Matches(@"(?m)^✓ \[1\] files\.search_text pattern=ToolPipeline \S+ m?s · 1 found$", screen);
        Assert.Matches(@"(?m)^✗ \[2\] files\.read_file path=missing\.md", screen);
        Assert.Contains("missing.md' does not exist", screen, StringComparison.Ordinal);

        chat.Send("/show 1");
        await chat.WaitForAsync("Decision: allow by reads");
        await chat.WaitForAsync("\"pattern\": \"ToolPipeline\"");
        chat.Type(Keys.Ctrl('o'));
        await chat.WaitForAsync("\"path\": \"missing.md\"");
        chat.Send("/show 9");
        await chat.WaitForAsync("There is no such call");
    }

    [Fact]
    public async Task Plan_IsAChecklistThatMoves()
    {
        static object Plan(string first, string second) => new { steps = new[] { new { step = "Look at the files", status = first }, new { step = "Write the answer", status = second } } };
        var chat = await shared.BeginAsync(
            [.. ScriptedServer.Call("agent__update_plan", Plan("in_progress", "pending"))],
            [new Piece.Hold(), .. ScriptedServer.Call("agent__update_plan", Plan("completed", "in_progress"))],
            [new Piece.Hold(), .. ScriptedServer.Say("Done.")]);
        chat.Send("two steps, please");
        await chat.WaitForAsync("▶ Look at the files\n☐ Write the answer");
        shared.Server.Release();
        await chat.WaitForAsync("☑ Look at the files\n▶ Write the answer");
        shared.Server.Release();
        await chat.WaitForAsync("Done.");
        chat.Send("/plan");
        await chat.WaitAsync(static screen => Regex.Count(screen.All, "☑ Look at the files") == 2);
    }

    [PythonFact]
    public async Task Call_ThatReportsProgress_ShowsItWhileItRuns()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var server = workspace.Write("slow.py", SlowServer);
        var config = workspace.Write("slow.json", """{"mcpServers": {"slow": {"command": "python3", "args": ["PATH"]}}}""".Replace("PATH", server, StringComparison.Ordinal));
        using var model = new ScriptedServer(ScriptedServer.Call("slow__index", new { }), ScriptedServer.Say("Indexed."));
        using var chat = await ChatTerminal.StartAcceptingAsync(workspace, 80, 40, [.. model.Flags, "--config", config]);
        chat.Send("index it");
        await chat.WaitForAsync("Allow this call? [y]es");
        chat.Type("y");
        await chat.WaitForAsync("slow.index 25 % reading pages");
        await File.WriteAllTextAsync(Path.Combine(workspace.Folder, "go"), "1");
        await chat.WaitForAsync("Indexed.");
        Assert.Matches(@"(?m)^✓ \[1\] slow\.index", chat.Screen.All);
        Assert.Equal(0, chat.Screen.ChangedHistory);
    }

    /// <summary>An MCP server of one tool, which reports a quarter of its work and then waits for a file named <c>go</c>.</summary>
    private const string SlowServer =
        """
        import json, os, sys, time
        def send(message):
            sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
            sys.stdout.flush()
        for line in sys.stdin:
            message = json.loads(line)
            method, id = message.get("method"), message.get("id")
            if method == "initialize":
                send({"id": id, "result": {"protocolVersion": message["params"]["protocolVersion"], "capabilities": {"tools": {}}, "serverInfo": {"name": "slow", "version": "1"}}})
            elif method == "tools/list":
                send({"id": id, "result": {"tools": [{"name": "index", "description": "Indexes the pages.", "inputSchema": {"type": "object", "properties": {}}}]}})
            elif method == "tools/call":
                token = message["params"].get("_meta", {}).get("progressToken")
                if token is not None:
                    send({"method": "notifications/progress", "params": {"progressToken": token, "progress": 1, "total": 4, "message": "reading pages"}})
                while not os.path.exists(os.path.join(os.path.dirname(__file__), "go")):
                    time.sleep(0.05)
                send({"id": id, "result": {"content": [{"type": "text", "text": "4 pages"}]}})
            elif id is not None:
                send({"id": id, "error": {"code": -32601, "message": "no such method"}})
        """;
}
