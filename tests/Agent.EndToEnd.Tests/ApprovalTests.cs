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
        Assert.True(File.Exists(file));
        var answered = await workspace.RunAsync("approvals", answer, id);
        Assert.True(answered.Code == 0, answered.ToString());

        var exit = await AgentWorkspace.FinishAsync(waiting);
        Assert.True(exit.Code == code, exit.ToString());
        Assert.Equal(remains, File.Exists(file));
        var verified = await workspace.RunAsync("audit", "verify");
        Assert.True(verified.Code == 0, verified.ToString());
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
