using System.Text.Json;

namespace Agent.EndToEnd.Tests;

/// <summary><c>agent doctor</c>: what works, and how to mend what does not.</summary>
public class DoctorTests
{
    [Fact]
    public async Task Doctor_NothingConfigured_SaysWhatWorksAndJudgesThePlannerByNoTrialCall()
    {
        using var workspace = AgentWorkspace.WithoutServers();

        var exit = await workspace.RunAsync("doctor");

        Assert.True(exit.Code == 0, exit.ToString());
        Assert.Contains("offline/planner", exit.Out, StringComparison.Ordinal);
        Assert.Contains("It plans calls by rules", exit.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("tool calls no", exit.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("did not call", exit.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, "forced choice yes", null)]
    [InlineData(false, false, "forced choice no", "answered a greeting in words")]
    [InlineData(true, true, "forced choice not to be told", "called the tool for a mere greeting")]
    public async Task Doctor_ModelThatCallsItsTool_SaysWhatItCanDo(bool whenDemanded, bool whenGreeted, string forced, string? note)
    {
        using var workspace = AgentWorkspace.WithoutServers();
        using var server = new ModelServer((request, _) =>
            request.GetProperty("messages")[0].GetProperty("content").GetString()!.Contains("weather", StringComparison.Ordinal)
            || (request.TryGetProperty("tool_choice", out var choice) && choice.GetString() == "required" ? whenDemanded : whenGreeted)
                ? ModelServer.Call("get_weather", new { city = "Berlin" })
                : ModelServer.Text("hello"));

        var exit = await workspace.RunAsync("doctor", "--model", "openai/m", "--endpoint", server.Endpoint);

        Assert.True(exit.Code == 0, exit.ToString());
        Assert.Contains("tool calls yes", exit.Out, StringComparison.Ordinal);
        Assert.Contains(forced, exit.Out, StringComparison.Ordinal);
        Assert.True(note is null ? !exit.Out.Contains("greeting", StringComparison.Ordinal) : exit.Out.Contains(note, StringComparison.Ordinal), exit.Out);
    }

    [Fact]
    public async Task Doctor_ModelThatIsDown_SaysSoAndEndsWith6()
    {
        using var workspace = AgentWorkspace.WithoutServers();

        var exit = await workspace.RunAsync("doctor", "--model", "openai/m", "--endpoint", "http://127.0.0.1:9/v1");

        Assert.Equal(6, exit.Code);
        Assert.DoesNotContain("   at ", exit.Out + exit.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_ServerThatEndsAtOnce_NamesItAndFails()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var config = workspace.Write("servers.json", JsonSerializer.Serialize(new { mcpServers = new { broken = new { command = "false" } } }));
        await workspace.RunAsync("tools", "accept", "broken", "--config", config);

        var exit = await workspace.RunAsync("doctor", "--config", config);

        Assert.NotEqual(0, exit.Code);
        Assert.Contains("server broken", exit.Out, StringComparison.Ordinal);
    }
}
