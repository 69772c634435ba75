using System.Text.Json;
using Agent.Cli.Questions;

namespace Agent.Cli.Tests;

/// <summary>What servers ask, as a form that a person fills in.</summary>
public sealed class ServerFormTests
{
    [Theory]
    [InlineData("""{"type":"string"}""", "  a b ", "\"a b\"")]
    [InlineData("""{"type":"integer"}""", "-3", "-3")]
    [InlineData("""{"type":"number"}""", "2.50", "2.50")]
    [InlineData("""{"type":"boolean"}""", "Yes", "true")]
    [InlineData("""{"type":"boolean"}""", "n", "false")]
    [InlineData("""{"type":"string","enum":["a","b"],"enumNames":["Apple","Bean"]}""", "bean", "\"b\"")]
    [InlineData("""{"type":"string","oneOf":[{"const":"#f00","title":"Red"},{"const":"#0f0","title":"Green"}]}""", "red", "\"#f00\"")]
    [InlineData("""{"type":"array","items":{"type":"string","enum":["a","b","c"]}}""", "c, a,c", """["c","a"]""")]
    [InlineData("""{"type":"array","items":{"anyOf":[{"const":"x","title":"Ex"}]}}""", "ex", """["x"]""")]
    [InlineData("""{"type":"string","format":"email"}""", "a@b.example", "\"a@b.example\"")]
    [InlineData("""{"type":"string","format":"date"}""", "2026-02-28", "\"2026-02-28\"")]
    public void Answer_OfEachKind_BecomesItsValue(string definition, string typed, string value)
    {
        var filling = new FormFilling(Form($$"""{"f":{{definition}}}""", "f"));
        Assert.Null(filling.Take(typed));
        Assert.Null(filling.Field);
        Assert.Equal(value, filling.Content["f"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"type":"string"}""", " ")]
    [InlineData("""{"type":"string","minLength":3}""", "ab")]
    [InlineData("""{"type":"integer"}""", "1.5")]
    [InlineData("""{"type":"integer","maximum":10}""", "11")]
    [InlineData("""{"type":"number"}""", "many")]
    [InlineData("""{"type":"boolean"}""", "perhaps")]
    [InlineData("""{"type":"string","enum":["a"]}""", "b")]
    [InlineData("""{"type":"array","items":{"enum":["a","b"]}}""", "a, z")]
    [InlineData("""{"type":"array","minItems":2,"items":{"enum":["a","b"]}}""", "a")]
    [InlineData("""{"type":"string","format":"email"}""", "nobody")]
    [InlineData("""{"type":"string","format":"date"}""", "2026-02-30")]
    [InlineData("""{"type":"string","format":"uri"}""", "here")]
    public void Answer_ThatDoesNotFit_IsAskedForAgain(string definition, string typed)
    {
        var filling = new FormFilling(Form($$"""{"f":{{definition}}}""", "f"));
        Assert.NotEmpty(filling.Take(typed)!);
        Assert.Equal("f", filling.Field!.Name);
        Assert.Empty(filling.Content);
    }

    [Fact]
    public void Field_ThatIsOptional_MayBeLeftOut_AndADefaultIsProposed()
    {
        var form = Form("""{"name":{"type":"string","title":"Your name","default":"Ann"},"often":{"type":"boolean","default":false},"many":{"type":"integer","default":3}}""");
        Assert.Equal(["Ann", "no", "3"], form.Fields.Select(static field => field.Default));
        var filling = new FormFilling(form);
        Assert.Null(filling.Take(string.Empty));
        Assert.Null(filling.Take("yes"));
        Assert.Null(filling.Take("3"));
        Assert.Equal("""{"often":true,"many":3}""", filling.Content.ToJsonString());
        Assert.Equal(["  Your name: (left out)", "  often: yes", "  many: 3"], filling.Summary());
    }

    [Fact]
    public void Card_OfAServer_SaysWhoAsksWhatAndNothingATerminalObeys()
    {
        var form = ServerForm.Read("mail\e[2J", JsonElement.Parse("""{"message":"Which?\nThe \u001b]0;x\u0007 one.","requestedSchema":{"type":"object","properties":{"to":{"type":"string","enum":["a","b"],"description":"Who gets it."}},"required":["to"]}}"""));
        var card = form.Card().ToList();
        Assert.Equal(@"The server 'mail\u{1b}[2J' asks: Which?", card[0]);
        Assert.Equal("  to: Who gets it — one of a, b", card[2]);
        Assert.DoesNotContain('\e', string.Concat(card));
        Assert.DoesNotContain('\a', string.Concat(card));
    }

    [Theory]
    [InlineData("""{"mode":"url","url":"https://example.test","message":"m"}""")]
    [InlineData("""{"message":"m"}""")]
    [InlineData("""{"message":"m","requestedSchema":{"properties":{"a":{"type":"object"}}}}""")]
    [InlineData("""{"message":"m","requestedSchema":{"properties":{"a":{"type":"array","items":{"type":"string"}}}}}""")]
    [InlineData("""{"message":"m","requestedSchema":{"properties":{"a":7}}}""")]
    [InlineData("""{"message":"m","requestedSchema":{"properties":{"a":{"type":"string","pattern":"("}}}}""")]
    public void Question_ThatNobodyCouldAnswerHere_IsNoForm(string parameters) =>
        Assert.Throws<FormatException>(() => ServerForm.Read("s", JsonElement.Parse(parameters)));

    private static ServerForm Form(string properties, params string[] required) => ServerForm.Read(
        "s", JsonElement.Parse($$"""{"message":"m","requestedSchema":{"type":"object","properties":{{properties}},"required":{{JsonSerializer.Serialize(required)}} } }"""));
}
