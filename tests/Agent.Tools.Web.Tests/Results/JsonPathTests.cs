using System.Text.Json;
using Agent.Tools.Web.Results;
using FsCheck.Xunit;

namespace Agent.Tools.Web.Tests.Results;

public sealed class JsonPathTests
{
    // The store of RFC 9535, 1.5, in our own words.
    private const string Store =
        """
        {"shop": {"tea": [{"name": "Assam", "price": 9, "tags": ["black"]}, {"name": "Sencha", "price": 12, "rare": true}, {"name": "Oolong", "price": 22}], "cup": {"price": 27}}, "a.b": {"c d": 1}}
        """;

    [Theory]
    [InlineData("$", null)]
    [InlineData("$.shop.tea[0].name", """["Assam"]""")]
    [InlineData("shop.tea[0].name", """["Assam"]""")]
    [InlineData("$['shop']['tea'][-1]['name']", """["Oolong"]""")]
    [InlineData("$.shop.tea[*].name", """["Assam","Sencha","Oolong"]""")]
    [InlineData("$..price", "[27,9,12,22]")]
    [InlineData("$.shop..price", "[27,9,12,22]")]
    [InlineData("$.shop.tea[0,2].price", "[9,22]")]
    [InlineData("$.shop.tea[1:].price", "[12,22]")]
    [InlineData("$.shop.tea[:2].price", "[9,12]")]
    [InlineData("$.shop.tea[::-1].price", "[22,12,9]")]
    [InlineData("$.shop.tea[5:1]", "[]")]
    [InlineData("$.shop.tea[?@.price < 20].name", """["Assam","Sencha"]""")]
    [InlineData("$.shop.tea[?(@.price >= 12 && !@.rare)].name", """["Oolong"]""")]
    [InlineData("$.shop.tea[?@.rare].name", """["Sencha"]""")]
    [InlineData("$.shop.tea[?@.name == 'Assam' || @.name == \"Oolong\"].price", "[9,22]")]
    [InlineData("$.shop.tea[?@.tags[0] == 'black'].name", """["Assam"]""")]
    [InlineData("$.shop.tea[?@.price > $.shop.cup.price]", "[]")]
    [InlineData("$.shop.tea[?@.missing == null]", "[]")]
    [InlineData("$['a.b']['c d']", "[1]")]
    [InlineData("$.nothing.there", "[]")]
    [InlineData("$.shop.tea[99]", "[]")]
    public void Select_Path_FindsWhatItSays(string path, string? expected)
    {
        var root = JsonElement.Parse(Store);
        var found = JsonPath.Parse(path).Select(root);
        Assert.Equal(
            expected is null ? [root.GetRawText()] : JsonElement.Parse(expected).EnumerateArray().Select(e => e.GetRawText()).Order(),
            found.Select(e => e.GetRawText()).Order());
    }

    [Theory]
    [InlineData("$.")]
    [InlineData("$[")]
    [InlineData("$[]")]
    [InlineData("$['a")]
    [InlineData("$[?]")]
    [InlineData("$[?@.a ==]")]
    [InlineData("$[?1]")]
    [InlineData("$.a b")]
    [InlineData("$[99999999999]")]
    public void Parse_WhatIsNoPath_IsRefusedWithThePlace(string path) =>
        Assert.Contains("at character", Assert.Throws<FormatException>(() => JsonPath.Parse(path)).Message, StringComparison.Ordinal);

    [Property(MaxTest = 500)]
    public void Parse_AnyText_IsReadOrRefused(string text)
    {
        try
        {
            JsonPath.Parse(text ?? string.Empty).Select(JsonElement.Parse(Store));
        }
        catch (FormatException)
        {
            // Refused.
        }
    }

    [Theory]
    [InlineData("$.a", true)]
    [InlineData("$.a[0]['b']", true)]
    [InlineData("$.a[*]", false)]
    [InlineData("$..a", false)]
    [InlineData("$.a[0,1]", false)]
    [InlineData("$.a[0:1]", false)]
    public void IsSingular_Path_SaysWhetherItLeadsToOnePlace(string path, bool singular) => Assert.Equal(singular, JsonPath.Parse(path).IsSingular);
}
