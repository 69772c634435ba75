using Agent.Models.Prices;
using Agent.Models.Profiles;
using Agent.Models.Selection;
using Agent.Models.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.Prices;

public sealed class PricesTests
{
    [Theory]
    [InlineData("openai", "gpt-5-mini", 0.25)]
    [InlineData("openai", "gpt-5-mini-2025-08-07", 0.25)]
    [InlineData("openai", "gpt-5", 1.25)]
    [InlineData("anthropic", "claude-sonnet-4-5-20250929", 3.0)]
    [InlineData("bedrock", "eu.anthropic.claude-sonnet-4-20250514-v1:0", 3.0)]
    [InlineData("anthropic", "claude-sonnet-5-5", 2.0)]
    [InlineData("anthropic", "claude-opus-4-8", 5.0)]
    [InlineData("openai", "unheard-of", null)]
    [InlineData(null, "gpt-5", null)]
    public void BuiltInTable_KnowsWhatIsListed(string? provider, string model, double? input) =>
        Assert.Equal((decimal?)input, ModelTable.Load(null).Find(provider, model)?.Price?.Input);

    [Fact]
    public async Task File_OfTheUser_ReplacesTheTable()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """{"models":[{"model":"own-*","input":1,"output":2,"context":1000},],}""");
        await using var models = new TestModels([("models:endpoint", "http://127.0.0.1:1"), ("models:name", "own-7"), ("models:prices", file)]);

        Assert.Equal(new ModelPrice(1, 2), models.Info.Price);
        Assert.Equal(1000, models.Info.ContextWindow);
        File.Delete(file);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"models":[{"model":"x","input":-1,"output":1}]}""")]
    [InlineData("{}")]
    public void File_ThatIsBroken_IsToldInASentence(string content)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, content);

        var error = Assert.Throws<ModelException>(() => ModelTable.Load(file));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task Price_OfTheConfiguration_GoesFirst()
    {
        await using var models = new TestModels([("models:provider", "openai"), ("models:name", "gpt-5"), ("models:apiKey", "k"), ("models:price:input", "7"), ("models:price:output", "8")]);

        Assert.Equal(new ModelPrice(7, 8), models.Info.Price);
    }

    [Fact]
    public void Cost_CountsCachedAndWrittenTokensAtTheirPrices()
    {
        var usage = new UsageDetails { InputTokenCount = 1_000_000, CachedInputTokenCount = 600_000, OutputTokenCount = 100_000, AdditionalCounts = new() { [ModelPrice.CacheWriteTokens] = 300_000 } };

        Assert.Equal((0.1m * 3) + (0.6m * 0.3m) + (0.3m * 3.75m) + (0.1m * 15), new ModelPrice(3, 15, 0.3m, 3.75m).Cost(usage));
        Assert.Equal((1m * 3) + (0.1m * 15), new ModelPrice(3, 15).Cost(usage));
        Assert.Equal(0, new ModelPrice(3, 15).Cost(new UsageDetails()));
    }

    [Theory]
    [InlineData("qwen2.5:0.5b", 0.5e9)]
    [InlineData("Llama-3.2-3B-Instruct-Q4_K_M.gguf", 3e9)]
    [InlineData("coder-0.5b-00001-of-00002", 0.5e9)]
    [InlineData("smollm2-360m", 360e6)]
    [InlineData("494.03M", 494.03e6)]
    [InlineData("gpt-4o", null)]
    [InlineData("mixtral-8x7b", null)]
    public void Size_IsReadFromAName(string name, double? expected)
    {
        var size = ProfileTable.SizeIn(name);

        Assert.Equal(expected is null, size is null);
        Assert.Equal(expected ?? 0, size ?? 0, 1e3);
    }

    [Fact]
    public void Profile_IsChosenByConfigurationThenPatternThenSize()
    {
        var table = new ProfileTable(new Dictionary<string, ProfileOptions>
        {
            ["small"] = new() { MaxTools = 3 },
            ["careful"] = new() { Temperature = 0.1f, Models = ["llama*"] },
        });

        Assert.Equal("default", table.Choose(null, "gpt-5", null, false).Name);
        Assert.Equal((3, true), (table.Choose(null, "x", 1e9, true).MaxTools, table.Choose(null, "x", 1e9, true).ForceFirstCall));
        Assert.Equal("small", table.Choose(null, "qwen:1.5b", null, true).Name);
        Assert.Equal("default", table.Choose(null, "qwen:1.5b", null, false).Name);
        Assert.Equal("default", table.Choose(null, "qwen:1.5b", 7e9, true).Name);
        Assert.Equal(("careful", 0.1f), (table.Choose(null, "Llama-3.2-1B", null, true).Name, table.Choose(null, "Llama-3.2-1B", null, true).Temperature));
        Assert.Equal("default", table.Choose("default", "qwen:1.5b", null, true).Name);
        Assert.Contains("careful", Assert.Throws<ModelException>(() => table.Choose("nobody", "x", null, false)).Message, StringComparison.Ordinal);
    }
}
