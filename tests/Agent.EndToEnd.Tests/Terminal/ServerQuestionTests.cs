namespace Agent.EndToEnd.Tests.Terminal;

/// <summary>A server that asks the person something in the middle of a call.</summary>
public class ServerQuestionTests
{
    [PythonFact]
    public async Task Question_InTheChat_IsAFormThatThePersonFillsIn()
    {
        using var workspace = Workspace(out var config);
        using var model = new ScriptedServer(
            ScriptedServer.Call("desk__book", new { }), ScriptedServer.Say("First answered."), ScriptedServer.Call("desk__book", new { }), ScriptedServer.Say("Second answered."));
        using var chat = await ChatTerminal.StartAcceptingAsync(workspace, 80, 40, [.. model.Flags, "--config", config]);
        chat.Send("book it");
        await chat.WaitForAsync("Allow this call? [y]es");
        chat.Type("y");
        var card = await chat.WaitForAsync("Answer it? [y]es  [N]o");
        Assert.Contains("The server 'desk' asks: Where will you sit?", card, StringComparison.Ordinal);
        Assert.Contains("seat: one of window, aisle", card, StringComparison.Ordinal);
        chat.Type("y");
        await chat.WaitForAsync("Your name:");
        chat.Type("Ann" + Keys.Enter);
        await chat.WaitForAsync("guests:");
        chat.Type("many" + Keys.Enter);
        await chat.WaitForAsync("! This takes a whole number");
        chat.Type(Keys.Ctrl('u') + "2" + Keys.Enter);
        await chat.WaitForAsync("seat:");
        chat.Type("wi" + Keys.Tab);
        await chat.WaitForAsync("seat: window");
        chat.Type(Keys.Enter);
        await chat.WaitForAsync("quiet: no");
        chat.Type(Keys.Ctrl('u') + "y" + Keys.Enter);
        await chat.WaitForAsync("Send this to 'desk'? [y]es  [N]o");
        chat.Type("y");
        await chat.WaitForAsync("First answered.");
        chat.Send("/show 1");
        await chat.WaitForAsync("""accept {"guests": 2, "name": "Ann", "quiet": true, "seat": "window"}""");

        // No is an answer too, and the model learns what the server makes of it.
        chat.Send("once more");
        await chat.WaitAsync(static screen => screen.All.LastIndexOf("Allow this call? [y]es", StringComparison.Ordinal) > screen.All.LastIndexOf("once more", StringComparison.Ordinal));
        chat.Type("y");
        await chat.WaitAsync(static screen => screen.All.LastIndexOf("Answer it? [y]es", StringComparison.Ordinal) > screen.All.LastIndexOf("once more", StringComparison.Ordinal));
        chat.Type(Keys.Enter);
        await chat.WaitForAsync("Second answered.");
        Assert.Contains("decline {}", model.Requests[3], StringComparison.Ordinal);
        var audit = await workspace.RunAsync("audit", "show", "--type", "server_question");
        Assert.Equal(2, audit.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [PythonFact]
    public async Task Question_OnATerminalWithoutAChat_IsAskedLineByLine()
    {
        using var workspace = Workspace(out var config);
        await AcceptAsync(workspace, config);
        using var shell = ChatTerminal.Start(workspace, 80, 40, "dotnet", Repository.AgentLibrary, "tools", "call", "desk.book", "--config", config);
        await shell.WaitForAsync("Allow? [y]es");
        shell.Type("y");
        await shell.WaitForAsync("Answer it? [y]es, [N]o:");
        shell.Type("y");
        await shell.WaitForAsync("Your name:");
        shell.Type("Bo" + Keys.Enter);
        await shell.WaitForAsync("guests:");
        shell.Type("1" + Keys.Enter);
        await shell.WaitForAsync("seat:");
        shell.Type("aisle" + Keys.Enter);
        await shell.WaitForAsync("quiet [no]:");
        shell.Type(Keys.Enter);
        await shell.WaitForAsync("Send it to 'desk'? [y]es, [N]o:");
        shell.Type("y");
        Assert.Equal(0, await shell.WaitForExitAsync());
        Assert.Contains("""accept {"guests": 1, "name": "Bo", "quiet": false, "seat": "aisle"}""", shell.Screen.All, StringComparison.Ordinal);
    }

    [PythonFact]
    public async Task Question_WithNobodyThere_IsDeclinedWithAWord()
    {
        using var workspace = Workspace(out var config, """, "policy": {"rules": [{"name": "the desk", "tool": "desk.*", "decision": "allow"}]}, "tools": {"desk.book": {"effects": ["read"], "critical": []}}""");
        await AcceptAsync(workspace, config);
        var exit = await workspace.RunAsync("tools", "call", "desk.book", "--config", config);
        Assert.True(exit.Code == 0, exit.ToString());
        Assert.Contains("decline {}", exit.Out, StringComparison.Ordinal);
        Assert.Contains("""The server 'desk' asked: "Where will you sit?". Nobody is here to answer""", exit.Error, StringComparison.Ordinal);
    }

    private static async Task AcceptAsync(AgentWorkspace workspace, string config) =>
        Assert.Equal(0, (await workspace.RunAsync("tools", "accept", "desk", "--config", config)).Code);

    private static AgentWorkspace Workspace(out string config, string more = "")
    {
        var workspace = AgentWorkspace.WithoutServers();
        var script = workspace.Write("desk.py", Desk);
        config = workspace.Write("desk.json", $$"""{"mcpServers": {"desk": {"command": "python3", "args": ["{{script}}"]} }{{more}} }""");
        return workspace;
    }

    /// <summary>An MCP server of one tool, which asks four things and answers with what it was told.</summary>
    private const string Desk =
        """
        import json, sys
        def send(message):
            sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
            sys.stdout.flush()
        form = {"type": "object", "required": ["name", "guests", "seat"], "properties": {
            "name": {"type": "string", "title": "Your name", "minLength": 2},
            "guests": {"type": "integer", "minimum": 1},
            "seat": {"type": "string", "enum": ["window", "aisle"]},
            "quiet": {"type": "boolean", "default": False}}}
        called = None
        for line in sys.stdin:
            message = json.loads(line)
            method, id = message.get("method"), message.get("id")
            if method == "initialize":
                send({"id": id, "result": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "desk", "version": "1"}}})
            elif method == "tools/list":
                send({"id": id, "result": {"tools": [{"name": "book", "description": "Books a table.", "inputSchema": {"type": "object", "properties": {}}}]}})
            elif method == "tools/call":
                called = id
                send({"id": "ask", "method": "elicitation/create", "params": {"message": "Where will you sit?", "requestedSchema": form}})
            elif method is None and id == "ask":
                answer = message.get("result", {})
                text = answer.get("action", "none") + " " + json.dumps(answer.get("content", {}), sort_keys=True)
                send({"id": called, "result": {"content": [{"type": "text", "text": text}]}})
            elif id is not None:
                send({"id": id, "error": {"code": -32601, "message": "no such method"}})
        """;
}
