using Agent.Models.AnthropicMessages;

namespace Agent.Models.Tests.AnthropicMessages;

public sealed class ClaudeGenerationTests
{
    [Theory]
    [InlineData("claude-3-7-sonnet-20250219", false, true, false)]
    [InlineData("claude-sonnet-4-20250514", false, true, false)]
    [InlineData("claude-opus-4-0", false, true, false)]
    [InlineData("claude-sonnet-4-5-20250929", false, true, true)]
    [InlineData("eu.anthropic.claude-haiku-4-5-20251001-v1:0", false, true, true)]
    [InlineData("claude-opus-4-6", true, true, true)]
    [InlineData("claude-sonnet-5", true, true, true)]
    [InlineData("claude-sonnet-5-5", true, false, true)]
    [InlineData("claude-fable-5-1", true, false, true)]
    [InlineData("coder-0.5b", false, true, false)]
    public void Generation_IsReadFromTheName(string model, bool byEffort, bool forced, bool schema) =>
        Assert.Equal((byEffort, forced, schema), (ClaudeGeneration.ThinksByEffort(model), ClaudeGeneration.TakesForcedChoice(model), ClaudeGeneration.TakesSchema(model)));
}
