using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Agent.Json.Tests;

public class CanonicalJsonTests
{
    private static string Canonical(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetString(CanonicalJson.GetBytes(document.RootElement));
    }

    // RFC 8785, 3.2.2 and 3.2.3.
    [Theory]
    [InlineData("""{ "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001] }""",
        """{"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}""")]
    [InlineData("""{ "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/" }""", """{"string":"€$\u000f\nA'B\"\\\\\"/"}""")]
    [InlineData("""{ "literals": [null, true, false] }""", """{"literals":[null,true,false]}""")]
    [InlineData("""{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew","1":"One","\ud83d\ude00":"Emoji","\u0080":"Control","\u00f6":"Latin"}""",
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin\",\"€\":\"Euro Sign\",\"😀\":\"Emoji\",\"\ufb33\":\"Hebrew\"}")]
    public void GetBytes_ExamplesOfTheRfc_AreAsPrintedThere(string json, string expected) => Assert.Equal(expected, Canonical(json));

    // RFC 8785, appendix B.
    [Theory]
    [InlineData("0.0", "0")]
    [InlineData("-0.0", "0")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("-5e-324", "-5e-324")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("9007199254740992.0", "9007199254740992")]
    [InlineData("295147905179352830000.0", "295147905179352830000")]
    [InlineData("9.999999999999997e22", "9.999999999999997e+22")]
    [InlineData("1e23", "1e+23")]
    [InlineData("999999999999999700000.0", "999999999999999700000")]
    [InlineData("999999999999999900000.0", "999999999999999900000")]
    [InlineData("1e21", "1e+21")]
    [InlineData("9.999999999999997e-7", "9.999999999999997e-7")]
    [InlineData("0.000001", "0.000001")]
    [InlineData("333333333.33333325", "333333333.33333325")]
    [InlineData("1.0", "1")]
    [InlineData("-1.50", "-1.5")]
    public void GetBytes_Number_IsTheEcmaScriptForm(string json, string expected) => Assert.Equal(expected, Canonical(json));

    [Fact]
    public void Digest_IntegersThatADoubleCannotTellApart_Differ()
    {
        using var a = JsonDocument.Parse("9007199254740992");
        using var b = JsonDocument.Parse("9007199254740993");
        Assert.NotEqual(CanonicalJson.Digest(a.RootElement), CanonicalJson.Digest(b.RootElement));
        Assert.Equal("123456789012345678901234567890", Canonical("123456789012345678901234567890"));
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":{"b":1,"\u0062":1}}""")]
    [InlineData("""["\ud800"]""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("1e400")]
    public void GetBytes_ValueWithoutACanonicalForm_IsRefused(string json) => Assert.Throws<FormatException>(() => Canonical(json));

    [Fact]
    public void GetBytes_TooDeep_IsRefused()
    {
        var json = new string('[', 200) + new string(']', 200);
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
        Assert.Throws<FormatException>(() => CanonicalJson.GetBytes(document.RootElement));
    }

    [Property(MaxTest = 500)]
    public Property GetBytes_AnyDouble_ReadsBackAndIsStable() => Prop.ForAll(
        ArbMap.Default.ArbFor<NormalFloat>(),
        number =>
        {
            var text = CanonicalJson.ToEcmaScript(number.Get);
            return double.Parse(text) == number.Get && Canonical(text) == text;
        });

    [Property(MaxTest = 300)]
    public Property Digest_MembersInAnotherOrder_IsTheSame() => Prop.ForAll(
        ArbMap.Default.ArbFor<Dictionary<NonNull<string>, int>>(),
        pairs =>
        {
            var members = pairs.Where(pair => IsWellFormed(pair.Key.Get)).ToDictionary(pair => pair.Key.Get, pair => pair.Value);
            var forward = JsonSerializer.SerializeToElement(members);
            var backward = JsonSerializer.SerializeToElement(new Dictionary<string, int>(members.Reverse()));
            return CanonicalJson.Digest(forward) == CanonicalJson.Digest(backward);
        });

    private static bool IsWellFormed(string text) => text.EnumerateRunes().All(rune => rune != Rune.ReplacementChar);
}
