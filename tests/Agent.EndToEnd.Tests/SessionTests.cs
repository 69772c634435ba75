using System.Text.Json;

namespace Agent.EndToEnd.Tests;

/// <summary>What <c>agent sessions</c> does with a conversation once it was held.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task Session_IsExported_Branched_AndDeletedForGood()
    {
        using var workspace = new AgentWorkspace();
        workspace.Write("tea.md", "one\nSencha is green tea\n");
        var asked = await workspace.RunAsync("ask", "which files mention Sencha?", "--format", "json");
        Assert.True(asked.Code == 0, asked.ToString());
        using var answer = JsonDocument.Parse(asked.Out);
        var id = answer.RootElement.GetProperty("session").GetString()!;

        var json = await workspace.RunAsync("sessions", "export", id);
        var markdown = await workspace.RunAsync("sessions", "export", "last", "--format", "markdown", "--output", "talk.md");
        var again = await workspace.RunAsync("sessions", "export", id, "--output", "talk.md");
        var deleted = await workspace.RunAsync("sessions", "delete", id);
        var gone = await workspace.RunAsync("sessions", "export", id);

        using var exported = JsonDocument.Parse(json.Out);
        Assert.Equal(id, exported.RootElement.GetProperty("session").GetProperty("id").GetString());
        Assert.Equal("run_ended", exported.RootElement.GetProperty("events").EnumerateArray().Last().GetProperty("type").GetString());
        Assert.True(markdown.Code == 0, markdown.ToString());
        var talk = Path.Combine(workspace.Folder, "talk.md");
        Assert.Contains("which files mention Sencha?", File.ReadAllText(talk), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(talk));
        }

        Assert.Equal(2, again.Code);
        Assert.Contains("exists already", again.Error, StringComparison.Ordinal);
        Assert.True(deleted.Code == 0, deleted.ToString());
        Assert.Equal(2, gone.Code);
        foreach (var file in Directory.EnumerateFiles(workspace.State, "sessions.db*"))
        {
            Assert.DoesNotContain("Sencha", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal);
        }
    }
}
