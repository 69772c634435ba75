using System.Text.Json;
using Agent.Tools.Web.Results;
using FsCheck;
using FsCheck.Xunit;

namespace Agent.Tools.Web.Tests.Results;

public sealed class AnswerShaperTests
{
    [Fact]
    public void Shape_SmallValue_IsLeftAsItIs()
    {
        var shaped = AnswerShaper.Shape(JsonElement.Parse("""{"a": [1, 2], "b": "é"}"""), 0, 100, 1000);
        Assert.Equal("""{"a":[1,2],"b":"é"}""", shaped.Json);
        Assert.Empty(shaped.Cut);
        Assert.Equal(2, shaped.Total);
        Assert.Null(shaped.Next);
    }

    [Fact]
    public void Shape_LongListsAndStrings_AreCutWithTheirCounts()
    {
        var value = JsonSerializer.SerializeToElement(new { items = Enumerable.Range(0, 500), text = new string('x', 10_000) });
        var shaped = AnswerShaper.Shape(value, 0, 100, 20_000);
        Assert.Contains("$.items: the first 100 of 500 items", shaped.Cut);
        Assert.Contains("$.text: the first 4000 of 10000 characters", shaped.Cut);
        Assert.Equal((500, 100), (shaped.Total, shaped.Next));
    }

    [Fact]
    public void Shape_ObjectOfManyMembers_NamesThem()
    {
        var shaped = AnswerShaper.Shape(JsonSerializer.SerializeToElement(Enumerable.Range(0, 5000).ToDictionary(i => $"member{i}", i => i)), 0, 100, 2000);
        Assert.Equal("null", shaped.Json);
        Assert.Contains("member0", Assert.Single(shaped.Cut), StringComparison.Ordinal);
    }

    [Property]
    public void Shape_AnyList_IsJsonWithinTheLimit(string[] words, PositiveInt repeat, PositiveInt most)
    {
        var value = JsonSerializer.SerializeToElement(Enumerable.Repeat(words, Math.Min(repeat.Get, 50)));
        var limit = 200 + most.Get;
        var shaped = AnswerShaper.Shape(value, 0, 100, limit);
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(shaped.Json) <= limit);
        JsonElement.Parse(shaped.Json);
    }

    [Theory]
    [InlineData("<https://a.test/?page=2>; rel=\"next\"", "https://a.test/?page=2")]
    [InlineData("<https://a.test/1>; rel=prev, </2>; rel=next", "/2")]
    [InlineData("</2>; title=\"x, y\"; rel=\"last next\"", "/2")]
    [InlineData("</2>; rel=\"nextish\"", null)]
    [InlineData("nonsense", null)]
    public void Next_LinkHeader_IsFound(string header, string? expected) => Assert.Equal(expected, LinkHeader.Next(header));
}
