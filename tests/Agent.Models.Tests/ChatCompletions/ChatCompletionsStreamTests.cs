using System.Text.Json;
using Agent.Models.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.ChatCompletions;

/// <summary>Answers as servers were seen to send them.</summary>
public sealed class ChatCompletionsStreamTests
{
    [Fact]
    public async Task ToolCall_InPieces_IsOneCallWithParsedArguments()
    {
        // llama.cpp b1-0c1e570, shortened.
        await using var server = await FakeServer.StartAsync(FakeServer.Events(
            """{"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"created":1795370861,"id":"chatcmpl-M","model":"coder-0.5b","object":"chat.completion.chunk"}""",
            """{"choices":[{"finish_reason":null,"index":0,"delta":{"tool_calls":[{"index":0,"id":"teAf","type":"function","function":{"name":"sql__query","arguments":"{"}}]}}],"id":"chatcmpl-M","model":"coder-0.5b"}""",
            """{"choices":[{"finish_reason":null,"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"statement\": \"SELECT 1"}}]}}],"id":"chatcmpl-M","model":"coder-0.5b"}""",
            """{"choices":[{"finish_reason":null,"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"}"}}]}}],"id":"chatcmpl-M","model":"coder-0.5b"}""",
            """{"choices":[{"finish_reason":"tool_calls","index":0,"delta":{}}],"id":"chatcmpl-M","model":"coder-0.5b","timings":{"cache_n":97,"prompt_n":14,"predicted_n":22}}""",
            """{"choices":[],"id":"chatcmpl-M","model":"coder-0.5b","usage":{"completion_tokens":22,"prompt_tokens":111,"total_tokens":133},"timings":{"cache_n":97}}""",
            "[DONE]"));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync(options: new ChatOptions { Tools = [TestModels.Tool()] });

        var call = Assert.Single(heard.Calls);
        Assert.Equal(("teAf", "sql__query"), (call.CallId, call.Name));
        Assert.Equal("SELECT 1", ((JsonElement)call.Arguments!["statement"]!).GetString());
        Assert.Equal(ChatFinishReason.ToolCalls, heard.Response.FinishReason);
        Assert.Equal((111, 22, 97), (heard.Usage!.InputTokenCount, heard.Usage.OutputTokenCount, heard.Usage.CachedInputTokenCount));
        Assert.Null(Assert.Single(heard.Attempts).Error);
    }

    [Fact]
    public async Task ToolCalls_Parallel_KeepTheirOrderAndIds()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Events(
            """{"choices":[{"index":0,"delta":{"content":"Both: ","tool_calls":[{"index":0,"id":"a","function":{"name":"one","arguments":""}},{"index":1,"id":"b","function":{"name":"two","arguments":"{\"x\":"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"arguments":"2}"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""",
            "[DONE]"));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync();

        Assert.Equal(["a one", "b two"], heard.Calls.Select(c => $"{c.CallId} {c.Name}"));
        Assert.Empty(heard.Calls[0].Arguments!);
        Assert.Equal(2, ((JsonElement)heard.Calls[1].Arguments!["x"]!).GetInt32());
        Assert.Equal("Both: ", heard.Text);
    }

    [Fact]
    public async Task ToolCalls_WithoutIndexOrId_AreToldApartAndGetIds()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Events(
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"function":{"name":"one","arguments":{"a":1}}}]}}]}""",
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"id":"","function":{"name":"two","arguments":"{}"}}]},"finish_reason":"stop"}]}""",
            "[DONE]"));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync();

        Assert.Equal(["one", "two"], heard.Calls.Select(c => c.Name));
        Assert.Equal(2, heard.Calls.Select(c => c.CallId).Distinct().Count());
        Assert.All(heard.Calls, c => Assert.NotEmpty(c.CallId));
        Assert.Equal(1, ((JsonElement)heard.Calls[0].Arguments!["a"]!).GetInt32());
    }

    [Fact]
    public async Task ToolCall_CutOff_SaysSoAndKeepsWhatCame()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Events(
            """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"write","arguments":"{\"text\":\"half"}}]}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}""",
            "[DONE]"));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync();

        var call = Assert.Single(heard.Calls);
        Assert.Null(call.Arguments);
        Assert.Contains("cut off", call.Exception!.Message, StringComparison.Ordinal);
        Assert.Equal("{\"text\":\"half", call.AdditionalProperties![ModelKeys.RawArguments]);
        Assert.Equal(ChatFinishReason.Length, heard.Response.FinishReason);
    }

    [Fact]
    public async Task Answer_OfAServerThatDoesNotStream_IsRead()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(200, """
            {"id":"x","model":"fake","choices":[{"index":0,"message":{"role":"assistant","content":"whole","tool_calls":[{"id":"a","type":"function","function":{"name":"t","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":4}}
            """));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync();

        Assert.Equal("whole", heard.Text);
        Assert.Equal("t", Assert.Single(heard.Calls).Name);
        Assert.Equal(7, heard.Usage!.TotalTokenCount);
    }

    [Fact]
    public async Task Answer_WithoutDoneOrReason_IsAcceptedWhereOneOfThemIsThere()
    {
        await using var server = await FakeServer.StartAsync(
            FakeServer.Events("""{"choices":[{"index":0,"delta":{"content":"a"}}]}""", "[DONE]"),
            FakeServer.Events("""{"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}]}"""));
        await using var models = TestModels.OpenAI(server);

        Assert.Equal("a", (await models.AskAsync()).Text);
        Assert.Equal("b", (await models.AskAsync()).Text);
    }

    [Theory]
    [InlineData("reasoning_content")]
    [InlineData("reasoning")]
    public async Task Reasoning_BesideACall_GoesBackInTheFieldItCameIn(string field)
    {
        await using var server = await FakeServer.StartAsync(
            FakeServer.Events(
                $$$"""{"choices":[{"index":0,"delta":{"{{{field}}}":"I should "}}]}""",
                $$$"""{"choices":[{"index":0,"delta":{"{{{field}}}":"look."}}]}""",
                """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"look","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}""",
                "[DONE]"),
            FakeServer.Says("done"));
        await using var models = TestModels.OpenAI(server);
        List<ChatMessage> conversation = [new(ChatRole.User, "go")];

        var first = await models.AskAsync(conversation);
        conversation.AddMessages(first.Response);
        conversation.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent("a", "seen")]));
        await models.AskAsync(conversation);

        var sent = server.Body.GetProperty("messages")[1];
        Assert.Equal("I should look.", sent.GetProperty(field).GetString());
        Assert.Equal("seen", server.Body.GetProperty("messages")[2].GetProperty("content").GetString());
    }

    [Fact]
    public async Task ReasoningDetails_ComeBackUnchanged()
    {
        const string First = """{"type":"reasoning.encrypted","data":"abc","id":"r1","index":0}""";
        await using var server = await FakeServer.StartAsync(
            FakeServer.Events(
                $$$"""{"choices":[{"index":0,"delta":{"reasoning_details":[{{{First}}}]}}]}""",
                """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"look","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}""",
                "[DONE]"),
            FakeServer.Says("done"));
        await using var models = TestModels.OpenAI(server);
        List<ChatMessage> conversation = [new(ChatRole.User, "go")];

        conversation.AddMessages((await models.AskAsync(conversation)).Response);
        conversation.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent("a", "seen")]));
        await models.AskAsync(conversation);

        Assert.Equal(First, server.Body.GetProperty("messages")[1].GetProperty("reasoning_details")[0].GetRawText());
    }

    [Fact]
    public async Task Reasoning_OfAnotherProvider_IsNotSent()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Says("ok"));
        await using var models = TestModels.OpenAI(server);
        var call = new FunctionCallContent("a", "look", new Dictionary<string, object?>());
        var thought = new TextReasoningContent("secret") { ProtectedData = "signature", AdditionalProperties = new() { ["agent.reasoning_field"] = "thinking" } };

        await models.AskAsync([new(ChatRole.User, "go"), new(ChatRole.Assistant, [thought, call]), new(ChatRole.Tool, [new FunctionResultContent("a", "r")])]);

        Assert.DoesNotContain("secret", server.Body.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("signature", server.Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_WithoutText_IsARefusal()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Events(
            """{"choices":[{"index":0,"delta":{"refusal":"I cannot help with that."}}]}""",
            """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
            "[DONE]"));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync();

        Assert.Equal(ModelErrorKind.Refused, heard.Error!.Kind);
        Assert.Contains("I cannot help with that.", heard.Error.Message, StringComparison.Ordinal);
    }
}
