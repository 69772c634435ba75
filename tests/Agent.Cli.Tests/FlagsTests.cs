using Agent.Cli.Composition;

namespace Agent.Cli.Tests;

public sealed class FlagsTests
{
    [Fact]
    public void Elsewhere_EveryFlag_NamesTheSameFromAnyFolder()
    {
        var flags = new Flags
        {
            Databases = new Dictionary<string, string> { ["shop"] = "sqlite:data/shop.db", ["team"] = "postgres:Host=db;Password=${DB_PASSWORD}" },
            Apis = new Dictionary<string, string> { ["tickets"] = "openapi.json", ["other"] = "https://example.com/openapi.json" },
            Model = "openai/some",
            Endpoint = "http://127.0.0.1:8080/v1",
            Config = "agent.json",
        };

        Assert.Equal(
            [
                "--database", "shop=sqlite:/home/ana/data/shop.db", "--database", "team=postgres:Host=db;Password=${DB_PASSWORD}",
                "--api", "tickets=/home/ana/openapi.json", "--api", "other=https://example.com/openapi.json",
                "--model", "openai/some", "--endpoint", "http://127.0.0.1:8080/v1", "--state", "/home/ana/state", "--config", "/home/ana/agent.json",
            ],
            flags.Elsewhere("/home/ana", "state"));
    }

    [Fact]
    public void Elsewhere_NoFlag_IsNothing() => Assert.Empty(new Flags().Elsewhere("/home/ana", null));
}
