using System.Text.Json;

namespace Agent.Tools.Hosting.Tests.Calls;

public sealed class ToolArgumentsTests
{
    [Fact]
    public void Text_Missing_NamesTheArgument()
    {
        var error = Assert.Throws<ToolException>(() => Read("{}").Text("path"));
        Assert.Equal("The argument 'path' is missing; give a string.", error.Message);
    }

    [Fact]
    public void Text_Null_CountsAsMissing()
    {
        Assert.Throws<ToolException>(() => Read("""{"path": null}""").Text("path"));
        Assert.Null(Read("""{"path": null}""").OptionalText("path"));
    }

    [Theory]
    [InlineData("""{"limit": 3}""", 3)]
    [InlineData("""{"limit": 3.0}""", 3)]
    [InlineData("{}", 7)]
    public void Int_WholeNumber_IsRead(string json, int expected) => Assert.Equal(expected, Read(json).Int("limit", 7, 1, 10));

    [Theory]
    [InlineData("""{"limit": 3.5}""")]
    [InlineData("""{"limit": "3"}""")]
    [InlineData("""{"limit": 0}""")]
    [InlineData("""{"limit": 11}""")]
    [InlineData("""{"limit": 1e300}""")]
    public void Int_AnythingElse_SaysTheRange(string json)
    {
        var error = Assert.Throws<ToolException>(() => Read(json).Int("limit", 7, 1, 10));
        Assert.Equal("The argument 'limit' must be a whole number from 1 to 10.", error.Message);
    }

    [Fact]
    public void Texts_SingleString_IsAListOfOne() => Assert.Equal(["*.cs"], Read("""{"include": "*.cs"}""").Texts("include"));

    [Fact]
    public void Objects_WrongMember_NamesThePlace()
    {
        var edits = Read("""{"edits": [{"old": "a"}, {"old": 1}]}""").Objects("edits");
        var error = Assert.Throws<ToolException>(() => edits[1].Text("old"));
        Assert.Equal("The argument 'edits[1].old' must be a string.", error.Message);
    }

    [Fact]
    public void Choice_UnknownWord_NamesTheWords()
    {
        var error = Assert.Throws<ToolException>(() => Read("""{"sort": "size"}""").Choice("sort", "path", "path", "newest"));
        Assert.Equal("The argument 'sort' must be one of path, newest.", error.Message);
    }

    private static ToolArguments Read(string json) => new(JsonElement.Parse(json));
}
