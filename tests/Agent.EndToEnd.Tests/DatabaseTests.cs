using System.Text.Json;

namespace Agent.EndToEnd.Tests;

/// <summary>The database server behind policy, approval and audit, in the real command.</summary>
public class DatabaseTests
{
    [ChinookFact]
    public async Task Execute_WaitingForApproval_ShowsTheRowsThatWouldChange()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var database = Chinook(workspace);
        using var waiting = workspace.Start("tools", "call", "sql.execute", "--database", database, "--approve", "ask", "--args", """{"statement":"UPDATE Genre SET Name = 'Rock music' WHERE GenreId = 1"}""");
        waiting.StandardInput.Close();

        var id = await ReadQuestionAsync(waiting.StandardError);
        var card = await workspace.RunAsync("approvals", "show", id);

        Assert.Contains("- 1       | Rock", card.Out, StringComparison.Ordinal);
        Assert.Contains("+ 1       | Rock music", card.Out, StringComparison.Ordinal);
        Assert.Contains("Rock", (await QueryAsync(workspace, database, "SELECT Name FROM Genre WHERE GenreId = 1")).Out, StringComparison.Ordinal);

        Assert.Equal(0, (await workspace.RunAsync("approvals", "approve", id)).Code);
        var exit = await AgentWorkspace.FinishAsync(waiting);
        Assert.True(exit.Code == 0, exit.ToString());
        Assert.Contains("Rock music", (await QueryAsync(workspace, database, "SELECT Name FROM Genre WHERE GenreId = 1")).Out, StringComparison.Ordinal);
    }

    [ChinookFact]
    public async Task Query_ColumnRulesAndTableRulesOfTheConfiguration_HoldForEveryTool()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var database = Chinook(workspace);
        var rules = workspace.Write("rules.json", """
            {
              "sql": {"databases": {"chinook": {"hide": ["Customer.Email"], "mask": ["Customer.Phone"]}}},
              "policy": {"rules": [{"name": "staff", "decision": "deny", "reason": "staff is nobody's business", "table": ["Employee"]}]}
            }
            """);

        var star = await CallAsync("sql.query", """{"statement":"SELECT * FROM Customer LIMIT 1"}""");
        Assert.True(star.Code == 0, star.ToString());
        Assert.DoesNotContain("luisg@", star.Out, StringComparison.Ordinal);
        Assert.Contains("***5555", star.Out, StringComparison.Ordinal);
        foreach (var (tool, arguments) in new[]
        {
            ("sql.query", """{"statement":"SELECT count(*) FROM \"Employee\""}"""),
            ("sql.sample_rows", """{"table":"employee"}"""),
            ("sql.explain", """{"statement":"SELECT * FROM Employee"}"""),
            ("sql.find_value", """{"value":"Adams"}"""),
        })
        {
            var exit = await CallAsync(tool, arguments);
            Assert.True(exit.Code == 4, exit.ToString());
            Assert.Contains("nobody's business", exit.Error, StringComparison.Ordinal);
        }

        Task<AgentExit> CallAsync(string tool, string arguments) =>
            workspace.RunAsync("tools", "call", tool, "--database", database, "--config", rules, "--args", arguments);
    }

    private static string Chinook(AgentWorkspace workspace)
    {
        var copy = Path.Combine(workspace.Folder, "chinook.sqlite");
        File.Copy(Repository.Chinook, copy);
        return "chinook=sqlite:" + copy;
    }

    private static async Task<AgentExit> QueryAsync(AgentWorkspace workspace, string database, string statement) =>
        await workspace.RunAsync("tools", "call", "sql.query", "--database", database, "--format", "json", "--args", JsonSerializer.Serialize(new { statement }));

    private static async Task<string> ReadQuestionAsync(StreamReader output)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await output.ReadLineAsync(limit.Token) is { } line)
        {
            var at = line.IndexOf("agent approvals approve ", StringComparison.Ordinal);
            if (at >= 0)
            {
                return line[(at + "agent approvals approve ".Length)..].Split(' ')[0];
            }
        }

        throw new InvalidOperationException("The call ended without asking.");
    }
}
