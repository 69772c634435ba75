using System.Text.Json;

namespace Agent.EndToEnd.Tests;

/// <summary>A server of the configuration is not started before a person has looked at its command.</summary>
public class ServerCommandTests
{
    /// <summary>A server that does not come with the program, as the configuration names it: the file server under another name.</summary>
    internal static string Configuration(AgentWorkspace workspace, params string[] more) => workspace.Write("my.json", JsonSerializer.Serialize(new
    {
        mcpServers = new
        {
            mine = new
            {
                // A machine that is busy with other tests starts servers slowly.
                startTimeoutSeconds = 600,
                command = "dotnet",
                args = (string[])[Path.Combine(Path.GetDirectoryName(Repository.AgentLibrary)!, "servers", "files", "agent-files.dll"), "--root", workspace.Folder, .. more],
            },
        },
    }));

    [Fact]
    public async Task Command_NewOrChanged_IsNotStartedUntilItIsAccepted()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        string[] list = ["tools", "list", "--config", Configuration(workspace)];

        var refused = await workspace.RunAsync(list);
        Assert.DoesNotContain("mine.", refused.Out, StringComparison.Ordinal);
        Assert.Contains("was never started here", refused.Error, StringComparison.Ordinal);
        Assert.Contains("agent-files.dll --root", refused.Error, StringComparison.Ordinal);
        Assert.Contains("`agent tools accept mine`", refused.Error, StringComparison.Ordinal);
        var waiting = await workspace.RunAsync("tools", "accept", "--config", list[3]);
        Assert.Contains("command:mine: new", waiting.Out, StringComparison.Ordinal);
        Assert.Contains("agent-files.dll --root", waiting.Out, StringComparison.Ordinal);
        Assert.True((await workspace.RunAsync("tools", "accept", "mine", "--config", list[3])).Code == 0);
        Assert.Contains("mine.read_file", (await workspace.RunAsync(list)).Out, StringComparison.Ordinal);

        Configuration(workspace, "--private", "/etc");
        var changed = await workspace.RunAsync(list);
        Assert.DoesNotContain("mine.", changed.Out, StringComparison.Ordinal);
        Assert.Contains("is another than when it was last accepted", changed.Error, StringComparison.Ordinal);
        var accepted = await workspace.RunAsync("tools", "accept", "mine", "--config", list[3]);
        Assert.Contains("+ ", accepted.Out, StringComparison.Ordinal);
        Assert.Contains("--private /etc", accepted.Out, StringComparison.Ordinal);
        Assert.Contains("mine.read_file", (await workspace.RunAsync(list)).Out, StringComparison.Ordinal);

        // The one that was accepted before is not asked about again.
        Configuration(workspace);
        Assert.Contains("mine.read_file", (await workspace.RunAsync(list)).Out, StringComparison.Ordinal);
        var audit = await workspace.RunAsync("audit", "show", "--type", "pin.accepted");
        Assert.Equal(2, audit.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Accept_BeforeTheFirstStart_NeedsNoRefusedOne()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var file = Configuration(workspace);

        var accepted = await workspace.RunAsync("tools", "accept", "mine", "--config", file);

        Assert.True(accepted.Code == 0, accepted.ToString());
        Assert.Contains("mine.read_file", (await workspace.RunAsync("tools", "list", "--config", file)).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await workspace.RunAsync("tools", "accept", "mine", "--config", file)).Code);
    }

    [Fact]
    public async Task Gateway_CommandAcceptedInAnotherTerminal_IsStartedWithoutARestart()
    {
        using var workspace = AgentWorkspace.WithoutServers();
        var file = Configuration(workspace);
        using var gateway = workspace.Start("mcp", "--config", file);
        async Task SendAsync(string message)
        {
            await gateway.StandardInput.WriteLineAsync(message);
            await gateway.StandardInput.FlushAsync();
        }

        async Task<string> ReadAsync(Func<string, bool> wanted)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            while (await gateway.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (wanted(line))
                {
                    return line;
                }
            }

            throw new InvalidOperationException(await gateway.StandardError.ReadToEndAsync(limit.Token));
        }

        await SendAsync("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}""");
        await ReadAsync(static line => line.Contains("\"id\":1", StringComparison.Ordinal));
        await SendAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        await SendAsync("""{"jsonrpc":"2.0","id":2,"method":"tools/list"}""");
        Assert.DoesNotContain("mine__", await ReadAsync(static line => line.Contains("\"id\":2", StringComparison.Ordinal)), StringComparison.Ordinal);

        Assert.True((await workspace.RunAsync("tools", "accept", "mine", "--config", file)).Code == 0);

        var id = 3;
        string listed;
        do
        {
            await ReadAsync(static line => line.Contains("notifications/tools/list_changed", StringComparison.Ordinal));
            await SendAsync($$"""{"jsonrpc":"2.0","id":{{id}},"method":"tools/list"}""");
            listed = await ReadAsync(line => line.Contains($"\"id\":{id}", StringComparison.Ordinal));
            id++;
        }
        while (!listed.Contains("mine__read_file", StringComparison.Ordinal));

        Assert.Contains("mine__read_file", listed, StringComparison.Ordinal);
        gateway.StandardInput.Close();
        await AgentWorkspace.FinishAsync(gateway);
    }
}
