namespace Agent.Tools.Hosting.Tests.Startup;

public sealed class ServerCommandTests
{
    private static readonly ServerDescription Everything =
        new("test", "Test", "A test.", "Use it.", ServerSources.Roots | ServerSources.Databases | ServerSources.Apis);

    [Fact]
    public void Read_RepeatedFlags_KeepsTheirOrder()
    {
        var options = Read("--root", "/a", "--root", "/b", "--database", "shop=sqlite:/x=y.db", "--state", "/s");
        Assert.Equal(["/a", "/b"], options.Roots);
        Assert.Equal([new NamedSource("shop", "sqlite:/x=y.db")], options.Databases);
        Assert.Equal("/s", options.StateFolder);
        Assert.Null(options.Http);
    }

    [Fact]
    public void Read_NoRoot_TakesTheWorkingFolder() => Assert.Equal([Environment.CurrentDirectory], Read("--state", "/s").Roots);

    [Theory]
    [InlineData("--database", "sqlite:/x")]
    [InlineData("--database", "=sqlite:/x")]
    [InlineData("--database", "a b=sqlite:/x")]
    [InlineData("--http", "localhost")]
    [InlineData("--config", "/nowhere/at/all.json")]
    public void Read_BadValue_IsOneSentence(string flag, string value)
    {
        var error = Assert.Throws<ToolException>(() => Read(flag, value));
        Assert.DoesNotContain("sqlite:/x", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_FlagOfAnotherServer_IsAnError()
    {
        var command = new ServerCommand(Everything with { Sources = ServerSources.Roots });
        Assert.NotEmpty(command.Parse(["--api", "a=b"]).Errors);
    }

    private static ServerOptions Read(params string[] args)
    {
        var command = new ServerCommand(Everything);
        return command.Read(command.Parse(args));
    }
}
