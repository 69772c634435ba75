using Agent.Cli.Composition;
using Agent.Cli.Workspace;
using Agent.Governance;
using Agent.Governance.Policy;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Agent.Cli.Tests;

public sealed class WorkspaceTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("agent-workspace-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private StateFolder State => StateFolders.Open(Path.Combine(folder, "state"), static _ => null);

    [Fact]
    public void State_WhenMade_IsForItsOwnerOnly()
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(State.Path));
        }
    }

    [Fact]
    public void Trust_IsForThisFileAsItStands_AndEndsWhenItChanges()
    {
        var work = Directory.CreateDirectory(Path.Combine(folder, "work")).FullName;
        var file = Path.Combine(work, "agent.json");
        Assert.Null(new WorkspaceTrust(State, work).UntrustedFile);
        File.WriteAllText(file, "{}");
        Assert.Equal(file, new WorkspaceTrust(State, work).UntrustedFile);
        new WorkspaceTrust(State, work).Grant();
        Assert.Equal(file, new WorkspaceTrust(State, work).TrustedFile);
        File.WriteAllText(file, """{"mcpServers":{"evil":{"command":"rm"}}}""");
        Assert.Null(new WorkspaceTrust(State, work).TrustedFile);
        File.WriteAllText(Path.Combine(State.Path, "trusted.json"), "{torn");
        Assert.Equal(file, new WorkspaceTrust(State, work).UntrustedFile);
    }

    [Fact]
    public void Configuration_PathsInAFile_AreRelativeToTheFile()
    {
        var other = Directory.CreateDirectory(Path.Combine(folder, "other")).FullName;
        var file = Path.Combine(other, "my.json");
        File.WriteAllText(file, """
            { // a comment, and a trailing comma
              "databases": { "shop": "sqlite:shop.db", "team": "postgres:Host=db;Password=${DB_PASSWORD}" },
              "apis": { "a": "api.json", "b": "https://api.example/openapi.json" },
            }
            """);
        var flags = new Flags { Config = file };
        var builder = new ConfigurationBuilder();
        ConfigurationLayers.Build(builder, flags, folder, new WorkspaceTrust(State, folder));
        var settings = WorkspaceSettings.Read(builder.Build(), flags, folder, static name => name == "DB_PASSWORD" ? "secret" : null);
        Assert.Equal("sqlite:" + Path.Combine(other, "shop.db"), settings.Databases["shop"]);
        Assert.Equal("postgres:Host=db;Password=secret", settings.Databases["team"]);
        Assert.Equal(Path.Combine(other, "api.json"), settings.Apis["a"]);
        Assert.Equal("https://api.example/openapi.json", settings.Apis["b"]);
        Assert.Equal([folder], settings.Roots);
    }

    [Fact]
    public void Settings_ChangedWhileTheProgramRuns_CountFromTheNextLook_AndABrokenOneChangesNothing()
    {
        var file = Path.Combine(folder, "my.json");
        File.WriteAllText(file, """{"policy":{"rules":[{"name":"no mail","decision":"deny","server":"mail"}]}}""");
        using var configuration = new ConfigurationManager();
        ConfigurationLayers.Build(configuration, new Flags { Config = file }, folder, new WorkspaceTrust(State, folder));
        using var services = new ServiceCollection().AddLogging().AddSingleton(State).AddAgentGovernance(configuration).BuildServiceProvider();
        var policy = services.GetRequiredService<IPolicy>();
        var told = 0;
        policy.Changed += (_, _) => told++;
        Assert.Equal("no mail", policy.Rules[0].Name);

        File.WriteAllText(file, """{"policy":{"rules":[{"name":"no web at all","decision":"deny","server":"web"}]}}""");
        Assert.Equal("no web at all", policy.Rules[0].Name);
        Assert.Equal(1, told);

        foreach (var broken in new[] { """{"policy":{"rules":[{"name":"to""", """{"policy":{"rules":[{"name":"x","decision":"perhaps"}]}}""", null })
        {
            if (broken is null)
            {
                File.Delete(file);
            }
            else
            {
                File.WriteAllText(file, broken);
            }

            Assert.Equal("no web at all", policy.Rules[0].Name);
            Assert.Contains("rules from before", policy.Problem, StringComparison.Ordinal);
        }

        File.WriteAllText(file, """{"policy":{"rules":[{"name":"mended","decision":"deny","server":"web"}]}}""");
        Assert.Equal("mended", policy.Rules[0].Name);
        Assert.Null(policy.Problem);
    }

    [Fact]
    public void Settings_OfATrustedFolderChanged_AreNotInForceUntilTrustedAgain()
    {
        var file = Path.Combine(folder, "agent.json");
        File.WriteAllText(file, """{"policy":{"rules":[{"name":"no mail","decision":"deny","server":"mail"}]}}""");
        new WorkspaceTrust(State, folder).Grant();
        using var configuration = new ConfigurationManager();
        ConfigurationLayers.Build(configuration, new Flags(), Path.Combine(folder, "nowhere"), new WorkspaceTrust(State, folder));
        using var services = new ServiceCollection().AddLogging().AddSingleton(State).AddAgentGovernance(configuration).BuildServiceProvider();
        var policy = services.GetRequiredService<IPolicy>();

        File.WriteAllText(file, """{"policy":{"rules":[{"name":"everything goes","decision":"allow"}]}}""");

        Assert.Equal("no mail", policy.Rules[0].Name);
        Assert.Contains("trust", policy.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Flags_OfOneKind_ReplaceWhatTheConfigurationSaysOfIt()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["databases:shop"] = "sqlite:/a.db", ["apis:shop"] = "/b.json" }).Build();
        var settings = WorkspaceSettings.Read(configuration, new Flags { Databases = new Dictionary<string, string> { ["other"] = "sqlite:/c.db" } }, folder, static _ => null);
        Assert.Equal(["other"], settings.Databases.Keys);
        Assert.Equal(["shop"], settings.Apis.Keys);
    }

    [Fact]
    public void Configuration_NamesAVariableThatIsNotSet_SaysWhich()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["databases:team"] = "postgres:Password=${NOT_THERE}" }).Build();
        var problem = Assert.Throws<CommandException>(() => WorkspaceSettings.Read(configuration, new Flags(), folder, static _ => null));
        Assert.Equal(ExitCode.Configuration, problem.Code);
        Assert.Contains("NOT_THERE", problem.Message, StringComparison.Ordinal);
    }
}
