using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Agent.Abstractions.Tests;

public sealed class ToolIdTests
{
    [Theory]
    [InlineData("files", "search_text", "files__search_text")]
    [InlineData("my-server", "a", "my-server__a")]
    public void ModelName_LegalName_IsBothJoined(string server, string name, string expected) =>
        Assert.Equal(expected, new ToolId(server, name).ModelName);

    [Property]
    public Property ModelName_AnyName_IsLegalEverywhereAndTellsToolsApart() =>
        Prop.ForAll<NonNull<string>, NonNull<string>>((server, name) =>
        {
            var one = new ToolId(server.Get, name.Get).ModelName;
            var other = new ToolId(server.Get, name.Get + "·").ModelName;
            return one.Length is > 0 and <= ToolId.MaxModelNameLength && one.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') && one != other;
        });

    [Fact]
    public void Text_EveryKindOfBlock_IsNamedAndNoneDropped()
    {
        using var document = JsonDocument.Parse("""
            {"content":[{"type":"text","text":"a"},{"type":"image","mimeType":"image/png","data":""},
             {"type":"resource","resource":{"uri":"x:y","text":"b"}},{"type":"resource_link","uri":"file:///c"},{"type":"hologram"}]}
            """);

        Assert.Equal("a\n[image image/png]\nb\n[file:///c]\n[hologram]", new ToolResult { Raw = document.RootElement }.Text);
    }

    [Theory]
    [InlineData("""{"structuredContent":{"n":1}}""", """{"n":1}""", false)]
    [InlineData("""{"content":[],"structuredContent":null,"isError":true}""", "", true)]
    public void Text_WithoutText_IsTheStructuredContent(string raw, string text, bool error)
    {
        using var document = JsonDocument.Parse(raw);
        var result = new ToolResult { Raw = document.RootElement };

        Assert.Equal(text, result.Text);
        Assert.Equal(error, result.IsError);
        Assert.Equal(Label.Missing, result.Label);
    }

    [Fact]
    public void FromText_AnyText_ReadsBackTheSame()
    {
        var result = ToolResult.FromText("line \"one\"\n\u2028ü", isError: true, Label.User);

        Assert.Equal("line \"one\"\n\u2028ü", result.Text);
        Assert.True(result.IsError);
        Assert.Equal(Label.User, result.Label);
    }
}
