using System.Text.Json.Nodes;
using Agent.Mcp.Install;

namespace Agent.Mcp.Tests.Install;

public sealed class ClientConfigurationTests : IDisposable
{
    private readonly string home = Directory.CreateTempSubdirectory("install").FullName;

    [Theory]
    [InlineData("vscode", "servers")]
    [InlineData("cursor", "mcpServers")]
    [InlineData("claude-desktop", "mcpServers")]
    [InlineData("jetbrains", "mcpServers")]
    [InlineData("claude-code", "mcpServers")]
    [InlineData("gemini", "mcpServers")]
    [InlineData("windsurf", "mcpServers")]
    [InlineData("zed", "context_servers")]
    public void Plan_JsonClient_AddsOneEntryAndKeepsTheRest(string client, string section)
    {
        var empty = Plan(client);
        Assert.Null(empty.Before);
        Directory.CreateDirectory(Path.GetDirectoryName(empty.Path)!);
        File.WriteAllText(empty.Path, $$"""{ "other": 1, /* mine */ "{{section}}": { "mine": { "command": "x" }, }, }""");

        var change = Plan(client);
        Assert.True(change.IsChange);
        Assert.Contains("+ ", change.Preview, StringComparison.Ordinal);
        Assert.Contains("\"mine\": { \"command\": \"x\" }", File.ReadAllText(change.Path), StringComparison.Ordinal);
        change.Write();
        Assert.Contains("/* mine */", File.ReadAllText(change.Path), StringComparison.Ordinal);
        var written = JsonNode.Parse(File.ReadAllText(change.Path), documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
        Assert.Equal(1, written["other"]!.GetValue<int>());
        Assert.Equal("x", written[section]!["mine"]!["command"]!.GetValue<string>());
        Assert.Equal("/opt/agent", written[section]!["agent"]!["command"]!.GetValue<string>());
        Assert.Equal(["mcp", "--root", "/my \"work\""], written[section]!["agent"]!["args"]!.AsArray().Select(argument => argument!.GetValue<string>()));
        Assert.True(File.Exists(change.Path + ".bak"));
        Assert.False(Plan(client).IsChange);
    }

    [Theory]
    [InlineData("{}\n", "{\n  \"mcpServers\": {\n    \"agent\": @\n  }\n}\n")]
    [InlineData("{\n  // mine\n}", "{\n  \"mcpServers\": {\n    \"agent\": @\n  }\n  // mine\n}")]
    [InlineData("{\r\n  \"a\": [1, /* x */ 2],\r\n}\r\n", "{\n  \"mcpServers\": {\n    \"agent\": @\n  },\r\n  \"a\": [1, /* x */ 2],\r\n}\r\n")]
    [InlineData("{ \"mcpServers\": { } }", "{ \"mcpServers\": {\n    \"agent\": @\n  } }")]
    [InlineData("{ \"mcpServers\": { \"b\": {\"command\":\"\\u00e9\"} } }", "{ \"mcpServers\": {\n    \"agent\": @, \"b\": {\"command\":\"\\u00e9\"} } }")]
    [InlineData("{ \"mcpServers\": { \"x\": 1, \"agent\": { \"command\": \"old\" }, /* y */ } }", "{ \"mcpServers\": { \"x\": 1, \"agent\": @, /* y */ } }")]
    public void Plan_JsonFileOfAPerson_ChangesTheEntryAndNoOtherCharacter(string before, string after)
    {
        var path = Path.Combine(home, ".cursor", "mcp.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, before);

        Plan("cursor").Write();
        Assert.Equal(
            after.Replace("@", "{\n      \"command\": \"/opt/agent\",\n      \"args\": [\n        \"mcp\",\n        \"--root\",\n        \"/my \\\"work\\\"\"\n      ]\n    }", StringComparison.Ordinal),
            File.ReadAllText(path));
        Assert.False(Plan("cursor").IsChange);
    }

    [Fact]
    public void Plan_Codex_ReplacesItsTableAndNothingElse()
    {
        var path = Path.Combine(home, ".codex", "config.toml");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "model = \"o\" # mine\n\n[mcp_servers.agent]\ncommand = \"old\"\n\n[mcp_servers.agent.env]\nA = \"1\"\n\n[mcp_servers.other]\ncommand = \"x\"\n");

        Plan("codex").Write();
        Assert.Equal(
            "model = \"o\" # mine\n\n[mcp_servers.other]\ncommand = \"x\"\n\n[mcp_servers.agent]\ncommand = \"/opt/agent\"\nargs = [\"mcp\", \"--root\", \"/my \\\"work\\\"\"]\n",
            File.ReadAllText(path));
        Assert.False(Plan("codex").IsChange);
    }

    [Fact]
    public void Plan_FileThatIsNoJson_ChangesNothing()
    {
        var path = Path.Combine(home, ".cursor", "mcp.json");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "{ broken");

        Assert.Contains("nothing was changed", Assert.Throws<FormatException>(() => Plan("cursor")).Message, StringComparison.Ordinal);
        Assert.Equal("{ broken", File.ReadAllText(path));
    }

    [Fact]
    public void Write_FileChangedMeanwhile_IsRefused()
    {
        var change = Plan("cursor");
        Directory.CreateDirectory(Path.GetDirectoryName(change.Path)!);
        File.WriteAllText(change.Path, "{}");

        Assert.Throws<IOException>(change.Write);
    }

    [Fact]
    public void Plan_UnknownClient_NamesThoseThereAre() =>
        Assert.Contains("vscode, cursor, claude-code, claude-desktop, codex, gemini, jetbrains, windsurf, zed", Assert.Throws<ArgumentException>(() => Plan("emacs")).Message, StringComparison.Ordinal);

    public void Dispose() => Directory.Delete(home, recursive: true);

    private ClientConfigurationChange Plan(string client) => ClientConfiguration.Plan(client, "/opt/agent", ["mcp", "--root", "/my \"work\""], home);
}
