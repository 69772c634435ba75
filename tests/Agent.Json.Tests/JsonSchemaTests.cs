using System.Text.Json;

namespace Agent.Json.Tests;

public class JsonSchemaTests
{
    private const string Search = """
        {"type":"object","additionalProperties":false,"required":["query"],
         "properties":{"query":{"type":"string","description":"What to look for.","minLength":1},"limit":{"type":"integer","minimum":1,"maximum":100},
                       "sort":{"enum":["path","newest"]},"globs":{"type":"array","items":{"type":"string"},"maxItems":3}}}
        """;

    private static string[] Errors(string schema, string value)
    {
        using var parsedSchema = JsonDocument.Parse(schema);
        using var parsedValue = JsonDocument.Parse(value);
        return [.. JsonSchema.Parse(parsedSchema.RootElement).Validate(parsedValue.RootElement).Select(error => error.ToString())];
    }

    [Theory]
    [InlineData("""{"query":"x","limit":5,"sort":"path","globs":["*.cs"]}""")]
    [InlineData("""{"query":"x","limit":5.0}""")]
    public void Validate_ArgumentsThatFit_FindsNothing(string value) => Assert.Empty(Errors(Search, value));

    [Theory]
    [InlineData("""{}""", "needs \"query\" (string: What to look for)")]
    [InlineData("""{"query":"x","limit":"5"}""", "limit must be an integer, not a string")]
    [InlineData("""{"query":"x","limit":1000}""", "limit must be at most 100")]
    [InlineData("""{"query":"x","sort":"size"}""", "sort must be one of \"path\", \"newest\"")]
    [InlineData("""{"query":"x","globs":["a",1]}""", "globs.1 must be a string, not a number")]
    [InlineData("""{"query":"x","globs":["a","b","c","d"]}""", "globs must be at most 3 item(s) long, not 4")]
    [InlineData("""{"query":"x","lmit":5}""", "takes no \"lmit\"; did you mean \"limit\"? It takes \"query\", \"limit\", \"sort\", \"globs\"")]
    [InlineData("""[]""", "must be an object, not an array")]
    public void Validate_ArgumentsThatDoNotFit_SaysWhereAndWhatWouldBeRight(string value, string expected) =>
        Assert.Equal([expected], Errors(Search, value));

    [Fact]
    public void Validate_SchemaThatRefersToItself_Works()
    {
        const string Tree = """{"$defs":{"node":{"type":"object","properties":{"next":{"$ref":"#/$defs/node"},"v":{"type":"integer"}}}},"$ref":"#/$defs/node"}""";
        Assert.Empty(Errors(Tree, """{"next":{"next":{"v":1}}}"""));
        Assert.Equal(["next.next.v must be an integer, not a string"], Errors(Tree, """{"next":{"next":{"v":"1"}}}"""));
    }

    [Fact]
    public void Validate_SchemaThatIsOnlyItself_EndsWithAnError() =>
        Assert.Contains("nested deeper", Assert.Single(Errors("""{"$ref":"#"}""", "1")), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"$ref":"https://example.com/schema.json"}""")]
    [InlineData("""{"$ref":"#/$defs/missing"}""")]
    [InlineData("""{"$ref":"#missing"}""")]
    [InlineData("""{"type":"text"}""")]
    [InlineData("""{"pattern":"("}""")]
    [InlineData("3")]
    public void Parse_SchemaThatIsNone_IsRefused(string schema)
    {
        using var document = JsonDocument.Parse(schema);
        Assert.Throws<FormatException>(() => JsonSchema.Parse(document.RootElement));
    }

    [Fact]
    public void Validate_PatternThatBacktracksWithoutEnd_IsRefusedInTime()
    {
        // A back-reference keeps the engine from running without backtracking; the time limit ends it.
        var value = JsonSerializer.Serialize(new string('a', 40) + "!");
        Assert.NotEmpty(Errors("""{"pattern":"^(a+)+\\1$"}""", value));
    }

    [Theory]
    [InlineData("""{"exclusiveMinimum":true,"minimum":3}""", "3", false)]
    [InlineData("""{"exclusiveMinimum":3}""", "3", false)]
    [InlineData("""{"minimum":3}""", "3", true)]
    [InlineData("""{"items":[{"type":"integer"}],"additionalItems":false}""", "[1,2]", false)]
    [InlineData("""{"prefixItems":[{"type":"integer"}],"items":false}""", "[1]", true)]
    [InlineData("""{"dependencies":{"a":["b"]}}""", """{"a":1}""", false)]
    [InlineData("""{"multipleOf":0.01}""", "19.99", true)]
    [InlineData("""{"multipleOf":0.01}""", "19.999", false)]
    [InlineData("""{"maxLength":2}""", "\"😀😀\"", true)]
    [InlineData("""{"uniqueItems":true}""", "[1,1.0]", false)]
    [InlineData("""{"const":{"a":1,"b":2}}""", """{"b":2.0,"a":1}""", true)]
    [InlineData("""{"if":{"required":["a"]},"then":{"required":["b"]}}""", """{"a":1}""", false)]
    [InlineData("""{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}""", """{"a":1,"b":1}""", false)]
    [InlineData("""{"allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}""", """{"a":1}""", true)]
    [InlineData("""{"contains":{"const":1},"maxContains":1}""", "[1,1]", false)]
    [InlineData("""{"$id":"https://a.example/x","$defs":{"y":{"$id":"y","type":"string"}},"$ref":"y"}""", "1", false)]
    [InlineData("""{"$defs":{"y":{"$anchor":"y","type":"string"}},"$ref":"#y"}""", "1", false)]
    public void IsValid_KeywordsOfAllDrafts_AreUnderstood(string schema, string value, bool valid)
    {
        using var parsedSchema = JsonDocument.Parse(schema);
        using var parsedValue = JsonDocument.Parse(value);
        var compiled = JsonSchema.Parse(parsedSchema.RootElement);
        Assert.Equal(valid, compiled.IsValid(parsedValue.RootElement));
        Assert.Equal(valid, compiled.Validate(parsedValue.RootElement).Count == 0);
    }

    [Fact]
    public void Validate_NoAlternativeFits_NamesTheClosest() =>
        Assert.Equal(
            ["fits none of the 2 allowed forms (closest: id must be an integer, not a string)"],
            Errors("""{"anyOf":[{"required":["name","x","y"]},{"properties":{"id":{"type":"integer"}}}]}""", """{"id":"7"}"""));

    [Fact]
    public void Validate_ManyErrors_StopsAtTheLimit()
    {
        var value = "[" + string.Join(',', Enumerable.Repeat("\"x\"", 500)) + "]";
        Assert.Equal(JsonSchema.MaxErrors, Errors("""{"items":{"type":"integer"}}""", value).Length);
    }
}
