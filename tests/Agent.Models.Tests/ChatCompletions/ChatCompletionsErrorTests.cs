using Agent.Models.Tests.Support;
using Microsoft.Extensions.AI;

namespace Agent.Models.Tests.ChatCompletions;

/// <summary>What goes wrong at a server, and the sentence a person gets.</summary>
public sealed class ChatCompletionsErrorTests
{
    private static readonly (string, string) Once = ("models:retry:maxAttempts", "1");

    [Theory]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided: sk-secret-key.","type":"invalid_request_error","code":"invalid_api_key"}}""", ModelErrorKind.Unauthorized, "OPENAI_API_KEY")]
    [InlineData(403, "{}", ModelErrorKind.Unauthorized, "did not accept the key")]
    [InlineData(404, """{"error":{"message":"The model `fake` does not exist or you do not have access to it.","code":"model_not_found"}}""", ModelErrorKind.BadRequest, "no model 'fake'")]
    [InlineData(404, "<html>404</html>", ModelErrorKind.BadRequest, "no such API")]
    [InlineData(400, """{"error":{"code":400,"message":"request (9021 tokens) exceeds the available context size (8192 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":9021,"n_ctx":8192}}""", ModelErrorKind.ContextTooLong, "8192")]
    [InlineData(400, """{"error":{"message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.","code":"context_length_exceeded"}}""", ModelErrorKind.ContextTooLong, "4096")]
    [InlineData(400, """{"object":"error","message":"This model's maximum context length is 2048 tokens.","type":"BadRequestError","code":400}""", ModelErrorKind.ContextTooLong, "2048")]
    [InlineData(400, """{"error":{"message":"The response was filtered","code":"content_filter"}}""", ModelErrorKind.Refused, "refused")]
    [InlineData(400, """{"error":{"message":"Unknown parameter: 'x'."}}""", ModelErrorKind.BadRequest, "Unknown parameter")]
    [InlineData(429, """{"error":{"message":"Rate limit reached","type":"requests"}}""", ModelErrorKind.RateLimited, "too many requests")]
    [InlineData(429, """{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}""", ModelErrorKind.RateLimited, "quota")]
    [InlineData(500, """{"error":{"code":500,"message":"The model produced output that does not match the expected peg-native format","type":"server_error"}}""", ModelErrorKind.Malformed, "could not read")]
    [InlineData(500, "boom", ModelErrorKind.Overloaded, "HTTP 500")]
    [InlineData(503, """{"error":{"message":"Loading model","type":"unavailable_error","code":503}}""", ModelErrorKind.Overloaded, "Loading model")]
    [InlineData(302, "", ModelErrorKind.BadRequest, "sends elsewhere")]
    [InlineData(504, "", ModelErrorKind.TimedOut, "in time")]
    public async Task Status_IsItsKindAndOneSentence_WithoutTheKey(int status, string body, ModelErrorKind kind, string words)
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(status, body, body.StartsWith('<') ? "text/html" : "application/json", ("Location", "http://127.0.0.1:9/")));
        await using var models = TestModels.OpenAI(server, Once);

        var error = (await models.AskAsync()).Error!;

        Assert.Equal(kind, error.Kind);
        Assert.Contains(words, error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("sk-secret-key", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task ContextError_TellsTheSize_AndTheModelRemembersIt()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(400, """{"error":{"message":"too long","type":"exceed_context_size_error","n_ctx":4096}}"""));
        await using var models = TestModels.OpenAI(server);

        var heard = await models.AskAsync();

        Assert.Equal(4096, heard.Error!.ContextWindow);
        Assert.Equal(4096, models.Info.ContextWindow);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Server_ThatIsDown_IsUnreachable_AndNamesTheAddress()
    {
        await using var models = new TestModels([("models:endpoint", "http://127.0.0.1:1/v1"), ("models:name", "m"), Once]);

        var heard = await models.AskAsync();

        Assert.Equal(ModelErrorKind.Unreachable, heard.Error!.Kind);
        Assert.Contains("http://127.0.0.1:1/v1", heard.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/html", "<html>It works!</html>", "text/html")]
    [InlineData("application/json", """{"hello":"world"}""", "JSON of another kind")]
    [InlineData("text/event-stream", "data: not json\n\n", "no JSON object")]
    [InlineData("text/event-stream", "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}\n\n", "no JSON object")]
    public async Task Nonsense_IsMalformed_AndPointsAtTheEndpoint(string type, string body, string words)
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(200, body, type));
        await using var models = TestModels.OpenAI(server, Once);

        var error = (await models.AskAsync()).Error!;

        Assert.Equal(ModelErrorKind.Malformed, error.Kind);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Contains("endpoint", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"choices":[{"index":0,"delta":{"content":"half"}}]}""")]
    public async Task Stream_ThatEndsEarly_IsUnreachable(string data)
    {
        await using var server = await FakeServer.StartAsync(data.Length == 0 ? FakeServer.Events() : FakeServer.Events(data));
        await using var models = TestModels.OpenAI(server, Once);

        var heard = await models.AskAsync();

        Assert.Equal(ModelErrorKind.Unreachable, heard.Error!.Kind);
        Assert.Contains("broke off", heard.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_WithoutEnd_IsCut()
    {
        var junk = new byte[1024 * 1024];
        Array.Fill(junk, (byte)'x');
        await using var server = await FakeServer.StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.WriteAsync("data: "u8.ToArray());
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(junk, context.RequestAborted);
            }
        });
        await using var models = TestModels.OpenAI(server, Once);

        var heard = await models.AskAsync();

        Assert.Equal(ModelErrorKind.Malformed, heard.Error!.Kind);
        Assert.Contains("64 MB", heard.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErrorText_WithControlCharacters_IsOneCleanShortLine()
    {
        await using var server = await FakeServer.StartAsync(FakeServer.Status(400, """{"error":{"message":"line\n\u001b[31mred LONG"}}""".Replace("LONG", new string('x', 5000), StringComparison.Ordinal)));
        await using var models = TestModels.OpenAI(server, Once);

        var message = (await models.AskAsync()).Error!.Message;

        Assert.DoesNotContain('\u001b', message);
        Assert.DoesNotContain('\n', message);
        Assert.InRange(message.Length, 300, 600);
    }

    [Fact]
    public async Task Cancellation_InTheMiddle_IsCancellation_AndLeavesTheServer()
    {
        var stalled = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        await using var server = await FakeServer.StartAsync(async context =>
        {
            context.RequestAborted.Register(left.SetResult);
            await FakeServer.StalledEvents(stalled, """{"choices":[{"index":0,"delta":{"content":"a"}}]}""")(context);
        });
        await using var models = TestModels.OpenAI(server);
        using var cancel = new CancellationTokenSource();

        var reading = Task.Run(async () =>
        {
            await foreach (var _ in models.Client.GetStreamingResponseAsync("hi", cancellationToken: cancel.Token))
            {
            }
        });
        await stalled.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await left.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
