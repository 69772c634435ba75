using Agent.Mcp.Servers;
using Microsoft.Extensions.Configuration;
using System.Text;

namespace Agent.Mcp.Tests.Servers;

public sealed class ConfigurationTests
{
    [Fact]
    public void Read_FileOfAnotherClient_IsUnderstood()
    {
        var options = Read("""
            {"mcpServers":{
              "fs":{"command":"npx","args":["-y","@modelcontextprotocol/server-filesystem","/tmp"],"env":{"A":"${env:HOME}"},"disabled":false,"alwaysAllow":["x"]},
              "remote":{"type":"http","url":"https://example.com/mcp","headers":{"Authorization":"Bearer ${TOKEN:-none}"}},
              "off":{"command":"x","disabled":true}}}
            """);

        var servers = options.Servers.ToDictionary(pair => pair.Key, pair => pair.Value);
        Assert.Equal(["-y", "@modelcontextprotocol/server-filesystem", "/tmp"], servers["fs"].Args);
        Assert.True(servers["off"].Disabled);
        var remote = ResolvedServer.From("remote", servers["remote"], "/", _ => null);
        Assert.Equal("Bearer none", remote.Headers["authorization"]);
        Assert.Equal("https://example.com/mcp", remote.Url!.ToString());
        Assert.Equal("/home/p", ResolvedServer.From("fs", servers["fs"], "/", name => name == "HOME" ? "/home/p" : null).Environment["A"]);
    }

    [Fact]
    public void Read_ConfigurationNamesABuiltInServer_Wins()
    {
        var options = new McpServersOptions();
        options.Add("files", new McpServerDefinition { Command = "agent-files", BuiltIn = true });
        options.Add("sql", new McpServerDefinition { Command = "agent-sql", BuiltIn = true });
        Read("""{"mcpServers":{"files":{"command":"mine"}}}""", options);

        Assert.Equal(["files", "sql"], options.Servers.Select(server => server.Key));
        Assert.Equal("mine", options.Servers.First().Value.Command);
        Assert.False(options.Servers.First().Value.BuiltIn);
    }

    [Theory]
    [InlineData("x", """{"command":"a","url":"https://b"}""", "mcpServers.x has a command and a url: keep one of them.")]
    [InlineData("x", "{\"env\":{\"A\":\"1\"}}", "mcpServers.x has neither a command nor a url: give it one.")]
    [InlineData("x", """{"url":"ftp://b"}""", "mcpServers.x.url must be an http or https address, not 'ftp://b'.")]
    [InlineData("x", """{"command":"a","args":["${NOPE}"]}""", "mcpServers.x.args[0] names ${NOPE}, which is not set: set that environment variable or write the value itself.")]
    [InlineData("x", """{"command":"a","cwd":"/no/such"}""", "mcpServers.x.cwd is '/no/such', and there is no such folder.")]
    [InlineData("agent", """{"command":"a"}""", "mcpServers.agent: the name 'agent' is the assistant's own; give the server another name.")]
    [InlineData("a__b", """{"command":"a"}""", "mcpServers.a__b: a server's name neither begins nor ends with an underscore nor has two in a row; give it another name.")]
    public void From_BadDefinition_SaysWhatToDo(string name, string json, string expected)
    {
        var options = Read($"{{\"mcpServers\":{{\"{name}\":{json}}}}}");

        var exception = Assert.Throws<FormatException>(() => ResolvedServer.From(name, options.Servers.Single().Value, "/", _ => null));
        Assert.Equal(expected, exception.Message);
    }

    [Fact]
    public void Read_NumberOutOfRange_SaysWhatIsAllowed()
    {
        var exception = Assert.Throws<FormatException>(() => Read("""{"mcpServers":{"x":{"command":"a","startTimeoutSeconds":"soon"}}}"""));
        Assert.Equal("mcpServers.x.startTimeoutSeconds must be a whole number from 1 to 3600, not 'soon'.", exception.Message);
    }

    [Theory]
    [InlineData("read_file", "files.read_file")]
    [InlineData("files.readfile", "files.read_file")]
    [InlineData("file.read_file", "files.read_file")]
    [InlineData("sql.qurey", "sql.query")]
    public void NearestNames_Misspelt_GivesWhatWasMeant(string asked, string expected) =>
        Assert.Equal(expected, NearestNames.Find(asked, ["files.read_file", "files.write_file", "sql.query", "web.fetch"])[0]);

    [Fact]
    public void NearestNames_SomethingElse_GivesNothing() =>
        Assert.Empty(NearestNames.Find("weather_forecast_tomorrow", ["files.read_file", "sql.query"]));

    private static McpServersOptions Read(string json, McpServersOptions? options = null)
    {
        options ??= new McpServersOptions();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        options.Read(new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection("mcpServers"));
        return options;
    }
}
