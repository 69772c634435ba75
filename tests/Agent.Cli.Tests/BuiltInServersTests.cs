using Agent.Cli.Composition;
using Agent.Cli.Workspace;
using Agent.Mcp.Servers;
using Microsoft.Extensions.Configuration;

namespace Agent.Cli.Tests;

public sealed class BuiltInServersTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("agent-servers-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Databases_HaveTheirConnectionsInTheEnvironmentAndNotOnTheCommandLine()
    {
        var sql = Sql(
            "{}",
            new() { ["crm"] = "postgres://ann:s3cret${x}@db/crm", ["shop"] = "sqlite:/data/shop.sqlite", ["far"] = "postgres:env:FAR" },
            new() { ["FAR"] = "host=far password=h1dden", ["PGPASSWORD"] = "pgs3cret", ["UNRELATED"] = "x" });

        var line = string.Join(' ', sql.Args);
        foreach (var secret in (string[])["s3cret", "h1dden", "pgs3cret", "ann", "/data/shop.sqlite"])
        {
            Assert.DoesNotContain(secret, line, StringComparison.Ordinal);
        }

        Assert.Contains("--database crm=postgres:env:AGENT_DATABASE_0", line, StringComparison.Ordinal);
        Assert.Contains("--database far=postgres:env:FAR", line, StringComparison.Ordinal);
        Assert.Equal("//ann:s3cret${x}@db/crm", sql.Env["AGENT_DATABASE_0"]);
        Assert.Equal("host=far password=h1dden", sql.Env["FAR"]);
        Assert.Equal("pgs3cret", sql.Env["PGPASSWORD"]);
        Assert.DoesNotContain("UNRELATED", sql.Env.Keys);
        Assert.True(sql.BuiltIn);
    }

    [Fact]
    public void NameOfAServer_InOtherLetterCase_IsTheSameServer()
    {
        // As in AGENT__MCPSERVERS__WEB__DISABLED: the configuration's keys know no case, and shells write them large.
        var servers = new McpServersOptions();
        servers.Add("web", new McpServerDefinition { Command = "agent-web" });
        servers.Add("WEB", new McpServerDefinition { Disabled = true });
        var (name, definition) = Assert.Single(servers.Servers);
        Assert.Equal("web", name);
        Assert.True(definition.Disabled);
    }

    [Fact]
    public void SectionOfAServer_ReachesItAsTheJsonItWasWrittenAs()
    {
        const string section = """{"databases":{"crm":{"hide":["customer.email","*.ssn"],"rowLimits":{"customer":200},"source":"postgres:env:CRM"}},"poolSize":4}""";

        var sql = Sql($$"""{"sql": {{section}}}""", [], new() { ["CRM"] = "host=crm", ["OTHER"] = "x" });

        Assert.Contains("--config env:AGENT_SERVER_SETTINGS", string.Join(' ', sql.Args), StringComparison.Ordinal);
        Assert.Equal($$"""{"sql":{{section}}}""", sql.Env["AGENT_SERVER_SETTINGS"]);
        Assert.Equal("host=crm", sql.Env["CRM"]);
        Assert.DoesNotContain("OTHER", sql.Env.Keys);
    }

    private McpServerDefinition Sql(string configuration, Dictionary<string, string> databases, Dictionary<string, string> environment)
    {
        var servers = new McpServersOptions();
        BuiltInServers.Add(
            servers,
            new WorkspaceSettings([folder], databases, new Dictionary<string, string>()),
            new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(configuration))).Build(),
            StateFolders.Open(Path.Combine(folder, "state"), static _ => null),
            folder,
            environment.GetValueOrDefault);
        return servers.Servers.Single(static server => server.Key == "sql").Value;
    }
}
