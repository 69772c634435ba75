using System.Text.Json;

namespace Agent.EndToEnd.Tests;

public class ApprovalTests
{
    [Fact]
    public async Task Ask_DeleteWithNobodyToAsk_KeepsTheFileAndSaysWhy()
    {
        using var workspace = new AgentWorkspace();
        var file = workspace.Write("docs/old.md", "old\n");

        var exit = await workspace.RunAsync("ask", "delete docs/old.md", "--format", "json");

        Assert.True(exit.Code == 4, exit.ToString());
        Assert.True(File.Exists(file));
        using var json = JsonDocument.Parse(exit.Out);
        Assert.Equal("approval_refused", json.RootElement.GetProperty("stopped").GetString());
        Assert.Contains("approv", json.RootElement.GetProperty("answer").GetString(), StringComparison.OrdinalIgnoreCase);
        var call = Assert.Single(json.RootElement.GetProperty("tool_calls").EnumerateArray(), static call => call.GetProperty("tool").GetString() == "files.delete_file");
        Assert.Equal("denied", call.GetProperty("outcome").GetString());
        Assert.NotEmpty(call.GetProperty("reasons").EnumerateArray());
    }

    [Theory]
    [InlineData("approve", false, 0)]
    [InlineData("deny", true, 4)]
    public async Task Ask_AnsweredFromAnotherTerminal_DoesWhatWasAnswered(string answer, bool remains, int code)
    {
        using var workspace = new AgentWorkspace();
        var file = workspace.Write("docs/old.md", "old\n");
        using var waiting = workspace.Start("ask", "delete docs/old.md", "--approve", "ask", "--format", "jsonl");
        waiting.StandardInput.Close();

        var id = await ReadQuestionAsync(waiting.StandardOutput);
        var shown = await workspace.RunAsync("approvals", "show", id);
        Assert.Contains("docs/old.md", shown.Out, StringComparison.Ordinal);
        Assert.Contains("-old", shown.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(file));
        var answered = await workspace.RunAsync("approvals", answer, id);
        Assert.True(answered.Code == 0, answered.ToString());

        var exit = await AgentWorkspace.FinishAsync(waiting);
        Assert.True(exit.Code == code, exit.ToString());
        Assert.Equal(remains, File.Exists(file));
        var verified = await workspace.RunAsync("audit", "verify");
        Assert.True(verified.Code == 0, verified.ToString());
    }

    [Fact]
    public async Task Ask_KilledWhileItWaits_GoesOnAfterResumeAndRunsOnce()
    {
        using var workspace = new AgentWorkspace();
        var file = workspace.Write("docs/old.md", "old\n");
        using (var waiting = workspace.Start("ask", "delete docs/old.md", "--approve", "ask", "--format", "jsonl"))
        {
            waiting.StandardInput.Close();
            var id = await ReadQuestionAsync(waiting.StandardOutput);
            waiting.Kill(entireProcessTree: true);
            await waiting.WaitForExitAsync();
            var answered = await workspace.RunAsync("approvals", "approve", id);
            Assert.True(answered.Code == 0, answered.ToString());
        }

        Assert.True(File.Exists(file));
        var resumed = await workspace.RunAsync("sessions", "resume", "last");
        Assert.True(resumed.Code == 0, resumed.ToString());
        Assert.False(File.Exists(file));

        File.WriteAllText(file, "new\n");
        await workspace.RunAsync("sessions", "resume", "last");
        Assert.True(File.Exists(file));
        var started = await workspace.RunAsync("audit", "show", "--type", "call.started");
        Assert.Single(started.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.True((await workspace.RunAsync("audit", "verify")).Code == 0);
    }

    [Fact]
    public async Task Approve_UntilADate_HoldsInTheNextSessionUntilItIsTakenBack()
    {
        using var workspace = new AgentWorkspace();
        string[] call = ["tools", "call", "files.write_file", "--args", """{"path":"a.md","content":"x"}"""];
        using var waiting = workspace.Start([.. call, "--approve", "ask"]);
        waiting.StandardInput.Close();
        var said = await waiting.StandardError.ReadLineAsync() ?? string.Empty;
        var id = said[(said.IndexOf("approve ", StringComparison.Ordinal) + "approve ".Length)..].Split(' ')[0];
        var until = DateTime.UtcNow.AddDays(3).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var answered = await workspace.RunAsync("approvals", "approve", id, "--until", until);
        Assert.True(answered.Code == 0, answered.ToString());
        Assert.True((await AgentWorkspace.FinishAsync(waiting)).Code == 0);

        Assert.True((await workspace.RunAsync(call)).Code == 0);
        var grants = await workspace.RunAsync("approvals", "grants");
        Assert.Contains("path = a.md", grants.Out, StringComparison.Ordinal);
        Assert.True((await workspace.RunAsync("approvals", "revoke", grants.Out[..6])).Code == 0);
        Assert.True((await workspace.RunAsync(call)).Code == 4);
    }

    [Fact]
    public async Task Tools_OfTheProgramsOwnServers_AreEachDeclared()
    {
        using var workspace = AgentWorkspace.WithEverything();
        var declared = Agent.Governance.Policy.PolicySet.Defaults().GetSection("tools").GetChildren().Select(static tool => tool.Key).ToHashSet();

        var listed = await workspace.RunAsync("tools", "list", "--database", "shop=sqlite:" + workspace.Write("shop.db", string.Empty));

        var tools = listed.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')[0]).ToList();
        Assert.Contains("web.download", tools);
        Assert.Contains("sql.execute", tools);
        Assert.DoesNotContain(tools, tool => !declared.Contains(tool));
    }

    private static async Task<string> ReadQuestionAsync(StreamReader output)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await output.ReadLineAsync(limit.Token) is { } line)
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("type").GetString() == "approval_pending")
            {
                return json.RootElement.GetProperty("id").GetString()!;
            }
        }

        throw new InvalidOperationException("The run ended without asking.");
    }
}
